"""What a listener may ask for, and that asking twice by one key is asking once."""

from collections.abc import Iterator
from typing import Any

import pytest

from .answers import error
from .real import RealClient, real_client
from .world import CHECKS, ORDERS

HUB = f"{ORDERS}/hub"
CALLBACK = "http://127.0.0.1:9/events"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClient]:
    with real_client(tmp_path_factory.mktemp("hubs")) as client:
        yield client


def listen(client: RealClient, query: str | None = None, *, hub: str = HUB, key: str | None = None, **more: Any) -> Any:
    body = {"callback": CALLBACK, **({} if query is None else {"query": query}), **more}
    return client.post(hub, body, headers={} if key is None else {"idempotency-key": key})


@pytest.mark.parametrize(
    "query",
    [
        "eventType=ServiceOrderStateChangeEvent&event.serviceOrder.state=completed,failed",
        "event.serviceOrder.orderDate.gt=2026-01-01",
        "event.cancelServiceOrder.state=done;event.serviceOrder.state=cancelled",
        "event.serviceOrder.serviceOrderItem.service.serviceCharacteristic.value.down.gte=5",
        "fieldPath=note&eventTime%3E2026-01-01",
        "correlationId.regex=^o",
    ],
)
def test_a_listener_asks_for_what_events_have(client: RealClient, query: str) -> None:
    answer = listen(client, query)
    assert (answer.status_code, answer.json()["query"]) == (201, query)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("event.serviceOrder.sate=completed", "'event.serviceOrder.sate'"),
        ("eventType.foo=1", "'eventType.foo'"),
        ("state=completed", "'state'"),
        ("event.checkServiceQualification.state=done", "'event.checkServiceQualification.state'"),
        ("event.serviceOrder.ourOwn=1", "'event.serviceOrder.ourOwn'"),
        ("filter=$.x", "'filter'"),
        ("sort=x", "'sort'"),
        ("fields=eventId", "'fields'"),
        ("eventType=x&limit=5", "'limit'"),
        ("%6Fffset=5", "'offset'"),
    ],
)
def test_what_no_event_has_and_what_is_for_lists_is_refused_by_name(client: RealClient, query: str, named: str) -> None:
    error(listen(client, query), 400, "query", named)


def test_the_events_of_the_other_api_have_other_attributes(client: RealClient) -> None:
    query = "event.checkServiceQualification.state=done"
    assert listen(client, query, hub=f"{CHECKS}/hub").status_code == 201


def test_the_same_key_finds_the_first_listener(client: RealClient) -> None:
    first = listen(client, key="k-1", query="")
    again = listen(client, key="k-1")
    assert (again.status_code, again.json(), again.headers["location"]) == (
        201,
        first.json(),
        first.headers["location"],
    )
    other = listen(client, key="k-2").json()["id"]
    assert len({first.json()["id"], other, listen(client).json()["id"], listen(client).json()["id"]}) == 4


def test_the_same_key_with_another_body_is_a_conflict(client: RealClient) -> None:
    first = listen(client, key="k-3").json()["id"]
    error(listen(client, "eventType=x", key="k-3"), 409, "Idempotency-Key", first)
    error(listen(client, key="k-3", callback=f"{CALLBACK}/2"), 409)


def test_each_hub_has_keys_of_its_own_and_a_removed_listener_frees_his(client: RealClient) -> None:
    first = listen(client, key="k-4").json()["id"]
    assert listen(client, key="k-4", hub=f"{CHECKS}/hub").json()["id"] != first
    assert client.delete(f"{HUB}/{first}").status_code == 204
    renewed = listen(client, "eventType=x", key="k-4")
    assert renewed.status_code == 201
    assert client.delete(f"{HUB}/{renewed.json()['id']}").status_code == 204


@pytest.mark.parametrize("path", [HUB, f"{ORDERS}/serviceOrder"])
def test_a_request_has_one_key_at_most(client: RealClient, path: str) -> None:
    twice = [("idempotency-key", "a"), ("idempotency-key", "a")]
    body = {"callback": CALLBACK, "serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]}
    error(client.post(path, body, headers=twice), 400, "Idempotency-Key")
    error(client.post(path, body, headers={"idempotency-key": "x" * 256}), 400, "Idempotency-Key")
