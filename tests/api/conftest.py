from collections.abc import Iterator

import pytest

from .world import Client, World


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with Client(world.app) as client:
        yield client
