"""A design that had expired: where the new one is not what was agreed, its requester is asked first."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.errors import Conflict
from tests.builders import NOW, a_requirement, a_solution, an_item, an_order
from tests.fakes import Crash
from tests.orders.world import World, a_cancel, an_order_of_two

OLD = a_solution(valid_until=NOW - timedelta(days=1))
WANTED = a_requirement().needed_by


@pytest.fixture
def world() -> World:
    world = World()
    world.books.put_design(OLD)
    return world


def placed(world: World, order: Any = None, **changes: Any) -> World:
    """The order was run once; its item's design is another one now."""
    fresh = replace(OLD, design_id="fresh-1", valid_until=NOW + timedelta(days=30), **changes)
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=fresh)}
    world.desk.place(order or an_order())
    world.advance()
    return world


def test_a_dearer_design_waits_for_its_requester_who_is_told_the_numbers(world: World) -> None:
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    assert (world.order.state, [item.state for item in world.order.items]) == ("pending", ["pending"])
    assert world.posts() == []
    assert ("informationRequired", "pending") in world.told()
    assert world.states() == ["acknowledged", "inProgress", "pending"]
    (note,) = world.order.remarks
    assert note.id == "BUDGET_EXCEEDED/question/1/1"
    assert "one-time cost 1,080.00 EUR then, 1,081.00 EUR now" in note.text
    assert world.order.items[0].faults == ()
    assert world.due_at is None


def test_a_later_design_than_wanted_waits_too(world: World) -> None:
    placed(world, ready=WANTED + timedelta(days=1))
    (note,) = world.order.remarks
    assert note.id == "question/1/1"
    assert "ready 2026-11-30 then, 2027-03-02 now, wanted by 2027-03-01" in note.text
    assert world.order.state == "pending"


@pytest.mark.parametrize(
    "changes",
    [
        {"nrc_minor": OLD.nrc_minor - 1},
        {"ready": WANTED},
        {"nrc_minor": OLD.nrc_minor + 100, "requirement": a_requirement(budget_nrc_minor=OLD.nrc_minor + 100)},
    ],
)
def test_what_is_still_as_agreed_goes_on(world: World, changes: dict[str, Any]) -> None:
    placed(world, **changes)
    world.until_quiet()
    assert world.order.state == "completed"
    assert "informationRequired" not in [happening for happening, _ in world.told()]


def test_the_date_of_the_order_counts_where_the_item_has_none_or_a_later_one(world: World) -> None:
    order = an_order(requested_completion=NOW + timedelta(days=60))
    placed(world, order, ready=date(2027, 2, 1))
    assert world.order.state == "pending"


def test_a_date_that_was_late_already_is_agreed(world: World) -> None:
    late = replace(OLD, ready=WANTED + timedelta(days=9))
    world.books.put_design(late)
    placed(world, ready=late.ready)
    assert world.order.state != "pending"


def test_confirmed_it_goes_on(world: World) -> None:
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    order = world.order
    world.operators.decide(order, order, {"1": "inProgress"}, by="bss", reason="go ahead", allowed=_nobody)
    assert world.order.state == "inProgress"
    world.until_quiet()
    assert world.order.state == "completed"
    assert [(one.kind, one.verdict, one.by) for one in world.order.decisions] == [("information", "confirmed", "bss")]


def test_declined_it_is_cancelled(world: World) -> None:
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    order = world.order
    world.operators.decide(order, order, {"1": "cancelled"}, by="bss", reason="", allowed=_nobody)
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.posts() == []


def _nobody(_kinds: Any) -> Any:
    raise AssertionError("no approval is meant")


def test_nobody_approves_in_the_place_of_the_requester(world: World) -> None:
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    with pytest.raises(Conflict):
        world.operators.approve("order-1", by="Ann")


def test_a_cancel_is_an_answer_too(world: World) -> None:
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert (world.order.state, world.cancel.state) == ("cancelled", "done")


def test_other_items_go_on_meanwhile(world: World) -> None:
    world.books.put_design(a_solution(design_id="design-2"))
    placed(world, an_order_of_two(), nrc_minor=OLD.nrc_minor + 100)
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["pending", "completed"]
    assert world.order.state == "pending"
    assert "order-1/reserve/1" not in world.posts()
    world.operators.decide(world.order, world.order, {"1": "inProgress"}, by="bss", reason="", allowed=_nobody)
    world.until_quiet()
    assert world.order.state == "completed"
    assert "order-1/reserve/1" in world.posts()


def test_unanswered_it_waits_for_ever_or_as_long_as_is_set(world: World) -> None:
    answering = replace(world.commitment, answer_within=timedelta(days=7))
    world.run = replace(world.run, commitment=answering)
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    assert world.due_at == NOW + timedelta(days=7)
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert [fault.code for fault in world.order.items[0].faults] == ["SD-INF-01"]
    assert world.states() == ["acknowledged", "inProgress", "pending", "cancelled"]


def test_an_order_may_go_on_without_asking(world: World) -> None:
    world.run = replace(world.run, commitment=replace(world.commitment, asks_requester=False))
    placed(world, nrc_minor=OLD.nrc_minor + 100)
    world.until_quiet()
    assert world.order.state == "completed"
    assert [alert.name for alert in world.order.jeopardies] == ["BUDGET_EXCEEDED"]


def test_a_process_that_dies_before_the_question_is_asked_asks_it_afterwards(world: World) -> None:
    dear = replace(OLD, design_id="fresh-1", nrc_minor=OLD.nrc_minor + 100, valid_until=NOW + timedelta(days=30))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=dear)}
    world.desk.place(an_order(items=(an_item(),)))
    committed = world.books.writes + 1
    world.books.die_at = committed + 1
    with pytest.raises(Crash):
        world.advance()
    world.books.die_at = None
    assert world.order.state == "inProgress"
    world.advance()
    assert world.order.state == "pending"
    assert world.posts() == []
