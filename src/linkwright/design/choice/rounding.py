"""The linear programme behind an integer one: often it has no solution already, or rounding it step by step gives one.

That takes a small part of the time of an integer search, so it comes first.
"""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import highspy
import numpy as np

from linkwright.design.choice.solver import Solver

NEARLY = 0.9
"""What is above this is rounded up together with the rest."""
CLOSE = 1e-6
MOST_STEPS = 60
MOST_MISSES = 12
"""So often a step may leave no solution; then rounding is given up."""


class Rounded(NamedTuple):
    """Whether there is no solution at all, the least cost if nothing need be whole, and a whole solution (None: none
    was found)."""

    is_impossible: bool
    bound: float
    values: Sequence[float] | None


class Rounding:
    """`solver` has the programme without any variable that must be whole, `whole` are those that should be, and of
    these `first` decide most."""

    def __init__(self, solver: Solver, whole: Sequence[int], first: Sequence[int]) -> None:
        self.solver = solver
        self._first = np.array(first, np.int32)
        self._whole = np.array(whole, np.int32)

    def solve(self, seconds: float) -> Rounded | None:
        """None where the time was too short."""
        solver = self.solver
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.1, seconds))
        values = self._values()
        if values is None:
            status = solver.getModelStatus()
            return (
                Rounded(is_impossible=True, bound=inf, values=None)
                if status == highspy.HighsModelStatus.kInfeasible
                else None
            )
        bound = solver.getInfo().objective_function_value
        fixed: list[int] = []
        found = self._round(values, fixed)
        if fixed:
            count = len(fixed)
            solver.changeColsBounds(count, np.array(fixed, np.int32), np.zeros(count), np.ones(count))
        return Rounded(is_impossible=False, bound=bound, values=found)

    def blamed(self) -> Sequence[int] | None:
        """The rows that no solution keeps together; None where there is one (Farkas)."""
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
            return None
        _, is_known, ray = self.solver.getDualRay()  # type: ignore[attr-defined]
        return [int(row) for row in np.flatnonzero(np.abs(ray) > CLOSE)] if is_known else None

    def _round(self, values: np.ndarray, fixed: list[int]) -> Sequence[float] | None:
        """Rounds up what is nearly 1, or else the largest; what leaves no solution is 0."""
        misses = 0
        for _ in range(MOST_STEPS):
            own = values[self._whole]
            is_loose = np.abs(own - np.rint(own)) > CLOSE
            if not is_loose.any():
                return [float(value) for value in values]
            loose, parts = self._whole[is_loose], own[is_loose]
            is_first = np.isin(loose, self._first)
            if is_first.any():
                loose, parts = loose[is_first], parts[is_first]
            largest = loose[np.argmax(parts)]
            up = loose[parts > NEARLY] if (parts > NEARLY).any() else np.array([largest], np.int32)
            fixed += (int(variable) for variable in up)
            self._set(up, 1.0)
            tried = self._values()
            if tried is None:
                misses += 1
                self.solver.changeColsBounds(len(up), up, np.zeros(len(up)), np.ones(len(up)))
                self._set(np.array([largest], np.int32), 0.0)
                tried = None if misses > MOST_MISSES else self._values()
            if tried is None:
                return None
            values = tried
        return None

    def _set(self, variables: np.ndarray, value: float) -> None:
        bounds = np.full(len(variables), value)
        self.solver.changeColsBounds(len(variables), variables, bounds, bounds)

    def _values(self) -> np.ndarray | None:
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.solver.getSolution().col_value)
