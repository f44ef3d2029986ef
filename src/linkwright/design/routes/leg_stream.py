"""The paths of all legs of an item in order of their price together: one leg, two, or as many as are wished for."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf
from typing import NamedTuple

from linkwright.design.routes.beside import links_in, paths_beside
from linkwright.design.routes.flows import least_of_disjoint
from linkwright.design.routes.graph import NOTHING, Aim, Graph, Routes
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.pair_stream import pairs_by_price
from linkwright.design.routes.paths import Effort, Gate, PathStep
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.figures import LATENCY, UNSOUND, Sums, within
from linkwright.design.rules.together import Together

Paths = tuple[tuple[int, ...], ...]
LABELS_OF_A_FLOW = 40
"""What a flow counts as, measured against one label of a path search."""

LABELS_OF_LEGS = 3
"""What one combination of the paths of several legs counts as."""


class LegsStep(NamedTuple):
    """The next paths; none (`()`) where they were passed over, None where the search gave up: whatever it missed costs
    `price` or more."""

    price: float
    paths: Paths | None


def legs_by_price(
    apart: Apart, spaces: Sequence[LegSpace], together: Together | None, effort: Effort, *, go_on: bool = False
) -> Iterator[LegsStep]:
    """All paths of these legs that are apart and within their allowances, cheapest first.

    `go_on`: paths may lead through goals to others, because the shortest are not always the best.
    """
    steps = _legs_by_price(apart, spaces, together, effort, go_on=go_on)
    if together is None or together.gap_ms == inf:
        return steps
    return (
        step if not step.paths or _keeps_gap(spaces, together, step.paths) else _passed_over(step) for step in steps
    )


def _passed_over(step: "LegsStep") -> "LegsStep":
    """Nothing for anybody, but whoever waits learns how far the prices have come."""
    return LegsStep(step.price, ())


def _keeps_gap(spaces: Sequence[LegSpace], together: Together, paths: Paths) -> bool:
    """Whether no leg is later than another by more than it may be."""
    latencies_ms = [
        access_ms + space.routes.aim.path(space.start, links).sums[LATENCY]
        for space, links, access_ms in zip(spaces, paths, together.access_ms, strict=True)
    ]
    return max(latencies_ms) - min(latencies_ms) <= together.gap_ms


def _legs_by_price(
    apart: Apart, spaces: Sequence[LegSpace], together: Together | None, effort: Effort, *, go_on: bool
) -> Iterator[LegsStep]:
    if len(spaces) == 1:
        for step in paths_beside(spaces[0], spaces[0].allowance, effort, NOTHING, NOTHING, go_on=go_on):
            yield LegsStep(step.price, None if step.links is None else (step.links,))
    elif len(spaces) == 2 and apart.by_link and not go_on and together is not None:
        for price, pair, is_waiting in pairs_by_price(apart, spaces[0], spaces[1], together, effort):
            yield LegsStep(price, () if is_waiting else None if pair is None else (pair.one, pair.two))
    elif apart.by_link and not go_on and together is not None:
        yield from _FirstThenOthers(apart, spaces, together, effort).steps()
    elif together is not None:
        yield from _OneMore(apart, spaces, together, effort, go_on).steps()


class _OneMore:
    """For all legs but the last, in order of price, the last one in order of price on what they leave."""

    def __init__(
        self, apart: Apart, spaces: Sequence[LegSpace], together: Together, effort: Effort, go_on: bool
    ) -> None:
        self.apart = apart
        self.first = spaces[:-1]
        self.last = spaces[-1]
        self.together = together
        self.effort = effort
        self.go_on = go_on
        self.heap: list[tuple[float, int, float, Paths, PathStep, Iterator[PathStep]]] = []

    def steps(self) -> Iterator[LegsStep]:
        alone = next(
            paths_beside(self.last, self.last.allowance, self.effort, NOTHING, NOTHING, go_on=self.go_on), None
        )
        if alone is None:
            return
        before = self.together.of_first(len(self.first))
        firsts = legs_by_price(self.apart, self.first, before, self.effort, go_on=self.go_on)
        number, first = 0, next(firsts, None)
        while first is not None or self.heap:
            if first is not None and (not self.heap or first.price + alone.price <= self.heap[0][0]):
                if first.paths is None:
                    yield LegsStep(first.price + alone.price, None)
                    return
                if not first.paths:
                    yield LegsStep(first.price + alone.price, ())
                    first = next(firsts, None)
                    continue
                if not self.effort.spend(LABELS_OF_LEGS):
                    yield LegsStep(first.price + alone.price, None)
                    return
                number += 1
                self._advance(number, first.price, first.paths, self._lasts(first.paths))
                first = next(firsts, None)
                continue
            price, order, paid, paths, step, lasts = heapq.heappop(self.heap)
            if step.links is None:
                yield LegsStep(price, None)
                return
            if not self.effort.spend(LABELS_OF_LEGS):
                yield LegsStep(price, None)
                return
            if not self.go_on or self._are_apart((*paths, step.links)):
                yield LegsStep(price, (*paths, step.links))
            self._advance(order, paid, paths, lasts)

    def _advance(self, order: int, paid: float, paths: Paths, lasts: Iterator[PathStep]) -> None:
        step = next(lasts, None)
        if step is not None:
            heapq.heappush(self.heap, (paid + step.price, order, paid, paths, step, lasts))

    def _lasts(self, paths: Paths) -> Iterator[PathStep]:
        """The last legs that are good enough beside these and touch nothing that they must not."""
        apart, aim = self.apart, self.last.routes.aim
        walks = [aim.path(space.start, links) for space, links in zip(self.first, paths, strict=True)]
        links = frozenset(link for own in paths for link in own) if apart.by_link else NOTHING
        nodes = frozenset(node for walk in walks for node in walk.nodes) - aim.goals if apart.by_node else NOTHING
        if self.last.start in nodes:
            return
        if apart.kinds:
            marks = aim.graph.marks_of(apart.kinds)
            taken = frozenset[str]().union(
                *(space.groups for space in self.first), *(marks[link] for own in paths for link in own)
            )
            links |= links_in(self.last.routes, taken, apart.kinds)
        losses = [*(walk.sums[UNSOUND] for walk in walks), 0.0]
        together, last = self.together, len(paths)
        most_ms = min(together.most_ms(last, leg, walk.sums[LATENCY]) for leg, walk in enumerate(walks))
        allowance = within(self.last.allowance, together.most_loss(last, losses), most_ms)
        own = links_in(self.last.routes, self.last.groups, apart.kinds)
        if any(not own.isdisjoint(path) for path in paths):
            return
        yield from paths_beside(self.last, allowance, self.effort, nodes, links, go_on=self.go_on)

    def _are_apart(self, paths: Paths) -> bool:
        """Only a common end may be a node of two legs: looked at where paths lead through goals."""
        if not self.apart.by_node:
            return True
        aim = self.last.routes.aim
        starts = [*(space.start for space in self.first), self.last.start]
        walks = [aim.path(start, links).nodes for start, links in zip(starts, paths, strict=True)]
        return all(set(a) & set(b) <= {a[-1]} & {b[-1]} for a, b in combinations(walks, 2))


class _FirstThenOthers:
    """The first leg link by link, as long as all could still be disjoint; once it is there, the others on what it
    leaves, in order of price."""

    def __init__(self, apart: Apart, spaces: Sequence[LegSpace], together: Together, effort: Effort) -> None:
        self.apart = apart
        self.first = spaces[0]
        self.others = spaces[1:]
        self.together = together
        self.effort = effort
        routes = self.first.routes
        self.graph = routes.graph
        self.goals = routes.goals
        self.gate = Gate(routes.aim, self.first.allowance)
        groups = frozenset[str]().union(*(space.groups for space in self.others))
        self.shut = routes.aim.closed | links_in(routes, groups, apart.kinds)
        self.shut_to_all = frozenset.intersection(*(space.routes.aim.closed for space in spaces))
        self.lowest = [min(own) for own in zip(*(_open_prices(space) for space in spaces), strict=True)]
        self.heap: list[tuple[float, int, int, _Begun | _Others]] = []
        self.pushed = 0

    def steps(self) -> Iterator[LegsStep]:
        used = self.gate.first(self.first.start)
        if used is not None:
            self._consider(0, _Begun((self.first.start,), (), 0, used))
        while self.heap:
            price, _, _, item = heapq.heappop(self.heap)
            if isinstance(item, _Others):
                if item.step is not None:
                    paths = item.step.paths
                    yield LegsStep(price, (item.one, *paths) if paths else paths)
                self._advance(price, item)
            elif item.nodes[-1] in self.goals:
                self._push(price, 0, _Others(item.links, item.paid, None, self._rest(item)))
            else:
                if not self.effort.spend(LABELS_OF_A_FLOW):
                    yield LegsStep(price, None)
                    return
                self._go_on(price, item)

    def _push(self, price: float, rank: int, item: "_Begun | _Others") -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (price, rank, self.pushed, item))

    def _advance(self, price: float, others: "_Others") -> None:
        step = next(others.steps, None)
        if step is not None:
            self._push(max(price, others.paid + step.price), 0, replace(others, step=step))

    def _go_on(self, price: float, begun: "_Begun") -> None:
        for link, other in self.graph.arcs[begun.nodes[-1]]:
            if link in self.shut or other in begun.nodes:
                continue
            entered = self.gate(link, other, begun.used)
            if entered is not None:
                paid = begun.paid + self.first.routes.price[link]
                self._consider(price, _Begun((*begun.nodes, other), (*begun.links, link), paid, entered))

    def _consider(self, price: float, begun: "_Begun") -> None:
        """Queues a beginning of leg one at what all legs cost at least then."""
        closed = self.shut_to_all.union(begun.links)
        if self.apart.by_node:
            closed = closed.union(_links_at(self.graph, begun.nodes[:-1]))
        starts = [begun.nodes[-1], *(space.start for space in self.others)]
        if self.apart.by_node and not set(begun.nodes[:-1]).isdisjoint(starts[1:]):
            return
        by_node = self.apart.by_node
        least = least_of_disjoint(self.graph, self.goals, self.lowest, starts, by_node=by_node, closed=closed)
        if least < inf:
            self._push(max(price, begun.paid + least), 1, begun)

    def _rest(self, begun: "_Begun") -> Iterator[LegsStep]:
        """The other legs beside this first one."""
        apart, first = self.apart, self.first
        taken = frozenset(begun.links)
        if apart.by_node:
            inner = [node for node in begun.nodes if node not in self.goals]
            if any(space.start in inner for space in self.others):
                return iter(())
            taken |= _links_at(self.graph, inner)
        if apart.kinds:
            marks = self.graph.marks_of(apart.kinds)
            groups = first.groups.union(*(marks[link] for link in begun.links))
            taken |= links_in(first.routes, groups, apart.kinds)
        known: dict[int, Routes] = {}
        for space in self.others:
            own = space.routes
            if id(own) not in known:
                known[id(own)] = Routes(Aim(self.graph, self.goals, own.aim.closed | taken), own.price)
        sums = first.routes.aim.path(first.start, begun.links).sums
        spaces = [
            LegSpace(
                space.start,
                known[id(space.routes)],
                within(space.allowance, inf, self.together.most_ms(leg, 0, sums[LATENCY])),
                space.groups,
            )
            for leg, space in enumerate(self.others, start=1)
        ]
        return legs_by_price(apart, spaces, self.together.after_first(sums[UNSOUND]), self.effort)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Leg one begins like this."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    paid: float
    used: Sums


@dataclass(frozen=True, slots=True)
class _Others:
    """Leg one is there; the others come in order of price, `step` is the next of them (None: not yet asked for)."""

    one: tuple[int, ...]
    paid: float
    step: LegsStep | None
    steps: Iterator[LegsStep]


def _open_prices(space: LegSpace) -> list[float]:
    closed = space.routes.aim.closed
    return [inf if link in closed else price for link, price in enumerate(space.routes.price)]


def _links_at(graph: Graph, nodes: Iterable[int]) -> frozenset[int]:
    return frozenset(link for node in nodes for link, _ in graph.arcs[node])
