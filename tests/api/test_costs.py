"""What a requester without the right to see costs can do with his own resources, and cannot find out by it."""

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from linkwright.api.identity import Caller
from linkwright.wire.costs import UNTOLD
from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH
from linkwright.wire.v4.design_words import solution_words
from tests.builders import a_solution

from .answers import error
from .world import CHECKS, ORDERS, Client, World, an_item, an_order_body

ORDER = f"{ORDERS}/serviceOrder"
AMOUNT = "987654"
OWN_WORDS = [{"name": "bandwidth", "value": 100}, {"name": "budgetOneTime", "value": {"unit": "EUR", "value": 7}}]
HIDDEN = {"name": "commercial.oneTimeCost", "value": {"unit": "EUR", "value": AMOUNT}}
TOLD = {"code": "SD-BUD-01", "label": f"{AMOUNT} EUR would be needed."}
PATH = "/serviceOrderItem/0/service/serviceCharacteristic"


@dataclass
class ByTurns:
    """A gate that lets in whoever is set, and a caller without rights at first."""

    caller: Caller = field(default_factory=lambda: Caller("one", frozenset()))

    async def admit(self, _scope: Any) -> Caller:
        return self.caller


@pytest.fixture
def gate() -> ByTurns:
    return ByTurns()


@pytest.fixture
def order(client: Client) -> str:
    """The address of an order whose item has an answer already."""
    words = [{"name": name, "value": value} for name, value in solution_words(a_solution()).items()]
    service = {"serviceCharacteristic": [OWN_WORDS[0], *words, HIDDEN, OWN_WORDS[1]], "reasons": [TOLD]}
    body = an_order_body(description="first", note=[{"id": "n", "text": "x"}], serviceOrderItem=[an_item("1")])
    body["serviceOrderItem"][0]["service"] |= service
    return f"{ORDER}/{client.post(ORDER, body).json()['id']}"


def stored(world: World, order: str) -> Any:
    return orjson.loads(world.shelf.resources["serviceOrder"][order.rpartition("/")[2]].body)


def characteristics(document: Any) -> Any:
    return document["serviceOrderItem"][0]["service"]["serviceCharacteristic"]


def place_of_hidden(world: World, order: str) -> int:
    place: int = characteristics(stored(world, order)).index(HIDDEN)
    return place


@pytest.mark.parametrize("op", ["copy", "move"])
def test_what_is_hidden_is_copied_nowhere(client: Client, world: World, order: str, op: str) -> None:
    place = place_of_hidden(world, order)
    for source in (f"{PATH}/{place}/value", PATH, "/serviceOrderItem/0/service", ""):
        operations = [{"op": op, "from": source, "path": "/leak"}]
        assert AMOUNT not in client.patch(order, operations, JSON_PATCH).text
        assert AMOUNT not in client.get(order).text
    assert HIDDEN in characteristics(stored(world, order))


@pytest.mark.parametrize("guess", [AMOUNT, "1"])
def test_what_is_hidden_is_tested_by_nothing(client: Client, world: World, order: str, guess: str) -> None:
    place = place_of_hidden(world, order)
    operations = [{"op": "test", "path": f"{PATH}/{place}/value/value", "value": guess}]
    assert client.patch(order, operations, JSON_PATCH).status_code in (400, 409)
    label = {
        "op": "test",
        "path": "/serviceOrderItem/0/service/reasons/0/label",
        "value": f"{guess} EUR would be needed.",
    }
    error(client.patch(order, [label], JSON_PATCH), 409)


@pytest.mark.parametrize("guess", [AMOUNT, "1"])
def test_a_guess_is_ignored_whether_it_is_right_or_wrong(client: Client, world: World, order: str, guess: str) -> None:
    before = stored(world, order)
    whole = client.get(order).json()
    characteristics(whole).append({**HIDDEN, "value": {"unit": "EUR", "value": guess}})
    whole["serviceOrderItem"][0]["service"]["reasons"][0]["label"] = f"{guess} EUR would be needed."
    for media_type in ("application/json", MERGE_PATCH):
        answer = client.patch(order, whole, media_type)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
        assert answer.headers["linkwright-repairs"].count("not shown to this caller") == 2
    assert stored(world, order) == before


def test_no_complaint_quotes_what_is_hidden(client: Client, world: World, order: str) -> None:
    for place in range(len(characteristics(stored(world, order)))):
        operations = [{"op": "copy", "from": f"{PATH}/{place}/value", "path": "/note/0/text"}]
        answer = client.patch(order, operations, JSON_PATCH)
        assert AMOUNT not in answer.text


@pytest.mark.parametrize("media_type", ["application/json", MERGE_PATCH, JSON_PATCH])
def test_the_whole_resource_can_be_sent_back_and_loses_nothing(
    client: Client, world: World, order: str, media_type: str
) -> None:
    before, whole = stored(world, order), client.get(order).json()
    assert AMOUNT not in str(whole)
    assert UNTOLD in str(whole)
    whole["description"] = "second"
    patch = [{"op": "replace", "path": "", "value": whole}] if media_type == JSON_PATCH else whole
    answer = client.patch(order, patch, media_type)
    assert (answer.status_code, answer.json()) == (200, whole)
    assert "linkwright-repairs" not in answer.headers
    assert stored(world, order) == {**before, "description": "second"}


@pytest.mark.parametrize("media_type", ["application/json", MERGE_PATCH])
def test_a_new_wish_takes_no_hidden_figure_away(client: Client, world: World, order: str, media_type: str) -> None:
    item = client.get(order).json()["serviceOrderItem"][0]
    item["service"]["serviceCharacteristic"] = [{"name": "bandwidth", "value": 50}]
    answer = client.patch(order, {"serviceOrderItem": [item]}, media_type)
    assert answer.status_code == 200, answer.text
    kept = characteristics(stored(world, order))
    assert HIDDEN in kept
    assert kept[0] == {"name": "bandwidth", "value": 50}
    assert "budgetOneTime" not in [one["name"] for one in kept]


def test_whoever_sees_costs_patches_what_is_stored(client: Client, gate: ByTurns, world: World, order: str) -> None:
    gate.caller = Caller("one", frozenset({"cost:read"}))
    operations = [{"op": "test", "path": f"{PATH}/{place_of_hidden(world, order)}", "value": HIDDEN}]
    assert client.patch(order, operations, JSON_PATCH).status_code == 200


def test_a_check_is_patched_as_it_is_seen(client: Client, world: World) -> None:
    service = {"serviceCharacteristic": [*OWN_WORDS, HIDDEN]}
    body = {"serviceQualificationItem": [{"id": "1", "service": service}]}
    check = (
        f"{CHECKS}/checkServiceQualification/{client.post(f'{CHECKS}/checkServiceQualification', body).json()['id']}"
    )
    whole = client.get(check).json() | {"description": "second"}
    assert client.patch(check, whole).json() == whole
    (kept,) = world.shelf.resources["checkServiceQualification"].values()
    assert AMOUNT.encode() in kept.body
    operations = [{"op": "copy", "from": "/serviceQualificationItem/0/service", "path": "/leak"}]
    assert AMOUNT not in client.patch(check, operations, JSON_PATCH).text
