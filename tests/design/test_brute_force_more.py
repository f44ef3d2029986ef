"""The solver against the whole truth, on tiny problems that ask for anything that it knows.

How many examples are tried: `DESIGN_EXAMPLES` (60), always the same ones unless it is set.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from linkwright.design.model import Problem, Relaxation
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value
from tests.design.tiny import augment_choices, minimal_conflicts, minimal_sets
from tests.design.tiny2 import SOLVED, Best, best, conceivable, live_by, problems, seeded, size, violation_sets

EXAMPLES = int(os.environ.get("DESIGN_EXAMPLES", "60"))
MOST_DESIGNS = 800
FEW_DESIGNS = 300
SEEDS = range(8)
FIGURES = {
    *("latency", "jitter", "loss", "optical", "differential", "budget_nrc", "budget_mrc", "budget_total"),
    *("capacity", "ports", "max_orders", "max_sites", "nrc", "mrc", "total"),
}
"""Of these constraints the least that would do is what the best design that breaks nothing else needs."""
ASKED_OF_OTHERS = {"date", "bandwidth", "cpe_bandwidth", "diversity", "backup", "period"}
"""Who asks for less of these also takes less of what others need."""
tried = settings(
    max_examples=EXAMPLES,
    derandomize="DESIGN_EXAMPLES" not in os.environ,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def assert_best(problem: Problem, known: Best | None) -> None:
    outcome = solve(problem)
    assert outcome.status == ("infeasible" if known is None else "optimal"), problem.name
    assert outcome.guards == (), problem.name
    if known is None:
        assert outcome.design is None, problem.name
        assert outcome.reasons, problem.name
        return
    assert outcome.design is not None
    asked = problem if known.by_day is None else live_by(problem, known.by_day)
    verdict = check(asked, outcome.design)
    assert verdict.violations == (), problem.name
    scale = 1000 if problem.goal.kind == "npv" else 1
    assert verdict.value == round(scale * known.truth.value), problem.name
    if problem.goal.kind == "availability":
        least = min(site.availability for site in verdict.sites)
        assert least == pytest.approx(known.truth.availability, rel=0, abs=1e-11), problem.name


@pytest.mark.parametrize("feature", SOLVED)
def test_no_design_is_better_than_the_one_found_where_one_thing_is_asked_for(feature: str) -> None:
    for seed in SEEDS:
        problem = seeded(seed, [feature], most=MOST_DESIGNS)
        assert_best(problem, best(problem))


@tried
@given(problem=problems(SOLVED))
def test_no_design_is_better_than_the_one_found(problem: Problem) -> None:
    assume(size(problem) <= MOST_DESIGNS)
    assert_best(problem, best(problem))


@tried
@given(problem=problems(SOLVED))
def test_the_reasons_are_a_minimal_conflict(problem: Problem) -> None:
    assume(_conceivable(problem) <= MOST_DESIGNS)
    outcome = solve(problem)
    assume(outcome.design is None)
    named = {reason.constraint for reason in outcome.reasons}
    sets = violation_sets(problem)
    if not sets:
        assert any(name.endswith("/served") for name in named), problem.name
        return
    conflicts = minimal_conflicts(minimal_sets(list(sets)))
    assert any(conflict <= named for conflict in conflicts), (problem.name, named, conflicts)
    assert named <= frozenset().union(*conflicts), (problem.name, named, conflicts)


@tried
@given(problem=problems([feature for feature in SOLVED if feature not in ("date", "availability")]))
def test_the_relaxations_are_the_least_and_give_the_best_design(problem: Problem) -> None:
    assume(_conceivable(problem) <= FEW_DESIGNS)
    outcome = solve(problem, relax=True)
    assume(outcome.design is None)
    broken = violation_sets(problem)
    alone = {constraint for some in broken if len(some) == 1 for constraint in some}
    relaxed = {relaxation.constraint: relaxation for relaxation in outcome.relaxations}
    further = {constraint for constraint in set(relaxed) - alone if constraint.rpartition("/")[2] in ASKED_OF_OTHERS}
    assert set(relaxed) <= alone | further, problem.name
    for constraint in sorted(alone | further):
        needed = broken.get(frozenset({constraint}), {}).get(constraint)
        _assert_relaxed(problem, constraint, relaxed.get(constraint), needed)


def _assert_relaxed(problem: Problem, constraint: str, found: Relaxation | None, needed: list[float] | None) -> None:
    """A number that would help is found, and it is the least; whatever is found is enough, at the best money."""
    is_figure = constraint.rpartition("/")[2] in FIGURES or constraint.startswith(("field:", "cpe:"))
    assert found is not None or not (is_figure and needed), (problem.name, constraint)
    if found is None:
        return
    if is_figure and needed:
        assert found.value == pytest.approx(min(needed), rel=0, abs=1e-7), (problem.name, constraint)
    enough = with_value(problem, constraint, found.value)
    verdict, known = check(enough, found.design), best(enough)
    assert verdict.violations == (), (problem.name, constraint)
    assert known is not None, (problem.name, constraint)
    scale = 1000 if problem.goal.kind == "npv" else 1
    assert verdict.value == round(scale * known.truth.value), (problem.name, constraint)


def _conceivable(problem: Problem) -> int:
    count = len(augment_choices(problem))
    for site in problem.sites:
        count *= len(conceivable(problem, site))
    return count
