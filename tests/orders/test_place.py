"""What a requester may do with an order, and what he is told when he may not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.errors import Conflict, InvalidRequest, NotFound, Repeated, StaleVersion
from linkwright.orders.model import Order, State
from linkwright.orders.states import FINAL, ORDER
from linkwright.posting import Post
from tests.builders import NOW, a_requirement, an_item, an_order
from tests.orders.world import World, a_cancel, a_task, an_order_of_two

BEGUN: list[State] = [state for state in ORDER if state != "acknowledged" and state not in FINAL]


@pytest.fixture
def world() -> World:
    return World()


def stored(world: World, **changes: Any) -> Order:
    order = an_order(**changes)
    world.books.write(lambda tx: tx.add(order))
    return order


def described(order: Order) -> Order:
    return replace(order, body={"description": "new"})


def with_another_item(order: Order) -> Order:
    return replace(order, items=(*order.items, an_item(id="2")))


def test_a_placed_order_is_stored_told_and_due_at_once(world: World) -> None:
    placed = world.desk.place(an_order())
    assert world.order == placed
    assert [milestone.name for milestone in placed.milestones] == ["requirementAccepted"]
    assert world.told() == [("created", "acknowledged")]
    assert world.due_at == NOW
    assert world.books.writes == 1


@pytest.mark.parametrize(("start", "due"), [(timedelta(days=3), timedelta(days=3)), (timedelta(days=-3), timedelta())])
def test_an_order_is_due_at_its_requested_start_and_never_in_the_past(
    world: World, start: timedelta, due: timedelta
) -> None:
    world.desk.place(an_order(requested_start=NOW + start))
    assert world.due_at == NOW + due


def test_a_change_is_worked_into_the_stored_order_in_one_write(world: World) -> None:
    stored(world)
    before = world.books.writes
    amended = world.amend(1, described, ("description",))
    assert (amended.version, amended.body) == (2, {"description": "new"})
    assert world.order == amended
    assert world.told()[-1] == ("attributeChanged", "acknowledged")
    assert world.books.writes == before + 1


def test_a_change_worked_out_against_another_version_is_not_made(world: World) -> None:
    stored(world)
    world.amend(1, described, ("description",))
    with pytest.raises(StaleVersion):
        world.amend(1, lambda order: replace(order, body={}), ("description",))
    assert world.order.body == {"description": "new"}


def test_there_is_no_changing_an_order_that_is_unknown_or_withdrawn(world: World) -> None:
    with pytest.raises(NotFound):
        world.desk.amend(an_order(), described(an_order()), ("description",))
    before = stored(world, state="inProgress")
    world.desk.withdraw("order-1")
    with pytest.raises(StaleVersion):
        world.desk.amend(before, described(before), ("description",))


@pytest.mark.parametrize("state", ORDER)
def test_the_state_of_an_order_is_not_set_by_its_requester(world: World, state: State) -> None:
    stored(world, state=state)
    other: State = "cancelled" if state != "cancelled" else "acknowledged"
    with pytest.raises(Conflict, match="cancelServiceOrder"):
        world.amend(1, lambda order: replace(order, state=other), ("state",))


def test_items_change_while_nothing_has_been_started(world: World) -> None:
    stored(world)
    world.amend(1, with_another_item, ("serviceOrderItem",))
    assert [item.id for item in world.order.items] == ["1", "2"]


@pytest.mark.parametrize("state", ["assessingCancellation", "pendingCancellation"])
def test_items_of_an_order_that_is_being_cancelled_stay_as_they_are(world: World, state: State) -> None:
    stored(world, state=state)
    with pytest.raises(Conflict, match=f"while it is {state}"):
        world.amend(1, with_another_item, ("description", "serviceOrderItem"))
    assert len(world.order.items) == 1


@pytest.mark.parametrize("state", BEGUN)
def test_other_attributes_of_an_order_that_has_begun_may_change(world: World, state: State) -> None:
    """A date that the items' requirements take from the order is no change of the items."""
    stored(world, state=state)

    def wanted_later(order: Order) -> Order:
        later = NOW + timedelta(days=90)
        requirement = a_requirement(needed_by=later.date())
        return replace(order, requested_completion=later, items=(replace(order.items[0], requirement=requirement),))

    assert world.amend(1, wanted_later, ("requestedCompletionDate",)).version == 2


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_order_takes_a_note_and_nothing_else(world: World, state: State) -> None:
    stored(world, state=state)
    with pytest.raises(Conflict, match=r"description.*allowed: note"):
        world.amend(1, described, ("description", "note"))
    with pytest.raises(Conflict, match="notificationContact"):
        world.amend(1, described, ("notificationContact",))
    noted = world.amend(1, lambda order: replace(order, body={"note": ["thanks"]}), ("note",))
    assert noted.body == {"note": ["thanks"]}


