"""Legs that differ too much in latency are left out before anything else is worked out for them."""

from dataclasses import replace

from linkwright.design.arrange import arrangements
from linkwright.design.case import Case
from linkwright.design.columns import columns_by_price
from linkwright.design.model import LegWish, Problem
from linkwright.design.paths import Effort
from linkwright.design.prices import Prices
from linkwright.design.solve import solve
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
