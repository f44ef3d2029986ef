"""The second leg of a pair beside a first one: what it costs at least, and all of its paths in order of price."""

from collections.abc import Iterator, Sequence
from math import inf

from linkwright.design.routes.beside import links_in, paths_beside
from linkwright.design.routes.gap_bounds import GapBounds
from linkwright.design.routes.graph import NOTHING
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.paths import SLACK, Effort, PathStep
from linkwright.design.routes.tolled import Leg, Quest, tolled_routes
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.figures import LATENCY, UNSOUND, Sums, within
from linkwright.design.rules.together import Together


class Partners:
    def __init__(
        self, apart: Apart, one: LegSpace, two: LegSpace, together: Together, effort: Effort, gap: GapBounds | None
    ) -> None:
        self.apart = apart
        self.one = one
        self.two = two
        self.together = together
        self.effort = effort
        self.gap = gap
        self._free = tolled_routes(two.routes, {})
        self._alone: dict[frozenset[str], float] = {}

    def least(self, groups: frozenset[str]) -> float:
        """The least price of leg two by itself beside a leg one with these groups."""
        least = self._alone.get(groups)
        if least is None:
            off = frozenset(~link for link in links_in(self.two.routes, groups, self.apart.kinds))
            quest = Quest(self._free, Leg(self.two.start), off, self.two.routes.graph.link_groups)
            quest.go_on(inf)
            least = self._alone[groups] = quest.price
        return least

    def beside(
        self,
        nodes: Sequence[int],
        links: tuple[int, ...],
        lost: float,
        groups: frozenset[str],
        known: tuple[int, ...] | None,
    ) -> Iterator[PathStep]:
        """The second legs for a first leg, cheapest first, on a tree that knows what is forbidden.

        Where the cheapest is known already and good enough, the tree waits until more are asked for.
        """
        one, two = self.one, self.two
        without_nodes = frozenset(nodes) - two.routes.goals if self.apart.by_node else NOTHING
        if two.start in without_nodes:
            return
        without_links = links_in(two.routes, groups, self.apart.kinds).union(links)
        one_ms = one.routes.aim.path(one.start, links).sums[LATENCY]
        most_loss, most_ms = self.together.most_loss(1, (lost, 0.0)), self.together.most_ms(1, 0, one_ms)
        allowance = within(two.allowance, most_loss, most_ms)
        window = None if self.gap is None else self.gap.window(one_ms, without_nodes, without_links, allowance[UNSOUND])
        first = known if known is not None and window is None and self._is_within(allowance, known) else None
        if first is not None:
            yield PathStep(two.path_price(first), first)
        for step in paths_beside(two, allowance, self.effort, without_nodes, without_links, window=window):
            if step.links is None or step.links != first:
                yield step

    def _is_within(self, allowance: Sums, links: tuple[int, ...]) -> bool:
        sums = self.two.routes.aim.path(self.two.start, links).sums
        return all(own <= most + SLACK for own, most in zip(sums, allowance, strict=True))
