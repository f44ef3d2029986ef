"""Ways at prices with tolls: what each leg pays for itself where the parts that both legs want cost more."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from linkwright.design.routes.graph import MOST_TOLLED, NO_GROUPS, NOTHING, Aim, Arc, Routes, shortest_tree
from linkwright.design.routes.pairs import DetourProblem

Parts = frozenset[int]
"""Nodes by their number, links as ~link."""


class Way(NamedTuple):
    """A path of a leg, with the groups that it shares with others."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Leg:
    """Where a leg starts, and the links that it may not begin with."""

    start: int
    not_first: frozenset[int] = NOTHING


class Tolled:
    """The ways to the goals of some routes with a toll on some nodes and links, all of them above zero."""

    def __init__(self, aim: Aim, price: Sequence[float], tolls: Mapping[int, float], weight: list[float]) -> None:
        """`weight` is what each node is away from the goals with tolls, its own left out."""
        self.aim = aim
        self.price = price
        self.tolls = tolls
        self.total = sum(tolls.values())
        self._weight = weight
        self.arcs: dict[int, Sequence[Arc]] = {}

    def without(self, part: int) -> "Tolled":
        """The same without the toll on one node or link: its surroundings come nearer, all else stays as it is."""
        tolls = {own: toll for own, toll in self.tolls.items() if own != part}
        weight, graph, closed = list(self._weight), self.aim.graph, self.aim.closed
        ends = (part,) if part >= 0 else graph.link_ends[~part]
        heap = sorted((weight[node], node) for node in ends)
        nearer = set(ends)
        while heap:
            here, node = heapq.heappop(heap)
            if here > weight[node]:
                continue
            entering = here + tolls.get(node, 0)
            for link, other in graph.arcs[node]:
                there = entering + self.price[link] + tolls.get(~link, 0)
                if there < weight[other] < inf and link not in closed:
                    weight[other] = there
                    nearer.add(other)
                    heapq.heappush(heap, (there, other))
        found = Tolled(self.aim, self.price, tolls, weight)
        changed = nearer.union(other for node in nearer for _, other in graph.arcs[node])
        found.arcs.update((node, arcs) for node, arcs in self.arcs.items() if node not in changed)
        return found

    def least_from(self, start: int) -> float:
        """What any way from here costs at least, the toll of its first node included."""
        return self._weight[start] + self.tolls.get(start, 0)

    def arcs_at(self, node: int) -> Sequence[Arc]:
        """By how much each open link at a node is dearer than the cheapest way, how far its other end is then, that
        end, and the link as a part; kept in `arcs`."""
        price, weight, tolls, closed = self.price, self._weight, self.tolls, self.aim.closed
        here = weight[node]
        found = []
        for link, other in self.aim.graph.arcs[node]:
            rest = weight[other]
            if rest < inf and link not in closed:
                dearer = price[link] + tolls.get(~link, 0) + tolls.get(other, 0) + rest - here
                found.append((dearer if dearer > 0 else 0, rest, other, ~link))
        self.arcs[node] = found
        return found


class Quest:
    """The search for the cheapest way of a leg that keeps off some parts, as far as it has come.

    No way costs less than `price`; `way` is it once it is found, and without a way `price` ends at inf.
    """

    def __init__(self, tolled: Tolled, leg: Leg, off: Parts, marks: Sequence[frozenset[str]]) -> None:
        self.tolled = tolled
        self.leg = leg
        self.off = off
        self.marks = marks
        self.way: Way | None = None
        self.not_first = off.union(~link for link in leg.not_first)
        self.price = self._least = inf if leg.start in off else tolled.least_from(leg.start)
        self._heap: list[tuple[float, float, int]] = [] if self.price == inf else [(0, 0, leg.start)]
        self._best: dict[int, float] = {leg.start: 0}
        self._came: dict[int, tuple[int, int]] = {}
        self._done: set[int] = set()

    def go_on(self, most: float) -> None:
        """Searches on until the way is found or is known to cost more; a little further in any case."""
        heap, best, came, done, off, tolled = self._heap, self._best, self._came, self._done, self.off, self.tolled
        if self.way is not None or not heap:
            return
        goals, arcs_of = tolled.aim.goals, tolled.arcs
        most = max(most - self._least, heap[0][0])
        while heap and heap[0][0] <= most:
            here, _, node = heapq.heappop(heap)
            if node in done:
                continue
            if node in goals:
                self.price, self.way = self._least + here, self._traced(node)
                return
            done.add(node)
            not_now = self.not_first if node == self.leg.start else off
            for dearer, rest, other, part in arcs_of.get(node) or tolled.arcs_at(node):
                there = here + dearer
                if other in done or part in off or other in off or part in not_now or there >= best.get(other, inf):
                    continue
                best[other] = there
                came[other] = node, part
                heapq.heappush(heap, (there, rest, other))
        self.price = self._least + heap[0][0] if heap else inf

    def _traced(self, goal: int) -> Way:
        nodes, links = [goal], []
        while nodes[-1] != self.leg.start:
            node, part = self._came[nodes[-1]]
            nodes.append(node)
            links.append(~part)
        marks = NO_GROUPS.union(*(self.marks[link] for link in links))
        return Way(tuple(nodes[::-1]), tuple(links[::-1]), marks)


def tolled_routes(routes: Routes, tolls: Mapping[int, float]) -> Tolled:
    """The ways of these routes with tolls."""
    graph, aim = routes.graph, routes.aim
    if not tolls:
        return Tolled(aim, routes.price, tolls, routes.tree.weight)
    price, of_node = list(routes.price), [0.0] * len(graph.arcs)
    for part, toll in tolls.items():
        if part >= 0:
            of_node[part] = toll
        else:
            price[~part] += toll
    tree = shortest_tree(graph, aim.goals, price, of_node, without_links=aim.closed)
    return Tolled(aim, routes.price, tolls, tree.weight)


def tolled_for(routes: Routes, start_one: int, start_two: int, *, by_node: bool) -> Tolled:
    """With the tolls of the cheapest pair from two starts; kept by the routes like the pair."""
    key = by_node, start_one, start_two
    known: Tolled | None = routes.tolled.get(key)
    if known is None:
        tolls = DetourProblem(routes, start_one, start_two, by_node=by_node).tolls()
        if len(routes.tolled) >= MOST_TOLLED:
            routes.tolled.clear()
        known = routes.tolled[key] = tolled_routes(routes, tolls)
    return known
