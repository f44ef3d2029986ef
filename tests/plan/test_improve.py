"""The search for a shorter schedule: what it must reach, and that it is the same every time."""

import random
from dataclasses import replace

import pytest

from linkwright.plan.model import Network, Pool
from linkwright.plan.schedule import schedule
from linkwright.plan.serial import earliest, ready_day, serial, serial_back
from linkwright.plan.tasks import tasks_of
from tests.plan.pieces import act, assert_keeps_the_rules, network


def _crowded(count: int, seed: int) -> Network:
    rng = random.Random(seed)
    activities = []
    for n in range(count):
        behind = {f"a{rng.randrange(max(0, n - 12), n)}" for _ in range(rng.choice((0, 1, 2)))} if n else set()
        activities.append(
            act(f"a{n}", rng.randint(1, 6), *sorted(behind), pool=f"p{rng.randrange(4)}", jobs=rng.randint(1, 3))
        )
    return network(*activities, pools=tuple(Pool(id=f"p{n}", jobs_per_day=5) for n in range(4)))


@pytest.mark.parametrize("seed", [1, 7, 8])
def test_a_crowded_plan_becomes_shorter_and_is_the_same_every_time(seed: int) -> None:
    net = _crowded(60, seed)
    first = schedule(net, samples=0)
    better, again = (schedule(net, samples=0, improve_s=60, effort=1) for _ in range(2))
    assert_keeps_the_rules(net, better)
    assert better.ready_day < first.ready_day
    assert better.gap < first.gap
    assert better == again


@pytest.mark.parametrize("seed", [4, 5])
def test_what_is_pushed_back_ends_no_later_and_keeps_the_order(seed: int) -> None:
    tasks = tasks_of(_crowded(80, seed))
    starts = serial(tasks, tasks.order)
    end = ready_day(tasks, starts)
    turn = sorted(range(80), key=lambda task: -(starts[task] + tasks.days[task]))
    pushed = serial_back(tasks, turn, [end] * 80)
    assert pushed is not None
    assert all(late >= soon for late, soon in zip(pushed, starts, strict=True))
    again = serial(tasks, sorted(range(80), key=pushed.__getitem__))
    assert ready_day(tasks, again) <= end


def test_a_date_that_is_missed_is_missed_by_less_before_the_end_comes_earlier() -> None:
    """Both orders end on day 10. First come is `long`; only the other order is in time for both."""
    pools = (Pool(id="crew", jobs_per_day=1),)
    net = network(
        act("long", 7, pool="crew", item="x"), act("short", 3, pool="crew", item="y"), pools=pools,
        due_by_item={"x": 10, "y": 9},
    )  # fmt: skip
    tasks = tasks_of(net)
    assert serial(tasks, tasks.order) == [0, 7]
    found = schedule(net, samples=0, improve_s=20, effort=1)
    assert [timed.start_day for timed in found.timed] == [3, 0]
    assert found.latest_order_day == 0


def test_what_is_in_time_stays_in_time_where_that_costs_days() -> None:
    """Without the date of `x` the plan could end on day 9; it may not become late for that."""
    net = network(
        act("x", 3, pool="crew", item="x"),
        act("y", 4, pool="crew"),
        act("z", 5, "y"),
        pools=(Pool(id="crew", jobs_per_day=1),),
    )
    assert schedule(net, samples=0, improve_s=20, effort=1).ready_day == 9
    dated = replace(net, due_by_item={"x": 3})
    found = schedule(dated, samples=0, improve_s=20, effort=1)
    assert (found.timed[0].start_day, found.ready_day) == (0, 12)


def test_thousands_of_activities_come_near_their_bound() -> None:
    net = _crowded(3_000, 6)
    tasks = tasks_of(net)
    assert ready_day(tasks, serial(tasks, tasks.order)) > 5 * ready_day(tasks, earliest(tasks))
    found = schedule(net, samples=0)
    assert_keeps_the_rules(net, found)
    assert found.gap <= 0.08
