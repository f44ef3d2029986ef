"""Single items taken out of an order on its way: each is judged by itself, and what is held for it is released."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.orders.cancel import denials
from linkwright.orders.errands import Errand, Seen, Task
from linkwright.orders.model import Order
from tests.builders import NOW, a_solution, an_item, an_order
from tests.orders.world import World, a_cancel, a_task, an_order_of_two, two_items


@pytest.fixture
def world() -> World:
    return World()


def with_own_resources(world: World) -> None:
    """Each item's partner order is out, and no other order that both share."""
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.advance()
    world.books.put_task(replace(world.task("provide"), items=("1",)))
    assert world.order.state == "inProgress"


def refuses_to_take_back(world: World, *keys: str) -> None:
    undo = world.outside["procure"].undo

    def asked(errand: Errand) -> Seen:
        if errand.task.key in keys:
            return Seen(state="failed", remote_state="inProgress", text="digging has begun")
        return undo(errand)

    object.__setattr__(world.outside["procure"], "undo", asked)


def ask(world: World, *items: str) -> None:
    world.desk.cancel(a_cancel(items=items))
    world.advance()


def states(world: World) -> list[str]:
    return [item.state for item in world.order.items]


def test_an_item_whose_partner_takes_his_order_back_is_cancelled_and_its_hold_released(world: World) -> None:
    with_own_resources(world)
    ask(world, "2")
    assert states(world) == ["inProgress", "cancelled"]
    assert (world.cancel.state, world.cancel.effective_at) == ("done", NOW)
    assert "Item 2 is cancelled." in (world.cancel.message or "")
    assert {"order-1/reserve/2", "order-1/procure/2/offer-1"}.isdisjoint(world.placed())
    assert {"order-1/reserve/1", "order-1/procure/1/offer-1"} <= set(world.placed())
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert (world.order.state, states(world)) == ("partial", ["completed", "cancelled"])
    assert not any(key.endswith(("implement/2", "register/2")) for key in world.posts())


def test_an_item_whose_partner_does_not_goes_on_and_is_told_to_be_past_its_point(world: World) -> None:
    with_own_resources(world)
    refuses_to_take_back(world, "order-1/procure/2/offer-1")
    ask(world, "2")
    assert states(world) == ["inProgress", "inProgress"]
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert "2 (it has passed its point of no return (PONR)" in (world.cancel.message or "")
    assert "partner-north: digging has begun" in (world.cancel.message or "")
    assert [one.items for one in world.order.milestones if one.name == "PONR"] == [("2",)]
    assert "assessingCancellation" not in world.states()
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.state == "completed"


def test_of_several_items_each_is_judged_by_itself(world: World) -> None:
    with_own_resources(world)
    world.books.put_task(replace(world.task("procure/1/offer-1"), state="done"))
    world.waits_for("allocate")
    three = an_item(id="3", state="inProgress")
    world.books.write(lambda tx: tx.save(replace(tx.order("order-1"), items=(*world.order.items, three))))
    ask(world, "1", "2")
    assert states(world) == ["inProgress", "cancelled", "inProgress"]
    message = world.cancel.message or ""
    assert "Item 2 is cancelled." in message
    assert "Not cancelled: 1 (it has passed its point of no return (PONR) at partner-north)" in message


def test_while_a_partner_has_not_answered_the_request_stays_open_and_the_item_waits(world: World) -> None:
    with_own_resources(world)
    world.outside["procure"].down = True
    ask(world, "2")
    assert (world.cancel.state, states(world)) == ("inProgress", ["inProgress", "inProgress"])
    assert world.due_at > world.clock.time
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert (world.cancel.state, states(world)) == ("done", ["completed", "cancelled"])


def test_a_charge_is_announced_before_and_told_with_the_cancel(world: World) -> None:
    with_own_resources(world)
    soft = next(one for one in world.order.milestones if one.name == "softPONR")
    assert (soft.status, soft.items) == ("reached", ("1", "2"))
    ask(world, "2")
    assert "partner-north may charge for what was begun" in (world.cancel.message or "")


