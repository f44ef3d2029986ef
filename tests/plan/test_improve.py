"""The search for a shorter schedule: what it must reach, and that it is the same every time."""

import random
from dataclasses import replace

import pytest

from linkwright.plan import improve
from linkwright.plan.deadline import Deadline, TimeIsOver
from linkwright.plan.exact import Found, searched
from linkwright.plan.model import Network, Pool, Stock
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


class Clock:
    """Each look at it takes as long as is said."""

    def __init__(self, look_s: float) -> None:
        self.look_s, self.now = look_s, 0.0

    def __call__(self) -> float:
        self.now += self.look_s
        return self.now


@pytest.mark.parametrize("is_back", [False, True])
def test_a_pass_ends_in_its_midst_when_the_time_is_over(is_back: bool) -> None:
    tasks = tasks_of(_crowded(3_000, 6))
    asked: list[int] = []

    def is_over() -> bool:
        asked.append(1)
        return len(asked) == 4

    def passed() -> list[int] | None:
        if is_back:
            return serial_back(tasks, tasks.order[::-1], [10**6] * len(tasks), is_over)
        return serial(tasks, tasks.order, is_over=is_over)

    with pytest.raises(TimeIsOver):
        passed()
    assert len(asked) == 4


def test_a_model_is_not_built_beyond_the_time() -> None:
    tasks = tasks_of(_crowded(3_000, 6))
    early, starts = earliest(tasks), serial(tasks, tasks.order)
    clock = Clock(1.0)
    until = Deadline(5.0, clock=clock)
    with pytest.raises(TimeIsOver):
        searched(tasks, early, Found(starts=starts, bound=1), until=until, loading_s=0.0, effort=None)
    assert clock.now < 10


def test_the_search_is_over_in_its_seconds_and_leaves_time_for_what_comes_after() -> None:
    """The more courses are simulated afterwards, the sooner the search ends."""
    net = _crowded(300, 1)
    net = replace(net, activities=tuple(replace(one, most_days=one.days + 1) for one in net.activities))
    used = []
    for samples in (1000, 1):
        clock = Clock(1.0)
        schedule(net, samples=samples, improve_s=30, clock=clock)
        used.append(clock.now)
    assert used[0] < used[1] <= 30


def test_many_activities_are_left_to_the_search_that_can_do_something_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CP-SAT would need longer than it has to load them, and does not look at the clock meanwhile."""
    asked: list[float] = []

    def searched_not(_tasks: object, _early: object, now: Found, *, loading_s: float, **_more: object) -> Found:
        asked.append(loading_s)
        return now

    monkeypatch.setattr(improve, "searched", searched_not)
    for look_s in (0.2, 0.001):
        schedule(_crowded(60, 1), samples=0, improve_s=10, effort=1, clock=Clock(look_s))
    assert asked == [pytest.approx(0.012)]


def test_cp_sat_knows_what_others_have_taken() -> None:
    """A bound that forgot them would be below the only schedule that there is."""
    net = network(
        act("a", 2, pool="crew"),
        act("b", 0, stock="box", pieces=1),
        pools=(Pool(id="crew", jobs_per_day=1, taken=((1, 1), (3, 1))),),
        stocks=(Stock(id="box", pieces=1, arrivals=((9, 1),), taken=((5, 1),)),),
    )
    tasks = tasks_of(net)
    begun = Found(starts=[7, 11], bound=0)
    found = searched(tasks, earliest(tasks), begun, until=Deadline(60.0), loading_s=0.0, effort=1)
    assert (found.starts[0] >= 4, found.starts[1], found.bound) == (True, 9, 9)
