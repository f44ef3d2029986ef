"""Databases for engines: a file for SQLite, a database of its own on a PostgreSQL server for each run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import scratch_database


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'engine.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["in memory", "sqlite", "postgresql"], scope="module")
def contract_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """As `engine_url`, once for a whole module; None stands for the engine that needs no database."""
    if request.param == "in memory":
        yield None
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('engine') / 'engine.db'}"
    else:
        with scratch_database(request.getfixturevalue("postgres_server")) as url:
            yield url
