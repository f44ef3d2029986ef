"""What two legs cost at least because neither may be much later than the other."""

from collections import Counter
from collections.abc import Sequence
from math import inf

from linkwright.design.routes.delays import Delays, Window, rounded_up
from linkwright.design.routes.graph import Routes
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.paths import SLACK
from linkwright.design.rules.figures import LATENCY, Sums
from linkwright.design.rules.together import Together

ROUNDS_OF_TOLLS = 20
"""So often tolls are raised where the cheapest ways pass a node twice."""
COARSER = 5
"""Delays are counted in so much longer steps until more is needed."""


class GapBounds:
    """What the legs cost at least because neither may be much later than the other.

    Delays of ways leave the first node out; latencies of legs have it, and their access.
    """

    def __init__(self, one: LegSpace, two: LegSpace, together: Together, by_node: bool) -> None:
        self.one = one
        self.two = two
        self.together = together
        self.width_ms = 2 * (together.gap_ms + SLACK)
        self.ahead_ms = together.access_ms[0] - together.access_ms[1] - self.width_ms / 2
        self.start_two_ms = two.routes.graph.node_figures[LATENCY][two.start]
        self.most_one_ms = min(one.allowance[LATENCY], together.most_ms(0, 1, two.allowance[LATENCY]))
        self.tolls = [0.0] * len(one.routes.graph.arcs)
        self.by_node = by_node
        self.is_whole = all(isinstance(price, int) for space in (one, two) for price in space.routes.price)
        self.all_tolls = 0.0
        self.coarse_ms = COARSER * Delays(one.routes, self.most_one_ms, 0.0).step_ms
        self.delays_one, self.delays_two = self._both(self.coarse_ms)
        self.losses: tuple[Delays | None, Delays | None] = None, None

    def sharpen(self) -> None:
        """Makes the bounds as good as they get, which takes its time."""
        if self.by_node:
            self._raise_tolls()
        self.all_tolls = sum(self.tolls)
        self.delays_one, self.delays_two = self._both(self.coarse_ms / COARSER)
        self.losses = (
            self._losses(self.one.routes, self.most_one_ms, 0.0),
            self._losses(self.two.routes, self._most_two_ms(), self.width_ms),
        )

    def _losses(self, routes: Routes, most_ms: float, width_ms: float) -> Delays | None:
        """The least unsoundness of ways by their delay, where it matters."""
        if self.together.down >= 1:
            return None
        losses = routes.aim.losses
        of_node = [2 * half for half in losses.half]
        ends = routes.graph.link_ends
        of_link = [own - losses.half[a] - losses.half[z] for own, (a, z) in zip(losses.price, ends, strict=True)]
        step_ms = self.delays_one.step_ms
        return Delays(routes, most_ms, width_ms, step_ms=step_ms, tolls=of_node, price=of_link)

    def both_lose(self, node: int, used: Sums) -> float:
        """The least unsoundness of the paths of both legs, where leg one has come this far."""
        one, two = self.losses
        if one is None or two is None:
            return 0.0
        shift_ms = used[LATENCY] + self.ahead_ms - self.start_two_ms
        return used[-1] + one.least_with(node, two, self.two.start, shift_ms)

    def _both(self, step_ms: float) -> tuple[Delays, Delays]:
        one = Delays(self.one.routes, self.most_one_ms, 0.0, step_ms=step_ms, tolls=self.tolls)
        most_ms = self._most_two_ms()
        two = Delays(self.two.routes, most_ms, self.width_ms, step_ms=one.step_ms, tolls=self.tolls)
        return one, two

    def _raise_tolls(self) -> None:
        """Nodes that the cheapest ways enter more than once become dearer: a subgradient search for the best bound."""
        start, best, tolls = self.one.start, -inf, self.tolls
        free = self.one.routes.goals | {self.one.start, self.two.start}
        stride = max(self.one.routes.price) / 4
        shift_ms = self.one.routes.graph.node_figures[LATENCY][start] + self.ahead_ms - self.start_two_ms
        for _ in range(ROUNDS_OF_TOLLS):
            one, two = self._both(self.coarse_ms)
            bound = one.least_with(start, two, self.two.start, shift_ms) - sum(self.tolls)
            if bound == inf:
                break
            if bound > best:
                best, tolls = bound, self.tolls
            visits = Counter(one.visits_with(start, two, self.two.start, shift_ms))
            if all(count < 2 or node in free for node, count in visits.items()):
                break
            self.tolls = [
                0.0 if node in free else max(0.0, toll + stride * (visits[node] - 1))
                for node, toll in enumerate(self.tolls)
            ]
            stride *= 0.95
        self.tolls = tolls

    def of_begun(self, nodes: Sequence[int], used_ms: float) -> float:
        """What leg one pays from here on, together with leg two, where so much delay lies behind it."""
        shift_ms = used_ms + self.ahead_ms - self.start_two_ms
        both = self.delays_one.least_with(nodes[-1], self.delays_two, self.two.start, shift_ms)
        return self._bound(both + sum(self.tolls[node] for node in nodes) - self.all_tolls)

    def of_partner(self, nodes: Sequence[int], one_ms: float) -> float:
        """What leg two pays beside a leg one of this delay."""
        least = self.delays_two.least(self.two.start, one_ms + self.ahead_ms - self.start_two_ms)
        return self._bound(least + sum(self.tolls[node] for node in nodes) - self.all_tolls)

    def _bound(self, bound: float) -> float:
        return rounded_up(bound) if self.is_whole else bound

    def window(
        self, one_ms: float, without_nodes: frozenset[int], without_links: frozenset[int], most_unsound: float
    ) -> Window | None:
        """Of the path of leg two beside a path of leg one that takes so long, and keeps it off these; None where
        no path is too quick."""
        least_ms = one_ms + self.ahead_ms
        two = self.two
        if least_ms <= two.routes.aim.least_from(LATENCY, two.start):
            return None
        most_ms = min(self._most_two_ms(), least_ms + self.width_ms)
        step_ms = self.delays_one.step_ms
        return Window(
            least_ms,
            Delays(two.routes, most_ms, self.width_ms, without_nodes, without_links, step_ms=step_ms, tolls=self.tolls),
            self.tolls,
            sum(toll for node, toll in enumerate(self.tolls) if node not in without_nodes),
            self.is_whole,
            self.losses[1],
            most_unsound,
        )

    def _most_two_ms(self) -> float:
        return min(self.two.allowance[LATENCY], self.together.most_ms(1, 0, self.one.allowance[LATENCY]))
