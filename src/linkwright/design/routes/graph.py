"""Where paths lead to and what they cost: the cheapest ways to some goals, for prices that come and go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from linkwright.design.routes.compiled import (
    NO_GROUPS,
    NOTHING,
    TECHNOLOGY,
    FarLink,
    Graph,
    Tree,
    compile_graph,
    marked,
    overlay,
    shortest_tree,
)
from linkwright.design.rules.figures import LATENCY, UNSOUND, Sums

__all__ = [
    "NOTHING",
    "NO_GROUPS",
    "TECHNOLOGY",
    "Aim",
    "Arc",
    "DisjointPair",
    "FarLink",
    "Graph",
    "HalfRoutes",
    "Joined",
    "Path",
    "Routes",
    "Tree",
    "aim_of",
    "compile_graph",
    "follow",
    "marked",
    "overlay",
    "shortest_tree",
]

LOST = 40.0
"""Loss of what is practically never up; arithmetic needs a finite figure, and a smaller one is a valid bound."""
MOST_AIMS = 400
"""So many aims are kept with a graph; when there are more, all are made anew."""
MOST_UNDISTURBED = 60
"""So many routes are kept with a graph from one question to the next."""
MOST_PAIRS = 5_000
"""So many pairs of some routes are kept."""
MOST_TOLLED = 8
"""So many times some routes are kept with tolls: each time is about as much as the routes themselves."""
MOST_PATHS = 20_000
"""So many paths of one aim are kept."""


Arc = tuple[float, float, int, int]
"""By how much the cheapest way over a link is dearer than the cheapest, what it costs, its other end, and the link."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path and what it brings along, its first node included; risk groups are left out of its unsoundness."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    sums: Sums
    groups: frozenset[str]


class Aim:
    """Where a class of sites wants to go (`goals`), links closed to it, and what no price changes on the way there."""

    def __init__(self, graph: Graph, goals: frozenset[int], closed: frozenset[int]) -> None:
        self.graph = graph
        self.goals = goals
        self.closed = closed
        self._least: dict[int, list[float]] = {}
        self._paths: dict[tuple[int, tuple[int, ...]], Path] = {}

    def least(self, figure: int) -> list[float]:
        """The least of a figure from each node to a goal, with every node entered but without the first one."""
        if figure not in self._least:
            graph = self.graph
            of_link, of_node = graph.link_figures[figure], graph.node_figures[figure]
            tree = shortest_tree(graph, self.goals, of_link, of_node, without_links=self.closed)
            self._least[figure] = tree.weight
        return self._least[figure]

    def least_from(self, figure: int, start: int) -> float:
        """The least of a figure of any path, its first node included."""
        return self.graph.node_figures[figure][start] + self.least(figure)[start]

    @cached_property
    def losses(self) -> "HalfRoutes":
        """Routes for the least unsoundness."""
        finite = [
            [min(LOST, loss) for loss in losses]
            for losses in (self.graph.link_figures[UNSOUND], self.graph.node_figures[UNSOUND])
        ]
        return HalfRoutes(self, *finite)

    @cached_property
    def delays(self) -> "HalfRoutes":
        return HalfRoutes(self, self.graph.link_figures[LATENCY], self.graph.node_figures[LATENCY])

    def undisturbed(self, a_month: int) -> "Routes":
        """The ways where no limit has a price, a minor unit a month counting so much; kept for other questions."""
        kept = self.graph.undisturbed
        routes: Routes | None = kept.get((id(self), a_month))
        if routes is None:
            for old in list(kept)[: 1 - MOST_UNDISTURBED]:
                kept.pop(old, None)
            routes = Routes(self, [a_month * mrc_minor for mrc_minor in self.graph.link_mrc_minor])
            kept[id(self), a_month] = routes
        return routes

    def path(self, start: int, links: tuple[int, ...]) -> Path:
        """The path that these links make from `start`; kept, because many sites share it."""
        path = self._paths.get((start, links))
        if path is None:
            if len(self._paths) >= MOST_PATHS:
                self._paths.clear()
            path = self._paths[start, links] = _walk(self.graph, start, links)
        return path


def aim_of(graph: Graph, goals: frozenset[int], closed: frozenset[int]) -> Aim:
    """Kept with the graph, because no price changes it."""
    aim = graph.aims.get((goals, closed))
    if aim is None:
        if len(graph.aims) >= MOST_AIMS:
            graph.aims.clear()
        aim = graph.aims[goals, closed] = Aim(graph, goals, closed)
    return aim


def _walk(graph: Graph, start: int, links: tuple[int, ...]) -> Path:
    nodes = [start]
    groups: set[str] = set()
    for link in links:
        nodes.append(graph.other_end(link, nodes[-1]))
        groups |= graph.link_groups[link]
    sums = []
    for of_link, of_node in zip(graph.link_figures, graph.node_figures, strict=True):
        total = of_node[start]
        for link, node in zip(links, nodes[1:], strict=True):
            total += of_link[link] + of_node[node]
        sums.append(total)
    return Path(tuple(nodes), links, tuple(sums), frozenset(groups))


