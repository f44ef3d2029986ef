"""What real senders get wrong, and what is made of it."""

from typing import Any

import pytest

from linkwright.api.contracts import read_contract
from linkwright.wire.repairs import repaired

SCHEMAS = read_contract("tmf641-v4").document["components"]["schemas"]


def _mended(body: Any, schema: str = "ServiceOrder_Create") -> tuple[Any, tuple[str, ...]]:
    found = repaired(body, {"$ref": f"#/components/schemas/{schema}"}, SCHEMAS)
    return found.body, found.notes


def test_what_is_right_stays_as_it_is_without_a_note() -> None:
    body = {
        "requestedStartDate": "2027-03-01T00:00:00+01:00",
        "relatedParty": [{"id": "1", "@type": "RelatedParty", "@referredType": "Organization"}],
        "ownWord": {"date": ""},
    }
    assert _mended(body) == (body, ())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-03-01", "2027-03-01T00:00:00Z"),
        ("2027-03-01T08:00:00", "2027-03-01T08:00:00Z"),
        ("2027-03-01 08:00:00Z", "2027-03-01T08:00:00Z"),
        ("2027-03-01T08:00", "2027-03-01T08:00:00Z"),
        ("2027-03-01T08:00:00+0200", "2027-03-01T08:00:00+02:00"),
    ],
)
def test_a_date_that_lacks_a_part_is_completed_and_told(written: str, read: str) -> None:
    body, (note,) = _mended({"requestedStartDate": written})
    assert body == {"requestedStartDate": read}
    assert note.startswith("requestedStartDate: ")


@pytest.mark.parametrize("written", ["2027-03-01T08:00:00Z", "2027-03-01t08:00:00.123z", "soon", "01.03.2027", 5, None])
def test_a_good_date_and_no_date_at_all_are_both_left_alone(written: Any) -> None:
    assert _mended({"requestedStartDate": written}) == ({"requestedStartDate": written}, ())


def test_an_empty_date_counts_as_absent() -> None:
    assert _mended({"requestedStartDate": " ", "description": ""}) == (
        {"description": ""},
        ("requestedStartDate: an empty date is taken as absent",),
    )


def test_a_party_without_a_class_becomes_a_related_party_wherever_it_stands() -> None:
    item = {"id": "1", "action": "add", "service": {"relatedParty": [{"id": "p", "role": "user"}]}}
    body, notes = _mended({"serviceOrderItem": [item]})
    assert body["serviceOrderItem"][0]["service"]["relatedParty"] == [
        {"id": "p", "role": "user", "@type": "RelatedParty", "@referredType": "Party"}
    ]
    assert notes == (
        "serviceOrderItem[0].service.relatedParty[0].@type: RelatedParty is assumed",
        "serviceOrderItem[0].service.relatedParty[0].@referredType: Party is assumed",
    )
    assert "@type" not in item["service"]["relatedParty"][0]  # type: ignore[index]


@pytest.mark.parametrize("word", ["id", "itemId"])
def test_an_item_is_referred_to_by_either_of_its_two_names(word: str) -> None:
    relation = {"relationshipType": "reliesOn", "orderItem": {word: "7"}}
    body, notes = _mended({"serviceOrderItem": [{"serviceOrderItemRelationship": [relation]}]})
    other = body["serviceOrderItem"][0]["serviceOrderItemRelationship"][0]["orderItem"]
    assert (other["id"], other["itemId"], len(notes)) == ("7", "7", 1)


def test_a_party_without_a_role_is_named_by_its_role() -> None:
    body, (note,) = _mended({"relatedParty": [{"id": "p", "@type": "RelatedParty"}]})
    assert body["relatedParty"] == [{"id": "p", "@type": "RelatedParty", "@referredType": "PartyRole"}]
    assert note == "relatedParty[0].@referredType: PartyRole is assumed"


def test_a_reference_that_names_no_item_is_left_out() -> None:
    relation = {"relationshipType": "reliesOn", "orderItem": {"serviceOrderId": "o"}}
    body, (note,) = _mended({"serviceOrderItem": [{"serviceOrderItemRelationship": [relation]}]})
    assert body["serviceOrderItem"][0]["serviceOrderItemRelationship"] == [{"relationshipType": "reliesOn"}]
    assert "orderItem: names no item" in note


def test_no_item_of_a_cancel_is_left_out_and_no_mistake_is_hidden_by_it() -> None:
    assert _mended({"serviceOrderItem": [{}]}, "CancelServiceOrder_Create")[0] == {"serviceOrderItem": [{}]}
    relation = {"orderItem": {"serviceOrderHref": 5}}
    body = {"serviceOrderItem": [{"serviceOrderItemRelationship": [relation]}]}
    assert _mended(body) == (body, ())


@pytest.mark.parametrize("given", [{}, {"featureCharacteristic": []}])
@pytest.mark.parametrize("own", [{}, {"isEnabled": False}])
def test_a_feature_without_characteristics_is_only_on_or_off(given: Any, own: Any) -> None:
    body, (note,) = _mended({"serviceOrderItem": [{"service": {"feature": [{"name": "f", **given, **own}]}}]})
    (feature,) = body["serviceOrderItem"][0]["service"]["feature"]
    (said,) = feature["featureCharacteristic"]
    assert (said["name"], said["value"]) == ("isEnabled", own.get("isEnabled", True))
    assert "isEnabled alone" in note


def test_a_characteristic_that_is_null_is_left_out_wherever_it_stands() -> None:
    given = [{"name": "a", "value": None}, {"name": "b", "value": 0}, {"name": "c"}]
    inner = {"service": {"serviceCharacteristic": given[:1]}}
    service = {"serviceCharacteristic": given, "serviceRelationship": [inner]}
    body, notes = _mended({"serviceOrderItem": [{"service": service}]})
    read = body["serviceOrderItem"][0]["service"]
    assert read["serviceCharacteristic"] == given[1:]
    assert read["serviceRelationship"][0]["service"]["serviceCharacteristic"] == []
    assert notes == (
        "serviceOrderItem[0].service.serviceCharacteristic[0]: its value is null, so it is left out",
        "serviceOrderItem[0].service.serviceRelationship[0].service.serviceCharacteristic[0]: its value is null, "
        "so it is left out",
    )


def test_a_feature_all_of_whose_characteristics_are_null_is_only_on_or_off() -> None:
    feature = {"name": "f", "featureCharacteristic": [{"name": "x", "value": None}]}
    body, notes = _mended({"serviceOrderItem": [{"service": {"feature": [feature]}}]})
    (said,) = body["serviceOrderItem"][0]["service"]["feature"][0]["featureCharacteristic"]
    assert (said["name"], len(notes)) == ("isEnabled", 2)


@pytest.mark.parametrize("body", [{"serviceOrderItem": 5}, {"relatedParty": ["x", 1, None]}, [], "text", None])
def test_what_has_another_shape_is_left_to_the_validator(body: Any) -> None:
    assert _mended(body) == (body, ())
