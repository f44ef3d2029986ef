"""A conflict found for some items, made minimal for the larger problem in which they stand.

What is in conflict for some items is so for all; but there less of what they share may be enough.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from linkwright.design.limits import Search
from linkwright.design.model import Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.why.asked import Asked
from linkwright.design.why.matters import have_ways, in_the_way
from linkwright.design.why.narrowed import within
from linkwright.design.why.shrunk import shrunk

MOST_ASKED = 4_000
"""So many items are asked about, counted in every question, while conflicts are made minimal."""
FEW_LABELS = 300
"""Of the searches for legs that may have everything in common, and for the least value of a figure."""


@dataclass(slots=True)
class Larger:
    """What is asked about large problems, which agree in all but their items, while conflicts in them are told.

    `wanted` makes the one that is asked about now; it is made only if it is needed. Whoever needs nothing of what a
    conflict is about is in nobody's way, so it is asked about the others alone.
    """

    asked: Asked
    wanted: Callable[[], Problem]
    left: int

    @classmethod
    def of(cls, wanted: Callable[[], Problem], graph: Graph, search: Search) -> "Larger":
        return cls(Asked(graph, search, labels=FEW_LABELS), wanted, MOST_ASKED)

    def shrunk(self, core: Sequence[str], site_ids: Iterable[str]) -> tuple[list[str], bool]:
        """What of a conflict of these items is one for all, and whether that is known to be minimal there.

        Own rules of one item are: without one of them it could be served, and what others share is set aside.
        """
        if len(core) < 2 or all(one.startswith("site:") for one in core):
            return list(core), True
        problem = self._concerned(core, site_ids)
        effort = len(core) * len(problem.sites)
        if effort > self.left or self.asked.search.is_over():
            return list(core), False
        self.left -= effort
        search, self.asked.search = self.asked.search, replace(self.asked.search, guards=set())
        kept = list(core)
        if have_ways(problem) or not self._holds(problem, ()):
            kept = shrunk(core, lambda some: self._holds(problem, some))
        is_known = not self.asked.search.guards
        self.asked.search = search
        return kept, is_known

    def holds(self, core: Sequence[str]) -> bool:
        """Whether these constraints are in conflict when everything else is set aside."""
        problem = self._concerned(core, ())
        return bool(problem.sites) and self._holds(problem, core)

    def _concerned(self, core: Sequence[str], site_ids: Iterable[str]) -> Problem:
        wanted = self.wanted()
        others = in_the_way(wanted, (one for one in core if not one.startswith("site:")))
        return within(wanted, {*site_ids, *others})

    def _holds(self, problem: Problem, core: Sequence[str]) -> bool:
        self.asked.gave_up = False
        return self.asked.fails(problem, set(self.asked.everything(problem)).difference(core))
