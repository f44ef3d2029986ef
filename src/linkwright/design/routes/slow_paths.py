"""Simple paths in order of price that must not be too quick: best-first search on what slow ways cost at least."""

import heapq
from collections.abc import Collection, Iterator, Sequence
from math import inf

from linkwright.design.routes.delays import Window
from linkwright.design.routes.dominance import Label
from linkwright.design.routes.graph import Aim, Tree
from linkwright.design.routes.paths import SLACK, Effort, Gate, Least, PathStep
from linkwright.design.rules.figures import LATENCY, Sums

LABELS_BEFORE_WAITING = 50
"""So many labels are looked at before others have a chance, if the prices rose."""


def slow_paths_by_price(
    aim: Aim,
    price: Sequence[float],
    tree: Tree,
    start: int,
    allowance: Sums,
    effort: Effort,
    without_nodes: Collection[int],
    without_links: Collection[int],
    least: Least,
    window: Window,
) -> Iterator[PathStep]:
    """Every simple path from `start` to a goal within the allowance and the window, cheapest first.

    The allowance must limit the latency. No label beats another: which path is slow enough shows at its end.
    """
    gate = Gate(aim, allowance, least)
    search = _Slow(aim, price, tree, gate, effort, without_nodes, without_links, window)
    first = gate.first(start)
    return iter(()) if first is None else search.steps(start, first)


class _Slow:
    def __init__(
        self,
        aim: Aim,
        price: Sequence[float],
        tree: Tree,
        gate: Gate,
        effort: Effort,
        without_nodes: Collection[int],
        without_links: Collection[int],
        window: Window,
    ) -> None:
        self.aim = aim
        self.price = price
        self.weight = tree.weight
        self.gate = gate
        self.effort = effort
        self.without_nodes = without_nodes
        self.shut = aim.closed.union(without_links)
        self.window = window
        self.heap: list[Label] = []

    def steps(self, start: int, first: Sums) -> Iterator[PathStep]:
        self._push(0, (), (start,), 0, first)
        labels, told = 0, -inf
        while self.heap:
            label = heapq.heappop(self.heap)
            estimate, links, nodes, _, used = label
            if nodes[-1] in self.aim.goals:
                if used[LATENCY] >= self.window.least_ms - SLACK:
                    yield PathStep(estimate, links)
                continue
            if not self.effort.spend():
                yield PathStep(estimate, None)
                return
            labels += 1
            if labels > LABELS_BEFORE_WAITING and estimate > told:
                labels, told = 0, estimate
                yield PathStep(estimate, None, is_waiting=True)
            self._go_on(label)

    def _go_on(self, label: Label) -> None:
        estimate, links, nodes, paid, used = label
        for link, other in self.aim.graph.arcs[nodes[-1]]:
            if link in self.shut or other in nodes or other in self.without_nodes:
                continue
            entered = self.gate(link, other, used)
            if entered is not None and self.window.can_be_sound(other, entered):
                self._push(estimate, (*links, link), (*nodes, other), paid + self.price[link], entered)

    def _push(self, known: float, links: tuple[int, ...], nodes: tuple[int, ...], paid: float, used: Sums) -> None:
        rest = max(self.weight[nodes[-1]], self.window.rest(nodes, used[LATENCY]))
        if rest < inf:
            heapq.heappush(self.heap, (max(known, paid + rest), links, nodes, paid, used))
