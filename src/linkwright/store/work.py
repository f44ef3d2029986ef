"""One open transaction: what it works with, and what has to be said once it is on disk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Work:
    """`actor` is who writes; `wakes` and `listeners` (subscriptions with something to deliver) fill on the way."""

    connection: Connection
    base_url: str
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    actor: str
    wakes: list[tuple[str, str, datetime]] = field(default_factory=list)
    listeners: set[str] = field(default_factory=set)
