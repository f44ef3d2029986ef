"""A budget that one item cannot keep, where very many ways through the network cost the same once."""

from dataclasses import replace
from itertools import pairwise

import pytest

from linkwright.design.limits import Limits
from linkwright.design.model import Budget, Link, Problem
from linkwright.design.solve import solve
from linkwright.design.why.relaxed import with_value
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_site, an_option

FEW = Limits(labels_a_site=2_000, columns=500, columns_a_site=200)
STAGES = "abcdefghijklm"


def many_ways(budget: Budget) -> Problem:
    """Between each two nodes on the way there are three links: 3 ** 12 ways, the dearest of them twice the cheapest."""
    links: list[Link] = [
        a_link(f"{one}{other}-{price}", one + other, price=price)
        for one, other in pairwise(STAGES)
        for price in (2, 3, 4)
    ]
    options = [an_option("near", "s", "a", nrc=500, mrc_minor=100), an_option("dear", "s", "a", nrc=900, mrc_minor=50)]
    case = a_case(a_network(STAGES, links), [a_site("s", to=STAGES[-1])], options)
    return replace(case, cpe_models=(a_cpe(nrc=70),), budget=budget)


@pytest.mark.parametrize(
    ("budget", "constraint", "needed", "cost"),
    [
        (Budget(nrc_minor=10), "budget/nrc", 570, 570 + 10 * (100 + 12 * 20)),
        (Budget(nrc_minor=569), "budget/nrc", 570, 570 + 10 * (100 + 12 * 20)),
        (Budget(mrc_minor=10), "budget/mrc", 50 + 12 * 20, 970 + 10 * (50 + 12 * 20)),
        (Budget(mrc_minor=289), "budget/mrc", 50 + 12 * 20, 970 + 10 * (50 + 12 * 20)),
        (Budget(total_minor=10), "budget/total", 970 + 10 * 290, 970 + 10 * 290),
    ],
)
def test_what_a_budget_would_have_to_be_is_known_at_once(
    budget: Budget, constraint: str, needed: int, cost: int
) -> None:
    outcome = solve(many_ways(budget), relax=True, limits=FEW)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert [(reason.constraint, reason.needed) for reason in outcome.reasons] == [(constraint, needed)]
    told, *lesser = outcome.relaxations
    assert (told.constraint, told.value, told.cost_minor) == (constraint, needed, cost)
    for one in lesser:
        assert one.constraint == "site:s/bandwidth"
        assert solve(with_value(many_ways(budget), one.constraint, one.value), limits=FEW).cost_minor == one.cost_minor


def test_a_budget_that_is_just_enough_is_kept() -> None:
    outcome = solve(many_ways(Budget(nrc_minor=570)), limits=FEW)
    assert (outcome.status, outcome.guards, outcome.cost_minor) == ("optimal", (), 570 + 10 * 340)
