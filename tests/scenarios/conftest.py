"""Servers and mocks that start quickly."""

from collections.abc import Iterator

import pytest

from tests.journeys.warm import Forge


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    warm = Forge()
    yield warm
    warm.close()
