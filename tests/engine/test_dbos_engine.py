"""What only the engine on dbos has: threads, locks, a history, and a life after a death."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from linkwright.engine import dbos_engine, orphans
from linkwright.engine.dbos_engine import DbosEngine
from linkwright.engine.liveness import EngineBusy, SoleProcess
from tests.engine.bench import Bench
from tests.engine.fakes import Rows, nothing, real_now, wait_until


@pytest.fixture
def bench(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    bench = Bench(engine_url)
    yield bench
    bench.engine.stop(drain_s=10.0)
    assert list(elsewhere.iterdir()) == []  # dbos makes a database in the working directory when left alone


@pytest.fixture
def postgres_bench(postgres_url: str) -> Iterator[Bench]:
    """Where several processes work on one queue."""
    bench = Bench(postgres_url)
    yield bench
    bench.engine.stop(drain_s=10.0)


def test_one_piece_never_runs_twice_at_once_while_others_run_beside_it(bench: Bench) -> None:
    gate, inside, most, ran = threading.Event(), [0], [0], []

    def todo() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(60.0)
        inside[0] -= 1
        ran.append("held")

    held = bench.due(bench.a_piece(todo))
    bench.engine.poke("piece", held)
    bench.until(lambda: inside[0] == 1, "the first run begins")
    for n in range(5):
        bench.engine.poke("piece", held)
        other: list[int] = []
        bench.engine.poke("piece", bench.a_piece(lambda n=n, other=other: other.append(n)))
        bench.until(lambda other=other: bool(other), "another piece runs beside it")
    gate.set()
    bench.until(lambda: len(ran) >= 2, "a poke during the run leads to a second one")
    assert most == [1]


def test_an_engine_outlives_a_store_that_is_away(bench: Bench) -> None:
    ran: list[str] = []
    bench.rows.broken = True
    asked = bench.rows.asked
    bench.due(bench.a_piece(lambda: ran.append("ran")))
    bench.until(lambda: bench.rows.asked > asked + 2, "the sweep asks in vain")
    bench.rows.broken = False
    bench.until(lambda: bool(ran), "the row is found")
    assert bench.engine.healthy()


def test_a_recorded_step_that_is_replayed_is_made_again(bench: Bench) -> None:
    from dbos import DBOS

    calls: list[str] = []
    answers: list[int] = []

    def todo() -> None:
        for name in ("first", "second"):
            answers.append(bench.engine.steps.retried(name, lambda name=name: calls.append(name) or len(calls)))

    key = bench.a_piece(todo)
    bench.engine.poke("piece", key)
    bench.until(lambda: len(answers) == 2, "the run ends")
    history = DBOS.list_workflows(workflow_id_prefix=f"advance:piece:{key}:")
    DBOS.fork_workflow(history[0].workflow_id, start_step=2)
    bench.until(lambda: len(answers) == 4, "the run is replayed from its second step")
    assert calls == ["first", "second", "first", "second"]
    assert answers == [1, 2, 3, 4]


def test_what_runs_for_another_process_is_known_to_the_sweep(postgres_bench: Bench) -> None:
    gate, held = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        gate.wait(60.0)

    engine, key = postgres_bench.engine, postgres_bench.a_piece(hold, "held: by one")
    assert isinstance(engine, DbosEngine)
    engine.poke("piece", key)
    assert held.wait(60.0)
    assert engine._in_queue() == {("piece", key)}
    gate.set()
    postgres_bench.until(lambda: not engine._in_queue(), "its end is recorded")


def test_old_history_is_purged(bench: Bench) -> None:
    from dbos import DBOS

    ran: list[int] = []
    engine = bench.engine
    assert isinstance(engine, DbosEngine)
    for n in range(3):
        engine.poke("piece", bench.a_piece(lambda n=n: ran.append(n)))
    bench.until(lambda: len(ran) == 3, "all have run")
    bench.until(lambda: len(DBOS.list_workflows(status="SUCCESS")) == 3, "their end is recorded")
    assert engine.purge(datetime.now(UTC) - timedelta(days=1)) == 0
    assert engine.purge(datetime.now(UTC) + timedelta(minutes=1)) == 3
    assert DBOS.list_workflows() == []


def test_what_is_poked_before_the_launch_runs_after_it(engine_url: str) -> None:
    ran: list[str] = []
    engine = an_engine(engine_url, ran.append)
    engine.poke("piece", "early")
    assert not engine.healthy()
    engine.start()
    wait_until(lambda: ran == ["early"], "the early poke runs")
    engine.stop(drain_s=10.0)


def test_stopping_waits_for_what_runs_and_begins_nothing_new(engine_url: str) -> None:
    begun, gate, ended = threading.Event(), threading.Event(), []

    def slow(key: str) -> None:
        begun.set()
        gate.wait(60.0)
        ended.append(key)

    engine = an_engine(engine_url, slow)
    engine.start()
    engine.poke("piece", "slow")
    assert begun.wait(60.0)
    stopping = threading.Thread(target=engine.stop, args=(60.0,))
    stopping.start()
    wait_until(engine._stopping.is_set, "the stop has begun")
    engine.poke("piece", "late")
    gate.set()
    stopping.join(60.0)
    assert ended == ["slow"]


def test_a_run_that_outlasts_the_stop_keeps_the_next_process_out(tmp_path: Path) -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow(_key: str) -> None:
        begun.set()
        gate.wait(60.0)

    url = f"sqlite:///{tmp_path / 'engine.db'}"
    first, second = an_engine(url, slow), an_engine(url, nothing)
    first.start()
    first.poke("piece", "slow")
    assert begun.wait(60.0)
    first.stop(drain_s=0.0)
    with pytest.raises(EngineBusy):
        second.start()
    gate.set()
    first.stop(drain_s=60.0)
    successor = SoleProcess(tmp_path / "engine.db")
    successor.claim()
    successor.release()


def test_an_engine_that_never_started_can_be_stopped(engine_url: str) -> None:
    engine = an_engine(engine_url, nothing)
    engine.stop(drain_s=0.0)
    assert not engine.healthy()


def test_two_engines_cannot_work_on_one_sqlite_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'engine.db'}"
    first, second = an_engine(url, nothing), an_engine(url, nothing)
    first.start()
    with pytest.raises(EngineBusy, match=r"engine\.db\.lock"):
        second.start()
    first.stop(drain_s=0.0)


def test_the_sqlite_file_has_a_write_ahead_log(tmp_path: Path) -> None:
    engine = an_engine(f"sqlite:///{tmp_path / 'engine.db'}", nothing)
    engine.start()
    wait_until(engine.healthy, "the engine is healthy")
    with sqlite3.connect(tmp_path / "engine.db") as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    engine.stop(drain_s=0.0)
    assert mode == ("wal",)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="in memory"):
        an_engine(url, nothing)


def test_a_kind_with_a_colon_is_refused(tmp_path: Path) -> None:
    engine = DbosEngine(f"sqlite:///{tmp_path / 'engine.db'}", due_rows=Rows(), now=real_now, application_version="1")
    with pytest.raises(ValueError, match="colon"):
        engine.register("a:b", nothing)


def an_engine(url: str, run: Callable[[str], None]) -> DbosEngine:
    engine = DbosEngine(url, due_rows=Rows(), now=real_now, application_version="1")
    engine.register("piece", run)
    return engine


def test_a_run_whose_end_could_not_be_written_does_not_keep_its_piece_from_running_again(
    engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbos_engine, "TAKE_OVER_EVERY_S", 0.1)
    monkeypatch.setattr(orphans, "ORPHANED_AFTER_S", 0.3)
    bench = Bench(engine_url)
    ran: list[str] = []
    piece = bench.due(bench.a_piece(lambda: ran.append("ran")))
    bench.until(lambda: bench.settled(piece) and not _running(engine_url), "the first run ends")
    _execute(engine_url, "UPDATE {workflow_status} SET status = 'PENDING'")
    bench.due(piece)
    bench.until(lambda: len(ran) == 2, "it runs again")
    bench.engine.stop(drain_s=10.0)


def _running(url: str) -> int:
    return int(_execute(url, "SELECT count(*) FROM {workflow_status} WHERE status = 'PENDING'")[0][0])


def _execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """On the tables that the engine keeps."""
    engine = sa.create_engine(sa.make_url(url), poolclass=sa.NullPool)
    schema = "" if engine.dialect.name == "sqlite" else "dbos."
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement.format(workflow_status=f"{schema}workflow_status")))
        return [tuple(row) for row in result] if result.returns_rows else []
