"""All diverse pairs of paths in order of price, under limits on delay and loss and apart from common risk groups.

The space of pairs is cut up along leg one, as Yen and Lawler do for single paths: the cheapest disjoint pair of a part
is a bound for all of it; once that pair has been looked at, the rest of the part is "leg one is just this" and, for
each of its nodes, "leg one comes this far and goes on differently". So pairs appear in true order of price, and the
first one that passes is the best one, whatever else it had to satisfy.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from linkwright.design.graph import NOTHING, DisjointPair, Routes, Tree, shortest_tree
from linkwright.design.pairs import DetourProblem, disjoint_pair
from linkwright.design.paths import Allowance, Effort, Gate, PathStep, paths_by_price

Kind = Literal["none", "any", "link", "node", "srlg"]
"""`any`: two legs that may share what they like; it stands for a diversity rule that is set aside."""

LABELS_OF_A_PAIR = 20
"""What the solution of one part counts as, measured against one label of a path search."""


@dataclass(frozen=True, slots=True)
class LegSpace:
    """Where a leg starts, what it may still use up, and the risk groups of its access, which the other leg must avoid."""

    start: int
    allowance: Allowance
    groups: frozenset[str]


class PairStep(NamedTuple):
    """The next pair; None where the search gave up: whatever it missed costs `price` or more."""

    price: float
    pair: DisjointPair | None


@dataclass(frozen=True, slots=True)
class _Part:
    """Leg one begins with this prefix, and its next link is none of `not_first`."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    paid: float
    used: tuple[float, float]
    not_first: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Rest:
    """Leg one is fixed; its partners come in order of price."""

    one: tuple[int, ...]
    steps: Iterator[PathStep]


def pairs_by_price(routes: Routes, kind: Kind, one: LegSpace, two: LegSpace, effort: Effort) -> Iterator[PairStep]:
    """Every pair that is diverse as `kind` says and within both allowances, cheapest first."""
    if kind == "any":
        return _Unrelated(routes, one, two, effort).steps()
    return _Disjoint(routes, kind, one, two, effort).steps()


