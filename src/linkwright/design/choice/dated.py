"""What a link can carry from day to day, and the few days on which that can stand in the way."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from linkwright.design.model import Link


@dataclass(frozen=True, slots=True)
class Load:
    """So much on any link from `start` to `end`, both included (None: it stays)."""

    start: int
    end: int | None
    mbps: int


@dataclass(frozen=True, slots=True)
class Profile:
    """The capacity of a link, without its augment, as steps: from each day on so much, until the next."""

    days: tuple[int, ...]
    mbps: tuple[int, ...]
    before: int

    @classmethod
    def of(cls, link: Link, freed: Iterable[tuple[int, int]] = ()) -> "Profile":
        """`freed`: (day, Mbit/s) that services give back which go whatever is designed."""
        steps: dict[int, int] = {}
        for day, change in (*_steps(link), *freed):
            steps[day] = steps.get(day, 0) + change
        days = tuple(sorted(steps))
        levels = list(accumulate((steps[day] for day in days), initial=link.capacity_mbps))
        return cls(days, tuple(levels[1:]), link.capacity_mbps)

    def at(self, day: int) -> int:
        number = bisect_right(self.days, day)
        return self.mbps[number - 1] if number else self.before

    def falls(self) -> Iterator[int]:
        """The days on which there is less than on the day before."""
        before = self.before
        for day, mbps in zip(self.days, self.mbps, strict=True):
            if mbps < before:
                yield day
            before = mbps


def _steps(link: Link) -> Iterator[tuple[int, int]]:
    yield from ((upgrade.day, upgrade.adds_mbps) for upgrade in link.upgrades)
    yield from ((retirement.day, -retirement.removes_mbps) for retirement in link.retirements)
    for booking in link.bookings:
        if booking.from_day <= booking.to_day:
            yield booking.from_day, -booking.mbps
            yield booking.to_day + 1, booking.mbps


def capacity_mbps(link: Link, day: int) -> int:
    """What a link carries on a day without its augment."""
    return Profile.of(link).at(day)


class Calendar:
    """The loads of all legs that could lie on one link, asked for by day."""

    def __init__(self, loads: Sequence[Load]) -> None:
        self.staying = sorted((load.start, load.mbps) for load in loads if load.end is None)
        self.passing = [load for load in loads if load.end is not None]
        self.starts = sorted({load.start for load in loads})
        self._sums = [0, *accumulate(mbps for _, mbps in self.staying)]
        self._first = [start for start, _ in self.staying]
        self._totals: dict[int, int] = {}
        self._known: dict[int, int] = {}
        """By day the loads that pass and are there, as bits."""

    def total(self, day: int) -> int:
        """Of everything that could be there on a day."""
        if day not in self._totals:
            passing = sum(load.mbps for load in self.passing if _covers(load, day))
            self._totals[day] = self._sums[bisect_right(self._first, day)] + passing
        return self._totals[day]

    def on(self, day: int) -> list[int]:
        """Each leg that could be there on a day."""
        staying = [mbps for _, mbps in self.staying[: bisect_right(self._first, day)]]
        return staying + [load.mbps for load in self.passing if _covers(load, day)]

    def passing_on(self, day: int) -> int:
        if day not in self._known:
            self._known[day] = sum(1 << number for number, load in enumerate(self.passing) if _covers(load, day))
        return self._known[day]


def _covers(load: Load, day: int) -> bool:
    return load.start <= day and (load.end is None or day <= load.end)


def binding_days(
    profile: Profile, calendar: Calendar, more: Sequence[tuple[int, int]] = (), given: Sequence[tuple[int, int]] = ()
) -> list[int]:
    """The days on which the link can be too full, ascending: on all others it is no fuller than on one of these.

    `more`: (day, Mbit/s) that could be bought, `given`: what items of the design may give back, both from that day on.
    """
    if not calendar.starts:
        return []
    first = calendar.starts[0]
    steps = sorted(since for since, _ in (*more, *given))
    kept: list[tuple[int, int]] = []
    for day in sorted({*calendar.starts, *(fall for fall in profile.falls() if fall > first)}, reverse=True):
        passing, mbps = calendar.passing_on(day), profile.at(day)
        reached = bisect_right(steps, day)
        beaten = any(
            profile.at(later) <= mbps and not passing & ~there and bisect_right(steps, later) == reached
            for later, there in kept
        )
        if not beaten:
            kept.append((day, passing))
    return [day for day, _ in reversed(kept)]
