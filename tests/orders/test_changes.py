"""Services that are there are changed and ended: only what is different is ordered, and what is left is given up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.parts_of_answers import Before, Finding, Given
from linkwright.holds.model import Hold
from linkwright.orders.model import OrderItem
from linkwright.orders.tasks import gives_up, planned_tasks
from linkwright.orders.too_early import would_help
from tests.builders import NOW, a_leg, a_requirement, a_solution, an_item, an_order
from tests.fakes import Crash
from tests.orders.world import KINDS, PARTNER_LEG, World, a_cancel

LINK = Given(resource="west-hub", category="link", quantity=100)
PORT = Given(resource="west", category="pop", quantity=1)
CPE = Given(resource="cpe-0", category="cpeModel", quantity=1)
OLD_LEG = Given(
    resource="south:q-1", category="accessOption", quantity=1, supplier="south", reference="q-1", order="po-1"
)


def a_change_design(*added: Given, **changes: Any) -> SiteSolution:
    """More bandwidth on what is there, unless `changes` say more."""
    released = changes.pop("released", ())
    before = Before(service="s-1", change="modify", added=added, released=released)
    plain = a_solution(design_id="change-1", before=before, legs=(a_leg(existing=True),), cpe_existing=True, cpe_kept=1)
    return replace(plain, **changes)


def a_modify(**changes: Any) -> OrderItem:
    return an_item(**{"action": "modify", "service_id": "s-1", "design_id": None, **changes})


def a_delete(**changes: Any) -> OrderItem:
    return an_item(**{"action": "delete", "service_id": "s-2", "design_id": None, **changes})


def the_end(ref: str, *released: Given) -> ItemAnswer:
    return ItemAnswer(ref=ref, result="qualified", before=Before(service="s-2", change="delete", released=released))


def a_world(*items: OrderItem, **answers: SiteSolution | ItemAnswer) -> World:
    """The order is placed; `answers` of the designer are written as `item_1=…`."""
    world = World()
    for name, answer in answers.items():
        ref = name.removeprefix("item_")
        found = ItemAnswer(ref=ref, result="qualified", solution=answer) if isinstance(answer, SiteSolution) else answer
        world.designer.answers[ref] = found
    world.desk.place(an_order(items=items))
    return world


def planned(solution: SiteSolution) -> list[str]:
    return [task.key.removeprefix("order-1/") for task in planned_tasks("order-1", {"1": solution})]


def is_completed(world: World) -> None:
    world.until_quiet()
    assert (world.order.state, {item.state for item in world.order.items}) == ("completed", {"completed"})
    assert world.outside["reserve"].placed == {}


# what is planned


def test_of_more_bandwidth_only_what_is_added_is_held_and_nothing_is_ordered() -> None:
    assert planned(a_change_design(LINK)) == ["reserve/1", "implement/1", "register/1"]


def test_less_bandwidth_holds_nothing() -> None:
    assert planned(a_change_design(released=(LINK,))) == ["implement/1", "register/1"]


def test_another_partner_is_ordered_and_the_one_before_is_ended_behind_it() -> None:
    solution = a_change_design(PORT, released=(OLD_LEG,), legs=(a_leg(existing=True), PARTNER_LEG))
    tasks = planned_tasks("order-1", {"1": solution})
    assert [task.key.removeprefix("order-1/") for task in tasks] == [
        "reserve/1",
        "procure/1/offer-1",
        "allocate",
        "implement/1",
        "register/1",
        "procure/1/south:q-1/delete",
    ]
    assert [(task.system, task.access) for task in tasks if gives_up(task)] == [("south", "south:q-1")]


def test_cpe_that_is_new_is_ordered_and_the_old_one_comes_back() -> None:
    swapped = a_change_design(CPE, released=(CPE,), cpe_existing=False, cpe_kept=0)
    assert planned(swapped) == ["reserve/1", "provide", "allocate", "implement/1", "register/1", "provide/1/delete"]


def test_a_kept_cpe_beside_a_new_service_is_in_no_resource_order() -> None:
    tasks = planned_tasks("order-1", {"1": a_change_design(LINK), "2": a_solution()})
    assert [(task.key, task.items) for task in tasks if task.kind in ("provide", "allocate")] == [
        ("order-1/provide", ("2",)),
        ("order-1/allocate", ("2",)),
    ]


def test_who_counts_on_what_is_given_back_comes_apart() -> None:
    ends = {"old": Before(service="s-2", change="delete", released=(PORT,))}
    solutions = {"first": a_solution(), "new": a_solution()}
    tasks = planned_tasks("order-1", solutions, ends, {"new": ("old",), "old": ("first",)})
    named = {task.key.removeprefix("order-1/"): task for task in tasks}
    assert named["reserve/new"].after == ("order-1/holds", "order-1/register/old")
    assert (named["allocate"].items, named["allocate/new"].items) == (("first",), ("new",))
    assert (named["provide"].items, named["provide/new"].items) == (("first",), ("new",))
    assert named["implement/new"].after == ("order-1/holds", "order-1/holds/new")
    assert len(named) == len(tasks)


# how it is carried out


def test_more_bandwidth_is_held_implemented_and_noted_in_the_inventory() -> None:
    world = a_world(a_modify(), item_1=a_change_design(LINK))
    is_completed(world)
    assert world.posts() == ["order-1/reserve/1", "order-1/implement/1", "order-1/register/1"]
    reached = [milestone.name for milestone in world.order.milestones]
    assert {"readyForService", "expectedResultsCompared"} <= set(reached)
    assert "servicesReleased" not in reached


def test_less_bandwidth_needs_no_hold_and_waits_for_none() -> None:
    world = a_world(a_modify(), item_1=a_change_design(released=(LINK,)))
    is_completed(world)
    assert world.posts() == ["order-1/implement/1", "order-1/register/1"]


def test_a_partner_is_ended_after_the_implementation_and_the_item_does_not_wait_for_him() -> None:
    design = a_change_design(PORT, released=(OLD_LEG,), legs=(a_leg(existing=True), PARTNER_LEG))
    world = a_world(a_modify(), item_1=design)
    world.waits_for("implement")
    world.advance()
    world.advance()
    assert "order-1/procure/1/south:q-1/delete" not in world.posts()
    world.answers_again("implement")
    world.waits_for("procure")
    world.all_due()
    for _ in range(20):
        world.until_due()
        if world.order.state == "completed":
            break
    old = world.task("procure/1/south:q-1/delete")
    assert (world.order.state, old.state, old.remote_id is not None) == ("completed", "sent", True)
    world.answers_again("procure")
    world.until_quiet()
    assert world.task("procure/1/south:q-1/delete").state == "done"
    assert world.outside["procure"].undone == []
    kinds = {relation.kind for relation in world.order.relations}
    assert kinds == {"procures", "allocates", "implements", "ceases"}


def test_a_service_is_ended_and_then_all_of_it_is_given_up() -> None:
    world = a_world(a_delete(), item_1=the_end("1", OLD_LEG, CPE, LINK))
    is_completed(world)
    assert sorted(world.posts()) == [
        "order-1/allocate/1/delete",
        "order-1/implement/1",
        "order-1/procure/1/south:q-1/delete",
        "order-1/provide/1/delete",
        "order-1/register/1",
    ]
    assert {task.state for task in world.books.tasks("order-1")} == {"done"}
    assert (world.outside["allocate"].undone, world.outside["procure"].undone) == ([], [])
    reached = {milestone.name for milestone in world.order.milestones}
    assert "servicesReleased" in reached
    assert not reached & {"readyForService", "partnerOrdersPlaced", "parametersAllocated", "expectedResultsCompared"}
    assert {relation.kind for relation in world.order.relations} == {"ceases", "returns", "releases", "implements"}


def test_nothing_is_given_up_before_the_service_has_ended() -> None:
    world = a_world(a_delete(), item_1=the_end("1", OLD_LEG, CPE))
    world.waits_for("implement")
    world.advance()
    world.advance()
    assert world.posts() == ["order-1/implement/1"]


def test_an_item_is_not_complete_before_whoever_is_to_end_something_has_his_order() -> None:
    world = a_world(a_delete(), item_1=the_end("1", OLD_LEG))
    world.outside["procure"].down = True
    for _ in range(6):
        world.until_due()
    assert (world.task("register/1").state, world.order.state) == ("done", "inProgress")
    world.outside["procure"].down = False
    is_completed(world)


def test_the_end_of_a_service_that_nobody_knows_is_rejected() -> None:
    unknown = Finding(code="SD-INF-01", label="Information missing: service s-2 in the service inventory.")
    world = a_world(a_delete(), item_1=ItemAnswer(ref="1", result="unqualified", findings=(unknown,)))
    world.until_quiet()
    assert (world.order.state, [fault.code for fault in world.order.faults]) == ("rejected", ["SD-INF-01"])
    assert world.posts() == []


def test_everything_in_one_order_is_one_implementation() -> None:
    items = (an_item(id="1"), a_modify(id="2"), a_delete(id="3"), an_item(id="4", action="noChange", design_id=None))
    world = a_world(*items, item_2=a_change_design(LINK, requirement=a_requirement(ref="2")), item_3=the_end("3", CPE))
    for kind in ("procure", "provide", "allocate"):
        world.outside[kind].looks_until_done = 1
    is_completed(world)
    assert len([key for key in world.posts() if "/register/" in key]) == 3
    assert len([key for key in world.posts() if "/implement/" in key]) <= 2


def test_services_that_end_together_are_given_up_together() -> None:
    items = (a_delete(id="1"), a_delete(id="2", service_id="s-3"))
    world = a_world(*items, item_1=the_end("1", CPE), item_2=the_end("2", CPE))
    is_completed(world)
    assert sorted(world.posts()) == [
        "order-1/allocate/1/delete",
        "order-1/implement/1",
        "order-1/provide/1/delete",
        "order-1/register/1",
        "order-1/register/2",
    ]


def test_who_needs_what_another_gives_back_is_held_after_that_has_ended() -> None:
    new = an_item(id="new", depends_on=("old",), design_id="design-1", requirement=a_requirement(ref="new"))
    old = a_delete(id="old", requirement=a_requirement(ref="old"))
    world = a_world(new, old, item_old=the_end("old", PORT))
    world.waits_for("register")
    for _ in range(4):
        world.until_due()
    assert world.outside["reserve"].posts == []
    world.answers_again("register")
    is_completed(world)
    assert world.outside["reserve"].posts == ["order-1/reserve/new"]


def test_a_service_whose_end_hangs_with_an_operator_still_has_what_others_wait_for() -> None:
    new = an_item(id="new", depends_on=("old",), requirement=a_requirement(ref="new"))
    world = a_world(new, a_delete(id="old", requirement=a_requirement(ref="old")), item_old=the_end("old", PORT))
    world.refuse("register")
    while world.order.items[1].state != "held":
        world.until_due()
    assert (world.task("register/old").state, world.outside["reserve"].posts) == ("fallen", [])
    world.advance()
    assert world.outside["reserve"].posts == []
    world.answers_again("register")
    world.operators.retry("order-1", by="Ann")
    is_completed(world)


def test_a_lost_end_takes_those_along_that_count_on_it() -> None:
    new = an_item(id="new", depends_on=("old",), requirement=a_requirement(ref="new"))
    world = a_world(new, a_delete(id="old", requirement=a_requirement(ref="old")), item_old=the_end("old", PORT))
    world.refuse("implement")
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["failed", "failed"]
    assert world.posts() == []


def too_early(**changes: Any) -> World:
    """The pool refuses what a service that ends has still got."""
    new = an_item(id="new", design_id="design-1", requirement=a_requirement(ref="new"), **changes)
    old = a_delete(id="old", requirement=a_requirement(ref="old"))
    world = a_world(new, old, item_old=the_end("old", PORT, OLD_LEG))
    world.refuse("reserve")
    world.until_quiet()
    assert world.order.items[0].state == "failed"
    return world


def test_who_is_held_too_early_hears_what_gives_it_back_and_how_to_come_after_that() -> None:
    faults = too_early().order.items[0].faults
    assert {fault.code for fault in faults} == {"CAPACITY_LOST"}
    help_ = "Item old of this order gives back west: with a dependsOn item old item new is held after that"
    assert help_ in faults[-1].message


@pytest.mark.parametrize("give_back", [(CPE,), (OLD_LEG,)])
def test_what_it_does_not_need_is_no_help(give_back: tuple[Given, ...]) -> None:
    order = an_order(items=(an_item(id="new"), a_delete(id="old", leaving=the_end("old", *give_back).before)))
    assert would_help(order, "new", {"new": replace(a_solution(), cpe_quantity=0)}) == ""


def ends_beside(**changes: Any) -> OrderItem:
    return a_delete(id="old", leaving=the_end("old", PORT).before, **changes)


@pytest.mark.parametrize(
    "items",
    [
        (an_item(id="new", depends_on=("old",)), ends_beside()),
        (an_item(id="new", depends_on=("mid",)), an_item(id="mid", depends_on=("old",)), ends_beside()),
        (an_item(id="new"), ends_beside(depends_on=("new",))),
        (an_item(id="new"), ends_beside(state="completed")),
    ],
)
def test_who_comes_after_it_or_before_it_or_finds_it_ended_is_not_helped_by_it(items: tuple[OrderItem, ...]) -> None:
    assert would_help(an_order(items=items), "new", {"new": a_solution()}) == ""


def test_a_change_that_gives_back_is_named_too() -> None:
    order = an_order(items=(an_item(id="new"), a_modify(id="mod")))
    solutions = {"new": a_solution(), "mod": a_change_design(released=(PORT,))}
    assert "Item mod of this order gives back west" in would_help(order, "new", solutions)


# what goes wrong


def test_a_partner_who_does_not_end_his_access_waits_for_an_operator_and_not_for_a_date() -> None:
    world = a_world(a_delete(), item_1=the_end("1", OLD_LEG))
    world.refuse("procure")
    world.until_quiet()
    assert (world.order.state, world.task("register/1").state) == ("held", "done")
    assert [wait.until for wait in world.order.waits] == [None]
    world.answers_again("procure")
    world.operators.retry("order-1", by="Ann")
    is_completed(world)
    assert world.task("procure/1/south:q-1/delete/2").action == "delete"


def test_what_fails_after_the_item_is_complete_is_told_and_nothing_is_undone() -> None:
    world = a_world(a_delete(), item_1=the_end("1", OLD_LEG))
    world.waits_for("procure")
    for _ in range(8):
        world.until_due()
    assert world.order.state == "completed"
    world.outside["procure"].fails_looks = True
    world.until_quiet()
    assert world.order.state == "completed"
    told = [alert for alert in world.order.jeopardies if alert.severity == "Critical"]
    assert [alert.name for alert in told] == ["DOWNSTREAM_FALLOUT"]
    assert "somebody has to settle it" in told[0].message
    assert world.outside["procure"].undone == []


def test_a_change_that_fails_gives_back_what_was_added_and_ends_nothing() -> None:
    design = a_change_design(PORT, released=(OLD_LEG,), legs=(a_leg(existing=True), PARTNER_LEG))
    world = a_world(a_modify(), item_1=design)
    world.refuse("implement")
    world.until_quiet()
    assert world.order.state == "failed"
    assert world.outside["reserve"].placed == {}
    assert "order-1/procure/1/south:q-1/delete" not in world.posts()
    assert world.outside["register"].undone == []


# cancel


def test_a_change_is_cancelled_before_its_implementation() -> None:
    design = a_change_design(PORT, released=(OLD_LEG,), legs=(a_leg(existing=True), PARTNER_LEG))
    world = a_world(a_modify(), item_1=design)
    world.waits_for("procure")
    world.advance()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert (world.order.state, world.placed()) == ("cancelled", [])
    assert world.outside["register"].undone == []


@pytest.mark.parametrize("item", [a_modify(), a_delete()])
def test_a_cancel_is_denied_once_the_implementation_is_ordered(item: OrderItem) -> None:
    answer: Any = a_change_design() if item.action == "modify" else the_end("1", OLD_LEG)
    world = a_world(item, item_1=answer)
    world.waits_for("implement")
    world.advance()
    world.desk.cancel(a_cancel())
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at, world.order.state) == ("done", None, "inProgress")
    world.answers_again("implement")
    is_completed(world)


def test_a_cancel_while_a_partner_ends_his_access_for_another_item_takes_nothing_of_that_back() -> None:
    later = a_delete(id="2", service_id="s-3", depends_on=("3",))
    world = a_world(a_delete(), later, an_item(id="3"), item_1=the_end("1", OLD_LEG), item_2=the_end("2", OLD_LEG))
    world.waits_for("procure", "provide")
    for _ in range(4):
        world.until_due()
    assert "order-1/procure/1/south:q-1/delete" in world.placed()
    world.desk.cancel(a_cancel(items=("2", "3")))
    for _ in range(4):
        world.until_due()
    assert "order-1/procure/1/south:q-1/delete" in world.placed()
    world.answers_again("procure")
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["completed", "cancelled", "cancelled"]
    assert "order-1/procure/1/south:q-1/delete" not in world.outside["procure"].undone


# holds of the check


def test_the_hold_of_a_checked_change_is_taken_over() -> None:
    world = World()
    design = a_change_design(LINK, requirement=a_requirement())
    world.books.put_design(design)
    hold = Hold(
        key="check-1/hold/1/change-1",
        check_id="check-1",
        item_id="1",
        design_id="change-1",
        policy="firm",
        requester="anonymous",
        state="held",
        asked_at=NOW,
        expires_at=design.valid_until,
        remote_id="r-1",
    )
    world.books.add_hold(hold)
    world.outside["reserve"].placed["order-1/reserve/1"] = 0
    world.desk.place(an_order(items=(a_modify(design_id="change-1"),)))
    world.advance()
    assert (world.task("reserve/1").remote_id, world.books.holds[hold.key].state) == ("r-1", "taken")
    assert world.designer.asked == []
    is_completed(world)


# crashes


def a_mixed_order() -> World:
    design = a_change_design(
        PORT, released=(OLD_LEG,), legs=(a_leg(existing=True), PARTNER_LEG), requirement=a_requirement(ref="2")
    )
    items = (an_item(id="1", depends_on=("3",)), a_modify(id="2"), a_delete(id="3"))
    return a_world(*items, item_2=design, item_3=the_end("3", OLD_LEG, CPE))


def _keys(world: World) -> list[str]:
    world.until_quiet()
    return sorted(world.posts())


EVERYTHING = _keys(a_mixed_order())


def writes_of(prepared: Callable[[], World]) -> range:
    world = prepared()
    first = world.books.writes + 1
    world.until_quiet()
    return range(first, world.books.writes + 1)


def is_all_done(world: World) -> None:
    is_completed(world)
    assert sorted(world.posts()) == EVERYTHING
    assert {task.state for task in world.books.tasks("order-1")} == {"done", "undone"}
    assert all(world.outside[kind].undone == [] for kind in KINDS if kind != "reserve")


@pytest.mark.parametrize("n", writes_of(a_mixed_order))
def test_dying_before_any_write_neither_loses_nor_repeats_anything(n: int) -> None:
    world = a_mixed_order()
    world.books.die_at = n
    with pytest.raises(Crash):
        world.until_quiet()
    world.books.die_at = None
    is_all_done(world)


@pytest.mark.parametrize("key", EVERYTHING)
def test_dying_between_a_post_and_its_answer_finds_the_first_one_again(key: str) -> None:
    world = a_mixed_order()
    for kind in KINDS:
        world.outside[kind].dies_after = key
    with pytest.raises(Crash):
        world.until_quiet()
    is_all_done(world)
