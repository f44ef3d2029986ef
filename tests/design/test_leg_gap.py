"""Legs that differ too much in latency are left out before anything else is worked out for them."""

from dataclasses import replace

import pytest

from linkwright.design.choice.arrange import arrangements
from linkwright.design.choice.case import Case
from linkwright.design.choice.columns import Offer, columns_by_price
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Limits
from linkwright.design.model import Budget, LegWish, Problem
from linkwright.design.routes.paths import Effort
from linkwright.design.solve import solve
from tests.design.medium import a_medium_problem
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option
from tests.design.tiny2 import best

GAP_MS = 0.1


def _problem() -> Problem:
    """Three legs that may share links, each with many ways of other lengths."""
    places = ("ab", "bc", "cd", "da", "ac", "bd", "ah", "ch")
    links = [a_link(name, name, price=n, length_km=37.0 * (n + 1)) for n, name in enumerate(places)]
    options = [an_option(f"s-{pop}", "s", pop, delay_ms=0.3 * n) for n, pop in enumerate("abcd")]
    site = a_site("s", to="h", legs=(LegWish(),) * 3, max_latency_ms=9.0, max_differential_ms=GAP_MS)
    return a_case(a_network("abcdh", links), [site], options)


def test_hardly_any_legs_are_finished_that_differ_too_much() -> None:
    case = Case(_problem())
    site = case.sites[0]
    offers = list(columns_by_price(case, site, Prices(case), Effort(10**6)))
    assert offers
    too_far_apart = 0
    for (place, paths), _ in site.columns.items():
        starts = [site.options[number] for number in place.options]
        latencies = [
            start.delay_ms + site.aim.path(start.pop, path).sums[0] for start, path in zip(starts, paths, strict=True)
        ]
        too_far_apart += max(latencies) - min(latencies) > GAP_MS + 1e-6
    assert too_far_apart <= len(list(arrangements(site)))


def test_the_best_of_three_legs_of_nearly_one_latency_is_found() -> None:
    problem = _problem()
    for gap_ms in (GAP_MS, 0.01, 0.5):
        asked = replace(problem, sites=(replace(problem.sites[0], max_differential_ms=gap_ms),))
        known, outcome = best(asked), solve(asked)
        assert outcome.guards == ()
        assert outcome.cost_minor == (None if known is None else known.truth.cost)


def test_two_diverse_legs_of_nearly_one_latency_are_found_with_few_labels() -> None:
    problem = a_medium_problem("germany50", sites=1, seed=1)
    costs = []
    for gap_ms in (0.05, 0.5):
        site = replace(
            problem.sites[0],
            diversity="node",
            max_latency_ms=25.0,
            min_availability=0.995,
            max_differential_ms=gap_ms,
        )
        outcome = solve(replace(problem, sites=(site,)), limits=Limits(labels_a_site=3_000))
        assert outcome.guards == ()
        costs.append(outcome.cost_minor)
    assert costs == [3_542_016, 3_541_296]


@pytest.mark.parametrize("diversity", ["link", "node"])
@pytest.mark.parametrize("delay_ms", [0.0, 0.3, 1.0])
def test_the_best_of_two_diverse_legs_of_nearly_one_latency_is_found(diversity: str, delay_ms: float) -> None:
    problem = _problem()
    options = tuple(
        replace(option, delay_ms=delay_ms if number == 0 else 0.0, nrc_minor=100 * number)
        for number, option in enumerate(problem.access_options)
    )
    for gap_ms in (0.0, 0.01, 0.1, 0.2, 0.5, 2.0):
        site = replace(problem.sites[0], legs=(), diversity=diversity, max_differential_ms=gap_ms)
        asked = replace(problem, sites=(site,), access_options=options)
        known, outcome = best(asked), solve(asked)
        assert outcome.guards == ()
        assert outcome.cost_minor == (None if known is None else known.truth.cost)


def test_hardly_any_legs_are_finished_that_no_budget_pays_for() -> None:
    problem = _problem()
    site = replace(problem.sites[0], max_differential_ms=None)
    dearest = max(offer.column.cost_minor for offer in _offers(replace(problem, sites=(site,))) if offer.column)
    for total_minor in (0, dearest // 3):
        case = Case(replace(problem, sites=(replace(site, budget=Budget(total_minor=total_minor)),)))
        offers = list(columns_by_price(case, case.sites[0], Prices(case), Effort(10**6)))
        too_dear = [paths for (_, paths), found in case.sites[0].columns.items() if not found]
        assert len(too_dear) <= len(list(arrangements(case.sites[0])))
        assert all(offer.column is not None and offer.column.cost_minor <= total_minor for offer in offers)


def test_each_combination_of_legs_counts() -> None:
    case = Case(_problem())
    effort = Effort(10**6)
    list(columns_by_price(case, case.sites[0], Prices(case), effort))
    assert effort.spent >= len(case.sites[0].columns)


def _offers(problem: Problem) -> list[Offer]:
    case = Case(problem)
    return list(columns_by_price(case, case.sites[0], Prices(case), Effort(10**6)))
