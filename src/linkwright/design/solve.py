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

from linkwright.design.alone import Alone, all_together, cheapest_alone, cheapest_of_each
from linkwright.design.case import Case
from linkwright.design.check import check
from linkwright.design.choice import CHEAPEST, MOST_SITES, Choice, Objective, Optimum
from linkwright.design.explain import why_not
from linkwright.design.least import Least, least_value
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Design, Outcome, Problem, Reason, Relaxation, Verdict
from linkwright.design.optimise import Progress, is_feasible, optimise, silent
from linkwright.design.outcome import design_of
from linkwright.design.relaxed import Value, with_value
from linkwright.design.screen import NOTHING_DROPPED
from linkwright.errors import UntrueDesign

EXPLAINED_SITES = 8
"""Of sites left out of a partial answer, so many are explained each by itself."""


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
        time_limit_s: seconds after which the best design so far is given back; explaining may take as long again, and
            so may relaxations.
        serve: "all" sites or none; "most" leaves out the fewest sites that must be left out, then is cheapest.
        relax: also look for the least generous value of each constraint in the way that alone makes it feasible.
        on_round: is told about progress, at most a few times a second on large problems.
        clock: monotonic seconds; only its differences matter. Nothing but guards and `elapsed_s` depends on it.
    Raises:
        UntrueDesign: the verifier refuses the design that was found (never seen; it would be a mistake in here).
    """
    question = _Question(problem, replace(limits or Limits(), seconds=time_limit_s), on_round, clock)
    outcome = question.most() if serve == "most" else question.all()
    if relax and question.remedies:
        outcome = replace(outcome, relaxations=question.relaxations())
    return replace(outcome, guards=tuple(sorted(question.guards)), elapsed_s=clock() - question.began)


def gap_of(cost_minor: int, bound_minor: float) -> float:
    """What part of the cost is not proved: 0 is optimal, 1 is nothing."""
    if cost_minor <= bound_minor:
        return 0.0
    return 1.0 if bound_minor <= 0 else (cost_minor - bound_minor) / cost_minor


def _best(case: Case, alone: Sequence[Alone], search: Search, progress: Progress = silent) -> Optimum:
    """The cheapest choice that serves every site."""
    optimum = all_together(case, alone)
    if optimum is None and len(case.sites) == 1:
        optimum = cheapest_alone(case, search)
    if optimum is None:
        optimum = optimise(case, CHEAPEST, search, progress)
    return replace(optimum, bound=max(optimum.bound, float(sum(bound for bound, _ in alone))))


def _true_design(problem: Problem, case: Case, choice: Choice) -> tuple[Design, Verdict]:
    """The design of a choice, after the second verifier has found nothing against it."""
    design = design_of(case, choice.columns)
    verdict = check(problem, design)
    if verdict.violations or verdict.cost_minor != choice.value:
        broken = ", ".join(violation.constraint for violation in verdict.violations) or "cost"
        raise UntrueDesign(f"The verifier refuses the design of {problem.name!r}: {broken}.")
    return design, verdict


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
        stuck = [site.site.id for site, (bound, _) in zip(self.case.sites, alone, strict=True) if bound == inf]
        if stuck:
            return self._infeasible([(self._only([site_id]), self.problem) for site_id in stuck])
        optimum = _best(self.case, alone, search, self._progress)
        if optimum.is_settled:
            search.forget_all_but(())
        if optimum.choice is not None:
            return self._feasible(self.case, optimum.choice, optimum.bound)
        return self._infeasible([(self.problem, self.problem)]) if optimum.is_settled else Outcome(status="unknown")

    def most(self) -> Outcome:
        """As many sites as possible, then at the least cost; reasons for those that are left out."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        able = [n for n, (_, column) in enumerate(alone) if column is not None]
        case = self.case
        if 0 < len(able) < len(alone):
            case = Case(self._only([case.sites[n].site.id for n in able]), self.graph)
            alone = cheapest_of_each(case, search)
        optimum = _best(case, alone, search, self._progress) if able else Optimum(None, inf)
        if able and optimum.choice is None:
            optimum = self._fewest_left_out(case, search)
        columns = () if optimum.choice is None else optimum.choice.columns
        served = {case.sites[column.site].site.id for column in columns}
        left = [site.id for site in self.problem.sites if site.id not in served]
        hopeless = all(bound == inf for bound, _ in alone)
        outcome = Outcome(status="infeasible" if hopeless else "unknown")
        if optimum.choice is not None and served:
            outcome = self._feasible(case, optimum.choice, optimum.bound)
        stuck = {site.site.id for n, site in enumerate(self.case.sites) if n not in set(able)}
        crowded = [site_id for site_id in left if site_id not in stuck][:EXPLAINED_SITES]
        asked = [(self._only([site_id]), self._only([*served, site_id])) for site_id in left if site_id in stuck]
        for site_id in crowded:
            together = self._only([*served, site_id])
            asked.append((together, together))
        return replace(outcome, unserved=tuple(left), reasons=self._explain(asked))

    def relaxations(self) -> tuple[Relaxation, ...]:
        """For each constraint that alone would help, the best design under its least generous value."""
        search = self._search()
        found = (self._relaxation(constraint, *remedy, search) for constraint, remedy in self.remedies.items())
        return tuple(relaxation for relaxation in found if relaxation is not None)

    def _fewest_left_out(self, case: Case, search: Search) -> Optimum:
        fewest = optimise(case, MOST_SITES, search)
        if fewest.choice is None or not fewest.choice.columns:
            return fewest
        left = len(fewest.choice.unserved)
        objective = Objective(unserved=0, most_unserved=left)
        cheapest = optimise(case, objective, search, self._progress, seeds=fewest.choice.columns)
        return cheapest if fewest.bound >= left else replace(cheapest, bound=min(cheapest.bound, 0.0))

    def _feasible(self, case: Case, choice: Choice, bound: float) -> Outcome:
        served = [case.sites[column.site].site.id for column in choice.columns]
        cost_minor = choice.value
        design, verdict = _true_design(self._only(served), case, choice)
        return Outcome(
            status="optimal" if bound >= cost_minor else "feasible",
            design=design,
            verdict=verdict,
            cost_minor=cost_minor,
            bound_minor=min(bound, float(cost_minor)),
            gap=gap_of(cost_minor, bound),
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

    def _relaxation(self, constraint: str, wanted: Problem, least: Least, search: Search) -> Relaxation | None:
        """The design that the remedy makes possible; where more is needed than the site alone asked for, with that."""
        value = least.value
        if is_feasible(with_value(wanted, constraint, value), self.graph, NOTHING_DROPPED, search) is not True:
            enough = self._enough_for_all(constraint, wanted, search)
            if enough is None:
                return None
            value = enough
        relaxed = with_value(wanted, constraint, value)
        case = Case(relaxed, self.graph)
        optimum = _best(case, cheapest_of_each(case, search), search)
        if optimum.choice is None:
            return None
        cost_minor = optimum.choice.value
        return Relaxation(
            constraint=constraint,
            value=value,
            cost_minor=cost_minor,
            gap=gap_of(cost_minor, optimum.bound),
            design=_true_design(relaxed, case, optimum.choice)[0],
        )

    def _enough_for_all(self, constraint: str, wanted: Problem, search: Search) -> Value | None:
        """The least generous value for a larger problem; None where this constraint alone does not help it."""
        if is_feasible(wanted, self.graph, frozenset({constraint}), search) is not True:
            return None
        least = least_value(wanted, self.graph, constraint, NOTHING_DROPPED, search)
        return None if least is None else least.value

    def _only(self, site_ids: Iterable[str]) -> Problem:
        """The problem with these sites alone, in its own order."""
        wanted = set(site_ids)
        if len(wanted) == len(self.problem.sites):
            return self.problem
        return replace(self.problem, sites=tuple(site for site in self.problem.sites if site.id in wanted))

    def _search(self) -> Search:
        return Search.starting(self.limits, self.clock, self.guards)

    def _progress(self, bound: float, value: int | None) -> None:
        if self.on_round is not None:
            elapsed_s = self.clock() - self.began
            self.on_round(Round(elapsed_s=elapsed_s, bound_minor=bound, cost_minor=value))
