"""An order on its way: one task after the other, through crashes, silence and refusals."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.orders.cancelling import Canceller
from linkwright.orders.carry import Carrier, Pauses
from linkwright.orders.commit import Commitment
from linkwright.orders.fulfil import Fulfilment
from linkwright.orders.model import Cancel, QualificationRef
from linkwright.orders.place import OrderDesk
from tests.builders import NOW, a_leg, a_solution, an_item, an_order
from tests.fakes import Crash, FakeBooks, FakeClock, FakeErrands, at_once

KINDS = ("reserve", "procure", "provide", "allocate", "implement", "register")
PAUSES = Pauses(first=timedelta(seconds=1), longest=timedelta(minutes=5))


class World:
    """One order with a partner's leg, and everything around it."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.books = FakeBooks()
        self.outside = {kind: FakeErrands(self.clock) for kind in KINDS}
        partner_leg = a_leg(access="offer-1", supplier="partner-north", quote="quote-1")
        self.books.put_design(a_solution(legs=(a_leg(), partner_leg)))
        self.desk = OrderDesk(books=self.books, now=self.clock, new_id=lambda: "milestone-1")
        self.run = self._fulfilment()

    def _fulfilment(self) -> Fulfilment:
        carrier = Carrier(
            books=self.books,
            errands=self.outside,
            retried=at_once,
            now=self.clock,
            pauses=PAUSES,
            listener=lambda system: f"http://us/listener/{system}",
        )
        return Fulfilment(
            books=self.books,
            commitment=Commitment(books=self.books, designer=_no_designer(), now=self.clock),
            carrier=carrier,
            canceller=Canceller(books=self.books, now=self.clock),
            now=self.clock,
            pauses=PAUSES,
        )

    def until_quiet(self, limit: int = 60) -> None:
        """Advance as the engine would: whenever the row is due, with time going on to the next due row."""
        for _ in range(limit):
            run = self.books.runs.get(("order", "order-1"))
            if run is None or run.due_at is None:
                return
            self.clock.time = max(self.clock.time, run.due_at)
            self.run.advance("order-1")
        raise AssertionError("the order does not come to rest")

    @property
    def order(self) -> Any:
        return self.books.orders["order-1"]

    def posts(self) -> list[str]:
        return [key for kind in KINDS for key in self.outside[kind].posts]


def _no_designer() -> Any:
    class NoDesigner:
        def answer(self, requirements: Any) -> Any:
            raise AssertionError("a referred design is committed without computing it again")

    return NoDesigner()


def test_an_order_is_fulfilled_in_the_sequence_of_its_design() -> None:
    world = World()
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.posts() == [
        "order-1/reserve/1",
        "order-1/procure/1/offer-1",
        "order-1/provide",
        "order-1/allocate",
        "order-1/implement",
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
    ]
    assert world.order.items[0].parameters == {"vlanId": 100}


def test_nothing_stays_held_when_the_services_are_active() -> None:
    world = World()
    world.desk.place(an_order())
    world.until_quiet()
    assert world.outside["reserve"].placed == {}


def test_an_order_starts_no_earlier_than_its_requested_date() -> None:
    world = World()
    start = NOW + timedelta(days=3)
    world.desk.place(an_order(requested_start=start))
    assert world.books.runs["order", "order-1"].due_at == start


def _writes_of_a_whole_order() -> int:
    world = World()
    world.desk.place(an_order())
    world.until_quiet()
    return world.books.writes


@pytest.mark.parametrize("n", range(2, _writes_of_a_whole_order() + 1))
def test_dying_before_any_write_neither_loses_nor_repeats_anything(n: int) -> None:
    world = World()
    world.desk.place(an_order())
    world.books.die_at = n
    with pytest.raises(Crash):
        world.until_quiet()
    world.books.die_at = None
    world.until_quiet()
    assert world.order.state == "completed"
    assert len(world.posts()) == len(set(world.posts())) == 6
    assert world.outside["reserve"].placed == {}


@pytest.mark.parametrize("kind", KINDS)
def test_dying_between_a_post_and_its_answer_finds_the_first_one_again(kind: str) -> None:
    world = World()
    world.outside[kind].die_after_post = True
    world.desk.place(an_order())
    with pytest.raises(Crash):
        world.until_quiet()
    world.until_quiet()
    assert world.order.state == "completed"
    assert len(world.outside[kind].posts) == 1


def test_a_silent_partner_makes_the_order_wait_and_say_so() -> None:
    world = World()
    world.outside["procure"].down = True
    world.desk.place(an_order())
    world.run.advance("order-1")
    assert world.order.state == "inProgress"
    assert [jeopardy.name for jeopardy in world.order.jeopardies] == ["PARTNER_SILENT"]
    world.outside["procure"].down = False
    world.until_quiet()
    assert world.order.state == "completed"


def test_pauses_between_tries_grow() -> None:
    world = World()
    world.outside["reserve"].down = True
    world.desk.place(an_order())
    looks = []
    for _ in range(4):
        world.run.advance("order-1")
        due = world.books.runs["order", "order-1"].due_at
        assert due is not None
        looks.append((due - world.clock.time).total_seconds())
        world.clock.time = due
    assert looks == [1.0, 2.0, 4.0, 8.0]


