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

from linkwright.design.graph import NOTHING, DisjointPair, Routes, shortest_tree
from linkwright.design.pairs import DetourProblem, disjoint_pair
from linkwright.design.paths import Allowance, Effort, Gate, PathStep, paths_by_price
from linkwright.design.together import Together

Kind = Literal["none", "any", "link", "node", "srlg"]
"""`any`: two legs that may share what they like; it stands for a diversity rule that is set aside."""

LABELS_OF_A_PAIR = 20
"""What the solution of one part counts as, measured against one label of a path search."""


@dataclass(frozen=True, slots=True)
class LegSpace:
    """Where a leg starts, what it may still use up, and its access's risk groups, which the other leg must avoid."""

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
    """Leg one is fixed; its partners come in order of price, `step` is the next of them (None: not yet asked for)."""

    one: tuple[int, ...]
    step: PathStep | None
    steps: Iterator[PathStep]


def pairs_by_price(
    routes: Routes, kind: Kind, one: LegSpace, two: LegSpace, together: Together, effort: Effort
) -> Iterator[PairStep]:
    """Every pair that is diverse as `kind` says and within both allowances, cheapest first.

    Some that cannot reach what both must reach together are left out; the exact figure is for the caller to check.
    """
    if kind == "any":
        return _Unrelated(routes, one, two, together, effort).steps()
    return _Disjoint(routes, kind, one, two, together, effort).steps()


class _Disjoint:
    def __init__(
        self, routes: Routes, kind: Kind, one: LegSpace, two: LegSpace, together: Together, effort: Effort
    ) -> None:
        self.routes = routes
        self.graph = routes.graph
        self.by_node = kind != "link"
        self.by_group = kind == "srlg"
        self.one = one
        self.two = two
        self.together = together
        self.soundest = routes.aim.soundest
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
                if item.step is not None:
                    yield _pair_step(price, item.one, item.step.links)
                self._advance(price, item)
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

    def _advance(self, price: float, rest: _Rest) -> None:
        """Queues the next partner of a first leg, at what both cost."""
        step = next(rest.steps, None)
        if step is not None:
            total = max(price, self._price(rest.one) + step.price)
            self._push(total, 0, _Rest(rest.one, step, rest.steps))

    def _price(self, links: tuple[int, ...]) -> float:
        return sum(self.routes.price[link] for link in links)

    def _links_in(self, groups: frozenset[str]) -> frozenset[int]:
        if not self.by_group or not groups:
            return NOTHING
        return frozenset(link for link, own in enumerate(self.graph.link_groups) if not own.isdisjoint(groups))

    def _solve(self, price: float, part: _Part) -> None:
        """Finds the cheapest pair of a part; the part is dropped where there is none, or none that is sound enough."""
        pair = self._cheapest(self.routes, part)
        if pair is not None and self._is_sound(part):
            self._push(max(price, part.paid + pair.price), 1, (part, pair))

    def _cheapest(self, routes: Routes, part: _Part) -> DisjointPair | None:
        if len(part.links) == 0 and not part.not_first:
            return disjoint_pair(routes, self.one.start, self.two.start, by_node=self.by_node)
        return DetourProblem(
            routes,
            part.nodes[-1],
            self.two.start,
            by_node=self.by_node,
            without_nodes=part.nodes[:-1] if self.by_node else NOTHING,
            without_links=part.links,
            not_first=part.not_first,
        ).solve()

    def _is_sound(self, part: _Part) -> bool:
        """Whether the soundest two paths of a part could reach what both must reach together."""
        if self.together.down >= 1:
            return True
        losses = self.routes.aim.losses
        pair = self._cheapest(losses, part)
        if pair is None:
            return False
        begun = sum(losses.price[link] for link in part.links)
        both = losses.whole(begun + pair.price, self.one.start, self.two.start)
        return self.together.allows(part.used[1] + self.soundest[part.nodes[-1]], both)

    def _cut(self, price: float, part: _Part, pair: DisjointPair) -> None:
        """Splits a part at its cheapest pair; ways on which leg one breaks a rule are not followed."""
        nodes, links, paid, used = part.nodes, part.links, part.paid, part.used
        not_first = part.not_first
        for link in pair.one:
            self._push(price, 2, _Part(nodes, links, paid, used, not_first | {link}))
            other = self.graph.other_end(link, nodes[-1])
            entered = None if other in nodes or link in self.not_one else self.gate(link, other, *used)
            if entered is None or not self.together.allows(entered[1] + self.soundest[other]):
                return
            nodes, links, paid, used = (*nodes, other), (*links, link), paid + self.routes.price[link], entered
            not_first = NOTHING
        self._push(price, 0, _Rest(links, None, self._partners(nodes, links, used[1])))

    def _partners(self, nodes: tuple[int, ...], links: tuple[int, ...], loss: float) -> Iterator[PathStep]:
        """The second legs for a first leg of this loss, cheapest first, on a tree that knows what is forbidden."""
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
            self.two.allowance.within(self.together.most_loss(1, loss)),
            self.effort,
            without_nodes,
            without_links,
        )


class _Unrelated:
    """Two legs without any rule between them."""

    def __init__(self, routes: Routes, one: LegSpace, two: LegSpace, together: Together, effort: Effort) -> None:
        self.routes = routes
        self.one = one
        self.two = two
        self.together = together
        self.effort = effort

    def steps(self) -> Iterator[PairStep]:
        firsts = self._paths(self.one.start, self.one.allowance)
        heap: list[tuple[float, int, tuple[int, ...] | None, tuple[int, ...] | None, Iterator[PathStep]]] = []
        number = 0
        least = next((step.price for step in self._paths(self.two.start, self.two.allowance)), None)
        first = next(firsts, None) if least is not None else None
        while first is not None or heap:
            if first is not None and (not heap or first.price + (least or 0) <= heap[0][0]):
                number += 1
                self._advance(heap, first, self._seconds(first), number)
                first = next(firsts, None)
                continue
            price, order, one, two, seconds = heapq.heappop(heap)
            yield _pair_step(price, one, two)
            if one is not None:
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

    def _seconds(self, first: PathStep) -> Iterator[PathStep]:
        """The second legs that are good enough beside this first one."""
        loss = 0.0 if first.links is None else self.routes.aim.path(self.one.start, first.links).loss
        return self._paths(self.two.start, self.two.allowance.within(self.together.most_loss(1, loss)))

    def _paths(self, start: int, allowance: Allowance) -> Iterator[PathStep]:
        routes = self.routes
        return paths_by_price(routes.aim, routes.price, routes.tree, start, allowance, self.effort)


def _pair_step(price: float, one: tuple[int, ...] | None, two: tuple[int, ...] | None) -> PairStep:
    return PairStep(price, None if one is None or two is None else DisjointPair(price, one, two))
