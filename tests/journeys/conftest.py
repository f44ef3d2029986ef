"""One world of mocks and one linkwright for each test that asks for them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.journeys.processes import Linkwright, Listener, mock_world
from tests.journeys.warm import Forge


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    with mock_world(tmp_path) as urls:
        yield urls


@pytest.fixture
def linkwright(tmp_path: Path, world: Mapping[str, str]) -> Iterator[Linkwright]:
    server = Linkwright(tmp_path, world, first_look_s="0.2", tries="3", first_pause_s="0.1")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    yield heard
    heard.close()


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    """Lets servers start quickly, for tests that start many."""
    warm = Forge()
    yield warm
    warm.close()