def test_a_start_that_is_moved_moves_the_work(world: World) -> None:
    late, later = NOW + timedelta(days=3), NOW + timedelta(days=5)
    world.desk.place(an_order(requested_start=late))
    world.amend(1, lambda order: replace(order, requested_start=None), ("requestedStartDate",))
    assert world.due_at == NOW
    world.amend(2, lambda order: replace(order, requested_start=later), ("requestedStartDate",))
    world.advance()
    assert (world.order.state, world.due_at) == ("acknowledged", later)
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.order.started_at == later


def test_items_changed_while_they_are_being_designed_are_designed_anew(world: World) -> None:
    world.desk.place(an_order(items=(an_item(design_id=None),)))

    def amend() -> None:
        world.designer.meanwhile = lambda: None
        two = an_item(id="2", requirement=a_requirement(ref="2"), design_id=None)
        world.amend(1, lambda order: replace(order, items=(two,)), ("serviceOrderItem",))

    world.designer.meanwhile = amend
    world.until_quiet()
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["1"], ["2"]]
    assert [(item.id, item.state) for item in world.order.items] == [("2", "completed")]


@pytest.mark.parametrize("kind", ["reserve", "procure", "provide", "allocate", "implement"])
def test_a_note_that_comes_while_work_is_going_on_is_kept_and_nothing_is_ordered_twice(world: World, kind: str) -> None:
    world.desk.place(an_order())
    outside = world.outside[kind]

    def notes(_: Any) -> None:
        if not outside.posts:
            version = world.order.version
            world.amend(version, lambda order: replace(order, body={"note": ["hello"]}), ("note",))

    outside.meanwhile = notes
    world.until_quiet()
    assert (world.order.state, world.order.body) == ("completed", {"note": ["hello"]})
    assert len(world.posts()) == len(set(world.posts())) == 6


def test_a_withdrawn_order_is_gone_and_its_run_is_due(world: World) -> None:
    stored(world, state="inProgress")
    world.desk.withdraw("order-1")
    assert world.books.hidden == {"order-1"}
    assert world.due_at == NOW
    with pytest.raises(NotFound):
        world.desk.withdraw("order-1")


def test_an_order_past_its_point_of_no_return_is_not_withdrawn(world: World) -> None:
    stored(world, state="inProgress")
    world.books.put_task(a_task(kind="implement", state="sent"))
    with pytest.raises(Conflict, match="point of no return"):
        world.desk.withdraw("order-1")


def test_only_the_version_that_is_named_is_withdrawn(world: World) -> None:
    stored(world)
    world.amend(1, described, ("description",))
    with pytest.raises(StaleVersion, match="version 2, not 1"):
        world.desk.withdraw("order-1", 1)
    world.desk.withdraw("order-1", 2)
    with pytest.raises(NotFound):
        world.desk.withdraw("order-1")


def test_a_final_order_with_nothing_out_is_forgotten_at_once(world: World) -> None:
    stored(world, state="completed")
    world.books.put_task(a_task(kind="implement", state="done"))
    world.desk.withdraw("order-1")
    assert world.books.orders == {}
    assert world.books.stored_tasks == {}
    assert world.due_at is None


def test_a_final_order_is_withdrawn_only_when_its_holds_are_given_back(world: World) -> None:
    world.outside["procure"].refuses = True
    world.desk.place(an_order())
    world.advance()
    world.outside["reserve"].placed["order-1/reserve/1"] = 0
    world.books.put_task(replace(world.task("reserve/1"), state="undoing"))
    assert world.order.state == "failed"
    world.desk.withdraw("order-1")
    world.until_quiet()
    assert world.placed() == []
    assert world.books.orders == {}


def test_a_withdrawn_order_is_undone_and_then_forgotten(world: World) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    world.outside["procure"].down = True
    world.desk.withdraw("order-1")
    world.advance()
    assert "order-1/procure/1/offer-1" in world.placed()
    world.answers_again("procure")
    world.until_quiet()
    assert world.books.orders == {}
    assert world.placed() == []
    assert world.told()[-1] == ("deleted", "inProgress")


