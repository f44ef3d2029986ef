"""The cheapest pair of disjoint paths (Suurballe, Bhandari), also under prohibitions."""

import heapq
from collections.abc import Collection, Sequence
from math import inf
from typing import NamedTuple

from linkwright.design.routes.graph import MOST_PAIRS, NOTHING, Arc, DisjointPair, Routes, follow, shortest_tree

NO_WAY = (-1, -1)


def disjoint_pair(routes: Routes, start_one: int, start_two: int, *, by_node: bool) -> DisjointPair | None:
    """The pair of least total price from two starts to goals: no common link, or (`by_node`) node but the end.

    None where there is none. The starts may be the same node only if links alone must differ.
    Kept by the routes, because every site with these PoPs asks the same.
    Source: J. W. Suurballe, Disjoint paths in a network (1974); R. Bhandari, Survivable Networks (1999): two
    successive shortest paths, the second in the residual graph, nodes split where they must differ.
    """
    key = (by_node, start_one, start_two)
    kept = routes.pairs
    try:
        return kept[key]
    except KeyError:
        pair = DetourProblem(routes, start_one, start_two, by_node=by_node).solve()
    if len(kept) >= MOST_PAIRS:
        kept.clear()
    kept[key] = pair
    return pair


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
        self.without_nodes = frozenset(without_nodes)
        self.without_links = frozenset(without_links) - routes.aim.closed
        self.never_again = start_one if by_node else -1
        self.links = len(self.graph.link_ids)
        copied = bool(not_first) and not by_node
        self.source = len(self.graph.arcs) if copied else start_one
        """State of leg one's start. Where leg two may pass through `start_one` in spite of `not_first`, it is a copy of
        the node, with copies of its links (numbered from `links` on): then the price found is a bound, no more."""
        self.is_free = not (self.without_nodes or self.without_links or not_first)
        number = self.links if copied else 0
        begun = routes.onward(start_one)
        self.source_arcs: Sequence[Arc] = (
            begun
            if self.is_free
            else [
                (dearer, least, other, link + number)
                for dearer, least, other, link in begun
                if link not in not_first and link not in self.without_links and other not in self.without_nodes
            ]
        )

    def solve(self) -> DisjointPair | None:
        if self.by_node and self.start_one == self.start_two:
            return None
        if self.start_one in self.goals or self.start_two in self.goals:
            return self._with_an_empty_leg()
        residual = self._searched()
        return None if residual is None else residual.pair()

    def tolls(self) -> dict[int, float]:
        """By node or ~link the prices of what both legs want: the dual of the flow.

        With these on top, what each leg pays at least for itself, less all tolls, is together the price of the pair.
        """
        residual = None if {self.start_one, self.start_two} & self.goals else self._searched()
        return {} if residual is None else residual.tolls()

    def _searched(self) -> "_Residual | None":
        """What the first path leaves, with the second one; None where there are no two."""
        first = self._first()
        residual = None if first is None else _Residual(self, *first)
        return residual if residual is not None and residual.search() else None

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
            if not self.without_nodes and not self.without_links:
                return self.routes.shortest(start)
            graph, banned = self.graph, self.without_links | self.routes.aim.closed
            tree = shortest_tree(graph, self.goals, self.price, None, self.without_nodes, banned)
            return follow(graph, tree, self.goals, start)
        found = self._first()
        return None if found is None else tuple(found[1])

    def _first(self) -> "tuple[list[int], list[int], _Far] | None":
        """The cheapest path of leg one as states and links, and what remains of the potentials for the second search.

        A* with the tree as potential; nodes that were not reached count as far as the goal, which keeps every reduced
        weight of the residual graph at zero or above. Where nothing is forbidden the tree is exact: no detour is
        looked at.
        """
        goals, is_free, without_links = self.goals, self.is_free, self.without_links
        without_nodes = self.without_nodes | {self.never_again}
        far: dict[int, float] = {self.source: 0}
        came: dict[int, tuple[int, int]] = {}
        done: set[int] = set()
        heap = [(0.0, self.source)]
        while heap:
            here, state = heapq.heappop(heap)
            if state in done:
                continue
            done.add(state)
            if state in goals:
                states, links = _trace(came, self.source, state)
                return states, links, _Far({own: least for own, least in far.items() if least < here}, here)
            for dearer, _, other, link in self.source_arcs if state == self.source else self.routes.onward(state):
                if (is_free and dearer > 0) or link in without_links or other in without_nodes:
                    continue
                there = here + dearer if dearer > 0 else here
                if there < far.get(other, inf):
                    far[other] = there
                    came[other] = (state, link)
                    heapq.heappush(heap, (there, other))
        return None


