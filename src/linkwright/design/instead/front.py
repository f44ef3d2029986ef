"""What was asked and found of one problem: the cheapest design under each threshold of start and availability, every
question helped by what others have found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

from linkwright.design.choice.alone import Alone, cheapest_by, cheapest_of_each
from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import carried, cheapest, gap_of, true_design
from linkwright.design.choice.choice import Choice, Optimum, broken_rows, worth_of
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.parts import Column
from linkwright.design.choice.prices import Prices
from linkwright.design.instead.thresholds import Best, Reach, last_day, least_availability, narrowed, start_day
from linkwright.design.limits import Search
from linkwright.design.model import Design, Problem, Site, Verdict
from linkwright.design.routes.graph import Graph
from linkwright.design.units import AVAILABILITY_TOLERANCE
from linkwright.design.verify.legs import AlreadyFollowed

ROUNDING = 1e-13
"""By so much less than an availability of the search the verifier may find, who adds up in another order."""


@dataclass(frozen=True, eq=False)
class Found:
    """A true design of a problem with its three figures; `bound` is proved for the threshold that it was found under.

    `by_day` is the threshold of its start, `pool` are the columns that were looked at on the way, `followed` is what
    the verifier knows of items, `sooner` the problem by days that designs were asked about.
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
    followed: AlreadyFollowed
    sooner: dict[int, Problem]

    @cached_property
    def start_day(self) -> int:
        """Some more checks: most who ask for a design never ask for this."""
        return start_day(self.problem, self.design, self.verdict, self.by_day, self.followed, self.sooner)

    @property
    def key(self) -> tuple[int, int, float]:
        return self.value, self.start_day, -self.availability

    def meets(self, day: float, availability: float) -> bool:
        is_available = self.availability >= availability - AVAILABILITY_TOLERANCE
        return is_available and (day == inf or self.start_day <= day)

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
    stuck: dict[str, None] = field(default_factory=dict)
    """Items that had no design of their own under some threshold."""
    cases: dict[float, Case] = field(default_factory=dict)
    """By day the case without any threshold of availability."""
    pools: dict[float, tuple[int, dict[Column, None], dict[Column, None]]] = field(default_factory=dict)
    """By day of how many designs which columns were looked at, and those that its case knows from them."""
    followed: AlreadyFollowed = field(default_factory=dict)
    """What the verifier knows of items."""
    sooner: dict[int, Problem] = field(default_factory=dict)
    """The problem by days that designs were asked about."""

    @property
    def is_over(self) -> bool:
        return self.searched >= self.most or self.search.is_over()

    def add(self, problem: Problem, case: Case, choice: Choice, optimum: Optimum) -> Found:
        """A choice that the search has found for `problem`, which is this one or a narrower one."""
        design, verdict = true_design(problem, case, choice, self.followed)
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
            followed=self.followed,
            sooner=self.sooner,
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
        if self.is_stuck(day, availability):
            return None
        problem = narrowed(self.problem, day, availability)
        case = self._case(day).raised(problem)
        if self._note_stuck(case, self._alone(case, day, availability), day, availability):
            return None
        alone = self.alone[-1][-1]
        optimum = self._searched(case, self._seeds(case, day, availability), known, max(bound, 0.0), alone)
        bound = max(bound, optimum.bound)
        self.bounds.append((day, availability, bound))
        if optimum.choice is not None and (known is None or optimum.choice.value < known.value):
            return self.add(problem, case, optimum.choice, replace(optimum, bound=bound))
        return known

    def most_of_each(self) -> Mapping[str, float]:
        """By item the highest availability of a design that is known for it alone."""
        most: dict[str, float] = {}
        for one in self.found:
            columns = sorted((*one.pool, *one.choice.columns), key=lambda column: -column.availability)
            for column in columns:
                name = one.case.sites[column.site].site.id
                if column.availability > most.get(name, -1.0) and not broken_rows(one.case, (column,)):
                    most[name] = column.availability
        return most

    def reaching(self) -> Reach:
        """Tells of an item by itself what it reaches, where the case of all items knows."""
        case = self._case(inf)
        places, prices = {own.site.id: own for own in case.sites}, Prices(case)

        def reach(site: Site, wanted: float) -> Best | None:
            more = replace(site, min_availability=max(site.min_availability, wanted))
            own = case.raised_site(places[site.id], more)
            bound, column = cheapest_column(case, own, prices, self.search.effort())
            if column is None or broken_rows(case, (column,)):
                return Best(None, True) if bound == inf else None
            self.alone.append((inf, wanted, case, [(bound, column)]))
            return Best(column.availability - ROUNDING, True)

        return reach

    def is_stuck(self, day: float, availability: float = 0.0) -> bool:
        """Whether the case of a later day, without the accesses that are not there yet, has no design for some item.

        Nothing is asked where the day has a case of its own. What is found of the others is known for the day, too.
        """
        if day in self.cases or self.is_impossible(day, availability):
            return self.is_impossible(day, availability)
        later = min((other for other in self.cases if other >= day), default=inf)
        case = self._case(later).raised(narrowed(self.problem, later, availability))
        alone = cheapest_by(case, self.search, self._known(case, day, availability), day)
        self.alone.append((day, availability, case, alone))
        return self._note_stuck(case, alone, day, availability)

    def _note_stuck(self, case: Case, alone: Sequence[Alone], day: float, availability: float) -> bool:
        stuck = [site.site.id for site, (own, _) in zip(case.sites, alone, strict=False) if own == inf]
        if stuck:
            self.stuck |= dict.fromkeys(stuck)
            self.bounds.append((day, availability, inf))
        return bool(stuck)

    def _case(self, day: float) -> Case:
        if day not in self.cases:
            later = min((other for other in self.cases if other >= day), default=None)
            known = None if later is None else self.cases[later]
            self.cases[day] = Case(narrowed(self.problem, day), self.graph, later=known)
        return self.cases[day]

    def _searched(
        self, case: Case, seeds: Sequence[Column], known: Found | None, floor: float, alone: Sequence[Alone]
    ) -> Optimum:
        """The best choice; where it need not be the very best, branching is left for a gap that is too large.

        None where what is known is near enough to the bound.
        """
        incumbent = None if known is None else self._choice(known, case)
        if self.close:
            limits = replace(self.search.limits, branches=0)
            soon = replace(self.search, limits=limits, guards=set())
            enough = inf if known is None else (1 - self.close) * known.value
            optimum = cheapest(case, soon, alone, seeds=seeds, incumbent=incumbent, floor=floor, enough=enough)
            best = min((one.value for one in (optimum.choice, known) if one is not None), default=None)
            if optimum.is_settled or (best is not None and gap_of(best, optimum.bound) <= self.close):
                return optimum
            seeds, incumbent, floor = optimum.pool, optimum.choice, max(floor, optimum.bound)
        return cheapest(case, self.search, alone, seeds=seeds, incumbent=incumbent, floor=floor)

    def _alone(self, case: Case, day: float, availability: float) -> Sequence[Alone]:
        alone = cheapest_of_each(case, self.search, self._known(case, day, availability))
        self.alone.append((day, availability, case, alone))
        return alone

    def _known(self, case: Case, day: float, availability: float) -> Mapping[int, Alone]:
        """Of each item by itself: its cheapest design under looser thresholds is that of tighter ones that it keeps."""
        known: dict[int, Alone] = {}
        for d, a, looser, found in reversed(self.alone):
            if d >= day and a <= availability:
                good = {
                    c: bound
                    for bound, c in found
                    if c is not None and c.site not in known and _keeps(c, day, availability)
                }
                bounds = {column.site: bound for column, bound in good.items()}
                for same in carried(looser, good, case):
                    known.setdefault(same.site, (bounds[same.site], same))
        return known

    def _seeds(self, case: Case, day: float, availability: float) -> list[Column]:
        """What was looked at for the same day, or last for another, and all that was ever chosen, if it is kept."""
        count, seen, pool = self.pools.get(day, (0, {}, {}))
        for one in self.found[count:]:
            has_pool = one is self.found[-1] or one.case.coupling is case.coupling
            columns = dict.fromkeys((*one.pool, *one.choice.columns) if has_pool else one.choice.columns)
            fresh = [column for column in columns if column.ready_day <= day and column not in seen]
            seen |= dict.fromkeys(fresh)
            pool |= dict.fromkeys(carried(one.case, fresh, self.cases[day]))
        self.pools[day] = len(self.found), seen, pool
        return [c for c in pool if _keeps(c, day, availability) and case.sites[c.site].allows(c)]

    def _choice(self, one: Found, case: Case) -> Choice | None:
        """A known design as a choice of another case."""
        columns = tuple(carried(one.case, one.choice.columns, case))
        if len(columns) < len(case.sites) or broken_rows(case, columns):
            return None
        return Choice(columns, (), worth_of(case, columns))


def _keeps(column: Column, day: float, availability: float) -> bool:
    return column.ready_day <= day and column.availability >= availability - AVAILABILITY_TOLERANCE
