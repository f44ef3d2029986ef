import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from linkwright.errors import StaleVersion, Unavailable
from linkwright.store.database import Database


@pytest.fixture
def notes(database: Database) -> Iterator[Database]:
    """A database with one more table, `scratch_note`."""
    database.write(lambda c: c.execute(text("CREATE TABLE scratch_note (id TEXT PRIMARY KEY)")))
    yield database
    database.write(lambda c: c.execute(text("DROP TABLE scratch_note")))


def _note(connection: Connection, name: str) -> str:
    connection.execute(text("INSERT INTO scratch_note VALUES (:id)"), {"id": name})
    return name


def _finds_nothing(_: Connection) -> None:
    raise LookupError


def _notes(database: Database) -> set[str]:
    return set(database.read(lambda c: c.execute(text("SELECT id FROM scratch_note")).scalars().all()))


def test_a_write_returns_what_its_change_returns_and_is_seen_by_readers(notes: Database) -> None:
    assert notes.write(lambda c: _note(c, "a")) == "a"
    assert _notes(notes) == {"a"}


def test_a_change_that_raises_is_undone_and_its_caller_hears_why(notes: Database) -> None:
    def fails(connection: Connection) -> None:
        _note(connection, "lost")
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        notes.write(fails)
    notes.write(lambda c: _note(c, "kept"))

    assert _notes(notes) == {"kept"}


def test_writers_in_many_threads_lose_nothing(notes: Database) -> None:
    names = [f"note {i}" for i in range(200)]
    with ThreadPoolExecutor(8) as threads:
        returned = list(threads.map(lambda name: notes.write(lambda c: _note(c, name)), names))

    assert returned == names
    assert _notes(notes) == set(names)


def test_a_failing_change_harms_none_of_those_that_arrive_with_it(notes: Database) -> None:
    def write(number: int) -> str:
        def change(connection: Connection) -> str:
            _note(connection, f"note {number}")
            if number % 3 == 0:
                raise LookupError(str(number))
            return f"note {number}"

        try:
            return notes.write(change)
        except LookupError as error:
            return f"failed {error}"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(write, range(90)))

    assert answers == [f"failed {i}" if i % 3 == 0 else f"note {i}" for i in range(90)]
    assert _notes(notes) == {f"note {i}" for i in range(90) if i % 3}


def test_a_reader_sees_one_moment(notes: Database) -> None:
    def look(connection: Connection) -> tuple[int, int]:
        count = text("SELECT count(*) FROM scratch_note")
        before = connection.execute(count).scalar_one()
        notes.write(lambda c: _note(c, "meanwhile"))
        return before, connection.execute(count).scalar_one()

    assert notes.read(look) == (0, 0)


def test_readers_do_not_wait_for_each_other(sqlite_database: Database) -> None:
    readers = 40
    all_at_once = threading.Barrier(readers)

    def look(connection: Connection) -> int:
        all_at_once.wait(20)
        return int(connection.execute(text("SELECT 1")).scalar_one())

    with ThreadPoolExecutor(readers) as threads:
        assert sum(threads.map(lambda _: sqlite_database.read(look), range(readers))) == readers


def test_a_reader_cannot_write(notes: Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)):
        notes.read(lambda c: _note(c, "smuggled"))

    assert _notes(notes) == set()


def test_a_failed_read_leaves_its_connection_usable(notes: Database) -> None:
    for _ in range(30):
        with pytest.raises(LookupError):
            notes.read(_finds_nothing)

    assert _notes(notes) == set()


def test_writers_that_wait_for_a_flush_share_the_next_one(sqlite_database: Database) -> None:
    commits: list[None] = []
    event.listen(sqlite_database.engines[0], "commit", lambda _: commits.append(None))
    sqlite_database.write(lambda c: c.execute(text("CREATE TABLE scratch_note (id TEXT PRIMARY KEY)")))
    commits.clear()
    first_is_in, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> str:
        first_is_in.set()
        assert go_on.wait(10)
        return _note(connection, "first")

    def fails(connection: Connection) -> None:
        _note(connection, "undone")
        raise LookupError("only mine")

    with ThreadPoolExecutor(22) as threads:
        first = threads.submit(sqlite_database.write, slow)
        assert first_is_in.wait(10)
        others = [threads.submit(sqlite_database.write, lambda c, i=i: _note(c, f"note {i}")) for i in range(20)]
        failing = threads.submit(sqlite_database.write, fails)
        _until_waiting(sqlite_database, 21)
        go_on.set()
        assert [other.result(10) for other in others] == [f"note {i}" for i in range(20)]
        with pytest.raises(LookupError, match="only mine"):
            failing.result(10)
        assert first.result(10) == "first"

    assert len(commits) < 21
    assert _notes(sqlite_database) == {"first"} | {f"note {i}" for i in range(20)}


