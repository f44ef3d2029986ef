"""How much waits, for whoever watches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from linkwright.store.database import Database
from linkwright.store.figures import _figures, figures
from linkwright.store.times import stamp
from tests.builders import NOW, a_question, an_order
from tests.orders.world import two_items
from tests.store.worlds import World

LATER = NOW + timedelta(minutes=10)


def test_of_an_empty_store_there_is_nothing_to_tell(database: Database) -> None:
    found = figures(database, NOW)
    assert (found.due, found.queues, found.suspended, found.holds) == ([], [], 0, {})
    assert set(found.orders.values()) == {0}


def test_due_runs_are_counted_by_kind_with_the_oldest(database: Database) -> None:
    world = World(database)
    world.orders.write(lambda tx: (tx.wake("order", "a", NOW), tx.wake("order", "b", LATER)))
    world.questions.write(lambda tx: tx.wake("check", "c", LATER + timedelta(days=1)))

    found = figures(database, LATER)

    assert [(due.kind, due.many, due.oldest_at) for due in found.due] == [("order", 2, NOW)]


def test_queues_of_listeners_are_told_with_their_age(database: Database) -> None:
    world = World(database)
    one = world.subscriptions.add("serviceOrdering", "http://one", "").id
    two = world.subscriptions.add("serviceOrdering", "http://two", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    world.now = LATER
    world.orders.write(lambda tx: tx.add(an_order(id="order-2")))
    world.outbox.dead(world.outbox.head(one, 1)[0].seq, "answered 400")
    world.outbox.suspend(two, "silent", LATER)

    first, second = figures(database, LATER).queues

    assert (first.subscription_id, first.waiting, first.dead, first.oldest_at) == (one, 1, 1, LATER)
    assert (second.suspended, second.waiting, second.dead, second.oldest_at) == (True, 2, 0, NOW)
    assert figures(database, LATER).suspended == 1


def test_open_orders_holds_and_all_resources_are_counted(database: Database) -> None:
    world = World(database)
    world.questions.write(lambda tx: tx.add(a_question()))
    for name in ("a", "b", "c"):
        world.orders.write(lambda tx, name=name: tx.add(an_order(id=name, items=two_items())))
    world.orders.write(lambda tx: tx.save(replace(tx.order("b"), state="inProgress"), "stateChanged"))
    world.orders.write(lambda tx: tx.save(replace(tx.order("c"), state="rejected"), "stateChanged"))

    found = figures(database, NOW)

    assert {state: many for state, many in found.orders.items() if many} == {"acknowledged": 1, "inProgress": 1}
    assert found.resources["serviceOrder"] == 3
    assert found.resources["checkServiceQualification"] == 1


def test_a_scrape_looks_only_into_indexes(sqlite_database: Database) -> None:
    asked: list[str] = []

    def traced(connection: Connection) -> list[str]:
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(asked.append)
        _figures(connection, stamp(NOW))
        driver.set_trace_callback(None)
        plans = [driver.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in asked if sql.startswith("SELECT")]
        return [str(step[3]) for plan in plans for step in plan]

    steps = sqlite_database.read(traced)

    large = ("lw_document", "lw_task", "lw_outbox", "lw_event", "lw_run")
    looked = [step for step in steps if any(table in step for table in large)]
    assert len(looked) > len(large)
    assert [step for step in looked if not step.startswith("SEARCH") and " INDEX " not in step] == [], steps
