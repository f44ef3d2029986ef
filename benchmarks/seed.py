"""Orders that lie in the store before the first window: ours through the store's own code, theirs as plain rows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import uuid_utils

from benchmarks.bodies import an_order
from benchmarks.naive import SCHEMA
from linkwright.orders.errands import Task
from linkwright.orders.place import RUN
from linkwright.orders.ports import OrderTx
from linkwright.store.books import Books, SqlBooks
from linkwright.store.database import Database
from linkwright.store.orders import SqlOrderTx
from linkwright.wire.v4.service_order import read_order, write_order

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 500
EVERY = timedelta(minutes=1)
BASE = "http://127.0.0.1"


def ordered_at(number: int) -> datetime:
    return FIRST + number * EVERY


def seeded(database: Path, count: int) -> list[str]:
    """`count` orders of one item, a minute between each, the way `POST` stores them; their ids."""
    with opened(f"sqlite:///{database}") as books:
        return seeded_in(books, count)


@contextmanager
def opened(database_url: str) -> Iterator[Books[SqlOrderTx]]:
    """The books of orders, as the server writes them."""
    store = Database(database_url)
    store.migrate()
    yield SqlBooks(store, base_url=BASE, new_id=new_id, now=lambda: datetime.now(UTC)).orders
    store.close()


def seeded_in(books: Books[SqlOrderTx], count: int) -> list[str]:
    ids = [new_id() for _ in range(count)]
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        orders = [a_stored_order(ids[number], number) for number in numbers]

        def change(tx: OrderTx, orders: list[object] = orders) -> None:
            for order in orders:
                tx.add(order)  # type: ignore[arg-type]
                tx.wake(RUN, order.id, order.requested_start)  # type: ignore[attr-defined]

        books.write(change)
    return ids


def copied_in(books: Books[SqlOrderTx], order_id: str, count: int, due_at: datetime) -> None:
    """As many orders as that one, with its tasks, each of which is to be looked at again at `due_at`."""
    order, tasks = books.read(lambda tx: (tx.order(order_id), tx.tasks(order_id)))

    def copy(tx: OrderTx) -> None:
        copied = new_id()
        tx.add(replace(order, id=copied, post=None))
        for task in tasks:
            tx.put_task(_copied(task, order_id, copied, due_at))
        tx.wake(RUN, copied, due_at)

    def change(some: int) -> Callable[[OrderTx], None]:
        return lambda tx: [copy(tx) for _ in range(some)] and None

    for start in range(0, count, BATCH):
        books.write(change(min(BATCH, count - start)))


def _copied(task: Task, old: str, new: str, due_at: datetime) -> Task:
    return replace(
        task,
        key=task.key.replace(old, new),
        order_id=new,
        after=tuple(key.replace(old, new) for key in task.after),
        remote_id=f"{task.remote_id}-{new}" if task.remote_id else None,
        look_at=due_at if task.look_at else None,
    )


def seeded_naively(database: Path, ids: list[str]) -> None:
    """The same orders for the naive application."""
    connection = sqlite3.connect(database)
    connection.executescript(SCHEMA)
    for number, order_id in enumerate(ids):
        doc = write_order(a_stored_order(order_id, number), BASE)
        row = (order_id, doc["state"], doc["orderDate"], doc.get("externalId"), orjson.dumps(doc).decode())
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()


def seeded_at_the_limit(database: Path, ids: list[str]) -> None:
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, doc BLOB) WITHOUT ROWID")
    body = orjson.dumps(write_order(a_stored_order("1", 1), BASE))
    connection.executemany("INSERT INTO orders VALUES (?, ?)", [(order_id, body) for order_id in ids])
    connection.commit()
    connection.close()


def external_id(number: int) -> str:
    return f"bss-{number}"


def a_stored_order(order_id: str, number: int):  # type: ignore[no-untyped-def]
    body = an_order(1, externalId=external_id(number))
    return read_order(body, id=order_id, now=ordered_at(number), requester="anonymous")


def new_id() -> str:
    return str(uuid_utils.uuid7())
