"""Items that can be mended each by itself: their combination is the cheapest, however many sets that are enough."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from linkwright.design.model import Budget, Combination, Outcome, Problem, Site
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why import combined
from linkwright.design.why.priced import with_changes
from linkwright.design.why.severally import Severally
from tests.design.medium import a_medium_problem
from tests.design.pieces import a_case, a_link, a_network, a_node, a_site, an_option
from tests.design.tiny_changes import cheapest_changes, least_sets

PRICES = [(30, 20), (10, 40), (25, 25), (7, 9), (60, 50), (11, 12), (5, 3), (80, 90), (14, 13), (21, 20)]
"""Of each item what it costs to wait, and what to ask for less."""


def late_or_narrow(prices: Sequence[tuple[int, int]], pop: str = "h", **more: object) -> Problem:
    sites = [a_site(f"s{number}") for number in range(len(prices))]
    ways = []
    for number, (late, narrow) in enumerate(prices):
        ways.append(an_option(f"{number}-late", f"s{number}", pop, nrc=late, lead_days=130))
        ways.append(an_option(f"{number}-narrow", f"s{number}", "h", nrc=narrow, bandwidth_mbps=5))
    network = a_network([a_node("p", **more), a_node("h")], [a_link("l", "ph")])
    return a_case(network, sites, ways)


def the_combination(outcome: Outcome) -> Combination:
    assert outcome.relaxations == ()
    (combination,) = outcome.combinations
    return combination


def assert_that_each_change_is_needed(problem: Problem, combination: Combination) -> None:
    assert check(with_changes(problem, combination.changes), combination.design).violations == ()
    for left_out in combination.changes:
        rest = [change for change in combination.changes if change != left_out]
        assert solve(with_changes(problem, rest)).design is None


def test_of_a_thousand_sets_the_cheapest_is_found_and_proved() -> None:
    outcome = solve(late_or_narrow(PRICES), relax=True)
    combination = the_combination(outcome)
    assert (combination.cost_minor, outcome.guards) == (sum(map(min, PRICES)), ())
    cheaper = ["date" if late < narrow else "bandwidth" for late, narrow in PRICES]
    cheaper[2] = "bandwidth"  # as dear as the date, and the first by name
    assert {change.constraint for change in combination.changes} == {
        f"site:s{number}/{dimension}" for number, dimension in enumerate(cheaper)
    }


@pytest.mark.parametrize("ports", [0, 1, 2, None])
def test_what_they_share_is_minded_by_trying_everything(ports: int | None) -> None:
    """Whoever waits enters at a node with few ports."""
    problem = late_or_narrow([(3, 20), (10, 14)], pop="p", ports=ports)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    known = cheapest_changes(problem)
    assert known is not None
    assert outcome.guards == ()
    assert combination.cost_minor == known.value
    assert frozenset(change.constraint for change in combination.changes) in known.changed
    assert_that_each_change_is_needed(problem, combination)


@pytest.mark.parametrize("most", [None, 40, 30, 22, 12, 8])
def test_a_budget_over_all_items_is_minded_by_trying_everything(most: int | None) -> None:
    problem = within_budget(late_or_narrow([(9, 8), (10, 14), (12, 3)]), most)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    known = cheapest_changes(problem)
    assert known is not None
    assert (outcome.guards, combination.cost_minor) == ((), known.value)
    assert frozenset(change.constraint for change in combination.changes) in known.changed
    assert_that_each_change_is_needed(problem, combination)


def test_what_an_item_spends_alone_is_not_asked_for_where_its_own_rules_change_as_well() -> None:
    """Alone it would need 60 at once, or fewer legs. With the other the months are too dear for both its legs, and one
    leg and the other take 50."""
    ways = [
        an_option("1", "a", "h", nrc=30, mrc_minor=10),
        an_option("2", "a", "h", nrc=30, mrc_minor=10, kind="5g"),
        an_option("3", "a", "h", nrc=40, mrc_minor=5),
        an_option("4", "b", "h", nrc=20, mrc_minor=20),
    ]
    sites = [a_site("a", diversity="technology"), a_site("b")]
    problem = a_case(a_network("h"), sites, ways, budget=Budget(nrc_minor=45, mrc_minor=30))
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    known = cheapest_changes(problem)
    assert known is not None
    assert {change.constraint: change.value for change in combination.changes} == {
        "budget/nrc": 50,
        "site:a/diversity": "none",
    }
    assert (outcome.guards, combination.cost_minor) == ((), known.value)
    assert_that_each_change_is_needed(problem, combination)


def test_where_one_item_raises_a_limit_another_need_not_change_what_it_had_to_without() -> None:
    """The cheapest way of `b` by itself is over `n` and narrow; where `m` is raised for `a`, which is gone before `b`
    comes, it is over `m`."""
    network = a_network("pqh", [a_link("m", "ph", capacity_mbps=0), a_link("n", "qh", capacity_mbps=0)])
    ways = [
        an_option("1", "a", "p", nrc=5),
        an_option("2", "a", "h", nrc=50, lead_days=12),
        an_option("3", "b", "q", nrc=3, lead_days=30, bandwidth_mbps=5),
        an_option("4", "b", "p", nrc=40, lead_days=30),
    ]
    sites = [a_site("a", required_day=10, end_day=15), a_site("b", required_day=20, end_day=40)]
    problem = a_case(network, sites, ways)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    known = cheapest_changes(problem)
    assert known is not None
    assert {change.constraint: change.value for change in combination.changes} == {
        "link:m/capacity": 10,
        "site:b/date": 30,
    }
    assert (outcome.guards, combination.cost_minor) == ((), known.value)
    assert_that_each_change_is_needed(problem, combination)


def within_budget(problem: Problem, nrc_minor: int | None) -> Problem:
    return replace(problem, budget=Budget(nrc_minor=nrc_minor))


@pytest.mark.parametrize(("ports", "most"), [(0, None), (1, None), (None, 14), (None, 8), (1, 8), (0, 20)])
def test_what_is_found_before_anything_is_proved_is_true_and_least(
    ports: int | None, most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cheapest ways of items do not go together; common limits are raised, or others are taken."""
    monkeypatch.setattr(combined, "_of_all_together", lambda *known: known[-1])
    problem = within_budget(late_or_narrow([(3, 20), (10, 14), (2, 9)], pop="p", ports=ports), most)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    known = least_sets(problem)
    changed = frozenset(change.constraint for change in combination.changes)
    assert changed in known
    if not any(guard.startswith("least ") for guard in outcome.guards):
        assert combination.cost_minor == known[changed]
    assert_that_each_change_is_needed(problem, combination)


