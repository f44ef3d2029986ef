"""Anything that a problem can say is written, and read again as it was: the file is the whole question."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.design.files.format import read_problem, write_outcome, write_problem
from linkwright.design.model import (
    Booking,
    Budget,
    Fibre,
    Freed,
    Goal,
    LegWish,
    Problem,
    Retirement,
    Separation,
    Stock,
    Worth,
)
from linkwright.design.rules.apart import IMPLIED, canonical
from linkwright.design.solve import solve
from tests.design.full_file import full_file
from tests.design.tiny2_more import ALL
from tests.design.tiny2_plain import Dice
from tests.design.tiny_all import drawn, drawn_from


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


DAYS = st.integers(0, 500)
AMOUNTS = st.floats(0, 1e5)
OF_LIGHT = st.floats(0, 90)
SHARES = st.floats(0, 1)
SOME_WORDS = st.lists(st.text(min_size=1, max_size=3), max_size=2).map(tuple)
DIVERSITIES = st.sets(st.sampled_from(sorted(IMPLIED))).map(canonical)
WORTHS = st.builds(Worth, nrc=st.integers(0, 9999).map(lambda n: n / 1000), mrc=st.integers(0, 60).map(float))
BUDGETS = st.builds(Budget, nrc_minor=_maybe(DAYS), mrc_minor=_maybe(DAYS), total_minor=_maybe(DAYS))
BOOKINGS = st.tuples(DAYS, DAYS).map(sorted).map(lambda days: Booking(from_day=days[0], to_day=days[1]))
FREED = st.builds(Freed, link=st.just("ph"), mbps=st.integers(1, 9)) | st.builds(
    Freed, pop=st.just("p"), ports=st.integers(1, 9)
)
WISHES = st.builds(
    LegWish,
    role=st.sampled_from(("primary", "backup")),
    bandwidth_mbps=_maybe(st.integers(1, 99)),
    max_latency_ms=_maybe(AMOUNTS),
    max_jitter_ms=_maybe(AMOUNTS),
    max_loss=_maybe(SHARES),
    max_optical_db=_maybe(AMOUNTS),
    technologies=_maybe(SOME_WORDS),
)
SITE_CHANGES = st.fixed_dictionaries(
    {
        "diversity": DIVERSITIES,
        "legs": st.lists(WISHES, max_size=4).map(tuple),
        "backup_of_other_technology": st.booleans(),
        "max_jitter_ms": _maybe(AMOUNTS),
        "max_loss": _maybe(SHARES),
        "max_optical_db": _maybe(AMOUNTS),
        "max_differential_ms": _maybe(AMOUNTS),
        "end_day": _maybe(st.integers(90, 500)),
        "term_months": _maybe(DAYS),
        "npv": _maybe(WORTHS),
        "budget": _maybe(BUDGETS),
        "technologies_allowed": _maybe(SOME_WORDS),
        "technologies_forbidden": SOME_WORDS,
        "partners_excluded": SOME_WORDS,
        "partners_preferred": SOME_WORDS,
        "frees": st.lists(FREED, max_size=2).map(tuple),
    }
)
OPTION_CHANGES = st.fixed_dictionaries(
    {
        "jitter_ms": AMOUNTS,
        "loss": SHARES,
        "optical_db": _maybe(AMOUNTS),
        "undeclared": st.sets(st.sampled_from(("srlg", "entry", "carrier"))).map(sorted).map(tuple),
        "until_day": _maybe(DAYS),
        "bookings": st.lists(BOOKINGS, max_size=2).map(tuple),
        "existing": st.booleans(),
    }
)
LINK_CHANGES = st.fixed_dictionaries(
    {
        "jitter_ms": AMOUNTS,
        "loss": SHARES,
        "fibre": _maybe(
            st.builds(
                Fibre,
                db_per_km=OF_LIGHT,
                splices=DAYS,
                splice_db=OF_LIGHT,
                connectors=DAYS,
                connector_db=OF_LIGHT,
                margin_db=OF_LIGHT,
            )
        ),
        "retirements": st.lists(st.builds(Retirement, day=DAYS, removes_mbps=DAYS), max_size=2).map(tuple),
        "bookings": st.lists(BOOKINGS.map(lambda one: replace(one, mbps=3)), max_size=2).map(tuple),
    }
)
TOP_CHANGES = st.fixed_dictionaries(
    {
        "goal": st.sampled_from((Goal(), Goal(kind="date"), Goal(kind="availability"), Goal(kind="npv")))
        | st.builds(Goal, kind=st.just("npv"), worth=WORTHS),
        "frees": st.lists(FREED.flatmap(lambda one: DAYS.map(lambda day: replace(one, day=day))), max_size=2).map(
            tuple
        ),
        "apart": st.lists(st.builds(Separation, a=st.just("s"), b=st.just("t"), diversity=DIVERSITIES)).map(tuple),
    }
)


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    problem = read_problem(json.dumps(full_file()))
    link, first, option = problem.network.links[0], problem.sites[0], problem.access_options[0]
    stock = draw(st.lists(st.builds(Stock, by_day=DAYS, pieces=DAYS), max_size=2).map(tuple))
    return replace(
        problem,
        network=replace(problem.network, links=(replace(link, **draw(LINK_CHANGES)),)),
        sites=(replace(first, **draw(SITE_CHANGES)), *problem.sites[1:]),
        access_options=(replace(option, **draw(OPTION_CHANGES)), *problem.access_options[1:]),
        cpe_models=(replace(problem.cpe_models[0], stock=stock),),
        **draw(TOP_CHANGES),
    )


@settings(max_examples=150, derandomize=True, deadline=None)
@given(_problems())
def test_any_problem_that_was_written_is_read_again(problem: Problem) -> None:
    text = write_problem(problem)
    assert read_problem(text) == problem
    assert write_problem(read_problem(text)) == text


def test_a_problem_without_a_name_is_read_again() -> None:
    problem = replace(read_problem(json.dumps(full_file())), name="")
    assert read_problem(write_problem(problem)) == problem


def test_every_problem_that_is_drawn_is_read_again() -> None:
    for seed in range(300):
        problem = drawn_from(seed).problem
        text = write_problem(problem)
        assert read_problem(text) == problem, problem.name
        assert write_problem(read_problem(text)) == text, problem.name


@pytest.mark.parametrize("feature", ALL)
def test_the_answer_to_a_file_is_that_to_the_problem(feature: str) -> None:
    for seed in range(4):
        problem = drawn(Dice(f"{feature} {seed}"), [feature]).problem
        read = read_problem(write_problem(problem))
        assert read == problem, problem.name
        one, other = (solve(asked, relax=True, clock=lambda: 0.0) for asked in (problem, read))
        assert write_outcome(one) == write_outcome(other), problem.name
