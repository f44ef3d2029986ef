"""The point of no return, and the sequence in which an order is taken back."""

from dataclasses import replace

import pytest

from linkwright.orders.cancel import firm, is_given_back, is_past_no_return, to_undo
from linkwright.orders.errands import TaskKind, TaskState
from tests.builders import an_item, an_order
from tests.orders.world import a_task


@pytest.mark.parametrize(
    ("kind", "state", "past"),
    [
        ("reserve", "sent", False),
        ("reserve", "done", False),
        ("procure", "sent", False),
        ("procure", "done", True),
        ("provide", "sent", False),
        ("provide", "done", True),
        ("allocate", "sent", False),
        ("allocate", "done", False),
        ("implement", "planned", False),
        ("implement", "sent", True),
        ("implement", "done", True),
        ("register", "sent", True),
        ("implement", "undone", False),
        ("procure", "failed", False),
    ],
)
def test_there_is_no_way_back_from_a_delivery_or_a_begun_implementation(
    kind: TaskKind, state: TaskState, past: bool
) -> None:
    waiting = a_task(key="other", kind="reserve", state="sent")
    assert is_past_no_return((waiting, a_task(kind=kind, state=state))) is past


def test_an_order_is_taken_back_in_reverse_and_together_what_was_ordered_together() -> None:
    holds = [a_task(key="hold-1", kind="reserve", state="done"), a_task(key="hold-2", kind="reserve", state="sent")]
    bought = [a_task(key="buy", kind="procure", state="sent"), a_task(key="own", kind="provide", state="undoing")]
    asked = a_task(key="ask", kind="allocate", state="sent")
    assert to_undo([*holds, *bought, asked]) == [asked]
    assert to_undo([*holds, *bought]) == bought
    assert to_undo(holds) == holds
    assert to_undo([]) == []


def test_a_hold_does_not_wait_for_what_is_delivered_and_cannot_be_taken_back() -> None:
    hold = a_task(key="hold", kind="reserve", state="done")
    delivered = a_task(key="own", kind="provide", state="undoing", items=("1", "2"), delivered=("1", "2"))
    half = replace(delivered, delivered=("1",))
    working = a_task(key="buy", kind="procure", state="undoing")
    assert to_undo([hold, delivered]) == [delivered, hold]
    assert to_undo([hold, replace(half, failures={"2": "no room"})])[1:] == [hold]
    assert to_undo([hold, half]) == [half]
    assert to_undo([hold, delivered, working]) == [delivered, working]
    beside = replace(delivered, key="it", kind="implement")
    assert to_undo([hold, beside, working]) == [beside]


def test_what_is_delivered_stays_and_what_never_went_out_needs_no_undoing() -> None:
    tasks = [a_task(key=str(n), state=state) for n, state in enumerate(("planned", "done", "failed", "undone"))]
    assert to_undo(tasks) == []


def test_firm_is_what_others_were_ordered_for_items_that_are_alive() -> None:
    order = an_order(items=(an_item(state="inProgress"), an_item(id="2", state="failed")))
    firm_ones = [a_task(key=state, state=state) for state in ("sent", "undoing", "undone")]
    others = [
        a_task(key="not sent", state="planned"),
        a_task(key="refused", state="failed"),
        a_task(key="a hold", kind="reserve", state="sent"),
        a_task(key="of a failed item", state="undoing", items=("2",)),
    ]
    assert firm(order, [*firm_ones, *others]) == firm_ones
    assert firm(order, [a_task(key="shared", state="sent", items=("1", "2"))]) != []


@pytest.mark.parametrize(
    ("kind", "state", "back"),
    [
        ("provide", "planned", False),
        ("provide", "sent", False),
        ("provide", "undoing", False),
        ("provide", "done", True),
        ("provide", "undone", True),
        ("reserve", "done", False),
        ("reserve", "undone", True),
    ],
)
def test_all_is_given_back_when_nothing_is_out_or_waits_to_go_out(kind: TaskKind, state: TaskState, back: bool) -> None:
    assert is_given_back([a_task(key="over", state="failed"), a_task(kind=kind, state=state)]) is back
