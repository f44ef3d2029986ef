"""Every operation of TMF641."""

from .answers import error, valid
from .fakes import BASE
from .world import ORDERS, Client, World, an_item, an_order_body

HREF = f"{BASE}{ORDERS}/serviceOrder"


def test_a_new_order_is_created_with_its_address(client: Client) -> None:
    answer = client.post(f"{ORDERS}/serviceOrder", an_order_body(ourOwn={"kept": True}))
    assert answer.status_code == 201, answer.text
    order = valid("tmf641-v4", "ServiceOrder", answer.json())
    assert answer.headers["location"] == order["href"] == f"{HREF}/id-1"
    assert answer.headers["content-type"] == "application/json"
    assert order["state"] == "acknowledged"
    assert order["orderDate"] == "2026-11-02T09:00:00.000Z"
    assert order["ourOwn"] == {"kept": True}
    assert order["serviceOrderItem"][0]["id"] == "1"


def test_a_stored_order_is_answered_as_it_lies_in_the_store(client: Client, world: World) -> None:
    client.post(f"{ORDERS}/serviceOrder", an_order_body())
    answer = client.get(f"{ORDERS}/serviceOrder/id-1")
    stored = world.shelf.resources["serviceOrder"]["id-1"]
    assert answer.status_code == 200
    assert answer.content == stored.body
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["content-type"] == "application/json"


def test_only_the_wanted_attributes_are_shown(client: Client) -> None:
    client.post(f"{ORDERS}/serviceOrder", an_order_body())
    one = client.get(f"{ORDERS}/serviceOrder/id-1?fields=state,%20serviceOrderItem.id").json()
    assert set(one) == {"id", "href", "@type", "state", "serviceOrderItem"}
    assert one["serviceOrderItem"] == [{"id": "1"}]
    (in_list,) = client.get(f"{ORDERS}/serviceOrder?fields=state").json()
    assert set(in_list) == {"id", "href", "@type", "state"}


def test_orders_are_listed_with_their_numbers(client: Client) -> None:
    for number in range(3):
        client.post(f"{ORDERS}/serviceOrder", an_order_body(externalId=f"bss-{number}"))
    answer = client.get(f"{ORDERS}/serviceOrder?limit=2")
    assert answer.status_code == 200
    assert [order["externalId"] for order in answer.json()] == ["bss-0", "bss-1"]
    assert answer.headers["x-total-count"] == "3"
    assert answer.headers["x-result-count"] == "2"
    for order in answer.json():
        valid("tmf641-v4", "ServiceOrder", order)


def test_an_order_is_deleted_without_a_word(client: Client) -> None:
    client.post(f"{ORDERS}/serviceOrder", an_order_body())
    answer = client.delete(f"{ORDERS}/serviceOrder/id-1")
    assert answer.status_code == 204
    assert answer.content == b""
    assert "content-type" not in answer.headers
    error(client.get(f"{ORDERS}/serviceOrder/id-1"), 404, "id-1")


def test_an_order_is_patched_and_gets_a_new_version(client: Client) -> None:
    client.post(f"{ORDERS}/serviceOrder", an_order_body())
    answer = client.patch(f"{ORDERS}/serviceOrder/id-1", {"description": "later"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert valid("tmf641-v4", "ServiceOrder", answer.json())["description"] == "later"


def test_a_cancel_is_created_read_and_listed(client: Client) -> None:
    client.post(f"{ORDERS}/serviceOrder", an_order_body())
    body = {"serviceOrder": {"id": "id-1"}, "cancellationReason": "moved away"}
    created = client.post(f"{ORDERS}/cancelServiceOrder", body)
    assert created.status_code == 201, created.text
    cancel = valid("tmf641-v4", "CancelServiceOrder", created.json())
    assert created.headers["location"] == cancel["href"] == f"{BASE}{ORDERS}/cancelServiceOrder/id-2"
    assert cancel["state"] == "accepted"
    assert client.get(f"{ORDERS}/cancelServiceOrder/id-2").json() == cancel
    listed = client.get(f"{ORDERS}/cancelServiceOrder?state=accepted")
    assert listed.json() == [cancel]
    assert listed.headers["x-total-count"] == "1"


def test_a_cancel_of_an_unknown_order_is_a_bad_request(client: Client) -> None:
    answer = client.post(f"{ORDERS}/cancelServiceOrder", {"serviceOrder": {"id": "?"}})
    error(answer, 400, "serviceOrder.id", code="unknownServiceOrder")


def test_items_below_items_count_towards_the_limit(client: Client) -> None:
    parent = an_item("p", serviceOrderItem=[an_item(str(number)) for number in range(50)])
    error(client.post(f"{ORDERS}/serviceOrder", an_order_body(serviceOrderItem=[parent])), 400, "50", "51")
    parent["serviceOrderItem"].pop()
    assert client.post(f"{ORDERS}/serviceOrder", an_order_body(serviceOrderItem=[parent])).status_code == 201


def test_items_nested_too_deep_are_refused(client: Client) -> None:
    item = an_item("0")
    for level in range(1, 10):
        item = an_item(str(level), serviceOrderItem=[item])
    error(client.post(f"{ORDERS}/serviceOrder", an_order_body(serviceOrderItem=[item])), 400, "serviceOrderItem")
