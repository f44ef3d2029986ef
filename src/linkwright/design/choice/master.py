"""The choice across sites as a linear programme and as an integer one, over the columns that are known so far (HiGHS).

Rows come into the programme only when the known columns could break them, so small problems stay small; a row that is
not there has the price zero, which keeps every bound valid.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import inf

import highspy
import numpy as np

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import Choice, Objective, Relaxed, slack_of, value_of
from linkwright.design.choice.coupling import Opening
from linkwright.design.choice.solver import Solver
from linkwright.design.choice.whole_choice import WholeChoice

MANY_SITES = 500
PRIMAL = 4
"""HiGHS's number for the primal simplex. Columns that come leave the last basis feasible, so it goes on from there; of
many sites it takes half the time of the dual one, which begins by making each of them dear again."""


class Master:
    """One restricted master problem, grown by columns; sites that no column serves count `penalty` where forbidden."""

    def __init__(self, case: Case, objective: Objective, penalty: int) -> None:
        self.case = case
        self.objective = objective
        self.pool: list[Column] = []
        self.known: set[Column] = set()
        self.openings = [*case.coupling.openings, *slack_of(case, objective)]
        self._most: list[dict[int, int]] = [{} for _ in case.coupling.rows]
        self._sum = [0] * len(case.coupling.rows)
        self._members: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._active: dict[int, int] = {}
        self._fixed: dict[int, bool] = {}
        self._shut: set[int] = set()
        self._lp = Solver()
        if len(case.sites) > MANY_SITES:
            self._lp.setOptionValue("simplex_strategy", PRIMAL)
        self._build(penalty)

    def add(self, columns: Iterable[Column]) -> int:
        """Puts columns into the pool that are not there yet; how many there were."""
        fresh = []
        for column in columns:
            if column not in self.known:
                self.known.add(column)
                fresh.append(column)
        if fresh:
            self._add(fresh)
            self._activate(fresh)
        return len(fresh)

    def _add(self, fresh: Sequence[Column]) -> None:
        """All columns in one call."""
        first = self._first_column + len(self.pool)
        self.pool += fresh
        starts: list[int] = []
        rows: list[int] = []
        values: list[float] = []
        for variable, column in enumerate(fresh, start=first):
            starts.append(len(rows))
            rows.append(column.site)
            values.append(1.0)
            for row, amount in column.uses:
                self._members[row].append((variable, amount))
                if row in self._active:
                    rows.append(self._active[row])
                    values.append(float(amount))
        worth = np.array([float(self.objective.scale * column.worth) for column in fresh])
        count = len(fresh)
        self._lp.addCols(
            count, worth, np.zeros(count), np.full(count, inf), len(rows),
            np.array(starts, np.int32), np.array(rows, np.int32), np.array(values),
        )  # fmt: skip

    def relax(self, seconds: float = inf) -> Relaxed | None:
        """Solves the linear programme; it always has a solution, because a site may stay unserved at its price.

        None where so many seconds were not enough.
        """
        self._lp.setOptionValue("time_limit", self._lp.getRunTime() + seconds)
        self._lp.run()
        if self._lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._lp.getSolution()
        row_dual, values = list(solution.row_dual), list(solution.col_value)
        duals = [0.0] * len(self.case.coupling.rows)
        for row, position in self._active.items():
            duals[row] = max(0.0, -row_dual[position])
        self._keep_slack_dear(duals)
        sites = len(self.case.sites)
        return Relaxed(
            value=self._lp.getInfo().objective_function_value,
            duals=duals,
            site_duals=row_dual[:sites],
            unserved_dual=max(0.0, -row_dual[sites]) if self.objective.most_unserved is not None else 0.0,
            unserved=sum(values[len(self.openings) : self._first_column]),
            opened=values[: len(self.openings)],
            taken=values[self._first_column :],
        )

    def bound(self, relaxed: Relaxed, least_prices: Sequence[float]) -> float:
        """The Lagrangian bound from these duals, given the least price of any column of each site at them.

        Valid whether or not the linear programme has converged (Geoffrion 1974), for what is fixed at present.
        """
        total = -sum(
            dual * row.limit for dual, row in zip(relaxed.duals, self.case.coupling.rows, strict=False) if dual
        )
        for number, opening in enumerate(self.openings):
            reduced = self._cost(opening) + sum(relaxed.duals[row] * amount for row, amount in opening.uses)
            if number in self._fixed:
                total += reduced if self._fixed[number] else 0.0
            elif opening.kind != "slack":
                total += min(0.0, reduced)
        alone = inf
        if self.objective.unserved is not None:
            alone = self.objective.unserved + relaxed.unserved_dual
            total -= relaxed.unserved_dual * (self.objective.most_unserved or 0)
        return total + sum(min(price, alone) for price in least_prices)

    def choose(
        self, columns: Sequence[Column] | None = None, *, nodes: int, seconds: float, start: Choice | None = None
    ) -> tuple[Choice | None, bool]:
        """Solves the integer programme over the pool, or over these columns of it and those of `start`.

        The best choice that was found, and whether it is proved that there is no better one.
        """
        keep = None if columns is None else {*columns, *(() if start is None else start.columns)}
        whole = WholeChoice(self.case, self.objective, self.openings, self.pool)
        return whole.best(self._lp.getLp(), keep, nodes=nodes, seconds=seconds, start=start)

    def fix(self, openings: Mapping[int, bool], shut: Sequence[int] = ()) -> None:
        """Opens and closes these openings (by position) until told otherwise; all others are free.

        `shut`: columns (by their place in the pool) that must not be taken until then.
        """
        for number in sorted(self._shut.symmetric_difference(shut)):
            upper = inf if number in self._shut else 0.0
            self._lp.changeColBounds(self._first_column + number, 0.0, upper)
        self._shut = set(shut)
        for number in self._fixed.keys() - openings.keys():
            self._lp.changeColBounds(number, 0.0, 1.0)
        for number, is_open in openings.items():
            self._lp.changeColBounds(number, float(is_open), float(is_open))
        self._fixed = dict(openings)

    def forbid_unserved(self) -> None:
        """From now on every site must be served; only for a pool that can serve all of them."""
        self._unserved_up_to(0.0)

    def allow_unserved(self) -> None:
        """From now on a site may stay unserved at its price again, in the linear programme."""
        self._unserved_up_to(1.0)

    def _unserved_up_to(self, most: float) -> None:
        for site in range(len(self.case.sites)):
            self._lp.changeColBounds(len(self.openings) + site, 0.0, most)

    @property
    def _first_column(self) -> int:
        return len(self.openings) + len(self.case.sites)

    def _cost(self, opening: Opening) -> int:
        return opening.worth * (1 if opening.kind == "slack" else self.objective.scale)

    def _build(self, penalty: int) -> None:
        """The variables of openings and unserved sites, one row for each site, and the limit of the unserved."""
        empty_rows, empty_values = np.array([], np.int32), np.array([])
        for opening in self.openings:
            upper = inf if opening.kind == "slack" else 1.0
            self._lp.addCol(float(self._cost(opening)), 0.0, upper, 0, empty_rows, empty_values)
            for row, amount in opening.uses:
                self._sum[row] += max(0, amount)
        alone = penalty if self.objective.unserved is None else self.objective.unserved
        first = len(self.openings)
        sites = len(self.case.sites)
        for _ in range(sites):
            self._lp.addCol(float(alone), 0.0, 1.0, 0, empty_rows, empty_values)
        for site in range(sites):
            self._lp.addRow(1.0, 1.0, 1, np.array([first + site], np.int32), np.array([1.0]))
        if self.objective.most_unserved is not None:
            variables = np.arange(first, first + sites, dtype=np.int32)
            self._lp.addRow(-inf, float(self.objective.most_unserved), sites, variables, np.ones(sites))
        limits = self.case.coupling.rows
        self._put_in(row for row, most in enumerate(self._sum) if most > limits[row].limit)

    def _activate(self, columns: Iterable[Column]) -> None:
        """Adds the rows that the grown pool could break."""
        rows = self.case.coupling.rows
        self._grow()
        broken = set()
        for column in columns:
            for row, amount in column.uses:
                most = self._most[row].get(column.site, 0)
                if amount > most:
                    self._most[row][column.site] = amount
                    self._sum[row] += amount - most
                    if self._sum[row] > rows[row].limit and row not in self._active:
                        broken.add(row)
        self._put_in(broken)

    def _grow(self) -> None:
        """Makes place for the rows that have been made since."""
        for _ in range(len(self.case.coupling.rows) - len(self._sum)):
            self._sum.append(0)
            self._most.append({})

    def _put_in(self, broken: Iterable[int]) -> None:
        rows = self.case.coupling.rows
        for row in sorted(broken):
            entries = [
                (variable, amount)
                for variable, opening in enumerate(self.openings)
                for used, amount in opening.uses
                if used == row
            ]
            entries += self._members[row]
            variables = np.array([variable for variable, _ in entries], np.int32)
            amounts = np.array([float(amount) for _, amount in entries])
            self._active[row] = self._lp.getNumRow()
            self._lp.addRow(-inf, float(rows[row].limit), len(entries), variables, amounts)

    def _keep_slack_dear(self, duals: list[float]) -> None:
        """Rounding must not make a unit of excess pay for itself, or there would be no bound."""
        for opening in self.openings:
            if opening.kind == "slack":
                price = sum(duals[row] for row, _ in opening.uses)
                for row, _ in opening.uses if price > opening.worth else ():
                    duals[row] *= opening.worth / price

    def value_of(self, columns: Sequence[Column], unserved: Sequence[int]) -> int:
        """The objective of a choice in exact integers (without the penalty of sites that must be served)."""
        return value_of(self.case, self.objective, self.openings, columns, unserved)
