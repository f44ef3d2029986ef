"""The strict and the tolerant profile, seen from outside."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from linkwright.api.repair_log import _log

from .world import CHECKS, ORDERS, Client, a_check_body, a_query_body, an_item, an_order_body

ORDER = f"{ORDERS}/serviceOrder"
HEADER = "linkwright-repairs"


def test_a_strict_body_is_answered_without_a_word_on_repairs(client: Client) -> None:
    assert HEADER not in client.post(ORDER, an_order_body()).headers


def test_a_repair_is_visible_in_the_answer_and_in_the_resource(client: Client) -> None:
    answer = client.post(ORDER, an_order_body(requestedStartDate="2027-03-01", relatedParty=[{"id": "p"}]))
    assert answer.status_code == 201
    assert answer.headers[HEADER] == (
        "requestedStartDate: a date alone is taken as its midnight in UTC; "
        "relatedParty[0].@type: RelatedParty is assumed; relatedParty[0].@referredType: PartyRole is assumed"
    )
    assert answer.json()["requestedStartDate"] == "2027-03-01T00:00:00Z"
    assert answer.json()["relatedParty"] == [{"id": "p", "@type": "RelatedParty", "@referredType": "PartyRole"}]


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
def test_a_patch_is_mended_like_a_post(client: Client, media_type: str) -> None:
    order = client.post(ORDER, an_order_body()).json()
    answer = client.patch(f"{ORDER}/{order['id']}", {"requestedCompletionDate": "2027-03-01"}, media_type)
    assert answer.json()["requestedCompletionDate"] == "2027-03-01T00:00:00Z"
    assert "requestedCompletionDate" in answer.headers[HEADER]


def test_many_repairs_do_not_make_a_header_without_end(client: Client) -> None:
    parties = [{"id": str(number)} for number in range(200)]
    assert len(client.post(ORDER, an_order_body(relatedParty=parties)).headers[HEADER]) <= 1000


def test_a_kind_of_slip_is_logged_once_for_each_caller(client: Client) -> None:
    _log.cache_clear()
    items = [an_item(str(n), service={"relatedParty": [{"id": "p"}]}) for n in range(3)]
    with capture_logs() as logs:
        client.post(ORDER, an_order_body(serviceOrderItem=items))
        client.post(ORDER, an_order_body(serviceOrderItem=items))
    assert [entry["repair"] for entry in logs if entry["event"] == "request mended"] == [
        "serviceOrderItem[].service.relatedParty[].@type: RelatedParty is assumed",
        "serviceOrderItem[].service.relatedParty[].@referredType: PartyRole is assumed",
    ]


def test_what_cannot_be_mended_is_refused_with_its_place(client: Client) -> None:
    answer = client.post(ORDER, an_order_body(requestedStartDate="soon", relatedParty=[{"id": "p"}]))
    assert answer.status_code == 400
    assert "requestedStartDate" in answer.json()["message"]


def test_of_very_many_repairs_each_kind_is_logged_once_and_the_header_stays_short(client: Client) -> None:
    _log.cache_clear()
    parties = [{"id": str(n)} for n in range(1200)]
    with capture_logs() as logs:
        answer = client.post(ORDER, an_order_body(relatedParty=parties))
    assert answer.status_code == 201
    assert len(answer.headers[HEADER]) == 1000
    assert len([entry for entry in logs if entry["event"] == "request mended"]) == 2


NULL, ZERO = {"name": "backup", "value": None}, {"name": "jitterMaxMs", "value": 0}
NULLS = {"service": {"serviceSpecification": {"id": "cfs"}, "serviceCharacteristic": [NULL, ZERO]}}
WITH_NULLS = [
    (ORDER, an_order_body(serviceOrderItem=[an_item("1", **NULLS)])),
    (f"{CHECKS}/checkServiceQualification", a_check_body(serviceQualificationItem=[{"id": "1", **NULLS}])),
    (f"{CHECKS}/queryServiceQualification", a_query_body(searchCriteria=NULLS)),
]


@pytest.mark.parametrize(("path", "body"), WITH_NULLS)
def test_a_characteristic_that_is_null_is_not_answered_and_that_is_told(
    client: Client, path: str, body: dict[str, Any]
) -> None:
    answer = client.post(path, body)
    assert answer.status_code == 201
    assert "backup" not in answer.text
    assert "jitterMaxMs" in answer.text
    assert "serviceCharacteristic[0]: its value is null" in answer.headers[HEADER]
    assert client.get(f"{path}/{answer.json()['id']}").json() == answer.json()


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
def test_a_patch_sets_no_characteristic_to_null(client: Client, media_type: str) -> None:
    order = client.post(ORDER, an_order_body()).json()
    answer = client.patch(f"{ORDER}/{order['id']}", {"serviceOrderItem": [an_item("1", **NULLS)]}, media_type)
    (item,) = answer.json()["serviceOrderItem"]
    assert item["service"]["serviceCharacteristic"] == [ZERO]
    assert "its value is null" in answer.headers[HEADER]


def test_a_json_patch_sets_no_characteristic_to_null(client: Client) -> None:
    item = an_item("1", service={"serviceCharacteristic": [ZERO]})
    order = client.post(ORDER, an_order_body(serviceOrderItem=[item])).json()
    where = "/serviceOrderItem/0/service/serviceCharacteristic/0/value"
    patch = [{"op": "replace", "path": where, "value": None}]
    answer = client.patch(f"{ORDER}/{order['id']}", patch, "application/json-patch+json")
    assert answer.json()["serviceOrderItem"][0]["service"]["serviceCharacteristic"] == []
    assert "its value is null" in answer.headers[HEADER]
