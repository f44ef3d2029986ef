"""The solver of programmes where what it says of itself is not true."""

from math import inf

import highspy
import numpy as np

from linkwright.design.choice.solver import Solver

COSTS = (1200, 1200, 1200, 4, 1, 10, 4, 1, 10, 40, 4, 34, 34, 31, 10, 40, 40)
ROWS = (
    (0,), (1,), (2,), (0, 3, 4, 6, 7), (1, 3, 5), (2, 4, 5), (0, 8, 10), (1, 8, 9), (2, 6, 7, 9, 10, 14), (2, 11, 12),
    (0, 3, 4, 14), (0, 11, 15), (0, 3, 4, 13), (1, 12, 15), (2, 6, 7), (2, 13), (2, 9, 10),
)  # fmt: skip
"""Of each variable: one of every item is taken (rows 0 to 2), and what is shared is taken once."""
SHUT = (0, 1, 2, 8)
START = (3, 7, 9)
BEST = 15


def _loaded() -> Solver:
    solver, count = Solver(), len(COSTS)
    upper = np.array([0.0 if own in SHUT else inf for own in range(count)])
    solver.addVars(count, np.zeros(count), upper)
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), np.array(COSTS, np.float64))
    kinds = np.array([highspy.HighsVarType.kInteger] * count)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
    for row in range(1 + max(map(max, ROWS))):
        members = np.array([own for own, rows in enumerate(ROWS) if row in rows], np.int32)
        solver.addRow(1.0 if row < 3 else -inf, 1.0, len(members), members, np.ones(len(members)))
    return solver


def test_a_start_never_hides_a_better_solution() -> None:
    """Presolve makes this start seem to cost 11, which no solution does, and the solver stops with it."""
    plain, started = _loaded(), _loaded()
    plain.run()
    started.run_from([float(own in START) for own in range(len(COSTS))])
    for solver in (plain, started):
        values = solver.getSolution().col_value
        assert solver.getInfo().objective_function_value == BEST
        assert sum(cost * value for cost, value in zip(COSTS, values, strict=True)) == BEST
