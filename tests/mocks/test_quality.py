"""Service quality management as a client sees it; every answer is checked against its contract."""

from collections.abc import Iterator

import pytest

from mocks.quality import quality

from .asgi_client import AsgiClient

BASE = "/tmf-api/serviceQualityManagement/v4"
OBJECTIVE, SPECIFICATION = f"{BASE}/serviceLevelObjective", f"{BASE}/serviceLevelSpecification"
AN_OBJECTIVE = {
    "name": "order-1/publish/1/1",
    "conformanceComparator": ">=",
    "conformanceTarget": "0.9995",
    "serviceLevelObjectiveParameter": {"name": "availability"},
}


@pytest.fixture
def shelf() -> Iterator[AsgiClient]:
    with AsgiClient(quality()) as client:
        yield client


def test_objectives_are_made_found_and_listed_by_a_specification(shelf: AsgiClient) -> None:
    made = shelf.post(OBJECTIVE, AN_OBJECTIVE).json()
    assert shelf.get(OBJECTIVE, name="order-1/publish/1/1").json() == [made]
    assert shelf.get(OBJECTIVE, name="other").json() == []
    listed = shelf.post(SPECIFICATION, {"name": "levels", "relatedServiceLevelObjective": [{"id": made["id"]}]}).json()
    assert shelf.get(f"{SPECIFICATION}/{listed['id']}").json() == listed


def test_a_specification_names_what_there_is_and_at_least_one_objective(shelf: AsgiClient) -> None:
    for names in ([{"id": "nobody"}], []):
        answer = shelf.post(SPECIFICATION, {"name": "levels", "relatedServiceLevelObjective": names})
        assert answer.status_code == 400


def test_an_objective_stays_as_long_as_a_specification_names_it(shelf: AsgiClient) -> None:
    made = shelf.post(OBJECTIVE, AN_OBJECTIVE).json()
    listed = shelf.post(SPECIFICATION, {"name": "levels", "relatedServiceLevelObjective": [{"id": made["id"]}]}).json()
    assert shelf.delete(f"{OBJECTIVE}/{made['id']}").status_code == 409
    assert shelf.delete(f"{SPECIFICATION}/{listed['id']}").status_code == 204
    assert shelf.delete(f"{OBJECTIVE}/{made['id']}").status_code == 204
    assert shelf.delete(f"{OBJECTIVE}/{made['id']}").status_code == 404
