"""Two plans of which every date was worked out by hand: a service for an event, and a roll-out to many places."""

from collections.abc import Iterator
from datetime import date

import pytest

from linkwright.plan.calendar import days_of
from linkwright.plan.model import Activity, Network, Plan, Pool, Schedule, Stock
from linkwright.plan.schedule import schedule
from linkwright.plan.told import part_of, parts_of, plan_of
from linkwright.plan.working_days import WorkingDays
from tests.plan.pieces import act, assert_keeps_the_rules, network, starts_of
from tests.plan.spans import Dates

HOLIDAYS = (
    date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17),
)  # fmt: skip


@pytest.fixture
def spring() -> WorkingDays:
    return WorkingDays(date(2027, 5, 3), HOLIDAYS)


def _event(days: WorkingDays, tail_days: int = 25) -> Network:
    return network(
        act("A", 2, kind="survey"),
        act("B", 20, "A", kind="permit", no_return="soft"),
        act("C", tail_days, kind="delivery"),
        act("D", 5, kind="staging"),
        act("G", 1, "D", kind="training"),
        act("E", 3, "B", "C", "D", "G", kind="installation", windows="venue", no_return="hard"),
        act("F", 1, "E", kind="test", windows="venue"),
        windows={"venue": days_of([Dates(date(2027, 6, 14), date(2027, 6, 17))], days)},
        due_day=days.from_(date(2027, 6, 18)),
    )


def test_an_event_has_its_dates_floats_and_points_of_no_return(spring: WorkingDays) -> None:
    net = _event(spring)
    found = schedule(net)
    assert_keeps_the_rules(net, found)
    plan = plan_of(net, found, spring)
    steps = {step.id: step for step in plan.steps}
    ends = {"A": (5, 4), "B": (6, 3), "C": (6, 8), "D": (5, 10), "G": (5, 11), "E": (6, 16), "F": (6, 17)}
    assert {name: step.end for name, step in steps.items()} == {name: date(2027, *end) for name, end in ends.items()}
    assert steps["E"].start == date(2027, 6, 14)
    assert {name: steps[name].float_days for name in "CBGEF"} == {"C": 3, "B": 6, "G": 22, "E": 0, "F": 0}
    assert plan.critical_path == ("C", "E", "F")
    assert plan.total_float_days == 3
    assert plan.latest_order == date(2027, 5, 7)
    assert (plan.soft_no_return, plan.hard_no_return) == (date(2027, 5, 5), date(2027, 6, 14))
    assert (plan.ordered, plan.start, plan.end, plan.ready) == (
        date(2027, 5, 3), date(2027, 5, 3), date(2027, 6, 17), date(2027, 6, 18),
    )  # fmt: skip
    assert plan.duration_days == 32
    assert plan.waves == ()
    assert plan.bottleneck == "1 activity waits for the windows venue, the longest 3 working days, up to 2027-06-11."


@pytest.mark.parametrize(("late", "room"), [(2, 1), (4, -1)])
def test_a_tail_that_comes_later_takes_the_float(spring: WorkingDays, late: int, room: int) -> None:
    """Four days late there is no window left: the float says by how much."""
    net = _event(spring, 25 + late)
    if room >= 0:
        assert {one.activity: one.total_float_days for one in schedule(net).timed}["C"] == room
        return
    later = Network(
        activities=net.activities, windows={"venue": (*net.windows["venue"], (60, 70))}, due_day=net.due_day
    )
    assert {one.activity: one.total_float_days for one in schedule(later).timed}["C"] == room


def test_work_that_waits_for_a_planned_card_has_the_float_up_to_the_wanted_date() -> None:
    days = WorkingDays(date(2026, 11, 2), HOLIDAYS)
    card = act("work", 15, not_before_day=days.after(date(2027, 1, 15)))
    net = network(card, due_day=days.from_(date(2027, 3, 1)))
    plan = plan_of(net, schedule(net), days)
    assert (plan.start, plan.end, plan.total_float_days) == (date(2027, 1, 18), date(2027, 2, 5), 15)
    assert plan.latest_order == date(2027, 2, 8)


STORES, PILOT = 1_988, 20


@pytest.fixture(scope="module")
def winter() -> WorkingDays:
    return WorkingDays(date(2027, 1, 11), HOLIDAYS)


