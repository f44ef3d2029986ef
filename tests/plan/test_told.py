"""Plans as they are told: steps, waves, and sentences on what is waited for."""

from dataclasses import replace
from datetime import date

import pytest

from linkwright.plan.model import Network, Plan, Pool, Stock
from linkwright.plan.schedule import schedule
from linkwright.plan.told import MOST_STEPS, parts_of, plan_of
from linkwright.plan.working_days import WorkingDays
from tests.plan.pieces import act, network

MONDAY = WorkingDays(date(2027, 2, 1))
"""Day 0; day 5 is Monday 8 February."""


def _told(net: Network, days: WorkingDays = MONDAY, pilot_items: int = 0) -> Plan:
    return plan_of(net, schedule(net), days, pilot_items=pilot_items)


def test_a_step_tells_its_first_and_last_day_and_when_its_work_can_be_used() -> None:
    plan = _told(
        network(act("gate", 0), act("work", 5, "gate", kind="build", owner="field", skill="fibre", bespoke=True))
    )
    gate, step = plan.steps
    assert (gate.start, gate.end, gate.ready, gate.days) == (date(2027, 2, 1),) * 3 + (0,)
    assert (step.start, step.end, step.ready, step.days) == (
        date(2027, 2, 1), date(2027, 2, 5), date(2027, 2, 8), 5,
    )  # fmt: skip
    assert (step.after, step.owner, step.skill) == (("gate",), "field", "fibre")
    assert step.bespoke
    assert step.critical
    assert (plan.start, plan.end, plan.ready, plan.duration_days) == (
        date(2027, 2, 1), date(2027, 2, 5), date(2027, 2, 8), 5,
    )  # fmt: skip
    assert (plan.total_float_days, plan.latest_order, plan.soft_no_return, plan.hard_no_return) == (None,) * 4
    assert (plan.p50, plan.p80) == (plan.ready, plan.ready)


def test_an_order_on_a_saturday_keeps_its_date() -> None:
    plan = _told(network(act("a", 1)), WorkingDays(date(2027, 1, 30)))
    assert (plan.ordered, plan.start) == (date(2027, 1, 30), date(2027, 2, 1))


def test_the_duration_begins_with_the_first_work() -> None:
    plan = _told(network(act("order", 0), act("a", 3, ("order", 4))))
    assert (plan.start, plan.end, plan.duration_days) == (date(2027, 2, 5), date(2027, 2, 9), 3)


def test_what_is_too_late_has_no_latest_order_and_a_float_below_zero() -> None:
    plan = _told(network(act("a", 3), due_day=1))
    assert (plan.latest_order, plan.total_float_days) == (None, -2)


def test_a_plan_needs_something_to_do() -> None:
    with pytest.raises(ValueError, match="at least one activity"):
        _told(Network(activities=()))


def _places(*starts: int) -> Network:
    places = (act(f"i{n}", 1, kind="installation", item=f"x{n}", not_before_day=day) for n, day in enumerate(starts))
    return network(*places)


@pytest.mark.parametrize(
    ("starts", "waves"),
    [
        ((0, 0, 1, 2), [(1, 2, 1, 4)]),
        ((0, 2, 5, 6), [(1, 2, 1, 2), (2, 2, 8, 2)]),
        ((0, 9), [(1, 2, 1, 1), (2, 2, 12, 1)]),
    ],
)
def test_a_break_of_more_than_a_day_begins_a_wave(starts: tuple[int, ...], waves: list[tuple[int, ...]]) -> None:
    """Number, month and day of the start (2, n), and items."""
    told = _told(_places(*starts)).waves
    assert [(wave.number, wave.start.month, wave.start.day, wave.items) for wave in told] == [
        (number, month, day, items) for number, month, day, items in waves
    ]
    assert not any(wave.pilot for wave in told)


def test_one_item_is_no_wave() -> None:
    assert _told(_places(0)).waves == ()


def test_the_pilot_is_apart_even_without_a_break() -> None:
    net = _places(0, 0, 1, 2)
    first = replace(net, activities=tuple(replace(one, wave=0 if n < 2 else 1) for n, one in enumerate(net.activities)))
    pilot, rest = _told(first, pilot_items=2).waves
    assert (pilot.number, pilot.pilot, pilot.items, pilot.end) == (0, True, 2, date(2027, 2, 1))
    assert (rest.number, rest.pilot, rest.items, rest.start) == (1, False, 2, date(2027, 2, 2))
    assert len(_told(first).waves) == 1


