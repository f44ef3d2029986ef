"""The rows of links: on which days one can be too full, given what its users could put on it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkwright.design.choice.coupling import Opening
from linkwright.design.choice.dated import Calendar, Load, Profile, binding_days
from linkwright.design.choice.making import Making
from linkwright.design.model import Link, Site
from linkwright.design.rules.apart import apart_of
from linkwright.design.rules.screen import Dropped
from linkwright.design.wishes import wishes_of

MOST_COUNTED = 3
"""Up to so many legs that fill a link are counted."""


def couple_links(making: Making) -> None:
    """A link needs a row for each day on which it can be too full."""
    problem = making.problem
    calendar = Calendar([load for site in problem.sites for load in _together(site, making.dropped)])
    wished = Calendar([load for site in problem.sites for load in _loads(site)])
    freed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for own in problem.frees:
        freed[own.link or ""].append((own.day, own.mbps))
    giving: dict[str, list[tuple[Site, int]]] = defaultdict(list)
    for site in problem.sites:
        for own in site.frees:
            giving[own.link or ""].append((site, own.mbps))
    most = max((calendar.total(day) for day in calendar.starts), default=0)
    narrow = [link for link in problem.network.links if most > link.capacity_mbps or link.retirements or link.bookings]
    for link in narrow:
        if f"link:{link.id}/capacity" not in making.dropped:
            given = giving.get(link.id, [])
            _Link(making, link, calendar, wished, freed.get(link.id, []), given).couple()


def _together(site: Site, dropped: Dropped) -> list[Load]:
    """The most that a site puts on one link: two legs share it only where nothing forbids that."""
    legs = _loads(site)
    if apart_of(site.diversity).by_link and f"site:{site.id}/diversity" not in dropped:
        return [max(legs, key=lambda load: load.mbps)]
    return legs


def _loads(site: Site) -> list[Load]:
    return [Load(site.required_day, site.end_day, wish.mbps) for wish in wishes_of(site)]


@dataclass(frozen=True, slots=True)
class _Link:
    making: Making
    link: Link
    calendar: Calendar
    wished: Calendar
    freed: Sequence[tuple[int, int]]
    giving: Sequence[tuple[Site, int]]

    def couple(self) -> None:
        link, calendar = self.link, self.calendar
        profile = Profile.of(link, self.freed)
        more = [(link.augment.lead_days, link.augment.adds_mbps)] if link.augment is not None else []
        given = [(site.required_day, mbps) for site, mbps in self.giving]
        room: list[tuple[int, int]] = []
        for day in binding_days(profile, calendar, more, given):
            limit = profile.at(day)
            if calendar.total(day) > limit:
                room += self._on(day, limit, sum(mbps for since, mbps in more if since <= day))
        if room and link.augment is not None:
            self.making.open("augment", link.id, link.augment, room)

    def _on(self, day: int, limit: int, adds_mbps: int) -> Iterator[tuple[int, int]]:
        """The rows of a link on one day, and the room that its augment makes in them.

        Beside the sum of all legs their number is limited: of those that need more than a (k+1)-th of the capacity no
        more than k fit. That says nothing new about whole legs, but stops the linear programme from splitting them.
        """
        coupling, number = self.making.coupling, self.making.graph.link_index[self.link.id]
        constraint = f"link:{self.link.id}/capacity"
        giving = [(site, mbps) for site, mbps in self.giving if site.required_day <= day and mbps]
        row = coupling.add(constraint, max(0, limit))
        coupling.links[number].append((day, row))
        for site, mbps in giving:
            self.making.give(site, row, mbps)
        if limit < 0 and giving:
            self._carry(number, day, row, -limit)
        elif limit < 0:
            adds_mbps += limit
        if adds_mbps > 0:
            yield row, -adds_mbps
        yield from self._crowds(number, day, max(0, limit) + sum(mbps for _, mbps in giving), max(0, adds_mbps))

    def _crowds(self, number: int, day: int, limit: int, adds_mbps: int) -> Iterator[tuple[int, int]]:
        coupling, legs, known = self.making.coupling, self.calendar.on(day), 0
        for count in range(1, MOST_COUNTED + 1):
            above_mbps = limit // (count + 1)
            large = [mbps for mbps in legs if mbps > above_mbps]
            if len(large) > max(count, known):
                row = coupling.add(f"link:{self.link.id}/capacity", count)
                coupling.crowds[number].append((day, row, above_mbps))
                least_mbps = min(mbps for mbps in self.wished.on(day) if mbps > above_mbps)
                more = (limit + adds_mbps) // least_mbps - count
                if adds_mbps and more > 0:
                    yield row, -more
            known = len(large)

    def _carry(self, number: int, day: int, row: int, missing_mbps: int) -> None:
        """Nothing is free, and what others give back must first make up for what is missing, if it is used at all."""
        coupling = self.making.coupling
        tie = coupling.add("", 0)
        coupling.carried[number].append((day, tie))
        legs = len(self.calendar.on(day))
        coupling.openings.append(
            Opening("carry", f"{self.link.id}@{day}", 0, ((row, missing_mbps), (tie, -max(1, legs))))
        )
