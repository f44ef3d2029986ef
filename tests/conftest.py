"""One PostgreSQL server for each process that runs tests, once a test asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from tests.postgres import a_server, scratch_database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    with a_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """An empty database."""
    with scratch_database(postgres_server) as url:
        yield url
