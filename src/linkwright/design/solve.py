"""The design core's one question: the cheapest true design for a problem, with a proof, or why there is none.

compile and screen           case, screen, coupling
each site alone              columns
all sites together           optimise (only if they compete for something), parting and on_arcs (of items kept apart)
why not, and what instead    explained, remedies
other good designs           alternatives, front, thresholds
is it true?                  check
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from linkwright.design.ask import EXPLAINED_SITES, never
from linkwright.design.choice.alone import Alone, cheapest_of_each
from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest, gap_of
from linkwright.design.choice.choice import MOST_SITES, Choice, Objective, Optimum, broken_rows
from linkwright.design.choice.optimise import optimise
from linkwright.design.instead.alternatives import THRESHOLDS, pareto
from linkwright.design.instead.front import Found, Front
from linkwright.design.instead.structures import different
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Alternative, Combination, Figure, GoalKind, Outcome, Problem
from linkwright.design.stopping import StoppableSearch
from linkwright.design.why.crowd import MANY, Crowd
from linkwright.design.why.crowd_changes import of_one_change
from linkwright.design.why.explained import Explained
from linkwright.design.why.narrowed import only
from linkwright.design.why.remedies import Remedies

LABELS_APART = 8_000
"""Labels of one search of a site, where items are to be kept apart."""


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
    alternatives: int = 0,
    structures: int = 0,
    explained: int = EXPLAINED_SITES,
    stop: Callable[[], bool] = never,
    on_round: Callable[[Round], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    limits: Limits | None = None,
) -> Outcome:
    """The cheapest design that keeps every rule, with a proved bound; or the reasons why there is none.

    Args:
        time_limit_s: seconds after which the best design so far is given back; explaining may take as long again, and
            so may relaxations.
        serve: "all" sites or none; "most" leaves out the fewest sites that must be left out, then is cheapest.
        relax: also look for the least generous value of each constraint in the way that alone makes it feasible; where
            no single one does, for the cheapest combination of such changes (in a partial answer, of each site that
            is left out and explained).
        alternatives: with so many more searches at most, also look for the designs that no other beats in cost, start
            and availability at once; that may take as long again.
        structures: where there are fewer of these, also look for designs of other accesses, until there are so many in
            all; for problems of one site.
        explained: of the sites left out of a partial answer that could be served alone, so many are explained.
        stop: is asked whenever the time is looked at; once it is true, the best design so far is given back.
        on_round: is told about progress, at most a few times a second on large problems.
        limits: how much else is searched at most, and which gap is near enough.
        clock: monotonic seconds; only its differences matter. Nothing but guards and `elapsed_s` depends on it.
    Raises:
        UntrueDesign: the verifier refuses the design that was found (never seen; it would be a mistake in here).
    """
    question = _Question(problem, replace(limits or Limits(), seconds=time_limit_s), on_round, clock, stop)
    outcome = question.most(explained) if serve == "most" else question.all()
    if relax:
        outcome = question.relaxed(outcome)
    if alternatives and question.front is not None:
        outcome = question.best_of_equals(
            replace(outcome, alternatives=question.alternatives(alternatives, structures))
        )
    return replace(outcome, guards=tuple(sorted(question.guards)), elapsed_s=clock() - question.began)


class _Question:
    """One call of `solve`: the problem, the time, and what was learnt on the way."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        on_round: Callable[[Round], None] | None,
        clock: Callable[[], float],
        stop: Callable[[], bool] = never,
    ) -> None:
        self.problem = problem
        self.limits = _for_items_apart(limits) if problem.apart else limits
        self.on_round = on_round
        self.clock = clock
        self.stop = stop
        self.began = clock()
        self.guards: set[str] = set()
        self.case = Case(problem)
        self.graph = self.case.graph
        self.remedies = Remedies(problem, self.graph)
        self.why = Explained(problem, self.graph, self.remedies)
        self.front: Front | None = None

    def all(self) -> Outcome:
        """Every site, or the reasons why not."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        stuck = [site.site.id for site, (bound, _) in zip(self.case.sites, alone, strict=True) if bound == inf]
        if stuck:
            why = self._search()
            self.why.of_stuck(stuck, why)
            self._explain_others(alone, why)
            return self._infeasible(stuck)
        optimum = cheapest(self.case, search, alone, self._progress)
        if optimum.is_settled:
            search.forget_all_but(())
        if optimum.choice is not None:
            return self._feasible(self.case, optimum.choice, optimum, search, alone)
        if not optimum.is_settled:
            return Outcome(status="unknown")
        if len(self.problem.sites) > MANY and not self.problem.apart:
            self.remedies.crowd = Crowd.of(self.case, search, alone, optimum.pool)
            self.remedies.crowd.lean_on(optimum.core, self.case.too_small)
        sites = [site.id for site in self.problem.sites]
        self.why.of_crowded(self.problem, sites, self._search())
        return self._infeasible(sites)

    def most(self, explained: int) -> Outcome:
        """As many sites as possible, then at the least cost; reasons for those that are left out."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        able = [n for n, (_, column) in enumerate(alone) if column is not None]
        left_open = set(search.guards) if any(bound < inf and column is None for bound, column in alone) else set()
        case = self.case
        if 0 < len(able) < len(alone):
            case = Case(only(self.problem, [case.sites[n].site.id for n in able]), self.graph)
            alone = cheapest_of_each(case, search)
        optimum = cheapest(case, search, alone, self._progress) if able else Optimum(None, inf)
        if able and optimum.choice is None:
            optimum = self._fewest_left_out(case, search)
        columns = () if optimum.choice is None else optimum.choice.columns
        served = {case.sites[column.site].site.id for column in columns}
        left = [site.id for site in self.problem.sites if site.id not in served]
        hopeless = all(bound == inf for bound, _ in alone) or _serves_nobody(case, optimum)
        outcome = Outcome(status="infeasible" if hopeless else "unknown")
        if optimum.choice is not None and served:
            outcome = self._feasible(case, optimum.choice, optimum, search, left_open=left_open)
        stuck = {site.site.id for n, site in enumerate(self.case.sites) if n not in set(able)}
        why = self._search()
        self.why.of_stuck([site_id for site_id in left if site_id in stuck], why, served)
        for site_id in [site_id for site_id in left if site_id not in stuck][:explained]:
            self.remedies.left_out.append((site_id, partial(only, self.problem, [*served, site_id])))
            self.why.of_crowded(only(self.problem, [*served, site_id]), [site_id], why)
        return self.why.told(replace(outcome, unserved=tuple(left)))

    def relaxed(self, outcome: Outcome) -> Outcome:
        """With the single changes that help, or else the cheapest several."""
        remedies = self.remedies
        found: tuple[Combination, ...] = ()
        outcome = replace(outcome, relaxations=remedies.relaxations(self._search()))
        if outcome.unserved:
            found = remedies.of_those_left_out(outcome.relaxations, self._search())
        elif outcome.status == "infeasible" and not outcome.relaxations:
            found = remedies.combinations(self._search())
        alone = tuple(of_one_change(one) for one in found if len(one.changes) == 1)
        several = tuple(one for one in found if len(one.changes) > 1)
        return replace(outcome, relaxations=(*outcome.relaxations, *alone), combinations=several)

    def alternatives(self, most: int, structures: int) -> tuple[Alternative, ...]:
        """The designs that no other beats, after so many more searches at most; then those of other structures."""
        if self.front is None:
            return ()
        self.front.search = self._search()
        found = pareto(self.front, most)
        if len(found) < structures and len(self.front.problem.sites) == 1:
            found += different(self.front, structures - len(found), [one.design for one in found])
        return found

    def best_of_equals(self, outcome: Outcome) -> Outcome:
        """With the alternative that costs no more than the design, but starts earlier or is more available, if any."""
        known = () if self.front is None else self.front.found
        for own in (one for one in known if one.design == outcome.design):
            for other in outcome.alternatives:
                is_as_good = other.ready_day <= own.start_day and other.availability >= own.availability
                if is_as_good and other.verdict.value <= own.value:
                    return replace(outcome, design=other.design, verdict=other.verdict)
        return outcome

    def _fewest_left_out(self, case: Case, search: Search) -> Optimum:
        fewest = optimise(case, MOST_SITES, search)
        if fewest.choice is None or not fewest.choice.columns:
            return fewest
        left = len(fewest.choice.unserved)
        objective = Objective(unserved=0, most_unserved=left)
        cheapest = optimise(case, objective, search, self._progress, seeds=fewest.choice.columns)
        return cheapest if fewest.bound >= left else replace(cheapest, bound=min(cheapest.bound, 0.0))

    def _feasible(
        self,
        case: Case,
        choice: Choice,
        optimum: Optimum,
        search: Search,
        alone: Sequence[Alone] = (),
        left_open: Collection[str] = (),
    ) -> Outcome:
        """The best design of the sites that this choice serves: the cheapest, or the cheapest of the best figure.

        Once that is proved no guard counts any more but those that have `left_open` whether there is more to serve.
        """
        problem = _served_by(case, choice)
        self.front = Front(problem, self.graph, search, alone=[(inf, 0.0, case, alone)])
        if case.problem is problem:
            self.front.cases[inf] = case
        found, bound = self.front.add(problem, case, choice, optimum), optimum.bound
        if self.problem.goal.kind in THRESHOLDS:
            bound, found = THRESHOLDS[self.problem.goal.kind](self.front)
        if bound >= found.value:
            search.forget_all_but(left_open)
        return Outcome(
            status="optimal" if bound >= found.value else "feasible",
            design=found.design,
            verdict=found.verdict,
            cost_minor=found.verdict.cost_minor,
            bound_minor=min(bound, found.value),
            gap=gap_of(found.value, bound),
            figure=_figure(self.problem.goal.kind, found),
        )

    def _explain_others(self, alone: Sequence[Alone], search: Search) -> None:
        """Why those that could be served alone, beside some that could not, cannot be served together."""
        able = [site.site.id for site, (bound, _) in zip(self.case.sites, alone, strict=True) if bound < inf]
        columns = [column for bound, column in alone if bound < inf and column is not None]
        if len(able) > 1 and (len(columns) < len(able) or broken_rows(self.case, columns)):
            self.why.of_others(able, search)

    def _infeasible(self, explained: Sequence[str]) -> Outcome:
        """The reasons are about these sites; where that is one, or a few, each of them could ask for less."""
        if len(explained) == 1 or (
            len(explained) == len(self.problem.sites) <= EXPLAINED_SITES and not self.remedies.stuck
        ):
            self.remedies.left_out = [(site_id, lambda: self.problem) for site_id in explained]
        return self.why.told(Outcome(status="infeasible"))

    def _search(self) -> Search:
        search = StoppableSearch.starting(self.limits, self.clock, self.guards)
        search.stop = self.stop
        return search

    def _progress(self, bound: float, value: int | None) -> None:
        if self.on_round is not None:
            elapsed_s = self.clock() - self.began
            self.on_round(Round(elapsed_s=elapsed_s, bound_minor=bound, cost_minor=value))


def _for_items_apart(limits: Limits) -> Limits:
    """What items must not share is priced when a column is finished, so the order of paths says little, and late."""
    return replace(limits, labels_a_site=min(limits.labels_a_site, LABELS_APART))


def _figure(goal: GoalKind, found: Found) -> Figure | None:
    """What was reached of a goal that is no money."""
    if goal == "date":
        return Figure(name="date", value=found.start_day)
    return Figure(name="availability", value=found.availability) if goal == "availability" else None


def _serves_nobody(case: Case, fewest: Optimum) -> bool:
    """Whether it is proved that every site must be left out."""
    return fewest.choice is not None and not fewest.choice.columns and fewest.bound >= len(case.sites)


def _served_by(case: Case, choice: Choice) -> Problem:
    """The problem with the sites alone that a choice serves."""
    if not choice.unserved:
        return case.problem
    return only(case.problem, (case.sites[column.site].site.id for column in choice.columns))
