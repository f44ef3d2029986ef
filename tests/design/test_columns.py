"""The designs of one item against all that there are, for everything that an item can ask for."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.columns import columns_by_price
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.prices import Prices
from linkwright.design.model import Budget, Leg, Problem, Site, SiteDesign
from linkwright.design.routes.paths import Effort
from linkwright.design.wishes import wishes_of
from tests.design import tiny
from tests.design.tiny2 import lawful, seeded

OWN = (
    "words",
    "undeclared",
    "far",
    "backup",
    "legs",
    "jitter",
    "loss",
    "optical",
    "differential",
    "period",
    "technology",
    "partner",
    "item_budget",
    "build",
    "terms",
)
"""What an item asks for itself."""
TOGETHER = [(one, two) for one, two in combinations(OWN, 2)]
SHARED = ("ports", "orders", "crews", "budget", "build")
Key = tuple[str, tuple[object, ...]]


def _alone(problem: Problem, site: Site) -> Problem:
    """The item by itself, with room for everything."""
    options = tuple(option for option in problem.access_options if option.site == site.id)
    builds = tuple(replace(build, max_sites=None, capacity_mbps=None) for build in problem.builds)
    return replace(problem, sites=(site,), access_options=options, builds=builds, apart=(), meets=(), budget=Budget())


def _columns(case: Case, prices: Prices) -> Iterator[tuple[float, Column]]:
    for offer in columns_by_price(case, case.sites[0], prices, Effort(10**9)):
        assert offer.column is not None
        yield offer.price, offer.column


def _key(site: Site, design: SiteDesign) -> Key:
    """Legs with wishes that ask the same may change places."""
    wishes = [_without_role(wish) for wish in wishes_of(site)]
    legs = sorted(
        ((repr(wish), leg.access, leg.far or "", leg.path) for wish, leg in zip(wishes, design.legs, strict=True))
    )
    return design.cpe, tuple(legs)


def _without_role(wish: object) -> object:
    return replace(wish, role="primary")  # type: ignore[type-var]


def _ends_early(site: Site, problem: Problem, legs: Sequence[Leg]) -> bool:
    """Whether no leg leads through a destination to another one."""
    links = {link.id: link for link in problem.network.links}
    pops = {option.id: option.pop for option in problem.access_options}
    for leg in legs:
        at = pops[leg.access]
        for name in leg.path:
            if leg.far is None and at in site.destinations:
                return False
            link = links[name]
            at = link.z if at == link.a else link.a
    return True


def _assert_all_are_found(problem: Problem) -> None:
    for site in problem.sites:
        alone = _alone(problem, site)
        case = Case(alone)
        found = list(_columns(case, Prices(case)))
        assert all(price == column.worth for price, column in found), problem.name
        assert all(one[0] <= two[0] for one, two in pairwise(found)), problem.name
        term = alone.term_months if site.term_months is None else site.term_months
        true = {_key(site, item.design): item for item in lawful(alone, site)}
        keys = [_key(site, design_of(case, [column]).sites[0]) for _, column in found]
        assert len(set(keys)) == len(keys), problem.name
        for key, (_, column) in zip(keys, found, strict=True):
            item = true[key]
            assert column.cost_minor == item.nrc + term * item.mrc, problem.name
            assert column.ready_day == item.ready_day, problem.name
            assert column.availability == pytest.approx(item.availability, abs=1e-12), problem.name
        wanted = {
            key
            for key, item in true.items()
            if (site.max_differential_ms is not None and len(wishes_of(site)) > 1)
            or _ends_early(site, alone, item.design.legs)
        }
        assert wanted <= set(keys), problem.name


@pytest.mark.parametrize("features", [(), *((one,) for one in OWN)], ids=lambda names: "+".join(names) or "plain")
def test_every_design_of_an_item_is_found_in_order_of_its_cost(features: tuple[str, ...]) -> None:
    for seed in range(25):
        _assert_all_are_found(seeded(seed, features))


@pytest.mark.parametrize("features", TOGETHER, ids="+".join)
def test_every_design_of_an_item_that_asks_for_two_things_is_found(features: tuple[str, ...]) -> None:
    for seed in range(100, 104):
        _assert_all_are_found(seeded(seed, features))


@given(st.integers(0, 10**6), st.sets(st.sampled_from(OWN), min_size=3, max_size=5))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_design_of_an_item_that_asks_for_much_is_found(seed: int, features: set[str]) -> None:
    _assert_all_are_found(seeded(seed, [name for name in OWN if name in features]))


@pytest.mark.parametrize(
    "features",
    [
        ("words",),
        ("far",),
        ("backup",),
        ("legs",),
        ("differential",),
        ("undeclared",),
        ("frees",),
        ("temporary",),
        ("stock",),
        ("meets",),
        ("far", "backup"),
        ("npv",),
    ],
    ids="+".join,
)
def test_other_prices_change_the_order_of_designs_and_nothing_else(features: tuple[str, ...]) -> None:
    for seed in range(10):
        problem = seeded(seed, (*features, *SHARED, "booking"))
        dice = random.Random(seed)
        for number in range(len(problem.sites)):
            case = Case(problem)
            site = case.sites[number]
            duals = [dice.choice((0.0, 0.0, dice.random() * 20)) for _ in case.coupling.rows]
            first, second = (
                [(offer.price, offer.column) for offer in columns_by_price(case, site, prices, Effort(10**9))]
                for prices in (Prices(case), Prices(case, 1, duals))
            )
            assert {id(column) for _, column in first} == {id(column) for _, column in second}
            assert all(column is not None for _, column in first)
            assert all(one[0] <= two[0] + 1e-9 for one, two in pairwise(second))
            priced = Prices(case, 1, duals)
            assert all(price == pytest.approx(priced.of_column(column), abs=1e-6) for price, column in second if column)


@pytest.mark.parametrize("features", [("words",), ("far",), ("backup",), ("legs",), ("differential",)])
def test_a_search_that_gives_up_names_a_price_that_nothing_it_missed_is_below(features: tuple[str, ...]) -> None:
    gave_up = 0
    for seed in range(12):
        problem = seeded(seed, features)
        case = Case(problem)
        for site in case.sites:
            every = [offer.price for offer in columns_by_price(case, site, Prices(case), Effort(10**9))]
            for effort in (0, 5, 45):
                offers = list(columns_by_price(case, site, Prices(case), Effort(effort)))
                seen = sum(offer.column is not None for offer in offers)
                bound = min((offer.price for offer in offers if offer.column is None), default=None)
                gave_up += bound is not None
                if bound is None:
                    assert seen == len(every), problem.name
                else:
                    found = sorted(offer.price for offer in offers if offer.column is not None)
                    missed = list(every)
                    for price in found:
                        missed.remove(price)
                    assert all(price >= bound for price in missed), problem.name
    assert gave_up


def test_ways_that_questions_share_know_no_price_of_one_of_them() -> None:
    shared = 0
    for seed in range(20):
        case = Case(tiny.a_problem(seed, ("links",), sites=3))
        rows = [row for link in case.coupling.links.values() for _, row in link]
        site = case.sites[0]
        if not rows or not site.ends or site.is_point_to_point:
            continue
        before = Prices(case).routes(site)
        plain = list(before.price)
        duals = [1 if row in rows else 0 for row in range(len(case.coupling.rows))]
        dearer = Prices(case, 1, duals).routes(site)
        assert sum(dearer.price) >= sum(plain)
        assert before.price == plain
        again = Prices(case).routes(site)
        assert again.price == plain
        assert again.tree.weight == before.tree.weight
        shared += dearer.price != plain
    assert shared
