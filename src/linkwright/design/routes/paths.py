"""Simple paths in order of price, with limits on what adds up: best-first search on an exact tree."""

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

from linkwright.design.routes.dominance import Label, Waiting
from linkwright.design.routes.graph import NOTHING, Aim, Tree
from linkwright.design.rules.figures import UNSOUND, Sums

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


class PathStep(NamedTuple):
    """The next path; `links` is None where the search gave up: whatever it missed costs `price` or more.

    Where it `is_waiting`, there is none yet, and others may come first that cost less than `price`.
    """

    price: float
    links: tuple[int, ...] | None
    is_waiting: bool = False


Least = Mapping[int, Sequence[float]]
"""By figure the least of it from each node to a goal, where more is known than the aim knows."""
NOTHING_MORE: Least = {}


def paths_by_price(
    aim: Aim,
    price: Sequence[float],
    tree: Tree,
    start: int,
    allowance: Sums,
    effort: Effort,
    without_nodes: Collection[int] = NOTHING,
    without_links: Collection[int] = NOTHING,
    least: Least = NOTHING_MORE,
    *,
    go_on: bool = False,
) -> Iterator[PathStep]:
    """Every simple path from `start` to a goal within the allowance, cheapest first, ties by link ids.

    `tree` must hold the least price from each node to a goal; if it knows of the same closed nodes and links the
    search never strays for the price's sake. A path ends at the first goal it meets: going on only costs. Where a
    longer one may be wanted for its own sake, paths `go_on` through goals to others.
    """
    graph, goals, weight = aim.graph, aim.goals, tree.weight
    may_enter = Gate(aim, allowance, least)
    first = may_enter.first(start)
    if first is None or weight[start] == inf:
        return
    heap: list[Label] = [(weight[start], (), (start,), 0, first)]
    waiting = Waiting(heap, anybody=bool(first) and not go_on)
    while heap:
        estimate, links, nodes, paid, used = label = heapq.heappop(heap)
        if nodes[-1] in goals:
            yield PathStep(estimate, links)
            waiting.tell(links)
            if not go_on:
                continue
        if waiting.takes(label):
            continue
        if not effort.spend():
            yield PathStep(estimate, None)
            return
        for link, other in graph.arcs[nodes[-1]]:
            rest = weight[other]
            if rest == inf or other in nodes or link in without_links or other in without_nodes or link in aim.closed:
                continue
            entered = may_enter(link, other, used)
            if entered is not None:
                there = paid + price[link]
                heapq.heappush(heap, (there + rest, (*links, link), (*nodes, other), there, entered))


class Gate:
    """Adds up what is limited, and turns away what cannot reach a goal within the allowance any more.

    What is used is told in the order of the figures, those without a limit left out.
    """

    def __init__(self, aim: Aim, allowance: Sums, least: Least = NOTHING_MORE) -> None:
        graph = aim.graph
        limited = [(figure, most + SLACK) for figure, most in enumerate(allowance) if most < inf]
        self._rules = [
            (graph.link_figures[figure], graph.node_figures[figure], least.get(figure) or aim.least(figure), most)
            for figure, most in limited
        ]
        self.counts_unsoundness = allowance[UNSOUND] < inf

    def first(self, start: int) -> Sums | None:
        used = tuple(of_node[start] for _, of_node, _, _ in self._rules)
        is_good = all(
            spent + least[start] <= most for spent, (_, _, least, most) in zip(used, self._rules, strict=True)
        )
        return used if is_good else None

    def __call__(self, link: int, other: int, used: Sums) -> Sums | None:
        entered = []
        for (of_link, of_node, least, most), spent in zip(self._rules, used):  # noqa: B905 (once for every label)
            there = spent + of_link[link] + of_node[other]
            if there + least[other] > most:
                return None
            entered.append(there)
        return tuple(entered)

    def unsound(self, used: Sums) -> float:
        """The unsoundness of what is used, 0 where nobody asked for it."""
        return used[-1] if self.counts_unsoundness else 0.0