def test_a_refused_partner_order_fails_the_item_and_gives_the_hold_back() -> None:
    world = World()
    world.outside["procure"].refuses = True
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "failed"
    assert world.order.items[0].faults[0].code == "SD-PTR-02"
    assert world.outside["reserve"].placed == {}
    assert world.outside["allocate"].posts == []


def test_one_of_two_items_failing_leaves_the_order_partial() -> None:
    world = World()
    world.books.put_design(a_solution(design_id="design-2"))
    world.outside["procure"].refuses = True
    world.desk.place(an_order(items=(an_item(), an_item(id="2", design_id="design-2"))))
    world.until_quiet()
    assert world.order.state == "partial"
    assert [item.state for item in world.order.items] == ["failed", "completed"]
    assert world.outside["reserve"].placed == {}


def test_a_task_that_the_other_side_forgot_is_sent_again_under_the_same_key() -> None:
    world = World()
    world.outside["implement"].looks_until_done = 3
    world.desk.place(an_order())
    world.run.advance("order-1")
    world.outside["implement"].placed.clear()
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside["implement"].posts == ["order-1/implement", "order-1/implement"]


def test_news_of_a_task_wakes_its_order_before_the_pause_is_over() -> None:
    world = World()
    world.outside["provide"].looks_until_done = 2
    world.desk.place(an_order())
    world.run.advance("order-1")
    assert world.order.state == "inProgress"
    world.books.wake("order", "order-1", world.clock.time)
    world.run.advance("order-1")
    assert world.order.state == "completed"


def _cancel(**changes: Any) -> Cancel:
    plain = Cancel(id="cancel-1", order_id="order-1", state="accepted", asked_at=NOW, requester="anonymous", body={})
    return replace(plain, **changes)


def _waiting_world(*kinds: str) -> World:
    """The order waits for outward systems of these kinds."""
    world = World()
    for kind in kinds:
        world.outside[kind].looks_until_done = 10_000
    world.desk.place(an_order())
    world.run.advance("order-1")
    return world


def test_a_cancel_takes_everything_back_in_reverse_order() -> None:
    world = _waiting_world("procure", "provide")
    world.desk.cancel(_cancel())
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.books.stored_cancels["cancel-1"].state == "done"
    assert world.books.stored_cancels["cancel-1"].effective_at is not None
    assert all(outside.placed == {} for outside in world.outside.values())


def test_a_cancel_past_the_point_of_no_return_is_denied_and_the_order_goes_on() -> None:
    world = _waiting_world("implement")
    world.desk.cancel(_cancel())
    world.run.advance("order-1")
    stored = world.books.stored_cancels["cancel-1"]
    assert stored.state == "done"
    assert stored.effective_at is None
    assert "PONR" in (stored.message or "")
    assert world.order.state == "inProgress"
    world.outside["implement"].looks_until_done = 1
    world.until_quiet()
    assert world.order.state == "completed"


def test_an_order_that_has_not_begun_is_cancelled_without_calling_anybody() -> None:
    world = World()
    world.desk.place(an_order(requested_start=NOW + timedelta(days=9)))
    world.desk.cancel(_cancel())
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.posts() == []


def test_an_undo_that_is_refused_leaves_the_order_pending_cancellation_and_alarms() -> None:
    world = _waiting_world("procure", "provide")
    world.outside["procure"].refuses_undo = True
    world.desk.cancel(_cancel())
    world.run.advance("order-1")
    assert world.order.state == "pendingCancellation"
    assert world.order.jeopardies[-1].severity == "Critical"


def test_single_items_can_be_cancelled_before_shared_orders_go_out() -> None:
    world = World()
    world.books.put_design(a_solution(design_id="design-2"))
    world.outside["reserve"].looks_until_done = 3
    world.desk.place(an_order(items=(an_item(), an_item(id="2", design_id="design-2"))))
    world.run.advance("order-1")
    world.desk.cancel(_cancel(items=("2",)))
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["completed", "cancelled"]
    assert world.order.state == "partial"
    assert "order-1/reserve/2" in world.outside["reserve"].undone


def test_a_withdrawn_order_is_undone_and_then_forgotten() -> None:
    world = _waiting_world("procure", "provide")
    world.desk.withdraw("order-1")
    world.until_quiet()
    assert world.books.orders == {}
    assert all(outside.placed == {} for outside in world.outside.values())


def test_an_item_that_refers_to_a_check_commits_the_design_of_that_check() -> None:
    world = World()
    ref = QualificationRef(check_id="check-1", item_id="1")
    world.books.qualified_designs[ref] = world.books.designs["design-1"]
    world.desk.place(an_order(items=(an_item(design_id=None),), qualifications=(ref,)))
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.order.items[0].design_id == "design-1"


def test_a_reference_that_leads_nowhere_rejects_the_order_with_its_reason() -> None:
    world = World()
    world.desk.place(an_order(items=(an_item(design_id="nobody-knows"),)))
    world.until_quiet()
    assert world.order.state == "rejected"
    assert world.order.items[0].faults[0].code == "SD-INF-01"
    assert world.posts() == []
