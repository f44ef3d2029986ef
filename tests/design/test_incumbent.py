"""Early choices: they keep every limit, and there is one wherever it matters."""

import itertools

import pytest

from linkwright.design.choice.alone import cheapest_of_each
from linkwright.design.choice.case import Case
from linkwright.design.choice.choice import CHEAPEST, MOST_SITES, broken_rows
from linkwright.design.choice.growing import Growing, silent
from linkwright.design.choice.incumbent import dive
from linkwright.design.choice.optimise import optimise
from linkwright.design.limits import Limits, Search
from linkwright.design.solve import Round, solve
from tests.design.medium import a_medium_problem
from tests.design.tiny import SCARCE_KINDS, a_problem


def _search() -> Search:
    return Search.starting(Limits(), lambda: 0.0)


def _grown(case: Case) -> Growing | None:
    """The pool after column generation; None where a site has no design at all."""
    growing = Growing(case, CHEAPEST, _search(), silent, float("inf"))
    alone = cheapest_of_each(case, growing.search)
    if any(column is None for _, column in alone):
        return None
    growing.start([column for _, column in alone if column is not None], 10**6)
    growing.generate(growing.root)
    return growing


@pytest.mark.parametrize("scarce", SCARCE_KINDS)
def test_a_dive_finds_a_choice_wherever_there_is_one(scarce: str) -> None:
    """Its value is true, and no better than the best."""
    for seed in range(12):
        case = Case(a_problem(seed, (scarce,), sites=3))
        growing = _grown(case)
        if growing is None:
            continue
        best = optimise(case, CHEAPEST, _search()).choice
        relaxed = growing.master.relax()
        assert relaxed is not None
        found = dive(growing.master, relaxed, _search())
        assert (found is None) == (best is None), seed
        if found is not None and best is not None:
            assert broken_rows(case, found.columns) == []
            assert found.value == growing.master.value_of(found.columns, ())
            assert found.value >= best.value


def test_a_dive_that_may_leave_sites_out_always_finds_something() -> None:
    for seed in range(12):
        case = Case(a_problem(seed, ("ports", "links"), sites=3))
        growing = Growing(case, MOST_SITES, _search(), silent, float("inf"))
        growing.start([column for _, column in cheapest_of_each(case, _search()) if column is not None], 0)
        relaxed = growing.master.relax()
        assert relaxed is not None
        found = dive(growing.master, relaxed, _search())
        assert found is not None
        assert broken_rows(case, found.columns) == []
        assert found.value == len(found.unserved) == 3 - len(found.columns)


def test_there_is_a_design_after_the_first_rounds() -> None:
    rounds: list[Round] = []
    solve(a_medium_problem("germany50", sites=30, seed=2, room=1.5), on_round=rounds.append)
    first = next(number for number, own in enumerate(rounds) if own.cost_minor is not None)
    assert first < 6
    assert first < len(rounds) - 1


def test_time_that_runs_out_leaves_a_true_bound_and_ends_the_search_at_once() -> None:
    problem = a_medium_problem("germany50", sites=30, seed=2, room=1.5)
    best = solve(problem)
    assert best.cost_minor is not None
    for seconds in (50.0, 200.0, 400.0):
        ticks = itertools.count()
        looked: list[int] = []

        def clock(ticks: "itertools.count[int]" = ticks, looked: list[int] = looked) -> float:
            looked.append(next(ticks))
            return float(looked[-1])

        outcome = solve(problem, clock=clock, time_limit_s=seconds)
        assert outcome.bound_minor is None or outcome.bound_minor <= best.cost_minor
        assert outcome.cost_minor is None or outcome.cost_minor >= best.cost_minor
        if outcome.status in ("unknown", "feasible"):
            assert f"time {seconds:g} s" in outcome.guards
        assert len(looked) < 3 * seconds + 200
