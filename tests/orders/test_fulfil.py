"""An order on its way: one task after the other, through silence, refusals and mistakes of our own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.errors import BadProblem, Stopping, Unavailable
from linkwright.orders.fulfil import Fulfilment
from tests.builders import NOW, a_solution, an_item, an_order
from tests.orders.world import World, an_order_of_two, an_undesigned_item


@pytest.fixture
def world() -> World:
    return World()


def test_an_order_is_fulfilled_in_the_sequence_of_its_design(world: World) -> None:
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.posts() == [
        "order-1/reserve/1",
        "order-1/procure/1/offer-1",
        "order-1/provide",
        "order-1/allocate",
        "order-1/implement/1",
        "order-1/register/1",
    ]
    assert [milestone.name for milestone in world.order.milestones] == [
        "requirementAccepted",
        "designComplete",
        "resourcesHeld",
        "partnerOrdersPlaced",
        "PONR",
        "parametersAllocated",
        "downstreamOrdersIssued",
        "readyForService",
        "expectedResultsCompared",
    ]
    assert world.order.items[0].parameters == {"vlanId": 100}
    assert world.states() == ["acknowledged", "inProgress", "completed"]


def test_nothing_stays_held_when_the_services_are_active(world: World) -> None:
    world.desk.place(an_order())
    world.until_quiet()
    assert world.outside["reserve"].placed == {}
    assert world.task("reserve/1").state == "undone"


def test_an_order_tells_when_it_began_and_ended_and_when_it_will_be_ready(world: World) -> None:
    world.outside["provide"].looks_until_done = 3
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.started_at == NOW
    assert world.order.completed_at == NOW + timedelta(seconds=3)
    assert world.order.expected_completion is not None
    assert world.order.expected_completion.date() == a_solution().ready


def test_an_alert_about_a_design_that_had_expired_is_told_with_the_new_one(world: World) -> None:
    world.books.put_design(a_solution(valid_until=NOW - timedelta(days=1)))
    later = a_solution(design_id="new", ready=date(2026, 12, 24))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=later)}
    world.desk.place(an_order())
    world.advance()
    assert [jeopardy.name for jeopardy in world.order.jeopardies] == ["DATE_AT_RISK"]
    assert ("jeopardy", "inProgress") in world.told()


def test_an_order_that_changes_nothing_is_complete_without_calling_anybody(world: World) -> None:
    world.desk.place(an_order(items=(an_item(action="noChange"), an_item(id="2", action="noChange"))))
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.posts() == []
    assert world.books.stored_tasks == {}


def test_items_without_change_are_complete_beside_those_that_are_worked_on(world: World) -> None:
    world.waits_for("provide")
    world.desk.place(an_order(items=(an_item(), an_item(id="2", action="noChange"))))
    world.advance()
    assert [item.state for item in world.order.items] == ["inProgress", "completed"]
    assert world.order.state == "inProgress"


def test_nested_items_are_worked_on_and_their_parent_follows(world: World) -> None:
    parent = an_item(id="a", design_id=None, children=(an_item(), an_item(id="2", action="noChange")))
    world.desk.place(an_order(items=(parent,)))
    world.until_quiet()
    assert world.order.items[0].state == "completed"
    assert "order-1/reserve/1" in world.posts()


def test_an_order_is_not_begun_before_its_requested_start_whoever_wakes_it(world: World) -> None:
    start = NOW + timedelta(days=3)
    world.desk.place(an_order(requested_start=start))
    world.books.wake("order", "order-1", NOW)
    world.advance()
    assert (world.order.state, world.due_at) == ("acknowledged", start)
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.order.started_at == start


@pytest.mark.parametrize(("days", "start"), [(5, NOW + timedelta(days=5)), (1, NOW + timedelta(days=1))])
def test_a_requested_start_may_be_moved_while_it_is_waited_for(world: World, days: int, start: Any) -> None:
    world.desk.place(an_order(requested_start=NOW + timedelta(days=3)))
    world.advance()
    moved = {"requested_start": NOW + timedelta(days=days)}
    world.amend(world.order.version, lambda order: replace(order, **moved), ("requestedStartDate",))
    world.until_quiet()
    assert (world.order.state, world.order.started_at) == ("completed", start)


def test_a_silent_partner_makes_the_order_wait_and_say_so_once(world: World) -> None:
    world.outside["procure"].down = True
    world.desk.place(an_order())
    for _ in range(4):
        world.advance()
        world.clock.time = world.due_at
    assert world.order.state == "inProgress"
    (told,) = world.order.jeopardies
    assert (told.name, told.severity, told.at, told.items) == ("PARTNER_SILENT", "Normal", NOW, ("1",))
    assert "partner-north" in told.message
    assert [happening for happening, _ in world.told()].count("jeopardy") == 1
    world.answers_again("procure")
    world.until_quiet()
    assert world.order.state == "completed"


def test_pauses_between_tries_grow(world: World) -> None:
    world.outside["reserve"].down = True
    world.desk.place(an_order())
    pauses = []
    for _ in range(4):
        world.advance()
        pauses.append((world.due_at - world.clock.time).total_seconds())
        world.clock.time = world.due_at
    assert pauses == [1.0, 2.0, 4.0, 8.0]


def test_a_refused_partner_order_fails_the_item_and_gives_the_hold_back(world: World) -> None:
    world.outside["procure"].refuses = True
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "failed"
    assert world.order.items[0].faults[0].code == "SD-PTR-02"
    assert world.placed() == []
    assert world.outside["allocate"].posts == []


def test_one_of_two_items_failing_leaves_the_order_partial(world: World) -> None:
    world.books.put_design(a_solution(design_id="design-2"))
    world.outside["procure"].refuses = True
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert world.order.state == "partial"
    assert [item.state for item in world.order.items] == ["failed", "completed"]
    assert world.outside["reserve"].placed == {}


def test_a_hold_that_cannot_be_given_back_at_once_is_given_back_after_the_end(world: World) -> None:
    world.outside["procure"].refuses = True
    world.desk.place(an_order())
    world.outside["procure"].meanwhile = lambda _: setattr(world.outside["reserve"], "down", True)
    world.advance()
    assert world.order.state == "failed"
    assert world.placed() == ["order-1/reserve/1"]
    world.answers_again("reserve")
    world.until_quiet()
    assert world.placed() == []


def test_a_task_that_the_other_side_forgot_is_sent_again_under_the_same_key(world: World) -> None:
    world.outside["implement"].looks_until_done = 3
    world.desk.place(an_order())
    world.advance()
    world.outside["implement"].placed.clear()
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside["implement"].posts == ["order-1/implement/1", "order-1/implement/1"]


# facts that cannot be read, and what nobody foresaw


def test_while_facts_cannot_be_read_the_order_waits_and_says_once_who_is_silent(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.fails = [Unavailable("resources", f"no answer, try {n}") for n in range(3)]
    pauses = []
    for _ in range(3):
        world.advance()
        assert world.order.state == "acknowledged"
        pauses.append((world.due_at - world.clock.time).total_seconds())
        world.clock.time = world.due_at
    (told,) = world.order.jeopardies
    assert (told.name, told.at) == ("DOWNSTREAM_FALLOUT", NOW)
    assert "resources does not answer" in told.message
    assert world.told() == [("created", "acknowledged"), ("jeopardy", "acknowledged")]
    assert pauses == [1.0, 2.0, 4.0]
    world.until_quiet()
    assert world.order.state == "completed"


def test_two_silent_systems_are_told_each_by_its_name(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.fails = [Unavailable(system, "silent") for system in ("resources", "catalogue", "resources")]
    world.until_quiet()
    assert [told.message.split()[0] for told in world.order.jeopardies] == ["resources", "catalogue"]


def test_a_note_that_comes_while_facts_are_awaited_is_kept(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.fails = [Unavailable("resources", "silent")]
    world.designer.meanwhile = lambda: _add_a_note(world)
    world.advance()
    assert (world.order.body, len(world.order.jeopardies)) == ({"note": ["hello"]}, 1)


def _add_a_note(world: World) -> None:
    world.designer.meanwhile = lambda: None
    version = world.order.version
    world.amend(version, lambda order: replace(order, body={"note": ["hello"]}), ("note",))


def test_a_lost_race_is_run_again_at_once(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.meanwhile = lambda: _add_a_note(world)
    world.advance()
    assert (world.order.state, world.due_at) == ("acknowledged", NOW)
    world.until_quiet()
    assert (world.order.state, world.order.body) == ("completed", {"note": ["hello"]})


def test_facts_that_contradict_themselves_reject_the_order_with_the_reason(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(), an_item(id="2"))))
    world.designer.fails = [BadProblem("links[2]", "ends at a node that is not there")]
    world.until_quiet()
    assert world.order.state == "rejected"
    assert [item.state for item in world.order.items] == ["rejected", "rejected"]
    (fault,) = world.order.faults
    assert "ends at a node that is not there" in fault.message
    assert world.order.items[0].faults == (fault,)
    assert world.states() == ["acknowledged", "rejected"]


def test_a_mistake_of_ours_is_told_to_the_requester_once_and_stays_due(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.fails = [ZeroDivisionError("secret"), ZeroDivisionError("secret")]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            world.advance()
        assert world.due_at == NOW
    (told,) = world.order.jeopardies
    assert (told.name, told.severity) == ("DOWNSTREAM_FALLOUT", "Critical")
    assert "ZeroDivisionError" in told.message
    assert "secret" not in told.message
    assert world.order.state == "acknowledged"
    assert [happening for happening, _ in world.told()].count("jeopardy") == 1
    world.until_quiet()
    assert world.order.state == "completed"


def test_a_process_that_is_stopped_is_no_mistake_and_the_order_stays_due(world: World) -> None:
    world.desk.place(an_order(items=(an_undesigned_item(),)))
    world.designer.fails = [Stopping("shut down")]
    with pytest.raises(Stopping):
        world.advance()
    assert (world.order.state, world.order.jeopardies, world.due_at) == ("acknowledged", (), NOW)
    world.until_quiet()
    assert world.order.state == "completed"


def test_a_mistake_in_the_middle_of_an_order_is_told_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.desk.place(an_order())

    def fails(_self: Any, _work: Any) -> Any:
        raise BadProblem("tasks", "contradict themselves")

    monkeypatch.setattr(Fulfilment, "_carry_on", fails)
    with pytest.raises(BadProblem):
        world.advance()
    assert world.order.state == "inProgress"
    assert "tasks: contradict themselves" in world.order.jeopardies[0].message
    monkeypatch.undo()
    world.until_quiet()
    assert world.order.state == "completed"
