"""Searches that gave up are not made again, unless they could end otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import inf

import pytest

from linkwright.design.choice import alone, columns, gap
from linkwright.design.choice.case import Case, SiteCase
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Limits, Search
from linkwright.design.routes.paths import Effort
from tests.design.tiny import SCARCE_KINDS, a_problem

FEW, MORE = 1, 100_000


def _given_up() -> Iterator[tuple[Case, SiteCase, float]]:
    """Cases of which so few labels tell nothing, with the price from which on that is so."""
    for seed in range(240):
        case = Case(a_problem(seed, (SCARCE_KINDS[seed % len(SCARCE_KINDS)],), sites=1))
        bound, column = cheapest_column(case, case.sites[0], Prices(case), Effort(FEW))
        if column is None and bound < inf:
            yield case, case.sites[0], bound


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[SiteCase]:
    """The sites that are searched from now on."""
    seen: list[SiteCase] = []
    begun = columns._Queue.offers

    def offers(queue: columns._Queue) -> object:
        seen.append(queue.site)
        return begun(queue)

    monkeypatch.setattr(columns._Queue, "offers", offers)
    return seen


def _search() -> Search:
    return Search.starting(Limits(labels_a_site=FEW), lambda: 0.0)


def test_what_gave_up_says_the_same_again_without_a_search(made: list[SiteCase]) -> None:
    found = list(_given_up())
    assert len(found) > 3
    made.clear()
    for case, site, bound in found:
        for same in (Prices(case), Prices(case, 1, [0.0] * len(case.coupling.rows))):
            effort = Effort(FEW)
            assert cheapest_column(case, site, same, effort) == (bound, None)
            assert effort.spent > FEW, "the guard tells of it again"
        assert alone.cheapest_alone(case, _search()) is None
        listing = partial(gap._below, case, site, Prices(case), looks=100, search=_search(), allows=lambda _: True)
        assert list(listing(most=bound)) == [None]
        assert list(listing(most=bound - 1)) == []
    assert made == []


def test_what_gave_up_is_searched_again_where_that_could_end_otherwise(made: list[SiteCase]) -> None:
    for case, site, _ in list(_given_up()):
        made.clear()
        cheapest_column(case, site, Prices(case), Effort(MORE))
        cheapest_column(case, site, Prices(case, 0), Effort(FEW))
        cheapest_column(case, site, Prices(case, 1, [1.0] * len(case.coupling.rows)), Effort(FEW))
        cheapest_column(case, site, Prices(case), Effort(FEW), lambda _: True)
        stricter = replace(site.site, min_availability=site.site.min_availability + 1e-9)
        cheapest_column(case, case.raised_site(site, stricter), Prices(case), Effort(FEW))
        assert len(made) == 4 + bool(case.coupling.rows)


def test_what_the_time_ended_is_searched_again(made: list[SiteCase]) -> None:
    for case, site, bound in list(_given_up()):
        site.given_up.clear()
        late = Effort(0)
        cheapest_column(case, site, Prices(case), late)
        made.clear()
        assert cheapest_column(case, site, Prices(case), Effort(FEW)) == (bound, None)
        assert made == [site]
