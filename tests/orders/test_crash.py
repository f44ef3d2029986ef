"""The process dies anywhere, and somebody runs the order again: nothing is lost, nothing is ordered twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes import Crash
from tests.orders.world import KINDS, World, a_cancel, an_order_of_two

EVERYTHING = [
    "order-1/reserve/1",
    "order-1/reserve/2",
    "order-1/procure/1/offer-1",
    "order-1/procure/2/offer-1",
    "order-1/provide",
    "order-1/allocate",
    "order-1/implement/1",
    "order-1/register/1",
    "order-1/register/2",
]


def placed_order() -> World:
    world = World()
    world.desk.place(an_order_of_two())
    return world


def order_waiting_for_its_cancel() -> World:
    """Holds are given, partners and resources are ordered, and the requester has changed his mind."""
    world = World()
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.advance()
    assert len(world.placed()) == 6
    world.desk.cancel(a_cancel())
    return world


def withdrawn_order() -> World:
    world = order_waiting_for_its_cancel()
    world.desk.withdraw("order-1")
    return world


def writes_of(prepared: Callable[[], World]) -> range:
    """The numbers of all writes that the runs make until the order is quiet."""
    world = prepared()
    first = world.books.writes + 1
    world.until_quiet()
    return range(first, world.books.writes + 1)


def dies_at(world: World, n: int) -> None:
    world.books.die_at = n
    with pytest.raises(Crash):
        world.until_quiet()
    world.books.die_at = None


def is_fulfilled(world: World) -> None:
    assert world.order.state == "completed"
    assert sorted(world.posts()) == sorted(EVERYTHING)
    assert {task.state for task in world.books.tasks("order-1")} == {"done", "undone"}
    assert world.outside["reserve"].placed == {}
    assert world.states() == ["acknowledged", "inProgress", "completed"]


def is_cancelled(world: World) -> None:
    assert world.order.state == "cancelled"
    assert world.placed() == []
    assert (world.cancel.state, world.cancel.effective_at) == ("done", world.order.cancelled_at)


@pytest.mark.parametrize("n", writes_of(placed_order))
def test_dying_before_any_write_neither_loses_nor_repeats_anything(n: int) -> None:
    world = placed_order()
    dies_at(world, n)
    world.until_quiet()
    is_fulfilled(world)


@pytest.mark.parametrize("key", EVERYTHING)
def test_dying_between_a_post_and_its_answer_finds_the_first_one_again(key: str) -> None:
    world = placed_order()
    for kind in KINDS:
        world.outside[kind].dies_after = key
    with pytest.raises(Crash):
        world.until_quiet()
    world.until_quiet()
    is_fulfilled(world)


@pytest.mark.parametrize("step", [2, 3, 5])
def test_a_process_that_dies_again_and_again_still_gets_there(step: int) -> None:
    world = placed_order()
    for _ in range(200):
        if world.due_at is None:
            break
        world.books.die_at = world.books.writes + step
        try:
            world.until_quiet()
        except Crash:
            continue
    is_fulfilled(world)


@pytest.mark.parametrize("n", writes_of(order_waiting_for_its_cancel))
def test_dying_while_an_order_is_taken_back_leaves_nothing_placed(n: int) -> None:
    world = order_waiting_for_its_cancel()
    dies_at(world, n)
    world.until_quiet()
    is_cancelled(world)
    assert sorted(world.posts()) == sorted(EVERYTHING[:6])
    assert world.states() == [
        "acknowledged",
        "inProgress",
        "assessingCancellation",
        "pendingCancellation",
        "cancelled",
    ]


@pytest.mark.parametrize("n", writes_of(withdrawn_order))
def test_dying_while_a_withdrawn_order_is_undone_leaves_nothing_placed_and_nothing_stored(n: int) -> None:
    world = withdrawn_order()
    dies_at(world, n)
    world.until_quiet()
    assert world.placed() == []
    assert (world.books.orders, world.books.stored_tasks, world.books.stored_cancels) == ({}, {}, {})


@pytest.mark.parametrize("n", writes_of(placed_order))
def test_a_cancel_that_comes_after_a_crash_anywhere_takes_all_back_or_is_denied(n: int) -> None:
    world = placed_order()
    dies_at(world, n)
    if world.order.state != "completed":
        world.desk.cancel(a_cancel())
    world.until_quiet()
    assert len(world.posts()) == len(set(world.posts()))
    if world.order.state == "cancelled":
        is_cancelled(world)
    else:
        is_fulfilled_despite_a_cancel(world)


def is_fulfilled_despite_a_cancel(world: World) -> None:
    assert world.order.state == "completed"
    assert sorted(world.posts()) == sorted(EVERYTHING)
    assert world.outside["reserve"].placed == {}
    assert all(one.state == "done" and one.effective_at is None for one in world.books.stored_cancels.values())


@pytest.mark.parametrize("key", EVERYTHING)
def test_a_cancel_that_comes_after_a_post_nobody_knows_of_finds_it_and_takes_it_back(key: str) -> None:
    world = placed_order()
    for kind in KINDS:
        world.outside[kind].dies_after = key
    with pytest.raises(Crash):
        world.until_quiet()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    if world.order.state == "cancelled":
        is_cancelled(world)
    else:
        is_fulfilled_despite_a_cancel(world)


def order_that_loses_an_item() -> World:
    """Item 2 is to be taken out while the partners work; the resources are ordered for item 1 alone."""
    world = World()
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.advance()
    world.books.put_task(replace(world.task("provide"), items=("1",)))
    world.desk.cancel(a_cancel(items=("2",)))
    world.outside["procure"].looks_until_done = world.outside["provide"].looks_until_done = 4
    return world


@pytest.mark.parametrize("n", writes_of(order_that_loses_an_item))
def test_dying_while_an_item_is_taken_out_ends_as_if_nobody_had_died(n: int) -> None:
    world = order_that_loses_an_item()
    dies_at(world, n)
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["completed", "cancelled"]
    assert (world.cancel.state, world.outside["reserve"].placed) == ("done", {})
    assert "order-1/procure/2/offer-1" not in world.placed()
    assert len(world.posts()) == len(set(world.posts()))
