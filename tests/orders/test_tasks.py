"""Which outward tasks a design needs, and what may go out when."""

from dataclasses import replace

from linkwright.orders.tasks import of_kind, planned_tasks
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
        "order-1/implement/1",
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


def test_shared_builds_and_augments_are_ordered_apart_from_what_does_not_wait_for_them() -> None:
    built = a_solution(legs=(a_leg(build="b1"),), augments=("west-hub",))
    also = a_solution(legs=(a_leg(build="b2"),), augments=("west-hub",))
    provided = of_kind(planned_tasks("order-1", {"1": OWN, "2": built, "3": also}), "provide")
    assert [(task.key, task.items, task.parts) for task in provided] == [
        ("order-1/provide", ("1", "2", "3"), ("cpe",)),
        ("order-1/provide/augment/west-hub", ("2", "3"), ("augment/west-hub",)),
        ("order-1/provide/build/b1", ("2",), ("build/b1",)),
        ("order-1/provide/build/b2", ("3",), ("build/b2",)),
    ]


def test_what_all_wait_for_is_one_resource_order() -> None:
    built = a_solution(legs=(a_leg(build="b1"),), augments=("west-hub",))
    (provided,) = of_kind(planned_tasks("order-1", {"1": built, "2": built}), "provide")
    assert (provided.key, provided.items, provided.parts) == ("order-1/provide", ("1", "2"), ())


def test_a_plan_grows_with_its_items_and_not_with_their_square() -> None:
    def size(items: int) -> int:
        tasks = planned_tasks("order-1", {str(n): BOUGHT for n in range(items)})
        return sum(1 + len(task.items) + len(task.after) for task in tasks)

    assert size(200) <= 2 * size(100)
