"""An item's own rules as rows: what its ways use up, what its legs must not share, what all of them may share."""

from collections.abc import Iterator, Sequence
from math import inf

from linkwright.design.choice.arcs import Leg, Mode
from linkwright.design.choice.case import Case
from linkwright.design.choice.parts import SiteCase
from linkwright.design.choice.programme import Entry, Programme
from linkwright.design.routes.graph import NO_GROUPS
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.figures import UNSOUND
from linkwright.design.units import AVAILABILITY_TOLERANCE, loss_of

EVEN = 1000.0
"""The largest factor of a row of figures, so that no tolerance of the solver is large beside them."""
ROUNDED = 1e-6
"""So much looser such a row is, so that rounding never removes what the exact check would accept."""


class OwnRules:
    def __init__(self, case: Case, site: SiteCase, programme: Programme) -> None:
        self.case = case
        self.site = site
        self.programme = programme

    def limit(self, mode: Mode, leg: Leg, number: int, *, is_only: bool) -> None:
        """What the way uses up of each figure, its first node included; groups count where the access has not got them
        anyway, and for an only leg: others may have something in common."""
        graph = leg.graph
        for figure, most in enumerate(mode.loosest(number)):
            if most == inf:
                continue
            of_link, of_node = graph.link_figures[figure], graph.node_figures[figure]
            entries = [
                (variable, of_link[link] + of_node[graph.other_end(link, node)])
                for (link, node), variable in leg.arcs.items()
            ]
            entries += [
                (frame.variable, of_node[frame.options[number].pop] - frame.most[number][figure])
                for frame in mode.frames
            ]
            if figure == UNSOUND and is_only:
                entries += self._losses_of_groups(leg)
            self._row_of_figures(entries)

    def _losses_of_groups(self, leg: Leg) -> Iterator[Entry]:
        availability = self.case.group_availability
        for mark in sorted(leg.links_by_mark):
            if availability.get(mark, 1.0) < 1 and not leg.marked[mark]:
                yield from ((own, loss_of(availability[mark])) for own, _ in leg.having(self.programme, mark))

    def part(self, mode: Mode, apart: Apart) -> None:
        """What legs of one design must not share: links, nodes but a common end, groups."""
        legs, programme, graph = mode.legs, self.programme, mode.end.graph
        if apart.by_link:
            for link in range(len(graph.link_ids)):
                programme.row(((own, 1.0) for leg in legs for own in leg.on(link)), 1)
        if apart.by_node:
            for node in range(len(self.case.graph.arcs)):
                passing = [(own, 1.0) for leg in legs for own in leg.leaving[node]]
                for ending in [leg.ending(node) for leg in legs] if node in mode.end.goals else [[]]:
                    programme.row([*passing, *((own, 1.0) for own in ending)], 1)
        marks = NO_GROUPS.union(*graph.marks_of(apart.kinds)) if apart.kinds else NO_GROUPS
        for mark in sorted(marks):
            programme.row((entry for leg in legs for entry in leg.having(self.programme, mark)), 1)

    def limit_what_all_share(self, mode: Mode, apart: Apart) -> None:
        """Where something of all legs is down the item is: that alone must not be too much."""
        needed = self.site.demand.min_availability - AVAILABILITY_TOLERANCE
        if needed <= 0:
            return
        graph, pieces = mode.end.graph, 2 if mode.end.far else 1
        entries: list[Entry] = []
        for frame in mode.frames:
            own = 0.0 if self.site.site.cpe_per_leg else pieces * self.site.cpes[frame.cpe].sums[UNSOUND]
            entries.append((frame.variable, own - loss_of(needed)))
        for link in () if apart.by_link else range(len(graph.link_ids)):
            entries += self._of_all(mode, [leg.on(link) for leg in mode.legs], graph.link_figures[UNSOUND][link])
        for node in range(len(graph.node_ids)):
            if node in mode.end.goals or not apart.by_node:
                passed = [[*leg.leaving[node], *leg.ending(node)] for leg in mode.legs]
                entries += self._of_all(mode, passed, graph.node_figures[UNSOUND][node])
        apart_groups = NO_GROUPS.union(*graph.marks_of(apart.kinds)) if apart.kinds else NO_GROUPS
        for mark, availability in sorted(self.case.group_availability.items()):
            if mark not in apart_groups and availability < 1:
                having = [[own for own, _ in leg.having(self.programme, mark)] for leg in mode.legs]
                entries += self._of_all(mode, having, loss_of(availability))
        self._row_of_figures(entries)

    def _of_all(self, mode: Mode, of_legs: Sequence[Sequence[int]], loss: float) -> Iterator[Entry]:
        """What is lost by what all legs have; of each leg one of these variables tells whether it has it."""
        if all(of_legs) and 0 < loss < inf:
            shared = self.programme.amount(0)
            entries = [(own, 1.0) for having in of_legs for own in having]
            entries += [(frame.variable, 1.0 - len(of_legs)) for frame in mode.frames]
            self.programme.row([*entries, (shared, -1.0)], 0)
            yield shared, loss

    def _row_of_figures(self, entries: Sequence[Entry]) -> None:
        largest = max(abs(factor) for _, factor in entries) or 1.0
        self.programme.row(((own, factor * EVEN / largest) for own, factor in entries if factor), ROUNDED)
