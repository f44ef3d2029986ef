"""Events, ours and those of peers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from linkwright.errors import InvalidRequest
from linkwright.wire.v4.error import write_error
from linkwright.wire.v4.events import EVENTS, read_peer_event, write_event
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
    rooms = ("orders", "qualifications", "store")
    sources = [p.read_text() for room in rooms for p in (FLOWS / room).rglob("*.py") if p.name != "model.py"]
    never = {(kind, happening) for kind, told in EVENTS.items() for happening in told if told[happening].never_yet}
    always = {happening for kind, told in EVENTS.items() for happening in told if (kind, happening) not in never}
    asking = {p.name for p in (FLOWS / "qualifications").rglob("*.py") if '"informationRequired"' in p.read_text()}

    assert never == {(kind, "informationRequired") for kind in ("cancelServiceOrder", "checkServiceQualification")}
    assert asking <= {"model.py"}
    assert all(any(f'"{happening}"' in source for source in sources) for happening in always)


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


def test_an_error_is_all_text() -> None:
    assert write_error(409, "409", "Conflict", "It is final.") == {
        "code": "409",
        "reason": "Conflict",
        "message": "It is final.",
        "status": "409",
        "@type": "Error",
    }