def test_a_cancel_of_the_whole_order_past_its_soft_point_is_accepted_with_a_note(world: World) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert "partner-north, resource-orders may charge for what was begun" in (world.cancel.message or "")


def test_before_the_soft_point_nobody_is_said_to_charge(world: World) -> None:
    world.waits_for("reserve")
    world.desk.place(an_order())
    world.advance()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert world.cancel.message == "The order is cancelled; everything was taken back."


def test_what_was_allocated_is_given_back_before_partners_are_asked_for_the_holds(world: World) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    assert world.task("allocate").state == "done"
    world.outside["allocate"].down = True
    world.desk.cancel(a_cancel())
    world.advance()
    assert (world.order.state, world.task("allocate").state) == ("pendingCancellation", "undoing")
    assert "order-1/reserve/1" in world.placed()
    world.answers_again("allocate")
    world.until_quiet()
    assert (world.order.state, world.placed()) == ("cancelled", [])


def test_what_was_allocated_stays_with_the_services_that_are_active(world: World) -> None:
    world.desk.place(an_order())
    world.until_quiet()
    assert "order-1/allocate" in world.placed()
    world.desk.withdraw("order-1")
    world.until_quiet()
    assert "order-1/allocate" in world.placed()


@pytest.mark.parametrize("last", ["failed", "undone"])
def test_parameters_of_items_that_all_fell_out_are_given_back(world: World, last: str) -> None:
    world.desk.place(an_order())
    world.outside["procure"].looks_until_done = 3
    world.until_due()
    if last == "failed":
        world.outside["procure"].fails_looks = True
    else:
        world.outside["implement"].refuses = True
    world.until_quiet()
    assert (world.order.state, world.task("allocate").state) == ("failed", "undone")


# who may go


def going(*items: Any) -> Order:
    return an_order(state="inProgress", items=items or two_items(state="inProgress"))


def denied(order: Order, tasks: list[Task], *named: str) -> dict[str, str]:
    return denials(order, tasks, named)


def test_an_item_may_go_while_an_order_that_it_shares_serves_only_those_that_go() -> None:
    shared = a_task(state="sent", items=("1", "2"))
    assert denied(going(), [shared], "1", "2") == {}
    (why,) = denied(going(), [shared], "2").values()
    assert "resource-orders" in why
    assert "items that go on" in why


def test_a_denial_of_one_item_denies_those_that_share_an_order_with_it() -> None:
    three = an_item(id="3", state="inProgress")
    tasks = [
        a_task(key="a", state="sent", items=("1", "2")),
        a_task(key="b", kind="procure", state="done", items=("1",)),
    ]
    assert denied(going(*two_items(state="inProgress"), three), tasks, "1", "2", "3").keys() == {"1", "2"}


def test_nobody_takes_out_what_another_item_depends_on_without_that_item() -> None:
    one, two = two_items(state="inProgress")
    order = going(one, replace(two, depends_on=("1",)))
    assert denied(order, [], "1") == {"1": "item 2 depends on it"}
    assert denied(order, [], "1", "2") == {}
    assert denied(order, [], "2") == {}


def test_what_is_final_says_so_and_an_allocation_or_a_plan_denies_nothing() -> None:
    one, two = two_items(state="inProgress")
    order = going(one, replace(two, state="completed"))
    tasks = [a_task(kind="allocate", state="done", items=("1", "2")), a_task(key="p", items=("1", "2"))]
    assert denied(order, tasks, "1", "2") == {"2": "it is completed"}


def test_of_an_order_that_is_half_delivered_only_those_who_have_it_are_past_their_point() -> None:
    tasks = [a_task(kind="provide", state="sent", items=("1", "2"), delivered=("1",))]
    why = denied(going(), tasks, "1", "2")
    assert "at resource-orders" in why["1"]
    assert "also serves" in why["2"]


def test_a_solution_of_the_world_is_bought_from_a_partner() -> None:
    """What the tests above count on."""
    assert [leg.supplier for leg in World().books.designs["design-2"].legs] == ["own", "partner-north"]
    assert a_solution().legs[0].supplier == "own"
