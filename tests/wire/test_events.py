"""Events, ours and those of peers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from linkwright.errors import InvalidRequest
from linkwright.wire.v4.error import write_error
from linkwright.wire.v4.events import EVENTS, LONGEST_ID, read_hint, read_peer_event, write_event
from linkwright.wire.v4.service_order import write_order
from tests.builders import NOW, an_order

from .schemas import PUBLISHED, ROOT, assert_contract, assert_published

Json = Any
FLOWS = ROOT / "src" / "linkwright"
ORDER = write_order(an_order(), "http://us")


TOLD = [told for kind in EVENTS.values() for told in kind.values()]


def published_events() -> list[str]:
    files = ("TMF641-ServiceOrdering-v4.1.0", "TMF645-ServiceQualification-v4.0.1")
    paths = [PUBLISHED / f"{file}.swagger.json" for file in files]
    if not all(path.is_file() for path in paths):
        pytest.skip("the published files do not lie in ../shared/published")
    found = [json.loads(path.read_text())["definitions"] for path in paths]
    return sorted(name for definitions in found for name in definitions if name.endswith("Event"))


def test_every_published_event_type_is_in_the_table_once() -> None:
    assert sorted(told.event for told in TOLD) == published_events()


def test_every_event_type_says_what_triggers_it() -> None:
    assert len({told.event for told in TOLD}) == len(TOLD) == 18
    assert all(told.when for told in TOLD)


def test_what_is_never_told_yet_is_what_no_flow_names() -> None:
    """Only orders ask their requesters; a cancel or a check has never come to that."""
    rooms = ("orders", "qualifications", "store")
    sources = {room: [p.read_text() for p in (FLOWS / room).rglob("*.py") if p.name != "model.py"] for room in rooms}
    never = {(kind, happening) for kind, all_ in EVENTS.items() for happening, told in all_.items() if told.never_yet}
    always = {happening for kind in EVENTS.values() for happening in kind}
    asked = '"informationRequired"'

    assert never == {(kind, "informationRequired") for kind in ("cancelServiceOrder", "checkServiceQualification")}
    assert [room for room, all_ in sources.items() if any(asked in source for source in all_)] == ["orders"]
    assert all(any(f'"{happening}"' in source for all_ in sources.values() for source in all_) for happening in always)


@pytest.mark.parametrize("happening", EVENTS["serviceOrder"])
def test_an_event_is_valid_and_holds_the_whole_resource(happening: str) -> None:
    name = EVENTS["serviceOrder"][happening].event
    told = write_event(happening, "serviceOrder", ORDER, event_id="e-1", at=NOW, field_path="description")

    assert told["eventType"] == name
    assert told["event"]["serviceOrder"] is ORDER
    assert (told["eventId"], told["correlationId"]) == ("e-1", "order-1")
    assert told["eventTime"] == told["timeOcurred"] == "2026-11-02T09:00:00.000Z"
    assert_contract("tmf641-v4.yaml", name, told)
    assert_published("TMF641-ServiceOrdering-v4.1.0", name, told)


def test_only_events_about_an_attribute_name_one() -> None:
    def path(happening: str) -> Json:
        told = write_event(happening, "serviceOrder", ORDER, event_id="e", at=NOW, field_path="note.text")
        return told.get("fieldPath")

    assert path("attributeChanged") == path("informationRequired") == "note.text"
    assert path("stateChanged") is None


def test_what_the_standard_has_no_event_for_is_told_as_a_change_of_state() -> None:
    told = write_event("attributeChanged", "queryServiceQualification", {"id": "q"}, event_id="e", at=NOW)

    assert told["eventType"] == "QueryServiceQualificationStateChangeEvent"


def test_a_cancel_hangs_together_with_its_order() -> None:
    cancel = {"id": "c-1", "serviceOrder": {"id": "order-1"}}

    assert write_event("created", "cancelServiceOrder", cancel, event_id="e", at=NOW)["correlationId"] == "order-1"


def test_an_event_of_a_peer_is_read_in_version_four_and_five() -> None:
    four = {
        "eventId": 7,
        "eventType": "ServiceOrderStateChangeEvent",
        "timeOcurred": "2026-11-02T10:00:00+01:00",
        "event": {"serviceOrder": {"id": "r-1", "externalId": "k", "state": "completed"}},
    }
    five = {"timeOccurred": "2026-11-02T09:00:00Z", "event": {"id": "r-1", "@type": "ServiceOrder"}}

    read = read_peer_event(four)

    assert (read.event_id, read.event_type) == ("7", "ServiceOrderStateChangeEvent")
    assert (read.resource_kind, read.resource_id, read.external_id, read.state) == (
        "serviceOrder",
        "r-1",
        "k",
        "completed",
    )
    assert read.at == read_peer_event(five).at == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert (read_peer_event(five).resource_kind, read_peer_event(five).resource_id) == ("serviceOrder", "r-1")


@pytest.mark.parametrize("event", [{}, {"serviceOrder": None}, {"serviceOrder": "r-1"}])
def test_an_event_that_says_little_is_read_for_what_it_says(event: Json) -> None:
    read = read_peer_event({"event": event, "eventTime": "soon"})

    assert (read.resource_id, read.at) == (None, None)


@pytest.mark.parametrize("body", [None, [], {}, {"event": "x"}])
def test_what_is_no_event_is_refused(body: Json) -> None:
    with pytest.raises(InvalidRequest):
        read_peer_event(body)


def hint_of(resource: Json, kind: str = "serviceOrder", **more: Json) -> Any:
    return read_hint({"eventId": "e-1", "event": {kind: resource}, **more})


def test_a_hint_names_the_thing_by_its_own_id_and_by_our_key() -> None:
    hint = hint_of({"id": "po-1", "externalId": "order-1/procure/1/x"})
    assert (hint.event_id, hint.remote_id, hint.key) == ("e-1", "po-1", "order-1/procure/1/x")


def test_our_key_may_stand_among_entities() -> None:
    entities: Json = [{"id": "x", "role": "customer"}, "nonsense", {"id": "order-1/reserve/1", "role": "externalId"}]
    assert hint_of({"id": "r-1", "relatedEntity": entities}, "reservation").key == "order-1/reserve/1"
    assert hint_of({"id": "r-1", "relatedEntity": {"id": "x"}}, "reservation").key is None


@pytest.mark.parametrize("name", ["serviceOrder", "resourceOrder"])
def test_a_cancel_is_about_the_order_that_it_names(name: str) -> None:
    assert hint_of({"id": "c-1", name: {"id": "po-1"}}, f"cancel{name}").remote_id == "po-1"
    assert hint_of({"id": "c-1"}, f"cancel{name}").remote_id == "c-1"


def test_an_event_that_names_nothing_is_no_hint() -> None:
    assert hint_of({}) is None
    assert read_hint({"event": {}}) is None


def test_an_event_without_an_id_is_known_by_what_it_says() -> None:
    once, again = {"event": {"id": "po-1", "state": "held"}}, {"event": {"state": "held", "id": "po-1"}}
    first, second = read_hint(once), read_hint(again)
    other, long = read_hint({"event": {"id": "po-1", "state": "inProgress"}}), read_hint(once | {"eventId": "e" * 300})
    assert first is not None
    assert first == second
    assert other is not None
    assert other.event_id != first.event_id
    assert long is not None
    assert len(long.event_id) <= LONGEST_ID


def test_an_error_is_all_text() -> None:
    assert write_error(409, "409", "Conflict", "It is final.") == {
        "code": "409",
        "reason": "Conflict",
        "message": "It is final.",
        "status": "409",
        "@type": "Error",
    }
