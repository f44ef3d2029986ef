"""A request to cancel that cannot be taken: programs know the reason by its code."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from linkwright.api.errors import refusal
from linkwright.errors import InvalidRequest, NotFound

from .answers import valid
from .real import real_client
from .world import ORDERS, Client, an_item, an_order_body

CANCEL = f"{ORDERS}/cancelServiceOrder"


def told(answer: Any) -> tuple[int, str, str]:
    body = valid("tmf641-v4", "Error", answer.json())
    return answer.status_code, body["status"], body["code"]


def test_an_unknown_order_has_a_code_of_its_own(client: Client) -> None:
    assert told(client.post(CANCEL, {"serviceOrder": {"id": "?"}})) == (400, "400", "unknownServiceOrder")


def test_a_request_that_names_no_order_has_the_plain_code(client: Client) -> None:
    assert told(client.post(CANCEL, {"serviceOrder": {"id": ""}})) == (400, "400", "400")


def test_a_parent_may_be_named_and_an_unknown_item_has_a_code_of_its_own(tmp_path: Path) -> None:
    parent = an_item("3", serviceOrderItem=[an_item("1"), an_item("2")])
    body = an_order_body(serviceOrderItem=[parent], requestedStartDate="2099-01-01T00:00:00Z")
    with real_client(tmp_path) as client:
        order = client.post(f"{ORDERS}/serviceOrder", body).json()
        unknown = {"serviceOrder": {"id": order["id"]}, "serviceOrderItem": [{"id": "9"}]}
        assert told(client.post(CANCEL, unknown)) == (400, "400", "unknownServiceOrderItem")
        taken = client.post(CANCEL, unknown | {"serviceOrderItem": [{"id": "3"}]})
        assert taken.status_code == 201, taken.text
        assert [item["id"] for item in taken.json()["serviceOrderItem"]] == ["3"]


def test_a_list_of_no_items_does_not_mean_the_whole_order(client: Client) -> None:
    order = client.post(f"{ORDERS}/serviceOrder", an_order_body()).json()
    answer = client.post(CANCEL, {"serviceOrder": {"id": order["id"]}, "serviceOrderItem": []})
    assert told(answer) == (400, "400", "400")
    assert answer.json()["message"].startswith("serviceOrderItem: [] has less than 1 item")


def wrong(code: str | None) -> InvalidRequest:
    error = InvalidRequest("no", "thing.id", code)
    error.__cause__ = NotFound("thing", "1")
    return error


@pytest.mark.parametrize(("given", "code"), [(None, "unknownThing"), ("ownWord", "ownWord")])
def test_a_code_that_is_given_wins_over_what_is_unknown(given: str | None, code: str) -> None:
    assert wrong(given).code == orjson.loads(refusal(wrong(given)).body)["code"] == code
