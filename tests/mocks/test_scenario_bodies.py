"""What a scenario's customer sends when he orders without asking before, and when he changes his mind."""

import pytest

from mocks.scenario.actions import Cancel, Change, Order
from mocks.scenario.bodies import cancel_body, change_body, new_order_body
from mocks.scenario.tree import BadScenario


def test_an_order_without_a_check_has_its_items_in_full() -> None:
    first = {"id": "1", "site": "s", "specification": "cfs", "wishes": {"bandwidth": 100, "budgetOneTime": 900}}
    second = {"id": "2", "site": "t", "action": "noChange", "relations": {"dependsOn": "1"}}
    body = new_order_body(Order.model_validate({"request": {"category": "bespoke"}, "items": [first, second]}))
    one, two = body["serviceOrderItem"]
    assert body["category"] == "bespoke"
    assert one["action"] == "add"
    assert one["service"]["place"][0]["id"] == "s"
    assert {"name": "budgetOneTime", "value": {"unit": "EUR", "value": 900.0}} in one["service"][
        "serviceCharacteristic"
    ]
    assert two["action"] == "noChange"
    (related,) = two["serviceOrderItemRelationship"]
    assert (related["relationshipType"], related["orderItem"]["itemId"]) == ("dependsOn", "1")


def test_a_change_sends_all_that_its_items_want_and_new_items() -> None:
    kept = [
        {"name": "bandwidth", "value": 100},
        {"name": "backup", "value": "any"},
        {"name": "termMonths", "value": 12},
    ]
    stored = {"serviceOrderItem": [{"id": "1", "service": {"serviceCharacteristic": kept}}, {"id": "2"}]}
    change = {"items": [{"id": "1", "wishes": {"bandwidth": 500, "backup": None}}], "adds": [{"id": "3", "site": "u"}]}
    first, new = change_body(Change.model_validate(change), stored)["serviceOrderItem"]
    wanted = {one["name"]: one["value"] for one in first["service"]["serviceCharacteristic"]}
    assert (first["id"], wanted) == ("1", {"termMonths": 12, "bandwidth": 500})
    assert (new["id"], new["action"]) == ("3", "add")


def test_a_change_of_what_was_not_ordered_is_refused() -> None:
    with pytest.raises(BadScenario, match="no item 9"):
        change_body(Change.model_validate({"items": [{"id": "9"}]}), {"serviceOrderItem": [{"id": "1"}]})


def test_items_are_taken_out_by_id_or_pattern() -> None:
    order = {"id": "o", "href": "/o", "serviceOrderItem": [{"id": name} for name in ("s-10", "s-11", "s-20")]}

    def named(*items: str) -> list[str]:
        body = cancel_body(Cancel(of="order", items=list(items)), order)
        return [one["id"] for one in body["serviceOrderItem"]]

    assert named("s-1?", "s-10") == ["s-10", "s-11"]
    assert named("s-20", "s-9") == ["s-20", "s-9"]
    assert "serviceOrderItem" not in cancel_body(Cancel(of="order"), order)
