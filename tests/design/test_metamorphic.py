"""What must hold for every problem, whatever it asks for: more is never worse, less never better."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from math import inf

import pytest

from linkwright.design.model import Goal, Problem, Worth
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.changes import BETTER, NEEDED, SAME, WORSE, dearer
from tests.design.tiny2 import SOLVED, best, features_of, live_by, seeded
from tests.design.tiny2_features import FEATURES
from tests.design.tiny_all import drawn_from

Value = tuple[float, float]
WORST = inf, inf
SEEDS = range(12)
GOALS = (Goal(), Goal(kind="npv", worth=Worth(nrc=0.987, mrc=2.5)), Goal(kind="date"), Goal(kind="availability"))


def _known(changes: Iterable[str]) -> list[str]:
    return [change for change in changes if NEEDED.get(change, SOLVED[0]) in SOLVED]


def _solved(problem: Problem) -> Value:
    """How good the best design is by the goal, the less the better: its figure, then its money."""
    outcome = solve(problem)
    assert outcome.status in ("optimal", "infeasible"), problem.name
    if outcome.design is None:
        return WORST
    verdict = check(problem, outcome.design)
    figure = 0.0
    if problem.goal.kind == "availability":
        figure = -round(min(site.availability for site in verdict.sites), 10)
    if problem.goal.kind == "date":
        days = range(max(site.required_day for site in problem.sites) + 1)
        figure = next(day for day in days if not check(live_by(problem, day), outcome.design).violations)
    return figure, verdict.value


def _drawn(change: str) -> Iterator[tuple[random.Random, Problem, Value]]:
    """Problems of one item and of more, of every goal in turn, and how good the best design of each is."""
    for seed in SEEDS:
        yield random.Random(f"{change} {seed}"), *_unchanged(seed)


@cache
def _unchanged(seed: int) -> tuple[Problem, Value]:
    problem = drawn_from(seed).problem
    if seed % 3 == 0:
        problem = _alone(problem)
    problem = replace(problem, goal=GOALS[seed % len(GOALS)])
    return problem, _solved(problem)


def _alone(problem: Problem) -> Problem:
    """Its first item, without the others."""
    first = problem.sites[0]
    own = tuple(option for option in problem.access_options if option.site == first.id)
    meets = tuple(replace(m, sites=(first.id,)) for m in problem.meets if first.id in m.sites)
    return replace(problem, sites=(first,), access_options=own, apart=(), meets=meets)


def test_one_item_and_more_are_changed_for_every_goal() -> None:
    drawn = [problem for _, problem, _ in _drawn("any")]
    for goal in GOALS:
        counts = {len(problem.sites) > 1 for problem in drawn if problem.goal == goal}
        assert counts == {False, True}, goal


@pytest.mark.parametrize("change", _known(BETTER))
def test_more_is_never_worse(change: str) -> None:
    for dice, problem, before in _drawn(change):
        assert _solved(BETTER[change](dice, problem)) <= before, problem.name


@pytest.mark.parametrize("change", _known(WORSE))
def test_less_is_never_better(change: str) -> None:
    for dice, problem, before in _drawn(change):
        assert _solved(WORSE[change](dice, problem)) >= before, problem.name


@pytest.mark.parametrize("change", _known(SAME))
def test_to_say_it_in_another_way_changes_nothing(change: str) -> None:
    for dice, problem, before in _drawn(change):
        assert _solved(SAME[change](dice, problem)) == before, problem.name


def _tried(problem: Problem) -> Value:
    """As `_solved`, by trying every design."""
    known = best(problem)
    if known is None:
        return WORST
    figure = -round(known.truth.availability, 10) if problem.goal.kind == "availability" else float(known.by_day or 0)
    return figure, round(known.truth.value, 6)


@pytest.mark.parametrize("seed", range(3))
def test_the_plain_judge_keeps_to_all_of_this_too(seed: int) -> None:
    """Otherwise it would prove nothing to hold the solver against it."""
    dice = random.Random(seed)
    problem = seeded(seed, features_of(dice, list(FEATURES)), most=200)
    before = _tried(problem)
    for change in BETTER.values():
        assert _tried(change(dice, problem)) <= before, problem.name
    for change in WORSE.values():
        assert _tried(change(dice, problem)) >= before, problem.name
    for change in SAME.values():
        assert _tried(change(dice, problem)) == before, problem.name


@pytest.mark.parametrize("factor", [7, 100_003])
def test_in_a_smaller_unit_of_money_it_is_as_good(factor: int) -> None:
    for _, problem, (figure, value) in _drawn("money"):
        assert _solved(dearer(problem, factor)) == (figure, factor * value), problem.name
