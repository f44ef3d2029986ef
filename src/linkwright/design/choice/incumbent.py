"""A good choice early: every site in turn takes the best of its columns that still fits; who finds no room gets some.

Guided by a linear programme, it needs neither its end nor an integer programme, so there is something to show from the
first rounds on. What comes out keeps all limits, or nothing comes out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import Choice, Relaxed, broken_rows
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.coupling import Opening
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Search

if TYPE_CHECKING:
    from linkwright.design.choice.master import Master

WHOLE = 1 - 1e-6
FEW_STUCK = 200
STUCK_SHARE = 0.5
"""If no more sites find no room than that, new columns are looked for; if few, others are asked to move."""
LOOKS = 3
"""So often new columns are looked for: each time for those that still find no room."""
LABELS_A_LOOK = 500
"""Where a new column is not found soon, prices forbid what paths do not know, and only trying everything would help."""
COLUMNS_TRIED = 6
"""So many of the columns of a site are tried where others have to move for them."""
NEIGHBOURS = 60
"""Of so many sites on a full row one may be asked to move."""
MOVES = 3
"""So many sites may move for one column."""


def dive(master: "Master", relaxed: Relaxed, search: Search) -> Choice | None:
    """A choice that keeps all limits, made from the pool and, for sites without room, from columns beside it."""
    if master.objective.elastic is not None:
        return None
    diver = _Diver(master, relaxed, search)
    stuck = diver.place(range(len(master.case.sites)))
    for _ in range(LOOKS):
        if not stuck or len(stuck) > max(FEW_STUCK, STUCK_SHARE * len(master.case.sites)):
            break
        diver.look_for(stuck)
        stuck = diver.place(stuck)
    if len(stuck) <= FEW_STUCK:
        stuck = [site for site in stuck if not diver.make_room(site)]
    if stuck and master.objective.unserved is None:
        return None
    return diver.choice(stuck)


@dataclass(slots=True)
class _Table:
    """What is taken from every row, and what is opened, so far."""

    case: Case
    room: list[int]
    taken: list[int]
    openers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By row the openings that make room in it."""
    opened: set[int] = field(default_factory=set)
    placed: dict[int, Column] = field(default_factory=dict)
    on_row: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """By row the sites on it with what they take."""

    @classmethod
    def of(cls, case: Case) -> "_Table":
        rows = case.coupling.rows
        table = cls(case, [row.limit for row in rows], [0] * len(rows))
        for number, opening in enumerate(case.coupling.openings):
            for row, amount in opening.uses:
                if amount < 0:
                    table.openers[row].append(number)
        return table

    def needs(self, column: Column) -> tuple[int, ...] | None:
        """What must be opened before this column fits; None where nothing helps."""
        wanted: list[int] = []
        for row, amount in column.uses:
            over = self.taken[row] + amount - self.room[row]
            if amount <= 0 or over <= 0:
                continue
            for number in self.openers.get(row, ()):
                if over > 0 and number not in self.opened:
                    over -= self._room_of(number, row)
                    if number not in wanted:
                        wanted.append(number)
            if over > 0:
                return None
        return tuple(wanted) if self._may_open(wanted, column) else None

    def _room_of(self, opening: int, row: int) -> int:
        return sum(-amount for used, amount in self.case.coupling.openings[opening].uses if used == row)

    def _may_open(self, wanted: Sequence[int], column: Column) -> bool:
        if not wanted:
            return True
        more: dict[int, int] = defaultdict(int)
        for row, amount in column.uses:
            more[row] += amount
        for number in wanted:
            for row, amount in self.case.coupling.openings[number].uses:
                more[row] += amount
        return all(self.taken[row] + amount <= self.room[row] for row, amount in more.items() if amount > 0)

    def open(self, wanted: Sequence[int]) -> None:
        for number in wanted:
            self.opened.add(number)
            for row, amount in self.case.coupling.openings[number].uses:
                self.taken[row] += amount

    def put(self, column: Column) -> None:
        self.placed[column.site] = column
        for row, amount in column.uses:
            self.taken[row] += amount
            self.on_row[row][column.site] = amount

    def take_back(self, site: int) -> Column:
        column = self.placed.pop(site)
        for row, amount in column.uses:
            self.taken[row] -= amount
            del self.on_row[row][site]
        return column

    def grow(self) -> None:
        """Makes place for the rows that have been made since."""
        new = self.case.coupling.rows[len(self.room) :]
        self.room += [row.limit for row in new]
        self.taken += [0] * len(new)

    def short_of(self, column: Column) -> Iterator[int]:
        """The rows that have too little left for a column."""
        return (row for row, amount in column.uses if amount > 0 and self.taken[row] + amount > self.room[row])

    def first_full(self, column: Column) -> int | None:
        """The first row that a placed column overfills."""
        over = (row for row, amount in column.uses if amount > 0 and self.taken[row] > self.room[row])
        return next(over, None)


