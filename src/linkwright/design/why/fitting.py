"""Whether ways of several groups keep the common limits however they are put together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import opened_by
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Search

Designs = Mapping[int, Sequence[Sequence[Column]]]
"""By group the columns of each of its ways."""
DEAR = 10**12
"""The price of what is used too much, when other designs are looked for."""
TRIES = 6
"""So often designs are looked for that leave alone what would be used too much."""


class Fitting:
    """Designs of all ways of all groups, each group taking of everything what its greediest way takes.

    Other designs are tried while too much is taken of something.
    """

    def __init__(self, case: Case, designs: Designs, search: Search) -> None:
        self.case, self.search = case, search
        self.chosen = {group: list(ways) for group, ways in designs.items()}
        self.others: dict[tuple[int, int], list[Sequence[Column]]] = defaultdict(list)
        self.paid = {row for opening in case.coupling.openings for row, amount in opening.uses if amount > 0}

    def competing(self, fixed: set[tuple[int, int]]) -> list[frozenset[int]]:
        """Groups that may take too much of one thing together; `fixed`: ways whose design must stay as it is."""
        duals = [0] * len(self.case.coupling.rows)
        excess = self._excess()
        for _ in range(TRIES):
            if not excess or self.search.is_over():
                break
            for row in excess:
                duals[row] += DEAR
            self._look_for_others(excess, duals, fixed)
            excess = self._improved(excess)
        takers = self._takers()
        return [frozenset(group for group, uses in takers.items() if uses.get(row)) for row in sorted(excess)]

    def _takers(self) -> dict[int, dict[int, int]]:
        """By group what its ways take at most of each row."""
        most: dict[int, dict[int, int]] = {group: {} for group in self.chosen}
        for group, ways in self.chosen.items():
            for columns in ways:
                taken: dict[int, int] = defaultdict(int)
                for column in columns:
                    for row, amount in column.uses:
                        taken[row] += amount
                for row, amount in taken.items():
                    most[group][row] = max(amount, most[group].get(row, 0))
        return most

    def _excess(self) -> dict[int, int]:
        """By row how much too much is taken of it; not of one that only one group takes, as each of its ways fits."""
        takers = self._takers()
        some = next(column for ways in self.chosen.values() for columns in ways for column in columns)
        worst = [replace(some, uses=tuple(sorted(uses.items()))) for uses in takers.values()]
        load: dict[int, int] = defaultdict(int)
        for used in [column.uses for column in worst] + [opening.uses for opening in opened_by(self.case, worst)]:
            for row, amount in used:
                load[row] += amount
        rows = self.case.coupling.rows
        over = {row: amount - rows[row].limit for row, amount in load.items() if amount > rows[row].limit}
        shared = {row for row in over if row in self.paid or sum(1 for uses in takers.values() if uses.get(row)) > 1}
        return {row: amount for row, amount in over.items() if row in shared}

    def _look_for_others(self, excess: Mapping[int, int], duals: Sequence[int], fixed: set[tuple[int, int]]) -> None:
        """Designs of single items that take less of what is taken too much."""
        prices = Prices(self.case, 1, list(duals))
        for group, ways in self.chosen.items():
            for number, (column, *more) in enumerate(ways):
                key = group, number
                if more or key in fixed or not any(row in excess and amount for row, amount in column.uses):
                    continue
                site = self.case.sites[column.site]
                found = cheapest_column(self.case, site, prices, self.search.effort())[1]
                known = {_facts(one) for one in (column, *(one for (one,) in self.others[key]))}
                if found is not None and _facts(found) not in known and not self._breaks_alone(found):
                    self.others[key].append((found,))

    def _breaks_alone(self, column: Column) -> bool:
        load = dict(column.uses)
        for opening in opened_by(self.case, [column]):
            for row, amount in opening.uses:
                load[row] = load.get(row, 0) + amount
        return any(amount > self.case.coupling.rows[row].limit for row, amount in load.items())

    def _improved(self, excess: dict[int, int]) -> dict[int, int]:
        """Takes another design wherever that leaves less excess."""
        is_better = True
        while excess and is_better and not self.search.is_over():
            is_better = False
            for (group, number), others in sorted(self.others.items()):
                for place, other in enumerate(others):
                    before, self.chosen[group][number] = self.chosen[group][number], other
                    tried = self._excess()
                    if self._weight(tried) < self._weight(excess):
                        excess, is_better, others[place] = tried, True, before
                    else:
                        self.chosen[group][number] = before
        return excess

    def _weight(self, excess: Mapping[int, int]) -> float:
        """In parts of what there is."""
        return sum(amount / (1 + max(0, self.case.coupling.rows[row].limit)) for row, amount in excess.items())


def _facts(column: Column) -> tuple[object, ...]:
    return column.cpe, column.shape, column.end, column.options, column.paths
