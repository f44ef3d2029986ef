"""What a confirmed order sets in motion at others, and what they hold of it in the end."""

import pytest

from tests.clauses.bss import Document, Json, words
from tests.journeys.processes import mock_calls

PARAMETERS = {"vlanId", "ipv4Prefix", "serviceIdentifier"}
IMPLEMENT, ALLOCATE = "Implement, Configure & Activate", "Allocate Specific Service Parameters"


def _related(order: Json, kind: str) -> set[str]:
    return {one["id"] for one in order["orderRelationship"] if one["relationshipType"] == kind}


def _of(world: dict[str, Json], category: str) -> dict[str, Json]:
    return {one["id"]: one for one in world["downstream"]["serviceOrder"] if one["category"] == category}


def _of_this(order: Json, found: dict[str, Json]) -> dict[str, Json]:
    return {name: one for name, one in found.items() if one["externalId"].startswith(order["id"])}


def _reached(order: Json) -> dict[str, str]:
    return {one["name"]: one["milestoneDate"] for one in order["milestone"]}


def test_c15_service_quality_parameters_are_derived_and_published(
    hq: dict[str, Json], document: Document, order: Json, ordered: dict[str, Json], world: dict[str, Json]
) -> None:
    """Between what is promised and what is expected lies the threshold: it warns before the promise is broken."""
    told = {one["name"]: one for one in hq["sqm.objectives"]}
    availability, latency = told["availability"], told["latency"]
    expected = 100 * hq["sla.availability"]
    assert availability["target"] == hq["availabilityTarget"]
    assert availability["threshold"] == pytest.approx((availability["target"] + expected) / 2)
    assert (latency["target"], latency["comparator"]) == (hq["latencyMaxMs"], "<=")
    assert latency["threshold"] == pytest.approx((latency["target"] + hq["sla.latencyMs"]) / 2)
    assert told["bandwidth"]["target"] == hq["bandwidth"]["down"]
    assert all(one["period"] and one["measuringPoint"] for one in told.values())
    assert "not published yet" in document.section("C15")
    published = {one["id"]: one for one in world["service-quality"]["serviceLevelObjective"]}
    for one in words(ordered["hq"]["service"])["sqm.objectives"]:
        there = published[one["reference"]]
        assert float(there["conformanceTarget"]) == one["target"]
        assert float(there["thresholdTarget"]) == pytest.approx(one["threshold"])
        assert there["conformanceComparator"] == one["comparator"]
    listed = {
        one["id"] for one in order["externalReference"] if one["externalReferenceType"] == "serviceLevelSpecification"
    }
    assert listed == {one["id"] for one in world["service-quality"]["serviceLevelSpecification"]}
    assert "sqmParametersPublished" in _reached(order)


def test_c15_no_alarm_is_raised_while_all_that_is_held_arrives(hq: dict[str, Json], document: Document) -> None:
    """Our access carries ten times as much, but no more than what was asked for is held on the links behind it."""
    assert max(one["down"] for one in hq["access.bandwidth"]) > hq["bandwidth"]["down"]
    (bandwidth,) = [one for one in hq["sqm.objectives"] if one["name"] == "bandwidth"]
    assert bandwidth["threshold"] == bandwidth["target"] == hq["bandwidth"]["down"]
    assert "| Bandwidth | at least | 1,000 Mbit/s | 1,000 Mbit/s |" in document.section("C15")


def test_c29_implementation_is_ordered_in_its_turn(
    order: Json, ordered: dict[str, Json], world: dict[str, Json], document: Document
) -> None:
    implementing = _of_this(order, _of(world, IMPLEMENT))
    assert _related(order, "implements") == implementing.keys()
    implemented = [item["id"] for one in implementing.values() for item in one["serviceOrderItem"]]
    assert sorted(implemented) == ["hq", "plant"]
    for one in implementing.values():
        before = {other["id"] for other in one["orderRelationship"] if other["relationshipType"] == "dependsOn"}
        assert before
        assert before <= _related(order, "allocates")
        for item in one["serviceOrderItem"]:
            told, ours = words(item["service"]), words(ordered[item["id"]]["service"])
            assert told["access.path"] == ours["access.path"]
            assert told["vlanId"] == ours["vlanId"]
    preview = [line for line in document.section("C29").splitlines() if line.startswith("|") and "TMF" in line]
    assert [line.split("|")[2].strip() for line in preview][-2:] == [
        "Implement, configure and activate",
        "Register the service",
    ]
    assert "until then it is a preview" in document.section("C29")


