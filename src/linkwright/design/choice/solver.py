"""The solver of linear and integer programmes as we want it (HiGHS)."""

from collections.abc import Sequence
from math import isclose

import highspy
import numpy as np


class Solver(highspy.Highs):
    """Silent from the start (the banner comes with the callbacks), one thread, fixed seed: repeatable to the bit."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        for option, value in (("threads", 1), ("random_seed", 0), ("parallel", "off")):
            self.setOptionValue(option, value)

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]

    def run_from(self, values: Sequence[float]) -> None:
        """Looks for the best whole solution from one that is known.

        HiGHS carries it into the programme that presolve has reduced, where it may seem to cost less than it does; then
        a better one is overlooked. Such an answer does not cost what it says, and is asked for again without a start.
        """
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.setSolution(solution)
        self.run()
        if not self._is_true():
            self.clearSolver()
            self.run()

    def _is_true(self) -> bool:
        """Whether there is a solution, and it costs what is said."""
        info = self.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return False
        cost = float(np.dot(self.getLp().col_cost_, self.getSolution().col_value))
        return isclose(cost, info.objective_function_value, rel_tol=1e-9, abs_tol=1e-3)
