"""The days by which a plan is ready in half, and in four fifths, of its courses."""

import random
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from linkwright.plan.crews_at_work import _picked
from linkwright.plan.model import Pool, Weather
from linkwright.plan.schedule import schedule
from linkwright.plan.simulate import LEAST_COURSES, courses
from linkwright.plan.tasks import tasks_of
from linkwright.plan.told import parts_of
from linkwright.plan.working_days import WorkingDays
from tests.plan.pieces import act, network

SAMPLES = 4000


def _triangle(least: int, likely: int, most: int, share: float) -> int:
    """The least day by which at least this share of the triangle from half a day before to half a day after lies."""
    low, top, high = Fraction(2 * least - 1, 2), Fraction(likely), Fraction(2 * most + 1, 2)
    for day in range(least, most + 1):
        end = day + Fraction(1, 2)
        done = (
            (end - low) ** 2 / ((high - low) * (top - low))
            if end <= top
            else 1 - (high - end) ** 2 / ((high - low) * (high - top))
        )
        if done >= Fraction(share):
            return day
    raise AssertionError("the whole triangle ends before its end")


@pytest.mark.parametrize(("least", "likely", "most"), [(10, 12, 40), (1, 20, 22), (5, 5, 30), (2, 30, 30)])
def test_one_activity_follows_its_triangle(least: int, likely: int, most: int) -> None:
    found = schedule(network(act("a", likely, least_days=least, most_days=most)), samples=SAMPLES)
    assert found.p50_day == pytest.approx(_triangle(least, likely, most, 0.5), abs=1)
    assert found.p80_day == pytest.approx(_triangle(least, likely, most, 0.8), abs=1)


def test_the_latest_of_many_counts() -> None:
    """Two of the same make the end later than one: both have to be ready."""
    one, two = (
        schedule(network(*(act(f"a{n}", 10, least_days=5, most_days=30) for n in range(count))), samples=SAMPLES)
        for count in (1, 4)
    )
    assert one.p50_day is not None
    assert two.p50_day is not None
    assert two.p50_day > one.p50_day


def test_without_three_points_it_is_the_day_of_the_plan() -> None:
    found = schedule(network(act("a", 3), act("b", 4, "a")))
    assert (found.p50_day, found.p80_day) == (7, 7)


def test_the_same_seed_gives_the_same_days_and_a_missed_window_the_next() -> None:
    """In more than a fifth of all courses, but not in half of them, the first window is missed."""
    net = network(
        act("a", 10, least_days=9, most_days=16),
        act("b", 2, "a", windows="w"),
        windows={"w": ((12, 13), (30, 40))},
    )
    found = schedule(net, seed=5)
    assert (found.ready_day, found.p50_day, found.p80_day) == (14, 14, 32)
    assert found == schedule(net, seed=5)


def test_where_the_last_window_is_missed_too_often_there_is_no_day() -> None:
    net = network(act("a", 10, least_days=9, most_days=16), act("b", 2, "a", windows="w"), windows={"w": ((12, 13),)})
    found = schedule(net)
    assert (found.p50_day, found.p80_day) == (14, None)


def test_the_reserve_for_the_weather_comes_on_top() -> None:
    net = network(act("a", 4, least_days=4, most_days=5, weather="w"), weather=(Weather(id="w", reserve_days=10),))
    found = schedule(net)
    assert found.p50_day in (14, 15)
    assert found.p80_day == 15


def test_what_waited_for_crews_keeps_its_place_in_the_order() -> None:
    """The second cannot start before its planned day even where the first takes two days less."""
    net = network(
        act("a", 4, least_days=2, most_days=4, pool="p"), act("b", 3, pool="p"), pools=(Pool(id="p", jobs_per_day=1),)
    )
    found = schedule(net)
    assert (found.ready_day, found.p50_day, found.p80_day) == (7, 7, 7)


def test_items_of_a_joint_plan_have_days_of_their_own() -> None:
    net = network(
        act("short", 5, item="x"), act("long", 10, item="y", least_days=8, most_days=30), act("all", 1, "short", "long")
    )
    days = WorkingDays(date(2027, 1, 4))
    found = schedule(net, seed=3)
    plans = parts_of(net, found, days, seed=3)
    assert plans["x"].p80 == plans["x"].ready == days.date_of(5)
    assert plans["y"].p50 is not None
    assert plans["y"].ready < plans["y"].p50
    assert found.p50_day is not None
    assert plans["y"].p50 == days.date_of(found.p50_day - 1)