def test_a_large_plan_tells_what_drives_it_and_what_is_for_all() -> None:
    count = MOST_STEPS
    items = [act(f"i{n}", 1 if n else 9, "first", item=f"x{n}") for n in range(count)]
    net = network(act("first", 2), *items)
    assert [step.id for step in _told(net).steps] == ["first", "i0"]
    smaller = network(act("first", 2), *items[:-1])
    assert len(_told(smaller).steps) == count


def test_a_plan_that_waits_for_nothing_has_no_bottleneck() -> None:
    assert _told(network(act("a", 3), act("b", 1, "a"))).bottleneck == ""


def test_the_bottleneck_is_what_delays_the_end_and_not_what_is_waited_for_most() -> None:
    net = network(
        *(act(f"a{n}", 1, pool="crew", item="x") for n in range(8)),
        act("b", 30, item="x", windows="venue"),
        pools=(Pool(id="crew", jobs_per_day=1),),
        windows={"venue": ((2, 60),)},
    )
    found = schedule(net)
    assert next(iter(found.waits)) == "pool:crew"
    told = "1 activity waits for the windows venue, the longest 2 working days, up to 2027-02-02."
    assert _told(net).bottleneck == told
    assert parts_of(net, found, MONDAY)["x"].bottleneck == told


def test_where_what_drives_the_end_waits_for_nothing_it_is_what_is_waited_for_most() -> None:
    net = network(
        *(act(f"a{n}", 1, pool="crew") for n in range(8)), act("b", 30), pools=(Pool(id="crew", jobs_per_day=1),)
    )
    assert "crews of pool crew" in _told(net).bottleneck


def test_a_stock_of_which_only_a_little_comes_too_late_is_named_with_its_numbers() -> None:
    net = network(
        *(act(f"a{n}", 1, stock="box", pieces=2) for n in range(3)),
        stocks=(Stock(id="box", pieces=4, arrivals=((8, 1), (10, 1))),),
    )
    assert _told(net).bottleneck == (
        "1 of 3 activities wait for pieces of stock box, which come on 2027-02-15: nothing that needs them can be "
        "done for 9 working days, up to 2027-02-12."
    )


def test_the_latest_order_of_an_item_is_its_own() -> None:
    net = network(
        act("for all", 2), act("x", 3, "for all", item="x"), act("y", 3, "for all", item="y"), act("z", 1, item="z"),
        due_by_item={"x": 9, "y": 6},
    )  # fmt: skip
    plans = parts_of(net, schedule(net), MONDAY)
    assert {item: plan.latest_order for item, plan in plans.items()} == {
        "x": MONDAY.date_of(4),
        "y": MONDAY.date_of(1),
        "z": None,
    }
    assert [step.id for step in plans["z"].steps] == ["z"]
    assert plans["x"].critical_path == ("for all", "x")


def test_an_item_that_waits_for_crews_has_only_the_room_after_its_waiting() -> None:
    net = network(
        act("x", 4, item="x", pool="crew"), act("y", 4, item="y", pool="crew"),
        pools=(Pool(id="crew", jobs_per_day=1),), due_by_item={"x": 5, "y": 10},
    )  # fmt: skip
    found = schedule(net)
    assert found.latest_order_day == 1
    plans = parts_of(net, found, MONDAY)
    assert {item: plan.latest_order for item, plan in plans.items()} == {"x": MONDAY.date_of(1), "y": MONDAY.date_of(2)}
    assert (
        plans["y"].bottleneck
        == "1 activity waits for crews of pool crew, the longest 4 working days, up to 2027-02-04."
    )


def test_a_plan_tells_the_holidays_up_to_the_day_on_which_it_is_ready() -> None:
    holidays = (date(2026, 11, 4), date(2026, 11, 6), date(2026, 11, 11))
    plan = _told(network(act("a", 3)), WorkingDays(date(2026, 11, 2), holidays))
    assert (plan.ready, plan.free_days) == (date(2026, 11, 9), holidays[:2])
    assert _told(network(act("a", 3))).free_days == ()
