"""What sites compete for, as rows of numbers: sum of uses <= limit. Only rows that could be broken exist."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from linkwright.design.graph import Graph
from linkwright.design.model import LEGS_OF_DIVERSITY, AccessOption, Augment, Build, Link, Problem, Site
from linkwright.design.screen import Dropped
from linkwright.design.units import total_cost_minor

MOST_COUNTED = 3
"""Up to so many legs that fill a link are counted."""

Uses = tuple[tuple[int, int], ...]
"""(row, amount) of whatever a choice takes from the common limits."""


@dataclass(frozen=True, slots=True)
class Row:
    """One limit; `constraint` is empty for the rows that only tie an option to its build."""

    constraint: str
    limit: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A yes or no that costs money once and makes room: a shared build, or the augment of a link."""

    kind: str
    id: str
    cost_minor: int
    uses: Uses


@dataclass(slots=True)
class Coupling:
    """All rows of a problem, and where each kind of use finds its row."""

    rows: list[Row] = field(default_factory=list)
    links: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By link: (day, row), days ascending."""
    crowds: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By link: (day, row, Mbit/s above which a leg counts as one)."""
    ports: dict[str, int] = field(default_factory=dict)
    partners: dict[str, int] = field(default_factory=dict)
    build_sites: dict[str, int] = field(default_factory=dict)
    build_mbps: dict[str, int] = field(default_factory=dict)
    crews: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By skill: (by_day, row)."""
    ties: dict[tuple[str, str], int] = field(default_factory=dict)
    """By site and build: the row that opens the build before the site may use it."""
    nrc: int | None = None
    mrc: int | None = None
    total: int | None = None
    openings: list[Opening] = field(default_factory=list)

    def add(self, constraint: str, limit: int) -> int:
        self.rows.append(Row(constraint, limit))
        return len(self.rows) - 1

    def of_option(self, site: Site, option: AccessOption) -> Uses:
        """What an option takes wherever its path leads; budgets and ties are left out."""
        uses: dict[int, int] = {}
        if option.pop in self.ports:
            uses[self.ports[option.pop]] = 1
        if option.partner in self.partners:
            uses[self.partners[option.partner]] = 1
        if option.build in self.build_mbps:
            uses[self.build_mbps[option.build]] = site.bandwidth_mbps
        for skill, crew_days in option.work.items():
            for by_day, row in self.crews.get(skill, ()):
                if site.required_day <= by_day and crew_days:
                    uses[row] = crew_days
        return tuple(sorted(uses.items()))

    def of_money(self, nrc_minor: int, mrc_minor: int, cost_minor: int) -> Uses:
        """What money takes from the budgets."""
        amounts = (self.nrc, nrc_minor), (self.mrc, mrc_minor), (self.total, cost_minor)
        return tuple((row, amount) for row, amount in amounts if row is not None)

    def of_link(self, site: Site, link: int) -> Iterator[tuple[int, int]]:
        """What one leg of a site takes from a link."""
        required_day, mbps = site.required_day, site.bandwidth_mbps
        for day, row in self.links.get(link, ()):
            if day >= required_day:
                yield row, mbps
        for day, row, above_mbps in self.crowds.get(link, ()):
            if day >= required_day and mbps > above_mbps:
                yield row, 1

    def of_build(self, site: Site, build: str) -> Uses:
        """What a site takes by using a build at all, with one leg or with two."""
        uses = [(self.ties[site.id, build], 1)] if (site.id, build) in self.ties else []
        if build in self.build_sites:
            uses.append((self.build_sites[build], 1))
        return tuple(sorted(uses))


Amounts = Callable[[Site, AccessOption], Mapping[str, int]]


def couple(problem: Problem, graph: Graph, usable: Mapping[str, Sequence[AccessOption]], dropped: Dropped) -> Coupling:
    """The rows of a problem whose sites can use these options; rows that nothing can break are not made."""
    coupling, budget = Coupling(), problem.budget
    coupling.nrc = _budget(coupling, "budget/nrc", budget.nrc_minor, dropped)
    coupling.mrc = _budget(coupling, "budget/mrc", budget.mrc_minor, dropped)
    coupling.total = _budget(coupling, "budget/total", budget.total_minor, dropped)
    most = partial(_most_used, problem, usable)
    at_pop = most(lambda _, option: {option.pop: 1})
    for node in problem.network.nodes:
        row = _row(coupling, f"pop:{node.id}/ports", node.ports, at_pop.get(node.id, 0), dropped)
        if row is not None:
            coupling.ports[node.id] = row
    of_partner = most(lambda _, option: {option.partner or "": 1})
    for partner in problem.partners:
        used = of_partner.get(partner.id, 0)
        row = _row(coupling, f"partner:{partner.id}/max_orders", partner.max_orders, used, dropped)
        if row is not None:
            coupling.partners[partner.id] = row
    _couple_crews(coupling, most, problem, dropped)
    _couple_builds(coupling, most, problem, usable, dropped)
    _couple_links(coupling, problem, graph, dropped)
    return coupling


def capacity_mbps(link: Link, day: int) -> int:
    """What a link carries on a day without its augment."""
    return link.capacity_mbps + sum(upgrade.adds_mbps for upgrade in link.upgrades if upgrade.day <= day)


def _budget(coupling: Coupling, constraint: str, limit_minor: int | None, dropped: Dropped) -> int | None:
    return None if limit_minor is None or constraint in dropped else coupling.add(constraint, limit_minor)


def _row(coupling: Coupling, constraint: str, limit: int | None, most: int, dropped: Dropped) -> int | None:
    if limit is None or most <= limit or constraint in dropped:
        return None
    return coupling.add(constraint, limit)


def _most_used(problem: Problem, usable: Mapping[str, Sequence[AccessOption]], amounts: Amounts) -> dict[str, int]:
    """By key, more than all sites together can ever use: the two greediest options of each protected site."""
    total: dict[str, int] = defaultdict(int)
    for site in problem.sites:
        of_site: dict[str, list[int]] = defaultdict(list)
        for option in usable[site.id]:
            for key, amount in amounts(site, option).items():
                of_site[key].append(amount)
        for key, used in of_site.items():
            total[key] += sum(sorted(used)[-LEGS_OF_DIVERSITY[site.diversity] :])
    return total


def _couple_crews(
    coupling: Coupling, most: Callable[[Amounts], Mapping[str, int]], problem: Problem, dropped: Dropped
) -> None:
    for crew in problem.field_capacity:
        by_day, skill = crew.by_day, crew.skill
        used = most(
            lambda site, option, by_day=by_day, skill=skill: (  # type: ignore[misc]
                {skill: option.work.get(skill, 0)} if site.required_day <= by_day else {}
            )
        )
        row = _row(coupling, f"field:{skill}@{by_day}", crew.crew_days, used.get(skill, 0), dropped)
        if row is not None:
            coupling.crews[skill].append((by_day, row))


def _couple_builds(
    coupling: Coupling,
    most: Callable[[Amounts], Mapping[str, int]],
    problem: Problem,
    usable: Mapping[str, Sequence[AccessOption]],
    dropped: Dropped,
) -> None:
    """Limits of builds, and for each one that costs money the rows that open it before anybody uses it."""
    mbps = most(lambda site, option: {option.build or "": site.bandwidth_mbps})
    users: dict[str, list[str]] = defaultdict(list)
    for site in problem.sites:
        for build_id in {option.build for option in usable[site.id] if option.build is not None}:
            users[build_id].append(site.id)
    for build in problem.builds:
        sites = users.get(build.id, [])
        row = _row(coupling, f"build:{build.id}/max_sites", build.max_sites, len(sites), dropped)
        if row is not None:
            coupling.build_sites[build.id] = row
        row = _row(coupling, f"build:{build.id}/capacity", build.capacity_mbps, mbps.get(build.id, 0), dropped)
        if row is not None:
            coupling.build_mbps[build.id] = row
        if sites and (build.nrc_minor or build.mrc_minor):
            ties = [coupling.add("", 0) for _ in sites]
            coupling.ties.update(((site, build.id), tie) for site, tie in zip(sites, ties, strict=True))
            _open(coupling, problem, "build", build.id, build, [(tie, -1) for tie in ties])


def _couple_links(coupling: Coupling, problem: Problem, graph: Graph, dropped: Dropped) -> None:
    """Load and capacity only grow, so a link needs a row at the last day and just before each step of its capacity."""
    legs: dict[int, list[int]] = defaultdict(list)
    for site in problem.sites:
        legs[site.required_day] += [site.bandwidth_mbps] * _legs_on_one_link(site, dropped)
    days = sorted(legs)
    load = list(accumulate(sum(legs[day]) for day in days))
    for link in problem.network.links:
        if f"link:{link.id}/capacity" in dropped or load[-1] <= link.capacity_mbps:
            continue
        room: list[tuple[int, int]] = []
        for position in _decisive(link, days):
            day = days[position]
            if load[position] > capacity_mbps(link, day):
                there = [mbps for earlier in days[: position + 1] for mbps in legs[earlier]]
                room += _couple_link(coupling, link, graph.link_index[link.id], day, there)
        if room and link.augment is not None:
            _open(coupling, problem, "augment", link.id, link.augment, room)


def _legs_on_one_link(site: Site, dropped: Dropped) -> int:
    """Two legs share a link only where nothing forbids it."""
    return LEGS_OF_DIVERSITY[site.diversity] if f"site:{site.id}/diversity" in dropped else 1


def _couple_link(
    coupling: Coupling, link: Link, number: int, day: int, legs: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The rows of a link on one day, and the room that its augment makes in them.

    Beside the sum of all legs their number is limited: of those that need more than a (k+1)-th of the capacity no more
    than k fit. That says nothing new about whole legs, but stops the linear programme from splitting them.
    """
    constraint, limit = f"link:{link.id}/capacity", capacity_mbps(link, day)
    adds_mbps = link.augment.adds_mbps if link.augment is not None and link.augment.lead_days <= day else 0
    row = coupling.add(constraint, limit)
    coupling.links[number].append((day, row))
    if adds_mbps:
        yield row, -adds_mbps
    known = 0
    for count in range(1, MOST_COUNTED + 1):
        above_mbps = limit // (count + 1)
        large = [mbps for mbps in legs if mbps > above_mbps]
        if len(large) > max(count, known):
            row = coupling.add(constraint, count)
            coupling.crowds[number].append((day, row, above_mbps))
            more = (limit + adds_mbps) // min(large) - count
            if adds_mbps and more > 0:
                yield row, -more
        known = len(large)


def _decisive(link: Link, days: Sequence[int]) -> list[int]:
    """Positions of the days after which the capacity steps up, and of the last day."""
    steps = [upgrade.day for upgrade in link.upgrades]
    if link.augment is not None:
        steps.append(link.augment.lead_days)
    before = {bisect_left(days, step) - 1 for step in steps}
    return sorted(position for position in before | {len(days) - 1} if position >= 0)


def _open(
    coupling: Coupling, problem: Problem, kind: str, id: str, paid: Build | Augment, room: Sequence[tuple[int, int]]
) -> None:
    cost_minor = total_cost_minor(paid.nrc_minor, paid.mrc_minor, problem.term_months)
    money = coupling.of_money(paid.nrc_minor, paid.mrc_minor, cost_minor)
    coupling.openings.append(Opening(kind, id, cost_minor, tuple(sorted((*room, *money)))))
