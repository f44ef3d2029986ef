"""Whose resource it is, and who sees what of it."""

from typing import Any

import orjson
import pytest

from linkwright.api.identity import Caller
from linkwright.wire.design_document import write_design
from linkwright.wire.v4.design_words import solution_words
from tests.builders import a_solution

from .callers import ByName, said_to_be
from .world import CHECKS, ORDERS, Client, World, a_check_body, an_item, an_order_body

ONE, OTHER, OPERATOR, WATCHER = (
    Caller("one", frozenset({"cost:read"})),
    Caller("other", frozenset()),
    Caller("operator", frozenset({"resources:all", "cost:read"})),
    Caller("watcher", frozenset({"resources:all"})),
)
ORDER, CHECK = f"{ORDERS}/serviceOrder", f"{CHECKS}/checkServiceQualification"


@pytest.fixture
def gate() -> ByName:
    return ByName(ONE, OTHER, OPERATOR, WATCHER)


def _as(caller: Caller) -> dict[str, str]:
    return said_to_be(caller.id)


def _words(service: Any) -> list[str]:
    return [one["name"] for one in service["serviceCharacteristic"]]


def _posted(client: Client, caller: Caller, **changes: Any) -> Any:
    return client.post(ORDER, an_order_body(**changes), headers=_as(caller)).json()


def _designed_order(client: Client, caller: Caller) -> Any:
    """An order whose item carries the words of a design already."""
    words = [{"name": name, "value": value} for name, value in solution_words(a_solution()).items()]
    words.append({"name": "budgetOneTime", "value": {"unit": "EUR", "value": 7}})
    item = an_item("1", service={"serviceSpecification": {"id": "cfs"}, "serviceCharacteristic": words})
    return _posted(client, caller, serviceOrderItem=[item])


def test_another_requester_finds_neither_the_order_nor_that_it_exists(client: Client) -> None:
    order = _posted(client, ONE)
    for method in ("GET", "DELETE"):
        assert client.ask(method, f"{ORDER}/{order['id']}", headers=_as(OTHER)).status_code == 404
    patch = client.ask("PATCH", f"{ORDER}/{order['id']}", json={"description": "x"}, headers=_as(OTHER))
    assert patch.status_code == 404
    assert client.get(ORDER, headers=_as(OTHER)).json() == []
    cancel = client.post(f"{ORDERS}/cancelServiceOrder", {"serviceOrder": {"id": order["id"]}}, headers=_as(OTHER))
    assert cancel.status_code == 400
    assert client.get(f"{ORDER}/{order['id']}", headers=_as(ONE)).status_code == 200


def test_whoever_may_see_all_finds_the_resources_of_all(client: Client) -> None:
    _posted(client, ONE, externalId="a")
    _posted(client, OTHER, externalId="b")
    assert client.get(ORDER, headers=_as(OPERATOR)).headers["X-Total-Count"] == "2"


def test_an_order_cannot_refer_to_anothers_check_or_design(client: Client, world: World) -> None:
    check = client.post(CHECK, a_check_body(), headers=_as(ONE)).json()
    reference = {"id": f"{check['id']}/1", "name": "check", "externalReferenceType": "serviceQualification"}
    foreign = an_order_body(externalReference=[reference])
    assert client.post(ORDER, foreign, headers=_as(OTHER)).status_code == 400
    assert client.post(ORDER, foreign, headers=_as(ONE)).status_code == 201
    world.designs.documents["design-1"], world.designs.owners["design-1"] = b"{}", "one"
    entity = {"id": "design-1", "role": "serviceDesign", "@referredType": "Document"}
    item = an_item("1", service={"serviceSpecification": {"id": "cfs"}, "relatedEntity": [entity]})
    assert client.post(ORDER, an_order_body(serviceOrderItem=[item]), headers=_as(OTHER)).status_code == 400


def test_costs_are_shown_to_callers_with_the_scope_and_left_out_for_the_others(client: Client) -> None:
    order = _designed_order(client, OTHER)
    assert not any(word.startswith("commercial.") for word in _words(order["serviceOrderItem"][0]["service"]))
    for caller, shown in ((OTHER, False), (WATCHER, False), (OPERATOR, True)):
        for found in (
            client.get(f"{ORDER}/{order['id']}", headers=_as(caller)).json(),
            client.get(ORDER, headers=_as(caller)).json()[0],
        ):
            words = _words(found["serviceOrderItem"][0]["service"])
            assert any(word.startswith("commercial.") for word in words) is shown, caller
            assert ("budgetOneTime" in words) is (caller is not WATCHER)


def test_costs_are_not_found_out_by_filters_orders_or_subscriptions(client: Client) -> None:
    path = "serviceOrderItem.service.serviceCharacteristic.value.value"
    for query in (f"{path}.gt=5", f"sort={path}"):
        assert client.get(f"{ORDER}?{query}", headers=_as(OTHER)).status_code == 403
    hub = {"callback": "https://listener.test/x", "query": f"event.serviceOrder.{path}.gt=5"}
    assert client.post(f"{ORDERS}/hub", hub, headers=_as(OTHER)).status_code == 403
    assert client.post(f"{ORDERS}/hub", hub, headers=_as(ONE)).status_code == 201


def test_what_is_not_seen_whole_cannot_be_patched(client: Client) -> None:
    order = _designed_order(client, OTHER)
    url = f"{ORDER}/{order['id']}"
    assert client.ask("PATCH", url, json={"description": "x"}, headers=_as(WATCHER)).status_code == 403
    assert client.ask("PATCH", url, json={"description": "x"}, headers=_as(OTHER)).status_code == 200
    kept = client.get(url, headers=_as(OPERATOR)).json()
    assert any(word.startswith("commercial.") for word in _words(kept["serviceOrderItem"][0]["service"]))


def test_a_listener_hears_what_its_caller_may_see_and_only_he_ends_it(client: Client, world: World) -> None:
    for caller in (ONE, OTHER, OPERATOR):
        client.post(f"{ORDERS}/hub", {"callback": "https://listener.test/x"}, headers=_as(caller))
    assert list(world.subscriptions.told.values()) == [("one", True), ("other", False), (None, True)]
    first = next(iter(world.subscriptions.kept))
    assert client.ask("DELETE", f"{ORDERS}/hub/{first}", headers=_as(OTHER)).status_code == 404
    assert client.ask("DELETE", f"{ORDERS}/hub/{first}", headers=_as(ONE)).status_code == 204


def test_a_design_document_is_its_requesters_and_without_costs_where_he_may_not_see_them(
    client: Client, world: World
) -> None:
    world.designs.documents["design-1"] = orjson.dumps(write_design(a_solution()))
    world.designs.owners["design-1"] = "other"
    url = "/designDocument/v1/designDocument/design-1"
    assert client.get(url, headers=_as(ONE)).status_code == 404
    assert "oneTimeCostMinor" not in client.get(url, headers=_as(OTHER)).text
    assert "oneTimeCostMinor" in client.get(url, headers=_as(OPERATOR)).text


def test_a_partner_speaks_for_itself_alone(client: Client, world: World) -> None:
    event = {"eventType": "ServiceOrderStateChangeEvent", "event": {"serviceOrder": {"id": "p-1"}}}
    assert client.post("/listener/globex", event, headers=_as(OTHER)).status_code == 403
    assert world.news.heard_of == []
