"""Problems on which the core was wrong once, made as small as they go."""

from dataclasses import replace

import pytest

from linkwright.design.model import Booking, LegWish, Link, Meeting, Partner, Problem, Retirement, Separation, Srlg
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_node, a_site, an_option
from tests.design.tiny2 import best

TWO_LEGS = (LegWish(), LegWish(role="backup"))


def _assert_best(problem: Problem) -> None:
    known, outcome = best(problem), solve(problem)
    assert outcome.cost_minor == (None if known is None else known.truth.cost)
    assert outcome.status == ("infeasible" if known is None else "optimal")
    if outcome.design is not None:
        assert check(problem, outcome.design).violations == ()


@pytest.mark.parametrize("most_orders", [0, 1, 2])
def test_two_legs_that_share_a_far_access_are_two_orders_there(most_orders: int) -> None:
    options = [
        an_option("near-1", "s", "p"),
        an_option("near-2", "s", "q"),
        an_option("far", "s", "h", end="z", partner="w"),
        an_option("far-dear", "s", "h", nrc=9, end="z"),
    ]
    network = a_network("pqh", [a_link("ph", "ph"), a_link("qh", "qh")])
    partners = (Partner(id="w", max_orders=most_orders),)
    problem = a_case(network, [a_site("s", to="", legs=TWO_LEGS)], options, partners=partners)
    _assert_best(problem)
    assert solve(problem).cost_minor == 9 * (2 - most_orders)


@pytest.mark.parametrize("broken", ["access", "group", "cpe", "pop"])
@pytest.mark.parametrize("legs", [(), TWO_LEGS])
def test_where_no_availability_is_asked_for_parts_that_are_always_down_will_do(
    broken: str, legs: tuple[LegWish, ...]
) -> None:
    down = {"availability": 0.0}
    options = [
        an_option(name, "s", "p", 1, srlgs=("duct",), **(down if broken == "access" else {})) for name in ("one", "two")
    ]
    network = a_network(
        [a_node("p", **(down if broken == "pop" else {})), a_node("h")],
        [a_link("ph", "ph")],
        [Srlg(id="duct", availability=0.0 if broken == "group" else 1.0)],
    )
    models = (a_cpe("box", 2, **(down if broken == "cpe" else {})),)
    problem = a_case(network, [a_site("s", legs=legs)], options, cpe_models=models)
    _assert_best(problem)
    assert solve(problem).status == "optimal"
    assert solve(replace(problem, sites=(replace(problem.sites[0], min_availability=0.1),))).status == "infeasible"


def test_items_that_must_meet_and_may_not_have_one_technology_are_explained() -> None:
    links = [a_link("ab", "ab"), a_link("cd", "cd"), a_link("da", "da", 2)]
    options = [an_option("x", "s0", "d"), an_option("y", "s1", "a"), an_option("z", "s2", "b")]
    problem = a_case(
        a_network("abcd", links),
        [a_site(f"s{number}", to="ac") for number in range(3)],
        options,
        apart=(Separation(a="s1", b="s2", diversity="srlg+technology"),),
        meets=(Meeting(id="m", sites=("s0", "s1", "s2"), nodes=("a", "c")),),
    )
    _assert_best(problem)
    assert [reason.constraint for reason in solve(problem).reasons] == ["apart:s1+s2/srlg+technology"]


@pytest.mark.parametrize(
    "link",
    [
        a_link("ph", "ph", capacity_mbps=1000, retirements=(Retirement(day=110, removes_mbps=1000),)),
        a_link("ph", "ph", capacity_mbps=1000, bookings=(Booking(from_day=105, to_day=106, mbps=2000),)),
        a_link("ph", "ph", capacity_mbps=1000, bookings=(Booking(from_day=90, to_day=100, mbps=997),)),
    ],
)
def test_a_link_that_loses_what_it_had_need_not_carry_more_than_its_legs(link: Link) -> None:
    problem = a_case(a_network("ph", [link]), [a_site("s")], [an_option("s-p", "s", "p")])
    outcome = solve(problem, relax=True)
    assert outcome.status == "infeasible"
    relaxed = {relaxation.constraint: relaxation.value for relaxation in outcome.relaxations}
    assert relaxed["link:ph/capacity"] == 10
