"""Designs of which none beats another in cost, start and availability at once: the best under one threshold after
the other, each question helped by what the looser ones have found (epsilon-constraint; Haimes, Lasdon and Wismer 1971).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

from linkwright.design.alone import Alone, cheapest_of_each
from linkwright.design.case import Case
from linkwright.design.cheapest import carried, cheapest, gap_of, true_design
from linkwright.design.choice import Choice, Optimum, broken_rows, worth_of
from linkwright.design.graph import Graph
from linkwright.design.limits import Search
from linkwright.design.model import Alternative, Design, Problem, Verdict
from linkwright.design.parts import Column
from linkwright.design.thresholds import (
    FINER,
    decisive_days,
    earliest,
    last_day,
    least_availability,
    most_available,
    most_of_each,
    narrowed,
    no_earlier_than,
    start_day,
)
from linkwright.design.units import AVAILABILITY_TOLERANCE

FEW_ITEMS = 30
"""Up to so many items the questions go on between the points of the grid, and every one is answered exactly."""
CLOSE = 0.005
"""For more items a known design whose gap is not larger needs no further search."""
DAYS = 4
"""So many days make the grid, with three availabilities each."""
ROLES = ("cheapest", "earliest", "mostAvailable", "balanced")


@dataclass(frozen=True, eq=False)
class Found:
    """A true design of a problem with its three figures; `bound` is proved for the threshold that it was found under.

    `by_day` is the threshold of its start, `pool` are the columns that were looked at on the way.
    """

    problem: Problem
    by_day: int
    case: Case
    choice: Choice
    pool: tuple[Column, ...]
    design: Design
    verdict: Verdict
    value: int
    availability: float
    bound: float

    @cached_property
    def start_day(self) -> int:
        """Some whole checks: most who ask for a design never ask for this."""
        return start_day(self.problem, self.design, self.by_day)

    @property
    def key(self) -> tuple[int, int, float]:
        return self.value, self.start_day, -self.availability

    def meets(self, day: float, availability: float) -> bool:
        return self.start_day <= day and self.availability >= availability - AVAILABILITY_TOLERANCE

    def beats(self, other: "Found") -> bool:
        """Whether it is no worse in anything and better in something; who is equal and came first wins, too."""
        return (
            self.value <= other.value
            and self.start_day <= other.start_day
            and self.availability >= other.availability - AVAILABILITY_TOLERANCE
        )


@dataclass(slots=True)
class Front:
    """What was asked and found of one problem."""

    problem: Problem
    graph: Graph
    search: Search
    most: int = 2
    """So many questions are answered by a search at most."""
    close: float = 0.0
    searched: int = 0
    found: list[Found] = field(default_factory=list)
    bounds: list[tuple[float, float, float]] = field(default_factory=list)
    """Day, availability, and a bound for everything that is as early and as available."""
    alone: list[tuple[float, float, Case, Sequence[Alone]]] = field(default_factory=list)
    """Day, availability, and what each item by itself costs then."""

    @property
    def is_over(self) -> bool:
        return self.searched >= self.most or self.search.is_over()

    def add(self, problem: Problem, case: Case, choice: Choice, optimum: Optimum) -> Found:
        """A choice that the search has found for `problem`, which is this one or a narrower one."""
        design, verdict = true_design(problem, case, choice)
        found = Found(
            problem=self.problem,
            by_day=last_day(problem),
            case=case,
            choice=choice,
            pool=optimum.pool,
            design=design,
            verdict=verdict,
            value=choice.value,
            availability=least_availability(verdict),
            bound=optimum.bound,
        )
        self.found.append(found)
        if problem is self.problem:
            self.bounds.append((inf, 0.0, optimum.bound))
        return found

    def bound(self, day: float, availability: float) -> float:
        """What every design by a day and at an availability counts at least, as far as that was asked."""
        return max((b for d, a, b in self.bounds if d >= day and a <= availability), default=-inf)

    def is_impossible(self, day: float = inf, availability: float = 0.0) -> bool:
        return self.bound(day, availability) == inf

    def best(self, day: float = inf, availability: float = 0.0) -> Found | None:
        """The cheapest that is known by a day and at an availability."""
        return min((one for one in self.found if one.meets(day, availability)), key=lambda one: one.key, default=None)

    def ask(self, day: float = inf, availability: float = 0.0) -> Found | None:
        """The cheapest design by a day and at an availability; None where there is none, or none was found."""
        bound = self.bound(day, availability)
        known = self.best(day, availability)
        if bound == inf or self.is_over or (known is not None and gap_of(known.value, bound) <= self.close):
            return known
        self.searched += 1
        problem = narrowed(self.problem, day, availability)
        case = Case(problem, self.graph)
        alone = self._alone(case, day, availability)
        optimum = self._searched(case, self._seeds(case, day, availability), known, max(bound, 0.0), alone)
        bound = max(bound, optimum.bound)
        self.bounds.append((day, availability, bound))
        if optimum.choice is not None and (known is None or optimum.choice.value < known.value):
            return self.add(problem, case, optimum.choice, replace(optimum, bound=bound))
        return known

    def _searched(
        self, case: Case, seeds: Sequence[Column], known: Found | None, floor: float, alone: Sequence[Alone]
    ) -> Optimum:
        """The best choice; where it need not be the very best, branching is left for a gap that is too large."""
        incumbent = None if known is None else self._choice(known, case)
        if self.close:
            limits = replace(self.search.limits, branches=0)
            soon = replace(self.search, limits=limits, guards=set())
            optimum = cheapest(case, soon, alone, seeds=seeds, incumbent=incumbent, floor=floor)
            if optimum.is_settled or (optimum.choice and gap_of(optimum.choice.value, optimum.bound) <= self.close):
                return optimum
            seeds, incumbent, floor = optimum.pool, optimum.choice, max(floor, optimum.bound)
        return cheapest(case, self.search, alone, seeds=seeds, incumbent=incumbent, floor=floor)

    def _alone(self, case: Case, day: float, availability: float) -> Sequence[Alone]:
        """Each item by itself: its cheapest design under looser thresholds is that of tighter ones that it keeps."""
        known: dict[int, Alone] = {}
        for d, a, looser, found in self.alone:
            if d >= day and a <= availability:
                for bound, column in found:
                    if column is not None and column.site not in known and _keeps(column, day, availability):
                        known |= {same.site: (bound, same) for same in carried(looser, (column,), case)}
        alone = cheapest_of_each(case, self.search, known)
        self.alone.append((day, availability, case, alone))
        return alone

    def _seeds(self, case: Case, day: float, availability: float) -> list[Column]:
        """What was looked at for another threshold last and keeps this one, and all that was ever chosen."""
        seeds: list[Column] = []
        for one in self.found:
            pool = one.pool if one is self.found[-1] else ()
            columns = dict.fromkeys((*pool, *one.choice.columns))
            good = (column for column in columns if _keeps(column, day, availability))
            seeds += carried(one.case, good, case)
        return seeds

    def _choice(self, one: Found, case: Case) -> Choice | None:
        """A known design as a choice of another case."""
        columns = tuple(carried(one.case, one.choice.columns, case))
        if len(columns) < len(case.sites) or broken_rows(case, columns):
            return None
        return Choice(columns, (), worth_of(case, columns))


def _keeps(column: Column, day: float, availability: float) -> bool:
    return column.ready_day <= day and column.availability >= availability - AVAILABILITY_TOLERANCE


def _at_first(front: Front) -> tuple[bool, Found]:
    """The cheapest of the earliest designs, and whether it is proved that none is earlier."""
    found = front.ask(day=no_earlier_than(front.problem))
    if found is not None:
        return True, found
    best = earliest(front.problem, front.graph, front.search)
    found = None if best.value is None else front.ask(day=best.value)
    return best.is_proved and found is not None, found or front.found[0]


def _at_top(front: Front) -> tuple[bool, Found]:
    """The cheapest of the most available designs, and whether it is proved that none is more available."""
    known = {report.site: report.availability for report in front.found[0].verdict.sites}
    most = most_of_each(front.problem, front.graph, front.search, known)
    found = None if most.value is None else front.ask(availability=most.value)
    if found is not None:
        return most.is_proved, found
    fails = most.value if most.value is not None and front.is_impossible(availability=most.value) else inf
    best = most_available(front.problem, front.graph, front.search, fails)
    found = None if best.value is None else front.ask(availability=best.value)
    return best.is_proved and found is not None, found or front.found[0]


THRESHOLDS: Mapping[str, Callable[[Front], tuple[bool, Found]]] = {"date": _at_first, "availability": _at_top}
"""The goals that are a figure first and cost only then."""


def pareto(front: Front, most: int) -> tuple[Alternative, ...]:
    """The designs of the front, cheapest first, with the roles that they play; those that are beaten are left out."""
    front.searched, front.most = 0, most
    _explore(front)
    kept: list[Found] = []
    for one in sorted(front.found, key=lambda one: one.key):
        if not any(other.beats(one) for other in kept):
            kept.append(one)
    roles = _roles(kept)
    return tuple(alternative(one, tuple(role for role in ROLES if roles.get(role) is one)) for one in kept)


def alternative(one: Found, roles: tuple[str, ...]) -> Alternative:
    return Alternative(
        roles=roles,
        cost_minor=one.verdict.cost_minor,
        ready_day=one.start_day,
        availability=one.availability,
        gap=gap_of(one.value, one.bound),
        design=one.design,
        verdict=one.verdict,
    )


def _explore(front: Front) -> None:
    """The ends of each figure first, then a grid between them; for a few items every step, until nothing is open."""
    front.close = 0.0 if len(front.problem.sites) <= FEW_ITEMS else CLOSE
    cheapest_one = front.ask()
    if cheapest_one is None:
        return
    start, top = _at_first(front)[1].start_day, _at_top(front)[1].availability
    days = [day for day in decisive_days(front.problem) if day >= start]
    sooner = [day for day in days if day < cheapest_one.start_day]
    for day, availability in _grid(sooner, cheapest_one.availability, top):
        front.ask(day, availability)
    if len(front.problem.sites) <= FEW_ITEMS:
        for day in (inf, *reversed(days)):
            _climb(front, day)


def _climb(front: Front, day: float) -> None:
    """By one day: each time the cheapest that is more available than the last one."""
    one = front.ask(day)
    while one is not None and not front.is_over:
        one = front.ask(day, one.availability + FINER)


def _grid(days: Sequence[int], least: float, top: float) -> Iterator[tuple[float, float]]:
    """(No later than, at least so available): the corners first, then from loose to tight.

    So what lies between two questions with the same answer is known without a search.
    """
    chosen: list[float] = [*_spread(days, DAYS - 1), inf]
    steps = [0.0]
    if top > least + FINER:
        steps += [1 - ((1 - least) * max(1 - top, (1 - least) / 100)) ** 0.5, top]
    corners = [(chosen[0], 0.0), (inf, steps[-1]), (chosen[0], steps[-1])]
    yield from dict.fromkeys([*corners, *((day, step) for day in reversed(chosen) for step in steps)])


def _spread(days: Sequence[int], count: int) -> list[int]:
    """The first of these days and others at even distances in their row."""
    if len(days) <= count:
        return list(days)
    return [days[place * len(days) // count] for place in range(count)]


def _roles(kept: Sequence[Found]) -> dict[str, Found]:
    if not kept:
        return {}
    return {
        "cheapest": min(kept, key=lambda one: one.key),
        "earliest": min(kept, key=lambda one: (one.start_day, *one.key)),
        "mostAvailable": min(kept, key=lambda one: (-one.availability, *one.key)),
        "balanced": min(kept, key=lambda one: (_worst(one, kept), *one.key)),
    }


def _worst(one: Found, kept: Sequence[Found]) -> float:
    """The figure in which a design is worst, from 0 (the best of all) to 1 (the worst)."""
    figures = list(zip(*(other.key for other in kept), strict=True))
    return max(
        (own - min(all_of)) / (max(all_of) - min(all_of)) if max(all_of) > min(all_of) else 0.0
        for own, all_of in zip(one.key, figures, strict=True)
    )
