"""Places with very many ways on: what cannot be good enough is known to be so before it has been tried."""

from linkwright.design.instead.thresholds import narrowed
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from mocks.world.topology import load
from tests.design.dense import a_dense_item, two_dense_items_apart

GERMANY = load("germany50")


def test_alternatives_of_a_dense_item_are_all_proved() -> None:
    problem = a_dense_item(GERMANY)
    outcome = solve(problem, alternatives=12, clock=lambda: 0.0)
    assert (outcome.status, outcome.guards) == ("optimal", ())
    assert len(outcome.alternatives) > 5
    for one in outcome.alternatives:
        assert one.gap == 0
        assert check(narrowed(problem, one.ready_day, one.availability), one.design).violations == ()


def test_a_carrier_is_given_to_one_of_two_items_before_paths_are_looked_for() -> None:
    problem = two_dense_items_apart(GERMANY)
    outcome = solve(problem, alternatives=12, clock=lambda: 0.0)
    assert (outcome.status, outcome.gap, outcome.guards) == ("optimal", 0.0, ())
    assert outcome.design is not None
    used = {site.site: {leg.access.partition("-")[2] for leg in site.legs} for site in outcome.design.sites}
    assert len(used["a"]) == 1
    assert len(used["b"]) == 2
    assert used["a"].isdisjoint(used["b"])
    assert all(one.gap == 0 for one in outcome.alternatives)
