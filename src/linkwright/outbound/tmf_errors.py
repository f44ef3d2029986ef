"""What an answer says that is no good one."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import orjson

TOLD = ("code", "reason", "message")
ASK_LATER = frozenset({408, 425, 429})
"""Statuses below 500 with which the same request may be sent again."""
LONGEST_S = 366 * 86_400.0


def tmf_error(content: bytes, longest: int = 300) -> tuple[str, str]:
    """(code, what may be quoted of a TMF error): nothing where the body is something else."""
    try:
        error = orjson.loads(content)
    except orjson.JSONDecodeError:
        return "", ""
    if not isinstance(error, dict):
        return "", ""
    given = {name: str(error[name]) for name in TOLD if isinstance(error.get(name), str | int)}
    words = [word for word in given.values() if word]
    return given.get("code", ""), f": {', '.join(words)[:longest]}" if words else ""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, at most a year. A date is measured against the answer's own `Date`: clocks need not agree."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_S)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wait.total_seconds(), 0.0), LONGEST_S)
