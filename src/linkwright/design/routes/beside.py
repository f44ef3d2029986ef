"""The paths of one leg beside others: off the nodes, links and groups that these have taken."""

from collections.abc import Iterator
from math import inf

from linkwright.design.routes.delays import Window
from linkwright.design.routes.graph import NOTHING, Routes, shortest_tree
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.paths import NOTHING_MORE, Effort, Least, PathStep, paths_by_price
from linkwright.design.routes.slow_paths import slow_paths_by_price
from linkwright.design.rules.figures import UNSOUND, Sums


def links_in(routes: Routes, groups: frozenset[str], kinds: frozenset[str]) -> frozenset[int]:
    """The links that share any of these groups, as far as these kinds matter."""
    if not groups:
        return NOTHING
    sharing = routes.graph.sharing_of(kinds)
    return NOTHING.union(*(sharing.get(group, NOTHING) for group in groups))


def paths_beside(
    space: LegSpace,
    allowance: Sums,
    effort: Effort,
    without_nodes: frozenset[int],
    without_links: frozenset[int],
    *,
    go_on: bool = False,
    window: Window | None = None,
) -> Iterator[PathStep]:
    """The paths of one leg that keep off what others have taken, cheapest first."""
    routes = space.routes
    graph, goals, aim = routes.graph, routes.goals, routes.aim
    tree, least = routes.tree, NOTHING_MORE
    if without_nodes or without_links:
        closed = without_links | aim.closed
        tree = shortest_tree(graph, goals, routes.price, None, without_nodes, closed)
        if allowance[UNSOUND] < inf and tree.weight[space.start] < inf:
            least = _soundest(routes, without_nodes, closed)
    if window is None:
        yield from paths_by_price(
            aim, routes.price, tree, space.start, allowance, effort, without_nodes, without_links, least, go_on=go_on
        )
    else:
        yield from slow_paths_by_price(
            aim, routes.price, tree, space.start, allowance, effort, without_nodes, without_links, least, window
        )


def _soundest(routes: Routes, without_nodes: frozenset[int], closed: frozenset[int]) -> Least:
    graph = routes.graph
    of_link, of_node = graph.link_figures[UNSOUND], graph.node_figures[UNSOUND]
    return {UNSOUND: shortest_tree(graph, routes.goals, of_link, of_node, without_nodes, closed).weight}
