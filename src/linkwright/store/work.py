"""One open transaction: what it works with, and what has to be said once it is on disk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from linkwright.api.ports import Kind

Json = Any


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A resource as it is stored."""

    version: int
    requester: str
    hidden: bool
    doc: Json
    internals: Json


@dataclass(frozen=True, kw_only=True)
class Work:
    """`actor` is who writes; `wakes` and `listeners` (subscriptions with something to deliver) fill on the way.

    `kept` are the resources that this transaction has read or written, by kind and id.
    """

    connection: Connection
    base_url: str
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    actor: str
    wakes: list[tuple[str, str, datetime]] = field(default_factory=list)
    listeners: set[str] = field(default_factory=set)
    kept: dict[tuple[Kind, str], Kept] = field(default_factory=dict)
