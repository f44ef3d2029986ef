"""The rows of a problem: which of its common limits its items could break, given what they may use."""

from collections import defaultdict
from collections.abc import Iterator

from linkwright.design.choice.coupling import Coupling, Opening, Separated
from linkwright.design.choice.link_rows import couple_links
from linkwright.design.choice.making import Key, Making, Usable
from linkwright.design.model import AccessOption, Problem, Site
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.apart import apart_of, mutually_apart
from linkwright.design.rules.screen import Dropped
from linkwright.design.wishes import is_far, wishes_of


def couple(problem: Problem, graph: Graph, usable: Usable, dropped: Dropped) -> Coupling:
    """The rows of a problem whose sites can use these options; rows that nothing can break are not made."""
    making = Making(problem, graph, usable, dropped, Coupling(), _most_used(problem, usable))
    for part in (_budgets, _ports, _partners, _crews, _builds, _stocks, _meetings, _separations, couple_links):
        part(making)
    return making.coupling


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


def _budgets(making: Making) -> None:
    coupling, budget = making.coupling, making.problem.budget

    def row(constraint: str, limit_minor: int | None) -> int | None:
        return None if limit_minor is None or constraint in making.dropped else coupling.add(constraint, limit_minor)

    coupling.nrc = row("budget/nrc", budget.nrc_minor)
    coupling.mrc = row("budget/mrc", budget.mrc_minor)
    coupling.total = row("budget/total", budget.total_minor)


def _ports(making: Making) -> None:
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


def _partners(making: Making) -> None:
    for partner in making.problem.partners:
        used = making.most.get(("partner", partner.id), 0)
        row = making.row(f"partner:{partner.id}/max_orders", partner.max_orders, used)
        if row is not None:
            making.coupling.partners[partner.id] = row


def _crews(making: Making) -> None:
    for crew in making.problem.field_capacity:
        used = making.most.get(("crew", crew.skill, crew.by_day), 0)
        if used <= crew.crew_days:
            continue
        row = making.row(f"field:{crew.skill}@{crew.by_day}", crew.crew_days, used)
        if row is not None:
            making.coupling.crews[crew.skill].append((crew.by_day, row))


def _builds(making: Making) -> None:
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


def _stocks(making: Making) -> None:
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


def _meetings(making: Making) -> None:
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


def _separations(making: Making) -> None:
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
