"""An event of another system is a hint to look, whatever it says and whenever it comes."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from linkwright.orders.board import Board
from linkwright.orders.errands import Errand, Hint, Seen
from linkwright.orders.peer_event import PeerNews, looked_at_now
from tests.builders import NOW, an_order
from tests.orders.world import World, a_cancel, a_task

KEY = "order-1/procure/1/offer-1"
REMOTE = f"remote/{KEY}"
NUMBERS = count(1)
SECOND, LONGEST = timedelta(seconds=1), timedelta(minutes=5)


@pytest.fixture
def world() -> World:
    """The order waits for its partner, and looks again in a while."""
    world = World()
    world.waits_for("procure")
    world.desk.place(an_order())
    world.advance()
    assert world.due_at > NOW
    return world


def heard(world: World, system: str, remote_id: str | None, **more: Any) -> bool:
    """A new event each time, unless its id is given."""
    hint = Hint(**{"event_id": f"event-{next(NUMBERS)}", "remote_id": remote_id, **more})
    return PeerNews(books=world.books, now=world.clock).heard(system, hint)


def looked_at(world: World) -> Counter[str]:
    """Counts from now on which tasks are asked about."""
    looks: Counter[str] = Counter()

    def counting(look: Any) -> Any:
        def counted(errand: Any) -> Any:
            looks[errand.task.key] += 1
            return look(errand)

        return counted

    for errands in world.outside.values():
        errands.look = counting(errands.look)  # type: ignore[method-assign]
    return looks


def test_news_of_a_task_makes_its_order_look_before_its_pause_is_over(world: World) -> None:
    world.answers_again("procure")
    assert heard(world, "partner-north", REMOTE)
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_an_event_that_is_told_before_anything_has_changed_does_no_harm(world: World) -> None:
    for _ in range(3):
        assert heard(world, "partner-north", REMOTE)
        world.until_due()
    assert world.order.state == "inProgress"
    assert world.due_at > world.clock.time
    assert len(world.posts()) == len(set(world.posts()))


def test_an_event_after_the_end_changes_nothing(world: World) -> None:
    world.answers_again("procure")
    world.until_quiet()
    before = world.order
    assert heard(world, "partner-north", REMOTE)
    world.until_quiet()
    assert world.order == before


@pytest.mark.parametrize(("system", "remote_id"), [("partner-south", REMOTE), ("partner-north", "somebody else's")])
def test_an_event_about_what_is_not_ours_wakes_nobody(world: World, system: str, remote_id: str) -> None:
    due_at, writes = world.due_at, len(world.told())
    assert not heard(world, system, remote_id)
    assert (world.due_at, len(world.told())) == (due_at, writes)


def test_the_same_event_told_again_costs_nothing(world: World) -> None:
    assert heard(world, "partner-north", REMOTE, event_id="e-1")
    world.advance()
    looks, due_at = looked_at(world), world.due_at
    for _ in range(5):
        assert not heard(world, "partner-north", REMOTE, event_id="e-1")
    assert (world.due_at, looks.total()) == (due_at, 0)


def test_the_same_id_of_two_systems_is_two_events(world: World) -> None:
    assert heard(world, "partner-north", REMOTE, event_id="1")
    assert heard(world, "resource-orders", "remote/order-1/provide", event_id="1")


def test_an_event_is_forgotten_after_a_while(world: World) -> None:
    heard(world, "partner-north", REMOTE, event_id="e-1")
    world.clock.time += timedelta(days=8)
    heard(world, "partner-north", REMOTE, event_id="e-2")
    assert [event_id for _, event_id in world.books.hints] == ["e-2"]


def test_what_is_not_ours_is_not_even_kept(world: World) -> None:
    heard(world, "partner-north", "somebody else's")
    assert world.books.hints == {}


def test_an_event_makes_its_own_task_looked_at_and_no_other() -> None:
    world = World()
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    looks = looked_at(world)
    heard(world, "partner-north", REMOTE)
    world.advance()
    assert looks == {KEY: 1}


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({"look_at": NOW + LONGEST + SECOND}, True),
        ({"look_at": NOW + LONGEST}, False),
        ({"look_at": NOW + 2 * LONGEST, "not_before": NOW + 2 * LONGEST}, False),
        ({"look_at": NOW + 2 * LONGEST, "kind": "reserve", "state": "done"}, False),
        ({"look_at": NOW + 2 * LONGEST, "state": "undoing"}, True),
    ],
)
def test_what_was_put_off_for_longer_than_anything_is_is_due(changes: dict[str, Any], is_due: bool) -> None:
    task = a_task(state="sent") if "state" not in changes else a_task()
    board = Board([replace(task, **changes)])
    looked_at_now(board, (), NOW, LONGEST)
    assert (board[task.key].look_at == NOW) is is_due


def test_a_burst_of_events_wakes_their_order_once_and_once_more(world: World) -> None:
    world.clock.time += timedelta(seconds=0.1)
    looks = looked_at(world)
    for _ in range(50):
        heard(world, "partner-north", REMOTE)
    world.advance()
    assert looks == {KEY: 1}
    for _ in range(50):
        world.clock.time += timedelta(seconds=0.01)
        heard(world, "partner-north", REMOTE)
    assert world.due_at > world.clock.time
    world.clock.time = world.due_at
    world.advance()
    assert looks[KEY] == 2
    assert not world.books.heard("order-1")


def test_an_event_that_comes_before_the_answer_to_our_call_is_not_lost() -> None:
    """It names our key; the other side's own id means nothing to us yet."""
    world = World()
    world.waits_for("procure", "provide")
    told: list[bool] = []
    world.outside["procure"].meanwhile = lambda errand: told.append(
        heard(world, "partner-north", f"remote/{errand.task.key}", key=errand.task.key)
    )
    looks = looked_at(world)
    world.desk.place(an_order())
    world.advance()
    assert told == [True]
    assert looks[KEY] == 1
    world.clock.time = world.due_at
    world.advance()
    assert looks[KEY] == 2


