"""What a link carries and can carry, day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from linkwright.design.model import Link, Reason


@dataclass(frozen=True, slots=True)
class Load:
    """So much from `start` to `end`, both included; `end` is infinite for a service that stays."""

    start: int
    end: float
    mbps: int


@dataclass(slots=True)
class Use:
    """Everything that a design does to one link; `freed` and `given` are (day, Mbit/s) that are there from that day on.

    `freed` by services that go whatever is designed, `given` back by the items of the design.
    """

    loads: list[Load] = field(default_factory=list)
    freed: list[tuple[int, int]] = field(default_factory=list)
    given: list[tuple[int, int]] = field(default_factory=list)
    is_augmented: bool = False


def link_violation(link: Link, use: Use) -> Reason | None:
    """The heaviest load of any day that the link cannot carry: only days matter on which something changes."""
    worst: tuple[int, int] | None = None
    for day in _days(link, use):
        load = sum(own.mbps for own in use.loads if own.start <= day <= own.end)
        needed = load - sum(mbps for since, mbps in use.given if since <= day)
        capacity = capacity_mbps(link, use, day)
        if load > 0 and needed > capacity and (worst is None or needed > worst[1]):
            worst = capacity, needed
    if worst is None:
        return None
    return Reason(constraint=f"link:{link.id}/capacity", limit=worst[0], needed=worst[1])


def _days(link: Link, use: Use) -> Sequence[int]:
    """Days on which the load may grow or the room become less; on all others it is no worse than the day before."""
    days = {own.start for own in use.loads}
    first = min(days, default=0)
    falls: Iterable[int] = (
        *(retirement.day for retirement in link.retirements),
        *(booking.from_day for booking in link.bookings),
    )
    return sorted(days | {day for day in falls if day > first})


def capacity_mbps(link: Link, use: Use, day: int) -> int:
    """What it can carry on a day, whatever is loaded on it."""
    capacity = link.capacity_mbps
    capacity += sum(upgrade.adds_mbps for upgrade in link.upgrades if upgrade.day <= day)
    capacity -= sum(retirement.removes_mbps for retirement in link.retirements if retirement.day <= day)
    capacity -= sum(booking.mbps for booking in link.bookings if booking.from_day <= day <= booking.to_day)
    capacity += sum(mbps for since, mbps in use.freed if since <= day)
    if use.is_augmented and link.augment is not None and link.augment.lead_days <= day:
        capacity += link.augment.adds_mbps
    return capacity


def last_day(end_day: int | None) -> float:
    return inf if end_day is None else end_day
