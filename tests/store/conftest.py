"""One suite, two databases: every test that takes `database` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine

from linkwright.store.database import Database
from linkwright.store.tables.basis import metadata
from tests.postgres import scratch_database


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: URL) -> Iterator[str]:
    with scratch_database(postgres_server) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture
def _postgres_url(_migrated_postgres: str) -> str:
    """The scratch database of this run, emptied."""
    engine = create_engine(_migrated_postgres)
    with engine.begin() as connection:  # of a few rows, which is no work; a truncation makes new files of every table
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()
    return _migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("_postgres_url"))
    return f"sqlite:///{tmp_path / 'linkwright.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'linkwright.db'}")
    opened.migrate()
    yield opened
    opened.close()
