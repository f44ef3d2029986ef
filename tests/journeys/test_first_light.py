"""From the BSS and back, over HTTP, against real processes."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests

from tests.journeys.processes import (
    ORDERING,
    QUALIFICATION,
    Json,
    Linkwright,
    Listener,
    clear_faults,
    mock_state,
    set_faults,
    until,
)
from tests.journeys.requests_of import (
    a_check,
    an_order_of,
    characteristics,
    the_depot,
    the_headquarters,
    the_plant,
)

CHECKS = f"{QUALIFICATION}/checkServiceQualification"
ORDERS = f"{ORDERING}/serviceOrder"


def _answered(linkwright: Linkwright, *items: Json, **more: Json) -> Json:
    return linkwright.check_done(linkwright.post(CHECKS, a_check(*items, **more)))


def _item(check: Json, name: str) -> Json:
    return next(item for item in check["serviceQualificationItem"] if item["id"] == name)


def test_three_sites_are_qualified_alternate_and_unqualified_with_their_reasons(linkwright: Linkwright) -> None:
    check = _answered(linkwright, the_headquarters(), the_plant(), the_depot())
    assert check["state"] == "done"
    assert check["qualificationResult"] == "unqualified"
    hq = _item(check, "hq")
    assert hq["qualificationResult"] == "qualified"
    facts = characteristics(hq["service"])
    assert facts["sla.availability"] >= 0.9999
    assert facts["sla.latencyMs"] <= 30
    assert set(facts["access.provider"]) == {"own", "partner-north"}
    plant = _item(check, "plant")
    assert plant["qualificationResult"] == "alternate"
    assert plant["alternateServiceProposal"]
    assert all(
        "would be feasible" in r["label"] for r in plant["eligibilityUnavailabilityReason"] if "SD-PTR" not in r["code"]
    )
    depot = _item(check, "depot")
    assert depot["qualificationResult"] == "unqualified"
    assert depot["eligibilityUnavailabilityReason"][0]["code"] == "SD-ACC-01"


def test_a_question_about_a_place_alone_is_told_what_can_be_had_there(linkwright: Linkwright) -> None:
    place = the_headquarters()["service"]["place"]
    criteria = {"searchCriteria": {"service": {"place": place}}, "instantSyncQualification": True}
    found = linkwright.post(f"{QUALIFICATION}/queryServiceQualification", criteria, expected=200)
    assert found["state"] == "done"
    offered = [item["service"] for item in found["serviceQualificationItem"]]
    assert offered
    for service in offered:
        facts = characteristics(service)
        assert facts["bandwidth"]["down"] > 0
        assert facts["sla.availability"] > 0
        assert service["serviceSpecification"]["id"]


def test_an_order_of_the_qualified_part_is_followed_to_its_completion(
    linkwright: Linkwright, world: Mapping[str, str], listener: Listener
) -> None:
    linkwright.post(f"{ORDERING}/hub", {"callback": listener.url})
    check = _answered(linkwright, the_headquarters())
    order = linkwright.post(ORDERS, an_order_of(check, "hq"))
    done = linkwright.order_in(order, "completed", "failed", "partial", "rejected")
    assert done["state"] == "completed", done
    assert {relation["relationshipType"] for relation in done["orderRelationship"]} >= {
        "procures",
        "provides",
        "allocates",
        "implements",
    }
    assert len(mock_state(world, "services")["service"]) == 1
    until("the last event", lambda: any(_tells_state(event, "completed") for event in listener.events))
    states = [event["event"]["serviceOrder"]["state"] for event in listener.events]
    assert states == sorted(states, key=["acknowledged", "inProgress", "completed"].index)


def test_a_service_that_runs_can_be_asked_for_its_change_and_its_release(linkwright: Linkwright) -> None:
    check = _answered(linkwright, the_headquarters())
    order = linkwright.post(ORDERS, an_order_of(check, "hq"))
    done = linkwright.order_in(order, "completed", "failed", "partial", "rejected")
    assert done["state"] == "completed", done
    running = {"id": done["serviceOrderItem"][0]["service"]["id"], "@type": "ServiceRef"}
    faster = [{"name": "latencyMaxMs", "value": 25}]
    changed = _item(
        _answered(linkwright, {"id": "more", "service": {**running, "serviceCharacteristic": faster}}), "more"
    )
    assert changed["qualificationResult"] == "qualified", changed
    facts = characteristics(changed["service"])
    assert (facts["design.change"], facts["cpe.existing"]) == ("modify", True)
    assert "partner-north" in facts["access.provider"]
    assert facts["access.existing"] == [True for _ in facts["access.provider"]]
    released = _item(_answered(linkwright, {"id": "none", "service": {**running, "state": "terminated"}}), "none")
    assert released["qualificationResult"] == "qualified"
    given = characteristics(released["service"])["capacity.released"]
    assert {one["category"] for one in given} >= {"accessOption", "cpeModel", "pop"}
    nowhere = {"id": "x", "service": {"id": "nobody-knows", "state": "terminated"}}
    (reason,) = _item(_answered(linkwright, nowhere), "x")["eligibilityUnavailabilityReason"]
    assert reason["code"] == "SD-INF-01"


def _tells_state(event: Json, state: str) -> bool:
    return bool(
        event["eventType"] == "ServiceOrderStateChangeEvent" and event["event"]["serviceOrder"]["state"] == state
    )


def test_a_synchronous_check_is_answered_in_the_post(linkwright: Linkwright) -> None:
    linkwright.post(CHECKS, a_check(the_headquarters(), instantSyncQualification=True), expected=200)


def test_an_address_by_value_is_found_unknown_or_ambiguous(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    base = f"{world['places']}/tmf-api/geographicAddressManagement/v4/geographicAddress"
    known = requests.get(base, params={"limit": "50"}, timeout=10).json()
    parts = ("streetName", "streetNr", "postcode", "city", "country")
    first = {part: known[0][part] for part in parts}
    twice = next(a for a in known if sum(_same_street(a, b) for b in known) > 1)
    ambiguous = {part: twice[part] for part in ("streetName", "city")}

    def asked(name: str, value: Json) -> Json:
        item = the_depot()
        item["id"] = name
        item["service"]["place"] = [{**value, "role": "site", "@type": "GeographicAddress"}]
        return item

    check = _answered(
        linkwright, asked("known", first), asked("nowhere", {**first, "city": "Atlantis"}), asked("twice", ambiguous)
    )
    codes = {
        item["id"]: [reason["code"] for reason in item.get("eligibilityUnavailabilityReason", [])]
        for item in check["serviceQualificationItem"]
    }
    assert codes["nowhere"] == ["SD-GEO-01"]
    assert codes["twice"] == ["SD-GEO-02"]
    assert not any(code.startswith("SD-GEO") for code in codes["known"])


def _same_street(a: Json, b: Json) -> bool:
    return bool((a["streetName"], a["city"]) == (b["streetName"], b["city"]))


def test_a_check_survives_kill_minus_nine(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    set_faults(world, "resources", {"latency_s": 1.0})
    check = linkwright.post(CHECKS, a_check(the_headquarters(), the_plant(), the_depot()))
    until("it has begun", lambda: linkwright.get(f"{CHECKS}/{check['id']}")["state"] == "inProgress")
    linkwright.kill()
    clear_faults(world, "resources")
    linkwright.start()
    assert linkwright.check_done(check)["state"] == "done"


@pytest.mark.parametrize("wait_s", [0.0, 0.3, 0.7, 1.2, 1.8, 2.5])
def test_an_order_survives_kill_minus_nine_without_ordering_twice(
    linkwright: Linkwright, world: Mapping[str, str], wait_s: float
) -> None:
    check = _answered(linkwright, the_headquarters())
    order = linkwright.post(ORDERS, an_order_of(check, "hq"))
    time.sleep(wait_s)  # not to wait for something, but to die at another moment in each run
    linkwright.kill()
    linkwright.start()
    assert linkwright.order_in(order, "completed", "failed", "partial", "rejected")["state"] == "completed"
    for system, collection in (
        ("partner-north", "serviceOrder"),
        ("resource-orders", "resourceOrder"),
        ("pool", "reservation"),
        ("services", "service"),
    ):
        made = mock_state(world, system)[collection]
        assert len(made) <= 1, (system, made)
    assert len(mock_state(world, "downstream")["serviceOrder"]) == 2


def test_a_silent_partner_is_told_as_silent_and_the_rest_of_the_answer_stands(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    set_faults(world, "partner-north", {"hang_s": 20.0})
    check = _answered(linkwright, the_headquarters(), the_plant())
    hq = _item(check, "hq")
    assert hq["qualificationResult"] != "qualified"
    assert "SD-PTR-03" in [reason["code"] for reason in hq["eligibilityUnavailabilityReason"]]
    assert _item(check, "plant")["qualificationResult"] == "alternate"


def test_a_resource_domain_that_is_down_terminates_the_items_visibly(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    set_faults(world, "resources", {"fail_next": 1000, "fail_status": 503})
    check = _answered(linkwright, the_headquarters())
    assert check["state"] == "terminatedWithError"
    item = check["serviceQualificationItem"][0]
    assert item["state"] == "terminatedWithError"
    assert "resources" in item["terminationError"][0]["value"]


def test_an_order_waits_visibly_for_a_pool_that_is_down_and_goes_on_by_itself(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    check = _answered(linkwright, the_headquarters())
    set_faults(world, "pool", {"fail_next": 1000, "fail_status": 503})
    order = linkwright.post(ORDERS, an_order_of(check, "hq"))
    path = f"{ORDERS}/{order['id']}"
    until("the order tells that it waits", lambda: linkwright.get(path).get("jeopardyAlert"))
    clear_faults(world, "pool")
    assert linkwright.order_in(order, "completed", "failed")["state"] == "completed"


def test_a_cancelled_order_gives_everything_back(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    check = _answered(linkwright, the_headquarters())
    for system in ("partner-north", "resource-orders"):
        set_faults(world, system, {"latency_s": 0.0, "events_dropped": True})
    set_faults(world, "pool", {"latency_s": 1.5, "operations": ["createReservation"]})
    order = linkwright.post(ORDERS, an_order_of(check, "hq"))
    until("it has begun", lambda: linkwright.get(f"{ORDERS}/{order['id']}")["state"] == "inProgress")
    cancel = linkwright.post(f"{ORDERING}/cancelServiceOrder", {"serviceOrder": {"id": order["id"]}})
    ended = linkwright.order_in(order, "cancelled", "completed")
    task = linkwright.get(f"{ORDERING}/cancelServiceOrder/{cancel['id']}")
    assert task["state"] == "done"
    assert ended["state"] == "cancelled"


def test_bad_input_is_refused_clearly_and_leaves_nothing_behind(linkwright: Linkwright) -> None:
    url = f"{linkwright.url}{CHECKS}"
    bad = {
        "no JSON": (b"{", 400),
        "wrong type": (b'{"serviceQualificationItem": "all"}', 400),
        "nothing asked": (b'{"serviceQualificationItem": []}', 400),
        "too deep": (b'{"a":' * 200 + b"1" + b"}" * 200, 400),
        "too large": (b'{"description": "' + b"x" * (33 * 1024 * 1024) + b'"}', 413),
    }
    for what, (body, status) in bad.items():
        answer = requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=30)
        assert answer.status_code == status, what
        assert {"code", "reason", "message"} <= answer.json().keys(), what
    assert requests.get(url, timeout=10).json() == []


def test_the_server_answers_when_nothing_is_configured(tmp_path: Path) -> None:
    """Started as anybody starts it."""
    server = Linkwright(tmp_path, {})
    server.start()
    server.stop()
