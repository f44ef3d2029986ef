"""The network as integers: what the searches walk on. Indices follow the ids, so every tie is broken by id."""

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from linkwright.design.model import Network
from linkwright.design.units import fibre_delay_ms, loss_of
from linkwright.remembered import remembered

NOTHING: frozenset[int] = frozenset()
LOST = 40.0
"""Loss of what is practically never up; arithmetic needs a finite figure, and a smaller one is a valid bound."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Adjacency and weights by node and link index; `arcs[u]` holds (link, other end) of every link at `u`."""

    node_ids: tuple[str, ...]
    link_ids: tuple[str, ...]
    node_index: dict[str, int]
    link_index: dict[str, int]
    arcs: tuple[tuple[tuple[int, int], ...], ...]
    node_delay_ms: tuple[float, ...]
    node_availability: tuple[float, ...]
    link_delay_ms: tuple[float, ...]
    link_availability: tuple[float, ...]
    link_groups: tuple[frozenset[str], ...]
    link_mrc_minor: tuple[int, ...]
    """For each Mbit/s a month."""
    link_ends: tuple[tuple[int, int], ...]

    def other_end(self, link: int, node: int) -> int:
        a, z = self.link_ends[link]
        return z if node == a else a


@remembered
def compile_graph(network: Network) -> Graph:
    nodes = sorted(network.nodes, key=lambda node: node.id)
    links = sorted(network.links, key=lambda link: link.id)
    node_index = {node.id: number for number, node in enumerate(nodes)}
    arcs: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for number, link in enumerate(links):
        a, z = node_index[link.a], node_index[link.z]
        arcs[a].append((number, z))
        arcs[z].append((number, a))
    return Graph(
        node_ids=tuple(node.id for node in nodes),
        link_ids=tuple(link.id for link in links),
        node_index=node_index,
        link_index={link.id: number for number, link in enumerate(links)},
        arcs=tuple(tuple(at_node) for at_node in arcs),
        node_delay_ms=tuple(node.delay_ms for node in nodes),
        node_availability=tuple(node.availability for node in nodes),
        link_delay_ms=tuple(fibre_delay_ms(link.length_km) for link in links),
        link_availability=tuple(link.availability for link in links),
        link_groups=tuple(frozenset(link.srlgs) for link in links),
        link_mrc_minor=tuple(link.mrc_minor_per_mbps for link in links),
        link_ends=tuple((node_index[link.a], node_index[link.z]) for link in links),
    )


@dataclass(frozen=True, slots=True)
class Tree:
    """For every node the least weight of a way to one of the goals, and the link that it begins with (-1: none)."""

    weight: list[float]
    first_link: list[int]


def shortest_tree(
    graph: Graph,
    goals: Collection[int],
    link_weight: Sequence[float],
    node_weight: Sequence[float] | None = None,
    without_nodes: Collection[int] = NOTHING,
    without_links: Collection[int] = NOTHING,
) -> Tree:
    """Dijkstra backwards from the goals; entering a node costs its `node_weight`, and no way leads through a goal.

    Weights must not be negative; where they are integers, so are the results. What cannot be reached has weight inf.
    """
    weight: list[float] = [inf] * len(graph.arcs)
    first_link = [-1] * len(graph.arcs)
    done = [False] * len(graph.arcs)
    heap: list[tuple[float, int]] = [(0, goal) for goal in sorted(goals)]
    for goal in goals:
        weight[goal] = 0
    blocked = [False] * len(graph.link_ids)
    for link in without_links:
        blocked[link] = True
    for node in without_nodes:
        done[node] = True
    while heap:
        here, node = heapq.heappop(heap)
        if done[node]:
            continue
        done[node] = True
        entering = here if node_weight is None else here + node_weight[node]
        for link, other in graph.arcs[node]:
            if done[other] or blocked[link]:
                continue
            there = entering + link_weight[link]
            if there < weight[other]:
                weight[other] = there
                first_link[other] = link
                heapq.heappush(heap, (there, other))
    return Tree(weight, first_link)


