"""The mocks that take orders: resource orders (TMF652) and the order system below us (TMF641)."""

from collections.abc import Iterator
from typing import Any

import pytest

from mocks.downstream import ALLOCATE, IMPLEMENT, allocation, downstream
from mocks.resource_orders import resource_orders

from .driven import STEP_S, Driven, driven

RESOURCES = "/tmf-api/resourceOrderingManagement/v4"
SERVICES = "/tmf-api/serviceOrdering/v4"


@pytest.fixture
def shop() -> Iterator[Driven]:
    with driven(resource_orders(STEP_S)) as running:
        yield running


@pytest.fixture
def below() -> Iterator[Driven]:
    with driven(downstream(STEP_S)) as running:
        yield running


def equipment(key: str = "key-1") -> dict[str, Any]:
    resource = {"id": "cpe-s", "href": "/resource/cpe-s", "category": "cpeModel"}
    return {"externalId": key, "orderItem": [{"id": "1", "action": "add", "quantity": 1, "resource": resource}]}


def services(category: str, *names: str, key: str = "key-1", after: str | None = None) -> dict[str, Any]:
    items = [{"id": name, "action": "add", "service": {"name": name}} for name in names or ("a",)]
    relations = {} if after is None else {"orderRelationship": [{"id": after, "relationshipType": "dependsOn"}]}
    return {"externalId": key, "category": category, "serviceOrderItem": items, **relations}


def allocate(mock: Driven, *names: str, key: str = "key-1") -> str:
    order_id: str = mock.post(f"{SERVICES}/serviceOrder", services(ALLOCATE, *names, key=key))["id"]
    return order_id


def told_states(mock: Driven, event_type: str, resource: str) -> list[str]:
    return [event["event"][resource]["state"] for event in mock.told(event_type)]


# Resource orders


@pytest.mark.parametrize(("lost", "end"), [(("b",), "partial"), (("a", "b"), "failed")])
def test_an_order_ends_without_the_items_that_are_lost(below: Driven, lost: tuple[str, ...], end: str) -> None:
    below.have(items_lost=lost)
    done = below.until_state(f"{SERVICES}/serviceOrder/{allocate(below, 'a', 'b')}", end)
    states = {item["id"]: item["state"] for item in done["serviceOrderItem"]}
    assert states == {name: "failed" if name in lost else "completed" for name in ("a", "b")}
    assert all(name in done["errorMessage"][0]["reason"] for name in lost)


def test_what_was_allocated_is_implemented_although_other_items_were_lost(below: Driven) -> None:
    below.have(items_lost=["b"])
    partial = allocate(below, "a", "b")
    below.until_state(f"{SERVICES}/serviceOrder/{partial}", "partial")
    below.have()
    order = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, "a", key="key-2", after=partial))
    below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "completed")
    order = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, "b", key="key-3", after=partial))
    refused = below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "rejected")
    assert "nothing was allocated for b" in refused["errorMessage"][0]["reason"]


def test_parameters_that_are_given_back_are_not_allocated_again(below: Driven) -> None:
    body = services(ALLOCATE, "a", after=allocate(below, "a"), key="key-2")
    body["serviceOrderItem"][0]["action"] = "delete"
    order = below.post(f"{SERVICES}/serviceOrder", body)
    done = below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "completed")
    assert "serviceCharacteristic" not in done["serviceOrderItem"][0]["service"]


def test_a_resource_order_goes_its_way_and_says_so(shop: Driven) -> None:
    shop.subscribe(RESOURCES)
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    assert (order["state"], order["orderItem"][0]["state"]) == ("acknowledged", "acknowledged")
    done = shop.until_state(f"{RESOURCES}/resourceOrder/{order['id']}", "completed")
    assert done["orderItem"][0]["state"] == "completed"
    assert {"startDate", "completionDate"} <= done.keys()
    shop.until(lambda: len(shop.events) == 3)
    assert shop.told("ResourceOrderCreateEvent")[0]["event"]["resourceOrder"]["id"] == order["id"]
    assert told_states(shop, "ResourceOrderStateChangeEvent", "resourceOrder") == ["inProgress", "completed"]


def test_an_order_is_found_by_its_external_id(shop: Driven) -> None:
    wanted = shop.post(f"{RESOURCES}/resourceOrder", equipment("key-1"))
    shop.post(f"{RESOURCES}/resourceOrder", equipment("key-2"))
    assert shop.get(f"{RESOURCES}/resourceOrder?externalId=key-1") == [wanted]


def test_an_external_id_is_taken_once_and_the_conflict_names_the_first(shop: Driven) -> None:
    first = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    answer = shop.call("POST", f"{RESOURCES}/resourceOrder", equipment())
    assert answer.status_code == 409
    assert answer.json()["referenceError"] == first["href"]
    assert first["id"] in answer.json()["message"]