class _Diver:
    def __init__(self, master: "Master", relaxed: Relaxed, search: Search) -> None:
        self.master = master
        self.case = master.case
        self.relaxed = relaxed
        self.search = search
        self.table = _Table.of(self.case)
        self.prices = Prices(self.case, master.objective.scale, relaxed.duals)
        self.fees = [self._fee(number, opening) for number, opening in enumerate(self.case.coupling.openings)]
        self.share: dict[int, tuple[float, int]] = {}
        """By site the largest share of a column in the programme, and its place in the pool."""
        self.known: dict[int, list[Column]] = defaultdict(list)
        for place, (column, share) in enumerate(zip(master.pool, relaxed.taken, strict=True)):
            self.known[column.site].append(column)
            if share > self.share.get(column.site, (0.0, 0))[0]:
                self.share[column.site] = share, place
        self.ranked: dict[int, list[tuple[float, Column]]] = {}

    def _fee(self, number: int, opening: Opening) -> float:
        """What an opening costs at these prices, dearer the less the programme opens it."""
        paid = self.master.objective.scale * opening.worth * (1 - self.relaxed.opened[number])
        return max(0.0, paid)

    def place(self, sites: Sequence[int]) -> list[int]:
        """Gives each of these sites the best column that fits; the sites that found none."""
        stuck = []
        for site in sorted(sites, key=lambda own: (-self.share.get(own, (0.0, 0))[0], own)):
            if not (self._place_whole(site) or self._place_best(site)):
                stuck.append(site)
        return stuck

    def _place_whole(self, site: int) -> bool:
        share, place = self.share.get(site, (0.0, 0))
        return share >= WHOLE and self._put(self.master.pool[place])

    def _place_best(self, site: int) -> bool:
        best: tuple[float, Column] | None = None
        for price, column in self._ranked(site):
            if best is not None and price >= best[0]:
                break
            wanted = self.table.needs(column)
            if wanted is not None:
                price += sum(self.fees[number] for number in wanted)
                if best is None or price < best[0]:
                    best = price, column
        return best is not None and self._put(best[1])

    def _put(self, column: Column) -> bool:
        wanted = self.table.needs(column)
        if wanted is None:
            return False
        self.table.open(wanted)
        self.table.put(column)
        return True

    def _ranked(self, site: int) -> list[tuple[float, Column]]:
        if site not in self.ranked:
            priced = [(self.prices.of_column(column), column) for column in self.known.get(site, ())]
            self.ranked[site] = sorted(priced, key=lambda own: own[0])
        return self.ranked[site]

    def look_for(self, sites: Sequence[int]) -> None:
        """New columns that keep off whatever is full."""
        dear = 1.0 + max((abs(column.worth) for column in self.table.placed.values()), default=0)
        duals = [*self.relaxed.duals, *[0.0] * (len(self.case.coupling.rows) - len(self.relaxed.duals))]
        for row in {row for site in sites for _, column in self._ranked(site) for row in self.table.short_of(column)}:
            duals[row] += dear
        prices = Prices(self.case, self.master.objective.scale, duals)
        for site in sites:
            if self.search.is_over():
                return
            effort = self.search.effort(LABELS_A_LOOK)
            _, column = cheapest_column(self.case, self.case.sites[site], prices, effort)
            if column is not None:
                self.known[site].append(column)
                self.ranked.pop(site, None)
        self.table.grow()

    def make_room(self, site: int) -> bool:
        """Places a site although it finds no room: up to three others move to another of their columns."""
        if self.search.is_over():
            return False
        return any(self._push_in(column) for _, column in self._ranked(site)[:COLUMNS_TRIED])

    def _push_in(self, column: Column) -> bool:
        if self._put(column):
            return True
        table = self.table
        table.put(column)
        moved: list[Column] = []
        for _ in range(MOVES):
            row = table.first_full(column)
            if row is None:
                return True
            move = min(self._moves_off(row, column.site), key=lambda own: own[:2], default=None)
            if move is None:
                break
            _, site, other = move
            moved.append(table.take_back(site))
            self._put(other)
        if table.first_full(column) is None:
            return True
        for old in reversed(moved):
            table.take_back(old.site)
            table.put(old)
        table.take_back(column.site)
        return False

    def _moves_off(self, row: int, newcomer: int) -> Iterator[tuple[float, int, Column]]:
        """Of the other sites on a row: what it costs each to take less of it, and the column that it would take."""
        table = self.table
        for site in sorted(table.on_row[row])[:NEIGHBOURS]:
            if site == newcomer:
                continue
            old = table.take_back(site)
            before = self.prices.of_column(old)
            taken = dict(old.uses)[row]
            for price, column in self._ranked(site):
                if column is not old and dict(column.uses).get(row, 0) < taken and table.needs(column) is not None:
                    yield price - before, site, column
                    break
            table.put(old)

    def choice(self, unserved: Sequence[int]) -> Choice | None:
        columns = tuple(self.table.placed[site] for site in sorted(self.table.placed))
        most = self.master.objective.most_unserved
        if broken_rows(self.case, columns) or (most is not None and len(unserved) > most):
            return None
        left = tuple(sorted(unserved))
        return Choice(columns, left, self.master.value_of(columns, left))
