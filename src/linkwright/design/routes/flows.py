"""What any number of disjoint paths cost at least: a flow of least cost, by successive shortest paths.

For two legs `pairs` does the same faster, and says which paths they are.
Source: R. K. Ahuja, T. L. Magnanti, J. B. Orlin, Network Flows (1993), chapter 9.7.
"""

import heapq
from collections.abc import Collection, Iterator, Sequence
from math import inf

from linkwright.design.routes.compiled import Graph


def least_of_disjoint(
    graph: Graph,
    goals: Collection[int],
    price: Sequence[float],
    starts: Sequence[int],
    *,
    by_node: bool,
    closed: Collection[int],
) -> float:
    """The least total price of paths from these starts to goals without a common link, or (`by_node`) a common node
    but the end; inf where there are not so many."""
    leaving = [start for start in starts if start not in goals]
    if by_node and len(set(leaving)) < len(leaving):
        return inf
    flow = _Flow(graph, goals, price, by_node, closed)
    return sum(flow.add(leaving) for _ in range(len(leaving)))


class _Flow:
    """States: the near side of a node is twice its number, the far side one more; where nodes may be shared only the
    near side is there."""

    def __init__(
        self, graph: Graph, goals: Collection[int], price: Sequence[float], by_node: bool, closed: Collection[int]
    ) -> None:
        self.graph = graph
        self.goals = goals
        self.price = price
        self.by_node = by_node
        self.closed = closed
        self.carries: dict[int, int] = {}
        """By link with flow the node that it comes from."""
        self.passed: set[int] = set()
        """Nodes that a path leads through."""
        self.height: dict[int, float] = {}
        """How far each state was in the last search; those that it did not reach are as far as the goal."""
        self.reached = 0.0

    def add(self, free: list[int]) -> float:
        """One more path from one of the free starts, which is taken off; what the flow grows by, inf: there is none."""
        far, came, end = self._search(free)
        if end is None:
            return inf
        for state, way in far.items():
            self.height[state] = self._height(state) + min(way, far[end])
        self.reached += far[end]
        state = end
        while state in came:
            before, link = came[state]
            self._push(before, link)
            state = before
        free.remove(state // 2)
        return self.reached

    def _height(self, state: int) -> float:
        return self.height.get(state, self.reached)

    def _search(self, free: Sequence[int]) -> tuple[dict[int, float], dict[int, tuple[int, int]], int | None]:
        """How far states are, the state and link (-1: none) before each, and the nearest goal that can be reached."""
        far = {2 * start: 0.0 for start in free}
        came: dict[int, tuple[int, int]] = {}
        heap = [(0.0, state) for state in sorted(far)]
        done: set[int] = set()
        while heap:
            here, state = heapq.heappop(heap)
            if state in done:
                continue
            done.add(state)
            if state // 2 in self.goals:
                return far, came, state
            height = self._height(state)
            for link, other, price in self._moves(state):
                there = here + max(0.0, price + height - self._height(other))
                if other not in done and there < far.get(other, inf):
                    far[other] = there
                    came[other] = state, link
                    heapq.heappush(heap, (there, other))
        return far, came, None

    def _moves(self, state: int) -> Iterator[tuple[int, int, float]]:
        """(link or -1, state, price) of each step from here in what the flow leaves."""
        node, is_far_side = divmod(state, 2)
        if self.by_node and not is_far_side and node not in self.passed:
            yield -1, state + 1, 0.0
        if self.by_node and is_far_side and node in self.passed:
            yield -1, state - 1, 0.0
        for link, other in self.graph.arcs[node]:
            comes_from = self.carries.get(link)
            if comes_from is None and link not in self.closed and (is_far_side or not self.by_node):
                yield link, 2 * other, self.price[link]
            elif comes_from == other and not is_far_side:
                yield link, 2 * other + self.by_node, -self.price[link]

    def _push(self, before: int, link: int) -> None:
        if link < 0:
            self.passed ^= {before // 2}
        elif link in self.carries:
            del self.carries[link]
        else:
            self.carries[link] = before // 2
