"""Bounds for all arrangements at once are true bounds, whatever the prices, and most of them are close."""

import random
from math import inf

import pytest

from linkwright.design.choice import drafts, known_floors
from linkwright.design.choice.case import Case
from linkwright.design.choice.columns import cheapest_column, columns_by_price
from linkwright.design.choice.drafts import Draft
from linkwright.design.choice.floors import Floors, floors_of
from linkwright.design.choice.known_floors import floors_at
from linkwright.design.choice.parts import Column, SiteCase
from linkwright.design.choice.prices import Prices
from linkwright.design.instead.thresholds import decisive_days, narrowed
from linkwright.design.limits import Limits, Search
from tests.design.medium import a_medium_problem
from tests.design.tiny2 import seeded

FEATURES = ("legs", "words", "temporary", "stock", "frees", "meets", "build", "npv", "apart", "far", "budget", "terms")


def _search() -> Search:
    return Search.starting(Limits(), lambda: 0.0)


def _prices(case: Case, dice: random.Random) -> Prices:
    duals = [dice.choice((0.0, 0.0, dice.uniform(0, 5), dice.uniform(0, 0.1))) for _ in case.coupling.rows]
    return Prices(case, dice.choice((0, 1)), duals)


def test_no_design_of_a_site_is_cheaper_than_its_floor() -> None:
    close = 0
    for number, feature in enumerate(FEATURES * 3):
        case, dice = Case(seeded(number, [feature])), random.Random(number)
        prices = _prices(case, dice)
        floors = Floors(case).at(prices)
        for site in case.sites:
            bound, column = cheapest_column(case, site, prices, _search().effort())
            floor = floors.least(site)
            assert floor <= bound + 1e-6, (number, feature, site.site.id)
            if column is not None:
                assert floor <= prices.of_column(column) + 1e-6
                close += floor > bound - 1e-6
    assert close > 20


def test_every_column_of_a_site_costs_at_least_the_floor_of_its_arrangement() -> None:
    for number, feature in enumerate(FEATURES):
        case, dice = Case(seeded(number + 100, [feature])), random.Random(number)
        prices = _prices(case, dice)
        floors = Floors(case).at(prices)
        for site in case.sites:
            in_order = floors.in_order(site)
            if in_order is None:
                continue
            floor = {place: bound for bound, place in in_order}
            assert list(floor.values()) == sorted(floor.values())
            for offer in columns_by_price(case, site, prices, _search().effort()):
                if offer.column is not None:
                    own = offer.column
                    found = [
                        b for p, b in floor.items() if (p.shape, p.end, p.options) == (own.shape, own.end, own.options)
                    ]
                    assert found
                    assert found[0] <= prices.of_column(own) + 1e-6


def test_many_sites_get_the_same_columns_in_the_same_order_as_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = a_medium_problem("germany50", sites=30, seed=5, room=1.5)
    case, plain = Case(problem), Case(problem)
    dice = random.Random(1)
    duals = [dice.choice((0.0, dice.uniform(0, 500))) for _ in case.coupling.rows]
    many, few = Prices(case, 1, duals), Prices(plain, 1, duals)
    assert floors_at(many) is not None
    monkeypatch.setattr(known_floors, "MANY_SITES", len(case.sites) + 1)
    assert floors_at(few) is None
    for one, other in zip(case.sites, plain.sites, strict=True):
        found = cheapest_column(case, one, many, _search().effort())
        known = cheapest_column(plain, other, few, _search().effort())
        assert (found[0] == inf) == (known[0] == inf)
        if known[1] is not None and found[1] is not None:
            assert abs(found[0] - known[0]) <= 1e-9 * abs(known[0])
            assert many.of_column(found[1]) == few.of_column(known[1])


def test_what_searches_have_told_changes_no_later_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """At ever other prices, of items that ask for more and more: as if each were the first question."""
    told = better = 0
    for number, feature in enumerate(FEATURES * 2):
        problem, dice = seeded(number + 200, [feature]), random.Random(number)
        base = Case(problem)
        for round_ in range(12):
            least = 0.0 if round_ < 6 else dice.choice((0.9, 0.99, 0.999))
            asked = narrowed(problem, availability=least)
            case, plain = base.raised(asked), Case(asked)
            priced = dice.choice((0.0, 0.5))
            duals = [dice.uniform(0, 50) if dice.random() < priced else 0.0 for _ in plain.coupling.rows]
            scale = dice.choice((0, 1, 1))
            monkeypatch.setattr(known_floors, "MANY_SITES", 0)
            many = Prices(case, scale, duals)
            found = [cheapest_column(case, site, many, _search().effort()) for site in case.sites]
            bounds = [Floors.at(floors_of(case), many).least(site) for site in case.sites]
            monkeypatch.setattr(known_floors, "MANY_SITES", len(case.sites) + 1)
            few = Prices(plain, scale, duals)
            for site, (bound, _), floor in zip(plain.sites, found, bounds, strict=True):
                known, _ = cheapest_column(plain, site, few, _search().effort())
                assert bound == pytest.approx(known, rel=1e-9, abs=1e-6), (number, feature, round_, site.site.id)
                assert floor <= known + 1e-6
                told += bool(case.sites[site.index].learnt)
                better += floor > Floors(plain).at(few).least(site) + 1e-6
    assert told > 100
    assert better > 20


def _told(found: tuple[float, Column | None]) -> tuple[object, ...]:
    bound, column = found
    if column is None:
        return bound, None
    return bound, column.paths, column.cpe, column.uses, column.worth, column.availability, column.ready_day


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_known_of_a_later_day_changes_no_answer(feature: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Designs, limits and bounds that were found for a later day, against a case that knows nothing of it."""
    monkeypatch.setattr(known_floors, "MANY_SITES", 0)
    made: list[int] = []
    monkeypatch.setattr(drafts, "Draft", lambda *own, draft=Draft: made.append(0) or draft(*own))
    saved = 0
    for number in range(6):
        problem, dice = seeded(number + 400, [feature]), random.Random(number)
        later = Case(problem)
        for site in later.sites:
            _all_of(later, site, _prices(later, dice))
        for day in decisive_days(problem):
            for least in (0.0, 0.99):
                asked = narrowed(problem, day)
                raised = narrowed(asked, availability=least)
                case, alone = Case(asked, later.graph, later=later).raised(raised), Case(asked).raised(raised)
                duals = [dice.choice((0.0, 0.0, dice.uniform(0, 50))) for _ in alone.coupling.rows]
                for site, plain in zip(case.sites, alone.sites, strict=True):
                    made.clear()
                    known = [_told(own) for own in _all_of(case, site, Prices(case, 1, duals))]
                    saved -= len(made)
                    made.clear()
                    assert known == [_told(own) for own in _all_of(alone, plain, Prices(alone, 1, duals))]
                    saved += len(made)
    assert saved > 0 or feature in ("far", "budget")


def _all_of(case: Case, site: SiteCase, prices: Prices) -> list[tuple[float, Column | None]]:
    cheapest = cheapest_column(case, site, prices, _search().effort())
    return [cheapest, *columns_by_price(case, site, prices, _search().effort())]