class _Far(NamedTuple):
    """How far states lie from the source, in weights reduced by the tree; `most` for those that are not in `nearer`."""

    nearer: dict[int, float]
    most: float

    def of_states(self, count: int) -> list[float]:
        far = [self.most] * count
        for state, least in self.nearer.items():
            far[state] = least
        return far


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

    def __init__(self, problem: DetourProblem, states: list[int], links: list[int], far: _Far) -> None:
        self.problem = problem
        self.states = states
        self.links = links
        self.far = far
        self.used = frozenset(links)
        self.near = len(problem.graph.arcs) + 1
        self.inner = frozenset(states[1:-1])
        ways_back = list(zip(states[1:-1], zip(states, links, strict=False), strict=False))
        self.back = dict(ways_back) | {self.near + state: way for state, way in ways_back}
        """For both sides of each inner node of the first path the state before it, and the link from there."""
        self.moves: list[tuple[int, int]] = []
        self.best: list[float] = []
        """How far each state is in the second search; none is further than the goal, which lies at `reached`."""
        self.reached = 0.0

    def search(self) -> bool:
        """Finds the second path, as moves (link, state reached); False where there is none."""
        problem, inner, backwards, near = self.problem, self.inner, self.back, self.near
        goals, splits, shut = problem.goals, problem.by_node, problem.without_links.union(self.links)
        without_nodes = problem.without_nodes | {problem.never_again}
        source, rest, onward = problem.source, problem.rest, problem.routes.onward
        nearer, far = self.far.nearer, self.far.of_states(near)
        begin = self._enter(problem.start_two)
        best = [inf] * (2 * near + 1)
        best[begin], best[NO_WAY[0]] = 0.0, -1.0
        came: dict[int, tuple[int, int]] = {}
        done: set[int] = set()
        heap = [(0.0, begin)]
        most = inf
        while heap:
            here, state = heapq.heappop(heap)
            if state in done:
                continue
            done.add(state)
            if state in goals:
                states, links = _trace(came, begin, state)
                self.moves, self.best, self.reached = list(zip(links, states[1:], strict=True)), best, here
                return True
            back, link = backwards.get(state, NO_WAY)
            if here < best[back]:
                best[back] = here
                came[back] = (state, link)
                heapq.heappush(heap, (here, back))
            if state >= near:
                continue
            is_source = state == source
            level = rest[problem.start_one if is_source else state] - far[state]
            for dearer, least, other, link in problem.source_arcs if is_source else onward(state):
                weight = least - far[other] - level if nearer else dearer
                there = here + weight if weight > 0 else here
                if there > most or link in shut or other in without_nodes:
                    continue
                if splits and other in inner:
                    other += near
                if there >= best[other]:
                    continue
                best[other] = there
                came[other] = (state, link)
                heapq.heappush(heap, (there, other))
                most = there if other in goals else most
        return False

    def pair(self) -> DisjointPair:
        """Takes the two flows apart again: links that the second path walked backwards drop out."""
        problem, moves = self.problem, self.moves
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

    def tolls(self) -> dict[int, float]:
        problem, pair, best, reached = self.problem, self.pair(), self.best, self.reached
        far = self.far.of_states(self.near)

        def height(state: int) -> float:
            node = problem.start_one if state == problem.source else state
            return problem.rest[node] - far[state] - min(best[state], reached)

        tolls: dict[int, float] = {}
        for node in self.inner if problem.by_node else NOTHING:
            tolls[node] = min(best[node], reached) - min(best[self.near + node], reached)
        for start, links in ((problem.source, pair.one), (problem.start_two, pair.two)):
            state, node = start, problem.start_one if start == problem.source else start
            for link in links:
                node = problem.graph.other_end(link, node)
                tolls[~link] = height(state) - height(node) - problem.price[link] - max(0, tolls.get(node, 0))
                state = node
        return {part: toll for part, toll in tolls.items() if toll > 0}

    def _enter(self, node: int) -> int:
        return self.near + node if self.problem.by_node and node in self.inner else node


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
