"""What the tolerant profile lets in goes out as the published schemas want it, in answers and in events."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.wire.schemas import assert_published

from .real import RealClient, real_client
from .world import CHECKS, ORDERS

Json = Any
ORDERING, QUALIFICATION = "TMF641-ServiceOrdering-v4.1.0", "TMF645-ServiceQualification-v4.0.1"
PARTIES = [{"id": "p"}, {"id": "q", "role": "customer", "@type": "RelatedParty"}, {"id": "r", "role": "user"}]
FEATURES = [{"name": "a"}, {"name": "b", "isEnabled": False, "featureCharacteristic": []}]
NOTHING = {"name": "ours", "value": None}
INNER = {"relatedParty": PARTIES, "feature": FEATURES, "serviceCharacteristic": [NOTHING]}
SERVICE = {
    "serviceSpecification": {"id": "cfs"},
    "supportingService": [INNER],
    "serviceRelationship": [{"relationshipType": "near", "service": INNER}],
    **INNER,
}
NAMED, NAMELESS = {"itemId": "1"}, {"serviceOrderId": "other"}
CHILD = {"id": "3", "action": "add", "service": SERVICE}
ITEMS = [
    {"id": "1", "action": "add", "service": SERVICE, "state": "held", "errorMessage": [{"code": "x"}]},
    {
        "id": "2",
        "action": "add",
        "service": SERVICE,
        "serviceOrderItem": [CHILD],
        "serviceOrderItemRelationship": [
            {"relationshipType": "reliesOn", "orderItem": other} for other in (NAMED, NAMELESS)
        ],
    },
]
DATES = {"requestedStartDate": "2037-03-01", "requestedCompletionDate": "2037-04-01 08:00"}
ORDER = {"relatedParty": PARTIES, "serviceOrderItem": ITEMS, **DATES}
ASKED = {"relatedParty": PARTIES, "expectedQualificationDate": "2037-03-01"}
CHECK = {**ASKED, "serviceQualificationItem": [{"service": SERVICE}, {}], "instantSyncQualification": True}
QUERY = {**ASKED, "searchCriteria": {"service": SERVICE}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RealClient]:
    with real_client(folder) as client:
        yield client


def events(folder: Path, resource_id: str) -> list[Json]:
    asked = "select body from lw_event where resource_id = ? order by seq"
    with closing(sqlite3.connect(folder / "linkwright.db")) as connection:
        return [orjson.loads(body) for (body,) in connection.execute(asked, (resource_id,))]


@pytest.mark.parametrize(
    ("base", "kind", "body", "file"),
    [
        (ORDERS, "serviceOrder", ORDER, ORDERING),
        (CHECKS, "checkServiceQualification", CHECK, QUALIFICATION),
        (CHECKS, "queryServiceQualification", QUERY, QUALIFICATION),
    ],
)
def test_whatever_was_mended_goes_out_as_it_was_published(
    client: RealClient, folder: Path, base: str, kind: str, body: Json, file: str
) -> None:
    schema = kind[0].upper() + kind[1:]
    created = client.post(f"{base}/{kind}", body)
    assert created.status_code in (200, 201), created.text
    assert "@referredType" in created.headers["linkwright-repairs"]
    name = created.json()["id"]
    patched = client.patch(f"{base}/{kind}/{name}", {"relatedParty": [{"id": "s"}], "description": "x"})
    assert patched.status_code == 200, patched.text
    for answer in (created, patched, client.get(f"{base}/{kind}/{name}")):
        assert_published(file, schema, answer.json())
    told = events(folder, name)
    assert len(told) >= 2
    for event in told:
        assert_published(file, event["eventType"], event)
