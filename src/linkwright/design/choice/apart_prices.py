"""What passing something costs that only one of two items may pass, laid on the links that lead there.

A design pays once for each thing, so no design may find more on its links than it pays: half of a node lies on each
link at it, and a group is divided among its links.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from linkwright.design.choice.case import Case, SiteCase
from linkwright.design.choice.coupling import Separated, Uses
from linkwright.design.choice.parts import Option

Priced = dict[str, list[tuple[int, str, float]]]
"""By kind the things that have a price: index, name or side, and price."""


def prices_of_links(case: Case, duals: Sequence[float]) -> dict[str, list[tuple[int, float]]]:
    """By site (link, price), where no two legs of one design share a link."""
    priced: dict[int, Priced] = {}
    for (number, (kind, index, name)), row in case.coupling.passed.items():
        if row < len(duals) and duals[row] > 0:
            priced.setdefault(number, defaultdict(list))[kind].append((index, name, duals[row]))
    found: dict[str, list[tuple[int, float]]] = {}
    for site in case.sites:
        rules = [rule for rule in case.coupling.separated.get(site.site.id, ()) if rule.number in priced]
        if rules and all(len(shape.wishes) == 1 or shape.apart.by_link for shape in site.demand.shapes):
            found[site.site.id] = [
                entry for rule in rules for entry in _on_links(case, site, rule, priced[rule.number])
            ]
    return found


def _on_links(case: Case, site: SiteCase, rule: Separated, priced: Priced) -> Iterator[tuple[int, float]]:
    yield from ((link, price) for link, _, price in priced.get("link", ()))
    if all(len(shape.wishes) == 1 or shape.apart.by_node for shape in site.demand.shapes):
        goals = frozenset[int]().union(*(end.goals for end in site.ends))
        for node, side, price in priced.get("node", ()):
            if side == rule.own or node not in goals:
                yield from ((link, price / 2) for link, _ in case.graph.arcs[node])
    marks = case.graph.marks_of(rule.apart.kinds)
    for _, group, price in priced.get("group", ()):
        links = [link for link, groups in enumerate(marks) if group in groups]
        yield from ((link, price / len(links)) for link in links)


def uses_of_accesses(case: Case, site: SiteCase, options: Sequence[Option]) -> Uses:
    """What these accesses take from the rows between their item and others wherever their legs lead.

    A group that links have as well is left out: its price lies on these.
    """
    coupling, uses = case.coupling, list[tuple[int, int]]()
    for rule in coupling.separated.get(site.site.id, ()):
        kinds = rule.apart.kinds
        if rule.row is not None:
            uses.append((rule.row, 1 if all(kinds.isdisjoint(option.undeclared) for option in options) else 2))
        if kinds:
            elsewhere = frozenset[str]().union(*case.graph.marks_of(kinds))
            groups = frozenset[str]().union(*(site.marks(option, kinds) for option in options)) - elsewhere
            rows = (coupling.passed.get((rule.number, ("group", 0, group))) for group in sorted(groups))
            uses += [(row, 1) for row in rows if row is not None]
    return tuple(uses)
