"""What a later day of one who delivers does to an item: in working days, and never without the float that is left."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from linkwright.designs.answers import SiteSolution
from linkwright.orders.dates import Dates, dates_of
from linkwright.orders.errands import Task
from tests.builders import a_leg, a_requirement, a_solution, an_order
from tests.orders.plans import an_event_plan
from tests.orders.world import a_task, two_items

MONDAY = datetime(2027, 5, 3, 9, tzinfo=UTC)
PROMISED, READY, NEEDED = date(2027, 6, 8), date(2027, 6, 15), date(2027, 6, 18)
TODAY = date(2027, 5, 10)


def tail(**changes: Any) -> Task:
    plain = {"key": "order-1/procure/1/tail", "kind": "procure", "system": "north", "access": "tail", "state": "sent"}
    return a_task(**{**plain, **changes})


def solution(**changes: Any) -> SiteSolution:
    """The partner's leg is the last; five working days of work come after it, three are left then."""
    plain = {
        "requirement": a_requirement(needed_by=NEEDED),
        "legs": (a_leg(ready=date(2027, 5, 20)), a_leg(access="tail", supplier="north", ready=PROMISED)),
        "ready": READY,
        "needed_by": NEEDED,
    }
    return a_solution(**{**plain, **changes})


def dates(*tasks: Task, today: date = TODAY, holidays: tuple[date, ...] = (), **more: Any) -> Dates:
    order = an_order(state="inProgress", items=two_items(state="inProgress")[:1], started_at=MONDAY, **more)
    return dates_of(order, tasks, {"1": solution()}, today, holidays)


def test_as_long_as_everybody_keeps_his_promise_the_design_counts() -> None:
    for expected in (None, PROMISED, date(2027, 6, 1)):
        found = dates(tail(expected=expected))
        assert (found.ready, found.slips) == ({"1": READY}, ())
    assert dates(tail()).completion == datetime(2027, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expected", "ready", "float_days", "severity"),
    [
        (date(2027, 6, 10), date(2027, 6, 17), 1, "Normal"),
        (date(2027, 6, 11), date(2027, 6, 18), 0, "Hazard"),
        (date(2027, 6, 12), date(2027, 6, 21), -1, "Critical"),  # a Saturday counts as the Monday after it
        (date(2027, 6, 14), date(2027, 6, 21), -1, "Critical"),
    ],
)
def test_a_later_day_moves_what_comes_after_it(expected: date, ready: date, float_days: int, severity: str) -> None:
    found = dates(tail(expected=expected))
    (slip,) = found.slips
    assert (slip.promised, slip.now, slip.ready, slip.needed) == (PROMISED, expected, ready, NEEDED)
    assert (slip.float_days, slip.severity, slip.late) == (float_days, severity, False)
    assert found.ready == {"1": ready}


def test_holidays_are_no_working_days() -> None:
    (slip,) = dates(tail(expected=date(2027, 6, 10)), holidays=(date(2027, 6, 9), date(2027, 6, 16))).slips
    assert (slip.slip_days, slip.ready, slip.float_days) == (1, date(2027, 6, 17), 1)


def test_a_leg_that_is_not_the_last_has_time_of_its_own() -> None:
    """The other leg comes on 8 June: what is late before that is told, and moves nothing."""
    found = dates(tail(kind="provide", access=None, system="ours", expected=date(2027, 5, 24)))
    (slip,) = found.slips
    assert (slip.slip_days, slip.promised, slip.severity) == (2, date(2027, 5, 20), "Normal")
    assert found.ready == {"1": READY}


def test_what_has_not_come_on_its_day_is_later_every_day() -> None:
    (slip,) = dates(tail(), today=date(2027, 6, 9)).slips
    assert (slip.late, slip.slip_days, slip.now) == (True, 1, date(2027, 6, 9))
    (slip,) = dates(tail(expected=date(2027, 6, 7)), today=date(2027, 6, 11)).slips
    assert (slip.late, slip.slip_days) == (True, 3)


def test_what_was_delivered_late_stays_as_late_as_it_was() -> None:
    done = tail(state="done", expected=date(2027, 6, 9))
    for today in (date(2027, 6, 9), date(2027, 6, 17)):
        (slip,) = dates(done, today=today).slips
        assert (slip.slip_days, slip.late) == (1, False)


def test_what_was_delivered_before_its_day_is_no_slip() -> None:
    assert dates(tail(state="done", expected=date(2027, 5, 20)), today=date(2027, 6, 17)).slips == ()


@pytest.mark.parametrize("state", ["planned", "failed", "undoing", "undone"])
def test_what_is_not_out_promises_nothing(state: Any) -> None:
    assert dates(tail(state=state, expected=date(2027, 7, 1)), today=date(2027, 7, 1)).slips == ()


@pytest.mark.parametrize("kind", ["reserve", "allocate", "register"])
def test_tasks_that_deliver_no_leg_promise_no_day(kind: Any) -> None:
    assert dates(tail(kind=kind, access=None, expected=date(2027, 7, 1))).slips == ()


def test_an_implementation_says_itself_when_it_ends() -> None:
    found = dates(tail(kind="implement", access=None, expected=date(2027, 6, 17)))
    assert (found.ready["1"], found.slips[0].promised) == (date(2027, 6, 17), READY)


def test_the_earlier_of_two_wanted_days_counts() -> None:
    (slip,) = dates(tail(expected=date(2027, 6, 10)), requested_completion=datetime(2027, 6, 16, tzinfo=UTC)).slips
    assert (slip.needed, slip.float_days) == (date(2027, 6, 16), -1)


def test_where_nobody_said_when_it_is_needed_nothing_is_in_danger() -> None:
    order = an_order(items=two_items(state="inProgress")[:1], started_at=MONDAY)
    open_ = solution(requirement=a_requirement(needed_by=None), needed_by=READY)
    (slip,) = dates_of(order, [tail(expected=date(2027, 7, 1))], {"1": open_}, TODAY).slips
    assert (slip.float_days, slip.needed, slip.severity) == (None, None, "Normal")


@pytest.mark.parametrize(
    ("expected", "ready", "float_days", "severity"),
    [
        (date(2027, 6, 10), date(2027, 6, 18), 1, "Normal"),
        (date(2027, 6, 11), date(2027, 6, 18), 0, "Hazard"),
        (date(2027, 6, 14), date(2027, 6, 21), -1, "Critical"),
    ],
)
def test_time_in_which_the_design_only_waits_is_float(
    expected: date, ready: date, float_days: int, severity: str
) -> None:
    """Three days of the time after the leg are waiting, for a window in which the rest has to be done."""
    order = an_order(items=two_items(state="inProgress")[:1], started_at=MONDAY)
    design = solution(ready=NEEDED, plan=an_event_plan())
    found = dates_of(order, [tail(expected=expected)], {"1": design}, TODAY)
    assert (found.ready["1"], found.slips[0].float_days, found.slips[0].severity) == (ready, float_days, severity)


def test_items_that_are_final_have_no_day_any_more() -> None:
    one, two = two_items(state="inProgress")
    order = an_order(items=(two_items(state="completed")[0], two), started_at=MONDAY)
    earlier = solution(ready=date(2027, 5, 27))
    found = dates_of(order, [tail(expected=date(2027, 7, 1))], {one.id: solution(), two.id: earlier}, TODAY)
    assert (found.ready, found.slips) == ({"2": date(2027, 5, 27)}, ())
