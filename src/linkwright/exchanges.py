"""What was said between us and another system in one call, for the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["open", "answered", "refused", "unavailable", "silent"]
"""`open`: it went out, and nobody knows what came of it."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A body. `text` is redacted and compressed, None where there was none, or where it is only known by its digest."""

    text: bytes | None = None
    size_bytes: int = 0
    sha256: str = ""


NOTHING = Said()


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """`kind` and `id` are the resource of ours that it was about, `key` the idempotency key that went out with it."""

    at: datetime
    system: str
    method: str
    path: str
    key: str | None
    kind: str | None
    id: str | None
    outcome: Outcome
    status: int | None = None
    failure: str = ""
    ms: int | None = None
    request: Said = NOTHING
    answer: Said = NOTHING
