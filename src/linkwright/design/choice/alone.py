"""Each site by itself: the cheapest design of every one, and the answer where that is all there is to decide."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from math import inf

from linkwright.design.choice.case import Arrangement, Case, Column, SiteCase
from linkwright.design.choice.choice import Choice, Optimum, broken_rows, opened_by, worth_of
from linkwright.design.choice.columns import cheapest_column, columns_by_price
from linkwright.design.choice.given_up import given_up_at
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Search

Alone = tuple[float, Column | None]
"""The least cost of one site by itself (inf: it has no design), and the column that has it (None: none was found)."""
LABELS_A_TRY, COLUMNS_A_TRY = 2_000, 20
"""So far one kind of legs is followed where any design is enough."""
MORE_THAN_COST = 10**12
"""A price beside which what counts otherwise hardly matters."""
COLUMNS_ALONE = 300
"""So many columns of a single site are tried one by one before the linear programme is asked."""


def cheapest_of_each(case: Case, search: Search, known: Mapping[int, Alone] | None = None) -> list[Alone]:
    """For each site alone a lower bound of what it counts and its best column; little of either when time is over.

    `known` is what need not be looked for, by the positions of sites.
    """
    return list(_each(case, search, known or {}, None))


def cheapest_by(case: Case, search: Search, known: Mapping[int, Alone], day: float) -> list[Alone]:
    """The same with accesses alone that are there by a day; it ends with the first site that has no design then."""
    found: list[Alone] = []
    for own in _each(case, search, known, day):
        found.append(own)
        if own[0] == inf:
            break
    return found


def _each(case: Case, search: Search, known: Mapping[int, Alone], day: float | None) -> Iterator[Alone]:
    prices = Prices(case)
    for site in case.sites:
        if site.index in known:
            yield known[site.index]
            continue
        if search.is_over():
            yield 0.0, None
            continue
        effort = search.effort()
        bound, column = cheapest_column(case, site, prices, effort, None if day is None else partial(_is_by, day, site))
        yield bound, column
        if column is None:
            search.note(site.site.id, effort)


def _is_by(day: float, site: SiteCase, place: Arrangement) -> bool:
    """A temporary service keeps its days, whenever the others are live."""
    return site.site.end_day is not None or all(site.options[number].ready_day <= day for number in place.options)


def all_together(case: Case, alone: Sequence[Alone]) -> Optimum | None:
    """The cheapest columns as the best choice, if they fit together and open nothing that costs: none is better."""
    columns = [column for _, column in alone if column is not None]
    if len(columns) < len(alone) or broken_rows(case, columns):
        return None
    if any(opening.worth for opening in opened_by(case, columns)):
        return None
    worth = sum(column.worth for column in columns)
    bound = sum(bound for bound, _ in alone)
    return Optimum(Choice(tuple(columns), (), worth), bound) if bound >= worth else None


def fitting_alone(case: Case, search: Search) -> Column | None:
    """Some design of the only site that keeps all limits, where a rule set aside leaves several kinds of legs to try.

    The cheapest kind may be one of which very many designs are looked at in vain, so each has a short try of its own.
    """
    (site,) = case.sites
    for shape in range(len(site.demand.shapes)):
        effort = search.effort(LABELS_A_TRY)
        offers = columns_by_price(case, site, Prices(case), effort, partial(_is_of, shape))
        for offer in islice(offers, COLUMNS_A_TRY):
            if offer.column is None:
                break
            if not broken_rows(case, [offer.column]):
                return offer.column
    return None


def _is_of(shape: int, place: Arrangement) -> bool:
    return place.shape == shape


def cheapest_alone(case: Case, search: Search) -> Optimum | None:
    """The best choice of a case with one site, without any linear programme; None where too many columns tie it up.

    What a build costs is simply added to the columns that use it, so columns come in order of what they cost in all
    but for augments, and the first price above the best sum ends the search.
    """
    site = case.sites[0]
    duals = [0] * len(case.coupling.rows)
    for opening in case.coupling.openings:
        for row, amount in opening.uses:
            if opening.kind == "build" and amount < 0:
                duals[row] = opening.worth
    prices, effort = Prices(case, 1, duals), search.effort()
    best: Choice | None = None
    if given_up_at(site, prices, effort) is not None:
        return None
    for number, offer in enumerate(columns_by_price(case, site, prices, effort)):
        if best is not None and offer.price >= best.value:
            break
        if offer.column is None or number > COLUMNS_ALONE:
            return None
        if not broken_rows(case, [offer.column]):
            value = worth_of(case, [offer.column])
            if best is None or value < best.value:
                best = Choice((offer.column,), (), value)
    return Optimum(best, inf if best is None else float(best.value))


def thriftiest_alone(case: Case, row: int, search: Search) -> Column | None:
    """A design of the only site that takes little of one common limit, and costs little among these."""
    duals = [0] * len(case.coupling.rows)
    duals[row] = MORE_THAN_COST
    return cheapest_column(case, case.sites[0], Prices(case, 1, duals), search.effort())[1]