def _of_hq(*orders: Json) -> list[Json]:
    """Without what only the order knows, and what the other system has made of it."""
    items = [item for one in orders for item in one.get("serviceOrderItem") or one.get("orderItem") or ()]
    found = []
    for item in (one for one in items if one["id"].partition("/")[0] == "hq"):
        subject = {name: value for name, value in item.get("service", {}).items() if name != "relatedParty"}
        told = [one for one in subject.get("serviceCharacteristic", ()) if one["name"] not in PARAMETERS]
        left = {name: value for name, value in item.items() if name not in ("state", "service")}
        found.append(left | {"service": subject | {"serviceCharacteristic": told}})
    return found


def test_c29_the_preview_says_what_is_ordered(order: Json, world: dict[str, Json], document: Document) -> None:
    """Each body as it went out later, of which the document showed the design's own part."""

    def sent(system: str, kind: str = "serviceOrder", category: str | None = None) -> list[Json]:
        mine = [one for one in world[system][kind] if one["externalId"].startswith(order["id"])]
        return _of_hq(*(one for one in mine if category in (None, one["category"])))

    def shown(words: str, category: str | None = None) -> list[Json]:
        bodies = [body for caption, body in document.payloads() if words in caption]
        assert bodies, words
        return _of_hq(*(one for one in bodies if category in (None, one["category"])))

    assert shown("partner-north") == sent("partner-north")
    assert shown("TMF652") == sent("resource-orders", "resourceOrder")
    for category in (ALLOCATE, IMPLEMENT):
        assert shown("TMF641", category) == sent("downstream", category=category)
    turns = [int(caption.partition(",")[0].removeprefix("No. ")) for caption, _ in document.payloads()]
    assert turns == sorted(turns)
    (implementing,) = [body for caption, body in document.payloads() if IMPLEMENT in caption]
    (before,) = implementing["orderRelationship"]
    (allocating,) = [caption for caption, body in document.payloads() if body.get("category") == ALLOCATE]
    assert before["id"] == f"{{{allocating.partition(',')[0]}}}", "named by its number"
    (held,) = [body for caption, body in document.payloads() if "TMF685" in caption]
    assert held["reservationItem"]


def test_c30_parameters_are_allocated_first_in_a_stream_of_their_own(
    order: Json, ordered: dict[str, Json], world: dict[str, Json], document: Document
) -> None:
    allocating = _of_this(order, _of(world, ALLOCATE))
    assert _related(order, "allocates") == allocating.keys()
    assert _related(order, "allocates").isdisjoint(_related(order, "implements"))
    given = {item["id"]: words(item["service"]) for one in allocating.values() for item in one["serviceOrderItem"]}
    for name, item in ordered.items():
        allocated = {
            one["name"]: one["value"]
            for one in item["service"]["serviceCharacteristic"]
            if one.get("@type") == "AllocatedParameter"
        }
        assert allocated.keys() == PARAMETERS
        assert allocated.items() <= given[name].items()
    addresses = [given[name]["ipv4Prefix"] for name in given]
    assert len(set(addresses)) == len(addresses)
    reached = _reached(order)
    assert reached["parametersAllocated"] <= reached["downstreamOrdersIssued"]
    preview = document.section("C30")
    assert "Parameters to allocate, first" in preview
    assert "| Service identifier |" in preview


def test_c32_resources_are_asked_for_held_and_ordered(
    order: Json, world: dict[str, Json], mocks: dict[str, str], document: Document, world_then: dict[str, Json]
) -> None:
    looked = {(one["method"], one["path"].rpartition("/")[2]) for one in mock_calls(mocks, "resources")}
    assert ("GET", "resource") in looked
    referred = {one["id"] for one in order["externalReference"] if one["externalReferenceType"] == "reservation"}
    made = {one["made"] for one in mock_calls(mocks, "pool") if one.get("made")}
    assert referred <= made
    assert {one["id"] for one in world_then["pool"]["reservation"]} <= referred
    still_held = {one["id"] for one in world["pool"]["reservation"] if one["state"] == "completed"}
    assert referred.isdisjoint(still_held), "what is active is in use, and no longer held"
    bought = {
        one["id"] for one in world["resource-orders"]["resourceOrder"] if one["externalId"].startswith(order["id"])
    }
    assert _related(order, "provides") == bought
    assert bought
    assert "Resource assignments" in document.section("C32")


def test_c32_the_document_lists_the_calls_that_the_design_stands_on(document: Document) -> None:
    section = document.section("C32")
    for called in ("TMF639", "TMF685"):
        assert called in section
