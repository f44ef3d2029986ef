from collections.abc import Iterator

import pytest

from linkwright.api.gate import Gate

from .world import Client, World


@pytest.fixture
def gate() -> Gate | None:
    """Nobody is asked who he is, unless a module has a gate of its own."""
    return None


@pytest.fixture
def world(gate: Gate | None) -> Iterator[World]:
    world = World(gate=gate)
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with Client(world.app) as client:
        yield client
