"""`Database.run`: reading and writing from the event loop, written as if it waited."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from linkwright.errors import Unavailable
from linkwright.store.database import Database

WRITERS = 20


@pytest.fixture
def notes(database: Database) -> Iterator[Database]:
    database.write(lambda c: c.execute(text("CREATE TABLE scratch_run (id TEXT PRIMARY KEY)")))
    yield database
    database.write(lambda c: c.execute(text("DROP TABLE scratch_run")))


def adding(name: str) -> Callable[[Connection], str]:
    def change(connection: Connection) -> str:
        connection.execute(text("INSERT INTO scratch_run VALUES (:id)"), {"id": name})
        return name

    return change


def found(database: Database) -> set[str]:
    return set(database.read(lambda c: c.execute(text("SELECT id FROM scratch_run")).scalars().all()))


def all_of(database: Database, *works: Callable[[], Any]) -> list[Any]:
    async def together() -> list[Any]:
        return await asyncio.gather(*(database.run(work) for work in works), return_exceptions=True)

    return asyncio.run(together())


def test_many_at_once_lose_nothing(notes: Database) -> None:
    names = [f"note {number}" for number in range(WRITERS)]
    assert all_of(notes, *(lambda name=name: notes.write(adding(name)) for name in names)) == names
    assert found(notes) == set(names)


def test_a_failing_change_harms_none_of_those_beside_it(notes: Database) -> None:
    def fails(connection: Connection) -> None:
        adding("lost")(connection)
        raise LookupError("no such thing")

    kept, failed, also_kept = all_of(
        notes, lambda: notes.write(adding("a")), lambda: notes.write(fails), lambda: notes.write(adding("b"))
    )

    assert (kept, also_kept) == ("a", "b")
    assert isinstance(failed, LookupError)
    assert found(notes) == {"a", "b"}


def test_a_commit_that_the_disk_refuses_is_told_to_all_who_shared_it_and_the_next_goes_on(
    sqlite_database: Database,
) -> None:
    database = sqlite_database
    database.write(lambda c: c.execute(text("CREATE TABLE scratch_run (id TEXT PRIMARY KEY)")))
    refusals = iter([sqlite3.OperationalError("database or disk is full")])

    def refuse(_: Connection) -> None:
        if (refusal := next(refusals, None)) is not None:
            raise refusal

    event.listen(database.engines[0], "commit", refuse)
    refused = all_of(database, *(lambda name=name: database.write(adding(name)) for name in ("a", "b")))
    assert [type(error) for error in refused] == [Unavailable, Unavailable]
    assert found(database) == set()
    assert database.ready()

    assert all_of(database, lambda: database.write(adding("a"))) == ["a"]
    assert database.write(adding("b")) == "b"
    assert found(database) == {"a", "b"}


def test_work_sees_what_it_wrote_itself(notes: Database) -> None:
    def work() -> set[str]:
        notes.write(adding("a"))
        return found(notes)

    assert all_of(notes, work) == [{"a"}]


def test_threads_write_at_the_same_time(notes: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        others = [threads.submit(notes.write, adding(f"thread {number}")) for number in range(WRITERS)]
        all_of(notes, *(lambda name=name: notes.write(adding(f"loop {name}")) for name in range(WRITERS)))
        for other in others:
            other.result(timeout=30)
    assert len(found(notes)) == 2 * WRITERS


def test_those_who_come_together_share_a_commit(sqlite_database: Database) -> None:
    database = sqlite_database
    database.write(lambda c: c.execute(text("CREATE TABLE scratch_run (id TEXT PRIMARY KEY)")))
    commits: list[object] = []
    event.listen(database.engines[0], "commit", commits.append)
    all_of(database, *(lambda name=name: database.write(adding(f"note {name}")) for name in range(WRITERS)))
    assert len(commits) == 1


def test_a_change_must_not_begin_another_write(sqlite_database: Database) -> None:
    def change(_: Connection) -> None:
        sqlite_database.write(lambda _: None)

    (failed,) = all_of(sqlite_database, lambda: sqlite_database.write(change))
    assert isinstance(failed, RuntimeError)
    assert sqlite_database.write(lambda _: "still works") == "still works"


def test_a_lock_of_another_process_is_waited_for_without_holding_up_the_loop(sqlite_database: Database) -> None:
    sqlite_database.write(lambda c: c.execute(text("CREATE TABLE scratch_run (id TEXT PRIMARY KEY)")))
    other = sqlite3.connect(str(sqlite_database.engines[0].url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    async def both() -> str:
        writing = asyncio.create_task(sqlite_database.run(lambda: sqlite_database.write(adding("a"))))
        await asyncio.sleep(0.05)
        assert not writing.done()
        other.execute("ROLLBACK")
        return await writing

    assert asyncio.run(both()) == "a"
    assert found(sqlite_database) == {"a"}
    other.close()


def test_on_sqlite_nothing_but_the_commit_leaves_the_loop(sqlite_database: Database) -> None:
    threads: list[int] = []
    work = lambda: sqlite_database.write(lambda _: threads.append(threading.get_ident()))  # noqa: E731
    all_of(sqlite_database, work)
    assert threads == [threading.get_ident()]
