"""The list of columns that could still matter, and what may be left out of it."""

from itertools import product
from math import inf

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import CHEAPEST, broken_rows, worth_of
from linkwright.design.choice.columns import columns_by_price
from linkwright.design.choice.gap import Room, list_columns
from linkwright.design.choice.optimise import optimise
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Limits, Search
from tests.design.tiny import SCARCE_KINDS, a_problem

ALL = Room(10_000, 10_000)


def _search() -> Search:
    return Search.starting(Limits(), lambda: 0.0)


def _all(case: Case) -> list[list[Column]]:
    prices = Prices(case)
    return [
        [offer.column for offer in columns_by_price(case, site, prices, _search().effort()) if offer.column is not None]
        for site in case.sites
    ]


def _best(case: Case, columns: list[list[Column]]) -> float:
    """The least value of a choice of one column for each site, by trying all; inf where none fits."""
    fitting = (chosen for chosen in product(*columns) if not broken_rows(case, chosen))
    return min((worth_of(case, chosen) for chosen in fitting), default=inf)


def test_what_is_left_out_of_a_whole_list_is_never_missed() -> None:
    shorter = 0
    for seed in range(40):
        case = Case(a_problem(seed, (SCARCE_KINDS[seed % len(SCARCE_KINDS)],), sites=2))
        everything = _all(case)
        if not all(everything) or sum(map(len, everything)) > 120:
            continue
        listing = list_columns(case, Prices(case), [0.0] * len(case.sites), inf, ALL, _search())
        assert listing.is_complete
        kept = [[column for column in listing.columns if column.site == site.index] for site in case.sites]
        shorter += sum(map(len, kept)) < sum(map(len, everything))
        assert _best(case, kept) == _best(case, everything), seed
    assert shorter > 5


def test_a_list_holds_nothing_above_its_price() -> None:
    for seed in range(20):
        case = Case(a_problem(seed, ("links",), sites=2))
        everything = _all(case)
        if not all(everything):
            continue
        prices = Prices(case)
        least = [float(columns[0].worth) for columns in everything]
        listing = list_columns(case, prices, least, 20.0, ALL, _search())
        assert all(prices.of_column(column) <= least[column.site] + 20.0 for column in listing.columns)


def test_a_list_without_room_says_that_it_is_not_complete() -> None:
    case = Case(a_problem(3, ("links",), sites=3))
    search = _search()
    listing = list_columns(case, Prices(case), [0.0] * 3, inf, Room(1, 1), search)
    assert not listing.is_complete
    assert "columns" in search.guards


def test_a_list_of_all_or_none_ends_where_the_room_does() -> None:
    shorter = 0
    for seed in range(12):
        case = Case(a_problem(seed, ("links",), sites=3))
        part, none = (
            list_columns(case, Prices(case), [0.0] * 3, inf, Room(1, 1, all_or_none=whole), _search())
            for whole in (False, True)
        )
        assert none.is_complete == part.is_complete
        assert {column.site for column in none.columns} <= {column.site for column in part.columns}
        shorter += len(none.columns) < len(part.columns)
    assert shorter


def test_a_list_ends_with_the_time() -> None:
    case = Case(a_problem(3, ("links",), sites=3))
    search = Search(Limits(), iter(range(10**6)).__next__, 2.0)
    assert not list_columns(case, Prices(case), [0.0] * 3, inf, ALL, search).is_complete


def test_a_known_choice_and_a_known_bound_are_taken_up() -> None:
    for seed in range(12):
        case = Case(a_problem(seed, ("links", "ports"), sites=3))
        plain = optimise(case, CHEAPEST, _search())
        if plain.choice is None:
            continue
        again = optimise(case, CHEAPEST, _search(), incumbent=plain.choice, floor=plain.bound)
        assert (again.choice, again.bound) == (plain.choice, plain.bound)
        assert set(plain.choice.columns) <= set(again.pool)
