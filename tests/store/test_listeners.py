from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from linkwright.errors import InvalidRequest
from linkwright.store.database import Database
from linkwright.store.tables.notices import outbox, subscription
from tests.builders import NOW, a_question, an_order
from tests.store.worlds import World

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def _types(world: World, listener: str) -> list[str]:
    return [orjson.loads(row.body)["eventType"] for row in world.outbox.head(listener, 100)]


def _start(world: World, order_id: str = "order-1") -> None:
    world.orders.write(lambda tx: tx.save(replace(tx.order(order_id), state="inProgress"), "stateChanged"))


def test_every_listener_of_the_api_gets_a_row_for_each_event_in_order(world: World) -> None:
    first = world.subscriptions.add("serviceOrdering", "http://one/cb", "").id
    second = world.subscriptions.add("serviceOrdering", "http://two/cb", "").id
    other = world.subscriptions.add("serviceQualificationManagement", "http://three/cb", "").id

    world.orders.write(lambda tx: tx.add(an_order()))
    _start(world)

    told = ["ServiceOrderCreateEvent", "ServiceOrderStateChangeEvent"]
    assert (_types(world, first), _types(world, second), _types(world, other)) == (told, told, [])
    assert world.told == [{first, second}, {first, second}]
    assert world.outbox.callback(first) == "http://one/cb"


def test_listeners_of_questions_hear_of_questions(world: World) -> None:
    listener = world.subscriptions.add("serviceQualificationManagement", "http://three/cb", "").id

    world.questions.write(lambda tx: tx.add(a_question()))

    assert _types(world, listener) == ["CheckServiceQualificationCreateEvent"]


def test_a_query_chooses_events_by_type_and_by_what_is_in_them(world: World) -> None:
    changes = world.subscriptions.add("serviceOrdering", "http://cb", "eventType=ServiceOrderStateChangeEvent").id
    started = world.subscriptions.add("serviceOrdering", "http://cb", "event.serviceOrder.state=inProgress").id
    late = world.subscriptions.add("serviceOrdering", "http://cb", "event.serviceOrder.orderDate.gt=2030-01-01").id

    world.orders.write(lambda tx: tx.add(an_order()))
    assert world.told == []
    _start(world)

    assert _types(world, changes) == _types(world, started) == ["ServiceOrderStateChangeEvent"]
    assert _types(world, late) == []
    assert world.told == [{changes, started}]


def test_a_query_that_cannot_be_read_is_refused_at_once(world: World) -> None:
    with pytest.raises(InvalidRequest):
        world.subscriptions.add("serviceOrdering", "http://cb", "nonsense")

    assert world.database.read(lambda c: c.execute(select(subscription)).all()) == []


def test_a_listener_of_one_client_hears_only_of_its_resources(world: World) -> None:
    mine = world.subscriptions.add("serviceOrdering", "http://cb", "", requester="bss-a").id

    world.orders.write(lambda tx: tx.add(an_order(requester="bss-b")))
    assert _types(world, mine) == []
    world.orders.write(lambda tx: tx.add(an_order(id="order-2", requester="bss-a")))

    assert _types(world, mine) == ["ServiceOrderCreateEvent"]


def test_nothing_is_said_of_a_change_that_failed(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id

    with pytest.raises(ZeroDivisionError):
        world.orders.write(lambda tx: (tx.add(an_order()), 1 // 0))

    assert (_types(world, listener), world.told) == ([], [])


def test_a_subscription_is_removed_with_what_waits_for_it_and_only_at_its_own_api(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))

    assert not world.subscriptions.remove("serviceQualificationManagement", listener)
    assert len(world.outbox.head(listener, 9)) == 1
    assert world.subscriptions.remove("serviceOrdering", listener)
    assert not world.subscriptions.remove("serviceOrdering", listener)

    assert world.outbox.head(listener, 9) == []
    assert world.outbox.callback(listener) is None


def test_a_row_carries_what_the_delivery_needs(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))

    (row,) = world.outbox.head(listener, 9)

    assert (row.attempts, row.next_at) == (0, NOW)
    assert orjson.loads(row.body)["eventId"] == row.event_id
    assert world.outbox.due_subscriptions(NOW, 9) == [listener]


def test_what_was_delivered_is_gone_and_its_number_is_never_used_again(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    (row,) = world.outbox.head(listener, 9)

    world.outbox.delivered([row.seq])
    world.outbox.delivered([row.seq])
    assert world.outbox.head(listener, 9) == []
    assert world.outbox.due_subscriptions(SOON, 9) == []

    _start(world)
    (later,) = world.outbox.head(listener, 9)
    assert later.seq > row.seq


def test_a_row_that_waits_holds_those_behind_it(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    _start(world)
    head, behind = world.outbox.head(listener, 9)

    world.outbox.retry(head.seq, SOON, "503")

    assert world.outbox.due_subscriptions(NOW, 9) == []
    assert world.outbox.due_subscriptions(SOON, 9) == [listener]
    again = world.outbox.head(listener, 9)
    assert [(row.seq, row.attempts, row.next_at) for row in again] == [(head.seq, 1, SOON), (behind.seq, 0, NOW)]
    assert len(world.outbox.head(listener, 1)) == 1


def test_a_row_that_was_given_up_is_kept_but_holds_nobody(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    _start(world)
    head, behind = world.outbox.head(listener, 9)
    world.outbox.retry(head.seq, SOON, "400")

    world.outbox.dead(head.seq, "400 again")

    assert [row.seq for row in world.outbox.head(listener, 9)] == [behind.seq]
    assert world.outbox.due_subscriptions(NOW, 9) == [listener]
    kept = select(outbox.c.state, outbox.c.attempts, outbox.c.last_error).where(outbox.c.seq == head.seq)
    assert tuple(world.database.read(lambda c: c.execute(kept).one())) == ("dead", 2, "400 again")


def test_a_suspended_subscription_keeps_what_waits_and_gets_nothing_new(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))

    world.outbox.suspend(listener, "silent for a day", NOW)
    _start(world)

    assert world.outbox.due_subscriptions(SOON, 9) == []
    assert world.outbox.callback(listener) is None
    assert len(world.outbox.head(listener, 9)) == 1


def test_a_dropped_subscription_leaves_nothing_behind(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))

    world.outbox.drop_subscription(listener)

    assert world.database.read(lambda c: c.execute(select(outbox)).all()) == []
    assert not world.subscriptions.remove("serviceOrdering", listener)


def test_subscriptions_come_longest_due_first_and_no_more_than_asked_for(world: World) -> None:
    listeners = [world.subscriptions.add("serviceOrdering", "http://cb", "").id for _ in range(3)]
    world.orders.write(lambda tx: tx.add(an_order()))
    (row,) = world.outbox.head(listeners[0], 1)
    world.outbox.retry(row.seq, SOON, "503")

    assert world.outbox.due_subscriptions(SOON, 9) == [listeners[1], listeners[2], listeners[0]]
    assert len(world.outbox.due_subscriptions(SOON, 2)) == 2
