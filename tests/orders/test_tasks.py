"""Which outward tasks a design needs, and what may go out when."""

from dataclasses import replace

from linkwright.orders.tasks import of_kind, planned_tasks, ready
from tests.builders import a_leg, a_solution
from tests.orders.world import PARTNER_LEG

OWN = a_solution()
BOUGHT = a_solution(design_id="design-2", legs=(a_leg(), PARTNER_LEG))


def test_a_design_on_own_network_buys_nothing() -> None:
    tasks = planned_tasks("order-1", {"1": OWN})
    assert [task.key for task in tasks] == [
        "order-1/reserve/1",
        "order-1/provide",
        "order-1/allocate",
        "order-1/implement",
        "order-1/register/1",
    ]


def test_each_leg_of_a_partner_is_ordered_at_that_partner() -> None:
    second = replace(PARTNER_LEG, access="offer-2", supplier="partner-south")
    tasks = planned_tasks("order-1", {"1": replace(BOUGHT, legs=(PARTNER_LEG, second)), "2": BOUGHT})
    bought = of_kind(tasks, "procure")
    assert [(task.key, task.system, task.items, task.access) for task in bought] == [
        ("order-1/procure/1/offer-1", "partner-north", ("1",), "offer-1"),
        ("order-1/procure/1/offer-2", "partner-south", ("1",), "offer-2"),
        ("order-1/procure/2/offer-1", "partner-north", ("2",), "offer-1"),
    ]


def test_planning_twice_gives_the_same_tasks() -> None:
    assert planned_tasks("order-1", {"1": BOUGHT}) == planned_tasks("order-1", {"1": BOUGHT})


def test_an_order_without_designs_needs_nobody() -> None:
    assert planned_tasks("order-1", {}) == ()


def test_everything_is_held_before_anything_is_ordered_and_registered_last() -> None:
    tasks = planned_tasks("order-1", {"1": BOUGHT, "2": OWN})
    waves = []
    while left := ready(tasks):
        waves.append([task.kind for task in left])
        gone = {task.key for task in left}
        tasks = tuple(replace(task, state="done") if task.key in gone else task for task in tasks)
    assert waves == [
        ["reserve", "reserve"],
        ["procure", "provide"],
        ["allocate"],
        ["implement"],
        ["register", "register"],
    ]


def test_what_is_sent_or_taken_back_still_holds_up_what_comes_after_it() -> None:
    hold, *rest = planned_tasks("order-1", {"1": OWN})
    assert ready((replace(hold, state="sent"), *rest)) == []
    assert ready((replace(hold, state="undoing"), *rest)) == []
    for state in ("done", "failed", "undone"):
        assert [task.kind for task in ready((replace(hold, state=state), *rest))] == ["provide"]
