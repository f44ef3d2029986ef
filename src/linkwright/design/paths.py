"""Simple paths in order of price, with limits on delay and loss: best-first search on an exact tree."""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from linkwright.design.graph import NOTHING, Aim, Graph, Tree

SLACK = 2e-9
"""Pruning is looser than the rules by this much, so that rounding never removes what the exact check would accept."""
LABELS_BETWEEN_LOOKS = 1_000


class Effort:
    """Counts the labels of one search; a search that reaches `limit`, or the end of the time, gives up and says so."""

    def __init__(self, limit: int, is_over: Callable[[], bool] = lambda: False) -> None:
        self.limit = limit
        self.spent = 0
        self._is_over = is_over
        self._look_again = LABELS_BETWEEN_LOOKS

    def spend(self, labels: int = 1) -> bool:
        """Whether the search may go on; looks at the time now and then."""
        self.spent += labels
        if self.spent > self._look_again:
            self._look_again += LABELS_BETWEEN_LOOKS
            if self._is_over():
                self.limit = 0
        return self.spent <= self.limit


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a path may still use from its first node on (included): delay in ms, and loss; inf for no limit."""

    latency_ms: float = inf
    loss: float = inf

    def within(self, loss: float) -> "Allowance":
        return Allowance(self.latency_ms, min(self.loss, loss))


class PathStep(NamedTuple):
    """The next path; `links` is None where the search gave up: whatever it missed costs `price` or more."""

    price: float
    links: tuple[int, ...] | None


def paths_by_price(
    aim: Aim,
    price: Sequence[float],
    tree: Tree,
    start: int,
    allowance: Allowance,
    effort: Effort,
    without_nodes: Collection[int] = NOTHING,
    without_links: Collection[int] = NOTHING,
) -> Iterator[PathStep]:
    """Every simple path from `start` to a goal within the allowance, cheapest first, ties by link ids.

    `tree` must hold the least price from each node to a goal; if it knows of the same closed nodes and links the
    search never strays for the price's sake. A path ends at the first goal it meets: going on only costs.
    """
    graph, goals, weight = aim.graph, aim.goals, tree.weight
    may_enter = Gate(aim, allowance)
    first = may_enter.first(start)
    if first is None or weight[start] == inf:
        return
    heap: list[_Label] = [(weight[start], (), (start,), 0, *first)]
    while heap:
        estimate, links, nodes, paid, delay_ms, loss = heapq.heappop(heap)
        if nodes[-1] in goals:
            yield PathStep(estimate, links)
            continue
        if not effort.spend():
            yield PathStep(estimate, None)
            return
        for link, other in graph.arcs[nodes[-1]]:
            rest = weight[other]
            if rest == inf or other in nodes or link in without_links or other in without_nodes or link in aim.closed:
                continue
            entered = may_enter(link, other, delay_ms, loss)
            if entered is not None:
                there = paid + price[link]
                heapq.heappush(heap, (there + rest, (*links, link), (*nodes, other), there, *entered))


_Label = tuple[float, tuple[int, ...], tuple[int, ...], float, float, float]


class Gate:
    """Adds up delay and loss, and turns away what cannot reach a goal within the allowance any more."""

    def __init__(self, aim: Aim, allowance: Allowance) -> None:
        self.graph: Graph = aim.graph
        self.aim = aim
        self.latency_ms = allowance.latency_ms + SLACK
        self.loss = allowance.loss + SLACK
        self.fastest = aim.fastest if allowance.latency_ms < inf else None
        self.soundest = aim.soundest if allowance.loss < inf else None

    def first(self, start: int) -> tuple[float, float] | None:
        return self._pass(start, self.graph.node_delay_ms[start], self.aim.node_loss[start] if self.soundest else 0.0)

    def __call__(self, link: int, other: int, delay_ms: float, loss: float) -> tuple[float, float] | None:
        delay_ms += self.graph.link_delay_ms[link] + self.graph.node_delay_ms[other]
        if self.soundest:
            loss += self.aim.link_loss[link] + self.aim.node_loss[other]
        return self._pass(other, delay_ms, loss)

    def _pass(self, node: int, delay_ms: float, loss: float) -> tuple[float, float] | None:
        if self.fastest and delay_ms + self.fastest[node] > self.latency_ms:
            return None
        if self.soundest and loss + self.soundest[node] > self.loss:
            return None
        return delay_ms, loss