@dataclass(frozen=True, slots=True)
class Path:
    """A path and what it brings along, its first node included; risk groups are left out of `loss`."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    latency_ms: float
    loss: float
    groups: frozenset[str]


class Aim:
    """Where a class of sites wants to go (`goals`), links closed to it, and what no price changes on the way there."""

    def __init__(self, graph: Graph, goals: frozenset[int], closed: frozenset[int]) -> None:
        self.graph = graph
        self.goals = goals
        self.closed = closed
        self._paths: dict[tuple[int, tuple[int, ...]], Path] = {}

    @cached_property
    def fastest(self) -> list[float]:
        """Least delay in ms from each node to a goal: links and every node entered, the first one not included."""
        graph = self.graph
        tree = shortest_tree(graph, self.goals, graph.link_delay_ms, graph.node_delay_ms, without_links=self.closed)
        return tree.weight

    @cached_property
    def soundest(self) -> list[float]:
        """Least loss from each node to a goal, counted like `fastest`; risk groups are left out, so it is a bound."""
        graph = self.graph
        tree = shortest_tree(graph, self.goals, self.link_loss, self.node_loss, without_links=self.closed)
        return tree.weight

    @cached_property
    def link_loss(self) -> list[float]:
        return [loss_of(availability) for availability in self.graph.link_availability]

    @cached_property
    def node_loss(self) -> list[float]:
        return [loss_of(availability) for availability in self.graph.node_availability]

    def fastest_from(self, start: int) -> float:
        """Least delay in ms of a path, its first node included."""
        return self.graph.node_delay_ms[start] + self.fastest[start]

    def soundest_from(self, start: int) -> float:
        """Least loss of a path, its first node included."""
        return self.node_loss[start] + self.soundest[start]

    @cached_property
    def losses(self) -> "HalfRoutes":
        finite = [[min(LOST, loss) for loss in losses] for losses in (self.link_loss, self.node_loss)]
        return HalfRoutes(self, *finite)

    @cached_property
    def delays(self) -> "HalfRoutes":
        return HalfRoutes(self, self.graph.link_delay_ms, self.graph.node_delay_ms)

    def path(self, start: int, links: tuple[int, ...]) -> Path:
        """The path that these links make from `start`; kept, because many sites share it."""
        path = self._paths.get((start, links))
        if path is None:
            path = self._paths[start, links] = self._walk(start, links)
        return path

    def _walk(self, start: int, links: tuple[int, ...]) -> Path:
        graph = self.graph
        nodes = [start]
        latency_ms, loss = graph.node_delay_ms[start], self.node_loss[start]
        groups: set[str] = set()
        for link in links:
            nodes.append(graph.other_end(link, nodes[-1]))
            latency_ms += graph.link_delay_ms[link] + graph.node_delay_ms[nodes[-1]]
            loss += self.link_loss[link] + self.node_loss[nodes[-1]]
            groups |= graph.link_groups[link]
        return Path(tuple(nodes), links, latency_ms, loss, frozenset(groups))


class Routes:
    """The cheapest ways to one aim for one price vector, made when first asked for and then kept."""

    def __init__(self, aim: Aim, price: Sequence[float]) -> None:
        """`price` is for each Mbit/s on a link, in the unit of the objective over the whole term."""
        self.aim = aim
        self.graph = aim.graph
        self.goals = aim.goals
        self.price = price
        self.pairs: dict[tuple[bool, int, int], DisjointPair | None] = {}
        self._shortest: dict[int, tuple[int, ...] | None] = {}

    @cached_property
    def tree(self) -> Tree:
        return shortest_tree(self.graph, self.goals, self.price, without_links=self.aim.closed)

    def shortest(self, start: int) -> tuple[int, ...] | None:
        """The links of the cheapest path from `start` to a goal; None where there is no way."""
        if start not in self._shortest:
            self._shortest[start] = follow(self.graph, self.tree, self.goals, start)
        return self._shortest[start]


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
