"""The best choice of columns with a proved bound: column generation, integer choice, branching on what is opened."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

from linkwright.design.choice.alone import Alone, cheapest_alone, cheapest_of_each, fitting_alone
from linkwright.design.choice.branching import FRACTION, close
from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import MOST_SITES, Choice, Core, Objective, Optimum, Proof, broken_rows
from linkwright.design.choice.growing import Growing, Progress, silent
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.parting import why_no_room, with_room
from linkwright.design.limits import Search
from linkwright.design.model import Design, Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import Dropped

FEW_LABELS, FEW_ROUNDS = 300, 6
"""So little is tried by price before items kept apart are looked at all together."""


def optimise(
    case: Case,
    objective: Objective,
    search: Search,
    progress: Progress = silent,
    seeds: Sequence[Column] = (),
    enough: float = inf,
    incumbent: Choice | None = None,
    floor: float = 0.0,
    alone: Sequence[Alone] | None = None,
) -> Optimum:
    """The choice of least objective over all columns of all sites, with a proved bound.

    Args:
        seeds: columns that are known already.
        enough: a bound of this height answers the question, whatever the best choice is.
        incumbent: a choice that is known already.
        floor: a bound that is known already.
        alone: what `cheapest_of_each` has found, if that was asked.
    """
    before = set(search.guards)
    optimiser = _Optimiser(case, objective, search, progress, enough)
    optimiser.bound = optimiser.root.bound = floor
    optimum = optimiser.run(seeds, incumbent, alone)
    if optimum.is_settled:
        search.forget_all_but(before)
    return optimum


class Served(NamedTuple):
    """Whether every site can be served, None where a guard left it open; the design if so, what a proof leaned on if
    not."""

    answer: bool | None
    design: Design | None = None
    core: Core | None = None


def is_feasible(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> bool | None:
    """Whether every site can be served, some constraints set aside; None where a guard left it open."""
    return served(problem, graph, dropped, search).answer


def served(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> Served:
    """The same with what tells it."""
    if search.is_over():
        return Served(None)
    before, case = set(search.guards), Case(problem, graph, dropped)
    answer, columns, core = _try_to_serve(case, search)
    if answer is not None:
        search.forget_all_but(before)
    return Served(answer, design_of(case, columns) if answer else None, core)


def _try_to_serve(case: Case, search: Search) -> tuple[bool | None, Sequence[Column], Core | None]:
    if len(case.sites) == 1 and len(case.sites[0].demand.shapes) > 1:
        column = fitting_alone(case, search)
        if column is not None:
            return True, [column], None
    alone = cheapest_of_each(case, search)
    stuck = next((number for number, (bound, _) in enumerate(alone) if bound == inf), None)
    if stuck is not None:
        return False, (), Core((stuck,), frozenset())
    columns = [column for _, column in alone if column is not None]
    if len(columns) == len(alone) and not broken_rows(case, columns):
        return True, columns, None
    if len(case.sites) == 1:
        optimum = cheapest_alone(case, search)
        if optimum is not None:
            best = optimum.choice
            return (False, (), Core((0,), _all_common(case))) if best is None else (True, best.columns, None)
    found = optimise(case, MOST_SITES, search, enough=1)
    if found.choice is not None and not found.choice.unserved:
        return True, found.choice.columns, None
    return (False, (), found.core or _everything(case)) if found.bound > 0 else (None, (), None)


def _all_common(case: Case) -> frozenset[str]:
    return frozenset(row.constraint for row in case.coupling.rows if row.constraint)


def _everything(case: Case) -> Core:
    return Core(tuple(range(len(case.sites))), _all_common(case))


class _Optimiser(Growing):
    why: Core | None = None
    """Why not every site can be served, where a helper has proved that."""

    def run(
        self, seeds: Sequence[Column], incumbent: Choice | None = None, alone: Sequence[Alone] | None = None
    ) -> Optimum:
        first = cheapest_of_each(self.case, self.search) if alone is None else alone
        if self.objective.unserved is None and any(bound == inf for bound, _ in first):
            return Optimum(None, inf)
        if not self._has_room():
            return Optimum(None, self.bound, self.why)
        self._begin(first, seeds, incumbent)
        if self.objective.elastic is not None and self.objective.scale == 0 and self._costs_nothing():
            self.pick()
        if self._is_settled_on_arcs():
            return self._optimum(self.best, self.bound)
        if not self.is_hopeless(self.root):
            self.generate(self.root)
        if self.objective.unserved is None and not self._make_feasible():
            return self._optimum(None, inf)
        if self.bound >= self.enough:
            return self._optimum(None, self.bound)
        if not self.is_hopeless(self.root):
            self.pick()
        if self.best is None and not self._find_any():
            return self._optimum(None, self.bound)
        close(self)
        return self._optimum(self.best, self.bound)

    def _has_room(self) -> bool:
        """Whether it is not known already that items kept apart cannot all be served, if that is an answer."""
        self.why = why_no_room(self.case)
        if self.why is None:
            return True
        if self.objective.unserved is None:
            self.bound = inf
        elif self.objective.scale == 0:
            self.bound = self.root.bound = max(self.bound, float(self.objective.unserved))
        return self.bound < self.enough and self.bound < inf

    def _optimum(self, choice: Choice | None, bound: float) -> Optimum:
        return Optimum(choice, bound, self._core(), tuple(self.master.pool), self._proof())

    def _begin(self, first: Sequence[Alone], seeds: Sequence[Column], incumbent: Choice | None) -> None:
        columns = [column for _, column in first if column is not None]
        penalty = 1000 + 20 * max((column.worth for column in columns), default=0)
        self.start([*columns, *seeds, *(() if incumbent is None else incumbent.columns)], penalty)
        if self.objective.scale and self.objective.unserved is None:
            self.bound = self.root.bound = max(self.bound, float(sum(bound for bound, _ in first)))
        if incumbent is not None:
            value = self.master.value_of(incumbent.columns, incumbent.unserved)
            self.take(Choice(incumbent.columns, incumbent.unserved, value))
        elif self.case.coupling.separated and self.why is None:
            parted = with_room(self.case)
            if parted is not None:
                self.take(Choice(parted, (), self.master.value_of(parted, ())))

    def _is_settled_on_arcs(self) -> bool:
        """Whether nothing is left to ask once items kept apart were looked at all together."""
        if self.is_hopeless(self.root) or not self.case.coupling.separated:
            return False
        from linkwright.design.choice.on_arcs import FEW_ARCS, best_on_arcs, is_suitable  # only where items are apart

        unserved = self.objective.unserved
        serves_all = self.objective.scale == 0 and unserved is not None and self.enough <= unserved
        if not (serves_all and is_suitable(self.case, FEW_ARCS)):
            self._generate_a_little()
            if self.is_hopeless(self.root):
                return True
        found = best_on_arcs(self.case, self.objective, self.search, serves_all=serves_all)
        if found is None:
            return False
        if found.columns is not None:
            self.master.add(found.columns)
            self.take(self._choice_of(found.columns))
        bound = found.bound
        if bound == inf:
            self.why = found.core or _everything(self.case)
            bound = float(unserved or 0) if serves_all else inf
        self.root.bound = max(self.root.bound, bound)
        self.raise_bound(self.root.bound)
        return self.is_hopeless(self.root) or self.bound == inf

    def _generate_a_little(self) -> None:
        """Where items hardly stand in each other's way a few columns are enough, however large the network is."""
        own = self.search
        self.search = own.with_labels(FEW_LABELS)
        self.search.limits = replace(self.search.limits, rounds=FEW_ROUNDS)
        self.generate(self.root)
        self.search = own

    def _choice_of(self, columns: Sequence[Column]) -> Choice:
        served = {column.site for column in columns}
        unserved = tuple(site.index for site in self.case.sites if site.index not in served)
        return Choice(tuple(columns), unserved, self.master.value_of(columns, unserved))

    def _costs_nothing(self) -> bool:
        relaxed = self.master.relax()
        return relaxed is not None and relaxed.value < FRACTION

    def _make_feasible(self) -> bool:
        """Where the programme leaves sites unserved: finds the columns that serve them, or proves that none do."""
        relaxed = self.master.relax()
        if relaxed is None or relaxed.unserved < FRACTION:
            self.master.forbid_unserved()
            return True
        if self.best is None and not self._can_serve():
            return False
        self.master.forbid_unserved()
        self.generate(self.root)
        return True

    def _can_serve(self) -> bool:
        """Adds columns that serve every site, at least in the programme; whether that was not proved impossible."""
        helper = self._helper()
        helper.start(self.master.pool, 0)
        helper.generate(helper.root)
        if helper.bound > 0:
            self.why = helper._core()
            self.master.add(helper.master.pool)
            return False
        self.master.add(helper.master.pool)
        return True

    def _helper(self) -> "_Optimiser":
        """Asks for the most sites that can be served under the same limits; that not all can be is enough."""
        objective = Objective(scale=0, unserved=1, elastic=self.objective.elastic, excess=0)
        return _Optimiser(self.case, objective, self.search, silent, enough=1)

    def _find_any(self) -> bool:
        """No choice over the pool serves every site: asks, over all columns, how many sites can be served."""
        if self.objective.scale == 0:
            return False
        found = self._helper().run(self.master.pool)
        if found.bound > 0:
            self.bound, self.why = inf, found.core
        if found.choice is None or found.choice.unserved:
            return False
        self.master.add(found.choice.columns)
        self.take(Choice(found.choice.columns, (), self.master.value_of(found.choice.columns, ())))
        self.pick()
        return True

    def _proof(self) -> Proof | None:
        """The prices of the limits that the bound comes from, and the least price of each site at them."""
        relaxed = self.root.relaxed
        return None if relaxed is None else Proof(tuple(relaxed.duals), tuple(self.root.least))

    def _core(self) -> Core | None:
        """What the proof that some sites must stay unserved leaned on: its sites and the limits with a price."""
        relaxed = self.root.relaxed
        if self.objective.scale or self.objective.unserved is None or relaxed is None or self.root.bound <= 0:
            return self.why
        rows = self.case.coupling.rows
        sites = tuple(number for number, price in enumerate(self.root.least) if price > FRACTION)
        named = {row.constraint for dual, row in zip(relaxed.duals, rows, strict=False) if dual > 0 and row.constraint}
        return Core(sites, frozenset(named))
