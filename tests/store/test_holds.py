"""The ledger of holds on both databases: rows of checks, tasks of orders, and what is read over both."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.holds import keep
from linkwright.holds.model import Entry, Found, Hold, State
from linkwright.orders.errands import Task
from linkwright.store.database import Database
from linkwright.store.holds import HoldLedger, hold_counts
from linkwright.store.installations import installation_id
from tests.builders import NOW, a_question, an_order

from .worlds import World


def a_hold(**changes: Any) -> Hold:
    plain = Hold(
        key="check-1/hold/1/design-1",
        check_id="check-1",
        item_id="1",
        design_id="design-1",
        policy="soft",
        requester="anonymous",
        asked_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    return replace(plain, **changes)


def a_task(item: str = "1", **changes: Any) -> Task:
    plain = Task(
        key=f"order-1/reserve/{item}",
        order_id="order-1",
        kind="reserve",
        system="pool",
        items=(item,),
        state="done",
        remote_id=f"r-{item}",
        expires_at=NOW + timedelta(days=14),
    )
    return replace(plain, **changes)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def written(world: World, *things: Hold | Task) -> None:
    def change(tx: Any) -> None:
        for thing in things:
            tx.add_hold(thing) if isinstance(thing, Hold) else tx.put_task(thing)

    world.orders.write(change)


def read(world: World, look: Callable[[Any], Any]) -> Any:
    return world.books.holds.read(look)


def found(remote_id: str, key: str) -> Found:
    return Found(remote_id=remote_id, key=key, is_void=False)


def test_a_hold_is_read_as_it_was_written(world: World) -> None:
    full = a_hold(state="taken", remote_id="r-1", remote_href="http://pool/r-1", note="why", order_id="order-1")
    written(world, full, a_hold(key="other", check_id="check-2", design_id="design-2"))
    assert read(world, lambda tx: tx.hold(full.key)) == full
    assert read(world, lambda tx: tx.hold("no such key")) is None
    assert read(world, lambda tx: tx.holds_of("check-1")) == (full,)
    assert read(world, lambda tx: tx.holds_of_designs({"design-1", "design-9"})) == (full,)
    assert read(world, lambda tx: tx.holds_of_designs(())) == ()


def test_a_hold_that_is_there_is_not_added_over(world: World) -> None:
    written(world, a_hold(state="held"), a_hold())
    assert read(world, lambda tx: tx.hold(a_hold().key)).state == "held"


def test_a_hold_moves_only_from_the_state_that_is_named(world: World) -> None:
    written(world, a_hold(state="held"))
    gone = a_hold(state="releasing", note="why")
    assert not world.books.holds.write(lambda tx: tx.move_hold(gone, "asked"))
    assert world.books.holds.write(lambda tx: tx.move_hold(gone, "held"))
    assert not world.books.holds.write(lambda tx: tx.move_hold(gone, "held"))
    assert read(world, lambda tx: tx.hold(gone.key)) == gone


def test_of_many_orders_one_takes_a_hold(world: World) -> None:
    written(world, a_hold(state="held"))

    def takes(number: int) -> bool:
        taken = a_hold(state="taken", order_id=f"order-{number}")
        return world.books.orders.write(lambda tx: tx.move_hold(taken, "held"))

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(takes, range(4))) == [False, False, False, True]


def test_a_hold_that_is_dropped_is_gone(world: World) -> None:
    written(world, a_hold())
    world.books.holds.write(lambda tx: tx.drop_hold(a_hold().key))
    assert read(world, lambda tx: tx.holds_of("check-1")) == ()


@pytest.mark.parametrize(
    ("state", "asking"), [("accepted", True), ("inProgress", True), ("done", False), ("terminatedWithError", False)]
)
def test_a_check_asks_until_it_has_its_answer(world: World, state: Any, asking: bool) -> None:
    world.questions.write(lambda tx: tx.add(a_question(state=state)))
    assert read(world, lambda tx: (tx.is_asking("check-1"), tx.is_stored("check-1"))) == (asking, True)
    assert read(world, lambda tx: (tx.is_asking("check-2"), tx.is_stored("check-2"))) == (False, False)


# Who answers for what is in the pool

OWNERS = {
    "by its id": (a_task(), found("r-1", "whatever"), True),
    "by another id": (a_task(), found("r-2", "order-1/reserve/1"), False),
    "by its key while nobody knows its id": (
        a_task(state="sent", remote_id=None), found("r-2", "order-1/reserve/1"), True,
    ),
    "by the key of the hold that was lost": (
        a_task(state="sent", remote_id=None, renewals=1), found("r-2", "order-1/reserve/1"), False,
    ),
    "by the key under which it is held again": (
        a_task(state="sent", remote_id=None, renewals=1), found("r-2", "order-1/reserve/1~1"), True,
    ),
    "while it is taken back": (a_task(state="undoing"), found("r-1", "order-1/reserve/1"), True),
    "once it is given back": (a_task(state="undone"), found("r-1", "order-1/reserve/1"), False),
    "once it has failed": (a_task(state="failed", remote_id=None), found("r-1", "order-1/reserve/1"), False),
    "before it goes out": (a_task(state="planned", remote_id=None), found("r-1", "order-1/reserve/1"), False),
    "of another kind": (a_task(kind="provide"), found("r-1", "order-1/reserve/1"), False),
    "a check's, asked": (a_hold(), found("r-1", a_hold().key), True),
    "a check's, held": (a_hold(state="held", remote_id="r-1"), found("r-1", a_hold().key), True),
    "a check's, twice": (a_hold(state="held", remote_id="r-1"), found("r-2", a_hold().key), False),
    "a check's, taken": (a_hold(state="taken", remote_id="r-1"), found("r-1", a_hold().key), False),
    "a check's, released": (a_hold(state="released", remote_id="r-1"), found("r-1", a_hold().key), False),
}  # fmt: skip


@pytest.mark.parametrize(("line", "there", "is_owned"), OWNERS.values(), ids=OWNERS)
def test_who_answers_for_a_reservation(world: World, line: Hold | Task, there: Found, is_owned: bool) -> None:
    written(world, line)
    assert read(world, lambda tx: tx.owned([there])) == ({there.remote_id} if is_owned else set())


def test_many_reservations_are_looked_up_at_once(world: World) -> None:
    written(world, *(a_task(str(number)) for number in range(0, 1200, 2)))
    listed = [found(f"r-{number}", "?") for number in range(1200)]
    assert read(world, lambda tx: tx.owned(listed)) == {f"r-{number}" for number in range(0, 1200, 2)}


# The view over both


@pytest.fixture
def both(world: World) -> World:
    world.orders.write(lambda tx: tx.add(an_order(requester="bss")))
    written(
        world,
        a_task("1"),
        a_task("2", state="sent", remote_id=None, expires_at=None),
        a_task("3", state="undone"),
        a_task("4", state="planned", remote_id=None),
        a_hold(state="held", remote_id="r-9"),
        a_hold(key="check-1/hold/2/design-2", item_id="2", state="releasing", policy="firm"),
        a_hold(key="check-1/hold/3/design-3", state="expired"),
    )
    return world


def test_the_open_holds_of_orders_and_checks_are_one_list(both: World) -> None:
    entries = list(HoldLedger(both.database).entries())
    assert entries[0] == Entry(
        owner_kind="check",
        owner_id="check-1",
        items=("1",),
        purpose="soft",
        requester="anonymous",
        state="held",
        key=a_hold().key,
        remote_id="r-9",
        expires_at=NOW + timedelta(days=1),
    )
    assert entries[2] == Entry(
        owner_kind="order",
        owner_id="order-1",
        items=("1",),
        purpose="commitment",
        requester="bss",
        state="held",
        key="order-1/reserve/1",
        remote_id="r-1",
        expires_at=NOW + timedelta(days=14),
    )
    assert [(entry.items, entry.state, entry.expires_at is None) for entry in entries[1::2]] == [
        (("2",), "releasing", False),
        (("2",), "asked", True),
    ]
    assert read(both, lambda tx: tx.open_entries(entries[1].key, 1)) == [entries[2]]


def test_open_holds_are_counted_by_purpose_and_state(both: World) -> None:
    assert both.database.read(hold_counts) == {
        ("commitment", "held"): 1,
        ("commitment", "asked"): 1,
        ("soft", "held"): 1,
        ("firm", "releasing"): 1,
    }


def test_a_list_longer_than_a_page_is_read_to_its_end(world: World) -> None:
    written(world, *(a_task(f"{number:04d}") for number in range(700)), *(a_hold(key=f"z-{n}") for n in range(3)))
    assert len(list(HoldLedger(world.database).entries())) == 703


@pytest.mark.parametrize(("state", "looked_at"), [("done", True), ("undoing", False)])
def test_the_owner_of_a_hold_is_woken_and_only_a_hold_that_is_given_is_looked_at(
    world: World, state: Any, looked_at: bool
) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))
    written(world, a_task(state=state), a_hold(state="held", remote_id="r-2"))
    for entry in HoldLedger(world.database).entries():
        world.books.holds.write(lambda tx, entry=entry: tx.look_again(entry, NOW))  # type: ignore[misc]
    assert {(kind, key) for kind, key, _ in world.woken} == {("order", "order-1"), (keep.RUN, a_hold().key)}
    assert read(world, lambda tx: tx.attempts(keep.RUN, a_hold().key)) == (1, 0)
    (task,) = world.orders.read(lambda tx: tx.tasks("order-1"))
    assert (task.look_at == NOW) is looked_at


def test_a_task_keeps_how_often_it_was_placed_anew(world: World) -> None:
    written(world, a_task(renewals=2))
    assert world.orders.read(lambda tx: tx.tasks("order-1")) == (a_task(renewals=2),)


def test_an_installation_has_one_name_for_ever(database: Database) -> None:
    names = iter(["first", "second"])
    assert [installation_id(database, lambda: next(names)) for _ in range(3)] == ["first"] * 3


@pytest.mark.parametrize("state", ["asked", "held", "releasing"])
def test_removing_a_check_gives_back_its_holds_in_the_same_transaction(world: World, state: State) -> None:
    world.questions.write(lambda tx: tx.add(a_question(state="done")))
    written(world, a_hold(state=state), a_hold(key="over", state="expired"))
    with pytest.raises(RuntimeError):
        world.questions.write(lambda tx: _removed_then(tx, RuntimeError("no")))
    assert [hold.state for hold in read(world, lambda tx: tx.holds_of("check-1"))] == [state, "expired"]
    world.questions.write(lambda tx: _removed_then(tx, None))
    assert [hold.state for hold in read(world, lambda tx: tx.holds_of("check-1"))] == ["releasing"]


def _removed_then(tx: Any, error: Exception | None) -> None:
    keep.forget_holds(tx, "check-1", NOW)
    tx.remove(tx.question("check", "check-1"))
    if error is not None:
        raise error
