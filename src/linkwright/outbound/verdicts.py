"""What the answer of a subscriber means for the notification that it got."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

from linkwright.outbound.tmf_errors import ASK_LATER

LONGEST_RETRY_AFTER_S = 3600.0
GONE = 410


class Verdict(NamedTuple):
    """What one POST came to. `retry_after_s` is what the subscriber asked for, 0 where it did not say.

    `too slow`: for the fast lane. Nothing is held against the subscriber, it is asked again in the other one.
    """

    kind: Literal["delivered", "busy", "refused", "gone", "forbidden", "too slow"]
    error: str = ""
    retry_after_s: float = 0.0


def verdict_of(status: int, retry_after: str | None, now: datetime) -> Verdict:
    """What a status means for the row: delivered, to be tried again, refused, or the end of the subscription."""
    if 200 <= status < 300:
        return Verdict("delivered")
    error = f"answered {status}"
    if status == GONE:
        return Verdict("gone", error)
    if status in ASK_LATER or status >= 500:
        return Verdict("busy", error, _seconds(retry_after, now))
    return Verdict("refused", error)


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Retry-After in seconds, at most an hour; 0 where it is missing or makes no sense."""
    if retry_after is None:
        return 0.0
    if retry_after.strip().isdecimal():
        return min(float(retry_after), LONGEST_RETRY_AFTER_S)
    try:
        wait_s = (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, one without a time zone, or of no year that there is
        return 0.0
    return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)
