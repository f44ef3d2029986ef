"""An integer programme that is written variable by variable and row by row, and rows that come after a solution."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

import highspy
import numpy as np

from linkwright.design.choice.solver import Solver

Entry = tuple[int, float]
"""A variable and its factor."""
PROVED_WITHIN = 0.5
"""Objectives are whole numbers, so nothing better lies nearer than this to the best."""


class Solved(NamedTuple):
    """A bound for every solution (inf: there is none), and the value of each variable in the best one (None: none was
    found)."""

    bound: float
    values: Sequence[float] | None


class Programme:
    """Variables are between 0 and 1 and whole, unless they are amounts: these have no upper limit."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._is_amount: list[bool] = []
        self._starts: list[int] = []
        self._variables: list[int] = []
        self._factors: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []
        self._solver: Solver | None = None
        self._is_impossible = False

    @property
    def size(self) -> int:
        return len(self._cost)

    def yes(self, cost: float = 0.0) -> int:
        self._cost.append(float(cost))
        self._is_amount.append(False)
        return len(self._cost) - 1

    def amount(self, cost: float) -> int:
        self._cost.append(float(cost))
        self._is_amount.append(True)
        return len(self._cost) - 1

    def row(self, entries: Iterable[Entry], most: float, least: float = -inf) -> None:
        """A variable may come more than once."""
        total: dict[int, float] = defaultdict(float)
        for variable, factor in entries:
            total[variable] += factor
        if not total:
            self._is_impossible |= not least <= 0 <= most
            return
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
        for group in filled:
            self.row([*((variable, 1.0) for variable in group), (either, -1.0)], 0)
        return [(either, 1.0)]

    def forbid(self, together: Sequence[int]) -> None:
        """From now on not all of these are 1."""
        most, count = len(together) - 1, len(together)
        self._loaded().addRow(-inf, float(most), count, np.array(together, np.int32), np.ones(count))

    def solve(self, nodes: int, seconds: float) -> Solved:
        """The least cost, as far as so many nodes and seconds go."""
        if self._is_impossible:
            return Solved(inf, None)
        solver = self._loaded()
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.1, seconds))
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Solved(inf, None)
        is_found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Solved(info.mip_dual_bound, list(solver.getSolution().col_value) if is_found else None)

    def _loaded(self) -> Solver:
        if self._solver is None:
            self._solver = self._load()
        return self._solver

    def _load(self) -> Solver:
        count, whole = self.size, highspy.HighsVarType.kInteger
        places = np.arange(count, dtype=np.int32)
        kinds = [highspy.HighsVarType.kContinuous if free else whole for free in self._is_amount]
        solver = Solver()
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", PROVED_WITHIN)
        solver.addVars(count, np.zeros(count), np.array([inf if free else 1.0 for free in self._is_amount]))
        solver.changeColsCost(count, places, np.array(self._cost))
        solver.changeColsIntegrality(count, places, np.array(kinds))
        solver.addRows(
            len(self._starts), np.array(self._least), np.array(self._most, np.float64), len(self._variables),
            np.array(self._starts, np.int32), np.array(self._variables, np.int32), np.array(self._factors),
        )  # fmt: skip
        return solver
