"""The solver against CP-SAT on problems that are too large to try everything: the same optimum, or both have none.

How many small networks are tried: `DESIGN_CROWDS` (20).
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.columns import columns_by_price
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.prices import Prices
from linkwright.design.model import Problem, Site, SiteDesign
from linkwright.design.routes.paths import Effort
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.crowd import a_crowd, a_tight_crowd
from tests.design.medium import a_medium_problem
from tests.design.naive import Item, judge
from tests.design.tiny2 import SOLVED

CASES = int(os.environ.get("DESIGN_CROWDS", "20"))
NOT_HERE = ("date", "availability", "overbooked")
"""Goals that are not a sum, and room below nothing, which is not a row."""
SHARED = (
    *("temporary", "retirement", "booking", "upgrade", "augment", "frees"),
    *("ports", "build", "orders", "crews", "budget", "stock", "apart", "meets"),
)
"""What makes items compete, by the day or for good."""
MOST_COLUMNS = 60
NARROWER = 0.8


def _assert_same(problem: Problem, designs: list[list[Item]]) -> None:
    from tests.design.cp_oracle import best_value

    known = best_value(problem, designs)
    outcome = solve(problem)
    assert outcome.status == ("infeasible" if known is None else "optimal"), problem.name
    if outcome.design is not None:
        verdict = check(problem, outcome.design)
        assert (verdict.violations, verdict.value) == ((), known), problem.name


@pytest.mark.parametrize("seed", range(CASES))
def test_cp_sat_finds_the_same_optimum(seed: int) -> None:
    _assert_same(*a_crowd(seed, [feature for feature in SOLVED if feature not in NOT_HERE]))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("feature", SHARED)
def test_cp_sat_finds_the_same_optimum_where_items_hardly_find_room(feature: str, seed: int) -> None:
    _assert_same(*a_tight_crowd(seed, feature, SHARED, _is_possible))


def test_many_of_these_are_dearer_than_each_item_by_itself() -> None:
    """Otherwise it would be the cheapest design of each item that is compared."""
    from tests.design.cp_oracle import best_value, value_of

    dearer = 0
    for feature in SHARED:
        problem, designs = a_tight_crowd(0, feature, SHARED, _is_possible)
        alone = sum(min(value_of(problem, item) for item in own) for own in designs)
        dearer += (best_value(problem, designs) or 0) > alone
    assert dearer > len(SHARED) / 2


def _is_possible(problem: Problem, designs: list[list[Item]]) -> bool:
    from tests.design.cp_oracle import best_value

    return best_value(problem, designs) is not None


@pytest.mark.parametrize(("seed", "room"), [(0, 0.3), (2, 0.3), (5, 0.1), (7, 0.05)])
def test_cp_sat_finds_the_same_optimum_over_all_columns_on_a_national_network(seed: int, room: float) -> None:
    drawn = a_medium_problem("germany50", sites=12, seed=seed, room=room)
    found = [(site, columns) for site in drawn.sites for site, columns in _few_columns(drawn, site)]
    problem = _only(drawn, [site for site, _ in found])
    designs = [[judge(problem, column) for column in columns] for _, columns in found]
    assert len(designs) >= 5
    assert not any(item.broken for own in designs for item in own)
    _assert_same(problem, designs)


def _few_columns(problem: Problem, site: Site) -> Iterator[tuple[Site, list[SiteDesign]]]:
    """The site with as much latency as leaves it few enough columns to list, and these; nothing where it has none."""
    columns = _columns(problem, site)
    while len(columns) > MOST_COLUMNS:
        site = replace(site, max_latency_ms=NARROWER * site.max_latency_ms)
        columns = _columns(problem, site)
    if columns:
        yield site, columns


def _columns(problem: Problem, site: Site) -> list[SiteDesign]:
    case = Case(_only(problem, [site]))
    offers = islice(columns_by_price(case, case.sites[0], Prices(case), Effort(10**6)), MOST_COLUMNS + 1)
    return [design_of(case, [offer.column]).sites[0] for offer in offers if offer.column is not None]


def _only(problem: Problem, sites: list[Site]) -> Problem:
    names = {site.id for site in sites}
    options = tuple(option for option in problem.access_options if option.site in names)
    return replace(problem, sites=tuple(sites), access_options=options)
