"""The engine for unit tests: it runs what is due when it is told to, and it can die where a test wants it to."""

from datetime import UTC, datetime, timedelta

import pytest

from linkwright.engine.in_memory import InMemoryEngine, Killed
from tests.engine.fakes import Rows

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class World:
    """An engine whose one kind of piece makes three calls, and a row that is settled when all three were made."""

    def __init__(self) -> None:
        self.now = NINE
        self.rows = Rows()
        self.calls: list[str] = []
        self.engine = InMemoryEngine(self.rows, lambda: self.now)
        self.engine.register("order", self.run)
        self.engine.start()

    def run(self, key: str) -> None:
        for name in ("reserve", "procure", "provide"):
            self.engine.steps.retried(name, lambda name=name: self.calls.append(name))
        self.rows.settle("order", key)


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_runs_until_it_is_told_to(world: World) -> None:
    world.engine.poke("order", "1")
    assert world.calls == []
    assert world.engine.run_due() == 1
    assert world.calls == ["reserve", "procure", "provide"]
    assert world.engine.run_due() == 0


def test_what_is_poked_and_due_runs_once(world: World) -> None:
    world.rows.put("order", "1", NINE)
    world.engine.poke("order", "1")
    assert world.engine.run_until_quiet() == 1


def test_a_row_of_tomorrow_waits(world: World) -> None:
    world.rows.put("order", "1", NINE + timedelta(days=1))
    world.engine.poke("order", "2", delay_s=24 * 3600.0)
    assert world.engine.run_until_quiet() == 0
    world.now += timedelta(days=1)
    assert world.engine.run_until_quiet() == 2


def test_a_death_before_the_second_call_leaves_it_unmade(world: World) -> None:
    world.rows.put("order", "1", NINE)
    world.engine.crash_before_step(2)
    with pytest.raises(Killed, match="before procure"):
        world.engine.run_until_quiet()
    assert world.calls == ["reserve"]
    world.engine.run_until_quiet()
    assert world.calls == ["reserve", "reserve", "procure", "provide"]


def test_a_death_after_the_second_call_makes_it_again(world: World) -> None:
    world.rows.put("order", "1", NINE)
    world.engine.crash_after_step(2)
    with pytest.raises(Killed, match="after procure"):
        world.engine.run_until_quiet()
    world.engine.run_until_quiet()
    assert world.calls == ["reserve", "procure", "reserve", "procure", "provide"]


def test_a_death_is_not_seen_by_the_code_that_dies(world: World) -> None:
    def careful(_key: str) -> None:
        try:
            world.engine.steps.retried("reserve", lambda: None)
        except Exception:
            world.calls.append("compensated")

    engine = world.engine = InMemoryEngine(world.rows, lambda: world.now)
    engine.register("careful", careful)
    engine.poke("careful", "1")
    engine.crash_before_step(1)
    with pytest.raises(Killed):
        engine.run_due()
    assert world.calls == []


def test_pokes_are_lost_with_the_process(world: World) -> None:
    world.engine.poke("order", "1")
    world.engine.poke("order", "2")
    world.engine.crash_before_step(1)
    with pytest.raises(Killed):
        world.engine.run_due()
    assert world.engine.run_due() == 0


def test_a_run_that_raises_surfaces_after_the_others_have_run(world: World) -> None:
    def broken(_key: str) -> None:
        raise ValueError("broken")

    engine = world.engine = InMemoryEngine(world.rows, lambda: world.now)
    engine.register("broken", broken)
    engine.register("order", world.run)
    engine.poke("broken", "1")
    engine.poke("order", "2")
    with pytest.raises(ValueError, match="broken"):
        engine.run_due()
    assert world.calls == ["reserve", "procure", "provide"]


def test_a_piece_that_is_always_due_again_is_found_out(world: World) -> None:
    engine = InMemoryEngine(world.rows, lambda: world.now)
    engine.register("restless", lambda key: engine.poke("restless", key))
    engine.poke("restless", "1")
    with pytest.raises(RuntimeError, match="restless"):
        engine.run_until_quiet(rounds=5)
