"""What would be enough, in small cases where a shorter way of asking gives a wrong answer."""

from dataclasses import replace

import pytest

from linkwright.design.model import Augment, Booking, Budget, Freed, Outcome, Partner, Problem, Upgrade
from linkwright.design.solve import solve
from tests.design.medium import a_medium_problem

from .pieces import a_case, a_link, a_network, a_site, an_option


def _offered(outcome: Outcome) -> dict[str, float | str]:
    return {relaxation.constraint: relaxation.value for relaxation in outcome.relaxations}


def test_the_least_capacity_is_the_least_load_and_not_the_least_excess() -> None:
    # by the link: 15 Mbit/s on day 30, where 10 are there (5 too many), or 34 from day 90 on, where 30 are (4 too many)
    link = a_link("l", "ph", capacity_mbps=10, upgrades=(Upgrade(day=60, adds_mbps=20),))
    sites = [
        a_site("early", bandwidth_mbps=15, required_day=30),
        a_site("late", bandwidth_mbps=34, required_day=90),
    ]
    options = [
        an_option(f"{site.id}-{pop}", site.id, pop, partner="w" if pop == "q" else None)
        for site in sites
        for pop in "pq"
    ]
    network = a_network("pqh", [link, a_link("m", "qh")])
    outcome = solve(a_case(network, sites, options, partners=(Partner(id="w", max_orders=1),)), relax=True)
    assert outcome.status == "infeasible"
    assert _offered(outcome) == {"link:l/capacity": 15, "partner:w/max_orders": 2, "site:early/date": 60}


def test_capacity_that_is_given_need_not_be_bought_as_well() -> None:
    augment = Augment(adds_mbps=10, nrc_minor=100, mrc_minor=0, lead_days=0)
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=10, augment=augment)])
    site = a_site("a", bandwidth_mbps=15)
    problem = a_case(network, [site], [an_option("a-1", "a", "p", 5)], budget=Budget(nrc_minor=50))
    outcome = solve(problem, relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert _offered(outcome) == {"link:l/capacity": 15, "budget/nrc": 105, "site:a/bandwidth": 10}
    costs = {relaxation.constraint: relaxation.cost_minor for relaxation in outcome.relaxations}
    assert costs == {"link:l/capacity": 5, "budget/nrc": 105, "site:a/bandwidth": 5}


def test_two_legs_on_one_link_need_room_for_both_even_where_diversity_is_set_aside() -> None:
    # one leg is up nine times out of ten, and the only link has no room for two
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=15)])
    options = [an_option(f"a-{number}", "a", "p", availability=0.9) for number in (1, 2)]
    outcome = solve(a_case(network, [a_site("a", diversity="link", min_availability=0.95)], options))
    named = {reason.constraint for reason in outcome.reasons}
    assert named == {"site:a/diversity", "site:a/availability", "link:l/capacity"}


def _protected_site(seed: int, site_id: str, availability: float) -> Problem:
    problem = a_medium_problem("germany50", sites=12, seed=seed)
    site = next(site for site in problem.sites if site.id == site_id)
    options = tuple(option for option in problem.access_options if option.site == site_id)
    return replace(problem, sites=(replace(site, min_availability=availability),), access_options=options)


@pytest.mark.parametrize(("seed", "site_id"), [(0, "s0007"), (2, "s0004"), (5, "s0000"), (3, "s0009")])
def test_the_highest_availability_of_two_legs_across_a_country_is_proved(seed: int, site_id: str) -> None:
    asked = _protected_site(seed, site_id, 0.999999)
    outcome = solve(asked, relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    (relaxation,) = outcome.relaxations
    highest = float(relaxation.value)
    assert solve(_protected_site(seed, site_id, highest)).status == "optimal"
    better = solve(_protected_site(seed, site_id, highest + 1e-10))
    assert (better.status, better.guards) == ("infeasible", ())


@pytest.mark.parametrize(("seed", "site_id"), [(1, "s0000"), (2, "s0003"), (4, "s0007"), (6, "s0003")])
def test_a_sound_cpe_that_only_dear_designs_need_is_found_at_once(seed: int, site_id: str) -> None:
    outcome = solve(_protected_site(seed, site_id, 0.9999))
    assert (outcome.status, outcome.guards) == ("optimal", ())


def test_the_least_capacity_of_a_link_that_others_have_booked_twice_is_what_the_items_need() -> None:
    booked = a_link("l", "ph", capacity_mbps=1000, bookings=(Booking(from_day=1, to_day=200, mbps=2000),))
    sites = [a_site("a", bandwidth_mbps=5), a_site("b", bandwidth_mbps=10)]
    options = [an_option(f"{site.id}-1", site.id, "p") for site in sites]
    outcome = solve(a_case(a_network("ph", [booked]), sites, options), relax=True)
    assert _offered(outcome) == {"link:l/capacity": 15}


@pytest.mark.parametrize(("booked_mbps", "freed_mbps"), [(2000, 7), (25, 15)])
@pytest.mark.parametrize("others", [0, 6, 30])
def test_what_an_item_gives_back_to_a_link_that_is_booked_twice_is_taken_off_what_the_link_must_carry(
    booked_mbps: int, freed_mbps: int, others: int
) -> None:
    booking = Booking(from_day=95, to_day=120, mbps=booked_mbps)
    booked = a_link("l", "ph", capacity_mbps=20, bookings=(booking,))
    sites = [a_site("a", bandwidth_mbps=20, frees=(Freed(link="l", mbps=freed_mbps),))]
    sites += [a_site(f"b{n}", bandwidth_mbps=5) for n in range(others)]
    options = [an_option(f"{site.id}-1", site.id, "p") for site in sites]
    outcome = solve(a_case(a_network("ph", [booked]), sites, options), relax=True)
    assert outcome.guards == ()
    assert _offered(outcome)["link:l/capacity"] == 20 + 5 * others - freed_mbps
