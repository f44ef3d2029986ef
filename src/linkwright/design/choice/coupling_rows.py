"""The rows of a problem: which of its common limits its items could break, given what they may use."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linkwright.design.choice.coupling import Coupling, Opening, Separated
from linkwright.design.choice.dated import Calendar, Load, Profile, binding_days
from linkwright.design.model import AccessOption, Augment, Build, Link, Problem, Site
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.apart import apart_of, mutually_apart
from linkwright.design.rules.screen import Dropped
from linkwright.design.rules.weights import weights_of
from linkwright.design.units import total_cost_minor
from linkwright.design.wishes import is_far, wishes_of

MOST_COUNTED = 3
"""Up to so many legs that fill a link are counted."""

Key = tuple[Hashable, ...]
Usable = Mapping[str, Sequence[AccessOption]]


def couple(problem: Problem, graph: Graph, usable: Usable, dropped: Dropped) -> Coupling:
    """The rows of a problem whose sites can use these options; rows that nothing can break are not made."""
    making = _Making(problem, graph, usable, dropped, Coupling(), _most_used(problem, usable))
    for part in (_budgets, _ports, _partners, _crews, _builds, _stocks, _meetings, _separations, _links):
        part(making)
    return making.coupling


@dataclass(frozen=True, slots=True)
class _Making:
    problem: Problem
    graph: Graph
    usable: Usable
    dropped: Dropped
    coupling: Coupling
    most: Mapping[Key, int]
    """By key more than all sites together can ever use."""

    def row(self, constraint: str, limit: int | None, most: int) -> int | None:
        if limit is None or most <= limit or constraint in self.dropped:
            return None
        return self.coupling.add(constraint, limit)

    def open(self, kind: str, id: str, paid: Build | Augment, room: Sequence[tuple[int, int]]) -> None:
        cost_minor = total_cost_minor(paid.nrc_minor, paid.mrc_minor, self.problem.term_months)
        money = self.coupling.of_money(paid.nrc_minor, paid.mrc_minor, cost_minor)
        worth = weights_of(self.problem).of(paid.nrc_minor, paid.mrc_minor)
        self.coupling.openings.append(Opening(kind, id, worth, tuple(sorted((*room, *money)))))

    def give(self, site: Site, row: int, amount: int) -> None:
        """The present service of a site gives that much back."""
        coupling = self.coupling
        coupling.gives[site.id] = (*coupling.gives.get(site.id, ()), (row, -amount))
        coupling.given[row] += amount


def _most_used(problem: Problem, usable: Usable) -> dict[Key, int]:
    """The greediest options of each site by everything that options take: one for each leg, and at the far end the
    same one for all legs.
    """
    total: dict[Key, int] = defaultdict(int)
    for site in problem.sites:
        wishes = wishes_of(site)
        mbps = max(wish.mbps for wish in wishes)
        amounts: dict[Key, tuple[list[int], list[int]]] = {}
        for option in usable[site.id]:
            for key, amount in _takes(problem, site, option, mbps):
                amounts.setdefault(key, ([], []))[is_far(option)].append(amount)
        for key, (near, far) in amounts.items():
            total[key] += sum(sorted(near)[-len(wishes) :]) + len(wishes) * max(far, default=0)
    return total


def _takes(problem: Problem, site: Site, option: AccessOption, mbps: int) -> Iterator[tuple[Key, int]]:
    yield ("pop", option.pop), 1
    if option.partner is not None and not option.existing:
        yield ("partner", option.partner), 1
    if option.build is not None:
        yield ("build", option.build), mbps
    if option.work:
        for crew in problem.field_capacity:
            if site.required_day <= crew.by_day and crew.skill in option.work:
                yield ("crew", crew.skill, crew.by_day), option.work[crew.skill]


def _budgets(making: _Making) -> None:
    coupling, budget = making.coupling, making.problem.budget

    def row(constraint: str, limit_minor: int | None) -> int | None:
        return None if limit_minor is None or constraint in making.dropped else coupling.add(constraint, limit_minor)

    coupling.nrc = row("budget/nrc", budget.nrc_minor)
    coupling.mrc = row("budget/mrc", budget.mrc_minor)
    coupling.total = row("budget/total", budget.total_minor)


def _ports(making: _Making) -> None:
    problem = making.problem
    freed: dict[str, int] = defaultdict(int)
    for own in problem.frees:
        freed[own.pop or ""] += own.ports
    giving = [(site, own) for site in problem.sites for own in site.frees if own.pop is not None and own.ports]
    used = {key[1]: most for key, most in making.most.items() if key[0] == "pop"}
    for node in problem.network.nodes:
        if node.ports is None or used.get(node.id, 0) <= node.ports:
            continue
        row = making.row(f"pop:{node.id}/ports", node.ports + freed.get(node.id, 0), used.get(node.id, 0))
        if row is not None:
            making.coupling.ports[node.id] = row
            for site, own in giving:
                if own.pop == node.id:
                    making.give(site, row, own.ports)


def _partners(making: _Making) -> None:
    for partner in making.problem.partners:
        used = making.most.get(("partner", partner.id), 0)
        row = making.row(f"partner:{partner.id}/max_orders", partner.max_orders, used)
        if row is not None:
            making.coupling.partners[partner.id] = row


def _crews(making: _Making) -> None:
    for crew in making.problem.field_capacity:
        used = making.most.get(("crew", crew.skill, crew.by_day), 0)
        if used <= crew.crew_days:
            continue
        row = making.row(f"field:{crew.skill}@{crew.by_day}", crew.crew_days, used)
        if row is not None:
            making.coupling.crews[crew.skill].append((crew.by_day, row))


def _builds(making: _Making) -> None:
    """Limits of builds, and for each one that costs money the rows that open it before anybody uses it."""
    coupling = making.coupling
    users: dict[str, list[str]] = defaultdict(list)
    for site in making.problem.sites:
        for build_id in {option.build for option in making.usable[site.id] if option.build is not None}:
            users[build_id].append(site.id)
    for build in making.problem.builds:
        sites = users.get(build.id)
        if sites is None:
            continue
        row = making.row(f"build:{build.id}/max_sites", build.max_sites, len(sites))
        if row is not None:
            coupling.build_sites[build.id] = row
        used = making.most.get(("build", build.id), 0)
        row = making.row(f"build:{build.id}/capacity", build.capacity_mbps, used)
        if row is not None:
            coupling.build_mbps[build.id] = row
        if build.nrc_minor or build.mrc_minor:
            ties = [coupling.add("", 0) for _ in sites]
            coupling.ties.update(((site, build.id), tie) for site, tie in zip(sites, ties, strict=True))
            making.open("build", build.id, build, [(tie, -1) for tie in ties])


def _stocks(making: _Making) -> None:
    """Pieces of a model by day; an item may take one for each leg, at each end."""
    problem = making.problem
    far = {option.site for option in problem.access_options if is_far(option)}
    pieces = [
        (site.required_day, (len(wishes_of(site)) if site.cpe_per_leg else 1) * (2 if site.id in far else 1))
        for site in problem.sites
    ]
    for model in problem.cpe_models:
        for there in model.stock:
            most = sum(count for required, count in pieces if required <= there.by_day)
            row = making.row(f"cpe:{model.id}@{there.by_day}", there.pieces, most)
            if row is not None:
                making.coupling.cpes[model.id].append((there.by_day, row))


def _meetings(making: _Making) -> None:
    """All members of a meeting end at one node: each is tied to the opening of its node, and one may be open."""
    coupling, problem = making.coupling, making.problem
    known = {site.id: site for site in problem.sites}
    for meeting in problem.meets:
        members = [known[name] for name in meeting.sites if name in known]
        constraint = f"meet:{meeting.id}/together"
        nodes = sorted({node for site in members for node in site.destinations})
        if constraint in making.dropped or not members:
            continue
        coupling.meetings.add(meeting.id)
        together = coupling.add(constraint, 1)
        for node in nodes:
            ties = []
            for site in members:
                tie = coupling.add(constraint, 0)
                ties.append((tie, -1))
                coupling.places[site.id, node] = (*coupling.places.get((site.id, node), ()), (tie, 1))
            coupling.openings.append(Opening("meet", f"{meeting.id}@{node}", 0, ((together, 1), *ties)))


def _separations(making: _Making) -> None:
    """Only the row of what is not declared; the others come when they are used."""
    coupling, known = making.coupling, {site.id for site in making.problem.sites}
    pairs: dict[str, set[frozenset[str]]] = defaultdict(set)
    for number, rule in enumerate(making.problem.apart):
        constraint = f"apart:{rule.a}+{rule.b}/{rule.diversity}"
        apart = apart_of(rule.diversity)
        if constraint not in making.dropped and {rule.a, rule.b} <= known:
            row = coupling.add(constraint, 2)
            sides = (rule.a, rule.b)
            for site in sides:
                coupling.separated[site].append(Separated(number, constraint, apart, site, sides, row))
            pairs[rule.diversity].add(frozenset(sides))
    for number, (diversity, members) in enumerate(mutually_apart(pairs), start=len(making.problem.apart)):
        for site in members:
            together = Separated(number, "", apart_of(diversity), site, members, None)
            coupling.separated[site].append(together)


def _links(making: _Making) -> None:
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
    making: _Making
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
