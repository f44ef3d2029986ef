"""What an operator sees of listeners, and what he can have delivered once more."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from linkwright.store.database import Database
from linkwright.store.replays import Replayed, SqlReplays
from tests.builders import NOW, a_question, an_order
from tests.store.worlds import World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def replays(world: World) -> SqlReplays:
    return SqlReplays(world.database, now=lambda: world.now)


def listener(world: World, query: str = "", requester: str | None = None) -> str:
    return world.subscriptions.add("serviceOrdering", "http://one/cb", query, requester).id


def an_event(world: World, name: str, **changes: str) -> None:
    """An order that is created, and an hour that passes."""
    world.orders.write(lambda tx: tx.add(an_order(id=name, **changes)))
    world.now += HOUR


def waiting(world: World, subscription: str) -> list[str]:
    """The orders that the waiting events are about, in the order in which they are delivered."""
    rows = world.outbox.head(subscription, 100)
    return [orjson.loads(row.body)["event"]["serviceOrder"]["id"] for row in rows]


def deliver(world: World, subscription: str) -> list[str]:
    """Everything that waits; ids of the events."""
    rows = world.outbox.head(subscription, 100)
    world.outbox.delivered([row.seq for row in rows])
    return [row.event_id for row in rows]


def test_a_suspended_listener_is_active_again_and_gets_what_it_missed_in_order(world: World) -> None:
    one = listener(world)
    an_event(world, "before")
    world.outbox.suspend(one, "nothing was taken for a day", world.now)
    world.now += HOUR
    an_event(world, "missed-1")
    an_event(world, "missed-2")

    done = replays(world).replay(one, dead=False, since=None)

    assert done == Replayed(activated=True, revived=0, again=2)
    an_event(world, "after")
    assert waiting(world, one) == ["before", "missed-1", "missed-2", "after"]
    assert world.outbox.due_subscriptions(world.now, 9) == [one]
    assert world.outbox.callback(one) == "http://one/cb"


def test_what_was_given_up_waits_again_in_its_old_place(world: World) -> None:
    one = listener(world)
    for name in ("a", "b", "c"):
        an_event(world, name)
    first, second, _ = world.outbox.head(one, 9)
    world.outbox.dead(second.seq, "answered 400")
    world.outbox.delivered([first.seq])

    assert replays(world).replay(one, dead=False, since=None) == Replayed(activated=False, revived=0, again=0)
    assert waiting(world, one) == ["c"]
    assert replays(world).replay(one, dead=True, since=None) == Replayed(activated=False, revived=1, again=0)

    assert waiting(world, one) == ["b", "c"]
    assert world.outbox.head(one, 1)[0].attempts == 0


def test_what_was_delivered_is_delivered_once_more_under_its_own_id_before_anything_newer(world: World) -> None:
    one = listener(world)
    for name in ("a", "b", "c"):
        an_event(world, name)
    told = deliver(world, one)
    an_event(world, "d")

    done = replays(world).replay(one, dead=False, since=NOW + HOUR)

    assert done == Replayed(activated=False, revived=0, again=3)
    an_event(world, "e")
    assert waiting(world, one) == ["b", "c", "d", "e"]
    assert [row.event_id for row in world.outbox.head(one, 2)] == told[1:]


def test_to_replay_twice_is_to_replay_once(world: World) -> None:
    one = listener(world)
    an_event(world, "a")
    an_event(world, "b")
    deliver(world, one)

    for _ in range(2):
        replays(world).replay(one, dead=True, since=NOW)

    assert waiting(world, one) == ["a", "b"]


def test_a_row_that_was_held_back_is_due_at_once(world: World) -> None:
    one = listener(world)
    an_event(world, "a")
    (row,) = world.outbox.head(one, 1)
    world.outbox.retry(row.seq, world.now + HOUR, "answered 503")

    replays(world).replay(one, dead=False, since=None)

    assert world.outbox.due_subscriptions(world.now, 9) == [one]


def test_what_is_given_up_stays_so_unless_it_is_asked_for(world: World) -> None:
    one = listener(world)
    an_event(world, "a")
    an_event(world, "b")
    first, second = world.outbox.head(one, 9)
    world.outbox.dead(first.seq, "answered 400")
    world.outbox.delivered([second.seq])

    replays(world).replay(one, dead=False, since=NOW)

    assert waiting(world, one) == ["b"]
    (seen,) = replays(world).listeners()
    assert (seen.waiting, seen.dead) == (1, 1)


def test_nobody_gets_what_he_did_not_subscribe_to(world: World) -> None:
    mine = listener(world, requester="bss-a")
    started = listener(world, query="eventType=ServiceOrderStateChangeEvent")
    other = world.subscriptions.add("serviceQualificationManagement", "http://checks", "").id
    an_event(world, "theirs", requester="bss-b")
    an_event(world, "mine", requester="bss-a")
    world.orders.write(lambda tx: tx.save(replace(tx.order("mine"), state="inProgress"), "stateChanged"))
    world.questions.write(lambda tx: tx.add(a_question()))
    for one in (mine, started, other):
        deliver(world, one)

    again = [replays(world).replay(one, dead=False, since=NOW) for one in (mine, started, other)]

    assert [done.again for done in again if done] == [2, 1, 1]
    assert waiting(world, mine) == ["mine", "mine"]


def test_events_are_found_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkwright.store.replays.PAGE", 2)
    one = listener(world)
    names = [f"order-{n}" for n in range(7)]
    for name in names:
        an_event(world, name)
    deliver(world, one)

    replays(world).replay(one, dead=False, since=NOW + 2 * HOUR)

    assert waiting(world, one) == names[2:]


def test_who_is_not_there_cannot_be_replayed(world: World) -> None:
    assert replays(world).replay("nobody", dead=True, since=NOW) is None


def test_listeners_are_told_with_their_queues(world: World) -> None:
    one, two = listener(world), listener(world)
    an_event(world, "a")
    an_event(world, "b")
    world.outbox.dead(world.outbox.head(one, 1)[0].seq, "answered 400")
    deliver(world, two)
    world.outbox.suspend(two, "its name turned inward", world.now)

    seen = {found.id: found for found in replays(world).listeners()}

    assert (seen[one].state, seen[one].waiting, seen[one].dead) == ("active", 1, 1)
    assert seen[one].oldest_at == NOW + HOUR
    assert (seen[two].state, seen[two].reason, seen[two].suspended_at) == (
        "suspended",
        "its name turned inward",
        world.now,
    )
    assert (seen[two].waiting, seen[two].oldest_at) == (0, None)
