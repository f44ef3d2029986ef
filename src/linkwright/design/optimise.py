"""The best choice of columns with a proved bound: column generation, integer choice, branching on what is opened.

What stays between the bound of a linear programme and the best choice comes mostly from builds and augments that it
opens by half. So a branch opens one of them or leaves it closed; a branch is settled as soon as the few columns that
could still be better can be listed.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import TYPE_CHECKING

from linkwright.design.alone import Alone, cheapest_alone, cheapest_of_each
from linkwright.design.case import Case, Column
from linkwright.design.choice import MOST_SITES, Choice, Core, Objective, Optimum, broken_rows
from linkwright.design.columns import cheapest_column
from linkwright.design.gap import Listing, Room, list_columns
from linkwright.design.graph import Graph
from linkwright.design.limits import Search
from linkwright.design.model import Problem
from linkwright.design.prices import Prices
from linkwright.design.screen import Dropped

if TYPE_CHECKING:
    from linkwright.design.master import Master, Relaxed

ROUNDING = 1e-5
"""A bound is rounded up to the next integer only if it lies clearly above the last one."""
FRACTION = 1e-6
"""What lies nearer to 0 or 1 than this is not open by half."""
A_FEW = Room(columns=3_000, columns_a_site=600)
"""So many columns are listed where branching could still help instead."""
NODES_OF_A_TRY = 500
"""So much is spent on a list that proves nothing."""

Progress = Callable[[float, int | None], None]
"""Is told the bound and the value of the best choice so far."""


def silent(_bound: float, _value: int | None) -> None:
    """Progress that nobody watches."""


def optimise(
    case: Case,
    objective: Objective,
    search: Search,
    progress: Progress = silent,
    seeds: Sequence[Column] = (),
    enough: float = inf,
) -> Optimum:
    """The choice of least objective over all columns of all sites, with a proved bound.

    `enough`: a bound of this height answers the question, whatever the best choice is.
    """
    before = set(search.guards)
    optimum = _Optimiser(case, objective, search, progress, enough).run(seeds)
    if optimum.is_settled:
        search.forget_all_but(before)
    return optimum


def is_feasible(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> bool | None:
    """Whether every site can be served, some constraints set aside; None where a guard left it open."""
    return None if search.is_over() else _served(Case(problem, graph, dropped), search)[0]


def why_infeasible(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> Core | None:
    """Sites and constraints that a proof of infeasibility leaned on; None where there is no such proof."""
    return None if search.is_over() else _served(Case(problem, graph, dropped), search)[1]


def _served(case: Case, search: Search) -> tuple[bool | None, Core | None]:
    before = set(search.guards)
    answer, core = _try_to_serve(case, search)
    if answer is not None:
        search.forget_all_but(before)
    return answer, core


def _try_to_serve(case: Case, search: Search) -> tuple[bool | None, Core | None]:
    alone = cheapest_of_each(case, search)
    stuck = next((number for number, (bound, _) in enumerate(alone) if bound == inf), None)
    if stuck is not None:
        return False, Core((stuck,), frozenset())
    columns = [column for _, column in alone if column is not None]
    if len(columns) == len(alone) and not broken_rows(case, columns):
        return True, None
    if len(case.sites) == 1:
        optimum = cheapest_alone(case, search)
        if optimum is not None:
            return optimum.choice is not None, Core((0,), _all_common(case)) if optimum.choice is None else None
    found = optimise(case, MOST_SITES, search, enough=1)
    if found.choice is not None and not found.choice.unserved:
        return True, None
    return (False, found.core or _everything(case)) if found.bound > 0 else (None, None)


def _all_common(case: Case) -> frozenset[str]:
    return frozenset(row.constraint for row in case.coupling.rows if row.constraint)


def _everything(case: Case) -> Core:
    return Core(tuple(range(len(case.sites))), _all_common(case))


@dataclass(slots=True)
class _Node:
    """A branch: what is opened or left closed, its best bound so far, and the prices that this bound came from."""

    fixed: Mapping[int, bool] = field(default_factory=dict)
    bound: float = 0.0
    raw_bound: float = -inf
    """`bound` before it was rounded up."""
    prices: Prices | None = None
    least: list[float] = field(default_factory=list)
    relaxed: "Relaxed | None" = None


class _Optimiser:
    def __init__(
        self, case: Case, objective: Objective, search: Search, progress: Progress, enough: float = inf
    ) -> None:
        self.case = case
        self.objective = objective
        self.search = search
        self.progress = progress
        self.enough = enough
        self.root = _Node()
        self.bound = 0.0
        """Nothing counts less than nothing, so zero is always a bound."""
        self.best: Choice | None = None
        self.picked_from = 0
        """So many columns were known when the best choice of them was last looked for."""

    def run(self, seeds: Sequence[Column]) -> Optimum:
        first = cheapest_of_each(self.case, self.search)
        if self.objective.unserved is None and any(bound == inf for bound, _ in first):
            return Optimum(None, inf)
        self._start(first, seeds)
        if self.objective.scale == 0 and self.master.relax().value < FRACTION:
            self._pick()
        if not self._is_hopeless(self.root):
            self._generate(self.root)
        if self.objective.unserved is None and not self._make_feasible():
            return Optimum(None, inf)
        if self.bound >= self.enough:
            return Optimum(None, self.bound, self._core())
        if not self._is_hopeless(self.root):
            self._pick()
        if self.best is None and not self._find_any():
            return Optimum(None, self.bound)
        self._branch()
        return Optimum(self.best, self.bound, self._core())

    def _start(self, first: Sequence[Alone], seeds: Sequence[Column]) -> None:
        columns = [column for _, column in first if column is not None]
        penalty = 1000 + 20 * max((column.cost_minor for column in columns), default=0)
        self.master = _new_master(self.case, self.objective, penalty)
        self.master.add([*columns, *seeds])

    def _generate(self, node: _Node) -> None:
        """Adds the cheapest column of every site at the present prices, until none would help or the bound is met."""
        self.master.fix(node.fixed)
        for _ in range(self.search.limits.rounds):
            relaxed = self.master.relax()
            if node.prices is not None and relaxed.value <= node.bound:
                return
            columns = self._price(node, relaxed)
            if node is self.root:
                self.bound = max(self.bound, node.bound)
                self._tell()
            if self.master.add(columns) == 0 or self._is_hopeless(node) or self.search.is_over():
                return
        self.search.guards.add(f"rounds {self.search.limits.rounds}")

    def _price(self, node: _Node, relaxed: "Relaxed") -> list[Column]:
        """The columns that are worth more than they cost at these duals; improves the bound on the way."""
        prices = Prices(self.case, self.objective.scale, relaxed.duals)
        least, useful = [], []
        for site, dual in zip(self.case.sites, relaxed.site_duals, strict=True):
            effort = self.search.effort()
            bound, column = cheapest_column(self.case, site, prices, effort)
            self.search.note(site.site.id, effort)
            least.append(bound)
            if column is not None and prices.of_column(column) < dual - 1e-7 * max(1.0, abs(dual)):
                useful.append(column)
        bound = self.master.bound(relaxed, least)
        if bound > node.raw_bound or node.prices is None:
            node.raw_bound, node.prices, node.least, node.relaxed = bound, prices, least, relaxed
            node.bound = max(node.bound, _whole(bound))
        return useful

    def _is_hopeless(self, node: _Node) -> bool:
        return node.bound >= self.enough or (self.best is not None and node.bound >= self.best.value)

    def _make_feasible(self) -> bool:
        """Where the programme leaves sites unserved: finds the columns that serve them, or proves that none do."""
        if self.master.relax().unserved < FRACTION:
            self.master.forbid_unserved()
            return True
        helper = self._helper()
        helper.master = _new_master(self.case, helper.objective, 0)
        helper.master.add(self.master.pool)
        helper._generate(helper.root)
        if helper.bound > 0:
            return False
        self.master.add(helper.master.pool)
        self.master.forbid_unserved()
        self._generate(self.root)
        return True

    def _helper(self) -> "_Optimiser":
        """Asks for the most sites that can be served under the same limits; that not all can be is enough."""
        objective = Objective(scale=0, unserved=1, elastic=self.objective.elastic, excess=0)
        return _Optimiser(self.case, objective, self.search, silent, enough=1)

    def _pick(self) -> None:
        """The best integer choice over the pool."""
        self.picked_from = len(self.master.pool)
        nodes = self.search.limits.nodes
        choice, is_proved = self.master.choose(nodes=nodes, seconds=max(1.0, self.search.left_s()), start=self.best)
        if choice is None and not is_proved:
            self.search.guards.add(f"nodes {nodes}")
        self._take(choice)

    def _take(self, choice: Choice | None) -> None:
        if choice is None or (choice.unserved and self.objective.unserved is None):
            return
        if self.best is None or choice.value < self.best.value:
            self.best = choice
            self._tell()

    def _tell(self) -> None:
        self.progress(self.bound, None if self.best is None else self.best.value)

    def _find_any(self) -> bool:
        """No choice over the pool serves every site: asks, over all columns, how many sites can be served."""
        if self.objective.scale == 0:
            return False
        found = self._helper().run(self.master.pool)
        if found.bound > 0:
            self.bound = inf
        if found.choice is None or found.choice.unserved:
            return False
        self.master.add(found.choice.columns)
        self._take(Choice(found.choice.columns, (), self.master.value_of(found.choice.columns, ())))
        self._pick()
        return True

    def _branch(self) -> None:
        """Branch and bound: the branch with the least bound first."""
        self.master.allow_unserved()
        waiting = [(self.root.bound, 0, self.root)]
        left_open = inf
        for number in range(1, 1 + self.search.limits.branches):
            self._raise_bound(min(left_open, waiting[0][0] if waiting else inf))
            if not waiting or self._is_hopeless(waiting[0][2]) or self.search.is_over():
                return
            node = heapq.heappop(waiting)[2]
            split = self._opened_by_half(node)
            if self._settle(node, self._room(split)):
                continue
            if split is None:
                left_open = min(left_open, node.bound)
                continue
            for is_open in (False, True):
                branch = _Node({**node.fixed, split: is_open}, node.bound)
                self._generate(branch)
                if not self._is_hopeless(branch):
                    heapq.heappush(waiting, (branch.bound, 2 * number + is_open, branch))
            if len(self.master.pool) > 1.2 * self.picked_from:
                self.master.fix({})
                self._pick()
        self.search.guards.add(f"branches {self.search.limits.branches}")

    def _raise_bound(self, bound: float) -> None:
        if self.best is not None:
            self.bound = max(self.bound, min(bound, float(self.best.value)))
            self._tell()

    def _room(self, split: int | None) -> Room:
        limits = self.search.limits
        everything = Room(limits.columns, limits.columns_a_site)
        return everything if split is None else A_FEW

    def _opened_by_half(self, node: _Node) -> int | None:
        """The opening that the programme opens by half at the greatest cost."""
        if node.relaxed is None:
            return None
        halves = [
            (min(share, 1 - share) * (1 + opening.cost_minor), number)
            for number, (share, opening) in enumerate(zip(node.relaxed.opened, self.master.openings, strict=True))
            if opening.kind != "slack" and number not in node.fixed and FRACTION < share < 1 - FRACTION
        ]
        return max(halves)[1] if halves else None

    def _settle(self, node: _Node, room: Room) -> bool:
        """Lists the columns that could make a better choice in this branch and finds the best of them.

        Whether that settles the branch: not if there are too many. But the cheapest of them may make a better choice
        all the same, and then there are fewer.
        """
        while node.prices is not None and self.best is not None and not self._is_hopeless(node):
            value = self.best.value
            slack = value - 1 - node.raw_bound + ROUNDING + 1e-9 * abs(value)
            listing = list_columns(self.case, node.prices, node.least, slack, room, self.search)
            is_proved = self._choose_from(listing, node)
            if listing.is_complete:
                return is_proved
            if self.best.value == value or self.search.is_over():
                return False
        return self._is_hopeless(node)

    def _choose_from(self, listing: Listing, node: _Node) -> bool:
        """Takes the best choice of these columns in a branch, if it is better; whether none of them is better still."""
        self.master.add(listing.columns)
        self.master.fix(node.fixed)
        seconds = max(1.0, self.search.left_s())
        nodes = self.search.limits.nodes if listing.is_complete else NODES_OF_A_TRY
        choice, is_proved = self.master.choose(listing.columns, nodes=nodes, seconds=seconds, start=self.best)
        self._take(choice)
        if listing.is_complete and not is_proved:
            self.search.guards.add(f"nodes {nodes}")
        return is_proved

    def _core(self) -> Core | None:
        """What the proof that some sites must stay unserved leaned on: its sites and the limits with a price."""
        relaxed = self.root.relaxed
        if self.objective.scale or relaxed is None or self.root.bound <= 0:
            return None
        rows = self.case.coupling.rows
        sites = tuple(number for number, price in enumerate(self.root.least) if price > FRACTION)
        named = {row.constraint for dual, row in zip(relaxed.duals, rows, strict=True) if dual > 0 and row.constraint}
        return Core(sites, frozenset(named))


def _whole(bound: float) -> float:
    """Every objective is a sum of integers, so a bound may be rounded up."""
    return bound if bound in (inf, -inf) else float(ceil(bound - ROUNDING - 1e-11 * abs(bound)))


def _new_master(case: Case, objective: Objective, penalty: int) -> "Master":
    """Loads the solver only now: that takes longer than most problems of one site."""
    from linkwright.design.master import Master

    return Master(case, objective, penalty)
