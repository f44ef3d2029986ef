"""Many items that compete: what stands in their way all together, and the least that would do."""

from dataclasses import replace

from linkwright.design.model import Booking, Budget, Freed, Outcome, Partner, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value

from .pieces import a_case, a_link, a_network, a_site, an_option

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