def test_crews_that_come_late_make_late_what_they_do_next() -> None:
    """One crew does both, one after the other: the sum of their days is what counts, not the plan of the second."""
    works = {"least_days": 4, "most_days": 30}
    one_crew = network(
        act("a", 4, pool="p", **works), act("b", 3, pool="p", least_days=3, most_days=3),
        pools=(Pool(id="p", jobs_per_day=1),),
    )  # fmt: skip
    in_a_row = network(act("a", 4, **works), act("b", 3, "a", least_days=3, most_days=3))
    shared, row = schedule(one_crew, samples=SAMPLES), schedule(in_a_row, samples=SAMPLES)
    assert row.p50_day is not None
    assert row.p50_day > row.ready_day
    assert (shared.ready_day, shared.p50_day, shared.p80_day) == (row.ready_day, row.p50_day, row.p80_day)


def test_crews_that_are_free_are_not_waited_for() -> None:
    """The second crew has been free all the time: the third job needs nobody who may come late."""
    net = network(
        act("a", 4, pool="p", least_days=4, most_days=30, item="x"),
        act("b", 4, pool="p", item="x"),
        act("c", 3, pool="p", item="y", not_before_day=10),
        pools=(Pool(id="p", jobs_per_day=3),),
    )
    found = schedule(net, samples=SAMPLES)
    plans = parts_of(net, found, WorkingDays(date(2027, 1, 4)), seed=3)
    assert plans["y"].p80 == plans["y"].ready
    assert plans["x"].p80 is not None
    assert plans["x"].p80 > plans["x"].ready


def test_late_crews_do_not_work_on_their_days_off() -> None:
    """Where `a` is late, `b` would lie in the days on which the crew does nothing: so it comes after them."""
    net = network(
        act("a", 4, least_days=4, most_days=12),
        act("b", 2, "a", pool="p"),
        pools=(Pool(id="p", jobs_per_day=1, off=((6, 30),)),),
    )
    found = schedule(net, samples=SAMPLES)
    assert (found.ready_day, found.p80_day) == (6, 33)


def test_a_crew_that_is_free_steps_in_for_one_that_is_late() -> None:
    """Two crews, four equal jobs: in each course the next job is for whoever is done first."""
    works = [act(f"a{n}", 4, pool="p", least_days=4, most_days=20) for n in range(4)]
    net = network(*works, pools=(Pool(id="p", jobs_per_day=2),))
    found = schedule(net, samples=SAMPLES)
    rng = random.Random(1)
    ends = []
    for _ in range(SAMPLES):
        free = [0, 0]
        for n in range(4):
            free.sort()
            free[0] = max(free[0], 4 * (n // 2)) + round(rng.triangular(3.5, 20.5, 4))
        ends.append(max(free))
    ends.sort()
    assert found.p50_day == pytest.approx(ends[SAMPLES // 2], abs=1)
    assert found.p80_day == pytest.approx(ends[SAMPLES * 4 // 5], abs=1)


def test_work_for_several_crews_waits_for_all_of_them() -> None:
    net = network(
        act("a", 4, pool="p", least_days=4, most_days=30),
        act("b", 4, pool="p", least_days=4, most_days=30),
        act("c", 1, pool="p", jobs=2),
        pools=(Pool(id="p", jobs_per_day=2),),
    )
    both = network(
        act("a", 4, least_days=4, most_days=30), act("b", 4, least_days=4, most_days=30), act("c", 1, "a", "b")
    )
    shared, row = schedule(net, samples=SAMPLES), schedule(both, samples=SAMPLES)
    assert (shared.p50_day, shared.p80_day) == (row.p50_day, row.p80_day)


def test_of_crews_that_are_free_in_time_the_last_to_be_is_taken() -> None:
    """The early one is left for what comes behind and can begin before."""
    free = np.array([[0, 3, 9], [5, 7, 8]])
    assert _picked(free, np.array([4, 4]), 1).tolist() == [[1], [0]]
    assert sorted(_picked(free, np.array([4, 4]), 2)[0].tolist()) == [0, 1]
    assert sorted(_picked(free, np.array([4, 4]), 3)[1].tolist()) == [0, 1, 2]


def test_where_many_work_in_large_pools_there_are_fewer_courses() -> None:
    works = [act(f"a{n}", 1, pool="p") for n in range(1000)]
    small, large = (tasks_of(network(*works, pools=(Pool(id="p", jobs_per_day=jobs),))) for jobs in (10, 10_000))
    assert courses(small, 1000) == 1000
    assert courses(large, 1000) == LEAST_COURSES
    assert courses(large, 10) == 10
