"""A hold of a check, and how a hold stands in the pool and in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from linkwright.designs.answers import SiteSolution
from linkwright.designs.requirement import Json

Policy = Literal["soft", "firm"]
Purpose = Literal["commitment", "soft", "firm"]
State = Literal["asked", "held", "releasing", "taken", "released", "expired", "lost", "refused"]
OPEN: frozenset[State] = frozenset({"asked", "held", "releasing"})
"""In these something of ours may be in the pool that nobody else answers for."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What is held for one design of a check. `key` is unique for ever, and goes out with it.

    `asked` from the moment before the first try on: without `remote_id` nobody knows yet whether it arrived. A hold
    that an order commits is `taken`: from then on the order's own task answers for it.
    """

    key: str
    check_id: str
    item_id: str
    design_id: str
    policy: Policy
    requester: str
    asked_at: datetime
    expires_at: datetime
    state: State = "asked"
    remote_id: str | None = None
    remote_href: str | None = None
    note: str = ""
    order_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A hold with what it is about, as the pool is asked for it. `body` is the check as its requester sent it."""

    hold: Hold
    solution: SiteSolution
    body: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """A hold as the pool has it. `state` is open while the pool has not decided."""

    remote_id: str
    state: Literal["open", "held", "void"]
    href: str | None = None
    expires_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A reservation that carries the mark of this installation. `made_at`: where the pool tells it."""

    remote_id: str
    key: str
    is_void: bool
    made_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger, of an order (`owner_kind` order) or of a check."""

    owner_kind: Literal["order", "check"]
    owner_id: str
    items: tuple[str, ...]
    purpose: Purpose
    requester: str
    state: State
    key: str
    system: str = "pool"
    remote_id: str | None = None
    expires_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Spans:
    """How long what is held. After `grace` a call that was under way has certainly ended."""

    soft: timedelta = timedelta(hours=24)
    firm: timedelta = timedelta(days=14)
    grace: timedelta = timedelta(minutes=5)
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=10)

    def of(self, policy: Policy) -> timedelta:
        return self.soft if policy == "soft" else self.firm

    def pause(self, failures: int) -> timedelta:
        return min(self.longest_pause, self.first_pause * (1 << min(failures, 20)))
