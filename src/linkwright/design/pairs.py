"""The cheapest pair of disjoint paths (Suurballe, Bhandari), also under prohibitions."""

import heapq
from collections.abc import Collection, Iterator
from math import inf

from linkwright.design.graph import NOTHING, DisjointPair, Routes, follow, shortest_tree


def disjoint_pair(routes: Routes, start_one: int, start_two: int, *, by_node: bool) -> DisjointPair | None:
    """The pair of least total price from two starts to goals: no common link, or (`by_node`) node but the end.

    None where there is none. The starts may be the same node only if links alone must differ.
    Kept by the routes, because every site with these PoPs asks the same.
    Source: J. W. Suurballe, Disjoint paths in a network (1974); R. Bhandari, Survivable Networks (1999): two
    successive shortest paths, the second in the residual graph, nodes split where they must differ.
    """
    key = (by_node, start_one, start_two)
    if key not in routes.pairs:
        routes.pairs[key] = DetourProblem(routes, start_one, start_two, by_node=by_node).solve()
    return routes.pairs[key]


class DetourProblem:
    """The cheapest disjoint pair under prohibitions: two units of flow, the first from a start with arcs of its own."""

    def __init__(
        self,
        routes: Routes,
        start_one: int,
        start_two: int,
        *,
        by_node: bool,
        without_nodes: Collection[int] = NOTHING,
        without_links: Collection[int] = NOTHING,
        not_first: Collection[int] = NOTHING,
    ) -> None:
        """`not_first` are links that leg one may not begin with; the other prohibitions hold for both legs."""
        self.routes = routes
        self.graph = routes.graph
        self.goals = routes.goals
        self.price = routes.price
        self.rest = routes.tree.weight
        self.start_one = start_one
        self.start_two = start_two
        self.by_node = by_node
        self.without_nodes = without_nodes
        self.without_links = frozenset(without_links) | routes.aim.closed
        self.never_again = start_one if by_node else -1
        self.links = len(self.graph.link_ids)
        copied = bool(not_first) and not by_node
        self.source = len(self.graph.arcs) if copied else start_one
        """State of leg one's start. Where leg two may pass through `start_one` in spite of `not_first`, it is a copy of
        the node, with copies of its links (numbered from `links` on): then the price found is a bound, no more."""
        number = self.links if copied else 0
        self.source_arcs = [(link + number, far) for link, far in self.graph.arcs[start_one] if link not in not_first]

    def solve(self) -> DisjointPair | None:
        if self.by_node and self.start_one == self.start_two:
            return None
        if self.start_one in self.goals or self.start_two in self.goals:
            return self._with_an_empty_leg()
        first = self._first()
        if first is None:
            return None
        residual = _Residual(self, *first)
        moves = residual.search()
        return None if moves is None else residual.pair(moves)

    def _with_an_empty_leg(self) -> DisjointPair | None:
        """One PoP is a goal: its leg ends where it begins, and the other leg is free to take any way."""
        one = () if self.start_one in self.goals else self._alone(self.start_one)
        two = () if self.start_two in self.goals else self._alone(self.start_two)
        if one is None or two is None:
            return None
        return self.pair(one, two)

    def pair(self, one: tuple[int, ...], two: tuple[int, ...]) -> DisjointPair:
        one = tuple(link % self.links for link in one)
        return DisjointPair(sum(self.price[link] for link in (*one, *two)), one, two)

    def _alone(self, start: int) -> tuple[int, ...] | None:
        if start == self.start_two:
            if not self.without_nodes and self.without_links == self.routes.aim.closed:
                return self.routes.shortest(start)
            graph, banned = self.graph, self.without_links
            tree = shortest_tree(graph, self.goals, self.price, None, self.without_nodes, banned)
            return follow(graph, tree, self.goals, start)
        found = self._first()
        return None if found is None else tuple(found[1])

    def arcs(self, state: int) -> list[tuple[int, int]] | tuple[tuple[int, int], ...]:
        return self.source_arcs if state == self.source else self.graph.arcs[state]

    def height(self, state: int) -> float:
        return self.rest[self.start_one if state == self.source else state]

    def open_to(self, link: int, node: int) -> bool:
        return link % self.links not in self.without_links and node not in self.without_nodes and self.rest[node] < inf

    def _first(self) -> tuple[list[int], list[int], list[float]] | None:
        """The cheapest path of leg one as states and links, and what remains of the potentials for the second search.

        A* with the tree as potential; nodes that were not reached count as far as the goal, which keeps every reduced
        weight of the residual graph at zero or above.
        """
        far = [inf] * (len(self.graph.arcs) + 1)
        came: dict[int, tuple[int, int]] = {}
        done: set[int] = set()
        far[self.source] = 0
        heap = [(0.0, self.source)]
        while heap:
            here, state = heapq.heappop(heap)
            if state in done:
                continue
            done.add(state)
            if state in self.goals:
                states, links = _trace(came, self.source, state)
                return states, links, [min(weight, here) for weight in far]
            height = self.height(state)
            for link, other in self.arcs(state):
                if other in done or other == self.never_again or not self.open_to(link, other):
                    continue
                there = here + max(0.0, self.price[link % self.links] + self.rest[other] - height)
                if there < far[other]:
                    far[other] = there
                    came[other] = (state, link)
                    heapq.heappush(heap, (there, other))
        return None


