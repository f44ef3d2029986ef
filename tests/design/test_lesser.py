"""Who asks for less, or waits, needs no larger link; and what several items lack is mended all together."""

import pytest

from linkwright.design.model import Budget, Freed, Problem, Retirement, Separation, Upgrade
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_site, an_option

LARGE = (a_cpe(max_mbps=10_000),)


def test_a_full_link_is_mended_by_waiting_for_its_upgrade_or_by_asking_for_less() -> None:
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=100, upgrades=(Upgrade(day=60, adds_mbps=200),))])
    problem = a_case(network, [a_site("s", bandwidth_mbps=300, required_day=40)], [an_option("1", "s", "p", nrc=7)])
    outcome = solve(problem, relax=True)
    assert {reason.constraint for reason in outcome.reasons} == {"link:l/capacity"}
    values = {one.constraint: one.value for one in outcome.relaxations}
    assert values == {"link:l/capacity": 300, "site:s/date": 60, "site:s/bandwidth": 100}
    for one in outcome.relaxations:
        assert (one.cost_minor, one.gap) == (7, 0)
        assert check(with_value(problem, one.constraint, one.value), one.design).violations == ()


def test_links_that_get_smaller_are_mended_by_ending_before_that() -> None:
    """Two links, so that no larger one would be enough."""
    smaller = (Retirement(day=60, removes_mbps=100),)
    links = [a_link(name, ends, capacity_mbps=100, retirements=smaller) for name, ends in (("l", "pq"), ("m", "qh"))]
    ways = [an_option("1", "s", "p", nrc=7), an_option("2", "s", "p", nrc=9, until_day=59)]
    problem = a_case(a_network("pqh", links), [a_site("s", required_day=40, end_day=90)], ways)
    outcome = solve(problem, relax=True)
    (relaxation,) = outcome.relaxations
    assert (relaxation.constraint, relaxation.value, relaxation.cost_minor) == ("site:s/period", 59, 7)
    assert check(with_value(problem, "site:s/period", 59), relaxation.design).violations == ()
    assert outcome.combinations == ()


def test_what_access_and_link_are_too_small_for_is_offered_as_large_as_both_carry() -> None:
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=700)])
    problem = a_case(network, [a_site("s", bandwidth_mbps=2000)], [an_option("1", "s", "p")], cpe_models=LARGE)
    outcome = solve(problem, relax=True)
    assert {reason.constraint for reason in outcome.reasons} == {"site:s/bandwidth", "link:l/capacity"}
    (relaxation,) = outcome.relaxations
    assert (relaxation.constraint, relaxation.value) == ("site:s/bandwidth", 700)
    assert outcome.combinations == ()


def test_a_full_link_is_mended_by_one_leg_instead_of_two() -> None:
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=100)])
    ways = [an_option("1", "s", "p", nrc=5), an_option("2", "s", "p", nrc=9, kind="5g")]
    problem = a_case(network, [a_site("s", bandwidth_mbps=60, diversity="technology")], ways)
    values = {one.constraint: (one.value, one.cost_minor) for one in solve(problem, relax=True).relaxations}
    assert values["site:s/diversity"] == ("none", 5)
    assert values["site:s/bandwidth"] == (50, 14)


def test_nobody_is_asked_to_start_after_his_own_end() -> None:
    ways = [an_option("1", "s", "h", lead_days=60)]
    problem = a_case(a_network("h"), [a_site("s", required_day=10, end_day=50)], ways)
    outcome = solve(problem, relax=True)
    assert {reason.constraint for reason in outcome.reasons} == {"site:s/date"}
    assert outcome.relaxations == ()


def test_an_item_that_fails_by_itself_does_not_hide_what_the_others_lack() -> None:
    ways = [an_option("1", "a", "h", lead_days=130), an_option("2", "b", "h", nrc=30), an_option("3", "c", "h", nrc=30)]
    problem = a_case(a_network("h"), [a_site("a"), a_site("b"), a_site("c")], ways, budget=Budget(nrc_minor=50))
    outcome = solve(problem, relax=True)
    assert outcome.relaxations == ()
    (combination,) = outcome.combinations
    assert {change.constraint: change.value for change in combination.changes} == {"site:a/date": 130, "budget/nrc": 60}
    assert combination.cost_minor == 60


def test_what_must_stay_as_it_is_does_not_hide_what_could_be_changed() -> None:
    """They may not share a PoP, and the second PoP is late and dear for either of them."""
    network = a_network("pqh", [a_link("l", "ph"), a_link("m", "qh")])
    ways = [
        an_option(f"{site}-{pop}", site, pop, nrc=40 * (pop == "q"), lead_days=130 * (pop == "q"))
        for site in "ab"
        for pop in "pq"
    ]
    rules = (Separation(a="a", b="b", diversity="node"),)
    problem = a_case(network, [a_site("a"), a_site("b")], ways, apart=rules, budget=Budget(nrc_minor=30))
    (combination,) = solve(problem, relax=True).combinations
    changes = {change.constraint.replace(":b/", ":a/"): change.value for change in combination.changes}
    assert changes == {"site:a/date": 130, "budget/nrc": 40}


def _giving_back(lead_days: int, budget: Budget) -> Problem:
    """From day 60 on both are on one link that is too small until the first gives back; on day 70 that is too late."""
    upgrades = (Upgrade(day=40, adds_mbps=10), Upgrade(day=70, adds_mbps=1))
    links = [a_link("l", "qh", capacity_mbps=5), a_link("m", "pq", capacity_mbps=0, upgrades=upgrades)]
    sites = [a_site("a", required_day=20, frees=(Freed(link="l", mbps=20),)), a_site("b", required_day=60)]
    ways = [an_option("1", "a", "p", nrc=9, lead_days=lead_days), an_option("2", "b", "q", nrc=9)]
    return a_case(a_network("pqh", links), sites, ways, budget=budget)


@pytest.mark.parametrize("lead_days", [0, 40])
def test_who_gives_back_what_others_need_may_wait_but_not_longer_than_these_can(lead_days: int) -> None:
    problem = _giving_back(lead_days, Budget())
    outcome = solve(problem, relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    values = {one.constraint: one.value for one in outcome.relaxations}
    assert values["site:a/date"] == 40
    assert solve(with_value(problem, "site:a/date", 70)).status == "infeasible"


def test_who_gives_back_what_others_need_waits_beside_other_changes_not_longer_than_these_can() -> None:
    outcome = solve(_giving_back(40, Budget(nrc_minor=5)), relax=True)
    (combination,) = outcome.combinations
    changes = {change.constraint: change.value for change in combination.changes}
    assert (changes, outcome.guards) == ({"budget/nrc": 18, "site:a/date": 40}, ())


def test_what_an_item_gives_back_is_there_on_its_first_day_also_for_one_that_fails_by_itself() -> None:
    sites = [a_site("a", required_day=20, frees=(Freed(link="l", mbps=10, day=50),)), a_site("b", required_day=30)]
    ways = [an_option("1", "a", "h"), an_option("2", "b", "p", lead_days=40)]
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=0, upgrades=(Upgrade(day=50, adds_mbps=10),))])
    outcome = solve(a_case(network, sites, ways), relax=True)
    assert {reason.constraint for reason in outcome.reasons} == {"site:b/date"}
    assert [(one.constraint, one.value) for one in outcome.relaxations] == [("site:b/date", 40)]
