"""The solver against the whole truth: on tiny problems every conceivable design is tried."""

from dataclasses import replace
from itertools import combinations

import pytest

from linkwright.design.model import Outcome, Problem, Relaxation, Site
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import Value, with_value
from tests.design.tiny import (
    SCARCE_KINDS,
    a_small_problem,
    best_cost,
    minimal_conflicts,
    minimal_sets,
    site_designs,
    violation_sets,
)

PAIRS_OF_KINDS = [(one, two) for one, two in combinations(SCARCE_KINDS, 2)]
DIVERSITIES = ("none", "link", "node", "srlg")
"""From the least to the most that a site can ask for in the first format."""
ASKED_OF_OTHERS = ("date", "bandwidth", "diversity")
"""Whoever asks for less of these takes less of what is shared, so they help where others are broken, too."""
STATED = ("date", "bandwidth", "cpe_bandwidth", "features", "diversity")
"""Relaxed ones of these change what the site asks of others too, so every value is tried as a problem of its own."""


def _assert_cheapest(problem: Problem, best: int | None) -> None:
    outcome = solve(problem)
    assert (outcome.status, outcome.cost_minor) == ("infeasible" if best is None else "optimal", best), problem.name
    assert outcome.guards == ()
    if best is None:
        assert outcome.design is None
        assert outcome.reasons
    else:
        assert outcome.design is not None
        assert outcome.bound_minor is not None
        assert outcome.bound_minor <= best
        assert outcome.gap == 0
        verdict = check(problem, outcome.design)
        assert (verdict.violations, verdict.cost_minor) == ((), best)


@pytest.mark.parametrize("diversity", DIVERSITIES)
@pytest.mark.parametrize("scarce", SCARCE_KINDS)
def test_no_design_is_cheaper_than_the_one_found_when_one_thing_is_scarce(scarce: str, diversity: str) -> None:
    for seed in range(1000, 1007):
        problem = a_small_problem(seed, (scarce,), diversity=diversity, most=1500)
        _assert_cheapest(problem, best_cost(problem))


@pytest.mark.parametrize("scarce", PAIRS_OF_KINDS, ids="+".join)
def test_no_design_is_cheaper_than_the_one_found_when_two_things_are_scarce(scarce: tuple[str, str]) -> None:
    for seed in range(2000, 2003):
        problem = a_small_problem(seed, scarce, most=1500)
        _assert_cheapest(problem, best_cost(problem))


def test_no_design_is_cheaper_than_the_one_found_when_everything_is_scarce_for_three_sites() -> None:
    for seed in range(3000, 3020):
        problem = a_small_problem(seed, SCARCE_KINDS, sites=3, most=8000)
        _assert_cheapest(problem, best_cost(problem))


@pytest.mark.parametrize("diversity", DIVERSITIES)
@pytest.mark.parametrize("scarce", [(kind,) for kind in SCARCE_KINDS] + [SCARCE_KINDS], ids="+".join)
def test_the_reasons_are_a_minimal_conflict_and_the_relaxations_the_least_generous(
    scarce: tuple[str, ...], diversity: str
) -> None:
    found = 0
    for seed in range(4000, 4040):
        problem = a_small_problem(seed, scarce, diversity=diversity, most=300)
        if solve(problem).design is None:
            found += 1
            _assert_explained(problem)
        if found == 3:
            return
    assert found, "none of these problems is infeasible"


def test_the_reasons_of_three_crowded_sites_are_a_minimal_conflict() -> None:
    found = 0
    for seed in range(5000, 5100):
        problem = a_small_problem(seed, SCARCE_KINDS, sites=3, diversity="none", most=1000)
        if solve(problem).design is None:
            found += 1
            _assert_explained(problem)
        if found == 10:
            return
    assert found


def _assert_explained(problem: Problem) -> None:
    outcome = solve(problem, relax=True)
    needed = violation_sets(problem)
    named = {reason.constraint for reason in outcome.reasons}
    if not needed:
        cut_off = [site for site in problem.sites if not any(site_designs(problem, site, (1, 2)))]
        assert {name for name in named if name.endswith("/served")} == {f"site:{site.id}/served" for site in cut_off}
        return
    conflicts = minimal_conflicts(minimal_sets(list(needed)))
    assert any(conflict <= named for conflict in conflicts), (problem.name, named, conflicts)
    assert named <= frozenset().union(*conflicts), (problem.name, named, conflicts)
    _assert_least_generous(problem, outcome, needed)


