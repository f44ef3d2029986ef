"""The same ends over the real clients and the mock of the pool: nothing stays held, and nothing is taken for good."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from linkwright.orders.keeping import Keeping
from linkwright.outbound.tmf685_reservations import RESERVATIONS
from mocks.pool import pool
from tests.builders import a_requirement, a_solution
from tests.fakes import Crash
from tests.holds.mock_pool import OURS, THEIRS, USED, MockPool, key_of
from tests.holds.test_every_end import STORIES, Story
from tests.holds.world import DAY, FIRM, SPANS, Holds
from tests.mocks.driven import Driven, Stock, driven
from tests.orders.world import an_order_of_two

ALL_FREE = dict.fromkeys(USED, 100_000)


@pytest.fixture
def stock() -> Stock:
    return Stock(ALL_FREE)


@pytest.fixture
def mock(stock: Stock) -> Iterator[Driven]:
    with driven(pool(stock)) as running:
        yield running


class Mocked(Holds):
    """`Holds` over the mock."""

    def __init__(self, mock: Driven, stock: Stock, holder: str = OURS) -> None:
        super().__init__()
        over = MockPool(mock, stock, self.clock, holder)
        self.pool = cast(Any, over)
        self.outside["reserve"] = cast(Any, over)
        self.carrier = replace(self.carrier, keeping=Keeping(extend=over.orders.extend))
        self.run = replace(self.run, carrier=self.carrier)
        self.keeping = replace(self.keeping, pool=over.checks)
        self.questions = replace(self.questions, keeping=self.keeping)
        self.reconciler = replace(self.reconciler, pool=over.checks)

    def mock_post(self, body: Any) -> None:
        self.pool.mock.clock.set(self.clock())
        self.pool.mock.post(f"/{RESERVATIONS}", body)


@pytest.fixture
def world(mock: Driven, stock: Stock) -> Mocked:
    return Mocked(mock, stock)


@pytest.mark.parametrize("story", STORIES)
def test_nothing_stays_held(world: Mocked, stock: Stock, story: Story) -> None:
    begun_with = dict(stock.free)
    story(world)
    assert world.pool.active() == []
    assert world.ledger() == []
    assert {name: free for name, free in stock.free.items() if name != "cpe-1"} == {
        name: free for name, free in begun_with.items() if name != "cpe-1"
    }


def test_a_process_that_dies_between_the_hold_and_its_row_leaves_one_to_be_found(world: Mocked) -> None:
    """The pool has given it, and the next write of ours never comes."""
    world.check("firm")
    world.books.die_at = world.books.writes + 3
    with pytest.raises(Crash):
        world.due_now()
    world.books.die_at = None
    assert len(world.pool.active()) == 1
    assert world.the_hold().remote_id is None
    world.to_the_end()
    assert world.pool.active() == []


def test_a_hold_is_asked_for_in_the_words_of_the_contract_with_key_and_holder(world: Mocked) -> None:
    world.answered("firm")
    (one,) = world.pool.reservations()
    assert [(entity["role"], entity["id"]) for entity in one["relatedEntity"]] == [
        ("externalId", "check-1/hold/1/fresh-1"),
        ("holder", OURS),
    ]
    assert [party["id"] for party in one["relatedParty"]] == ["anonymous"]
    assert one["reservationPeriod"] == {"endDateTime": "2026-11-16T09:00:00.000Z"}


def test_two_installations_in_one_pool_leave_each_others_holds_alone(mock: Driven, stock: Stock) -> None:
    ours, theirs = Mocked(mock, stock), Mocked(mock, stock, THEIRS)
    for one in (ours, theirs):
        one.waits_for("procure", "provide")
    ours.answered("firm")
    theirs.desk.place(an_order_of_two(id="order-2"))
    theirs.due_now()
    for one in (ours, theirs):
        one.clock.time += DAY
        assert one.reconciler.sweep().released == ()
    assert len(ours.pool.active()) == 3


def test_an_orphan_is_given_back_and_only_that_one(world: Mocked) -> None:
    world.answered("firm")
    hold = world.the_hold()
    world.books.holds.clear()
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.clock.time += SPANS.grace
    assert world.reconciler.sweep().released == (hold.remote_id,)
    assert world.pool.active() == ["order-1/reserve/1", "order-1/reserve/2"]


def test_an_order_takes_over_and_extends_what_its_check_held(world: Mocked) -> None:
    world.waits_for("procure", "provide")
    world.answered("soft")
    world.order_of("fresh-1")
    world.due_now()
    (one,) = world.pool.reservations()
    assert key_of(one) == "check-1/hold/1/fresh-1"
    assert one["reservationPeriod"] == {"endDateTime": "2026-11-16T09:00:00.000Z"}
    world.later(FIRM - 4 * DAY)
    (one,) = world.pool.reservations()
    assert one["reservationPeriod"] == {"endDateTime": "2026-11-26T09:00:00.000Z"}


def test_a_service_for_a_time_is_held_for_its_own_time_and_extended_beside_it(world: Mocked) -> None:
    start = world.clock.time.date() + timedelta(days=30)
    wanted = a_requirement(service_start=start, service_end=start + timedelta(days=9))
    world.books.put_design(a_solution(requirement=wanted))
    world.waits_for("provide")
    world.desk.place(an_order_of_two())
    world.later(FIRM)
    one = next(one for one in world.pool.reservations() if key_of(one) == "order-1/reserve/1")
    assert one["reservationPeriod"] == {
        "startDateTime": "2026-12-02T00:00:00.000Z",
        "endDateTime": "2026-12-11T23:59:59.000Z",
    }
    assert one["validFor"] == {"endDateTime": "2026-11-26T09:00:00.000Z"}
    assert one["state"] == "completed"


def test_a_list_of_several_pages_is_read_to_its_end(world: Mocked) -> None:
    body = {
        "relatedParty": [{"id": "anybody"}],
        "reservationItem": [{"relatedEntity": [{"id": "west", "@referredType": "pop", "role": "reserved"}]}],
    }
    for number in range(250):
        mark = [
            {"id": f"left/{number}", "role": "externalId", "@referredType": "ServiceOrder"},
            {"id": OURS, "role": "holder", "@referredType": "Installation"},
        ]
        world.mock_post(body | {"relatedEntity": mark})
    world.clock.time += SPANS.grace
    swept = world.reconciler.sweep()
    assert (swept.seen, len(swept.released)) == (250, 250)
    assert world.pool.active() == []