def test_a_commit_that_fails_is_told_to_everyone_who_shared_it(sqlite_database: Database) -> None:
    sqlite_database.write(lambda c: c.execute(text("CREATE TABLE scratch_note (id TEXT PRIMARY KEY)")))
    first_is_in, go_on = threading.Event(), threading.Event()
    full = [True]

    def slow(connection: Connection) -> None:
        first_is_in.set()
        assert go_on.wait(10)
        _note(connection, "first")

    def disk_is_full(_: Connection) -> None:
        if full:
            raise sqlite3.OperationalError("database or disk is full")

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(sqlite_database.write, slow)
        assert first_is_in.wait(10)
        second = threads.submit(sqlite_database.write, lambda c: _note(c, "second"))
        _until_waiting(sqlite_database, 1)
        event.listen(sqlite_database.engines[0], "commit", disk_is_full)
        go_on.set()
        for lost in (first, second):
            with pytest.raises(Unavailable, match="database"):
                lost.result(10)

    full.clear()
    sqlite_database.write(lambda c: _note(c, "after"))
    assert _notes(sqlite_database) == {"after"}


def _until_waiting(database: Database, writers: int) -> None:
    """Wait for threads to queue behind the one that is writing; they only have to reach the queue."""
    pause = threading.Event()
    for _ in range(2000):
        if database.waiting_writers >= writers:
            return
        pause.wait(0.005)
    pytest.fail("the writers never came to wait")


def test_a_change_that_begins_another_write_is_refused_instead_of_waiting_for_itself(sqlite_database: Database) -> None:
    with pytest.raises(RuntimeError, match="another write"):
        sqlite_database.write(lambda _: sqlite_database.write(lambda _: None))

    assert sqlite_database.write(lambda _: "goes on") == "goes on"


def test_every_commit_is_flushed_and_readers_do_not_block_the_writer(sqlite_database: Database) -> None:
    def pragma(name: str) -> object:
        return sqlite_database.write(lambda c: c.execute(text(f"PRAGMA {name}")).scalar_one())

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_of_two_postgres_writers_that_lock_crosswise_one_is_told_to_read_again(
    request: pytest.FixtureRequest,
) -> None:
    database = Database(request.getfixturevalue("_postgres_url"))
    lock = text("SELECT pg_advisory_xact_lock(:key)")
    meet = threading.Barrier(2)

    def write(keys: tuple[int, int]) -> str:
        def change(connection: Connection) -> str:
            connection.execute(lock, {"key": keys[0]})
            meet.wait(10)
            connection.execute(lock, {"key": keys[1]})
            return "written"

        try:
            return database.write(change)
        except StaleVersion:
            return "stale"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(write, [(1, 2), (2, 1)])) == ["stale", "written"]
    database.close()


def test_a_database_that_does_not_answer_is_unavailable_and_not_ready() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nowhere")

    assert not database.ready()
    with pytest.raises(Unavailable, match="database"):
        database.read(lambda c: c.execute(text("SELECT 1")))
    database.close()


def test_a_server_that_takes_a_connection_and_says_nothing_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linkwright.store.database._CONNECT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as threads:
        database = Database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nowhere")
        asked = threads.submit(database.read, lambda c: c.execute(text("SELECT 1")))
        try:
            assert isinstance(asked.exception(20), Unavailable)
        finally:
            silent.close()
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql+pymysql://somewhere/db"])
def test_a_database_that_could_not_keep_its_promise_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"memory|neither"):
        Database(url)


WRITER = """
import sys, threading
from sqlalchemy import text
from linkwright.store.database import Database

database = Database(sys.argv[1])
database.migrate()
say = threading.Lock()

def write(worker):
    number = 0
    while True:
        name = f"{worker}-{number}"
        database.write(lambda c: c.execute(text("INSERT INTO lw_peer_hub VALUES (:id, 'x')"), {"id": name}))
        with say:
            print(name, flush=True)
        number += 1

for worker in range(4):
    threading.Thread(target=write, args=(worker,)).start()
"""


def test_a_killed_process_loses_nothing_that_it_acknowledged(database_url: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(120)]
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    writer.stdout.close()
    assert writer.wait(10) == -signal.SIGKILL

    database = Database(database_url)
    database.migrate()
    stored = set(database.read(lambda c: c.execute(text("SELECT system FROM lw_peer_hub")).scalars().all()))
    database.close()
    assert len(acknowledged) >= 120
    assert set(acknowledged) <= stored


def test_the_database_file_may_be_named_with_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with 100 %"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'ours.db'}")
    database.migrate()

    assert database.ready()
    database.close()


def test_a_database_that_takes_nothing_says_so_until_it_takes_a_write_again(sqlite_database: Database) -> None:
    database, full = sqlite_database, [True]

    def refuse(_: Connection) -> None:
        if full[0]:
            raise sqlite3.OperationalError("database or disk is full")

    assert database.takes_writes()
    event.listen(database.engines[0], "commit", refuse)
    with pytest.raises(Unavailable):
        database.write(lambda c: c.execute(text("CREATE TABLE scratch_full (id TEXT)")))
    assert not database.takes_writes()
    assert database.ready()
    full[0] = False
    assert database.takes_writes()
