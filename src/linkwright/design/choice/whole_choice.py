"""The best whole choice over some columns: a linear programme of which every variable must be whole (HiGHS)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import highspy

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import Choice, Objective, broken_rows, excess, opened_by, value_of
from linkwright.design.choice.coupling import Opening
from linkwright.design.choice.solver import Solver


@dataclass(frozen=True, slots=True)
class WholeChoice:
    """Variables stand for the openings, then for sites without a design, then for the columns of the pool."""

    case: Case
    objective: Objective
    openings: Sequence[Opening]
    pool: Sequence[Column]

    @property
    def first_column(self) -> int:
        return len(self.openings) + len(self.case.sites)

    def best(
        self, programme: Any, keep: set[Column] | None, *, nodes: int, seconds: float, start: Choice | None
    ) -> tuple[Choice | None, bool]:
        """The best choice that was found, over these columns where `keep` names any, and whether none is better."""
        self._make_whole(programme, keep)
        solver = Solver()
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("time_limit", max(0.1, seconds))
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.5)
        solver.passModel(programme)
        if start is None:
            solver.run()
        else:
            solver.setOptionValue("mip_heuristic_run_feasibility_jump", False)
            solver.run_from(self._as_solution(start, programme.num_col_))
        status = highspy.HighsModelStatus
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, solver.getModelStatus() == status.kInfeasible
        choice = self._choice(list(solver.getSolution().col_value))
        return choice, choice is not None and solver.getModelStatus() == status.kOptimal

    def _make_whole(self, programme: Any, keep: set[Column] | None) -> None:
        integer, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        kinds = [free if opening.kind == "slack" else integer for opening in self.openings]
        programme.integrality_ = kinds + [integer] * (programme.num_col_ - len(kinds))
        upper = list(programme.col_upper_)
        if self.objective.unserved is None:
            upper[len(self.openings) : self.first_column] = [0.0] * len(self.case.sites)
        if keep is not None:
            for variable, column in enumerate(self.pool, start=self.first_column):
                upper[variable] = inf if column in keep else 0.0
        programme.col_upper_ = upper

    def _as_solution(self, choice: Choice, variables: int) -> list[float]:
        values = [0.0] * variables
        opened = {(opening.kind, opening.id) for opening in opened_by(self.case, choice.columns)}
        for variable, opening in enumerate(self.openings):
            values[variable] = float((opening.kind, opening.id) in opened)
            if opening.kind == "slack":
                values[variable] = float(excess(self.case, choice.columns, opening))
        for site in choice.unserved:
            values[len(self.openings) + site] = 1.0
        chosen = set(choice.columns)
        for variable, column in enumerate(self.pool, start=self.first_column):
            values[variable] = float(column in chosen)
        return values

    def _choice(self, values: Sequence[float]) -> Choice | None:
        """The choice that these values mean; None where rounding them breaks a limit."""
        columns = tuple(
            column for column, value in zip(self.pool, values[self.first_column :], strict=True) if value > 0.5
        )
        served = {column.site for column in columns}
        unserved = tuple(site for site in range(len(self.case.sites)) if site not in served)
        rows = self.case.coupling.rows
        if any(rows[row].constraint != self.objective.elastic for row in broken_rows(self.case, columns)):
            return None
        return Choice(columns, unserved, value_of(self.case, self.objective, self.openings, columns, unserved))
