"""Combinations of changes: each true, each the least, and none of them superfluous."""

from dataclasses import replace

import pytest

from linkwright.design.model import Combination, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_node, a_site, an_option
from tests.design.tiny import SCARCE_KINDS, a_small_problem, best_cost, violation_sets
from tests.design.tiny_all import drawn_from
from tests.design.tiny_changes import cheapest_changes, size


def changed(problem: Problem, combination: Combination, without: str | None = None) -> Problem:
    for change in combination.changes:
        if change.constraint != without:
            problem = with_value(problem, change.constraint, change.value)
    return problem


def test_what_is_late_and_slow_is_offered_later_and_slower() -> None:
    network = a_network("ph", [a_link("l", "ph", length_km=1000.0)])
    ways = [an_option("1", "s", "p", nrc=7, lead_days=130)]
    problem = a_case(network, [a_site("s", max_latency_ms=2.0)], ways)
    outcome = solve(problem, relax=True)
    assert outcome.relaxations == ()
    (combination,) = outcome.combinations
    values = {change.constraint: change.value for change in combination.changes}
    assert values == {"site:s/date": 130, "site:s/latency": pytest.approx(4.9)}
    assert (combination.cost_minor, combination.gap) == (7, 0)
    assert check(changed(problem, combination), combination.design).violations == ()


def test_the_cheapest_of_several_combinations_is_offered() -> None:
    """One way is late and slow, the other narrow and of low availability: each by itself would do."""
    network = a_network("pqh", [a_link("slow", "ph", length_km=1000.0), a_link("fast", "qh")])
    ways = [
        an_option("1", "s", "p", nrc=50, lead_days=130),
        an_option("2", "s", "q", nrc=20, bandwidth_mbps=5, availability=0.9),
    ]
    problem = a_case(network, [a_site("s", max_latency_ms=2.0, min_availability=0.99)], ways)
    (combination,) = solve(problem, relax=True).combinations
    assert combination.cost_minor == 20
    assert {change.constraint for change in combination.changes} == {"site:s/bandwidth", "site:s/availability"}


def test_two_items_that_fail_for_themselves_are_mended_together() -> None:
    ways = [an_option("1", "a", "h", lead_days=130), an_option("2", "b", "h", bandwidth_mbps=5)]
    problem = a_case(a_network("h"), [a_site("a"), a_site("b")], ways)
    (combination,) = solve(problem, relax=True).combinations
    values = {change.constraint: change.value for change in combination.changes}
    assert values == {"site:a/date": 130, "site:b/bandwidth": 5}


def test_where_one_change_is_enough_no_combination_is_offered() -> None:
    problem = a_case(a_network("h"), [a_site("s")], [an_option("1", "s", "h", lead_days=130)])
    outcome = solve(problem, relax=True)
    assert len(outcome.relaxations) == 1
    assert outcome.combinations == ()


def test_what_no_change_can_mend_has_no_combination() -> None:
    problem = a_case(a_network("ph"), [a_site("s")], [an_option("1", "s", "p", lead_days=130)])
    outcome = solve(replace(problem, cpe_models=(a_cpe(max_mbps=5),)), relax=True)
    assert (outcome.status, outcome.combinations) == ("infeasible", ())


def test_each_combination_is_feasible_cheapest_and_minimal_by_trying_everything() -> None:
    found = 0
    for seed in range(4000, 4060):
        problem = a_small_problem(seed, SCARCE_KINDS, most=300)
        outcome = solve(problem, relax=True)
        broken = violation_sets(problem) if outcome.combinations else {}
        for combination in outcome.combinations:
            found += 1
            named = frozenset(change.constraint for change in combination.changes)
            assert not any(some < named for some in broken), problem.name
            assert best_cost(changed(problem, combination)) == combination.cost_minor, problem.name
            for change in combination.changes:
                assert best_cost(changed(problem, combination, without=change.constraint)) is None, problem.name
    assert found > 3


def test_no_combination_is_cheaper_by_trying_every_value_of_everything() -> None:
    found = 0
    for seed in range(520):
        problem = drawn_from(seed).problem
        if size(problem) > 1000 or (outcome := solve(problem, relax=True)).status != "infeasible":
            continue
        known = cheapest_changes(problem)
        assert outcome.guards == (), problem.name
        if known is None or outcome.relaxations:
            assert (known is None) == (not outcome.relaxations and not outcome.combinations), problem.name
            continue
        (combination,) = outcome.combinations
        verdict = check(changed(problem, combination), combination.design)
        assert (verdict.violations, verdict.value) == ((), known.value), problem.name
        assert frozenset(change.constraint for change in combination.changes) in known.changed, problem.name
        found += 1
    assert found > 3


def test_where_not_all_sets_are_looked_for_one_is_offered_with_a_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkwright.design.why.corrections.MOST_SETS", 0)
    ways = [an_option("1", "a", "h", lead_days=130), an_option("2", "b", "h", bandwidth_mbps=5)]
    outcome = solve(a_case(a_network("h"), [a_site("a"), a_site("b")], ways), relax=True)
    (combination,) = outcome.combinations
    assert {change.constraint for change in combination.changes} == {"site:a/date", "site:b/bandwidth"}
    assert outcome.guards == ("combinations",)


def crowded(**late: object) -> Problem:
    """One port for two sites that could each be served alone; what else reaches the second is late and narrow."""
    hub = [a_node("p", ports=1), a_node("q"), a_node("h")]
    network = a_network(hub, [a_link("a", "ph"), a_link("b", "qh")])
    ways = [
        an_option("1", "first", "p", nrc=5),
        an_option("2", "second", "p", nrc=9),
        an_option("3", "second", "q", nrc=20, bandwidth_mbps=5, **({"lead_days": 130} | late)),
    ]
    return a_case(network, [a_site("first"), a_site("second")], ways)


def test_who_is_left_out_of_a_partial_answer_is_offered_a_combination_of_changes_of_its_own() -> None:
    problem = crowded()
    outcome = solve(problem, serve="most", relax=True)
    assert outcome.unserved == ("second",)
    (combination,) = outcome.combinations
    assert {change.constraint: change.value for change in combination.changes} == {
        "site:second/date": 130,
        "site:second/bandwidth": 5,
    }
    assert {site.site for site in combination.design.sites} == {"first", "second"}
    assert check(changed(problem, combination), combination.design).violations == ()
    for change in combination.changes:
        assert solve(changed(problem, combination, without=change.constraint)).design is None


def test_who_is_left_out_and_could_be_served_by_one_change_is_offered_no_combination() -> None:
    outcome = solve(crowded(lead_days=0), serve="most", relax=True)
    assert "site:second/bandwidth" in {relaxation.constraint for relaxation in outcome.relaxations}
    assert outcome.combinations == ()


def test_nobody_looks_for_combinations_of_too_many_sites_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkwright.design.why.remedies.COMBINED_SITES", 1)
    outcome = solve(crowded(), serve="most", relax=True)
    assert (outcome.combinations, outcome.guards) == ((), ("combinations",))