def test_the_same_idempotency_key_makes_one_order(shop: Driven) -> None:
    first, second = (shop.post(f"{RESOURCES}/resourceOrder", equipment(), key="key-1") for _ in range(2))
    assert first == second
    assert shop.get("/mock-control/state")["duplicates"] == {"key-1": 1}
    assert len(shop.get(f"{RESOURCES}/resourceOrder")) == 1


def test_a_repeated_key_gets_the_first_answer_although_the_order_has_gone_on(shop: Driven) -> None:
    first = shop.post(f"{RESOURCES}/resourceOrder", equipment(), key="key-1")
    shop.until_state(f"{RESOURCES}/resourceOrder/{first['id']}", "completed")
    assert shop.post(f"{RESOURCES}/resourceOrder", equipment(), key="key-1")["state"] == "acknowledged"


def test_a_resource_without_the_id_that_the_standard_demands_is_refused(shop: Driven) -> None:
    body = {"orderItem": [{"id": "1", "resource": {"category": "cpeModel"}}]}
    answer = shop.call("POST", f"{RESOURCES}/resourceOrder", body)
    assert answer.status_code == 400
    assert "id" in answer.json()["message"]


# Cancels


def test_a_running_order_is_cancelled_in_steps(shop: Driven) -> None:
    shop.subscribe(RESOURCES)
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    cancel = shop.post(f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": {"id": order["id"]}})
    assert cancel["state"] == "acknowledged"
    done = shop.until_state(f"{RESOURCES}/cancelResourceOrder/{cancel['id']}", "done")
    assert "effectiveCancellationDate" in done
    assert shop.get(f"{RESOURCES}/resourceOrder/{order['id']}")["state"] == "cancelled"
    shop.until(lambda: len(shop.told("CancelResourceOrderStateChangeEvent")) == 2)
    assert told_states(shop, "ResourceOrderStateChangeEvent", "resourceOrder") == [
        "inProgress",
        "assessingCancellation",
        "pendingCancellation",
        "cancelled",
    ]


def test_a_cancelled_order_does_not_go_on(shop: Driven) -> None:
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    shop.post(f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": {"id": order["id"]}})
    shop.until_state(f"{RESOURCES}/resourceOrder/{order['id']}", "cancelled")
    later = shop.post(f"{RESOURCES}/resourceOrder", equipment("key-2"))
    shop.until_state(f"{RESOURCES}/resourceOrder/{later['id']}", "completed")
    assert shop.get(f"{RESOURCES}/resourceOrder/{order['id']}")["state"] == "cancelled"


def test_a_completed_order_cannot_be_cancelled(shop: Driven) -> None:
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    shop.until_state(f"{RESOURCES}/resourceOrder/{order['id']}", "completed")
    answer = shop.call("POST", f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": {"id": order["id"]}})
    assert answer.status_code == 409


def test_an_unknown_order_cannot_be_cancelled(shop: Driven) -> None:
    answer = shop.call("POST", f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": {"id": "order-9"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknownOrder")


def test_cancels_are_found_by_their_order(shop: Driven) -> None:
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    cancel = shop.post(f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": {"id": order["id"]}})
    assert shop.get(f"{RESOURCES}/cancelResourceOrder?resourceOrder.id={order['id']}") == [cancel]
    assert shop.get(f"{RESOURCES}/cancelResourceOrder?resourceOrder.id=order-9") == []


# The order system below us


def test_an_allocation_gives_every_service_parameters_of_its_own(below: Driven) -> None:
    ids = [allocate(below, "a", "b"), allocate(below, "c", key="key-2")]
    orders = [below.until_state(f"{SERVICES}/serviceOrder/{order_id}", "completed") for order_id in ids]
    given = [
        {each["name"]: each["value"] for each in item["service"]["serviceCharacteristic"]}
        for order in orders
        for item in order["serviceOrderItem"]
    ]
    assert [service.keys() for service in given] == [{"vlanId", "ipv4Prefix", "serviceIdentifier"}] * 3
    for name in given[0]:
        assert len({service[name] for service in given}) == 3


def test_allocations_are_numbered_without_chance() -> None:
    assert allocation(0) == {"vlanId": 100, "ipv4Prefix": "10.0.0.0/30", "serviceIdentifier": "SVC-000001"}
    assert allocation(64)["ipv4Prefix"] == "10.0.1.0/30"
    assert max(allocation(number)["vlanId"] for number in range(5000)) == 4094


def test_an_implementation_follows_its_allocation(below: Driven) -> None:
    first = allocate(below)
    second = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, key="key-2", after=first))["id"]
    below.until_state(f"{SERVICES}/serviceOrder/{second}", "completed")
    assert below.get(f"{SERVICES}/serviceOrder/{first}")["state"] == "completed"


def test_an_implementation_is_held_until_its_allocation_is_done(below: Driven) -> None:
    below.subscribe(SERVICES, query="eventType=ServiceOrderStateChangeEvent")
    held = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, after="order-2"))["id"]
    assert allocate(below, key="key-2") == "order-2"
    done = below.until_state(f"{SERVICES}/serviceOrder/{held}", "completed")
    assert "errorMessage" not in done
    below.until(lambda: len(below.events) == 6)
    orders = [event["event"]["serviceOrder"] for _, event in below.events]
    assert [order["state"] for order in orders if order["id"] == held] == [
        "inProgress",
        "held",
        "inProgress",
        "completed",
    ]
    assert [order["id"] for order in orders if order["state"] == "completed"] == ["order-2", held]


