"""What we order and hold in other systems, and how we read what has become of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import used_by
from linkwright.designs.requirement import PlaceWanted, Spot
from linkwright.wire.v4.outward import (
    read_hold_end,
    read_hold_progress,
    read_implementation,
    read_order_progress,
    read_registration,
    read_resource_order,
    write_allocation_order,
    write_implementation_order,
    write_inventory_service,
    write_partner_order,
    write_release_order,
    write_reservation,
    write_resource_order,
)
from linkwright.wire.v4.service_inventory import read_service as read_existing
from tests.builders import NOW, a_leg, a_place, a_requirement, a_solution

from .errands import a_task, an_errand
from .schemas import assert_contract, assert_published

Json = Any
TWO_LEGS = (
    a_leg(nodes=("west", "east", "hub"), links=("west-east", "east-hub")),
    a_leg(access="fibre-2", pop="east", nodes=("east", "hub"), links=("east-hub",), build="build-1"),
)


def words(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service["serviceCharacteristic"]}


# holds ----------------------------------------------------------------------------------------------------------


def test_everything_that_a_design_uses_is_held() -> None:
    solution = a_solution(legs=TWO_LEGS, cpe_quantity=2)

    assert used_by(solution) == {
        ("fibre-1", "accessOption"): 1,
        ("west", "pop"): 1,
        ("west-east", "link"): 100,
        ("east-hub", "link"): 200,
        ("fibre-2", "accessOption"): 1,
        ("east", "pop"): 1,
        ("cpe-1", "cpeModel"): 2,
    }


def test_of_a_partners_leg_only_the_port_at_the_handover_is_ours_to_hold() -> None:
    held = used_by(a_solution(legs=(a_leg(access="offer", supplier="north", links=()),)))

    assert set(held) == {("west", "pop"), ("cpe-1", "cpeModel")}


def test_a_reservation_carries_our_key_the_customer_and_an_end() -> None:
    body = write_reservation(an_errand(a_task()), NOW + timedelta(days=14))

    assert body["relatedEntity"][0] | {} == {
        "id": "order-1/reserve",
        "role": "externalId",
        "@type": "EntityRef",
        "@referredType": "ServiceOrder",
    }
    assert body["relatedParty"][0]["id"] == "nordwind"
    assert body["reservationPeriod"] == {"endDateTime": "2026-11-16T09:00:00.000Z"}
    assert_contract("outward/tmf685-v4.yaml", "Reservation_Create", body)
    assert_published("TMF685-ResourcePool-v4.0.0", "Reservation_Create", body)


def test_a_hold_without_a_named_end_leaves_the_end_to_the_pool() -> None:
    assert "reservationPeriod" not in write_reservation(an_errand(a_task()))


def test_an_order_that_names_nobody_is_held_for_its_requester() -> None:
    assert write_reservation(an_errand(a_task(), party=None))["relatedParty"][0]["id"] == "anonymous"


@pytest.mark.parametrize(
    ("doc", "end"),
    [
        ({"reservationPeriod": {"endDateTime": "2026-11-16T10:00:00+01:00"}}, datetime(2026, 11, 16, 9, tzinfo=UTC)),
        (
            {
                "reservationPeriod": {"endDateTime": "2026-11-16T09:00:00Z"},
                "validFor": {"endDateTime": "2026-11-10T09:00:00Z"},
            },
            datetime(2026, 11, 10, 9, tzinfo=UTC),
        ),
        ({"reservationPeriod": {"endDateTime": "soon"}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_hold_ends_at_the_earlier_of_its_ends(doc: Json, end: datetime | None) -> None:
    assert read_hold_end(doc) == end


# resource orders ------------------------------------------------------------------------------------------------


def test_what_sites_share_is_ordered_once() -> None:
    site = a_solution(legs=TWO_LEGS, augments=("east-hub",))
    body = write_resource_order(an_errand(a_task("provide"), item_1=site, item_2=site))

    assert [(one["id"], one["action"], one["resource"]["id"]) for one in body["orderItem"]] == [
        ("1/cpe", "add", "cpe-1"),
        ("2/cpe", "add", "cpe-1"),
        ("build/build-1", "add", "build-1"),
        ("augment/east-hub", "modify", "east-hub"),
    ]
    assert body["orderItem"][0]["resource"]["place"]["id"] == "site-1"
    assert (body["externalId"], body["category"]) == ("order-1/provide", "Provide Resources")
    assert_contract("outward/tmf652-v4.yaml", "ResourceOrder_Create", body)
    assert_published("TMF652-ResourceOrder-v4.0.0", "ResourceOrder_Create", body)


def test_a_resource_order_has_only_the_parts_that_its_task_is_about() -> None:
    site = a_solution(legs=TWO_LEGS, augments=("east-hub",))

    def ordered(*parts: str) -> list[str]:
        errand = an_errand(a_task("provide", parts=parts), item_1=site, item_2=site)
        return [one["id"] for one in write_resource_order(errand)["orderItem"]]

    assert ordered("cpe") == ["1/cpe", "2/cpe"]
    assert ordered("build/build-1") == ["build/build-1"]
    assert ordered("cpe", "augment/east-hub") == ["1/cpe", "2/cpe", "augment/east-hub"]


def test_what_became_of_a_resource_order_is_told_for_each_of_our_items() -> None:
    built, plain = a_solution(legs=TWO_LEGS), a_solution()
    errand = an_errand(a_task("provide"), item_1=built, item_2=plain, item_3=plain)

    def read(state: str, **states: str) -> Any:
        items = [{"id": name.replace("_", "/", 1), "state": one} for name, one in states.items()]
        return read_resource_order(errand, {"state": state, "orderItem": items})

    under_way = read("inProgress", **{"1/cpe": "completed", "build/build-1": "inProgress", "2/cpe": "completed"})
    assert (under_way.state, under_way.delivered, under_way.failures) == ("waiting", ("2",), {})
    mixed = read("partial", **{"1/cpe": "completed", "build/build-1": "failed", "2/cpe": "completed", "3/cpe": "held"})
    assert (mixed.state, mixed.failures) == (
        "done",
        {"1": "build/build-1: the item is failed", "3": "3/cpe: the item is held"},
    )


def test_an_outward_order_is_wanted_when_the_last_of_its_services_is() -> None:
    late = a_solution(needed_by=date(2027, 5, 1))

    body = write_resource_order(an_errand(a_task("provide"), item_1=a_solution(), item_2=late))

    assert body["requestedCompletionDate"] == "2027-05-01T00:00:00.000Z"


# downstream -----------------------------------------------------------------------------------------------------

ALLOCATED = a_task(
    "allocate", state="done", remote_id="alloc-1", remote_href="http://d/alloc-1", parameters={"1": {"vlanId": 100}}
)


def test_parameters_are_asked_for_service_by_service() -> None:
    body = write_allocation_order(an_errand(a_task("allocate"), item_1=a_solution(), item_2=a_solution()))

    assert body["category"] == "Allocate Specific Service Parameters"
    assert [item["id"] for item in body["serviceOrderItem"]] == ["1", "2"]
    told = words(body["serviceOrderItem"][0]["service"])
    assert told["bandwidth"] == {"down": 100, "up": 100, "unit": "Mbit/s"}
    assert told["access.path"] == [["west-hub"]]
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


def test_the_implementation_waits_for_the_allocation_and_carries_what_it_gave() -> None:
    body = write_implementation_order(an_errand(a_task("implement"), ALLOCATED))

    assert body["category"] == "Implement, Configure & Activate"
    assert [(one["id"], one["relationshipType"]) for one in body["orderRelationship"]] == [("alloc-1", "dependsOn")]
    assert words(body["serviceOrderItem"][0]["service"])["vlanId"] == 100
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


def test_what_was_allocated_by_hand_is_carried_without_an_order_that_did_it() -> None:
    by_hand = replace(ALLOCATED, remote_id=None, remote_href=None)
    body = write_implementation_order(an_errand(a_task("implement"), by_hand))

    assert "orderRelationship" not in body
    assert words(body["serviceOrderItem"][0]["service"])["vlanId"] == 100
    assert [note["text"] for note in body["note"]] == ["Parameters were allocated by hand, by no order: 1."]
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


def test_an_order_downstream_names_the_holds_of_its_own_items_alone() -> None:
    holds = [
        a_task("reserve", key=f"order-1/reserve/{item}", items=(item,), remote_id=f"hold-{item}", state="done")
        for item in "12"
    ]
    body = write_allocation_order(an_errand(a_task("allocate"), holds[0]))

    assert [one["id"] for one in body["externalReference"]] == ["order-1", "hold-1"]


def test_parameters_are_given_back_by_an_order_that_deletes_them() -> None:
    task = a_task("allocate", remote_id="alloc-1", parameters={"1": {"vlanId": 100}})
    body = write_release_order(an_errand(task))

    (item,) = body["serviceOrderItem"]
    assert (body["category"], item["action"]) == ("Allocate Specific Service Parameters", "delete")
    assert (item["service"]["state"], words(item["service"])["vlanId"]) == ("terminated", 100)
    assert [(one["id"], one["relationshipType"]) for one in body["orderRelationship"]] == [("alloc-1", "dependsOn")]
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


def test_no_other_system_is_told_prices_budgets_or_who_else_was_asked() -> None:
    wanted = a_requirement(budget_nrc_minor=100, characteristics={"budgetOneTime": {"unit": "EUR", "value": 1}})
    errand = an_errand(a_task("implement"), ALLOCATED, item_1=a_solution(requirement=wanted))

    for body in (write_implementation_order(errand), write_allocation_order(errand)):
        told = words(body["serviceOrderItem"][0]["service"])
        assert not [name for name in told if name.startswith(("commercial.", "partner.", "budget"))]


def test_a_service_enters_the_inventory_active_with_its_parameters_and_its_order() -> None:
    body = write_inventory_service(an_errand(a_task("register"), ALLOCATED))

    assert (body["state"], body["serviceSpecification"]["id"]) == ("active", "cfs")
    assert words(body)["vlanId"] == 100
    assert body["serviceOrderItem"][0]["serviceOrderId"] == "order-1"
    assert [one["role"] for one in body["relatedEntity"]] == ["serviceDesign", "externalId"]
    assert_contract("outward/tmf638-v4.yaml", "Service_Create", body)
    assert_published("TMF638-ServiceInventory-v4.0.0", "Service_Create", body)


def test_a_service_of_an_order_that_names_no_customer_is_not_said_to_be_its_requesters() -> None:
    body = write_inventory_service(an_errand(a_task("register"), ALLOCATED, party=None))
    assert body["relatedParty"][0] | {} == {
        "id": "anonymous",
        "role": "requester",
        "@type": "RelatedParty",
        "@referredType": "Organization",
    }
    assert read_existing(body | {"id": "s-1"}).customer is None
    assert_published("TMF638-ServiceInventory-v4.0.0", "Service_Create", body)


def test_the_customer_that_an_item_names_goes_before_that_of_its_order() -> None:
    solution = a_solution(requirement=a_requirement(customer="southwind"))
    body = write_inventory_service(an_errand(a_task("register"), ALLOCATED, item_1=solution))
    assert read_existing(body | {"id": "s-1"}).customer == "southwind"


# progress -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ("completed", "done"),
        ("Completed", "done"),
        ("done", "done"),
        ("failed", "failed"),
        ("REJECTED", "failed"),
        ("cancelled", "failed"),
        ("partial", "failed"),
        ("InProgress", "waiting"),
        ("held", "waiting"),
        ("pendingCancellation", "waiting"),
        ("somethingNew", "waiting"),
        ("", "waiting"),
    ],
)
def test_a_state_is_read_without_its_case(state: str, read: str) -> None:
    seen = read_order_progress({"state": state})

    assert (seen.state, seen.remote_state) == (read, state)


def test_why_and_when_are_read_too() -> None:
    seen = read_order_progress(
        {
            "state": "held",
            "expectedCompletionDate": "2027-01-27T12:00:00+01:00",
            "errorMessage": [{"reason": "waits", "message": "no crew"}],
            "serviceOrderItem": [{"id": "1", "errorMessage": [{"reason": "no key"}]}],
        }
    )

    assert (seen.text, seen.expected) == ("no crew; no key", date(2027, 1, 27))


def test_its_own_alerts_are_one_warning_as_grave_as_the_gravest() -> None:
    alerts: Json = [
        {"jeopardyType": "hazard", "message": "the crane is late"},
        {"jeopardyType": "Normal", "name": "WEATHER"},
        {"jeopardyType": "somethingNew", "message": "the crane is late"},
        {"jeopardyType": "Critical"},
        "nonsense",
    ]
    seen = read_order_progress({"state": "inProgress", "jeopardyAlert": alerts})

    assert (seen.warning, seen.severity) == ("the crane is late; WEATHER", "Hazard")
    assert read_order_progress({"state": "inProgress", "jeopardyAlert": "no"}).warning == ""


def test_what_is_asked_of_us_stands_in_the_last_note_where_nothing_else_says_it() -> None:
    notes: Json = [
        {"id": "2", "date": "2026-11-03T08:00:00Z", "text": "Which floor?"},
        {"id": "1", "date": "2026-11-02T08:00:00Z", "text": "Thank you."},
        {"id": "3"},
    ]
    assert read_order_progress({"state": "Pending", "note": notes}).text == "Which floor?"
    assert read_order_progress({"state": "inProgress", "note": notes}).text == ""
    asked = {"state": "pending", "note": notes, "stateChangeReason": "The floor is missing."}
    assert read_order_progress(asked).text == "The floor is missing."


def test_only_what_the_other_side_added_is_a_parameter() -> None:
    body = write_allocation_order(an_errand(a_task("allocate")))
    item = body["serviceOrderItem"][0]
    item["service"]["serviceCharacteristic"].append({"name": "vlanId", "value": 100})

    assert read_order_progress({**body, "state": "completed"}).parameters == {"1": {"vlanId": 100}}


@pytest.mark.parametrize(
    "doc",
    [
        None,
        [],
        {"state": None},
        {"serviceOrderItem": {"a": 1}},
        {"expectedCompletionDate": 5, "errorMessage": 3},
        {"state": "pending", "note": 4},
    ],
)
def test_an_answer_that_makes_no_sense_is_waited_for(doc: Json) -> None:
    assert read_order_progress(doc).state == "waiting"


@pytest.mark.parametrize(
    ("order", "items", "state", "delivered", "lost"),
    [
        ("completed", {"1": "completed", "2": "completed"}, "done", (), ()),
        ("completed", {"1": "completed", "2": "cancelled"}, "done", (), ("2",)),
        ("partial", {"1": "completed", "2": "failed"}, "done", (), ("2",)),
        ("partial", {"1": "Completed", "2": "unsaid"}, "done", (), ("2",)),
        ("failed", {"1": "completed", "2": "failed"}, "done", (), ("2",)),
        ("partial", {"1": "partial", "2": "unsaid"}, "failed", (), ()),
        ("cancelled", {"1": "completed", "2": "cancelled"}, "failed", (), ()),
        ("inProgress", {"1": "completed", "2": "inProgress"}, "waiting", ("1",), ()),
        ("inProgress", {"1": "failed", "2": "held"}, "waiting", (), ("1",)),
    ],
)
def test_an_order_that_ends_mixed_is_done_for_the_items_that_say_so(
    order: str, items: dict[str, str], state: str, delivered: tuple[str, ...], lost: tuple[str, ...]
) -> None:
    listed = [{"id": name, "state": one} for name, one in items.items()]
    seen = read_order_progress({"state": order, "serviceOrderItem": listed})

    assert (seen.state, seen.delivered, tuple(seen.failures)) == (state, delivered, lost)


@pytest.mark.parametrize(
    ("hold", "second", "state"),
    [("completed", "completed", "done"), ("partial", "failed", "failed"), ("inProgress", "failed", "failed")],
)
def test_a_hold_is_given_as_a_whole_or_not_at_all(hold: str, second: str, state: str) -> None:
    doc = {"state": hold, "reservationItem": [{"id": "1", "state": "completed"}, {"id": "2", "state": second}]}
    seen = read_hold_progress(an_errand(a_task()), doc)

    assert (seen.state, seen.delivered, seen.failures) == (state, (), {})


def test_an_item_that_is_lost_says_why() -> None:
    item = {"id": "2", "state": "failed", "errorMessage": [{"reason": "no port", "message": "no port is left"}]}
    seen = read_order_progress({"state": "partial", "serviceOrderItem": [{"id": "1", "state": "completed"}, item]})

    assert seen.failures == {"2": "no port is left"}


# what is delivered ----------------------------------------------------------------------------------------------


def delivered(changed: dict[str, Json] | None = None, **service: Json) -> Json:
    """What is read back of the service that was registered, with some of its words changed."""
    errand = an_errand(a_task("register"), ALLOCATED)
    body = write_inventory_service(errand) | service
    told = words(body) | (changed or {})
    body["serviceCharacteristic"] = [{"name": name, "value": value} for name, value in told.items()]
    return read_registration(errand, body).reported["1"]


def test_c19_our_own_prediction_that_comes_back_is_no_report_of_it() -> None:
    assert delivered() == {"bandwidthMbps": 100, "parameters": {"vlanId": 100}}


def test_c19_what_was_measured_or_took_the_place_of_ours_is_reported() -> None:
    told = delivered(
        {"delivered.availability": 0.99, "sla.latencyMs": 7, "bandwidth": {"down": 50, "up": 50, "unit": "Mbit/s"}},
        startDate="2026-12-24T10:00:00Z",
    )
    assert told == {
        "availability": 0.99,
        "roundTripMs": 7,
        "bandwidthMbps": 50,
        "ready": "2026-12-24",
        "parameters": {"vlanId": 100},
    }


def test_c19_what_cannot_be_read_is_not_reported() -> None:
    told = delivered({"delivered.availability": "much", "delivered.latencyMs": [], "bandwidth": None}, startDate="soon")
    assert told == {"parameters": {"vlanId": 100}}


def test_c19_an_implementation_order_reports_each_service_that_it_is_done_for() -> None:
    errand = an_errand(a_task("implement"), ALLOCATED, item_1=a_solution(), item_2=a_solution())
    body = write_implementation_order(errand) | {"state": "partial", "completionDate": "2026-12-24T10:00:00Z"}
    for item, state in zip(body["serviceOrderItem"], ("completed", "failed"), strict=True):
        item["state"] = state
    reported = read_implementation(errand, body).reported
    assert {name: facts["ready"] for name, facts in reported.items()} == {"1": "2026-12-24"}
    assert read_implementation(errand, body | {"state": "rejected"}).reported == {}


# from point to point --------------------------------------------------------------------------------------------------


def _from_point_to_point() -> SiteSolution:
    far = Spot(id="site-2", name="site-2", ids=("site-2",))
    wanted = a_requirement(pattern="pointToPoint", far_place=PlaceWanted(kind="site", id="site-2"))
    legs = (a_leg(), a_leg(access="north:1", supplier="north", pop="east", links=(), end="z"))
    return a_solution(requirement=wanted, place=replace(a_place(), far=far), legs=legs, cpe_quantity=2)


def _places(body: Json) -> list[str]:
    return [item["service"]["place"][0]["id"] for item in body["serviceOrderItem"]]


def test_each_end_gets_its_own_cpe() -> None:
    body = write_resource_order(an_errand(a_task("provide"), item_1=_from_point_to_point()))
    told = [(item["id"], item["quantity"], item["resource"]["place"]["id"]) for item in body["orderItem"]]

    assert told == [("1/cpe", 1, "site-1"), ("1/cpe/far", 1, "site-2")]


def test_an_access_is_ordered_where_its_end_is() -> None:
    order = write_partner_order(an_errand(a_task("procure", access="north:1"), item_1=_from_point_to_point()))

    assert _places(order) == ["site-2"]
    assert "at site-2" in order["description"]


def test_ports_are_held_at_both_ends_and_a_smaller_leg_holds_less() -> None:
    held = used_by(_from_point_to_point())
    smaller = used_by(a_solution(legs=(a_leg(), a_leg(access="5g", mbps=20))))

    assert (held["west", "pop"], held["east", "pop"], held["cpe-1", "cpeModel"]) == (1, 1, 2)
    assert smaller["west-hub", "link"] == 120
