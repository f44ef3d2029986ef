"""One PostgreSQL server for each process that runs tests, once a test asks for it; and which tests run when."""

import gc
from collections.abc import Generator, Iterator

import pytest
from sqlalchemy import URL

from tests.postgres import a_server, scratch_database

WAITING = ("tests/journeys/test_destruction.py", "tests/journeys/")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are cores: one is in the journeys for minutes, and mostly waits there."""
    return (yield) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Everything that is collected stays: nobody need look through it for garbage, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait come first, the longest in front: others run meanwhile, and none is left alone in the end."""
    items.sort(key=lambda item: next((n for n, of in enumerate(WAITING) if item.nodeid.startswith(of)), len(WAITING)))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    with a_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """An empty database."""
    with scratch_database(postgres_server) as url:
        yield url
