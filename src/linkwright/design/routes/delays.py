"""What a way costs at least that must be neither too quick nor too slow: a dynamic programme over its delay in steps.

All ways count but those that turn round on a link, also ways that enter a node twice: what they cost is a bound for
paths, and each is as near to its sum of steps as `error` says.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from math import ceil, floor, inf
from typing import TYPE_CHECKING, NamedTuple

from linkwright.design.routes.graph import NOTHING, Graph, Routes
from linkwright.design.rules.figures import LATENCY, Sums

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Figures = NDArray[float64]

STEPS_OF_A_LINK = 40
"""The quickest link is about so many steps long, where that makes no more than so many cells of all links."""
SLACK = 2e-9
ROUNDING = 1e-4
MOST_CELLS = 500_000


def longest_ms(graph: Graph) -> float:
    """No path takes longer."""
    most = max(1, len(graph.arcs) - 1)
    return sum(sorted(graph.link_figures[LATENCY])[-most:]) + sum(graph.node_figures[LATENCY])


class _Way(NamedTuple):
    """A link in one direction: where it leads, its delay with that of the node there, in steps, and its price."""

    node: int
    link: int
    other: int
    steps: float
    price: float

    @property
    def whole(self) -> int:
        return max(1, round(self.steps))


class Delays:
    """The least price of ways from each node to a goal by their delay, that of the first node left out.

    `most_ms` is more than any way may take, `width_ms` how wide a window is.
    """

    def __init__(
        self,
        routes: Routes,
        most_ms: float,
        width_ms: float,
        without_nodes: Collection[int] = NOTHING,
        without_links: Collection[int] = NOTHING,
        *,
        go_on: bool = False,
        step_ms: float | None = None,
        tolls: Sequence[float] = (),
        price: Sequence[float] | None = None,
    ) -> None:
        """`tolls` are what it costs to enter a node; `price` stands for the prices of the routes."""
        graph = routes.graph
        price = routes.price if price is None else price
        tolls = tolls or [0.0] * len(graph.arcs)
        self.nodes = len(graph.arcs)
        self.goals = routes.goals
        of_link, of_node = graph.link_figures[LATENCY], graph.node_figures[LATENCY]
        self.most_ms = max(0.0, min(most_ms, longest_ms(graph)))
        self.step_ms = self._step_ms(of_link, of_node, graph.link_ends) if step_ms is None else step_ms
        shut = routes.aim.closed.union(without_links)
        self.ways = [
            _Way(node, link, other, (of_link[link] + of_node[other]) / self.step_ms, price[link] + tolls[other])
            for node, arcs in enumerate(graph.arcs)
            if node not in without_nodes and (go_on or node not in self.goals)
            for link, other in arcs
            if link not in shut and other not in without_nodes and of_link[link] + of_node[other] <= self.most_ms
        ]
        self.error = self._error()
        self.count = floor(self.most_ms / self.step_ms) + self.error + 1
        self.width = ceil(width_ms / self.step_ms) + 2 * self.error + 2
        self._joint: dict[tuple[int, int], Figures] = {}

    def least(self, node: int, from_ms: float) -> float:
        """The least price of a way from here whose delay lies in the window that begins with this delay."""
        first = floor(from_ms / self.step_ms) - self.error + self.width
        return self.windows.item(node, max(0, first)) if first < self.count + self.width else inf

    def least_with(self, node: int, other: "Delays", start: int, shift_ms: float) -> float:
        """The least price of a way from here together with one of the other's from `start`, whose delay lies in a
        window that begins so much after the delay of the first."""
        found, _ = self._sums_with(node, other, start, shift_ms)
        return float(found.min()) if len(found) else inf

    def _sums_with(self, node: int, other: "Delays", start: int, shift_ms: float) -> tuple["Figures", int]:
        beside, before = other.beside(start, self.error)
        mine = self.prices[node]
        begin = floor(shift_ms / self.step_ms) - self.error - other.error + before
        low, high = max(0, -begin), max(0, -begin, min(self.count, len(beside) - begin))
        return mine[low:high] + beside[low + begin : high + begin], low

    def visits_with(self, node: int, other: "Delays", start: int, shift_ms: float) -> list[int]:
        """The nodes that the two cheapest ways enter."""
        found, low = self._sums_with(node, other, start, shift_ms)
        if not len(found) or found.min() == inf:
            return []
        mine = low + int(found.argmin())
        begin = mine + floor(shift_ms / self.step_ms) - self.error - other.error
        low, high = max(0, begin), begin + other.width + 2 * self.error
        others = low + int(other.prices[start][low:high].argmin())
        return self._entered(node, mine) + other._entered(start, others)

    def _entered(self, node: int, steps: int) -> list[int]:
        self.prices  # noqa: B018
        entered: list[int] = []
        choice = self._onward_of[0][node]
        column = self._longest + steps
        while not (node in self.goals and column == self._longest):
            way = min(choice, key=lambda number: (self._own[number, column], number))
            node = self.ways[way].other if way < len(self.ways) else next(iter(self.goals))
            if way >= len(self.ways):
                break
            entered.append(node)
            column -= self.ways[way].whole
            choice = self._onward_of[1][way]
        return entered

    def beside(self, start: int, error: int) -> tuple["Figures", int]:
        """The windows from one node, wider by what the delay of another way may be off; and where step 0 is."""
        width = self.width + 2 * error
        if (start, error) not in self._joint:
            self._joint[start, error] = _least_ahead(_after_nothing(self.prices[start : start + 1], width), width)[0]
        return self._joint[start, error], width

    def _step_ms(self, of_link: Sequence[float], of_node: Sequence[float], ends: Sequence[tuple[int, int]]) -> float:
        each = [own + of_node[node] for own, both in zip(of_link, ends, strict=True) for node in both]
        quickest_ms = min((own for own in each if own > 0), default=1.0)
        return max(quickest_ms / STEPS_OF_A_LINK, self.most_ms * max(1, len(each)) / MOST_CELLS)

    def _error(self) -> int:
        """How many steps the delay of a path may lie from the sum of its steps."""
        off = [(abs(way.steps - way.whole), way.whole) for way in self.ways]
        by_links = (self.nodes - 1) * max((own for own, _ in off), default=0.0)
        share = max((own / whole for own, whole in off), default=0.0)
        by_length = inf if share >= 1 else share / (1 - share) * self.most_ms / self.step_ms
        return ceil(min(by_links, by_length)) + 1

    @cached_property
    def prices(self) -> "Figures":
        """By node and sum of steps."""
        import numpy as np  # not needed where no legs are of nearly one delay

        ways, count = self.ways, self.count
        longest = max((way.whole for way in ways), default=0)
        best = np.full((self.nodes, count + longest), inf)
        for goal in self.goals:
            best[goal, longest] = 0.0
        if not ways:
            return best[:, longest:]
        own = np.full((len(ways) + 1, count + longest), inf)
        leaving, onward = self._tables()
        self._own, self._longest, self._onward_of = own, longest, (leaving, onward)
        steps = np.array([way.whole for way in ways])
        price = np.array([float(way.price) for way in ways])
        ends = np.array([way.other in self.goals for way in ways])
        rows = np.array([row for row in range(self.nodes) if row not in self.goals or leaving[row][0] < len(ways)])
        leaving_rows, onward_rows = np.array(leaving)[rows], np.array(onward)
        block = int(steps.min())
        for begin in range(longest, longest + count, block):
            places = np.arange(begin, min(begin + block, longest + count))
            before = places[None, :] - steps[:, None]
            rest = own[onward_rows[:, 0][:, None], before]
            for several in onward_rows.T[1:]:
                np.minimum(rest, own[several[:, None], before], out=rest)
            rest[ends] = np.where(before[ends] == longest, 0.0, rest[ends])
            own[:-1, places] = rest + price[:, None]
            here = own[:, places]
            found = here[leaving_rows[:, 0]]
            for several in leaving_rows.T[1:]:
                np.minimum(found, here[several], out=found)
            best[rows[:, None], places[None, :]] = np.minimum(best[rows[:, None], places[None, :]], found)
        return best[:, longest:]

    def _tables(self) -> tuple[list[list[int]], list[list[int]]]:
        """The ways that leave each node, and those that go on after each way; filled up with one that nobody takes."""
        leaving: list[list[int]] = [[] for _ in range(self.nodes)]
        for number, way in enumerate(self.ways):
            leaving[way.node].append(number)
        onward = [[n for n in leaving[way.other] if self.ways[n].link != way.link] for way in self.ways]
        return _filled(leaving, len(self.ways)), _filled(onward, len(self.ways))

    @cached_property
    def windows(self) -> "Figures":
        """By node and first step plus `width` the least price in the window that begins there."""
        return _least_ahead(_after_nothing(self.prices, self.width), self.width)


class Window(NamedTuple):
    """A path must take at least `least_ms`, its first node included; that it must not take longer its limits say."""

    least_ms: float
    delays: Delays
    tolls: Sequence[float] = ()
    given_back: float = 0.0
    is_whole: bool = False
    """Whether all prices are whole numbers."""
    unsound: Delays | None = None
    most_unsound: float = inf

    def can_be_sound(self, node: int, used: Sums) -> bool:
        """Whether a path that is slow enough can still be sound enough; where there is a limit it is the last used."""
        if self.unsound is None or self.most_unsound == inf:
            return True
        return used[-1] + self.unsound.least(node, self.least_ms - used[LATENCY]) <= self.most_unsound + SLACK

    def rest(self, nodes: Sequence[int], used_ms: float) -> float:
        paid = sum(self.tolls[node] for node in nodes) - self.given_back
        least = self.delays.least(nodes[-1], self.least_ms - used_ms) + paid
        return rounded_up(least) if self.is_whole else least


def rounded_up(bound: float) -> float:
    """A bound of whole numbers."""
    return bound if bound == inf else ceil(bound - ROUNDING)


def _filled(rows: list[list[int]], number: int) -> list[list[int]]:
    most = max(1, *map(len, rows))
    return [row + [number] * (most - len(row)) for row in rows]


def _after_nothing(figures: "Figures", count: int) -> "Figures":
    import numpy as np

    return np.concatenate([np.full((len(figures), count), inf), figures], axis=1)


def _least_ahead(figures: "Figures", width: int) -> "Figures":
    """For each column the least of so many columns that begin with it."""
    import numpy as np

    found, done = figures.copy(), 1
    while done < width:
        by = min(done, width - done)
        found[:, :-by] = np.minimum(found[:, :-by], found[:, by:].copy())
        done += by
    return found
