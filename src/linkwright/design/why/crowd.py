"""Many items that compete: questions with some of what they share set aside, raised, or exceeded as little as can be.

What each item asks for itself stays as it is, so all questions share one case: its columns, once found, serve again,
and so do the proofs and the designs. A proof leans on the limits that have a price in it, and holds while these do.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from math import inf

from linkwright.design.choice.alone import Alone, cheapest_of_each
from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.cheapest import carried
from linkwright.design.choice.choice import (
    CHEAPEST,
    MOST_SITES,
    Choice,
    Core,
    Objective,
    Optimum,
    broken_rows,
    worth_of,
)
from linkwright.design.choice.floors import floors_of
from linkwright.design.choice.optimise import optimise
from linkwright.design.limits import Search
from linkwright.design.model import Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.why.common import is_rule
from linkwright.design.why.least import Least, least_value
from linkwright.design.why.relaxed import limit_of

MANY = 20
"""Of more items than this no rule of one by itself is blamed: what they ask is taken as given."""
FEW_NODES = 2_000
"""Of the integer programme where the very best is not needed."""
FEW_COLUMNS = 100
FREE = 1 << 60
"""A limit that nothing reaches."""

More = Mapping[str, int]
"""By how much common limits are raised; FREE where they are set aside."""


@dataclass(slots=True)
class Crowd:
    """What was asked about one problem, and what is known from it."""

    case: Case
    search: Search
    alone: Sequence[Alone]
    names: frozenset[str]
    """Every common limit that could be broken."""
    pool: dict[Column, None] = field(default_factory=dict)
    proofs: list[Core] = field(default_factory=list)
    designs: list[tuple[Column, ...]] = field(default_factory=list)
    """Of all items, whatever limits they break."""
    stuck: int = 0
    """So many items the proof leans on that leans on fewest."""
    apart_from: dict[frozenset[str], "Crowd"] = field(default_factory=dict)
    """The same without some meetings: where members may end is no limit that could be raised."""

    @classmethod
    def of(cls, case: Case, search: Search, alone: Sequence[Alone] = (), pool: Iterable[Column] = ()) -> "Crowd":
        """`alone` and `pool` are what was found for this case already.

        Where a limit leaves something out because even one item alone would break it, the case is made anew without.
        """
        names = frozenset(row.constraint for row in case.coupling.rows if row.constraint)
        if case.too_small & names:
            free = Case(case.problem, case.graph, case.dropped, elastic=names)
            case, pool, alone = free, carried(case, pool, free), ()
        else:
            case = copy(case)
            limits = zip(case.coupling.rows, case.hard_limit, strict=True)
            case.hard_limit = [inf if row.constraint in names else limit for row, limit in limits]
        floors_of(case)
        crowd = cls(case, search, alone or cheapest_of_each(case, search), names, dict.fromkeys(pool))
        columns = tuple(column for _, column in crowd.alone if column is not None)
        crowd.pool.update(dict.fromkeys(columns))
        if len(columns) == len(case.sites):
            crowd.designs.append(columns)
        return crowd

    @property
    def problem(self) -> Problem:
        return self.case.problem

    def is_feasible(self, aside: Collection[str]) -> bool | None:
        """Whether everything is served with these limits set aside; None where a guard left it open."""
        meetings = _meetings(aside)
        if meetings:
            return self._without(meetings).is_feasible(set(aside) - meetings)
        if self.core(aside) is not None:
            return False
        return self._served(dict.fromkeys(aside, FREE)) is not None or (None if self.core(aside) is None else False)

    def fails(self, aside: Collection[str]) -> bool:
        return self.is_feasible(aside) is False

    def core(self, aside: Collection[str]) -> frozenset[str] | None:
        """The limits of that proof."""
        proof = self.proof(aside)
        return None if proof is None else proof.constraints

    def proof(self, aside: Collection[str]) -> Core | None:
        """Of the known proofs that hold without these limits the shortest."""
        meetings = _meetings(aside)
        if meetings:
            return self._without(meetings).proof(set(aside) - meetings)
        proofs = (proof for proof in self.proofs if proof.constraints.isdisjoint(aside))
        return min(proofs, key=lambda proof: len(proof.constraints), default=None)

    def lean_on(self, core: Core | None, unpriced: Iterable[str] = ()) -> None:
        """A proof that the problem as it is cannot be served.

        It leans on limits, too, that left something out before there were prices, and on every meeting.
        """
        core = core or Core(tuple(range(len(self.case.sites))), self.names)
        self.stuck = min(len(core.sites), self.stuck or len(core.sites))
        constraints = core.constraints.union(unpriced, _meetings(self.names)) & self.names
        self.proofs.append(replace(core, constraints=constraints))

    def _without(self, meetings: frozenset[str]) -> "Crowd":
        if meetings not in self.apart_from:
            case = Case(self.problem, self.case.graph, self.case.dropped | meetings)
            self.apart_from[meetings] = Crowd.of(case, self.search)
        crowd = self.apart_from[meetings]
        crowd.search = self.search
        return crowd

    def is_even(self, constraint: str) -> bool:
        """Whether it is one number on every day, so that it can be raised."""
        return self._even_limit(constraint) is not None

    def least(self, constraint: str, more: More) -> Least | None:
        """The least number that would do for one limit while others are raised; None where none does, or is known."""
        if is_rule(constraint) or self.search.is_over():
            return None
        meetings = _meetings(more)
        if meetings:
            others = {one: raised for one, raised in more.items() if one not in meetings}
            return self._without(meetings).least(constraint, others)
        limit = self._even_limit(constraint)
        if limit is None:
            return self._least_uneven(constraint, more)
        closest = self.closest(constraint, more)
        if closest.choice is None:
            return None
        if not closest.is_settled:
            self.search.guards.add(f"least {constraint}")
        return self._with_more(constraint, limit, closest.choice.value)

    def _with_more(self, constraint: str, limit: int, more: int) -> Least | None:
        today = limit if constraint.startswith("link:") else limit_of(self.problem, constraint)
        return None if today is None else Least(int(today) + more, today)

    def raised_to(self, constraint: str, more: int) -> Least | None:
        """A limit that is raised by so much; None where that is not one number."""
        limit = self._even_limit(constraint)
        return None if limit is None else self._with_more(constraint, limit, more)

    def closest(self, constraint: str, more: More) -> Optimum:
        """What exceeds one limit least while others are raised, counted by the same number on every day."""
        start = self._served({**more, constraint: FREE})
        if start is None:
            return Optimum(None, inf)
        found = self._soon(self._raised(more), Objective(scale=0, elastic=constraint), Choice(start, (), 0))
        if found.choice is not None:
            self.designs.append(found.choice.columns)
        return found

    def served(self, aside: Iterable[str]) -> Sequence[Column] | None:
        """Some design of all items with these limits set aside; None where there is none, or none was found."""
        return self._served(dict.fromkeys(aside, FREE))

    def _least_uneven(self, constraint: str, more: More) -> Least | None:
        """The same where there is another limit on other days; that takes cases of its own."""
        if any(raised != FREE for raised in more.values()):
            return None
        soon = self.few_steps()
        least = least_value(self.problem, self.case.graph, constraint, frozenset(more), soon)
        if soon.guards:
            self.search.guards.add(f"least {constraint}")
        return least

    def cheapest(self, more: More) -> tuple[Case, Optimum]:
        """The cheapest design that is found without branching while limits are raised."""
        case = self._raised(more)
        columns = self._known(case)
        known = None if columns is None else Choice(columns, (), worth_of(case, columns))
        return case, self._soon(case, CHEAPEST, known)

    def _served(self, more: More) -> tuple[Column, ...] | None:
        """Some design of all items; where there is none, the proof of it is kept if only whole limits are aside."""
        case, before = self._raised(more), set(self.search.guards)
        known = self._known(case)
        if known is not None or self.search.is_over():
            return known
        found = self._ask(case, MOST_SITES, None, enough=1)
        if found.choice is not None and not found.choice.unserved:
            self.designs.append(found.choice.columns)
            self.search.forget_all_but(before)
            return found.choice.columns
        if found.bound > 0 and all(raised == FREE for raised in more.values()):
            self.lean_on(found.core or Core(tuple(range(len(self.case.sites))), self.names - set(more)))
        if found.bound > 0:
            self.search.forget_all_but(before)
        return None

    def _ask(self, case: Case, objective: Objective, start: Choice | None, enough: float = inf) -> Optimum:
        known, seeds = self.alone, tuple(self.pool)
        optimum = optimise(case, objective, self.search, seeds=seeds, enough=enough, incumbent=start, alone=known)
        self.pool.update(dict.fromkeys(optimum.pool))
        return optimum

    def _soon(self, case: Case, objective: Objective, start: Choice | None) -> Optimum:
        """What is found without branching."""
        search = self.search
        self.search = self.few_steps()
        optimum = self._ask(case, objective, start)
        self.search = search
        return optimum

    def few_steps(self) -> Search:
        """For what need not be the very best."""
        limits = self.search.limits
        limits = replace(limits, branches=0, nodes=min(limits.nodes, FEW_NODES), columns_a_site=FEW_COLUMNS)
        return replace(self.search, limits=limits, guards=set())

    def _known(self, case: Case) -> tuple[Column, ...] | None:
        good = (columns for columns in reversed(self.designs) if not broken_rows(case, columns))
        return min(good, key=lambda columns: worth_of(case, columns), default=None)

    def _raised(self, more: More) -> Case:
        """The same case with other limits: its columns are the same."""
        case, coupling = copy(self.case), copy(self.case.coupling)
        crowds = {row for rows in coupling.crowds.values() for _, row, _ in rows}
        coupling.rows = [
            replace(row, limit=FREE if number in crowds else min(FREE, row.limit + more[row.constraint]))
            if row.constraint in more
            else row
            for number, row in enumerate(coupling.rows)
        ]
        case.coupling = coupling
        return case

    def _even_limit(self, constraint: str) -> int | None:
        """What a limit is on every day; None where that is more than one number, or an augment makes room as well."""
        coupling = self.case.coupling
        rows, limits = coupling.rows_of(constraint), coupling.limits_of(constraint)
        has_room = any(amount < 0 and row in rows for opening in coupling.openings for row, amount in opening.uses)
        return limits.pop() if len(limits) == 1 and not has_room else None


def _meetings(constraints: Iterable[str]) -> frozenset[str]:
    return frozenset(one for one in constraints if one.startswith("meet:"))


def crowd_of(problem: Problem, graph: Graph, search: Search) -> Crowd | None:
    """None where there are few items, or some are kept apart: what these take is known only once they are designed."""
    if len(problem.sites) <= MANY or problem.apart:
        return None
    return Crowd.of(Case(problem, graph), search)