@pytest.mark.parametrize("seed", [2, 9, 10, 11])
def test_what_is_found_soon_on_a_real_network_raises_common_limits(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither larger groups nor all items as one are looked at."""
    monkeypatch.setattr("linkwright.design.why.severally._Grouping._grown", lambda self, _, best, __: self._known(best))
    monkeypatch.setattr(combined, "_of_all_together", lambda *known: known[-1])
    drawn = a_medium_problem("germany50", sites=4, seed=seed, room=1.0)
    plain = [replace(site, diversity="none", cpe_per_leg=False) for site in drawn.sites]
    stuck = replace(drawn, sites=tuple(_worse(number, site) for number, site in enumerate(plain)))
    problem = within_budget(stuck, 400_000)
    combination = the_combination(solve(problem, relax=True))
    assert any(not change.constraint.startswith("site:") for change in combination.changes)
    assert_that_each_change_is_needed(problem, combination)


def _worse(number: int, site: Site) -> Site:
    return (
        replace(site, required_day=25, min_availability=0.9985),
        replace(site, max_latency_ms=8.0, required_day=25),
        replace(site, max_latency_ms=8.0, min_availability=0.9985),
    )[number % 3]


@pytest.mark.parametrize("seed", [1, 3, 9, 10, 11, 15])
def test_it_is_the_same_as_that_of_all_items_taken_as_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = a_medium_problem("germany50", sites=3, seed=seed, room=3.0)
    plain = [replace(site, diversity="none", cpe_per_leg=False) for site in drawn.sites]
    problem = replace(drawn, sites=tuple(_worse(number, site) for number, site in enumerate(plain)))
    outcome = solve(problem, relax=True)
    monkeypatch.setattr(combined, "severally", lambda *_: Severally())
    as_one = solve(problem, relax=True)
    assert (outcome.guards, as_one.guards) == ((), ())
    assert the_combination(outcome).changes == the_combination(as_one).changes
    assert the_combination(outcome).design == the_combination(as_one).design


def late_and_one_too_large(count: int) -> Problem:
    """The last one asks for more than any way on carries, beside what the others suffer from."""
    sites = [a_site(f"s{number:02}") for number in range(count)]
    sites[-1] = replace(sites[-1], bandwidth_mbps=70)
    ways = [an_option(f"w{site.id}", site.id, "h", nrc=5, lead_days=130) for site in sites[:-1]]
    ways.append(an_option("w-large", sites[-1].id, "p", nrc=5, lead_days=130))
    return a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=60)]), sites, ways)


@pytest.mark.parametrize("most_apart", [0, 100])
def test_of_many_that_are_stuck_one_may_need_a_common_limit_too(
    most_apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combined, "MOST_APART", most_apart)
    problem = late_and_one_too_large(22)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    values = {change.constraint: change.value for change in combination.changes}
    dates = {f"site:s{number:02}/date": 130 for number in range(22)}
    assert dates.items() <= values.items()
    assert outcome.guards == (() if most_apart else ("combinations",))
    assert_that_each_change_is_needed(problem, combination)


def test_of_many_that_are_stuck_all_together_may_need_a_common_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combined, "MOST_APART", 0)
    sites = [a_site(f"s{number:02}") for number in range(22)]
    ways = [an_option(f"w{site.id}", site.id, "p", nrc=5, lead_days=130) for site in sites]
    problem = a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=150)]), sites, ways)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    values = {change.constraint: change.value for change in combination.changes}
    assert values == {"link:l/capacity": 220} | {f"site:{site.id}/date": 130 for site in sites}
    assert outcome.guards == ("combinations",)
    assert_that_each_change_is_needed(problem, combination)


def test_a_limit_that_several_items_need_raised_one_after_the_other_is_changed_once() -> None:
    """They are never there at the same time, and each asks for more than its access and the link carry."""
    sites = [a_site(f"s{number}", required_day=10 * number, end_day=10 * number + 5) for number in (1, 2, 3)]
    ways = [an_option(f"w{site.id}", site.id, "p", nrc=5, bandwidth_mbps=8) for site in sites]
    problem = a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=5)]), sites, ways)
    outcome = solve(problem, relax=True)
    combination = the_combination(outcome)
    values = [(change.constraint, change.value) for change in combination.changes]
    assert values == [("link:l/capacity", 8), *((f"site:{site.id}/bandwidth", 8) for site in sites)]
    assert outcome.guards == ()
    assert_that_each_change_is_needed(problem, combination)