class _Disjoint:
    def __init__(self, routes: Routes, kind: Kind, one: LegSpace, two: LegSpace, effort: Effort) -> None:
        self.routes = routes
        self.graph = routes.graph
        self.by_node = kind != "link"
        self.by_group = kind == "srlg"
        self.one = one
        self.two = two
        self.effort = effort
        self.gate = Gate(routes.aim, one.allowance)
        self.gate_two = Gate(routes.aim, two.allowance)
        self.not_one = self._links_in(two.groups)
        self.heap: list[tuple[float, int, int, _Part | tuple[_Part, DisjointPair] | _Rest]] = []
        self.pushed = 0

    def steps(self) -> Iterator[PairStep]:
        used = self.gate.first(self.one.start)
        if used is None or self.gate_two.first(self.two.start) is None:
            return
        self._push(0.0, 2, _Part((self.one.start,), (), 0, used, NOTHING))
        while self.heap:
            price, _, _, item = heapq.heappop(self.heap)
            if isinstance(item, _Rest):
                step = next(item.steps, None)
                if step is None:
                    continue
                total = self._price(item.one) + step.price
                if step.links is not None and total <= price:
                    yield PairStep(price, DisjointPair(price, item.one, step.links))
                    self._push(price, 0, item)
                elif step.links is None:
                    yield PairStep(price, None)
                else:
                    self._push(total, 0, _Rest(item.one, _again(step, item.steps)))
            elif isinstance(item, tuple):
                self._cut(price, *item)
            elif not self.effort.spend(LABELS_OF_A_PAIR):
                yield PairStep(price, None)
                return
            else:
                self._solve(price, item)

    def _push(self, price: float, rank: int, item: _Part | tuple[_Part, DisjointPair] | _Rest) -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (price, rank, self.pushed, item))

    def _price(self, links: tuple[int, ...]) -> float:
        return sum(self.routes.price[link] for link in links)

    def _links_in(self, groups: frozenset[str]) -> frozenset[int]:
        if not self.by_group or not groups:
            return NOTHING
        return frozenset(link for link, own in enumerate(self.graph.link_groups) if not own.isdisjoint(groups))

    def _solve(self, price: float, part: _Part) -> None:
        """Finds the cheapest pair of a part; the part is dropped where there is none."""
        if len(part.links) == 0 and not part.not_first:
            pair = disjoint_pair(self.routes, self.one.start, self.two.start, by_node=self.by_node)
        else:
            pair = DetourProblem(
                self.routes,
                part.nodes[-1],
                self.two.start,
                by_node=self.by_node,
                without_nodes=part.nodes[:-1] if self.by_node else NOTHING,
                without_links=part.links,
                not_first=part.not_first,
            ).solve()
        if pair is not None:
            self._push(max(price, part.paid + pair.price), 1, (part, pair))

    def _cut(self, price: float, part: _Part, pair: DisjointPair) -> None:
        """Splits a part at its cheapest pair; ways on which leg one breaks a rule are not followed."""
        nodes, links, paid, used = part.nodes, part.links, part.paid, part.used
        not_first = part.not_first
        for link in pair.one:
            self._push(price, 2, _Part(nodes, links, paid, used, not_first | {link}))
            other = self.graph.other_end(link, nodes[-1])
            entered = None if other in nodes or link in self.not_one else self.gate(link, other, *used)
            if entered is None:
                return
            nodes, links, paid, used = (*nodes, other), (*links, link), paid + self.routes.price[link], entered
            not_first = NOTHING
        self._push(price, 0, _Rest(links, self._partners(nodes, links)))

    def _partners(self, nodes: tuple[int, ...], links: tuple[int, ...]) -> Iterator[PathStep]:
        """The second legs for a first leg, cheapest first, on a tree that knows what is forbidden."""
        routes = self.routes
        groups = self.one.groups.union(*(self.graph.link_groups[link] for link in links))
        without_nodes = frozenset(nodes) - self.routes.goals if self.by_node else NOTHING
        if self.two.start in without_nodes:
            return
        without_links = frozenset(links) | self._links_in(groups)
        closed = without_links | routes.aim.closed
        tree = shortest_tree(self.graph, routes.goals, routes.price, None, without_nodes, closed)
        yield from paths_by_price(
            routes.aim,
            routes.price,
            tree,
            self.two.start,
            self.two.allowance,
            self.effort,
            without_nodes,
            without_links,
        )


class _Unrelated:
    """Two legs without any rule between them."""

    def __init__(self, routes: Routes, one: LegSpace, two: LegSpace, effort: Effort) -> None:
        self.routes = routes
        self.spaces = one, two
        self.effort = effort

    def steps(self) -> Iterator[PairStep]:
        firsts = self._paths(self.spaces[0])
        heap: list[tuple[float, int, tuple[int, ...] | None, tuple[int, ...] | None, Iterator[PathStep]]] = []
        number = 0
        least = next((step.price for step in self._paths(self.spaces[1])), None)
        first = next(firsts, None) if least is not None else None
        while first is not None or heap:
            if first is not None and (not heap or first.price + (least or 0) <= heap[0][0]):
                seconds = self._paths(self.spaces[1])
                number += 1
                self._advance(heap, first, seconds, number)
                first = next(firsts, None)
                continue
            price, order, one, two, seconds = heapq.heappop(heap)
            if one is None or two is None:
                yield PairStep(price, None)
                continue
            yield PairStep(price, DisjointPair(price, one, two))
            self._advance(heap, PathStep(sum(self.routes.price[link] for link in one), one), seconds, order)

    def _advance(
        self,
        heap: list[tuple[float, int, tuple[int, ...] | None, tuple[int, ...] | None, Iterator[PathStep]]],
        first: PathStep,
        seconds: Iterator[PathStep],
        order: int,
    ) -> None:
        second = next(seconds, None)
        if second is not None:
            heapq.heappush(heap, (first.price + second.price, order, first.links, second.links, seconds))

    def _paths(self, space: LegSpace) -> Iterator[PathStep]:
        routes = self.routes
        return paths_by_price(routes.aim, routes.price, routes.tree, space.start, space.allowance, self.effort)


def _again(step: PathStep, steps: Iterator[PathStep]) -> Iterator[PathStep]:
    yield step
    yield from steps
