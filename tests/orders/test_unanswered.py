"""Orders of which nobody knows whether they have arrived, when what they were for is over."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from linkwright.errors import Refused, Unavailable, Uncertain
from linkwright.orders.errands import Errand, Seen, Sent, Task
from linkwright.orders.unanswered import MISSED, SENDING, looked_for_again
from tests.builders import NOW, an_order
from tests.fakes import FakeErrands
from tests.orders.world import PAUSES, World, a_cancel, a_task, an_order_of_two, two_items

KEY = "order-1/procure/1/offer-1"
MOMENT = timedelta(seconds=1)
LATE_POST = PAUSES.late


@dataclass
class Mute(FakeErrands):
    """Takes what it gets, where it `has_arrived`, and never answers to that. Its list is `open` or not."""

    has_arrived: bool = True
    is_open: bool = True
    looked: int = 0

    def send(self, errand: Errand) -> Sent:
        if self.has_arrived:
            super().send(errand)
        raise Uncertain(errand.task.system, "no answer; whether it has arrived cannot be found out there")

    def undo(self, errand: Errand) -> Seen:
        self.looked += 1
        if not self.is_open:
            raise Refused(errand.task.system, "GET serviceOrder: 405")
        return super().undo(errand)


@pytest.fixture
def world() -> World:
    return World()


def uncertain(world: World, *, has_arrived: bool = True, is_open: bool = True) -> Mute:
    """The partner's order may be there or not; everything else is ordered."""
    partner = Mute(world.clock, has_arrived=has_arrived, is_open=is_open)
    world.outside["procure"] = partner
    world.waits_for("provide")
    world.desk.place(an_order())
    world.advance()
    assert (world.order.state, world.task("procure/1/offer-1").state) == ("held", "fallen")
    return partner


def told(world: World) -> tuple[str, str]:
    (alert,) = (one for one in world.order.jeopardies if one.id == f"PARTNER_SILENT/{KEY}")
    return alert.severity, alert.message


def called_off(world: World) -> None:
    world.desk.cancel(a_cancel())


def withdrawn(world: World) -> None:
    world.desk.withdraw("order-1")


def given_up(world: World) -> None:
    world.operators.resolve("order-1", outcome="failed", by="Ann", reason="lost")


ENDS = (called_off, withdrawn, given_up)


@pytest.mark.parametrize("ends", ENDS)
def test_what_has_arrived_is_found_and_taken_back(world: World, ends: Callable[[World], None]) -> None:
    partner = uncertain(world)
    ends(world)
    world.until_quiet()
    assert (partner.posts, partner.undone, world.placed()) == ([KEY], [KEY], [])


@pytest.mark.parametrize("ends", ENDS)
def test_what_is_not_there_is_looked_for_once_more_after_the_time_of_a_late_post(
    world: World, ends: Callable[[World], None]
) -> None:
    partner = uncertain(world, has_arrived=False)
    ends(world)
    world.advance()
    assert (partner.looked, world.task("procure/1/offer-1").state, world.due_at) == (1, "undoing", NOW + LATE_POST)
    world.until_quiet()
    assert (partner.looked, world.placed(), world.clock.time) == (2, [], NOW + LATE_POST)


def test_the_order_is_cancelled_once_it_is_clear_that_nothing_is_there(world: World) -> None:
    uncertain(world, has_arrived=False)
    called_off(world)
    world.advance()
    assert (world.order.state, world.cancel.state) == ("pendingCancellation", "inProgress")
    assert world.outside["reserve"].placed, "what is held is held until the partner has nothing"
    assert told(world) == (
        "Normal",
        "partner-north: it is not there, and is looked for again, since it may still arrive",
    )
    world.until_quiet()
    assert told(world) == ("Normal", "partner-north: nothing of it is left there")
    assert (world.order.state, world.cancel.state, world.order.waits) == ("cancelled", "done", ())


def test_what_arrives_late_is_taken_back(world: World) -> None:
    partner = uncertain(world, has_arrived=False)
    called_off(world)
    world.advance()
    partner.placed[KEY] = 0
    world.until_quiet()
    assert (partner.undone, world.order.state, told(world)[0]) == ([KEY], "cancelled", "Normal")


def test_who_can_be_asked_after_all_is_asked_as_often_as_any(world: World) -> None:
    partner = uncertain(world, has_arrived=False, is_open=False)
    called_off(world)
    world.advance()
    partner.is_open = True
    world.until_due()
    assert world.due_at == world.clock.time + LATE_POST
    world.until_quiet()
    assert (world.order.state, world.order.waits) == ("cancelled", ())


def test_a_run_in_between_looks_for_nothing(world: World) -> None:
    partner = uncertain(world, has_arrived=False)
    called_off(world)
    for _ in range(3):
        world.advance()
        world.clock.time += MOMENT
    assert partner.looked == 1


@pytest.mark.parametrize("ends", ENDS)
def test_where_nobody_can_ask_an_operator_is_waited_for(world: World, ends: Callable[[World], None]) -> None:
    uncertain(world, is_open=False)
    ends(world)
    world.advance()
    (wait,) = world.order.waits
    assert (wait.kind, wait.task, "partner-north" in wait.text) == ("undo", KEY, True)
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="they have cancelled it")
    world.until_quiet()
    assert world.outside["reserve"].placed == {}
    assert world.books.stored_tasks == {} or world.task("procure/1/offer-1").state == "undone"


