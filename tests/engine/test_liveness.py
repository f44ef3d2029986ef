"""Who is alive: a lock that is gone with its process, however that ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkwright.engine.liveness import EngineBusy, Liveness, OneOfMany, SoleProcess, liveness_of


@pytest.fixture
def postgres(engine_url: str) -> sa.URL:
    return sa.make_url(engine_url)


@pytest.fixture
def two(postgres: sa.URL) -> Iterator[tuple[Liveness, Liveness]]:
    first, second = liveness_of(postgres, "first"), liveness_of(postgres, "second")
    first.claim()
    second.claim()
    yield first, second
    first.release()
    second.release()


def thinks_dead(liveness: Liveness, executor_id: str) -> bool:
    with liveness.found_dead(executor_id) as dead:
        return dead


def test_on_sqlite_only_one_can_claim_and_everybody_else_is_dead(tmp_path: Path) -> None:
    first, second = SoleProcess(tmp_path / "engine.db"), SoleProcess(tmp_path / "engine.db")
    first.claim()
    first.claim()  # repeating it is harmless
    assert thinks_dead(first, "whoever")
    with pytest.raises(EngineBusy):
        second.claim()
    assert not thinks_dead(second, "first")
    first.release()
    second.claim()
    second.release()


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_on_postgresql_the_living_are_not_taken_for_dead(two: tuple[Liveness, Liveness]) -> None:
    first, second = two
    assert not thinks_dead(first, "second")
    second.release()
    assert thinks_dead(first, "second")


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_on_postgresql_one_buries_and_the_other_keeps_away(two: tuple[Liveness, Liveness]) -> None:
    first, second = two
    with first.found_dead("third") as dead:
        assert dead
        assert not thinks_dead(second, "third")
    assert thinks_dead(second, "third")


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_on_postgresql_a_claim_that_was_lost_with_its_connection_is_renewed(
    two: tuple[Liveness, Liveness], postgres: sa.URL
) -> None:
    first, second = two
    server = sa.create_engine(postgres.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    others = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = :name AND pid <> :own"
    with server.connect() as connection:
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        connection.execute(sa.text(others), {"name": postgres.database, "own": own})
    second.claim()
    first.claim()
    assert not thinks_dead(second, "first")


def test_the_kind_of_lock_fits_the_database(tmp_path: Path) -> None:
    assert isinstance(liveness_of(sa.make_url(f"sqlite:///{tmp_path / 'engine.db'}"), "x"), SoleProcess)
    assert isinstance(liveness_of(sa.make_url("postgresql://root@127.0.0.1:5432/any"), "x"), OneOfMany)
