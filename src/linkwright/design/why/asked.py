"""Whether problems can be served with some constraints set aside, each question answered once.

What cannot be served cannot be with fewer constraints set aside. What can be, can whenever as much is set aside as the
design breaks that was found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.choice.choice import Core
from linkwright.design.choice.optimise import Served, served
from linkwright.design.limits import Search
from linkwright.design.model import Design, Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import Dropped
from linkwright.design.verify.check import check
from linkwright.design.why.least import constraints_of
from linkwright.design.why.relaxed import Value, easiest


@dataclass(slots=True)
class Asked:
    """The questions of one explanation. Problems are told apart by their items, so they must agree in all else.

    `instead`: what is not set aside but given the most generous value.
    """

    graph: Graph
    search: Search
    failed: dict[tuple[str, ...], list[Dropped]] = field(default_factory=dict)
    served: dict[tuple[str, ...], list[Dropped]] = field(default_factory=dict)
    constraints: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    instead: Mapping[str, Value] = field(default_factory=dict)
    labels: int | None = None
    """Of legs that may have everything in common no more are looked at, where many items are explained."""
    gave_up: bool = False
    """So few labels left a question open, or more were left open than may be; then no more are asked."""
    may_be_open: int | None = None
    """So many questions may be left open."""
    enough: Mapping[str, Value] = field(default_factory=dict)
    """Values of what has no most generous one, which were enough for the last question about these."""

    def everything(self, problem: Problem) -> Sequence[str]:
        """Everything that could be set aside in a problem."""
        items = tuple(site.id for site in problem.sites)
        if items not in self.constraints:
            self.constraints[items] = constraints_of(problem, self.graph)
        return self.constraints[items]

    def is_feasible(self, problem: Problem, aside: Iterable[str] = ()) -> bool | None:
        """None where a guard left it open; that is not kept."""
        items = tuple(site.id for site in problem.sites)
        dropped = _about(items, aside)
        if any(dropped <= known for known in self.failed.get(items, ())):
            return False
        if any(known <= dropped for known in self.served.get(items, ())):
            return True
        if self.gave_up:
            return None
        found = self._answer(problem, dropped)
        if found.answer is None and self.may_be_open is not None:
            self.may_be_open -= 1
            self.gave_up = self.may_be_open < 0
        if found.answer is False:
            self.failed.setdefault(items, []).append(dropped)
        elif found.answer:
            self.served.setdefault(items, []).append(self._broken(problem, found.design, dropped))
        return found.answer

    def _broken(self, problem: Problem, design: Design | None, aside: Dropped) -> Dropped:
        """What a design breaks of what was set aside for it: it is one whenever that is.

        Whatever was given another value counts as broken, and everything where the design breaks more than that.
        """
        if design is None:
            return aside
        broken = frozenset(own.constraint for own in check(problem, design, weakest=False).violations)
        return (broken | (aside & self.instead.keys())) if broken <= aside else aside

    def _answer(self, problem: Problem, dropped: Dropped) -> Served:
        problem, dropped = self.freed(problem, dropped)
        if self.labels is None or not any(one.endswith("/diversity") for one in dropped):
            return served(problem, self.graph, dropped, self.search)
        soon = self.search.with_labels(self.labels)
        found = served(problem, self.graph, dropped, soon)
        self.gave_up = found.answer is None
        self.search.guards |= soon.guards
        return found

    def why(self, problem: Problem, aside: Iterable[str]) -> Core | None:
        """What a proof leaned on that there is no design; None where there is no such proof."""
        changed, dropped = self.freed(problem, aside)
        return served(changed, self.graph, dropped, self.search).core

    def freed(self, problem: Problem, aside: Iterable[str]) -> tuple[Problem, Dropped]:
        """The problem with the most generous values, and what of these constraints is set aside."""
        dropped = _about((site.id for site in problem.sites), aside)
        for constraint in dropped & self.instead.keys():
            problem = easiest(problem, constraint, self.instead[constraint])
        return problem, dropped - self.instead.keys()

    def fails(self, problem: Problem, aside: Iterable[str] = ()) -> bool:
        """Whether it is proved; what a guard leaves open counts as no, so that no constraint is blamed too much."""
        return self.is_feasible(problem, aside) is False


def _about(items: Iterable[str], aside: Iterable[str]) -> Dropped:
    """Without the rules of items that are not in the problem."""
    there = {f"site:{item}" for item in items}
    return frozenset(one for one in aside if not one.startswith("site:") or one.rpartition("/")[0] in there)
