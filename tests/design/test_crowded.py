"""Many items that compete: what stands in their way all together, and the least that would do."""

from dataclasses import replace

import pytest

from linkwright.design import solve as asking
from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest
from linkwright.design.choice.choice import Optimum
from linkwright.design.limits import Search
from linkwright.design.model import Booking, Budget, Freed, Meeting, Outcome, Partner, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why import crowd, crowded, explain, remedies, stuck
from linkwright.design.why.relaxed import with_value
from tests.design.tiny_all import drawn_from

from .pieces import a_case, a_link, a_network, a_node, a_site, an_option

MANY = 25


def _crowd(*, orders: int | None = None, capacity_mbps: int = 10_000, budget: Budget | None = None) -> Problem:
    """Each item has a way over a partner for 5, and one of our own over a link for 20 and more with every item."""
    sites = [a_site(f"s{number:02}") for number in range(MANY)]
    options = [an_option(f"{site.id}-partner", site.id, "h", 5, partner="w") for site in sites]
    options += [an_option(f"{site.id}-own", site.id, "p", 20 + n) for n, site in enumerate(sites)]
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=capacity_mbps)])
    partners = (Partner(id="w", max_orders=orders),)
    return a_case(network, sites, options, partners=partners, budget=budget or Budget())


def _told(outcome: Outcome) -> dict[str, tuple[float | None, float | None]]:
    return {reason.constraint: (reason.limit, reason.needed) for reason in outcome.reasons}