class Routes:
    """The cheapest ways to one aim for one price vector, made when first asked for and then kept."""

    def __init__(self, aim: Aim, price: Sequence[float]) -> None:
        """`price` is for each Mbit/s on a link, in the unit of the objective over the whole term."""
        self.aim = aim
        self.graph = aim.graph
        self.goals = aim.goals
        self.price = price
        self.pairs: dict[tuple[bool, int, int], DisjointPair | None] = {}
        self.tolled: dict[tuple[bool, int, int], Any] = {}
        """The ways with the tolls of some pairs; `tolled.tolled_for` keeps them here."""
        self._joined: dict[int, tuple[Routes, Joined]] = {}
        self._shortest: dict[int, tuple[int, ...] | None] = {}
        self._onward: list[Sequence[Arc] | None] = [None] * len(aim.graph.arcs)

    @cached_property
    def tree(self) -> Tree:
        return shortest_tree(self.graph, self.goals, self.price, without_links=self.aim.closed)

    def shortest(self, start: int) -> tuple[int, ...] | None:
        """The links of the cheapest path from `start` to a goal; None where there is no way."""
        if start not in self._shortest:
            self._shortest[start] = follow(self.graph, self.tree, self.goals, start)
        return self._shortest[start]

    def onward(self, node: int) -> Sequence[Arc]:
        """The links at a node that are open and lead to a goal, with what the cheapest way over each costs."""
        arcs = self._onward[node]
        if arcs is None:
            rest, closed, price = self.tree.weight, self.aim.closed, self.price
            here = rest[node]
            arcs = self._onward[node] = [
                (price[link] + rest[other] - here, price[link] + rest[other], other, link)
                for link, other in self.graph.arcs[node]
                if link not in closed and rest[other] < inf
            ]
        return arcs

    def joined(self, other: "Routes") -> "Joined":
        """What is true of both legs where the other one has prices, or closed links, of its own; kept."""
        if other is self:
            return Joined(self, None)
        if id(other) not in self._joined:
            self._joined[id(other)] = other, _join(self, other)
        return self._joined[id(other)][1]

    def tree_without(self, links: frozenset[int]) -> Tree:
        if not links:
            return self.tree
        return shortest_tree(self.graph, self.goals, self.price, without_links=links | self.aim.closed)


@dataclass(frozen=True, slots=True)
class Joined:
    """Routes at the lower of two legs' prices, and from each node the least that each leg pays beyond (None: 0)."""

    routes: Routes
    beyond: tuple[list[float], list[float]] | None

    def beyond_from(self, leg: int, node: int) -> float:
        return 0 if self.beyond is None else self.beyond[leg][node]


def _join(one: Routes, two: Routes) -> Joined:
    graph, goals = one.graph, one.goals
    shut_one, shut_two = one.aim.closed, two.aim.closed
    lower = [
        mine if link in shut_two else other if link in shut_one else min(mine, other)
        for link, (mine, other) in enumerate(zip(one.price, two.price, strict=True))
    ]

    def beyond(own: Routes) -> list[float]:
        more = [max(0, price - low) for price, low in zip(own.price, lower, strict=True)]
        return shortest_tree(graph, goals, more, without_links=own.aim.closed).weight

    aim = aim_of(graph, goals, shut_one & shut_two)
    return Joined(Routes(aim, lower), (beyond(one), beyond(two)))


class HalfRoutes(Routes):
    """Routes for a weight that nodes have too: each node's is divided between its links, so ends count by half."""

    def __init__(self, aim: Aim, links: Sequence[float], nodes: Sequence[float]) -> None:
        self.half = half = [weight / 2 for weight in nodes]
        ends = aim.graph.link_ends
        super().__init__(aim, [own + half[a] + half[z] for own, (a, z) in zip(links, ends, strict=True)])
        self.least_end = min(self.half[goal] for goal in self.goals)

    def whole(self, paths: float, start_one: int, start_two: int) -> float:
        """The least that two paths of this price weigh with their ends."""
        return paths + self.half[start_one] + self.half[start_two] + 2 * self.least_end


@dataclass(frozen=True, slots=True)
class DisjointPair:
    """Two disjoint paths by their links, and what one Mbit/s on both costs."""

    price: float
    one: tuple[int, ...]
    two: tuple[int, ...]


def follow(graph: Graph, tree: Tree, goals: Collection[int], start: int) -> tuple[int, ...] | None:
    """The links from `start` down the tree to a goal; None where the tree does not reach."""
    if tree.weight[start] == inf:
        return None
    links = []
    node = start
    while node not in goals:
        link = tree.first_link[node]
        links.append(link)
        node = graph.other_end(link, node)
    return tuple(links)