def _trace(came: dict[int, tuple[int, int]], source: int, state: int) -> tuple[list[int], list[int]]:
    states, links = [state], []
    while state != source:
        state, link = came[state]
        states.append(state)
        links.append(link)
    return states[::-1], links[::-1]


class _Residual:
    """The graph after the first path: its links lead backwards only, and where nodes must differ, its nodes are split.

    States: a node's own number (for a node of the first path: its far side), `source`, and `near + node` for the
    near side of a node of the first path, from where only the way back is open.
    """

    def __init__(self, problem: DetourProblem, states: list[int], links: list[int], far: list[float]) -> None:
        self.problem = problem
        self.states = states
        self.links = links
        self.far = far
        self.used = frozenset(links)
        self.position = {state: number for number, state in enumerate(states) if 0 < number < len(states) - 1}
        self.near = len(problem.graph.arcs) + 1

    def search(self) -> list[tuple[int, int]] | None:
        """The moves (link, state reached) of the second path; None where there is none."""
        problem = self.problem
        begin = self._enter(problem.start_two)
        best = {begin: 0.0}
        came: dict[int, tuple[int, int]] = {}
        done: set[int] = set()
        heap = [(0.0, begin)]
        while heap:
            here, state = heapq.heappop(heap)
            if state in done:
                continue
            done.add(state)
            if state in problem.goals:
                states, links = _trace(came, begin, state)
                return list(zip(links, states[1:], strict=True))
            for link, other, weight in self._moves(state):
                there = here + weight
                if other not in done and there < best.get(other, inf):
                    best[other] = there
                    came[other] = (state, link)
                    heapq.heappush(heap, (there, other))
        return None

    def pair(self, moves: list[tuple[int, int]]) -> DisjointPair:
        """Takes the two flows apart again: links that the second path walked backwards drop out."""
        problem = self.problem
        backwards = {link for link, _ in moves} & self.used
        onward: dict[int, list[tuple[int, int]]] = {}
        for number, link in enumerate(self.links):
            if link not in backwards:
                onward.setdefault(self.states[number], []).append((link, self.states[number + 1]))
        here = problem.start_two
        for link, state in moves:
            there = state - self.near if state >= self.near else state
            if link not in backwards:
                onward.setdefault(here, []).append((link, there))
            here = there
        one = _walk(onward, problem.source, problem.goals)
        two = _walk(onward, problem.start_two, problem.goals)
        return problem.pair(one, two)

    def _enter(self, node: int) -> int:
        return self.near + node if self.problem.by_node and node in self.position else node

    def _moves(self, state: int) -> Iterator[tuple[int, int, float]]:
        near_side = state >= self.near
        node = state - self.near if near_side else state
        back = self._back(node)
        if back is not None:
            yield back[0], back[1], 0.0
        if near_side:
            return
        problem = self.problem
        level = problem.height(state) - self.far[state]
        for link, other in problem.arcs(state):
            if link in self.used or other == problem.never_again or not problem.open_to(link, other):
                continue
            weight = problem.price[link % problem.links] + problem.rest[other] - self.far[other] - level
            yield link, self._enter(other), max(0.0, weight)

    def _back(self, node: int) -> tuple[int, int] | None:
        number = self.position.get(node)
        return None if number is None else (self.links[number - 1], self.states[number - 1])


def _walk(onward: dict[int, list[tuple[int, int]]], start: int, goals: Collection[int]) -> tuple[int, ...]:
    """Follows the flow to a goal; a loop on the way, which only free links can make, is left out."""
    links: list[int] = []
    visited = [start]
    while visited[-1] not in goals:
        link, node = onward[visited[-1]].pop(0)
        if node in visited:
            keep = visited.index(node)
            del links[keep:], visited[keep + 1 :]
            continue
        links.append(link)
        visited.append(node)
    return tuple(links)