def test_an_implementation_fails_when_its_allocation_is_cancelled_under_it(below: Driven) -> None:
    held = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, after="order-2"))["id"]
    below.post(f"{SERVICES}/cancelServiceOrder", {"serviceOrder": {"id": allocate(below, key="key-2")}})
    failed = below.until_state(f"{SERVICES}/serviceOrder/{held}", "failed")
    assert "cancelled" in failed["errorMessage"][0]["reason"]


@pytest.mark.parametrize("after", [None, "order-9"])
def test_an_implementation_without_allocation_is_rejected(below: Driven, after: str | None) -> None:
    order = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, after=after))
    rejected = below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "rejected")
    assert rejected["errorMessage"][0]["reason"]
    assert rejected["serviceOrderItem"][0]["state"] == "rejected"


@pytest.mark.parametrize(
    ("brought", "end"), [(("vlanId", "ipv4Prefix", "serviceIdentifier"), "completed"), (("vlanId",), "rejected")]
)
def test_a_service_that_brings_all_of_its_parameters_needs_no_allocation(
    below: Driven, brought: tuple[str, ...], end: str
) -> None:
    body = services(IMPLEMENT)
    body["serviceOrderItem"][0]["service"]["serviceCharacteristic"] = [{"name": name, "value": 7} for name in brought]
    order = below.post(f"{SERVICES}/serviceOrder", body)
    below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", end)


def test_an_implementation_after_another_implementation_is_rejected(below: Driven) -> None:
    first = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT))["id"]
    order = below.post(f"{SERVICES}/serviceOrder", services(IMPLEMENT, key="key-2", after=first))
    below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "rejected")


def test_other_categories_are_rejected(below: Driven) -> None:
    order = below.post(f"{SERVICES}/serviceOrder", services("Paint It Blue"))
    rejected = below.until_state(f"{SERVICES}/serviceOrder/{order['id']}", "rejected")
    assert "Paint It Blue" in rejected["errorMessage"][0]["reason"]


def test_orders_and_cancels_go_on_in_another_shop_from_what_the_first_one_showed(shop: Driven) -> None:
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    given_up = shop.post(f"{RESOURCES}/resourceOrder", equipment("key-2"))
    reference = {"id": given_up["id"], "href": given_up["href"]}
    shop.post(f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": reference})
    with driven(resource_orders(STEP_S)) as other:
        assert other.call("PUT", "/mock-control/state", shop.get("/mock-control/state")).status_code == 204
        other.until_state(f"{RESOURCES}/resourceOrder/{order['id']}", "completed")
        other.until_state(f"{RESOURCES}/resourceOrder/{given_up['id']}", "cancelled")
        assert other.call("POST", f"{RESOURCES}/resourceOrder", equipment()).status_code == 409
        assert other.post(f"{RESOURCES}/resourceOrder", equipment("key-3"))["id"] == "order-3"


def test_orders_can_be_made_to_wait_while_cancels_go_on(shop: Driven) -> None:
    shop.have(orders_wait=True)
    order = shop.post(f"{RESOURCES}/resourceOrder", equipment())
    given_up = shop.post(f"{RESOURCES}/resourceOrder", equipment("key-2"))
    reference = {"id": given_up["id"], "href": given_up["href"]}
    shop.post(f"{RESOURCES}/cancelResourceOrder", {"resourceOrder": reference})
    shop.until_state(f"{RESOURCES}/resourceOrder/{given_up['id']}", "cancelled")
    assert shop.get(f"{RESOURCES}/resourceOrder/{order['id']}")["state"] == "acknowledged"
    shop.have()
    shop.until_state(f"{RESOURCES}/resourceOrder/{order['id']}", "completed")
