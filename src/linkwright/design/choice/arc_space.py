"""Which arcs of the network a leg could lead over at all, whatever else is chosen."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf

from linkwright.design.routes.graph import NO_GROUPS, Aim, Graph
from linkwright.design.routes.paths import SLACK
from linkwright.design.rules.figures import N_FIGURES, Sums

Arc = tuple[int, int]
"""A link, and the node where it is entered."""


def useful_arcs(aim: Aim, starts: Sequence[int], most: Sums) -> Iterator[Arc]:
    """Those on which a way from one of the starts can keep each limit; no way leads through a goal."""
    limited = [figure for figure in range(N_FIGURES) if most[figure] < inf]
    graph, reached = aim.graph, {figure: _least_from(aim, starts, figure) for figure in limited}
    for node, arcs in enumerate(graph.arcs):
        for link, other in arcs if node not in aim.goals else ():
            if link not in aim.closed and all(
                reached[figure][node]
                + graph.link_figures[figure][link]
                + graph.node_figures[figure][other]
                + aim.least(figure)[other]
                <= most[figure] + SLACK * max(1.0, abs(most[figure]))
                for figure in limited
            ):
                yield link, node


def _least_from(aim: Aim, starts: Sequence[int], figure: int) -> Sequence[float]:
    """The least of a figure on any way from one of the starts, the first node and the last one included."""
    graph = aim.graph
    of_link, of_node = graph.link_figures[figure], graph.node_figures[figure]
    least = [inf] * len(graph.arcs)
    heap = [(of_node[start], start) for start in starts]
    while heap:
        here, node = heapq.heappop(heap)
        if here >= least[node]:
            continue
        least[node] = here
        for link, other in graph.arcs[node] if node not in aim.goals else ():
            if link not in aim.closed and here + of_link[link] + of_node[other] < least[other]:
                heapq.heappush(heap, (here + of_link[link] + of_node[other], other))
    return least


def links_by_mark(graph: Graph) -> Mapping[str, Sequence[int]]:
    """By group or technology the links that have it."""
    found: dict[str, list[int]] = defaultdict(list)
    for link, groups in enumerate(graph.link_groups):
        for mark in groups | graph.technologies.get(link, NO_GROUPS):
            found[mark].append(link)
    return found
