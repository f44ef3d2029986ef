"""Rows that count the legs of a link: they forbid nothing that its capacity does not forbid."""

import pytest

from linkwright.design.model import Augment, LegWish, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option
from tests.design.tiny2 import best

ADDED_MBPS = 7


def _with_backups(items: int) -> Problem:
    """Each item has a large leg over `main` and a small one over `spare`, whose augment makes room for three of these.

    Without the augment one of either fits there.
    """
    links = [
        a_link("main", "ph"),
        a_link(
            "spare",
            "qh",
            capacity_mbps=11,
            augment=Augment(adds_mbps=ADDED_MBPS, nrc_minor=5, mrc_minor=0, lead_days=0),
        ),
    ]
    wishes = (LegWish(bandwidth_mbps=10), LegWish(role="backup", bandwidth_mbps=6))
    names = [f"s{number}" for number in range(items)]
    options = [an_option(f"{name}-{pop}", name, pop, nrc=1) for name in names for pop in "pq"]
    sites = [a_site(name, diversity="link", legs=wishes) for name in names]
    return a_case(a_network("pqh", links), sites, options)


@pytest.mark.parametrize(("items", "cost_minor"), [(1, 2), (2, 4 + 5), (3, 6 + 5), (4, None)])
def test_small_legs_fill_what_an_augment_adds_although_large_ones_would_not_fit(
    items: int, cost_minor: int | None
) -> None:
    problem = _with_backups(items)
    known, outcome = best(problem), solve(problem)
    assert outcome.cost_minor == (None if known is None else known.truth.cost) == cost_minor
    assert outcome.status == ("infeasible" if cost_minor is None else "optimal")
    if outcome.design is not None:
        assert check(problem, outcome.design).violations == ()
