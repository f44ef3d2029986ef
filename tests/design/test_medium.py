"""One problem of a usual size: thirty sites on a national network."""

from linkwright.design.limits import Limits
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.medium import a_medium_problem

GOOD_ENOUGH = 0.02
FEW = Limits(branches=20, columns=2_000, columns_a_site=300)
"""The proof may stay open: a gap this small has to come at once."""


def test_thirty_sites_on_a_national_network_are_designed_nearly_as_cheap_as_can_be() -> None:
    problem = a_medium_problem("germany50", sites=30, seed=2)
    outcome = solve(problem, limits=FEW)
    assert outcome.status in ("optimal", "feasible")
    assert outcome.design is not None
    assert outcome.cost_minor is not None
    assert outcome.bound_minor is not None
    assert outcome.gap is not None
    assert outcome.gap <= GOOD_ENOUGH
    assert (outcome.cost_minor - outcome.bound_minor) / outcome.cost_minor <= GOOD_ENOUGH
    verdict = check(problem, outcome.design)
    assert (verdict.violations, verdict.cost_minor) == ((), outcome.cost_minor)


def test_one_site_on_a_national_network_is_proved_to_be_as_cheap_as_can_be() -> None:
    problem = a_medium_problem("germany50", sites=1, seed=4)
    outcome = solve(problem)
    assert (outcome.status, outcome.gap) == ("optimal", 0)
