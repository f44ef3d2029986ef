"""What the tasks make of an order: asked once or often, the answer is the same."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.orders.errands import Task
from linkwright.orders.model import Fault, Jeopardy, Order
from linkwright.orders.progress import (
    happenings,
    with_error,
    with_jeopardy,
    with_progress,
)
from linkwright.orders.tasks import planned_tasks
from tests.builders import NOW, a_leg, a_solution, an_item, an_order
from tests.orders.world import PARTNER_LEG, a_task, two_items

SOLUTION = a_solution(legs=(a_leg(), PARTNER_LEG))
FAULT = Fault(code="CAPACITY_LOST", reason="reserve failed at pool", at=NOW)
ALERT = Jeopardy(id="j-1", name="PARTNER_SILENT", severity="Normal", at=NOW, message="no answer yet")


def going(**changes: Any) -> Order:
    return an_order(**{"state": "inProgress", "items": (an_item(state="inProgress"),), **changes})


def tasks_where(**changed: dict[str, Any]) -> tuple[Task, ...]:
    """The tasks of one designed item, changed by their kind."""
    return tuple(replace(task, **changed.get(task.kind, {})) for task in planned_tasks("order-1", {"1": SOLUTION}))


def reached(tasks: tuple[Task, ...], order: Order | None = None) -> list[str]:
    return [milestone.name for milestone in with_progress(order or going(), tasks, NOW).milestones]


def test_an_order_whose_tasks_have_not_gone_out_stays_as_it_is() -> None:
    assert with_progress(going(), tasks_where(), NOW) == going()


def test_progress_asked_twice_gives_the_same() -> None:
    done = {"state": "done", "remote_id": "r"}
    tasks = tasks_where(reserve=done, procure=done, provide=done, register=done)
    once = with_progress(going(), tasks, NOW)
    assert with_progress(once, tasks, NOW.replace(hour=20)) == once


@pytest.mark.parametrize(
    ("tasks", "names"),
    [
        (tasks_where(reserve={"state": "sent", "remote_id": "r"}), []),
        (tasks_where(reserve={"state": "done"}), ["resourcesHeld"]),
        (tasks_where(procure={"state": "sent"}), []),
        (tasks_where(procure={"state": "sent", "remote_id": "r"}), ["partnerOrdersPlaced"]),
        (tasks_where(provide={"state": "done"}), ["PONR"]),
        (tasks_where(allocate={"state": "done"}), ["parametersAllocated"]),
        (tasks_where(implement={"state": "sent", "remote_id": "r"}), ["PONR", "downstreamOrdersIssued"]),
        (tasks_where(register={"state": "done"}), ["PONR", "readyForService"]),
    ],
)
def test_a_milestone_is_reached_when_its_tasks_have_come_so_far(tasks: tuple[Task, ...], names: list[str]) -> None:
    assert reached(tasks) == names


def test_the_point_of_no_return_names_the_items_that_have_passed_it() -> None:
    two = planned_tasks("order-1", {"1": SOLUTION, "2": SOLUTION})
    tasks = tuple(
        replace(task, state="done") if task.kind == "procure" and task.items == ("2",) else task for task in two
    )
    (told,) = with_progress(going(items=two_items(state="inProgress")), tasks, NOW).milestones
    assert (told.name, told.status, told.items) == ("PONR", "reached", ("2",))


def test_a_milestone_is_reached_once() -> None:
    held = with_progress(going(), tasks_where(reserve={"state": "done"}), NOW)
    assert reached(tasks_where(reserve={"state": "undone"}), held) == ["resourcesHeld"]
    assert reached(tasks_where(reserve={"state": "done"}), held) == ["resourcesHeld"]


def test_what_fell_out_does_not_hold_up_a_milestone() -> None:
    two = planned_tasks("order-1", {"1": SOLUTION, "2": SOLUTION})
    first, second, *rest = two
    tasks = (replace(first, state="done"), replace(second, state="failed"), *rest)
    assert reached(tasks) == ["resourcesHeld"]


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_an_item_that_is_gone_does_not_hold_up_what_is_true_of_the_others(state: Any) -> None:
    """Its own tasks are not taken back yet when the last of the others ends the order."""
    first, second = two_items(state="inProgress")
    registered = {("1",): {"state": "done", "remote_id": "service-1"}}
    tasks = tuple(
        replace(task, **registered.get(task.items, {})) if task.kind == "register" else task
        for task in planned_tasks("order-1", {"1": SOLUTION, "2": SOLUTION})
    )
    order = with_progress(going(items=(first, replace(second, state=state))), tasks, NOW)
    assert order.state == "partial"
    assert [(one.name, one.items) for one in order.milestones if one.name != "PONR"] == [("readyForService", ("1",))]


def test_nothing_is_reached_by_an_order_that_is_taken_back() -> None:
    order = going(state="pendingCancellation")
    assert with_progress(order, tasks_where(reserve={"state": "done"}), NOW).milestones == ()


def test_an_item_is_complete_when_its_service_is_in_the_inventory() -> None:
    tasks = tasks_where(register={"state": "done", "remote_id": "service-9"})
    order = with_progress(going(), tasks, NOW)
    assert (order.items[0].state, order.items[0].service_id) == ("completed", "service-9")
    assert (order.state, order.completed_at) == ("completed", NOW)


def test_allocated_parameters_reach_the_item_that_they_belong_to() -> None:
    order = going(items=two_items(state="inProgress"))
    tasks = planned_tasks("order-1", {"1": SOLUTION, "2": SOLUTION})
    allocated = {"1": {"vlanId": 100}, "2": {"vlanId": 200}}
    tasks = tuple(replace(task, parameters=allocated) if task.kind == "allocate" else task for task in tasks)
    assert [item.parameters for item in with_progress(order, tasks, NOW).items] == [{"vlanId": 100}, {"vlanId": 200}]


def test_what_was_placed_elsewhere_is_referred_to_once() -> None:
    tasks = tasks_where(
        reserve={"state": "done", "remote_id": "hold-1", "remote_href": "http://pool/hold-1"},
        procure={"state": "sent", "remote_id": "po-1"},
        provide={"state": "sent", "remote_id": "ro-1"},
    )
    order = with_progress(with_progress(going(), tasks, NOW), tasks, NOW)
    (hold,) = order.references
    assert (hold.id, hold.kind, hold.name, hold.href) == (
        "hold-1",
        "reservation",
        "order-1/reserve/1",
        "http://pool/hold-1",
    )
    assert [(relation.kind, relation.id) for relation in order.relations] == [
        ("procures", "po-1"),
        ("provides", "ro-1"),
    ]


def test_an_order_ends_cancelled_with_its_date_when_all_its_items_are() -> None:
    order = with_progress(going(items=(an_item(state="cancelled"),)), (), NOW)
    assert (order.state, order.cancelled_at, order.completed_at) == ("cancelled", NOW, None)


@pytest.mark.parametrize("state", ["assessingCancellation", "pendingCancellation", "failed", "rejected"])
def test_the_items_do_not_move_an_order_that_is_being_cancelled_or_is_final(state: Any) -> None:
    order = going(state=state, items=(an_item(state="completed"),))
    assert with_progress(order, (), NOW).state == state


def test_a_refused_task_fails_its_items_once_unless_they_are_final() -> None:
    one, two = two_items(state="inProgress")
    refused = a_task(kind="reserve", system="pool", items=("1", "2"), state="failed", note="no port is left")
    order = with_progress(going(items=(one, replace(two, state="completed"))), (refused,), NOW)
    fault = replace(FAULT, message="no port is left")
    assert [(item.state, item.faults) for item in order.items] == [("failed", (fault,)), ("completed", ())]
    assert with_progress(replace(order, state="inProgress"), (refused,), NOW).items == order.items


def test_items_that_fell_out_of_a_task_fail_alone_with_their_own_reason() -> None:
    order = going(items=two_items(state="inProgress"))
    mixed = a_task(kind="allocate", system="downstream", items=("1", "2"), state="done", failures={"2": "no prefix"})
    one, two = with_progress(order, (mixed,), NOW).items
    assert (one.state, one.faults) == ("inProgress", ())
    assert (two.state, [fault.message for fault in two.faults]) == ("failed", ["no prefix"])


def test_whatever_depends_on_an_item_fails_with_it_and_says_on_which() -> None:
    one, two = two_items(state="inProgress")
    three = an_item(id="3", state="inProgress", depends_on=("2",))
    four = an_item(id="4", state="inProgress")
    order = going(items=(three, replace(two, depends_on=("1",)), replace(one, state="failed"), four))
    items = {item.id: item for item in with_progress(order, (), NOW).items}
    assert [items[name].state for name in "1234"] == ["failed", "failed", "failed", "inProgress"]
    assert [items[name].faults[0].message for name in "23"] == [
        "item 2 depends on item 1, which is failed",
        "item 3 depends on item 2, which is failed",
    ]


def test_an_order_that_others_work_on_has_passed_its_soft_point_of_no_return() -> None:
    def names(**changes: Any) -> list[tuple[str, tuple[str, ...]]]:
        tasks = tasks_where(procure={"state": "sent", "remote_id": "r", **changes})
        found = with_progress(going(), tasks, NOW).milestones
        return [(one.name, one.items) for one in found if "PONR" in one.name]

    assert names() == []
    assert names(remote_state="acknowledged") == []
    assert names(remote_state="inProgress") == [("softPONR", ("1",))]


def test_whoever_passes_a_point_of_no_return_later_is_added_to_those_it_names() -> None:
    def passed(*items: str) -> tuple[Task, ...]:
        return tuple(a_task(key=item, kind="procure", state="done", items=(item,)) for item in items)

    first = with_progress(going(items=two_items(state="inProgress")), passed("2"), NOW)
    second = with_progress(first, passed("2", "1"), NOW)
    assert [one.items for one in second.milestones if one.name == "PONR"] == [("2", "1")]
    assert happenings(first, second) == ("milestone",)


def test_a_milestone_names_those_whom_it_is_about_where_others_fell_out() -> None:
    tasks = [a_task(key=str(n), kind="allocate", state="done", items=("1", "2"), failures={"2": "no"}) for n in (1,)]
    (told,) = with_progress(going(items=two_items(state="inProgress")), tasks, NOW).milestones
    assert (told.name, told.items) == ("parametersAllocated", ("1",))


def test_an_alert_is_told_once_until_it_says_something_else() -> None:
    order = with_jeopardy(going(), ALERT)
    again = with_jeopardy(order, replace(ALERT, at=NOW.replace(hour=20)))
    worse = with_jeopardy(order, replace(ALERT, severity="Critical"))
    other = with_jeopardy(order, replace(ALERT, id="j-2"))
    assert again == order
    assert [(one.id, one.severity) for one in worse.jeopardies] == [("j-1", "Critical")]
    assert [one.id for one in other.jeopardies] == ["j-1", "j-2"]


def test_an_error_is_told_once() -> None:
    order = with_error(going(), FAULT)
    assert with_error(order, replace(FAULT, at=NOW.replace(hour=20))) == order
    assert len(with_error(order, replace(FAULT, message="more")).faults) == 2


def test_events_tell_what_is_different() -> None:
    before = going()
    held = with_progress(before, tasks_where(reserve={"state": "done"}), NOW)
    item_done = replace(before, items=(an_item(state="completed"),))
    assert happenings(before, before) == ()
    assert happenings(before, held) == ("milestone",)
    assert happenings(before, replace(before, state="held")) == ("stateChanged",)
    assert happenings(before, item_done) == ("stateChanged",)
    assert happenings(before, with_jeopardy(before, ALERT)) == ("jeopardy",)
    assert happenings(before, replace(before, expected_completion=NOW)) == ("attributeChanged",)
    assert happenings(before, replace(before, body={"a": 1})) == ()
