"""What different items must not share: a row for each thing that one of them passes, made when it is first passed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from linkwright.design.choice.coupling import Coupling, Key, Separated, Uses
from linkwright.design.choice.parts import Option, SiteCase
from linkwright.design.routes.graph import Graph, Path

Leg = tuple[Option, Option | None, Path]
"""The access of a leg, that at its far end (None: it ends at a destination), and its way."""


def of_apart(coupling: Coupling, site: SiteCase, legs: Sequence[Leg], graph: Graph, base: Graph) -> Uses:
    """What these legs take from the rows between their item and others; `base` is the network without far ends."""
    uses: dict[int, int] = defaultdict(int)
    for rule in coupling.separated.get(site.site.id, ()):
        for key in sorted({key for leg in legs for key in _passed(rule, site, leg, graph, base)}):
            uses[coupling.row_of(rule, key)] += 1
        if rule.row is None:
            continue
        is_unsure = any(
            not rule.apart.kinds.isdisjoint(access.undeclared)
            for option, far, _ in legs
            for access in (option, far)
            if access is not None
        )
        uses[rule.row] += 2 if is_unsure else 1
    return tuple(uses.items())


def _passed(rule: Separated, site: SiteCase, leg: Leg, graph: Graph, base: Graph) -> Iterator[Key]:
    """A node where one ends only others may end, too; but no two may begin at the same."""
    option, far, way = leg
    apart, nodes = rule.apart, way.nodes if far is None else way.nodes[:-1]
    end = way.nodes[-1] if far is None else -1
    if apart.by_link:
        yield from (("link", link, "") for link in way.links if link < len(base.link_ids))
    if apart.by_node:
        for node in nodes:
            yield from (("node", node, side) for side in rule.sides if node != end or side == rule.own)
        if nodes[0] == end:
            yield "first", end, ""
    if apart.kinds:
        marks = graph.marks_of(apart.kinds)
        groups = site.marks(option, apart.kinds).union(*(marks[link] for link in way.links))
        yield from (("group", 0, group) for group in groups)
