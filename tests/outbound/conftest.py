from collections.abc import Iterator, Mapping

import pytest
import responses

from tests.journeys.processes import mock_world


@pytest.fixture
def peer() -> Iterator[responses.RequestsMock]:
    """Answers in place of every other system; a call that nobody expects is a failure."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """All mocks in a process of their own, by name and base URL; orders move fast."""
    with mock_world(tmp_path_factory.mktemp("mocks"), "--step-s", "0.2") as urls:
        yield urls
