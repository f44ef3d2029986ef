"""Closing the gap: every column that could still be part of a better choice, if there are few enough to list.

Given a bound, a column whose price lies further above the least of its site than the best choice lies above the bound
is in no better choice. Whoever has listed all the others has everything that matters.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import le

from linkwright.design.choice.case import Case, Column, SiteCase
from linkwright.design.choice.choice import Choice
from linkwright.design.choice.columns import columns_by_price
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.given_up import given_up_at
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Search


@dataclass(frozen=True, slots=True)
class Room:
    """How many columns may be listed in all, and looked at for each site; `all_or_none`: a part would be no use."""

    columns: int
    columns_a_site: int
    all_or_none: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The columns that were listed, each site's cheapest first, and whether these are all that could matter."""

    columns: list[Column]
    is_complete: bool


def list_columns(
    case: Case,
    prices: Prices,
    least: Sequence[float],
    slack: float,
    room: Room,
    search: Search,
    best: Choice | None = None,
    allows: Callable[[Column], bool] = lambda _: True,
) -> Listing:
    """The columns that cost at most `slack` more than the least price of their site, as far as there is room.

    Of columns that take the same from every limit only the cheapest is listed. `best` is chosen among them, too.
    What is not allowed is left out before anything is compared.
    """
    listed: list[Column] = []
    is_complete = True
    share = 1 + room.columns // len(case.sites)
    for site, at_least in zip(case.sites, least, strict=True):
        columns = _below(case, site, prices, at_least + slack, room.columns_a_site, search, allows)
        for number, column in enumerate(columns):
            if column is None or (number >= share and len(listed) >= room.columns):
                is_complete = False
                search.guards.add("columns")
                break
            listed.append(column)
        if search.is_over():
            is_complete = False
        if not is_complete and (room.all_or_none or search.is_over()):
            break
    others = () if best is None else best.columns
    return Listing(_undominated(case, listed, others, search), is_complete)


def _below(
    case: Case,
    site: SiteCase,
    prices: Prices,
    most: float,
    looks: int,
    search: Search,
    allows: Callable[[Column], bool],
) -> Iterator[Column | None]:
    """The columns of a site up to a price; None where the search gave up, or looked at too many."""
    effort = search.effort()
    known = given_up_at(site, prices, effort)
    if known is not None:
        if known <= most:
            search.note(site.site.id, effort)
            yield None
        return
    seen = _Seen(case)
    for looked_at, offer in enumerate(columns_by_price(case, site, prices, effort), start=1):
        if offer.price > most:
            return
        if offer.column is None or looked_at > looks:
            search.note(site.site.id, effort)
            yield None
            return
        if allows(offer.column) and seen.is_new(offer.column):
            yield offer.column


class _Seen:
    """Columns of one site that take the same from every limit: only the cheapest of them matters."""

    def __init__(self, case: Case) -> None:
        coupling = case.coupling
        self.money = {coupling.nrc, coupling.mrc, coupling.total}
        self.kept: dict[Uses, list[tuple[int, ...]]] = {}

    def is_new(self, column: Column) -> bool:
        key = tuple(use for use in column.uses if use[0] not in self.money)
        figures = column.worth, *(amount for row, amount in column.uses if row in self.money)
        others = self.kept.setdefault(key, [])
        if any(all(map(le, other, figures)) for other in others):
            return False
        others.append(figures)
        return True


def _undominated(case: Case, columns: Sequence[Column], others: Sequence[Column], search: Search) -> list[Column]:
    """Leaves out what another column of the site beats: it counts no more, and takes no more of any limit.

    Only limits count that the columns together with `others` could break.
    """
    by_site: dict[int, list[Column]] = {}
    for column in columns:
        by_site.setdefault(column.site, []).append(column)
    rows = _breakable(case, [*columns, *others])
    kept: list[Column] = []
    for site in sorted(by_site):
        kept += by_site[site] if search.is_over() else _best_of(by_site[site], rows)
    return kept


def _breakable(case: Case, columns: Sequence[Column]) -> frozenset[int]:
    """The rows that a choice of these columns could break, with everything opened that takes from them."""
    most: dict[tuple[int, int], int] = {}
    for column in columns:
        for row, amount in column.uses:
            key = row, column.site
            if amount > most.get(key, 0):
                most[key] = amount
    total: dict[int, int] = {}
    for (row, _), amount in most.items():
        total[row] = total.get(row, 0) + amount
    for opening in case.coupling.openings:
        for row, amount in opening.uses:
            if amount > 0:
                total[row] = total.get(row, 0) + amount
    return frozenset(row for row, amount in total.items() if amount > case.coupling.rows[row].limit)


def _best_of(columns: Sequence[Column], rows: frozenset[int]) -> list[Column]:
    import numpy as np  # not needed where nothing is shared

    ordered = sorted(columns, key=lambda own: (own.worth, len(own.uses)))
    place = {row: number for number, row in enumerate(sorted({r for c in ordered for r, _ in c.uses if r in rows}))}
    uses = np.zeros((len(ordered), len(place)), np.int64)
    for number, column in enumerate(ordered):
        for row, amount in column.uses:
            if row in place:
                uses[number, place[row]] = amount
    kept: list[Column] = []
    best = np.empty_like(uses)
    for number, column in enumerate(ordered):
        count = len(kept)
        if not (best[:count] <= uses[number]).all(axis=1).any():
            best[count] = uses[number]
            kept.append(column)
    return kept
