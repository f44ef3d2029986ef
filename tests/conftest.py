"""One PostgreSQL server for each process that runs tests, once a test asks for it; and which tests run when."""

import gc
from collections.abc import Generator, Iterator

import pytest
from sqlalchemy import URL

from tests.postgres import a_server, scratch_database

WAITING = ("tests/journeys/test_destruction.py", "tests/journeys/")
SCENARIOS = "tests/scenarios/"
LONGEST_SCENARIOS = ("tests/scenarios/test_roll_out.py", "tests/scenarios/test_restarted.py")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Two more than there are cores: one is in the journeys for minutes, another in scenarios, and both mostly wait."""
    return (yield) + 2


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
    items[:] = _with_scenarios_spread(items)


def _with_scenarios_spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Each worker has a part of the list: scenarios, which wait too, are spread over those that have no journeys."""
    played = [item for item in items if item.nodeid.startswith(SCENARIOS)]
    played.sort(key=lambda item: not item.nodeid.startswith(LONGEST_SCENARIOS))
    rest = [item for item in items if not item.nodeid.startswith(SCENARIOS)]
    first = len(rest) // 4
    step = max((len(rest) - first) // (len(played) + 1), 1)
    for number, item in enumerate(played):
        rest.insert(first + number * (step + 1), item)
    return rest


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    with a_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """An empty database."""
    with scratch_database(postgres_server) as url:
        yield url
