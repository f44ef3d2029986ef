"""What designs were computed from goes once no stored design names it any more."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, text

from linkwright.designs.answers import SiteSolution
from linkwright.store import old_inputs
from linkwright.store.database import Database
from linkwright.store.designs import drop_designs, put_designs
from linkwright.store.retention import SqlRetention
from linkwright.store.tables.designs import design_input, design_network
from tests.builders import NOW, a_requirement
from tests.designs.answering import a_designer, some_facts
from tests.fakes import FakeClock
from tests.store.worlds import World, count, keys

YEAR = timedelta(days=365)
LATER = NOW + 3 * YEAR


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def retention(world: World) -> SqlRetention:
    return SqlRetention(world.database, now=lambda: LATER)


def designs_in(world: World, prefix: str, *mbps: int) -> list[SiteSolution]:
    """Designs of one network, each computed from inputs of its own, stored as the answer of a check."""
    answers = [a_designer(some_facts()).answer([a_requirement(bandwidth_mbps=one)]) for one in mbps]
    found = [replace(item.solution, design_id=f"{prefix}-{n}") for n, one in enumerate(answers) for item in one.items]
    world.questions.write(lambda tx: tx.put_designs(found, "anonymous"))
    return found


def forgotten(world: World, *solutions: SiteSolution) -> None:
    """As if their checks had been removed."""
    world.database.write(lambda connection: drop_designs(connection, [one.design_id for one in solutions]))


def walked(cleaner: SqlRetention, before: datetime = LATER) -> None:
    while cleaner.inputs(before):
        pass


def test_inputs_go_once_no_design_names_them_and_they_are_old(world: World) -> None:
    kept, gone = designs_in(world, "design", 100, 200)
    forgotten(world, gone)
    walked(retention(world), NOW)
    assert count(world, design_input) == 2
    walked(retention(world))
    assert keys(world, design_input.c.id) == [kept.input_id]
    assert count(world, design_network) == 1
    forgotten(world, kept)
    walked(retention(world))
    assert (count(world, design_input), count(world, design_network)) == (0, 0)


def test_inputs_stay_as_long_as_any_version_of_an_ordered_design_names_them(world: World) -> None:
    (first, second) = designs_in(world, "design", 100, 200)
    forgotten(world, first, second)
    again = replace(second, design_id=first.design_id, version=2)
    world.orders.write(lambda tx: tx.put_designs([first, again], "anonymous"))
    forgotten(world, first)
    walked(retention(world))
    assert count(world, design_input) == 2


def test_a_design_that_is_stored_behind_the_walk_keeps_its_inputs(world: World) -> None:
    kept, old = designs_in(world, "old", 100, 200)
    forgotten(world, old)
    cleaner = retention(world)
    assert [cleaner.inputs(NOW + YEAR) for _ in ("the inputs", "the designs")] == [True, True]
    world.now = LATER
    (young,) = designs_in(world, "young", 200)
    assert young.input_id == old.input_id
    walked(cleaner, NOW + YEAR)
    assert keys(world, design_input.c.id) == sorted([str(kept.input_id), str(old.input_id)])


def test_a_network_that_somebody_takes_at_this_moment_stays(request: pytest.FixtureRequest) -> None:
    database = Database(request.getfixturevalue("_postgres_url"))
    world = World(database)
    (first,) = designs_in(world, "first", 100)
    forgotten(world, first)
    database.write(lambda connection: connection.execute(delete(design_input)))
    assert count(world, design_network) == 1

    with ThreadPoolExecutor(1) as threads:

        def take(connection: Connection) -> Future[None]:
            put_designs(connection, [first], "anonymous", NOW)
            removal = threads.submit(walked, retention(world))
            _until(lambda: removal.done() or _somebody_waits(database))
            return removal

        database.write(take).result(20)
    assert (count(world, design_input), count(world, design_network)) == (1, 1)
    database.close()


def _somebody_waits(database: Database) -> bool:
    ours = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    waiting = text(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {ours}")  # noqa: S608
    return bool(database.read(lambda connection: connection.execute(waiting).scalar_one()))


def _until(happened: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if happened():
            return
        pause.wait(0.005)
    pytest.fail("it never happened")


def test_all_designs_are_read_however_many_there_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_inputs, "INPUTS_AT_ONCE", 2)
    monkeypatch.setattr(old_inputs, "DESIGNS_AT_ONCE", 2)
    monkeypatch.setattr(old_inputs, "WRITTEN_AT_ONCE", 1)
    found = designs_in(world, "design", *range(100, 600, 100))
    forgotten(world, found[1], found[3])
    walked(retention(world))
    assert keys(world, design_input.c.id) == sorted(str(found[n].input_id) for n in (0, 2, 4))


def test_old_inputs_are_looked_for_once_a_day(world: World) -> None:
    clock = FakeClock(LATER)
    cleaner = SqlRetention(world.database, now=clock)
    walked(cleaner)
    forgotten(world, *designs_in(world, "design", 100))
    clock.time = LATER + timedelta(hours=23)
    walked(cleaner)
    assert count(world, design_input) == 1
    clock.time = LATER + timedelta(hours=24)
    walked(cleaner)
    assert count(world, design_input) == 0
