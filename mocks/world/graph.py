"""Shortest paths on a topology: where the hubs lie and whether a customer can be reached."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Protocol

MAX_PIVOTS = 100
"""Closeness is measured to at most so many nodes, evenly spread: enough to find the middle of a large graph."""


Usable = Callable[[str, str], bool]
"""May a path use this link to this node?"""


class Edge(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def a(self) -> str: ...
    @property
    def z(self) -> str: ...
    @property
    def length_km(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Path:
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    length_km: float


class Graph:
    """An undirected graph; parallel links are kept."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.neighbours: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for edge in edges:
            self.neighbours[edge.a].append((edge.z, edge.id, edge.length_km))
            self.neighbours[edge.z].append((edge.a, edge.id, edge.length_km))

    def degree(self, node: str) -> int:
        return len(self.neighbours[node])

    def nearest(self, node: str) -> tuple[str, float]:
        """The neighbour at the end of the shortest link, and the length of that link."""
        there, _, length_km = min(self.neighbours[node], key=lambda step: (step[2], step[0]))
        return there, length_km

    def path(self, source: str, target: str, usable: Usable = lambda _link, _node: True) -> Path | None:
        """The shortest path whose every step (link, node it leads to) is usable."""
        return self._search(source, usable, target).get(target)

    def lengths_km(self, source: str) -> dict[str, float]:
        return {node: path.length_km for node, path in self._search(source, lambda _link, _node: True).items()}

    def by_closeness(self, nodes: Collection[str]) -> list[str]:
        """The nodes in the order of their mean distance to all others, the most central first."""
        ordered = sorted(nodes)
        pivots = ordered[:: -(-len(ordered) // MAX_PIVOTS)]
        total = dict.fromkeys(ordered, 0.0)
        for pivot in pivots:
            lengths_km = self.lengths_km(pivot)
            for node in ordered:
                total[node] += lengths_km.get(node, float("inf"))
        return sorted(ordered, key=lambda node: (total[node], node))

    def _search(self, source: str, usable: Usable, target: str | None = None) -> dict[str, Path]:
        """Dijkstra: the settled paths, up to the target if there is one."""
        settled: dict[str, Path] = {}
        heap: list[tuple[float, tuple[str, ...], tuple[str, ...]]] = [(0.0, (source,), ())]
        while heap:
            length_km, nodes, links = heappop(heap)
            here = nodes[-1]
            if here in settled:
                continue
            settled[here] = Path(nodes=nodes, links=links, length_km=length_km)
            if here == target:
                break
            for there, link, step_km in self.neighbours[here]:
                if there not in settled and usable(link, there):
                    heappush(heap, (length_km + step_km, (*nodes, there), (*links, link)))
        return settled
