"""Which attributes exist, and what is left of a resource when some are selected."""

from typing import Any

import pytest

from linkwright.errors import InvalidRequest
from linkwright.wire import attributes, filters
from linkwright.wire.attributes import known_attributes, known_in_events, project
from linkwright.wire.filters import LONGEST_PATH, Condition, parse_query, wanted_events
from tests.contract.facts import OPENAPI, read_document
from tests.counting import lines_run

from .queries import ORDER

Json = Any

# project


def test_a_projection_always_keeps_what_identifies_the_resource() -> None:
    kept = project(ORDER, (("state",),))
    assert kept == {"id": "o-1", "href": "/serviceOrder/o-1", "@type": "ServiceOrder", "state": "held"}


def test_a_projection_goes_into_objects_and_lists() -> None:
    kept = project(ORDER, (("serviceOrderItem", "service", "name"), ("serviceOrderItem", "id")))
    assert kept["serviceOrderItem"] == [
        {"id": "1", "service": {"name": "north"}},
        {"id": "2", "service": {"name": "south"}},
    ]
    assert "note" not in kept


def test_whoever_asks_for_the_whole_and_a_part_of_it_gets_the_whole() -> None:
    assert project(ORDER, (("note", "text"), ("note",)))["note"] == ORDER["note"]


def test_many_fields_are_not_looked_through_for_each_element() -> None:
    order = {"serviceOrderItem": [{"id": str(number)} for number in range(500)]}
    wanted = [("serviceOrderItem", f"a{number}") for number in range(500)]

    assert project(order, [*wanted, ("serviceOrderItem", "id")]) == order
    assert lines_run(lambda: project(order, wanted), attributes) < 20 * (500 + 500)


def test_without_fields_the_document_is_whole_and_an_unknown_field_selects_nothing() -> None:
    assert project(ORDER, None) is ORDER
    assert project(ORDER, (("none",),)).keys() == {"id", "href", "@type"}


# known_attributes


@pytest.fixture(scope="module")
def schemas() -> Json:
    return read_document(OPENAPI / "tmf641-v4.yaml")["components"]["schemas"]


@pytest.mark.parametrize(
    "path",
    [
        "state",
        "@type",
        "serviceOrderItem.state",
        "serviceOrderItem.service.serviceCharacteristic.name",
        "serviceOrderItem.serviceOrderItem.serviceOrderItem.id",
        "serviceOrderItem.service.supportingService.supportingService.serviceRelationship.service.name",
        "serviceOrderItem.service.serviceCharacteristic.value",
        "serviceOrderItem.service.serviceCharacteristic.value.down",
    ],
)
def test_paths_of_the_contract_exist_however_deep_its_types_recur(schemas: Json, path: str) -> None:
    assert known_attributes(schemas, "ServiceOrder")(path)


@pytest.mark.parametrize(
    "path", ["", "colour", "state.colour", "serviceOrderItem.colour", "serviceOrderItem.", "serviceOrderItem..id"]
)
def test_other_paths_do_not(schemas: Json, path: str) -> None:
    assert not known_attributes(schemas, "ServiceOrder")(path)


def test_below_an_attribute_of_any_type_operators_stay_operators(schemas: Json) -> None:
    path = "serviceOrderItem.service.serviceCharacteristic.value.down"
    query = parse_query(f"{path}.gte=5", known=known_attributes(schemas, "ServiceOrder"))
    assert query.filter == ((Condition(path, "gte", "5"),),)


@pytest.mark.parametrize("query", ["", "eventType=x", "event.serviceOrder.state=x&fieldPath.regex=^n", "eventId=sort"])
def test_a_listener_is_understood_as_his_events_are_filtered_later(schemas: Json, query: str) -> None:
    assert wanted_events(query, known=known_in_events(schemas)) == filters.event_filter(query)


@pytest.mark.parametrize(
    "query", ["event.serviceOrder.sate=x", "eventType.foo=1", "event=1&x=1", "x.gt=1", "fields.x=1"]
)
def test_a_listener_is_told_of_what_no_event_has(schemas: Json, query: str) -> None:
    with pytest.raises(InvalidRequest, match="There is no attribute"):
        wanted_events(query, known=known_in_events(schemas))


@pytest.mark.parametrize("name", ["fields", "sort", "offset", "limit"])
def test_a_listener_has_no_use_for_the_settings_of_lists(schemas: Json, name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'{name}' is for lists"):
        wanted_events(f"eventType=x&+{name} =1", known=known_in_events(schemas))


def test_a_path_without_end_is_not_followed(schemas: Json) -> None:
    path = "serviceOrderItem." * 5000 + "id"
    assert len(path) > LONGEST_PATH
    assert not known_attributes(schemas, "ServiceOrder")(path)
