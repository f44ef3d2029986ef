"""What goes when it is old, and what stays however old it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from linkwright.designs.answers import Answer, ItemAnswer
from linkwright.errors import NotFound
from linkwright.exchanges import Exchange
from linkwright.orders.errands import Task
from linkwright.outbound.redaction import said
from linkwright.posting import Post
from linkwright.store.audit import trail
from linkwright.store.database import Database
from linkwright.store.exchanges import SqlExchanges, exchanges_of
from linkwright.store.housekeeping import Housekeeper
from linkwright.store.prepared import Prepared
from linkwright.store.retention import _DEAD, _RUNS, SqlRetention
from linkwright.store.tables.designs import design, qualified
from linkwright.store.tables.notices import event, outbox
from linkwright.store.tables.resources import claim
from linkwright.store.tables.work import run, task
from linkwright.store.times import stamp
from tests.builders import NOW, a_question, a_solution, an_order
from tests.store.worlds import World, count, keys

YEAR = timedelta(days=365)
LATER = NOW + 3 * YEAR


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def retention(world: World) -> SqlRetention:
    return SqlRetention(world.database, now=lambda: LATER)


def an_order_in(world: World, state: str, name: str) -> None:
    """An order whose run is settled."""
    world.orders.write(lambda tx: (tx.add(an_order(id=name)), tx.wake("order", name, world.now)))
    if state != "acknowledged":
        world.orders.write(lambda tx: tx.save(replace(tx.order(name), state=state), "stateChanged"))
    world.orders.write(lambda tx: tx.settle("order", name, tx.attempts("order", name)[0], None))


def a_check(world: World, name: str, design_id: str = "", **changes: Any) -> None:
    """A check that is answered with a design of its own, unless another one is named."""
    solution = a_solution(design_id=design_id or f"design-{name}")
    answer = Answer(
        items=(ItemAnswer(ref="1", result="qualified", solution=solution),),
        totals=None,
        valid_until=None,
        computed_at=NOW,
    )
    asked = a_question(id=name, post=Post(keys=(f"key of {name}",), digest=""), **changes)

    def change(tx: Any) -> None:
        tx.put_designs([solution], "anonymous")
        tx.add(replace(asked, state="done", done_at=NOW, answer=answer))

    world.questions.write(change)


def test_settled_runs_of_final_and_removed_resources_go(world: World) -> None:
    for state in ("completed", "rejected"):
        an_order_in(world, state, state)
    world.orders.write(lambda tx: tx.wake("order", "gone", NOW))
    world.orders.write(lambda tx: tx.settle("order", "gone", 1, None))
    assert not retention(world).runs(NOW)
    assert count(world, run) == 3
    retention(world).runs(LATER)
    assert count(world, run) == 0


def test_runs_of_open_orders_and_runs_that_are_due_stay(world: World) -> None:
    for state in ("acknowledged", "inProgress", "held", "pendingCancellation"):
        an_order_in(world, state, state)
    an_order_in(world, "completed", "undoing")
    world.orders.write(lambda tx: tx.wake("order", "undoing", NOW))
    world.questions.write(lambda tx: tx.wake("check", "waits", NOW))
    before = keys(world, run.c.key)
    retention(world).runs(LATER)
    assert keys(world, run.c.key) == before


def test_a_withdrawn_order_that_still_undoes_keeps_its_run(world: World) -> None:
    an_order_in(world, "completed", "hidden")
    world.orders.write(lambda tx: tx.remove(tx.order("hidden"), still_running=True))
    retention(world).runs(LATER)
    assert keys(world, run.c.key) == ["hidden"]


def test_what_stays_does_not_keep_what_is_behind_it_and_may_go_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkwright.store.retention.BATCH", 2)
    for number, state in enumerate(("inProgress", "held", "completed", "acknowledged", "completed")):
        world.now = NOW + timedelta(days=number)
        an_order_in(world, state, f"{number}")
    cleaner = retention(world)
    while cleaner.runs(LATER):
        pass
    assert keys(world, run.c.key) == ["0", "1", "3"]
    world.orders.write(lambda tx: tx.save(replace(tx.order("0"), state="completed"), "stateChanged"))
    while cleaner.runs(LATER):
        pass
    assert keys(world, run.c.key) == ["1", "3"]


def test_settled_runs_of_holds_go(world: World) -> None:
    for name in ("over", "held"):
        world.orders.write(lambda tx, name=name: tx.wake("hold", name, NOW))
    world.orders.write(lambda tx: tx.settle("hold", "over", 1, None))
    world.orders.write(lambda tx: tx.settle("hold", "held", 1, LATER))
    retention(world).runs(LATER)
    assert keys(world, run.c.key) == ["held"]


@pytest.mark.parametrize(("asked", "index"), [(_RUNS, "lw_run_settled"), (_DEAD, "lw_outbox_dead")])
def test_what_is_old_is_found_by_an_index(sqlite_database: Database, asked: Prepared, index: str) -> None:
    steps: list[str] = []

    def traced(connection: Connection) -> None:
        told: list[str] = []
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(told.append)
        asked.rows(connection, {"after": "", "before": stamp(NOW), "most": 500})
        driver.set_trace_callback(None)
        steps.extend(str(step[3]) for step in driver.execute(f"EXPLAIN QUERY PLAN {told[0]}").fetchall())

    sqlite_database.read(traced)
    assert index in steps[0]
    assert not any("TEMP B-TREE" in step for step in steps)


def test_events_go_once_nobody_waits_for_them(world: World) -> None:
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    for name in ("a", "b", "c"):
        world.orders.write(lambda tx, name=name: tx.add(an_order(id=name)))
    first, second, _ = world.outbox.head(listener, 9)
    world.outbox.delivered([first.seq])
    world.outbox.dead(second.seq, "answered 400")
    world.now = LATER
    world.orders.write(lambda tx: tx.add(an_order(id="young")))

    cleaner = retention(world)
    cleaner.events(NOW + YEAR)
    assert keys(world, event.c.resource_id) == ["b", "c", "young"]

    world.outbox.delivered([row.seq for row in world.outbox.head(listener, 9)])
    cleaner.events(NOW + YEAR)
    assert keys(world, event.c.resource_id) == ["b", "young"]

    cleaner.dead(NOW)
    assert count(world, outbox) == 1
    cleaner.dead(NOW + YEAR)
    cleaner.events(NOW + YEAR)
    assert (count(world, outbox), keys(world, event.c.resource_id)) == (0, ["young"])


def test_bodies_of_exchanges_go_and_the_exchanges_stay(world: World) -> None:
    book = SqlExchanges(world.database)
    for method, at in (("POST", NOW), ("GET", NOW), ("POST", LATER)):
        of = {"system": "pool", "path": "/x", "key": None, "kind": "order", "id": "order-1", "outcome": "answered"}
        book.opened(Exchange(at=at, method=method, request=said(b"{}"), answer=said(b"[]"), **of))

    cleaner = retention(world)
    cleaner.exchange_bodies(NOW + YEAR)

    seen = exchanges_of(world.database, "order-1")
    assert [(one.method, one.request, one.answer) for one in seen] == [
        ("POST", None, None),
        ("GET", None, None),
        ("POST", b"{}", b"[]"),
    ]
    assert [one.answer_bytes for one in seen] == [2, 2, 2]

    cleaner.reads(NOW + YEAR)
    assert [one.method for one in exchanges_of(world.database, "order-1")] == ["POST", "POST"]


def test_an_old_check_goes_with_its_design_its_keys_and_its_searchable_entries(world: World) -> None:
    a_check(world, "old")

    assert not retention(world).questions(NOW)
    assert count(world, design) == 1
    cleaner = retention(world)
    while cleaner.questions(LATER):
        pass

    with pytest.raises(NotFound):
        world.questions.read(lambda tx: tx.question("check", "old"))
    assert [count(world, table) for table in (design, qualified, claim)] == [0, 0, 0]
    assert [entry.action for entry in trail(world.database, "old")][-1] == "removed by age"
    assert not cleaner.questions(LATER)


def test_a_check_that_is_not_answered_stays(world: World) -> None:
    world.questions.write(lambda tx: tx.add(a_question()))
    retention(world).questions(LATER)
    assert world.questions.read(lambda tx: tx.question("check", "check-1")).state == "accepted"


def test_a_check_that_an_open_order_refers_to_stays_with_its_design(world: World) -> None:
    a_check(world, "wanted")
    reference = [{"@type": "ExternalReference", "externalReferenceType": "serviceQualification", "id": "wanted/1"}]
    order = an_order(id="open")
    world.orders.write(lambda tx: tx.add(replace(order, body={**order.body, "externalReference": reference})))

    cleaner = retention(world)
    while cleaner.questions(LATER):
        pass
    assert world.questions.read(lambda tx: tx.question("check", "wanted")).id == "wanted"
    assert keys(world, design.c.design_id) == ["design-wanted"]

    world.orders.write(lambda tx: tx.save(replace(tx.order("open"), state="rejected"), "stateChanged"))
    while cleaner.questions(LATER):
        pass
    assert (count(world, design), count(world, qualified)) == (0, 0)


def test_a_design_that_an_order_committed_or_another_check_answers_with_stays(world: World) -> None:
    a_check(world, "one")
    a_check(world, "two")
    world.orders.write(lambda tx: tx.put_designs([a_solution(design_id="design-one")], "anonymous"))
    world.now = LATER
    a_check(world, "young", design_id="design-two", asked_at=LATER)

    cleaner = retention(world)
    while cleaner.questions(NOW + YEAR):
        pass

    assert keys(world, qualified.c.check_id) == ["young"]
    assert keys(world, design.c.design_id) == ["design-one", "design-two"]


def test_tasks_of_orders_and_what_was_done_are_never_removed(world: World) -> None:
    an_order_in(world, "completed", "order-1")
    held = Task(key="k", order_id="order-1", kind="reserve", system="pool", items=("1",), state="done")
    world.orders.write(lambda tx: tx.put_task(held))
    tasks, entries = count(world, task), len(trail(world.database, "order-1"))
    cleaner = retention(world)
    for remove in (cleaner.runs, cleaner.events, cleaner.dead, cleaner.questions, cleaner.inputs, cleaner.reads):
        remove(LATER)
    assert (count(world, task), len(trail(world.database, "order-1"))) == (tasks, entries)


def test_one_removal_that_fails_keeps_no_other_from_its_turn() -> None:
    asked: list[timedelta] = []

    def broken(_before: Any) -> bool:
        raise ZeroDivisionError

    left = [True, True, False]
    keeper = Housekeeper(
        {
            "broken": (timedelta(days=1), broken),
            "fine": (timedelta(days=2), lambda before: (asked.append(NOW - before), left.pop(0))[1]),
        },
        now=lambda: NOW,
    )
    keeper.clean_up()
    assert asked == [timedelta(days=2)] * 3
