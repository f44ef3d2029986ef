"""Closing the gap: every column that could still be part of a better choice, if there are few enough to list.

Given a bound, a column whose price lies further above the least of its site than the best choice lies above the bound
is in no better choice. Whoever has listed all the others has everything that matters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import le

from linkwright.design.case import Case, Column, SiteCase
from linkwright.design.columns import columns_by_price
from linkwright.design.coupling import Uses
from linkwright.design.limits import Search
from linkwright.design.prices import Prices


@dataclass(frozen=True, slots=True)
class Room:
    """How many columns may be listed in all, and looked at for each site."""

    columns: int
    columns_a_site: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The columns that were listed, each site's cheapest first, and whether these are all that could matter."""

    columns: list[Column]
    is_complete: bool


def list_columns(
    case: Case, prices: Prices, least: Sequence[float], slack: float, room: Room, search: Search
) -> Listing:
    """The columns that cost at most `slack` more than the least price of their site, as far as there is room.

    Of columns that take the same from every limit only the cheapest is listed.
    """
    listed: list[Column] = []
    is_complete = True
    share = 1 + room.columns // len(case.sites)
    for site, at_least in zip(case.sites, least, strict=True):
        columns = _below(case, site, prices, at_least + slack, room.columns_a_site, search)
        for number, column in enumerate(columns):
            if column is None or (number >= share and len(listed) >= room.columns):
                is_complete = False
                search.guards.add("columns")
                break
            listed.append(column)
    return Listing(_undominated(listed), is_complete)


def _below(
    case: Case, site: SiteCase, prices: Prices, most: float, looks: int, search: Search
) -> Iterator[Column | None]:
    """The columns of a site up to a price; None where the search gave up, or looked at too many."""
    effort = search.effort()
    seen = _Seen(case)
    for looked_at, offer in enumerate(columns_by_price(case, site, prices, effort), start=1):
        if offer.price > most:
            return
        if offer.column is None or looked_at > looks:
            search.note(site.site.id, effort)
            yield None
            return
        if seen.is_new(offer.column):
            yield offer.column


class _Seen:
    """Columns of one site that take the same from every limit: only the cheapest of them matters."""

    def __init__(self, case: Case) -> None:
        coupling = case.coupling
        self.money = {coupling.nrc, coupling.mrc, coupling.total}
        self.kept: dict[Uses, list[tuple[int, ...]]] = {}

    def is_new(self, column: Column) -> bool:
        key = tuple(use for use in column.uses if use[0] not in self.money)
        figures = column.cost_minor, *(amount for row, amount in column.uses if row in self.money)
        others = self.kept.setdefault(key, [])
        if any(all(map(le, other, figures)) for other in others):
            return False
        others.append(figures)
        return True


def _undominated(columns: Sequence[Column]) -> list[Column]:
    """Leaves out what another column of the site beats: not dearer, and no more of any limit."""
    by_site: dict[int, list[Column]] = {}
    for column in columns:
        by_site.setdefault(column.site, []).append(column)
    kept: list[Column] = []
    for site in sorted(by_site):
        of_site: list[tuple[Column, dict[int, int]]] = []
        for column in sorted(by_site[site], key=lambda own: (own.cost_minor, len(own.uses))):
            uses = dict(column.uses)
            beaten = any(all(amount <= uses.get(row, 0) for row, amount in other.items()) for _, other in of_site[:200])
            if not beaten:
                of_site.append((column, uses))
        kept += [column for column, _ in of_site]
    return kept
