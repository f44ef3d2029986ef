"""A clock that leaps days ahead or falls back hours: nothing is lost, nothing is done twice, what is due comes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
import requests
import responses

from linkwright.engine.in_memory import InMemoryEngine
from linkwright.orders.errands import Hint, Task
from linkwright.orders.peer_event import PeerNews
from linkwright.orders.place import RUN
from linkwright.outbound.subscribers import Delivery
from linkwright.store.database import Database
from linkwright.store.due import AllDue
from tests.builders import an_order
from tests.orders.world import PAUSES
from tests.orders.world import World as Orders

from .worlds import World

CALLBACK = "http://listener.example/heard"
DRAIN = "drain"


class Running(World):
    """The store with the runs of orders and deliveries, an outside that is played, and a clock that can be set."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.heard: list[bytes] = []
        orders = Orders(self.orders, self.clock)
        self.outside, self.desk = orders.outside, replace(orders.desk, new_id=self.new_id)
        delivery = Delivery(self.outbox, requests.Session, now=self.clock, address_allowed=lambda _: True)
        self.news = PeerNews(books=self.orders, now=self.clock)
        self.engine = InMemoryEngine(AllDue(self.books, self.outbox, drain=DRAIN), self.clock)
        self.engine.register(RUN, orders.run.advance)
        self.engine.register(DRAIN, lambda key: cast(None, delivery.drain(key)))
        self.engine.start()

    def clock(self) -> Any:
        return self.now

    def leap(self, **by: int) -> None:
        """The clock is set, and whatever is due by it runs."""
        self.now += timedelta(**by)
        self.engine.run_until_quiet()

    def state(self) -> str:
        return self.orders.read(lambda tx: tx.order("order-1").state)

    def procured(self) -> Task:
        (task,) = [task for task in self.orders.read(lambda tx: tx.tasks("order-1")) if task.kind == "procure"]
        return task

    def posts(self) -> list[str]:
        return [key for errands in self.outside.values() for key in errands.posts]

    def take(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        self.heard.append(cast(bytes, request.body))
        return 201, {}, ""


@pytest.fixture
def world(database: Database) -> Iterator[Running]:
    made = Running(database)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as answers:
        answers.add_callback(responses.POST, CALLBACK, made.take)
        yield made


def test_an_order_goes_on_over_leaps_of_the_clock_and_does_nothing_twice(world: Running) -> None:
    world.subscriptions.add("serviceOrdering", CALLBACK, "")
    world.outside["procure"].looks_until_done = 10_000
    world.desk.place(an_order())
    world.leap()
    assert world.state() == "inProgress"
    ordered = world.posts()

    world.leap(days=5)
    assert (world.state(), world.posts()) == ("inProgress", ordered)
    world.leap(hours=-6)
    assert (world.state(), world.posts()) == ("inProgress", ordered)

    world.outside["procure"].looks_until_done = 1
    procured = world.procured()
    hint = Hint(event_id="event-1", remote_id=procured.remote_id)
    world.news.heard(procured.system, hint)  # the news does not wait for the clock
    world.leap(hours=0)
    for _ in range(9):
        world.leap(seconds=2)
    assert world.state() == "completed"
    assert len(world.posts()) == len(set(world.posts())) == 6
    assert world.heard == world.event_bodies()
    assert world.books.due(world.now + timedelta(days=999), 9) == []


def test_what_was_put_off_by_a_clock_that_was_ahead_is_looked_at_once_it_is_right(world: Running) -> None:
    world.outside["procure"].looks_until_done = 10_000
    world.desk.place(an_order())
    world.leap()
    world.leap(hours=6)
    looks = world.procured().attempts
    world.leap(hours=-6)
    task = world.procured()
    assert task.attempts > looks
    assert task.look_at is not None
    assert task.look_at <= world.now + PAUSES.longest
    assert [row.key for row in world.books.due(task.look_at, 9)] == ["order-1"]


def test_a_server_that_was_down_while_the_clock_was_set_back_finds_what_was_put_off(world: Running) -> None:
    world.outside["procure"].looks_until_done = 10_000
    world.desk.place(an_order())
    world.leap()
    world.leap(hours=6)
    world.now -= timedelta(hours=6)
    again = World(world.database)
    assert [row.key for row in again.books.due(world.now, 9)] == ["order-1"]


def test_what_waits_for_its_day_still_does_after_the_clock_was_set_back(world: Running) -> None:
    start = world.now + timedelta(days=3)
    world.desk.place(an_order(requested_start=start))
    world.leap()
    world.leap(hours=6)
    world.leap(hours=-6)
    assert world.state() == "acknowledged"
    assert world.posts() == []
    assert [row.due_at for row in world.books.due(start, 9)] == [start]


def test_what_happened_while_the_clock_was_ahead_is_told_at_once_when_it_is_right_again(world: Running) -> None:
    listener = world.subscriptions.add("serviceOrdering", CALLBACK, "").id
    world.now += timedelta(hours=6)
    world.desk.place(an_order())
    assert len(world.outbox.head(listener, 9)) == 1
    world.now -= timedelta(hours=6)

    assert world.outbox.due_subscriptions(world.now, 9) == [listener]
    world.leap()

    assert world.heard[0] == world.event_bodies()[0]
