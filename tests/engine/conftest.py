"""Databases for engines: a file for SQLite, a database of its own on a PostgreSQL server for each run."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

SERVERS = (
    os.environ.get("TEST_DATABASE_URL"),
    "postgresql://root@127.0.0.1:5432/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


def _server() -> sa.Engine | None:
    for url in filter(None, SERVERS):
        psycopg_url = sa.make_url(url).set(drivername="postgresql+psycopg")
        server = sa.create_engine(psycopg_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        try:
            with server.connect():
                return server
        except sa.exc.OperationalError:
            continue
    return None


def _postgres_database() -> Iterator[str]:
    server = _server()
    if server is None:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail("REQUIRE_POSTGRES=1, but no PostgreSQL server answers")
        pytest.skip("no PostgreSQL server at TEST_DATABASE_URL or 127.0.0.1:5432")
    name = f"linkwright_engine_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield server.url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'engine.db'}"
    else:
        yield from _postgres_database()


@pytest.fixture
def postgres_engine_url() -> Iterator[str]:
    yield from _postgres_database()


@pytest.fixture(params=["in memory", "sqlite", "postgresql"], scope="module")
def contract_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """As `engine_url`, once for a whole module; None stands for the engine that needs no database."""
    if request.param == "in memory":
        yield None
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('engine') / 'engine.db'}"
    else:
        yield from _postgres_database()
