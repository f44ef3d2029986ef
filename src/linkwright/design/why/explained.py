"""What is told of one question: reasons of items and the conflicts that they come from; remedies learn of both.

items that cannot be served alone    stuck
items that cannot be together        explain, crowd (where they are many)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from linkwright.design.limits import Search
from linkwright.design.model import Conflict, Outcome, Problem, Reason
from linkwright.design.routes.graph import Graph
from linkwright.design.why.explain import Why, noted, why_not, why_not_together
from linkwright.design.why.narrowed import only
from linkwright.design.why.remedies import Remedies
from linkwright.design.why.stuck import why_each


@dataclass(slots=True)
class Explained:
    """`conflicts` and `reasons` in the order in which they were found, each once."""

    problem: Problem
    graph: Graph
    remedies: Remedies
    reasons: dict[Reason, None] = field(default_factory=dict)
    conflicts: dict[Conflict, None] = field(default_factory=dict)

    def told(self, outcome: Outcome) -> Outcome:
        return replace(outcome, reasons=tuple(self.reasons), conflicts=tuple(self.conflicts))

    def of_stuck(self, site_ids: Sequence[str], search: Search, served: Collection[str] | None = None) -> None:
        """Items that cannot be served alone; a remedy serves all items, or those `served` as well."""
        remedies = self.remedies

        def wanted(site_id: str) -> Problem:
            return self.problem if served is None else only(self.problem, [*served, site_id])

        for site_id, why in why_each(self.problem, site_ids, wanted, self.graph, search, served):
            self._note(why, [site_id])
            remedies.note(why, partial(wanted, site_id))
            if served is None:
                remedies.stuck.append((site_id, why))
            else:
                remedies.left_out.append((site_id, partial(wanted, site_id)))

    def of_others(self, site_ids: Sequence[str], search: Search) -> None:
        """Items that could be served alone, beside others that could not: no remedy of theirs is enough."""
        why = why_not_together(self.problem, site_ids, self.graph, search)
        self._note(why, site_ids)
        self.remedies.blamed += why.blamed

    def of_crowded(self, problem: Problem, site_ids: Sequence[str], search: Search) -> None:
        """A problem of which every item could be served, were it alone; these items have no design in it."""
        crowd = self.remedies.crowd
        if crowd is not None:
            crowd.search = search
        why = noted(why_not(problem, problem, self.graph, search, crowd), search)
        self._note(why, site_ids)
        self.remedies.note(why, lambda: problem)

    def _note(self, why: Why, site_ids: Sequence[str]) -> None:
        self.reasons.update(dict.fromkeys(why.reasons))
        found = (Conflict(constraints=conflict, sites=tuple(site_ids)) for conflict in why.conflicts)
        self.conflicts.update(dict.fromkeys(found))
