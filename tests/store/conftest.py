"""One suite, two databases: every test that takes `database` runs on SQLite and on PostgreSQL.

PostgreSQL is the server of TEST_DATABASE_URL, else one on this machine; a scratch database is created and dropped.
Where there is none the tests are skipped, unless REQUIRE_POSTGRES=1 makes that a failure.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from linkwright.store.database import Database
from linkwright.store.tables import metadata

_ON_THIS_MACHINE = ("postgresql+psycopg:///postgres", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def _server() -> URL | None:
    given = os.environ.get("TEST_DATABASE_URL")
    for url in (given,) if given else _ON_THIS_MACHINE:
        address = make_url(url).set(drivername="postgresql+psycopg")
        engine = create_engine(address)
        try:
            engine.connect().close()
        except OperationalError:
            continue
        finally:
            engine.dispose()
        return address
    return None


@pytest.fixture(scope="session")
def postgres_server() -> URL:
    address = _server()
    if address is None and os.environ.get("REQUIRE_POSTGRES") == "1":
        pytest.fail("REQUIRE_POSTGRES=1, but no PostgreSQL answers: set TEST_DATABASE_URL")
    if address is None:
        pytest.skip("no PostgreSQL answers: set TEST_DATABASE_URL to run these")
    return address


def _scratch(server: URL) -> Iterator[str]:
    name = f"linkwright_test_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: URL) -> Iterator[str]:
    for url in _scratch(postgres_server):
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture
def _postgres_url(_migrated_postgres: str) -> str:
    """The scratch database of this run, emptied."""
    engine = create_engine(_migrated_postgres)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)}"))
    engine.dispose()
    return _migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("_postgres_url"))
    return f"sqlite:///{tmp_path / 'linkwright.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "postgresql":
        yield from _scratch(request.getfixturevalue("postgres_server"))
    else:
        yield f"sqlite:///{tmp_path / 'empty.db'}"


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