def test_what_many_share_is_told_with_the_least_that_would_do() -> None:
    problem = _crowd(orders=10, capacity_mbps=100)
    outcome = solve(problem, relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert _told(outcome) == {"link:l/capacity": (100, 150), "partner:w/max_orders": (10, 15)}
    for relaxation in outcome.relaxations:
        relaxed = with_value(problem, relaxation.constraint, relaxation.value)
        verdict = check(relaxed, relaxation.design)
        assert (verdict.violations, verdict.cost_minor) == ((), relaxation.cost_minor)
        assert solve(with_value(problem, relaxation.constraint, float(relaxation.value) - 1)).status == "infeasible"
        assert solve(relaxed).cost_minor == relaxation.cost_minor
    assert len(outcome.relaxations) == 2


def test_a_budget_that_is_too_small_is_told_with_the_least_sum() -> None:
    outcome = solve(_crowd(orders=10, budget=Budget(nrc_minor=300)), relax=True)
    cheapest = 10 * 5 + sum(20 + number for number in range(MANY - 10))
    assert _told(outcome) == {"budget/nrc": (300, cheapest), "partner:w/max_orders": (10, 16)}
    assert [(one.constraint, one.value) for one in outcome.relaxations] == [
        ("budget/nrc", cheapest),
        ("partner:w/max_orders", 16),
    ]


def test_limits_that_fail_each_for_itself_are_raised_together() -> None:
    problem = _crowd(orders=10, capacity_mbps=100, budget=Budget(nrc_minor=120))
    outcome = solve(problem, relax=True)
    assert (outcome.status, outcome.guards, outcome.relaxations) == ("infeasible", ("combinations",), ())
    (combination,) = outcome.combinations
    changed = problem
    for change in combination.changes:
        changed = with_value(changed, change.constraint, change.value)
    assert check(changed, combination.design).violations == ()
    for change in combination.changes:
        others = (other for other in combination.changes if other != change)
        without = problem
        for other in others:
            without = with_value(without, other.constraint, other.value)
        assert solve(without).status == "infeasible", change


def test_a_way_that_is_too_narrow_for_one_item_is_counted_when_it_is_widened() -> None:
    problem = _crowd(orders=10, capacity_mbps=100)
    large = replace(problem.sites[0], bandwidth_mbps=200)
    outcome = solve(replace(problem, sites=(large, *problem.sites[1:])), relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert _told(outcome) == {"link:l/capacity": (100, 150), "partner:w/max_orders": (10, 15)}


def test_what_is_given_back_to_a_link_that_is_booked_twice_is_taken_off_what_the_link_must_carry() -> None:
    problem = _crowd(orders=10)
    link = a_link("l", "ph", capacity_mbps=20, bookings=(Booking(from_day=95, to_day=120, mbps=25),))
    giving = replace(problem.sites[0], frees=(Freed(link="l", mbps=30),))
    sites = (giving, *problem.sites[1:])
    outcome = solve(replace(problem, network=a_network("ph", [link]), sites=sites), relax=True)
    assert outcome.status == "infeasible"
    assert _told(outcome) == {"link:l/capacity": (-5, 120), "partner:w/max_orders": (10, 23)}
    assert {one.constraint: one.value for one in outcome.relaxations} == {
        "link:l/capacity": 120,
        "partner:w/max_orders": 23,
    }


def test_what_one_item_alone_would_break_is_told_with_what_many_share() -> None:
    """The dear way of one item costs more than there is for all, and nothing may enter at the second PoP."""
    for dear, more, other, needed in (
        ({"nrc": 2000}, {"budget": Budget(nrc_minor=1000)}, "budget/nrc", 10 * 5 + 15 * 2000),
        ({"pop": "q"}, {}, "pop:q/ports", 15),
    ):
        sites = [a_site(f"s{number:02}") for number in range(MANY)]
        options = [an_option(f"{site.id}-partner", site.id, "h", 5, partner="w") for site in sites]
        options += [an_option(f"{site.id}-own", site.id, **{"pop": "h", "nrc": 20, **dear}) for site in sites]  # type: ignore[arg-type]
        network = a_network([a_node("h"), a_node("q", ports=0)], [a_link("l", "qh")])
        outcome = solve(a_case(network, sites, options, partners=(Partner(id="w", max_orders=10),), **more), relax=True)
        least = {other: needed, "partner:w/max_orders": MANY}
        assert (outcome.guards, [one.constraints for one in outcome.conflicts]) == ((), [tuple(sorted(least))])
        assert {one.constraint: one.value for one in outcome.relaxations} == least


def test_where_all_meet_is_told_with_the_way_there_that_is_too_narrow() -> None:
    """Each could end where it begins."""
    sites = [a_site(f"s{number:02}", "hp") for number in range(MANY)]
    options = [an_option(f"{site.id}-own", site.id, "p") for site in sites]
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=100)])
    meeting = Meeting(id="m", sites=tuple(site.id for site in sites), nodes=("h",))
    outcome = solve(a_case(network, sites, options, meets=(meeting,)), relax=True)
    assert (outcome.guards, [one.constraints for one in outcome.conflicts]) == (
        (),
        [("link:l/capacity", "meet:m/together")],
    )
    assert [(one.constraint, one.value) for one in outcome.relaxations] == [("link:l/capacity", 250)]


def test_a_design_that_is_not_found_without_branching_is_looked_for_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def seldom(case: Case, search: Search) -> Optimum:
        return cheapest(case, search) if search.limits.branches else Optimum(None, 0.0)

    monkeypatch.setattr(remedies, "cheapest", seldom)
    link = a_link("l", "ph", capacity_mbps=20, bookings=(Booking(from_day=95, to_day=120, mbps=5),))
    problem = _crowd(orders=10)
    sites = tuple(replace(site, required_day=130) if number % 2 else site for number, site in enumerate(problem.sites))
    outcome = solve(replace(problem, network=a_network("ph", [link]), sites=sites), relax=True)
    assert {one.constraint for one in outcome.relaxations} == {"link:l/capacity", "partner:w/max_orders"}


def test_one_change_is_no_combination(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is left out of a crowd may be served by a change of one rule of its own that is not in the conflict."""
    for module in (asking, crowd, crowded, explain, remedies, stuck):
        monkeypatch.setattr(module, "MANY", 1)
    outcome = solve(drawn_from(7711062).problem, serve="most", relax=True)
    assert outcome.combinations == ()
    assert [one.constraint for one in outcome.relaxations] == ["build:b/max_sites", "site:s0/availability"]
