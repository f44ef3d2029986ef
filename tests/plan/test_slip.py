"""A plan in which something is late: what follows moves by what goes beyond the free float, and nothing else does."""

from dataclasses import replace
from datetime import date

from linkwright.plan.model import Plan
from linkwright.plan.slip import moved, slipped
from linkwright.plan.working_days import WorkingDays
from tests.orders.plans import ORDERED, TESTED, a_step, an_event_plan

DAYS = WorkingDays(ORDERED)
TAIL = "delivery:tail"


def starts(plan: Plan) -> dict[str, date]:
    return {step.id: step.start for step in plan.steps}


def test_within_the_free_float_nothing_that_follows_moves() -> None:
    plan = an_event_plan()
    for late in (1, 2, 3):
        found = moved(plan, {TAIL: late}, DAYS)
        assert starts(found) == starts(plan)
        assert (found.ready, found.hard_no_return) == (TESTED, plan.hard_no_return)
        (tail,) = (step for step in found.steps if step.id == TAIL)
        assert DAYS.from_(tail.ready) == DAYS.from_(date(2027, 6, 9)) + late


def test_beyond_it_all_that_follows_moves_by_working_days_and_the_point_of_no_return_with_it() -> None:
    found = moved(an_event_plan(), {TAIL: 4}, DAYS)
    assert starts(found)["installation"] == found.hard_no_return == date(2027, 6, 15)
    assert (starts(found)["test"], found.ready) == (date(2027, 6, 18), date(2027, 6, 21))  # over a weekend
    assert starts(found)["licence"] == found.soft_no_return == date(2027, 5, 5)


def test_two_that_are_late_beside_each_other_do_not_add_up() -> None:
    plan = an_event_plan()
    both = moved(plan, {TAIL: 5, "licence": 8}, DAYS)
    assert both.ready == max(slipped(plan, TAIL, 5, DAYS), slipped(plan, "licence", 8, DAYS)) == date(2027, 6, 22)


def test_two_that_are_late_one_behind_the_other_count_once_each() -> None:
    """The later end is told against the plan: what came before is in it already."""
    found = moved(an_event_plan(), {TAIL: 4, "installation": 2}, DAYS)
    assert found.ready == date(2027, 6, 22)


def test_steps_that_the_plan_does_not_have_and_no_delay_change_nothing() -> None:
    plan = an_event_plan()
    assert moved(plan, {}, DAYS) is plan
    assert moved(plan, {"delivery:other": 9, TAIL: 0}, DAYS) is plan


def test_where_nothing_is_left_after_the_step_the_plan_ends_with_it() -> None:
    lone = a_step(id=TAIL, start=ORDERED, end=ORDERED, ready=date(2027, 5, 4), after=("somebody else's",))
    plan = replace(an_event_plan(), steps=(lone,), ready=date(2027, 5, 4), end=ORDERED)
    assert slipped(plan, TAIL, 1, DAYS) == date(2027, 5, 5)
    assert moved(plan, {TAIL: 1}, DAYS).hard_no_return == plan.hard_no_return


def test_of_two_links_to_one_step_the_one_that_leaves_less_room_counts() -> None:
    first = a_step(id="a", start=ORDERED, end=ORDERED, ready=date(2027, 5, 4), after=())
    for lags in ((3, 0), (0, 3)):
        then = a_step(id="b", start=date(2027, 5, 7), end=date(2027, 5, 7), ready=date(2027, 5, 10), after=("a", "a"))
        plan = replace(an_event_plan(), steps=(first, replace(then, lags=lags)), end=date(2027, 5, 7))
        assert starts(moved(plan, {"a": 1}, DAYS))["b"] == date(2027, 5, 10)
