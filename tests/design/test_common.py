"""Every common limit by its name: what it is today, and the problem in which it is something else."""

from dataclasses import replace

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.dated import Profile
from linkwright.design.model import Augment, Booking, Freed, Problem, Retirement, Stock, Upgrade
from linkwright.design.why.common import BY_KIND, COMMON, common_limit, is_rule
from linkwright.design.why.relaxed import limit_of, with_value
from tests.design.tiny import SCARCE_KINDS, a_problem
from tests.design.tiny2 import FEATURES, seeded


def _scarce() -> Problem:
    problem = a_problem(2, SCARCE_KINDS, sites=2)
    models = tuple(replace(model, stock=(Stock(by_day=90, pieces=1),)) for model in problem.cpe_models)
    nodes = tuple(replace(node, ports=1) for node in problem.network.nodes)
    builds = tuple(replace(build, max_sites=1, capacity_mbps=5) for build in problem.builds)
    budget = replace(problem.budget, nrc_minor=1, mrc_minor=1, total_minor=1)
    network = replace(problem.network, nodes=nodes)
    return replace(problem, cpe_models=models, network=network, builds=builds, budget=budget)


NUMBERS = (
    "budget/nrc", "budget/mrc", "budget/total", "pop:n0/ports", "partner:w/max_orders", "build:b1/max_sites",
    "build:b1/capacity", "field:install@50", "field:install@100", "cpe:small@90", "link:l0/capacity",
)  # fmt: skip


@pytest.mark.parametrize("constraint", NUMBERS)
def test_a_limit_has_the_value_that_it_was_given(constraint: str) -> None:
    problem = _scarce()
    assert limit_of(problem, constraint) is not None
    assert limit_of(with_value(problem, constraint, 1234), constraint) == 1234
    others = [other for other in NUMBERS if other != constraint]
    changed = with_value(problem, constraint, 1234)
    assert [limit_of(changed, other) for other in others] == [limit_of(problem, other) for other in others]


def test_every_row_of_a_problem_has_its_limit_in_the_table() -> None:
    met = set()
    for number, feature in enumerate([*FEATURES, *(["build"] * 20)] * 3):
        problem = seeded(number, [feature])
        for row in Case(problem).coupling.rows:
            if row.constraint:
                limit, _, _ = common_limit(row.constraint)
                met.add(limit.kind)
                assert is_rule(row.constraint) == (limit_of(problem, row.constraint) is None), row.constraint
    assert met == {limit.kind for limit in COMMON} == set(BY_KIND)


def test_a_rule_without_numbers_stays_as_it_is() -> None:
    problem = _scarce()
    assert with_value(problem, "meet:m/together", 5) is problem
    assert with_value(problem, "apart:a+b/node", 5) is problem


def test_a_wider_link_carries_at_least_so_much_on_each_day_and_no_less_than_before() -> None:
    problem = _scarce()
    link = replace(
        problem.network.links[0],
        capacity_mbps=20,
        upgrades=(Upgrade(day=10, adds_mbps=15),),
        retirements=(Retirement(day=30, removes_mbps=30),),
        bookings=(Booking(from_day=40, to_day=50, mbps=9),),
        augment=Augment(adds_mbps=10, nrc_minor=1, mrc_minor=0, lead_days=20),
    )
    frees = (Freed(link=link.id, mbps=7, day=45),)
    dated = replace(problem, frees=frees, network=replace(problem.network, links=(link, *problem.network.links[1:])))
    for value in (3, 12, 22, 40):
        wider = with_value(dated, f"link:{link.id}/capacity", value).network.links[0]
        for day in range(60):
            before, after = (Profile.of(own, [(45, 7)]).at(day) for own in (link, wider))
            assert after == max(value, before), (value, day)
        more = 0 if wider.augment is None else wider.augment.adds_mbps
        assert all(max(value, Profile.of(link, [(45, 7)]).at(day)) + more >= value for day in range(20, 60))
        assert more <= 10