def _assert_least_generous(
    problem: Problem, outcome: Outcome, needed: dict[frozenset[str], dict[str, list[float]]]
) -> None:
    relaxed = {relaxation.constraint: relaxation for relaxation in outcome.relaxations}
    alone = {constraint for broken in needed if len(broken) == 1 for constraint in broken}
    further = {constraint for constraint in set(relaxed) - alone if constraint.rpartition("/")[2] in ASKED_OF_OTHERS}
    assert set(relaxed) <= alone | further, problem.name
    for constraint in sorted(alone | further):
        relaxation = relaxed.get(constraint)
        if constraint.rpartition("/")[2] in STATED and constraint.startswith("site:"):
            _assert_first_that_works(problem, constraint, None if relaxation is None else relaxation.value)
        else:
            values = needed[frozenset({constraint})][constraint]
            least = max(values) if constraint.endswith("/availability") else min(values)
            assert relaxation is not None, (problem.name, constraint)
            assert relaxation.value == pytest.approx(least, rel=0, abs=1e-8), (problem.name, constraint)
        if relaxation is not None:
            _assert_true(problem, relaxation)


def _assert_first_that_works(problem: Problem, constraint: str, value: Value | None) -> None:
    site_id, aspect = constraint.removeprefix("site:").split("/")
    site = next(site for site in problem.sites if site.id == site_id)
    working = (v for v in _less_and_less_strict(problem, site, aspect) if _is_feasible(problem, constraint, v))
    assert value == next(working, None), (problem.name, constraint)


def _less_and_less_strict(problem: Problem, site: Site, aspect: str) -> list[Value]:
    own = [option for option in problem.access_options if option.site == site.id]
    if aspect == "diversity":
        kinds = list(DIVERSITIES)
        return list(reversed(kinds[: kinds.index(site.diversity)]))
    if aspect == "features":
        return ["bgp"]
    if aspect == "date":
        build_days = {build.id: build.lead_days for build in problem.builds}
        days = {max(o.lead_days, build_days.get(o.build or "", 0)) for o in own}
        days |= {crew.by_day + 1 for crew in problem.field_capacity} | {one.required_day for one in problem.sites}
        for link in problem.network.links:
            days |= {upgrade.day for upgrade in link.upgrades}
            days |= set() if link.augment is None else {link.augment.lead_days}
        return sorted(day for day in days if day > site.required_day)
    sizes = {model.max_mbps for model in problem.cpe_models}
    if aspect == "bandwidth":
        sizes |= {option.bandwidth_mbps for option in own}
    return sorted((size for size in sizes if size < site.bandwidth_mbps), reverse=True)


def _is_feasible(problem: Problem, constraint: str, value: Value) -> bool:
    return best_cost(with_value(problem, constraint, value)) is not None


def _assert_true(problem: Problem, relaxation: Relaxation) -> None:
    """With this one value changed there is a design, and what it costs is the least."""
    relaxed = with_value(problem, relaxation.constraint, relaxation.value)
    verdict = check(relaxed, relaxation.design)
    assert (verdict.violations, verdict.cost_minor) == ((), relaxation.cost_minor), relaxation.constraint
    again = solve(relaxed)
    assert (again.status, again.cost_minor) == ("optimal", relaxation.cost_minor), relaxation.constraint
    assert best_cost(relaxed) == relaxation.cost_minor


@pytest.mark.parametrize("scarce", [(kind,) for kind in SCARCE_KINDS] + [SCARCE_KINDS], ids="+".join)
def test_a_partial_answer_leaves_out_as_few_sites_as_must_be_and_is_the_cheapest_such(scarce: tuple[str, ...]) -> None:
    for seed in range(6000, 6008):
        problem = a_small_problem(seed, scarce, sites=3, most=3000)
        outcome = solve(problem, serve="most")
        left_out, cost_minor = _fewest_left_out(problem)
        assert len(outcome.unserved) == left_out, problem.name
        if left_out == len(problem.sites):
            assert (outcome.status, outcome.design) == ("infeasible", None)
            continue
        assert (outcome.status, outcome.cost_minor) == ("optimal", cost_minor), problem.name
        assert outcome.design is not None
        assert check(_only(problem, outcome.unserved), outcome.design).violations == ()
        assert bool(outcome.reasons) == bool(left_out)


def _fewest_left_out(problem: Problem) -> tuple[int, int | None]:
    for count in range(len(problem.sites)):
        costs = [best_cost(_only(problem, left)) for left in combinations([site.id for site in problem.sites], count)]
        if any(cost is not None for cost in costs):
            return count, min(cost for cost in costs if cost is not None)
    return len(problem.sites), None


def _only(problem: Problem, without: tuple[str, ...]) -> Problem:
    return replace(problem, sites=tuple(site for site in problem.sites if site.id not in without))
