"""An integer programme that is written variable by variable and row by row, and rows that come after a solution."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

import highspy
import numpy as np

from linkwright.design.choice.rounding import Rounding
from linkwright.design.choice.solver import Solver

Entry = tuple[int, float]
"""A variable and its factor."""
PROVED_WITHIN = 0.5
"""Objectives are whole numbers, so nothing better lies nearer than this to the best."""
ROUNDING = 1e-5


class Solved(NamedTuple):
    """A bound for every solution (inf: there is none), and the value of each variable in the best one (None: none was
    found)."""

    bound: float
    values: Sequence[float] | None


class Programme:
    """Variables are between 0 and 1 and whole, unless they are amounts: these have no upper limit."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._guide: list[float] = []
        self._implied: set[int] = set()
        self._first: list[int] = []
        self._is_amount: list[bool] = []
        self._starts: list[int] = []
        self._variables: list[int] = []
        self._factors: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []
        self._solver: Solver | None = None
        self._rounding: Rounding | None = None
        self._is_impossible = False
        self.subjects: frozenset[str] = frozenset()
        """What rows that are written now are about."""
        self._about: list[frozenset[str]] = []

    @property
    def size(self) -> int:
        return len(self._cost)

    def yes(self, cost: float = 0.0, guide: float = 0.0, *, decides: bool = False) -> int:
        """`guide` is what it counts where nothing costs anything, so that the better one of two solutions is found.
        Those that decide about others are rounded first."""
        self._first += [self.size] if decides else []
        return self._add(cost, guide, is_amount=False)

    def amount(self, cost: float) -> int:
        return self._add(cost, 0.0, is_amount=True)

    def _add(self, cost: float, guide: float, *, is_amount: bool) -> int:
        self._cost.append(float(cost))
        self._guide.append(float(guide))
        self._is_amount.append(is_amount)
        return len(self._cost) - 1

    def row(self, entries: Iterable[Entry], most: float, least: float = -inf) -> None:
        """A variable may come more than once."""
        total: dict[int, float] = defaultdict(float)
        for variable, factor in entries:
            total[variable] += factor
        if not total:
            self._is_impossible |= not least <= 0 <= most
            return
        self._about.append(self.subjects)
        self._starts.append(len(self._variables))
        self._variables += total
        self._factors += total.values()
        self._least.append(least)
        self._most.append(most)

    def any_of(self, groups: Sequence[Sequence[int]]) -> list[Entry]:
        """What is 1 as soon as one of these variables is; of each group only one can be."""
        filled = [group for group in groups if group]
        if len(filled) < 2:
            return [(variable, 1.0) for group in filled for variable in group]
        either = self.yes()
        self._implied.add(either)
        for group in filled:
            self.row([*((variable, 1.0) for variable in group), (either, -1.0)], 0)
        return [(either, 1.0)]

    def forbid(self, together: Sequence[int], beside: Sequence[int] = ()) -> None:
        """From now on not all of these are 1; where there are some `beside`, only one of which can be: not with any."""
        most, variables = len(together) - (not beside), [*together, *beside]
        count = len(variables)
        self.row([(variable, 1.0) for variable in variables], most)
        for solver in (self._solver, None if self._rounding is None else self._rounding.solver):
            if solver is not None:
                solver.addRow(-inf, float(most), count, np.array(variables, np.int32), np.ones(count))

    def blamed(self) -> frozenset[str] | None:
        """What the rows are about that leave no solution, where that was seen although nothing need be whole."""
        rows = None if self._rounding is None else self._rounding.blamed()
        return None if rows is None else frozenset[str]().union(*(self._about[row] for row in rows))

    def solve(self, nodes: int, seconds: float) -> Solved:
        """The least cost, as far as so many nodes and seconds go."""
        if self._is_impossible:
            return Solved(inf, None)
        if self._rounding is None:
            whole = (own for own, free in enumerate(self._is_amount) if not free and own not in self._implied)
            self._rounding = Rounding(self._load(are_whole=False), list(whole), self._first)
        rounded = self._rounding.solve(seconds)
        if rounded is not None and rounded.is_impossible:
            return Solved(inf, None)
        if rounded is not None and rounded.values is not None:
            value = sum(cost * own for cost, own in zip(self._cost, rounded.values, strict=True) if cost)
            if not self._costs:
                return Solved(0.0, rounded.values)
            if value - rounded.bound < 1 - ROUNDING - 1e-11 * abs(value):
                return Solved(rounded.bound, rounded.values)
        return self._solve_whole(nodes, seconds, None if rounded is None else rounded.values)

    @property
    def _costs(self) -> bool:
        return any(self._cost)

    def _solve_whole(self, nodes: int, seconds: float, start: Sequence[float] | None) -> Solved:
        if self._solver is None:
            self._solver = self._load(are_whole=True)
        solver = self._solver
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.1, seconds))
        if start is None:
            solver.run()
        else:
            solver.run_from(start)
        status, info = solver.getModelStatus(), solver.getInfo()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Solved(inf, None)
        is_found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Solved(info.mip_dual_bound, list(solver.getSolution().col_value) if is_found else None)

    def _load(self, *, are_whole: bool) -> Solver:
        """Rows with all that is forbidden; without whole variables guided where nothing costs anything."""
        count, whole = self.size, highspy.HighsVarType.kInteger
        places = np.arange(count, dtype=np.int32)
        solver = Solver()
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", PROVED_WITHIN)
        solver.addVars(count, np.zeros(count), np.array([inf if free else 1.0 for free in self._is_amount]))
        solver.changeColsCost(count, places, np.array(self._cost if are_whole or self._costs else self._guide))
        if are_whole:
            kinds = [highspy.HighsVarType.kContinuous if free else whole for free in self._is_amount]
            solver.changeColsIntegrality(count, places, np.array(kinds))
        solver.addRows(
            len(self._starts), np.array(self._least), np.array(self._most, np.float64), len(self._variables),
            np.array(self._starts, np.int32), np.array(self._variables, np.int32), np.array(self._factors),
        )  # fmt: skip
        return solver
