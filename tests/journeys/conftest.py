"""One world of mocks and one linkwright for each test that asks for them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.journeys.processes import Linkwright, Listener, mock_world
from tests.journeys.warm import Forge


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    """Lets servers and mocks start quickly."""
    warm = Forge()
    yield warm
    warm.close()


@pytest.fixture
def world(tmp_path: Path, forge: Forge) -> Iterator[Mapping[str, str]]:
    with mock_world(tmp_path, forge=forge) as urls:
        yield urls


@pytest.fixture
def tables() -> tuple[str, ...]:
    """Further parts of the configuration file; a module overrides it."""
    return ()


@pytest.fixture
def linkwright(tmp_path: Path, world: Mapping[str, str], forge: Forge, tables: tuple[str, ...]) -> Iterator[Linkwright]:
    """Answers in the POST where it is asked to, however slow the machine is."""
    limits = {"first_look_s": "0.2", "tries": "3", "first_pause_s": "0.1", "sync_budget_s": "60"}
    with Linkwright(tmp_path, world, *tables, forge=forge, **limits).running(world) as server:
        yield server


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    yield heard
    heard.close()
