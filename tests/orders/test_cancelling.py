"""A request to cancel, row by row: what becomes of it, and what becomes of the order."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.errors import Conflict, NotFound
from linkwright.orders.cancelling import MOST_FAILURES, Canceller
from linkwright.orders.errands import Errand, Seen
from linkwright.orders.model import Fault, Order, State
from linkwright.orders.progress import GOING_ON
from linkwright.orders.states import FINAL
from tests.builders import NOW, an_item, an_order
from tests.fakes import Crash
from tests.orders.world import World, a_cancel, a_task, an_order_of_two, an_undesigned_item, two_items


@pytest.fixture
def world() -> World:
    return World()


def ordered(world: World, *waits_for: str) -> None:
    """An order that has gone as far as these systems let it."""
    world.waits_for(*waits_for)
    world.desk.place(an_order())
    world.advance()
    assert world.order.state == "inProgress"


def asked(world: World) -> None:
    world.desk.cancel(a_cancel(reason="moved away"))


# the whole order


def test_a_request_waits_accepted_until_the_order_is_looked_at(world: World) -> None:
    ordered(world, "procure", "provide")
    asked(world)
    assert (world.cancel.state, world.order.state) == ("accepted", "inProgress")


def test_with_nothing_to_undo_the_order_is_cancelled_without_calling_anybody(world: World) -> None:
    world.desk.place(an_order())
    asked(world)
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at) == ("done", NOW)
    assert (world.order.state, world.order.cancelled_at, world.order.cancel_reason) == ("cancelled", NOW, "moved away")
    assert [item.state for item in world.order.items] == ["cancelled"]
    assert world.posts() == []
    assert world.due_at is None


def test_a_request_before_the_requested_start_is_decided_at_once(world: World) -> None:
    world.desk.place(an_order(requested_start=NOW.replace(year=2027)))
    asked(world)
    assert world.due_at == NOW
    world.advance()
    assert (world.order.state, world.cancel.state) == ("cancelled", "done")


def test_what_has_to_be_undone_keeps_order_and_request_open_until_it_is(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["reserve"].down = True
    asked(world)
    world.advance()
    assert (world.cancel.state, world.order.state) == ("inProgress", "pendingCancellation")
    assert [item.state for item in world.order.items] == ["pendingCancellation"]
    assert world.cancel.effective_at is None
    world.answers_again("reserve")
    world.until_quiet()
    assert (world.cancel.state, world.order.state) == ("done", "cancelled")
    assert world.cancel.effective_at == world.order.cancelled_at is not None
    assert world.placed() == []


def test_the_assessment_lasts_until_everybody_who_has_an_order_has_answered(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].down = True
    asked(world)
    world.advance()
    assert (world.cancel.state, world.order.state) == ("inProgress", "assessingCancellation")
    assert world.placed() == ["order-1/reserve/1", "order-1/procure/1/offer-1", "order-1/allocate"]
    assert world.due_at > world.clock.time
    waiting = world.task("procure/1/offer-1")
    world.advance()
    assert world.task("procure/1/offer-1") == waiting
    world.answers_again("procure")
    world.until_quiet()
    assert (world.cancel.state, world.order.state, world.placed()) == ("done", "cancelled", [])


def test_if_nobody_takes_his_order_back_it_is_denied_and_nothing_has_happened(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].refuses_undo = world.outside["provide"].refuses_undo = True
    before = world.order
    asked(world)
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert "partner-north: too late" in (world.cancel.message or "")
    assert (world.order.state, world.order.items) == (before.state, before.items)
    assert (world.order.milestones[-1].name, world.order.milestones[-1].items) == ("PONR", ("1",))
    assert world.told()[-2:] == [("stateChanged", "inProgress"), ("milestone", "inProgress")]
    assert len(world.placed()) == 4
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.state == "completed"
    assert len(world.posts()) == len(set(world.posts())) == 6


def test_a_refusal_counts_only_when_the_others_have_answered(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].refuses_undo = True
    world.outside["provide"].down = True
    asked(world)
    world.advance()
    assert world.order.state == "assessingCancellation"
    assert world.due_at > world.clock.time
    world.outside["provide"].refuses_undo = True
    world.outside["provide"].down = False
    world.until_due()
    assert (world.cancel.state, world.order.state) == ("done", "inProgress")


def test_nothing_new_goes_out_once_the_requester_has_changed_his_mind(world: World) -> None:
    world.desk.place(an_order())
    world.outside["reserve"].meanwhile = lambda _: asked(world)
    world.until_quiet()
    assert world.posts() == ["order-1/reserve/1"]
    assert (world.order.state, world.cancel.state, world.placed()) == ("cancelled", "done", [])


def test_nothing_new_goes_out_once_the_order_is_withdrawn(world: World) -> None:
    world.desk.place(an_order())
    world.outside["reserve"].meanwhile = lambda _: world.desk.withdraw("order-1")
    world.until_quiet()
    assert world.posts() == ["order-1/reserve/1"]
    assert (world.books.orders, world.placed()) == ({}, [])


def test_every_step_of_a_cancel_is_told(world: World) -> None:
    ordered(world, "procure", "provide")
    asked(world)
    world.until_quiet()
    assert world.states("cancel-1") == ["accepted", "inProgress", "done"]
    assert world.states() == [
        "acknowledged",
        "inProgress",
        "assessingCancellation",
        "pendingCancellation",
        "cancelled",
    ]


@pytest.mark.parametrize(("silent", "left"), [("provide", "order-1/provide"), ("procure", "order-1/procure/1/offer-1")])
def test_orders_are_taken_back_side_by_side_and_holds_only_after_them(world: World, silent: str, left: str) -> None:
    ordered(world, "procure", "provide")
    world.outside[silent].down = True
    asked(world)
    world.until_due()
    world.until_due()
    assert world.placed() == ["order-1/reserve/1", left, "order-1/allocate"]
    world.answers_again(silent)
    world.until_quiet()
    assert world.placed() == []


@pytest.mark.parametrize("kind", ["procure", "provide"])
def test_what_was_delivered_since_the_last_look_counts(world: World, kind: str) -> None:
    ordered(world, "procure", "provide", "implement")
    asked(world)
    world.answers_again(kind)
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at, world.order.state) == ("done", None, "inProgress")
    assert len(world.placed()) == 4


def test_an_order_that_has_failed_since_the_last_look_is_not_cancelled_any_more(world: World) -> None:
    ordered(world, "procure", "provide")
    asked(world)
    world.outside["procure"].fails_looks = True
    world.until_quiet()
    assert (world.cancel.state, world.order.state, world.placed()) == ("done", "failed", [])


def test_no_milestone_is_reached_on_the_way_back(world: World) -> None:
    """Of two holds one was given and one is not: when the other is given back, not everything is held."""
    world.desk.place(an_order_of_two())
    world.outside["reserve"].dies_after = "order-1/reserve/2"
    with pytest.raises(Crash):
        world.advance()
    world.waits_for("reserve")
    world.books.put_task(replace(world.task("reserve/1"), state="sent"))
    world.books.put_task(replace(world.task("reserve/2"), state="done", remote_id="r-2"))
    asked(world)
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert "resourcesHeld" not in [milestone.name for milestone in world.order.milestones]


@pytest.mark.parametrize("former", sorted(GOING_ON - {"acknowledged"}))
def test_past_the_point_of_no_return_it_is_denied_and_the_order_is_as_it_was(world: World, former: State) -> None:
    items = (an_item(state=former), an_item(id="2", state=former), an_item(id="3", state="completed"))
    order = an_order(state=former, items=items)
    world.books.write(lambda tx: tx.add(order))
    world.books.put_task(a_task(kind="procure", items=("2",), state="done"))
    asked(world)
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert "PONR" in (world.cancel.message or "")
    assert world.order.state == former
    assert world.order.items == order.items
    assert world.order.before_cancel is None
    assert (world.order.cancelled_at, world.order.cancel_reason) == (None, None)
    assert world.states("cancel-1") == ["accepted", "inProgress", "done"]
    assert world.states() == [former, "assessingCancellation", former]


def test_an_order_whose_cancel_was_denied_goes_on_to_its_end(world: World) -> None:
    ordered(world, "implement")
    asked(world)
    world.advance()
    assert (world.cancel.state, world.order.state) == ("done", "inProgress")
    world.answers_again("implement")
    world.until_quiet()
    assert world.order.state == "completed"


@pytest.mark.parametrize("final", sorted(FINAL))
def test_an_order_that_ended_meanwhile_keeps_its_end_and_the_request_says_so(world: World, final: State) -> None:
    world.books.write(lambda tx: tx.add(an_order(state="inProgress", items=(an_item(state="inProgress"),))))
    asked(world)
    world.books.write(lambda tx: tx.save(replace(tx.order("order-1"), state=final, items=(an_item(state=final),))))
    world.until_quiet()
    assert world.order.state == final
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert final in (world.cancel.message or "")


def test_a_process_that_dies_denying_a_request_of_an_order_that_has_ended_leaves_it_to_the_next(world: World) -> None:
    world.books.write(lambda tx: tx.add(an_order(state="inProgress", items=(an_item(state="inProgress"),))))
    asked(world)
    world.books.write(
        lambda tx: tx.save(replace(tx.order("order-1"), state="failed", items=(an_item(state="failed"),)))
    )
    for later in (1, 2, 3):
        world.books.die_at = world.books.writes + later
        with suppress(Crash):
            world.until_quiet()
    world.books.die_at = None
    world.until_quiet()
    assert world.states("cancel-1") == ["accepted", "inProgress", "done"]


def test_a_cancel_that_comes_while_the_order_is_being_designed_wins(world: World) -> None:
    world.desk.place(an_order(items=(an_item(design_id=None),)))

    def changes_his_mind() -> None:
        world.designer.meanwhile = lambda: None
        asked(world)

    world.designer.meanwhile = changes_his_mind
    world.waits_for("procure", "provide")
    world.advance()
    assert world.due_at == NOW
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.placed() == []


@pytest.mark.parametrize("called_off", ["cancelled", "withdrawn"])
def test_a_search_is_stopped_when_its_order_is_not_wanted_any_more(world: World, called_off: str) -> None:
    world.desk.place(an_order(items=(an_item(design_id=None),)))
    heard: list[bool] = []

    def changes_his_mind() -> None:
        world.designer.meanwhile = lambda: None
        asked(world) if called_off == "cancelled" else world.desk.withdraw("order-1")
        heard.append(world.designer.wanted["stop"]())

    world.designer.meanwhile = changes_his_mind
    world.designer.answers = {"1": ItemAnswer(ref="1", result=None, broken="stopped")}
    world.advance()
    assert heard == [True]
    world.until_quiet()
    states = [order.state for order in world.books.orders.values()]
    assert states == (["cancelled"] if called_off == "cancelled" else [])
    assert world.posts() == []


def test_a_search_goes_on_while_its_order_is_wanted(world: World) -> None:
    world.desk.place(an_order(items=(an_item(design_id=None),)))
    heard: list[bool] = []
    world.designer.meanwhile = lambda: heard.append(world.designer.wanted["stop"]())
    world.advance()
    assert heard == [False]


def test_an_assessment_that_was_cut_off_is_made_again(world: World) -> None:
    ordered(world, "procure", "provide")
    asked(world)
    looks, assessed, decided = 2, 1, 1
    world.books.die_at = world.books.writes + looks + assessed + decided
    with pytest.raises(Crash):
        world.advance()
    world.books.die_at = None
    assert (world.cancel.state, world.order.state) == ("inProgress", "assessingCancellation")
    world.until_quiet()
    assert (world.cancel.state, world.order.state) == ("done", "cancelled")


def test_what_only_one_side_will_not_take_back_is_told_and_asked_again(world: World) -> None:
    """The other orders are gone, so there is no way back: the order waits for a person, as cancelled as it can be."""
    ordered(world, "procure", "provide")
    world.outside["procure"].refuses_undo = True
    asked(world)
    for _ in range(3):
        world.until_due()
    assert (world.cancel.state, world.order.state) == ("inProgress", "pendingCancellation")
    (told,) = world.order.jeopardies
    (fault,) = world.order.faults
    assert (told.severity, fault.code) == ("Critical", "DOWNSTREAM_FALLOUT")
    assert "too late" in told.message
    assert "too late" in fault.message
    assert "order-1/reserve/1" in world.placed()
    world.answers_again("procure")
    world.until_quiet()
    assert (world.order.state, world.placed()) == ("cancelled", [])


def stuck(world: World, **delivered: bool) -> None:
    """A cancelled order of which the resource domain does not take its part back."""
    ordered(world, "procure", "provide")
    world.outside["provide"].refuses_undo = True
    world.outside["provide"].has_delivered = delivered.get("delivered", False)
    asked(world)
    for _ in range(3):
        world.until_due()
    assert (world.order.state, world.task("provide").state) == ("pendingCancellation", "undoing")


def test_what_is_held_is_kept_for_those_at_work_and_not_for_what_is_delivered(world: World) -> None:
    stuck(world)
    assert world.task("reserve/1").state == "done"
    world.outside["provide"].has_delivered = True
    world.until_due()
    assert (world.task("reserve/1").state, world.order.state) == ("undone", "pendingCancellation")
    assert world.placed() == ["order-1/provide"]


def test_an_operator_settles_what_cannot_be_taken_back(world: World) -> None:
    stuck(world)
    (wait,) = world.order.waits
    assert (wait.kind, wait.state, wait.task, wait.items) == ("undo", "held", "order-1/provide", ("1",))
    assert "too late" in wait.text
    decided = world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay")
    assert (decided.state, decided.waits, world.due_at) == ("pendingCancellation", (), world.clock.time)
    assert world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay") == decided
    world.until_quiet()
    assert (world.order.state, world.cancel.state) == ("cancelled", "done")
    assert "settled by hand" in (world.cancel.message or "")
    assert "settled by hand (Ann): they pay" in world.task("provide").note
    assert world.placed() == ["order-1/provide"]
    assert [one.severity for one in world.order.jeopardies] == ["Normal"]
    assert "they pay" in world.order.remarks[-1].text
    assert world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay").state == "cancelled"
    assert world.books.audited == [("order-1", "resolved as done", "they pay")]


def test_an_operator_settles_what_a_withdrawn_order_has_left(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["provide"].refuses_undo = True
    world.desk.withdraw("order-1")
    for _ in range(3):
        world.until_due()
    assert [wait.kind for wait in world.books.orders["order-1"].waits] == ["undo"]
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay")
    world.until_quiet()
    assert world.books.orders == {}
    assert world.placed() == ["order-1/provide"]
    with pytest.raises(NotFound):
        world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay")


def test_what_cannot_be_taken_back_neither_fails_nor_is_ordered_again(world: World) -> None:
    stuck(world)
    with pytest.raises(Conflict):
        world.operators.resolve("order-1", outcome="failed", by="Ann", reason="no")
    with pytest.raises(Conflict):
        world.operators.retry("order-1", by="Ann")


def test_nothing_is_settled_by_hand_that_may_still_be_taken_back(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["reserve"].down = True
    asked(world)
    world.advance()
    assert world.order.state == "pendingCancellation"
    with pytest.raises(Conflict):
        world.operators.resolve("order-1", outcome="done", by="Ann", reason="I think so")


def test_what_is_taken_back_after_all_waits_for_nobody(world: World) -> None:
    stuck(world)
    world.answers_again("provide")
    world.until_quiet()
    assert (world.order.state, world.order.waits, world.placed()) == ("cancelled", (), [])


def test_a_decision_is_not_lost_to_a_run_that_has_begun_before(world: World) -> None:
    """The run asks once more, hears no, and stores that: then it finds what was decided meanwhile."""
    stuck(world)
    refuses = world.outside["provide"].undo

    def decided_meanwhile(errand: Errand) -> Seen:
        if not world.order.decisions:
            world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay")
        return refuses(errand)

    world.outside["provide"].undo = decided_meanwhile  # type: ignore[method-assign]
    world.until_due()
    world.until_quiet()
    assert (world.order.state, world.task("provide").state) == ("cancelled", "undone")


def test_what_a_failed_order_leaves_behind_is_settled_alike(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].refuses_undo = True
    world.outside["provide"].fails_looks = True
    world.until_due()
    world.operators.resolve("order-1", outcome="failed", by="Ann", reason="no way")
    for _ in range(3):
        world.until_due()
    assert (world.order.state, [wait.kind for wait in world.order.waits]) == ("failed", ["undo"])
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="they pay")
    world.until_quiet()
    assert (world.order.state, world.order.waits, world.due_at) == ("failed", (), None)
    assert world.placed() == ["order-1/procure/1/offer-1"]


def test_of_two_requests_that_slipped_in_together_the_later_is_denied(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].down = True
    asked(world)
    world.advance()
    world.books.add_cancel(a_cancel(id="cancel-0"))
    world.advance()
    assert world.books.stored_cancels["cancel-0"].state == "done"
    assert "another cancel" in (world.books.stored_cancels["cancel-0"].message or "")
    world.answers_again("procure")
    world.until_quiet()
    assert (world.cancel.state, world.order.state) == ("done", "cancelled")


# single items


def test_single_items_can_be_taken_out_before_shared_orders_go_out(world: World) -> None:
    world.outside["reserve"].looks_until_done = 3
    world.desk.place(an_order_of_two())
    world.advance()
    world.desk.cancel(a_cancel(items=("2",)))
    world.until_due()
    assert world.order.state == "inProgress"
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["completed", "cancelled"]
    assert world.order.state == "partial"
    assert (world.cancel.state, world.cancel.effective_at is not None) == ("done", True)
    assert "order-1/reserve/2" in world.outside["reserve"].undone
    assert not any("/2" in key for key in world.posts() if "reserve" not in key)


def test_a_request_for_items_stays_open_until_their_holds_are_given_back(world: World) -> None:
    world.outside["reserve"].looks_until_done = 10_000
    world.desk.place(an_order_of_two())
    world.advance()
    world.outside["reserve"].down = True
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert (world.cancel.state, world.order.state) == ("inProgress", "inProgress")
    world.answers_again("reserve")
    world.until_quiet()
    assert (world.cancel.state, world.order.state) == ("done", "partial")


def test_a_request_for_items_is_done_even_when_the_order_ends_meanwhile(world: World) -> None:
    """The last other item fails: the order is final, and what was held for the cancelled one is still given back."""
    world.waits_for("reserve")
    world.desk.place(an_order_of_two())
    world.advance()
    world.outside["reserve"].down = True
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    one, two = world.order.items
    failed = replace(world.order, state="failed", items=(replace(one, state="failed"), two))
    world.books.write(lambda tx: tx.save(failed, "stateChanged"))
    world.answers_again("reserve")
    world.until_quiet()
    assert (world.cancel.state, world.placed()) == ("done", [])


def test_items_whose_shared_orders_have_gone_out_are_not_taken_out(world: World) -> None:
    world.waits_for("provide")
    world.desk.place(an_order_of_two())
    world.advance()
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert "PONR" in (world.cancel.message or "")
    assert [item.state for item in world.order.items] == ["inProgress", "inProgress"]
    assert "assessingCancellation" not in world.states()
    world.answers_again("provide")
    world.until_quiet()
    assert world.order.state == "completed"


def under_a_parent(**changes: Any) -> Order:
    """Item 3 is the parent of 1 and 2; beside it stands 4, for which nothing is done."""
    parent = an_item(id="3", design_id=None, children=two_items())
    return an_order(items=(parent, an_item(id="4", action="noChange", service_id="s-4")), **changes)


def test_an_item_taken_out_before_the_start_makes_the_order_go_on_like_its_parent(world: World) -> None:
    start = NOW.replace(month=12)
    world.desk.place(under_a_parent(requested_start=start))
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert (world.cancel.state, world.due_at, world.posts()) == ("done", start, [])
    assert (world.order.state, world.order.started_at) == ("inProgress", NOW)
    assert [item.state for item in world.order.items] == ["inProgress", "acknowledged"]
    world.until_quiet()
    parent = world.order.items[0]
    assert [item.state for item in parent.children] == ["completed", "cancelled"]
    assert (world.order.state, parent.state, world.order.started_at) == ("partial", "partial", NOW)
    assert not any("/2" in key for key in world.posts())


def test_a_start_that_is_moved_moves_the_work_of_an_order_without_some_of_its_items(world: World) -> None:
    world.desk.place(an_order_of_two(requested_start=NOW.replace(month=12)))
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    version = world.order.version
    world.amend(version, lambda o: replace(o, requested_start=None), ("requestedStartDate",))
    assert world.due_at == NOW
    world.until_quiet()
    assert world.order.state == "partial"


def test_what_cannot_be_designed_after_an_item_was_taken_out_fails_the_order(world: World) -> None:
    start = NOW.replace(month=12)
    world.desk.place(an_order_of_two(items=(an_undesigned_item(), two_items()[1]), requested_start=start))
    world.desk.cancel(a_cancel(items=("2",)))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="unqualified")}
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["rejected", "cancelled"]
    assert world.states() == ["acknowledged", "inProgress", "failed"]
    assert world.order.completed_at == start
    assert world.order.faults != ()


def test_an_order_without_some_of_its_items_can_still_be_cancelled(world: World) -> None:
    world.desk.place(an_order_of_two(requested_start=NOW.replace(month=12)))
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    world.desk.cancel(a_cancel(id="cancel-2"))
    world.until_quiet()
    assert (world.order.state, world.books.stored_cancels["cancel-2"].state) == ("cancelled", "done")
    assert world.posts() == []


def test_when_the_last_open_item_is_taken_out_the_order_ends(world: World) -> None:
    one, two = two_items(state="inProgress")
    world.books.write(lambda tx: tx.add(an_order_of_two(state="held", items=(replace(one, state="failed"), two))))
    world.desk.cancel(a_cancel(items=("2",)))
    world.until_quiet()
    assert (world.order.state, world.cancel.state) == ("failed", "done")
    assert world.states() == ["held", "inProgress", "failed"]


def test_a_parent_that_is_taken_out_takes_its_items_with_it(world: World) -> None:
    world.waits_for("reserve")
    world.desk.place(under_a_parent())
    world.advance()
    world.desk.cancel(a_cancel(items=("3",)))
    world.until_quiet()
    parent, other = world.order.items
    assert [item.state for item in (parent, *parent.children, other)] == [*["cancelled"] * 3, "completed"]
    assert (world.cancel.state, world.cancel.items, world.order.state) == ("done", ("3",), "partial")
    assert world.placed() == []


def test_a_request_for_a_parent_stays_open_until_the_holds_below_it_are_given_back(world: World) -> None:
    world.waits_for("reserve")
    world.desk.place(under_a_parent())
    world.advance()
    world.outside["reserve"].down = True
    world.desk.cancel(a_cancel(items=("3",)))
    world.advance()
    assert world.cancel.state == "inProgress"
    world.answers_again("reserve")
    world.until_quiet()
    assert world.cancel.state == "done"


def test_a_parent_whose_items_share_orders_that_have_gone_out_is_not_taken_out(world: World) -> None:
    world.waits_for("provide")
    world.desk.place(under_a_parent())
    world.advance()
    world.desk.cancel(a_cancel(items=("3",)))
    world.advance()
    assert "PONR" in (world.cancel.message or "")
    assert world.order.items[0].state == "inProgress"


def test_whoever_names_the_parent_of_all_cancels_the_order(world: World) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order(items=(an_item(id="3", design_id=None, children=two_items()),)))
    world.advance()
    world.desk.cancel(a_cancel(items=("3",)))
    world.until_quiet()
    assert (world.order.state, world.cancel.state, world.placed()) == ("cancelled", "done", [])


# an assessment that breaks


def breaks(world: World, kind: str, *, times: int = 1000) -> None:
    """Nobody foresaw what happens when this system is asked to take something back."""
    undo, left = world.outside[kind].undo, iter(range(times))

    def broken(errand: Errand) -> Seen:
        if next(left, None) is not None:
            raise ZeroDivisionError("secret")
        return undo(errand)

    object.__setattr__(world.outside[kind], "undo", broken)


def fails(world: World, times: int) -> None:
    for _ in range(times):
        world.clock.time = max(world.clock.time, world.due_at)
        with pytest.raises(ZeroDivisionError):
            world.advance()


def test_an_assessment_that_breaks_is_made_again_with_growing_pauses(world: World) -> None:
    ordered(world, "procure", "provide")
    breaks(world, "procure", times=MOST_FAILURES)
    asked(world)
    pauses = []
    for _ in range(MOST_FAILURES):
        fails(world, 1)
        assert (world.cancel.state, world.order.state) == ("inProgress", "assessingCancellation")
        pauses.append((world.due_at - world.clock.time).total_seconds())
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]
    world.until_quiet()
    assert (world.cancel.state, world.order.state) == ("done", "cancelled")


def test_an_assessment_that_stays_broken_ends_the_request_and_the_order_goes_on(world: World) -> None:
    ordered(world, "procure", "provide")
    before = world.order
    breaks(world, "procure")
    asked(world)
    fails(world, MOST_FAILURES + 1)
    assert world.states("cancel-1") == ["accepted", "inProgress", "terminatedWithError"]
    assert (world.cancel.effective_at, world.cancel.message) == (None, None)
    assert world.cancel.fault == Fault(
        code="DOWNSTREAM_FALLOUT",
        reason="the assessment broke",
        message="internal error: ZeroDivisionError",
        at=world.clock.time,
    )
    assert (world.order.state, world.order.items, world.order.before_cancel) == ("inProgress", before.items, None)
    assert world.states()[-2:] == ["assessingCancellation", "inProgress"]
    assert len(world.placed()) == 4
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.state == "completed"
    assert len(world.posts()) == len(set(world.posts())) == 6


def test_an_order_that_somebody_was_asked_to_take_back_is_looked_at_again(world: World) -> None:
    ordered(world, "procure", "provide")
    world.outside["procure"].down = True
    breaks(world, "provide")
    asked(world)
    fails(world, MOST_FAILURES)
    assert world.task("procure/1/offer-1").state == "undoing"
    fails(world, 1)
    task = world.task("procure/1/offer-1")
    assert (task.state, task.look_at) == ("sent", world.clock.time)
    assert (world.cancel.state, world.order.state) == ("terminatedWithError", "inProgress")


def test_an_assessment_that_breaks_when_somebody_has_taken_his_order_back_is_carried_out(world: World) -> None:
    ordered(world, "procure", "provide")
    breaks(world, "provide", times=MOST_FAILURES + 1)
    asked(world)
    fails(world, MOST_FAILURES + 1)
    assert world.task("procure/1/offer-1").state == "undone"
    assert (world.cancel.state, world.order.state) == ("inProgress", "pendingCancellation")
    world.until_quiet()
    assert (world.cancel.state, world.order.state, world.placed()) == ("done", "cancelled", [])


def test_a_request_whose_assessment_never_began_ends_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered(world, "procure", "provide")
    before = world.order
    asked(world)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Canceller, "decide", broken)
    fails(world, MOST_FAILURES + 1)
    assert world.states("cancel-1") == ["accepted", "inProgress", "terminatedWithError"]
    assert (world.order.state, world.order.items) == ("inProgress", before.items)


def test_undoing_that_breaks_ends_no_request(world: World) -> None:
    ordered(world, "procure", "provide")
    breaks(world, "reserve", times=2 * MOST_FAILURES)
    asked(world)
    fails(world, 2 * MOST_FAILURES)
    assert (world.cancel.state, world.order.state) == ("inProgress", "pendingCancellation")
    world.until_quiet()
    assert (world.cancel.state, world.order.state, world.placed()) == ("done", "cancelled", [])


def test_a_withdrawn_order_goes_on_being_taken_back_whatever_breaks(world: World) -> None:
    ordered(world, "procure", "provide")
    breaks(world, "procure", times=2 * MOST_FAILURES)
    asked(world)
    world.desk.withdraw("order-1")
    fails(world, 2 * MOST_FAILURES)
    assert world.cancel.state == "accepted"
    world.until_quiet()
    assert (world.books.orders, world.placed()) == ({}, [])


def test_whoever_names_every_item_cancels_the_order(world: World) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.advance()
    world.desk.cancel(a_cancel(items=("2", "1"), reason="moved away"))
    world.until_quiet()
    assert (world.order.state, world.order.cancel_reason) == ("cancelled", "moved away")
    assert world.order.cancelled_at is not None
    assert world.placed() == []


def test_the_last_item_that_is_left_takes_the_order_with_it(world: World) -> None:
    one, two = two_items()
    world.desk.place(an_order_of_two(items=(one, replace(two, state="cancelled"))))
    world.desk.cancel(a_cancel(items=("1",)))
    world.until_quiet()
    assert (world.order.state, world.cancel.state) == ("cancelled", "done")
    assert world.order.cancelled_at == NOW


def test_items_that_ended_meanwhile_are_not_cancelled_any_more(world: World) -> None:
    one, two = two_items(state="inProgress")
    world.books.write(lambda tx: tx.add(an_order_of_two(state="inProgress", items=(one, two))))
    world.desk.cancel(a_cancel(items=("2",)))
    done = replace(world.order, items=(one, replace(two, state="completed")))
    world.books.write(lambda tx: tx.save(done))
    world.advance()
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert [item.state for item in world.order.items] == ["inProgress", "completed"]


# a cancel for later


def test_a_cancel_for_later_is_waited_for_while_the_order_goes_on(world: World) -> None:
    ordered(world, "provide")
    later = NOW + timedelta(days=2)
    world.desk.cancel(a_cancel(wanted_at=later))
    world.advance()
    assert (world.cancel.state, world.order.state) == ("accepted", "inProgress")
    world.answers_again("procure")
    while world.clock.time < later:
        world.until_due()
        assert world.clock.time >= later or world.cancel.state == "accepted"
    assert world.clock.time == later
    assert world.cancel.state != "accepted"


def test_a_cancel_for_later_stops_nothing_before(world: World) -> None:
    world.desk.place(an_order())
    world.desk.cancel(a_cancel(wanted_at=NOW + timedelta(days=2)))
    world.advance()
    assert world.order.state == "completed"
    assert world.due_at == NOW + timedelta(days=2)
    world.until_quiet()
    assert world.cancel.state == "done"
    assert "completed, which is final" in (world.cancel.message or "")


def test_an_order_that_waits_for_its_start_is_cancelled_when_it_is_wanted(world: World) -> None:
    world.desk.place(an_order(requested_start=NOW + timedelta(days=9)))
    world.desk.cancel(a_cancel(wanted_at=NOW + timedelta(days=2)))
    world.advance()
    assert world.due_at == NOW + timedelta(days=2)
    world.until_quiet()
    assert (world.order.state, world.order.cancelled_at) == ("cancelled", NOW + timedelta(days=2))
    assert world.posts() == []


def test_a_cancel_for_a_date_that_has_passed_is_acted_on_at_once(world: World) -> None:
    world.desk.place(an_order())
    world.desk.cancel(a_cancel(wanted_at=NOW - timedelta(days=2)))
    world.advance()
    assert world.order.state == "cancelled"
