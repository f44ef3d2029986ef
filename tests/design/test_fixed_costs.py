"""What an item costs in any of its designs: in its sums, its budgets and its bound, in the search and the verifier."""

import json
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from linkwright.design.choice import known_floors
from linkwright.design.choice.case import Case
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.floors import Floors
from linkwright.design.choice.prices import Prices
from linkwright.design.files.format import read_problem
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Budget, Goal, Problem, Worth
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value
from linkwright.errors import BadProblem
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_site, an_option, with_site
from tests.design.tiny2 import best, seeded

BESIDE = ("budget", "item_budget", "npv", "terms", "backup", "legs", "far", "build", "stock", "crews")
MONTHS = 10


def one_item(**more: object) -> Problem:
    """An access of 30 once and 4 a month, a CPE of 5 once, and 7 once and 2 a month whatever is chosen."""
    options = [an_option("near", "s", "p", nrc=30, mrc_minor=4)]
    case = a_case(a_network("ph", [a_link("ph", "ph")]), [a_site("s", nrc_minor=7, mrc_minor=2)], options)
    return replace(case, cpe_models=(a_cpe(nrc=5),), **more)  # type: ignore[arg-type]


def test_it_is_in_the_sums_of_the_design_and_in_its_bound() -> None:
    outcome = solve(one_item())
    assert outcome.verdict is not None
    (report,) = outcome.verdict.sites
    assert (report.nrc_minor, report.mrc_minor) == (42, 6)
    assert (outcome.cost_minor, outcome.bound_minor, outcome.gap) == (42 + MONTHS * 6, 42 + MONTHS * 6, 0.0)


def test_it_counts_in_the_weights_of_the_goal_and_over_the_months_of_the_item() -> None:
    worth = solve(one_item(goal=Goal(kind="npv", worth=Worth(nrc=0.5, mrc=3.0)))).verdict
    assert worth is not None
    assert worth.value == 500 * 42 + 3000 * 6
    assert solve(with_site(one_item(), "s", term_months=3)).cost_minor == 42 + 3 * 6


@pytest.mark.parametrize(
    ("budget", "constraint", "needed"),
    [
        (Budget(nrc_minor=41), "budget/nrc", 42),
        (Budget(mrc_minor=5), "budget/mrc", 6),
        (Budget(total_minor=101), "budget/total", 102),
    ],
)
def test_a_budget_has_to_be_enough_for_it(budget: Budget, constraint: str, needed: int) -> None:
    outcome = solve(one_item(budget=budget), relax=True)
    assert outcome.status == "infeasible"
    assert [(one.constraint, one.needed) for one in outcome.reasons] == [(constraint, needed)]
    assert [one.value for one in outcome.relaxations if one.constraint == constraint] == [needed]
    assert solve(with_value(one_item(budget=budget), constraint, needed)).status == "optimal"


def test_a_budget_of_its_own_has_to_be_enough_for_it() -> None:
    two = one_item()
    two = replace(
        two,
        sites=(*two.sites, a_site("t")),
        access_options=(*two.access_options, an_option("other", "t", "p")),
    )
    short = with_site(two, "s", budget=Budget(nrc_minor=41))
    assert [one.constraint for one in solve(short).reasons] == ["site:s/budget_nrc"]
    assert solve(with_site(two, "s", budget=Budget(nrc_minor=42))).status == "optimal"


def test_who_is_left_out_pays_nothing() -> None:
    left_out = replace(one_item(), sites=(*one_item().sites, a_site("t", nrc_minor=10**6)))
    outcome = solve(left_out, serve="most")
    assert (outcome.unserved, outcome.cost_minor) == (("t",), 42 + MONTHS * 6)


@pytest.mark.parametrize("feature", BESIDE)
def test_beside_anything_else_no_design_is_better_than_the_one_found(feature: str) -> None:
    dearer = 0
    for seed in range(16):
        problem = seeded(seed + 300, [feature, "fixed"], most=300)
        known, outcome = best(problem), solve(problem)
        assert outcome.status == ("infeasible" if known is None else "optimal"), problem.name
        if known is None or outcome.design is None:
            continue
        verdict = check(problem, outcome.design)
        assert verdict.violations == (), problem.name
        scale = 1000 if problem.goal.kind == "npv" else 1
        assert verdict.value == round(scale * known.truth.value), problem.name
        free = replace(problem, sites=tuple(replace(one, nrc_minor=0, mrc_minor=0) for one in problem.sites))
        dearer += check(free, outcome.design).cost_minor < verdict.cost_minor
    assert dearer


def test_the_floors_of_many_items_have_it_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_floors, "MANY_SITES", 0)
    close = 0
    for seed in range(12):
        case = Case(seeded(seed + 500, ["fixed"]))
        prices = Prices(case)
        floors = Floors(case).at(prices)
        for site in case.sites:
            bound, column = cheapest_column(case, site, prices, Search.starting(Limits(), lambda: 0.0).effort())
            assert floors.least(site) <= bound + 1e-6
            close += column is not None and floors.least(site) > bound - 1e-6 and site.fixed.worth > 0
            assert bound == inf or bound >= site.fixed.worth
    assert close


def test_a_file_says_it_and_a_sum_that_is_too_large_is_refused() -> None:
    file: dict[str, Any] = {
        "format": "design-core/2",
        "term_months": 1,
        "network": {
            "nodes": [{"id": "h", "lat": 0, "lon": 0, "availability": 1, "delay_ms": 0}],
            "links": [],
        },
        "sites": [
            {
                "id": "s",
                "bandwidth_mbps": 1,
                "max_latency_ms": 1,
                "min_availability": 0,
                "required_day": 1,
                "destinations": ["h"],
                "nrc": 7,
                "mrc": 2,
            }
        ],
    }
    (site,) = read_problem(json.dumps(file)).sites
    assert (site.nrc_minor, site.mrc_minor) == (7, 2)
    (old,) = read_problem(json.dumps(file | {"format": "design-core/1"})).sites
    assert (old.nrc_minor, old.mrc_minor) == (0, 0)
    file["sites"] = [{**file["sites"][0], "nrc": 10**12, "id": f"s{n}"} for n in range(1001)]
    with pytest.raises(BadProblem):
        read_problem(json.dumps(file))
