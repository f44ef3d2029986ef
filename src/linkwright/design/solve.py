"""The design core's one question: the cheapest true design for a problem, with a proof, or why there is none.

compile and screen           case, screen, coupling
each site alone              columns
all sites together           optimise (only if they compete for something)
why not, and what instead    explain, least
other good designs           alternatives, front, thresholds
is it true?                  check
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.alone import Alone, cheapest_of_each
from linkwright.design.alternatives import THRESHOLDS, pareto
from linkwright.design.ask import EXPLAINED_SITES, never
from linkwright.design.case import Case
from linkwright.design.cheapest import cheapest, gap_of, true_design
from linkwright.design.choice import MOST_SITES, Choice, Objective, Optimum
from linkwright.design.combined import changed, cheapest_combination, crowded_combination, of_one_change
from linkwright.design.crowd import MANY, Crowd
from linkwright.design.explain import all_to_change, why_not
from linkwright.design.front import Found, Front
from linkwright.design.least import Least, constraints_of, least_value
from linkwright.design.lesser import lesser_demands
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Alternative, Combination, Figure, GoalKind, Outcome, Problem, Reason, Relaxation
from linkwright.design.optimise import is_feasible, optimise
from linkwright.design.relaxed import Value, with_value
from linkwright.design.screen import NOTHING_DROPPED
from linkwright.design.stopping import StoppableSearch
from linkwright.design.structures import different

LABELS_APART = 8_000
"""Labels of one search of a site, where items are to be kept apart."""
COMBINED_SITES = 30
"""With more sites than these together no combination of changes is looked for in a partial answer."""


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
        clock: monotonic seconds; only its differences matter. Nothing but guards and `elapsed_s` depends on it.
    Raises:
        UntrueDesign: the verifier refuses the design that was found (never seen; it would be a mistake in here).
    """
    question = _Question(problem, replace(limits or Limits(), seconds=time_limit_s), on_round, clock, stop)
    outcome = question.most(explained) if serve == "most" else question.all()
    if relax:
        outcome = replace(outcome, relaxations=question.relaxations())
    if relax and outcome.unserved:
        outcome = replace(outcome, combinations=question.combinations_of_unserved(outcome.relaxations))
    elif relax and outcome.status == "infeasible" and not outcome.relaxations:
        outcome = replace(outcome, combinations=question.combinations())
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
        self.remedies: dict[str, tuple[Problem, Least]] = {}
        """By constraint: what would be enough, and the problem that is to be feasible then."""
        self.blamed: list[str] = []
        self.left_out: list[tuple[str, Problem]] = []
        """Who is explained by himself, with the problem that is to be feasible."""
        self.front: Front | None = None
        self.crowd: Crowd | None = None

    def all(self) -> Outcome:
        """Every site, or the reasons why not."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        stuck = [site.site.id for site, (bound, _) in zip(self.case.sites, alone, strict=True) if bound == inf]
        if stuck:
            return self._infeasible([(self._only([site_id]), self.problem) for site_id in stuck])
        optimum = cheapest(self.case, search, alone, self._progress)
        if optimum.is_settled:
            search.forget_all_but(())
        if optimum.choice is not None:
            return self._feasible(self.case, optimum.choice, optimum, search, alone)
        if not optimum.is_settled:
            return Outcome(status="unknown")
        if len(self.problem.sites) > MANY and not self.problem.apart:
            self.crowd = Crowd.of(self.case, search, alone, optimum.pool)
            self.crowd.lean_on(optimum.core)
        return self._infeasible([(self.problem, self.problem)])

    def most(self, explained: int) -> Outcome:
        """As many sites as possible, then at the least cost; reasons for those that are left out."""
        search = self._search()
        alone = cheapest_of_each(self.case, search)
        able = [n for n, (_, column) in enumerate(alone) if column is not None]
        case = self.case
        if 0 < len(able) < len(alone):
            case = Case(self._only([case.sites[n].site.id for n in able]), self.graph)
            alone = cheapest_of_each(case, search)
        optimum = cheapest(case, search, alone, self._progress) if able else Optimum(None, inf)
        if able and optimum.choice is None:
            optimum = self._fewest_left_out(case, search)
        columns = () if optimum.choice is None else optimum.choice.columns
        served = {case.sites[column.site].site.id for column in columns}
        left = [site.id for site in self.problem.sites if site.id not in served]
        hopeless = all(bound == inf for bound, _ in alone)
        outcome = Outcome(status="infeasible" if hopeless else "unknown")
        if optimum.choice is not None and served:
            outcome = self._feasible(case, optimum.choice, optimum, search)
        stuck = {site.site.id for n, site in enumerate(self.case.sites) if n not in set(able)}
        crowded = [site_id for site_id in left if site_id not in stuck][:explained]
        asked = [(self._only([site_id]), self._only([*served, site_id])) for site_id in left if site_id in stuck]
        for site_id in crowded:
            together = self._only([*served, site_id])
            asked.append((together, together))
        told = [site_id for site_id in left if site_id in stuck] + crowded
        self.left_out = [(site_id, wanted) for site_id, (_, wanted) in zip(told, asked, strict=True)]
        return replace(outcome, unserved=tuple(left), reasons=self._explain(asked))

    def combinations(self) -> tuple[Combination, ...]:
        """The cheapest changes of several constraints that serve every site."""
        blamed = tuple(dict.fromkeys(self.blamed))
        if self.crowd is not None and self.crowd.names.issuperset(blamed):
            self.crowd.search = self._search()
            if all(self.crowd.is_even(constraint) for constraint in blamed):
                crowded = crowded_combination(self.crowd, blamed)
                return () if crowded is None else (crowded,)
        search = self._search()
        needed = all_to_change(self.problem, self.graph, blamed, search)
        found = cheapest_combination(self.problem, self.graph, needed, search) if len(needed) > 1 else None
        return () if found is None else (found,)

    def combinations_of_unserved(self, relaxations: Sequence[Relaxation]) -> tuple[Combination, ...]:
        """For each site that is left out, and that no single change of its own would serve, the cheapest together.

        The others are served as well; they may be designed otherwise then.
        """
        found: list[Combination | None] = []
        helpful, search = {relaxation.constraint for relaxation in relaxations}, self._search()
        for site_id, wanted in self.left_out:
            own = [one for one in constraints_of(wanted, self.graph) if one.startswith(f"site:{site_id}/")]
            if not helpful.isdisjoint(own):
                continue
            if len(wanted.sites) > COMBINED_SITES:
                self.guards.add("combinations")
                break
            found.append(cheapest_combination(wanted, self.graph, own, search))
        return tuple(combination for combination in found if combination is not None)

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

    def relaxations(self) -> tuple[Relaxation, ...]:
        """For each constraint that alone would help, the best design under its least generous value."""
        search = self._search()
        for site_id, wanted in self.left_out:
            if len(wanted.sites) <= COMBINED_SITES:
                for constraint, least in lesser_demands(wanted, self.graph, site_id, self.remedies, search):
                    self.remedies[constraint] = wanted, least
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

    def _feasible(
        self, case: Case, choice: Choice, optimum: Optimum, search: Search, alone: Sequence[Alone] = ()
    ) -> Outcome:
        """The best design of the sites that this choice serves: the cheapest, or the cheapest of the best figure."""
        problem = _served_by(case, choice)
        self.front = Front(problem, self.graph, search, alone=[(inf, 0.0, case, alone)])
        if case.problem is problem:
            self.front.cases[inf] = case
        found, bound = self.front.add(problem, case, choice, optimum), optimum.bound
        if self.problem.goal.kind in THRESHOLDS:
            is_proved, found = THRESHOLDS[self.problem.goal.kind](self.front)
            bound = found.bound if is_proved else 0.0
        return Outcome(
            status="optimal" if bound >= found.value else "feasible",
            design=found.design,
            verdict=found.verdict,
            cost_minor=found.verdict.cost_minor,
            bound_minor=min(bound, float(found.value)),
            gap=gap_of(found.value, bound),
            figure=_figure(self.problem.goal.kind, found),
        )

    def _infeasible(self, asked: Sequence[tuple[Problem, Problem]]) -> Outcome:
        (first, wanted), *others = asked
        if not others and len(first.sites) <= EXPLAINED_SITES:
            self.left_out = [(site.id, wanted) for site in first.sites]
        return Outcome(status="infeasible", reasons=self._explain(asked))

    def _explain(self, asked: Sequence[tuple[Problem, Problem]]) -> tuple[Reason, ...]:
        """The reasons of each infeasible problem; the second of a pair is the one that a remedy must make feasible."""
        search = self._search()
        reasons: list[Reason] = []
        for infeasible, wanted in asked:
            if self.crowd is not None:
                self.crowd.search = search
            why = why_not(infeasible, wanted, self.graph, search, self.crowd)
            reasons += why.reasons
            self.blamed += why.blamed
            for constraint, least in why.least.items():
                self.remedies.setdefault(constraint, (wanted, least))
        return tuple(dict.fromkeys(reasons))

    def _relaxation(self, constraint: str, wanted: Problem, least: Least, search: Search) -> Relaxation | None:
        """The design that the remedy makes possible; where more is needed than the site alone asked for, with that."""
        value, crowd = least.value, self.crowd
        if crowd is not None and wanted is crowd.problem and constraint in crowd.names:
            crowd.search = search
            if crowd.is_even(constraint):
                made = changed(crowd, {constraint: least})
                return None if made is None else of_one_change(made)
            search = crowd.few_steps()
        elif is_feasible(with_value(wanted, constraint, value), self.graph, NOTHING_DROPPED, search) is not True:
            enough = self._enough_for_all(constraint, wanted, search)
            if enough is None:
                return None
            value = enough
        relaxed = with_value(wanted, constraint, value)
        case = Case(relaxed, self.graph)
        optimum = cheapest(case, search)
        if optimum.choice is None:
            return None
        design, verdict = true_design(relaxed, case, optimum.choice)
        return Relaxation(
            constraint=constraint,
            value=value,
            cost_minor=verdict.cost_minor,
            gap=gap_of(optimum.choice.value, optimum.bound),
            design=design,
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


def _served_by(case: Case, choice: Choice) -> Problem:
    """The problem with the sites alone that a choice serves."""
    if not choice.unserved:
        return case.problem
    served = {column.site for column in choice.columns}
    sites = tuple(own.site for own in case.sites if own.index in served)
    return replace(case.problem, sites=sites)
