"""The design core's one question: the cheapest true design for a problem, with a proof, or why there is none.

compile and screen           case, screen, coupling
each site alone              columns
all sites together           optimise (only if they compete for something)
why not, and what instead    explain, least
is it true?                  check
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.case import Case, Column
from linkwright.design.check import check
from linkwright.design.choice import CHEAPEST, MOST_SITES, Objective
from linkwright.design.explain import why_not
from linkwright.design.least import Least, least_value
from linkwright.design.model import Outcome, Problem, Reason, Relaxation
from linkwright.design.optimise import (
    Budgeted,
    Limits,
    Optimum,
    all_together,
    cheapest_alone,
    cheapest_of_each,
    feasible,
    optimise,
)
from linkwright.design.outcome import design_of
from linkwright.design.relaxed import with_value
from linkwright.design.screen import NOTHING_DROPPED
from linkwright.errors import LinkwrightError

Alone = tuple[float, Column | None]
"""The least cost of one site by itself, and the column that has it."""
EXPLAINED_SITES = 8
"""Of sites left out of a partial answer, so many are explained each by itself."""


class UntrueDesign(LinkwrightError):
    """The search made a design that the verifier refuses: a mistake in the core, never in the problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How far the search is: a proved bound, and the cost of the best design so far."""

    elapsed_s: float
    bound_minor: float
    cost_minor: int | None

    @property
    def gap(self) -> float:
        return 1.0 if self.cost_minor is None else gap_of(self.cost_minor, self.bound_minor)


def solve(
    problem: Problem,
    *,
    time_limit_s: float = 60.0,
    serve: str = "all",
    relax: bool = False,
    on_round: Callable[[Round], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    limits: Limits | None = None,
) -> Outcome:
    """The cheapest design that keeps every rule, with a proved bound; or the reasons why there is none.

    Args:
        time_limit_s: seconds after which the best design so far is given back; explaining may take as long again.
        serve: "all" sites or none; "most" leaves out the fewest sites that must be left out, then is cheapest.
        relax: also look for the least generous value of each constraint in the way that alone makes it feasible.
        on_round: is told about progress, at most a few times a second on large problems.
        clock: monotonic seconds; only its differences matter. Nothing but guards and `elapsed_s` depends on it.
    Raises:
        UntrueDesign: the verifier refuses the design that was found (never seen; it would be a mistake in here).
    """
    question = _Question(problem, replace(limits or Limits(), seconds=time_limit_s), on_round, clock)
    outcome = question.most() if serve == "most" else question.all()
    if relax and outcome.reasons:
        outcome = replace(outcome, relaxations=question.relaxations())
    return replace(outcome, guards=tuple(sorted(question.guards)), elapsed_s=clock() - question.began)


def gap_of(cost_minor: int, bound_minor: float) -> float:
    """What part of the cost is not proved: 0 is optimal."""
    return (
        max(0.0, (cost_minor - bound_minor) / cost_minor)
        if cost_minor and bound_minor > -inf
        else float(cost_minor > 0)
    )


class _Question:
    """One call of `solve`: the problem, the time, and what was learnt on the way."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        on_round: Callable[[Round], None] | None,
        clock: Callable[[], float],
    ) -> None:
        self.problem = problem
        self.limits = limits
        self.on_round = on_round
        self.clock = clock
        self.began = clock()
        self.guards: set[str] = set()
        self.case = Case(problem)
        self.graph = self.case.graph
        self.remedies: dict[str, tuple[Problem, Least]] = {}
        """By constraint: what would be enough, and the problem that is to be feasible then."""

    def all(self) -> Outcome:
        """Every site, or the reasons why not."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        stuck = [site.site.id for site, (_, column) in zip(self.case.sites, alone, strict=True) if column is None]
        if stuck:
            return self._infeasible([(self._only([site_id]), self.problem) for site_id in stuck])
        optimum = self._best(self.case, alone, search)
        if optimum.choice is None:
            return self._infeasible([(self.problem, self.problem)])
        return self._feasible(self.case, optimum)

    def most(self) -> Outcome:
        """As many sites as possible, then at the least cost; reasons for those that are left out."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        able = [n for n, (_, column) in enumerate(alone) if column is not None]
        case = self.case
        if 0 < len(able) < len(alone):
            case = Case(self._only([case.sites[n].site.id for n in able]), self.graph)
            alone = cheapest_of_each(case, search)
        optimum = self._best(case, alone, search) if able else Optimum(None, inf)
        if able and optimum.choice is None:
            optimum = self._fewest_left_out(case, search)
        columns = () if optimum.choice is None else optimum.choice.columns
        served = {case.sites[column.site].site.id for column in columns}
        left = [site.id for site in self.problem.sites if site.id not in served]
        outcome = self._feasible(case, optimum) if served else Outcome(status="infeasible")
        stuck = {site.site.id for n, site in enumerate(self.case.sites) if n not in set(able)}
        crowded = [site_id for site_id in left if site_id not in stuck][:EXPLAINED_SITES]
        asked = [(self._only([site_id]), self._only([*served, site_id])) for site_id in left if site_id in stuck]
        for site_id in crowded:
            together = self._only([*served, site_id])
            asked.append((together, together))
        return replace(outcome, unserved=tuple(left), reasons=self._explain(asked))

    def relaxations(self) -> tuple[Relaxation, ...]:
        """For each constraint that alone would help, the best design under its least generous value."""
        found = (self._relaxation(constraint, *remedy) for constraint, remedy in self.remedies.items())
        return tuple(relaxation for relaxation in found if relaxation is not None)

    def _best(self, case: Case, alone: Sequence[Alone], search: Budgeted) -> Optimum:
        choice = all_together(case, [column for _, column in alone if column is not None])
        if choice is not None and all(column.cost_minor <= bound for bound, column in alone if column is not None):
            return Optimum(choice, float(choice.value))
        if len(case.sites) == 1:
            optimum = cheapest_alone(case, search)
            if optimum is not None:
                return optimum
        optimum = optimise(case, CHEAPEST, search, self._progress)
        return replace(optimum, bound=max(optimum.bound, float(sum(bound for bound, _ in alone))))

    def _fewest_left_out(self, case: Case, search: Budgeted) -> Optimum:
        fewest = optimise(case, MOST_SITES, search)
        if fewest.choice is None or not fewest.choice.columns:
            return fewest
        left = len(fewest.choice.unserved)
        objective = Objective(unserved=0, most_unserved=left)
        cheapest = optimise(case, objective, search, self._progress, seeds=fewest.choice.columns)
        return cheapest if fewest.bound >= left else replace(cheapest, bound=min(cheapest.bound, 0.0))

    def _feasible(self, case: Case, optimum: Optimum) -> Outcome:
        assert optimum.choice is not None
        design = design_of(case, optimum.choice.columns)
        within = self._only([site.site for site in design.sites])
        verdict = check(within, design)
        if verdict.violations or verdict.cost_minor != optimum.choice.value:
            broken = ", ".join(violation.constraint for violation in verdict.violations) or "cost"
            raise UntrueDesign(f"The verifier refuses the design of {self.problem.name!r}: {broken}.")
        bound = min(optimum.bound, float(verdict.cost_minor))
        return Outcome(
            status="optimal" if bound >= verdict.cost_minor else "feasible",
            design=design,
            cost_minor=verdict.cost_minor,
            bound_minor=bound,
            gap=gap_of(verdict.cost_minor, bound),
        )

    def _infeasible(self, asked: Sequence[tuple[Problem, Problem]]) -> Outcome:
        return Outcome(status="infeasible", reasons=self._explain(asked))

    def _explain(self, asked: Sequence[tuple[Problem, Problem]]) -> tuple[Reason, ...]:
        """The reasons of each infeasible problem; the second of a pair is the one that a remedy must make feasible."""
        search = self._search()
        reasons: list[Reason] = []
        for infeasible, wanted in asked:
            why = why_not(infeasible, wanted, self.graph, search)
            reasons += why.reasons
            for constraint, least in why.least.items():
                self.remedies.setdefault(constraint, (wanted, least))
        return tuple(dict.fromkeys(reasons))

    def _relaxation(self, constraint: str, wanted: Problem, least: Least) -> Relaxation | None:
        """The design that the remedy makes possible; where more is needed than the site alone asked for, with that."""
        search = self._search()
        relaxed = with_value(wanted, constraint, least.value)
        if not feasible(Case(relaxed, self.graph), search):
            again = least_value(wanted, self.graph, constraint, NOTHING_DROPPED, search)
            if again is None:
                return None
            least, relaxed = again, with_value(wanted, constraint, again.value)
        outcome = _Question(relaxed, self.limits, None, self.clock).all()
        if outcome.design is None or outcome.cost_minor is None:
            return None
        return Relaxation(
            constraint=constraint, value=least.value, cost_minor=outcome.cost_minor, design=outcome.design
        )

    def _only(self, site_ids: Iterable[str]) -> Problem:
        """The problem with these sites alone, in its own order."""
        wanted = set(site_ids)
        if len(wanted) == len(self.problem.sites):
            return self.problem
        return replace(self.problem, sites=tuple(site for site in self.problem.sites if site.id in wanted))

    def _search(self) -> Budgeted:
        return Budgeted(self.limits, self.clock, self.clock() + self.limits.seconds, self.guards)

    def _progress(self, bound: float, value: int | None) -> None:
        if self.on_round is not None:
            elapsed_s = self.clock() - self.began
            self.on_round(Round(elapsed_s=elapsed_s, bound_minor=bound, cost_minor=value))