def _roll_out(days: WorkingDays, stock: int = 900) -> Network:
    def of_all() -> Iterator[Activity]:
        yield act("course", 3, kind="training")
        for n in range(STORES):
            item, pilot = f"s{n:04}", n < PILOT
            yield act(f"{item}/allocate", 0, kind="allocation", item=item)
            yield act(
                f"{item}/install", 1, f"{item}/allocate", *(() if pilot else ("pilot",)), kind="installation",
                item=item, pool="crews", stock="cpe", pieces=1, frozen=True, wave=0 if pilot else 1,
            )  # fmt: skip
            if pilot:
                yield act(f"{item}/watch", 4, f"{item}/install", kind="test", item=item)
        yield act("pilot", 0, *(f"s{n:04}/watch" for n in range(PILOT)), kind="quality")

    freeze = Dates(date(2026, 11, 15), date(2027, 1, 10), yearly=True)
    return Network(
        activities=tuple(of_all()),
        pools=(Pool(id="crews", jobs_per_day=50),),
        stocks=(Stock(id="cpe", pieces=stock, arrivals=((30, STORES - stock),) if stock < STORES else ()),),
        freezes=days_of([freeze], days),
    )


@pytest.fixture(scope="module")
def roll_out(winter: WorkingDays) -> tuple[Network, Schedule, Plan]:
    net = _roll_out(winter)
    found = schedule(net)
    return net, found, plan_of(net, found, winter, pilot_items=PILOT)


def test_a_roll_out_ends_when_stock_and_crews_let_it(
    winter: WorkingDays, roll_out: tuple[Network, Schedule, Plan]
) -> None:
    net, found, plan = roll_out
    assert_keeps_the_rules(net, found)
    assert (plan.end, plan.duration_days) == (date(2027, 3, 23), 52)
    assert (found.ready_day, found.bound_day, found.gap) == (52, 52, 0.0)
    waves = [
        (wave.number, wave.pilot, winter.from_(wave.start) + 1, winter.from_(wave.end) + 1, wave.items)
        for wave in plan.waves
    ]
    assert waves == [(0, True, 1, 1, 20), (1, False, 6, 23, 880), (2, False, 31, 52, 1_088)]
    assert plan.waves[2].reason == "It waits for pieces of stock cpe until 2027-02-22."
    assert next(iter(found.waits)) == "stock:cpe"
    assert plan.bottleneck == (
        "1,088 of 1,988 activities wait for pieces of stock cpe, which come on 2027-02-22: nothing that needs them can "
        "be done for 7 working days, up to 2027-02-19."
    )
    course = next(step for step in plan.steps if step.id == "course")
    assert course.ready <= plan.waves[1].start
    assert {step.id for step in plan.steps} == {"course", "pilot", *plan.critical_path}


def test_with_enough_stock_the_crews_are_what_it_waits_for(winter: WorkingDays) -> None:
    net = _roll_out(winter, stock=STORES)
    found = schedule(net)
    plan = plan_of(net, found, winter, pilot_items=PILOT)
    assert (plan.duration_days, found.bound_day) == (45, 45)
    assert [wave.items for wave in plan.waves] == [20, 1_968]
    assert plan.bottleneck == (
        "1,918 activities wait for crews of pool crews: it does 50 jobs a day and is full on 39 working days, the last "
        "of them 2027-03-11."
    )


def test_a_freeze_stops_a_roll_out(winter: WorkingDays) -> None:
    net = _roll_out(winter)
    first = min(start for name, start in starts_of(schedule(net)).items() if name.endswith("/install"))
    assert first == 0
    early = WorkingDays(date(2026, 12, 28), HOLIDAYS)
    assert min(start for name, start in starts_of(schedule(_roll_out(early))).items() if name.endswith("/install")) == (
        early.from_(date(2027, 1, 11))
    )


def test_the_part_of_a_store_is_its_own_work_and_what_it_depends_on(
    winter: WorkingDays, roll_out: tuple[Network, Schedule, Plan]
) -> None:
    net, found, _ = roll_out
    plans = parts_of(net, found, winter)
    assert len(plans) == STORES
    starts = starts_of(found)
    last = max((name for name in starts if name.endswith("/install")), key=lambda name: (starts[name], name))
    store = last.removesuffix("/install")
    plan = plans[store]
    assert plan == part_of(net, found, winter, store)
    assert {step.id for step in plan.steps} == {"pilot", f"{store}/allocate", f"{store}/install"}
    assert (plan.end, plan.ready) == (date(2027, 3, 23), date(2027, 3, 24))
    assert plan.critical_path == ("pilot", f"{store}/install")
    assert plan.bottleneck == (
        "1 activity waits for crews of pool crews, the longest 46 working days, up to 2027-03-22."
    )
    assert plan.waves == ()
    with pytest.raises(ValueError, match="nothing is done for item nowhere"):
        part_of(net, found, winter, "nowhere")
