"""The way of holds over the real store, on both databases: what is stored is enough to go on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from linkwright.qualifications.model import Question
from linkwright.store.database import Database
from linkwright.store.holds import HoldLedger
from linkwright.wire.v4.qualification import read_check
from linkwright.wire.v4.service_order import read_order
from tests.holds.pool import Reservation
from tests.holds.world import DAY, FIRM, NOW, SPANS, Holds
from tests.store.conftest import _migrated_postgres, _postgres_url, database, database_url
from tests.store.worlds import World as Store

__all__ = ["_migrated_postgres", "_postgres_url", "database", "database_url"]
CHECK = {
    "provideAlternative": True,
    "serviceQualificationItem": [
        {
            "id": "1",
            "service": {
                "serviceSpecification": {"id": "cfs-vpn"},
                "serviceCharacteristic": [{"name": "holdPolicy", "value": "firm"}],
            },
        }
    ],
}
ORDER = {
    "externalReference": [{"id": "check-1/1", "externalReferenceType": "serviceQualification"}],
    "serviceOrderItem": [{"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "cfs-vpn"}}}],
}


class StoredHolds(Holds):
    def __init__(self, database: Database) -> None:
        self.store = Store(database)
        super().__init__(self.store.orders)
        self.keeping = replace(self.keeping, books=self.store.books.holds)
        self.questions = replace(self.questions, books=self.store.questions, keeping=self.keeping)
        self.reconciler = replace(self.reconciler, books=self.store.books.holds)

    def due_now(self) -> None:
        for _ in range(100):
            self.store.now = self.clock()
            due = self.store.books.due(self.clock(), 1)
            if not due:
                return
            self.run_piece(due[0].kind, due[0].key)
        raise AssertionError("there is always something due")

    def asked(self) -> Question:
        return self.questions.accept(read_check(CHECK, id="check-1", now=NOW, requester="bss"))

    def ordered(self, requester: str = "bss", order_id: str = "order-1") -> None:
        self.desk.place(read_order(ORDER, id=order_id, now=NOW, requester=requester))

    def ordered_alone(self) -> None:
        """An order that was never asked about."""
        order = read_order({**ORDER, "externalReference": []}, id="order-1", now=NOW, requester="bss")
        self.desk.place(order)
        self.due_now()

    def lines(self) -> list[tuple[str, str, str]]:
        return [(one.purpose, one.state, one.requester) for one in HoldLedger(self.store.database).entries()]

    def states(self, about: str = "check-1") -> list[str]:
        holds = self.store.books.holds.read(lambda tx: tx.holds_of(about))
        return [hold.state for hold in holds]


@pytest.fixture
def world(database: Database) -> StoredHolds:
    world = StoredHolds(database)
    world.waits_for("procure", "provide")
    return world


def test_a_check_holds_what_it_answers(world: StoredHolds) -> None:
    world.asked()
    world.due_now()
    assert world.pool.active() == ["check-1/hold/1/fresh-1"]
    assert world.lines() == [("firm", "held", "bss")]
    stored = world.store.questions.read(lambda tx: tx.question("check", "check-1"))
    told = stored.body["serviceQualificationItem"][0]["service"]["serviceCharacteristic"]
    assert {one["name"]: one["value"] for one in told if one["name"].startswith("hold.")} == {
        "hold.type": "firm",
        "hold.reservationId": ["r-1"],
        "hold.expires": "2026-11-16T09:00:00.000Z",
    }


def test_an_order_takes_over_what_its_check_holds_and_gives_it_back_at_its_end(world: StoredHolds) -> None:
    world.asked()
    world.due_now()
    world.ordered()
    world.due_now()
    assert world.lines() == [("commitment", "held", "bss")]
    assert (world.states(), len(world.pool.posts)) == (["taken"], 1)
    world.desk.withdraw("order-1")
    world.due_now()
    assert (world.pool.active(), world.lines()) == ([], [])


def test_proposals_that_are_not_ordered_are_given_back(world: StoredHolds) -> None:
    world.proposing("p-1", "p-2")
    world.asked()
    world.due_now()
    chosen = [{"id": "check-1/1/p-2", "externalReferenceType": "serviceQualification"}]
    world.desk.place(read_order({**ORDER, "externalReference": chosen}, id="order-1", now=NOW, requester="bss"))
    world.due_now()
    assert world.pool.active() == ["check-1/hold/1/design-of-p-2"]
    assert sorted(world.states()) == ["released", "taken"]


def test_a_check_that_is_removed_lets_go(world: StoredHolds) -> None:
    world.asked()
    world.due_now()
    world.questions.remove("check", "check-1")
    world.due_now()
    assert (world.pool.active(), world.states()) == ([], [])


def test_what_is_left_behind_is_found_and_nothing_else_is_touched(world: StoredHolds) -> None:
    world.asked()
    world.due_now()
    world.ordered(requester="another")
    world.due_now()
    world.pool.put(Reservation(id="r-left", key="order-0/reserve/1~2", made_at=NOW))
    world.clock.time += SPANS.grace
    assert world.reconciler.sweep().released == ("r-left",)
    assert world.lines() == [("firm", "held", "bss"), ("commitment", "held", "another")]


def test_a_hold_that_is_lost_is_held_again(world: StoredHolds) -> None:
    world.ordered_alone()
    world.pool.drop("order-1/reserve/1")
    assert world.reconciler.sweep().told == ("order-1/reserve/1",)
    world.due_now()
    assert world.pool.active() == ["order-1/reserve/1~1"]
    order = world.store.orders.read(lambda tx: tx.order("order-1"))
    assert [(one.name, one.severity) for one in order.jeopardies] == [("CAPACITY_LOST", "Normal")]


def test_a_hold_is_extended_in_time(world: StoredHolds) -> None:
    world.ordered_alone()
    world.clock.time += FIRM - 4 * DAY
    world.due_now()
    assert world.pool.extended == ["order-1/reserve/1"]
    (task,) = [one for one in world.store.orders.read(lambda tx: tx.tasks("order-1")) if one.kind == "reserve"]
    assert task.expires_at == NOW + 2 * FIRM - 4 * DAY


def test_two_comparisons_at_once_leave_nothing_behind(world: StoredHolds) -> None:
    for number in range(20):
        world.pool.put(Reservation(id=f"r-{number}", key=f"left/{number}", made_at=NOW))
    world.clock.time += timedelta(days=1)
    _at_once(world.reconciler.sweep, replace(world.reconciler).sweep)
    assert set(world.pool.released) == {f"left/{number}" for number in range(20)}
    assert world.pool.active() == []


def _at_once(*works: Callable[[], Any]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