def test_one_item_that_is_taken_out_takes_its_uncertain_order_along(world: World) -> None:
    partner = Mute(world.clock)
    world.outside["procure"] = partner
    world.waits_for("provide")
    world.desk.place(an_order_of_two())
    world.advance()
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert partner.undone == ["order-1/procure/2/offer-1"]
    assert [item.state for item in world.order.items] == ["held", "cancelled"]
    assert world.task("procure/1/offer-1").state == "fallen"


@pytest.mark.parametrize("is_open", [True, False])
def test_an_item_fails_with_what_it_depends_on_once_its_uncertain_order_is_taken_back(
    world: World, *, is_open: bool
) -> None:
    partner = world.outside["procure"] = Mute(world.clock, is_open=is_open)
    world.waits_for("provide")
    first, second = two_items()
    world.desk.place(an_order(items=(first, replace(second, depends_on=("1",)))))
    world.advance()
    world.operators.resolve("order-1", ("1",), outcome="failed", by="Ann", reason="lost")
    world.advance()
    partner.is_open = True
    world.until_quiet()
    assert (world.order.state, world.order.waits, world.placed()) == ("failed", (), [])


def test_what_was_refused_is_looked_for_nowhere(world: World) -> None:
    world.outside["provide"] = Mute(world.clock, refuses=True, is_open=False)
    world.waits_for("procure")
    world.desk.place(an_order())
    world.advance()
    assert world.order.state == "held"
    called_off(world)
    world.advance()
    assert (world.order.state, world.outside["provide"].looked) == ("cancelled", 0)


def test_what_an_operator_has_ordered_again_is_looked_for_by_its_new_key_alone(world: World) -> None:
    uncertain(world)
    world.outside["procure"] = FakeErrands(world.clock, looks_until_done=100)
    world.operators.retry("order-1", by="Ann", reason="they know nothing of it")
    world.advance()
    called_off(world)
    world.until_quiet()
    assert (world.outside["procure"].undone, world.order.state) == ([f"{KEY}/2"], "cancelled")


@dataclass
class Lossy(FakeErrands):
    """Its answers get lost on the way; it can be asked again."""

    told: tuple[bool, ...] = ()
    lost: int = 0

    def send(self, errand: Errand) -> Sent:
        self.told += (errand.again,)
        error = Unavailable(errand.task.system, "silent")
        error.may_have_arrived = self.lost > 0
        self.lost -= 1
        raise error


def test_an_answer_that_was_lost_is_remembered_whatever_becomes_of_later_tries(world: World) -> None:
    partner = world.outside["procure"] = Lossy(world.clock, lost=1)
    world.desk.place(an_order())
    for _ in range(3):
        world.advance()
        world.clock.time = world.due_at
    assert partner.told == (False, True, True)


def test_an_answer_that_was_lost_is_remembered_within_one_run(world: World) -> None:
    partner = world.outside["procure"] = Lossy(world.clock, lost=1)

    def twice(_name: str, call: Callable[[], Sent]) -> Sent:
        try:
            return call()
        except Unavailable:
            return call()

    object.__setattr__(world.carrier, "retried", twice)
    world.desk.place(an_order())
    world.advance()
    world.until_due()
    assert partner.told == (False, True, True, True)


@pytest.mark.parametrize(("lost", "later"), [(1, LATE_POST), (0, None)])
def test_a_task_whose_answer_was_lost_is_looked_for_twice_and_one_that_was_never_sent_once(
    world: World, lost: int, later: timedelta | None
) -> None:
    world.outside["procure"] = Lossy(world.clock, lost=lost)
    world.waits_for("provide")
    world.desk.place(an_order())
    world.advance()
    called_off(world)
    world.advance()
    assert world.due_at == (later and NOW + later)
    world.until_quiet()
    assert world.order.state == "cancelled"


class LossyPool(FakeErrands):
    """Holds what it is asked to hold, and its answers get lost on the way."""

    def send(self, errand: Errand) -> Sent:
        super().send(errand)
        error = Unavailable(errand.task.system, "silent")
        error.may_have_arrived = True
        raise error


def test_a_hold_whose_answer_was_lost_is_given_back_once_its_item_is_complete(world: World) -> None:
    world.refuse("register")
    world.desk.place(an_order_of_two())
    world.advance()
    world.outside["reserve"] = LossyPool(world.clock, placed=world.outside["reserve"].placed)
    world.loses("reserve/1")
    world.advance()
    assert "order-1/reserve/1" in world.outside["reserve"].placed
    world.operators.resolve("order-1", ("1",), outcome="done", by="Ann", reason="by hand")
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["completed", "failed"]
    assert world.outside["reserve"].undone == ["order-1/reserve/1", "order-1/reserve/2"]


# the rule by itself


def sent(**changes: object) -> Task:
    return a_task(**{"state": "undoing", "remote_state": SENDING, **changes})


@pytest.mark.parametrize(
    "task",
    [
        sent(remote_state=None),
        sent(remote_id="7"),
        sent(remote_state="inProgress"),
        sent(remote_state=MISSED, not_before=NOW),
        sent(remote_state=MISSED, not_before=None),
    ],
)
def test_one_look_is_enough_for(task: Task) -> None:
    assert looked_for_again(task, NOW, LATE_POST) is None


def test_a_look_before_its_time_changes_nothing() -> None:
    first = looked_for_again(sent(), NOW, LATE_POST)
    assert first is not None
    assert first.look_at == NOW + LATE_POST
    assert looked_for_again(replace(first, attempts=3), NOW + MOMENT, LATE_POST) == first
