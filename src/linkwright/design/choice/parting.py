"""Items that are kept apart, without any search: whether there is room for all of them, and ways for each.

Of items of which every two are apart each needs an entry and a way of its own, so no more can be served than a flow
carries that takes every node, or every link, once. What else they ask for only makes that harder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkwright.design.choice.case import Case, Column, SiteCase
from linkwright.design.choice.choice import Core, broken_rows
from linkwright.design.choice.drafts import columns_of
from linkwright.design.choice.parts import Arrangement
from linkwright.design.routes.compiled import shortest_tree
from linkwright.design.routes.graph import NOTHING, follow
from linkwright.design.routes.unit_flow import UnitFlow
from linkwright.design.rules.figures import LATENCY, UNSOUND

MOST_ORDERS = 6
"""In so many orders items look for ways beside each other."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Items of which every two are kept apart, by their positions."""

    sites: tuple[int, ...]
    by_node: bool


def why_no_room(case: Case) -> Core | None:
    """The items of a group for which there is no room, and the rules between them; None where none is known."""
    for group in _groups(case):
        if len(_flow(case, group)) < len(group.sites):
            names = {case.sites[number].site.id for number in group.sites}
            rules = (rule for name in sorted(names) for rule in case.coupling.separated[name])
            among = (rule for rule in rules if rule.row is not None and names.issuperset(rule.sides))
            return Core(group.sites, frozenset(rule.constraint for rule in among))
    return None


def with_room(case: Case) -> tuple[Column, ...] | None:
    """A design of all items, where short or sound ways, one item after the other, keep every rule; None where not.

    The largest group begins with the ways of such a flow; without them several orders are tried. Not for items with an
    access at a far end.
    """
    if any(site.is_point_to_point for site in case.sites):
        return None
    first = next(iter(_groups(case)), None)
    ways = {} if first is None else _flow(case, first)
    found = {number: _column(case, case.sites[number], *way) for number, way in ways.items()}
    placed = {number: column for number, column in found.items() if column is not None}
    sites = case.sites
    for turn in range(min(len(sites), MOST_ORDERS)):
        for figure in (UNSOUND, LATENCY):
            columns = _completed(case, placed if turn == 0 else {}, [*sites[turn:], *sites[:turn]], figure)
            if columns is not None:
                return columns
    return None


def _completed(
    case: Case, placed: Mapping[int, Column], sites: Sequence[SiteCase], figure: int
) -> tuple[Column, ...] | None:
    """These columns and one for each other item, in this order."""
    chosen = dict(placed)
    for site in sites:
        if site.index not in chosen:
            column = _beside(case, site, chosen, figure)
            if column is None:
                return None
            chosen[site.index] = column
    columns = tuple(chosen[number] for number in sorted(chosen))
    return None if broken_rows(case, columns) else columns


def _groups(case: Case) -> list[_Group]:
    """The largest first."""
    places = {site.site.id: site.index for site in case.sites}
    found: dict[_Group, None] = {}
    for rules in case.coupling.separated.values():
        for rule in rules:
            members = tuple(sorted(places[name] for name in rule.sides))
            if rule.apart.by_link and not any(case.sites[number].is_point_to_point for number in members):
                found[_Group(members, rule.apart.by_node)] = None
    return sorted(found, key=lambda group: (-len(group.sites), not group.by_node, group.sites))


def _goals(site: SiteCase) -> frozenset[int]:
    return NOTHING.union(*(end.goals for end in site.ends))


Way = tuple[int, tuple[int, ...]]
"""The node where a leg enters, and its links."""


def _flow(case: Case, group: _Group) -> dict[int, Way]:
    """For as many items as there is room for a way each, by their positions."""
    graph, sites = case.graph, [case.sites[number] for number in group.sites]
    goals = NOTHING.union(*map(_goals, sites))
    closed = frozenset.intersection(*(site.aim.closed for site in sites))
    end = 3 * len(graph.arcs)
    flow = UnitFlow()
    for node, arcs in enumerate(graph.arcs):
        entry, inside, outside = range(3 * node, 3 * node + 3)
        flow.arc(entry, inside, 1 if group.by_node else len(sites))
        flow.arc(inside, outside, 1 if group.by_node else len(sites))
        if node in goals:
            flow.arc(inside, end, len(sites))
        for link, other in arcs:
            if link not in closed:
                flow.arc(outside, 3 * other + 1, 1, link)
    for site in sites:
        for pop in sorted({option.pop for option in site.options}):
            flow.arc(end + 1 + site.index, 3 * pop)
    served = [site.index for site in sites if flow.add(end + 1 + site.index, end)]
    ways: dict[int, Way] = {}
    for number in served:
        steps = flow.walk(end + 1 + number, end)
        ways[number] = steps[0][0] // 3, tuple(link for _, link in steps if link is not None)
    return ways


def _column(case: Case, site: SiteCase, pop: int, links: tuple[int, ...]) -> Column | None:
    """The cheapest design with this way as its only leg; None where it keeps not every rule."""
    nodes = site.aim.path(pop, links).nodes
    if len(set(nodes)) < len(nodes):
        return None
    found = [
        column
        for shape, own in enumerate(site.demand.shapes)
        for end, place in enumerate(site.ends)
        for number, option in enumerate(site.options)
        if len(own.wishes) == 1 and option.by_wish[own.wishes[0]] and option.pop == pop and nodes[-1] in place.goals
        for _, column in columns_of(case, site, Arrangement(shape, end, (number,)), (links,))
        if not broken_rows(case, [column])
    ]
    return min(found, key=lambda column: (column.worth, column.options, column.cpe), default=None)


def _beside(case: Case, site: SiteCase, placed: Mapping[int, Column], figure: int) -> Column | None:
    """The cheapest design over ways with least of a figure that pass nothing of items from which it is kept apart."""
    rivals = {name for rule in case.coupling.separated.get(site.site.id, ()) for name in rule.sides}
    others = [column for column in placed.values() if case.sites[column.site].site.id in rivals]
    graph, goals = case.graph, _goals(site)
    nodes, links = _passed(case, others)
    figures = graph.link_figures[figure], graph.node_figures[figure]
    tree = shortest_tree(graph, goals, *figures, without_nodes=nodes - goals, without_links=links | site.aim.closed)
    found = []
    for pop in sorted({option.pop for option in site.options}):
        way = follow(graph, tree, goals, pop)
        column = None if way is None else _column(case, site, pop, way)
        if column is not None and not broken_rows(case, [*others, column]):
            found.append(column)
    return min(found, key=lambda column: (column.worth, column.options, column.cpe), default=None)


def _passed(case: Case, columns: Iterable[Column]) -> tuple[frozenset[int], frozenset[int]]:
    nodes: set[int] = set()
    links: set[int] = set()
    for column in columns:
        site = case.sites[column.site]
        for number, path in zip(column.options, column.paths, strict=True):
            nodes.update(site.aim.path(site.options[number].pop, path).nodes)
            links.update(path)
    return frozenset(nodes), frozenset(links)
