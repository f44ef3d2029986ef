"""The network as integers: what the searches walk on. Indices follow the ids, so every tie is broken by id."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from linkwright.design.model import Network
from linkwright.design.rules.figures import N_FIGURES, Sums, sums_of_link, sums_of_node
from linkwright.remembered import remembered

NOTHING: frozenset[int] = frozenset()
NO_GROUPS: frozenset[str] = frozenset()
TECHNOLOGY = "\n"
"""What the mark of an access technology begins with; the id of a risk group never does."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Adjacency and weights by node and link index; `arcs[u]` holds (link, other end) of every link at `u`."""

    node_ids: tuple[str, ...]
    link_ids: tuple[str, ...]
    node_index: dict[str, int]
    link_index: dict[str, int]
    arcs: tuple[tuple[tuple[int, int], ...], ...]
    node_figures: tuple[Sequence[float], ...]
    link_figures: tuple[Sequence[float], ...]
    """By figure, then by index."""
    node_availability: tuple[float, ...]
    link_availability: tuple[float, ...]
    link_groups: tuple[frozenset[str], ...]
    link_mrc_minor: tuple[int, ...]
    """For each Mbit/s a month."""
    link_ends: tuple[tuple[int, int], ...]
    group_kind: Mapping[str, str]
    technologies: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Marks of the access technologies of links that are accesses."""
    aims: dict[tuple[frozenset[int], frozenset[int]], Any] = field(default_factory=dict)
    """What no price changes on the way to some goals; `graph.aim_of` keeps it here."""
    undisturbed: dict[tuple[int, int], Any] = field(default_factory=dict)
    """The routes at prices that many questions share, by aim and price; `Aim.undisturbed` keeps them here."""
    marks: dict[frozenset[str], tuple[frozenset[str], ...]] = field(default_factory=dict)
    sharing: dict[frozenset[str], dict[str, frozenset[int]]] = field(default_factory=dict)

    def other_end(self, link: int, node: int) -> int:
        a, z = self.link_ends[link]
        return z if node == a else a

    def marks_of(self, kinds: frozenset[str]) -> tuple[frozenset[str], ...]:
        """For each link its groups of these kinds."""
        if kinds not in self.marks:
            self.marks[kinds] = tuple(
                marked(groups | self.technologies.get(link, NO_GROUPS), kinds, self.group_kind)
                for link, groups in enumerate(self.link_groups)
            )
        return self.marks[kinds]

    def sharing_of(self, kinds: frozenset[str]) -> Mapping[str, frozenset[int]]:
        """For each group of these kinds its links."""
        if kinds not in self.sharing:
            found: dict[str, list[int]] = {}
            for link, groups in enumerate(self.marks_of(kinds)):
                for group in groups:
                    found.setdefault(group, []).append(link)
            self.sharing[kinds] = {group: frozenset(links) for group, links in found.items()}
        return self.sharing[kinds]


def marked(groups: frozenset[str], kinds: frozenset[str], group_kind: Mapping[str, str]) -> frozenset[str]:
    """Those of some groups and technologies that are of these kinds."""
    if not groups or not kinds:
        return NO_GROUPS
    return frozenset(
        group
        for group in groups
        if ("technology" if group.startswith(TECHNOLOGY) else group_kind.get(group, "risk")) in kinds
    )


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
        node_figures=_by_figure([sums_of_node(node) for node in nodes]),
        link_figures=_by_figure([sums_of_link(link) for link in links]),
        node_availability=tuple(node.availability for node in nodes),
        link_availability=tuple(link.availability for link in links),
        link_groups=tuple(frozenset(link.srlgs) for link in links),
        link_mrc_minor=tuple(link.mrc_minor_per_mbps for link in links),
        link_ends=tuple((node_index[link.a], node_index[link.z]) for link in links),
        group_kind={group.id: group.kind for group in network.srlgs},
    )


def _by_figure(parts: Sequence[Sums]) -> tuple[Sequence[float], ...]:
    return tuple(tuple(part[figure] for part in parts) for figure in range(N_FIGURES))


@dataclass(frozen=True, slots=True)
class FarLink:
    """An access at a far end as a link from node `at`; `technology` is the mark of its kind."""

    id: str
    at: int
    figures: Sums
    availability: float
    groups: frozenset[str]
    technology: str


def overlay(graph: Graph, far_id: str, links: Sequence[FarLink]) -> Graph:
    """The graph with one more node, the last, and one more link to it for each access; all others keep their index."""
    far, first = len(graph.node_ids), len(graph.link_ids)
    arcs = [list(at_node) for at_node in graph.arcs]
    arcs.append([(first + number, link.at) for number, link in enumerate(links)])
    for number, link in enumerate(links):
        arcs[link.at].append((first + number, far))
    return replace(
        graph,
        node_ids=(*graph.node_ids, far_id),
        link_ids=(*graph.link_ids, *(link.id for link in links)),
        arcs=tuple(tuple(at_node) for at_node in arcs),
        node_figures=tuple((*of_nodes, 0.0) for of_nodes in graph.node_figures),
        link_figures=tuple(
            (*of_links, *(link.figures[figure] for link in links)) for figure, of_links in enumerate(graph.link_figures)
        ),
        node_availability=(*graph.node_availability, 1.0),
        link_availability=(*graph.link_availability, *(link.availability for link in links)),
        link_groups=(*graph.link_groups, *(link.groups for link in links)),
        link_mrc_minor=(*graph.link_mrc_minor, *(0 for _ in links)),
        link_ends=(*graph.link_ends, *((link.at, far) for link in links)),
        technologies={first + number: frozenset({link.technology}) for number, link in enumerate(links)},
        aims={},
        undisturbed={},
        marks={},
        sharing={},
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
