"""The mock of a partner: its answers to checks (TMF645) and its orders (TMF641)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from mocks.partner import partner
from mocks.world import Offer
from mocks.world.partners import bandwidth_mbps

from .driven import STEP_S, Driven, driven

CHECKS = "/tmf-api/serviceQualificationManagement/v4"
ORDERS = "/tmf-api/serviceOrdering/v4"
CHECK, ORDER = f"{CHECKS}/checkServiceQualification", f"{ORDERS}/serviceOrder"
FRIDAY = datetime(2027, 3, 5, 9, tzinfo=UTC)
MBPS_100 = {"down": 100, "up": 100, "unit": "Mbit/s"}
MBPS_1000 = {"down": 1, "up": 1, "unit": "Gbit/s"}


class Market:
    """One partner with 500 Mbit/s at `covered` and no free port at `full`."""

    def __init__(self) -> None:
        self.declared: tuple[str, ...] | None = ("srg-1",)

    def partner_covers(self, partner: str, place_id: str) -> bool:
        return partner == "partner-north" and place_id in ("covered", "full")

    def partner_offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None:
        mbps = min(bandwidth_mbps(requirement.get("bandwidth")), 500)
        if not self.partner_covers(partner, place_id) or place_id == "full":
            return None
        return Offer(
            technology="fibre",
            bandwidth_mbps=mbps,
            nrc=Decimal("3800.00"),
            mrc=Decimal("910.50"),
            availability=0.9995,
            delay_ms=4.0,
            lead_time_days=6,
            handover_pop="pop-1",
            shared_risk_groups=self.declared,
        )


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def mock(market: Market) -> Iterator[Driven]:
    with driven(partner("partner-north", market, STEP_S)) as running:
        running.clock.set(FRIDAY)
        yield running


def service(place: str | None, **characteristics: Any) -> dict[str, Any]:
    where = {"id": place, "role": "servedPlace", "@type": "PlaceRef", "@referredType": "GeographicSite"}
    facts = [{"name": name, "value": value} for name, value in {"bandwidth": MBPS_100, **characteristics}.items()]
    return {"place": [where] if place else [], "serviceCharacteristic": facts}


def question(*services: dict[str, Any], **options: Any) -> dict[str, Any]:
    items = [{"id": str(number), "service": each} for number, each in enumerate(services, 1)]
    return {"instantSyncQualification": True, "serviceQualificationItem": items, **options}


def order(place: str | None, key: str = "key-1", **characteristics: Any) -> dict[str, Any]:
    item = {"id": "1", "action": "add", "service": service(place, **characteristics)}
    return {"externalId": key, "category": "Outsourced Access", "serviceOrderItem": [item]}


def offered(item: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in item["service"]["serviceCharacteristic"]}


def asked(mock: Driven, place: str | None, **characteristics: Any) -> dict[str, Any]:
    item: dict[str, Any] = mock.post(CHECK, question(service(place, **characteristics)))["serviceQualificationItem"][0]
    return item


# Checks


def test_a_covered_place_is_qualified_with_the_whole_offer(mock: Driven) -> None:
    answer = mock.call("POST", CHECK, question(service("covered")))
    check = answer.json()
    assert (answer.status_code, check["state"], check["qualificationResult"]) == (200, "done", "qualified")
    item = check["serviceQualificationItem"][0]
    assert item["qualificationResult"] == "qualified"
    assert offered(item) == {
        "bandwidth": MBPS_100,
        "offer.technology": "fibre",
        "offer.bandwidthMbps": 100,
        "offer.availability": 0.9995,
        "offer.delayMs": 4.0,
        "offer.nrc": {"unit": "EUR", "value": 3800.0},
        "offer.mrc": {"unit": "EUR", "value": 910.5},
        "offer.leadTimeDays": 6,
        "offer.handoverPop": "pop-1",
        "offer.sharedRiskGroups": ["srg-1"],
    }


def test_an_offer_holds_thirty_days_and_counts_its_lead_time_in_working_days(mock: Driven) -> None:
    item = asked(mock, "covered")
    assert item["expirationDate"] == "2027-04-04T09:00:00.000Z"
    assert item["expectedServiceAvailabilityDate"] == "2027-03-15T09:00:00.000Z"


def test_groups_that_are_not_declared_are_not_said_to_be_none(mock: Driven, market: Market) -> None:
    market.declared = None
    assert "offer.sharedRiskGroups" not in offered(asked(mock, "covered"))


@pytest.mark.parametrize(
    ("place", "wanted", "code"),
    [
        ("elsewhere", {}, "NO-COVERAGE-01"),
        ("full", {}, "REFUSED-02"),
        ("covered", {"bandwidth": MBPS_1000}, "REFUSED-02"),
        ("covered", {"latencyMaxMs": 7.9}, "REFUSED-02"),
        ("covered", {"technologyAllowed": ["5g"]}, "REFUSED-02"),
        ("covered", {"bandwidth": "fast"}, "REFUSED-02"),
    ],
)
def test_a_no_says_whether_the_place_or_the_wish_is_the_reason(
    mock: Driven, place: str, wanted: dict[str, Any], code: str
) -> None:
    item = asked(mock, place, **wanted)
    assert item["qualificationResult"] == "unqualified"
    assert [reason["code"] for reason in item["eligibilityUnavailabilityReason"]] == [code]
    assert not any(name.startswith("offer.") for name in offered(item))


def test_a_round_trip_that_is_just_allowed_is_no_reason(mock: Driven) -> None:
    assert asked(mock, "covered", latencyMaxMs=8)["qualificationResult"] == "qualified"


def test_less_bandwidth_is_an_alternative_where_alternatives_are_welcome(mock: Driven) -> None:
    check = mock.post(CHECK, question(service("covered", bandwidth=MBPS_1000), provideAlternative=True))
    item = check["serviceQualificationItem"][0]
    assert (check["qualificationResult"], item["qualificationResult"]) == ("alternate", "alternate")
    assert offered(item)["offer.bandwidthMbps"] == 500
    assert item["alternateServiceProposal"][0]["alternateService"] == item["service"]


def test_the_worst_item_is_the_answer_for_all(mock: Driven) -> None:
    check = mock.post(CHECK, question(service("covered"), service("elsewhere")))
    assert check["qualificationResult"] == "unqualified"
    assert [item["qualificationResult"] for item in check["serviceQualificationItem"]] == ["qualified", "unqualified"]


def test_without_any_place_there_is_no_answer(mock: Driven) -> None:
    check = mock.post(CHECK, {"instantSyncQualification": True, "serviceQualificationItem": [{}]})
    assert check["state"] == check["serviceQualificationItem"][0]["state"] == "terminatedWithError"
    assert "qualificationResult" not in check


def test_a_check_that_need_not_be_at_once_is_answered_later_and_tells_so(mock: Driven) -> None:
    mock.subscribe(CHECKS)
    answer = mock.call("POST", CHECK, question(service("covered"), instantSyncQualification=False))
    assert (answer.status_code, answer.json()["state"]) == (201, "accepted")
    assert answer.headers["location"] == answer.json()["href"]
    done = mock.until_state(f"{CHECK}/{answer.json()['id']}", "done")
    assert done["qualificationResult"] == "qualified"
    event = mock.until(lambda: mock.told("CheckServiceQualificationStateChangeEvent"))[0]
    assert event["event"]["checkServiceQualification"] == done


def test_a_deleted_check_is_gone(mock: Driven) -> None:
    path = f"{CHECK}/{mock.post(CHECK, question(service('covered')))['id']}"
    assert mock.call("DELETE", path).status_code == 204
    assert mock.call("GET", path).status_code == 404


# Orders


def test_an_order_runs_through_with_its_milestones_and_its_date(mock: Driven) -> None:
    mock.subscribe(ORDERS)
    order_id = mock.post(ORDER, order("covered"))["id"]
    done = mock.until_state(f"{ORDER}/{order_id}", "completed")
    assert done["expectedCompletionDate"] == "2027-03-15T09:00:00.000Z"
    assert [each["name"] for each in done["milestone"]] == ["workStarted", "handedOver"]
    mock.until(lambda: len(mock.events) == 5)
    assert [event["eventType"] for _, event in mock.events] == [
        "ServiceOrderCreateEvent",
        "ServiceOrderStateChangeEvent",
        "ServiceOrderMilestoneEvent",
        "ServiceOrderMilestoneEvent",
        "ServiceOrderStateChangeEvent",
    ]


def test_an_order_may_give_the_bandwidth_as_it_was_offered(mock: Driven) -> None:
    body = order("covered")
    facts = [{"name": "offer.bandwidthMbps", "value": 100}]
    body["serviceOrderItem"][0]["service"]["serviceCharacteristic"] = facts
    mock.until_state(f"{ORDER}/{mock.post(ORDER, body)['id']}", "completed")


@pytest.mark.parametrize("place", ["elsewhere", "full", None])
def test_an_order_for_a_place_that_cannot_be_served_is_rejected(mock: Driven, place: str | None) -> None:
    rejected = mock.until_state(f"{ORDER}/{mock.post(ORDER, order(place))['id']}", "rejected")
    assert rejected["errorMessage"][0]["reason"].startswith("item 1: ")
    assert "startDate" not in rejected


def test_a_partner_order_is_made_once_for_its_external_id(mock: Driven) -> None:
    first = mock.post(ORDER, order("covered"), key="key-1")
    assert mock.post(ORDER, order("covered"), key="key-1") == first
    assert mock.call("POST", ORDER, order("covered")).status_code == 409
    assert [found["id"] for found in mock.get(f"{ORDER}?externalId=key-1")] == [first["id"]]


def test_an_order_that_the_partner_forgets_can_be_placed_again(mock: Driven) -> None:
    mock.have(drop="forget", times=1, operations=["createServiceOrder"])
    lost = mock.post(ORDER, order("covered"), key="key-1")
    assert mock.get(f"{ORDER}?externalId=key-1") == []
    again = mock.post(ORDER, order("covered"), key="key-1")
    assert again["id"] != lost["id"]
    mock.until_state(f"{ORDER}/{again['id']}", "completed")


def test_a_cancel_that_is_overtaken_by_the_end_is_denied_in_its_outcome(mock: Driven) -> None:
    order_id = mock.post(ORDER, order("covered"))["id"]
    mock.until_state(f"{ORDER}/{order_id}", "inProgress")
    cancel = mock.post(f"{ORDERS}/cancelServiceOrder", {"serviceOrder": {"id": order_id}})
    done = mock.until_state(f"{ORDERS}/cancelServiceOrder/{cancel['id']}", "done")
    assert "denied" in done["completionMessage"]
    assert mock.get(f"{ORDER}/{order_id}")["state"] == "completed"


def test_events_of_checks_go_only_to_those_who_asked_for_events_of_checks(mock: Driven) -> None:
    mock.subscribe(CHECKS, "http://us.test/checks")
    mock.subscribe(ORDERS, "http://us.test/orders")
    mock.post(CHECK, question(service("covered")))
    order_id = mock.post(ORDER, order("covered"))["id"]
    mock.until_state(f"{ORDER}/{order_id}", "completed")
    mock.until(lambda: len(mock.events) == 7)
    about = {(callback, event["domain"]) for callback, event in mock.events}
    assert about == {
        ("http://us.test/checks", "checkServiceQualification"),
        ("http://us.test/orders", "serviceOrder"),
    }