def test_an_event_that_names_no_key_and_comes_before_the_answer_is_made_up_for_by_the_look_after_it() -> None:
    world = World()
    world.waits_for("provide")
    told: list[bool] = []
    world.outside["procure"].meanwhile = lambda errand: told.append(
        heard(world, "partner-north", f"remote/{errand.task.key}")
    )
    world.desk.place(an_order())
    world.advance()
    assert told == [False]
    assert world.task("procure/1/offer-1").state == "done"


def test_a_key_of_another_systems_task_wakes_nobody(world: World) -> None:
    assert not heard(world, "partner-south", None, key=KEY)


def test_an_event_during_a_run_is_followed_by_the_next(world: World) -> None:
    """The look may have been answered before what the event tells of has happened."""
    world.clock.time = world.due_at
    look, told = world.outside["procure"].look, []

    def looks(errand: Any) -> Any:
        seen = look(errand)
        if not told:
            told.append(heard(world, "partner-north", REMOTE))
            world.answers_again("procure")
        return seen

    world.outside["procure"].look = looks  # type: ignore[method-assign]
    world.advance()
    assert told == [True]
    assert world.task("procure/1/offer-1").state == "sent"
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_news_is_not_lost_when_the_run_that_it_woke_loses_a_race(world: World) -> None:
    world.answers_again("procure")
    heard(world, "partner-north", REMOTE)
    world.books.lost_races = 1
    world.advance()
    assert world.order.state == "inProgress"
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_news_that_comes_while_its_task_is_looked_at_is_looked_at_again(world: World) -> None:
    look = world.outside["procure"].look

    def told_meanwhile(errand: Errand) -> Seen:
        seen = look(errand)
        object.__delattr__(world.outside["procure"], "look")
        heard(world, "partner-north", REMOTE)
        return seen

    object.__setattr__(world.outside["procure"], "look", told_meanwhile)
    heard(world, "partner-north", REMOTE)
    world.advance()
    world.answers_again("procure")
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_a_cancel_that_the_other_side_has_carried_out_is_seen_at_once() -> None:
    world = World()
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    world.outside["procure"].down = True
    world.desk.cancel(a_cancel())
    world.advance()
    assert world.order.state == "assessingCancellation"
    world.answers_again("procure")
    heard(world, "partner-north", REMOTE)
    world.advance()
    assert world.order.state == "cancelled"