def test_an_order_withdrawn_while_it_is_being_designed_is_not_begun(world: World) -> None:
    world.desk.place(an_order(items=(an_item(design_id=None),)))
    world.designer.meanwhile = lambda: world.desk.withdraw("order-1")
    world.until_quiet()
    assert world.books.orders == {}
    assert world.posts() == []


def test_a_run_whose_order_is_gone_ends_quietly_and_is_not_due_again(world: World) -> None:
    world.books.wake("order", "order-1", NOW)
    world.advance()
    assert world.due_at is None


def test_a_cancel_is_stored_told_and_makes_the_order_due(world: World) -> None:
    stored(world, state="inProgress")
    world.desk.cancel(a_cancel())
    assert world.cancel.state == "accepted"
    assert world.told("cancel-1") == [("created", "accepted")]
    assert world.order.state == "inProgress"
    assert world.due_at == NOW


def test_a_cancel_of_an_order_that_is_unknown_or_withdrawn_is_a_wrong_request(world: World) -> None:
    with pytest.raises(InvalidRequest, match="order-1") as wrong:
        world.desk.cancel(a_cancel())
    assert (wrong.value.attribute, wrong.value.code) == ("serviceOrder.id", "unknownServiceOrder")
    stored(world, state="inProgress")
    world.desk.withdraw("order-1")
    with pytest.raises(InvalidRequest):
        world.desk.cancel(a_cancel())


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_order_is_not_cancelled(world: World, state: State) -> None:
    stored(world, state=state)
    with pytest.raises(Conflict, match=state):
        world.desk.cancel(a_cancel())


def test_a_second_cancel_waits_until_the_first_is_decided(world: World) -> None:
    world.waits_for("implement")
    world.desk.place(an_order())
    world.advance()
    world.desk.cancel(a_cancel())
    with pytest.raises(Conflict, match="Another cancel"):
        world.desk.cancel(a_cancel(id="cancel-2"))
    world.advance()
    assert world.cancel.state == "done"
    world.desk.cancel(a_cancel(id="cancel-2"))


def test_a_cancel_that_is_sent_again_is_known_whatever_has_become_of_the_order(world: World) -> None:
    stored(world, state="inProgress")
    post = Post(keys=("key:1",), digest="d")
    world.desk.cancel(a_cancel(post=post))
    for state in ("inProgress", "cancelled"):
        world.books.write(lambda tx, state=state: tx.save(replace(tx.order("order-1"), state=state)))
        with pytest.raises(Repeated, match="cancel-1"):
            world.desk.cancel(a_cancel(id="cancel-2", post=post))
    assert world.books.stored_cancels.keys() == {"cancel-1"}


def test_a_cancel_that_is_refused_is_not_stored(world: World) -> None:
    stored(world, state="completed")
    with pytest.raises(Conflict):
        world.desk.cancel(a_cancel())
    assert (world.books.stored_cancels, world.told("cancel-1"), world.due_at) == ({}, [], None)


def test_a_parent_is_an_item_too_and_means_all_items_below_it(world: World) -> None:
    one, two = an_order_of_two().items
    parent = an_item(id="3", children=(replace(one, state="completed"),))
    stored(world, state="inProgress", items=(parent, two))
    with pytest.raises(Conflict, match="Items 3"):
        world.desk.cancel(a_cancel(items=("3",)))
    with pytest.raises(InvalidRequest, match="no item 4"):
        world.desk.cancel(a_cancel(items=("3", "4")))
    world.desk.cancel(a_cancel(items=("3", "2")))


def test_an_item_to_be_cancelled_must_be_there_and_not_be_final(world: World) -> None:
    one, two = an_order_of_two().items
    stored(world, state="inProgress", items=(replace(one, state="completed"), two))
    with pytest.raises(InvalidRequest, match="no item 7") as wrong:
        world.desk.cancel(a_cancel(items=("7", "2")))
    assert (wrong.value.attribute, wrong.value.code) == ("serviceOrderItem", "unknownServiceOrderItem")
    with pytest.raises(Conflict, match="Items 1"):
        world.desk.cancel(a_cancel(items=("1",)))
    world.desk.cancel(a_cancel(items=("1", "2")))
