"""What is said outward when a service is changed or ended, and what the inventory has of it afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.orders.errands import Errand, Task
from linkwright.wire.design_document import read_before, write_before
from linkwright.wire.v4.outward import (
    has_key,
    read_resource_order,
    read_service,
    write_allocation_order,
    write_implementation_order,
    write_inventory_service,
    write_partner_order,
    write_release_order,
    write_reservation,
    write_resource_order,
    write_service_change,
)
from tests.builders import a_leg, a_place, a_requirement, a_solution, an_access, an_item, an_order

from .errands import PARTY, a_task
from .schemas import assert_contract, assert_published

Json = Any
OFFER = an_access(id="north:q-1", partner="north", quote="q-1")
OLD_LEG = Given(
    resource="north:q-1", category="accessOption", quantity=1, supplier="north", reference="q-1", order="po-1"
)
CPE = Given(resource="cpe-0", category="cpeModel", quantity=2)
LINK = Given(resource="west-hub", category="link", quantity=50)
ENDED = Before(service="s-2", change="delete", released=(OLD_LEG, CPE, LINK))


def a_change(**changes: Any) -> SiteSolution:
    before = Before(service="s-1", change="modify", added=(LINK,), released=(OLD_LEG, CPE))
    return replace(a_solution(design_id="design-2", before=before, legs=(a_leg(existing=True),), cpe_kept=1), **changes)


def an_errand(task: Task, *done: Task, solution: SiteSolution | None = None, **item: Any) -> Errand:
    """Item 1 adds a service, item 2 changes s-1 and item 3 ends s-2; the task is for those that it names."""
    wanted = a_requirement(ref="3", needed_by=date(2027, 6, 30))
    items = (
        an_item(),
        an_item(id="2", action="modify", service_id="s-1"),
        replace(an_item(id="3", action="delete", service_id="s-2", requirement=wanted, leaving=ENDED), **item),
    )
    designed = {"1": a_solution(), "2": solution or a_change()}
    return Errand(
        task=task,
        order=an_order(items=items, body={"relatedParty": [PARTY]}),
        solutions={item: one for item, one in designed.items() if item in task.items},
        done={one.key: one for one in done},
    )


def words(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service["serviceCharacteristic"]}


def is_service_order(body: Json) -> None:
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


def test_one_implementation_adds_changes_and_ends_services() -> None:
    allocated = a_task("allocate", items=("1",), remote_id="alloc-1", state="done")
    body = write_implementation_order(an_errand(a_task("implement", items=("1", "2", "3")), allocated))

    told = {
        one["id"]: (one["action"], one["service"].get("id"), one["service"]["state"])
        for one in body["serviceOrderItem"]
    }
    assert told == {
        "1": ("add", None, "reserved"),
        "2": ("modify", "s-1", "active"),
        "3": ("delete", "s-2", "terminated"),
    }
    assert body["serviceOrderItem"][2]["service"]["endDate"] == "2027-06-30T00:00:00.000Z"
    assert body["requestedCompletionDate"] == "2027-03-01T00:00:00.000Z"
    is_service_order(body)


def test_services_that_end_are_wanted_to_end_on_their_own_day_or_on_that_of_the_order() -> None:
    errand = an_errand(a_task("implement", items=("3",), action="delete"))
    body = write_implementation_order(errand)
    assert body["requestedCompletionDate"] == "2027-06-30T00:00:00.000Z"
    assert "orderRelationship" not in body
    is_service_order(body)
    undated = an_errand(errand.task, requirement=a_requirement(ref="3", needed_by=None))
    assert "requestedCompletionDate" not in write_implementation_order(undated)
    asked = replace(undated, order=replace(undated.order, requested_completion=datetime(2027, 1, 2, tzinfo=UTC)))
    assert write_implementation_order(asked)["requestedCompletionDate"] == "2027-01-02T00:00:00.000Z"


def test_only_what_a_change_adds_is_held() -> None:
    body = write_reservation(an_errand(a_task("reserve", items=("2",))))
    assert [(one["relatedEntity"][0]["id"], one["quantity"]) for one in body["reservationItem"]] == [("west-hub", 50)]
    assert_contract("outward/tmf685-v4.yaml", "Reservation_Create", body)


def test_of_a_change_only_the_missing_cpe_is_ordered_at_the_end_where_it_is_missing() -> None:
    far = replace(a_place(), far=a_place("site-2"))
    solution = a_change(place=far, cpe_quantity=4, cpe_kept=3)
    errand = an_errand(a_task("provide", items=("2",)), solution=solution)
    body = write_resource_order(errand)
    assert [(one["id"], one["quantity"], one["resource"]["place"]["id"]) for one in body["orderItem"]] == [
        ("2/cpe/far", 1, "site-2")
    ]
    done = {"state": "inProgress", "orderItem": [{"id": "2/cpe/far", "state": "completed"}]}
    assert read_resource_order(errand, done).delivered == ("2",)


def test_cpe_comes_back_from_changed_and_ended_services() -> None:
    errand = an_errand(a_task("provide", items=("2", "3"), action="delete"))
    body = write_resource_order(errand)
    assert [(one["id"], one["action"], one["quantity"], one["resource"]["id"]) for one in body["orderItem"]] == [
        ("2/cpe-0", "delete", 2, "cpe-0"),
        ("3/cpe-0", "delete", 2, "cpe-0"),
    ]
    assert {one["resource"]["place"]["id"] for one in body["orderItem"]} == {"site-1"}
    assert_contract("outward/tmf652-v4.yaml", "ResourceOrder_Create", body)
    assert_published("TMF652-ResourceOrder-v4.0.0", "ResourceOrder_Create", body)
    ends = [{"id": "2/cpe-0", "state": "completed"}, {"id": "3/cpe-0", "state": "failed"}]
    seen = read_resource_order(errand, {"state": "partial", "orderItem": ends})
    assert (seen.state, list(seen.failures)) == ("done", ["3"])


def test_cpe_of_a_cancelled_item_comes_back_as_it_was_ordered() -> None:
    bought = a_task("provide", items=("2",))
    (ordered,) = write_resource_order(an_errand(bought, solution=a_solution()))["orderItem"]
    errand = an_errand(replace(bought, action="delete", parts=("cpe",)), solution=a_solution())
    body = write_resource_order(errand)
    assert_contract("outward/tmf652-v4.yaml", "ResourceOrder_Create", body)
    assert body["orderItem"] == [ordered | {"action": "delete"}]
    done = {"state": "inProgress", "orderItem": [{"id": ordered["id"], "state": "completed"}]}
    assert read_resource_order(errand, done).delivered == ("2",)


def test_a_partners_access_is_ended_by_his_offer_and_our_order_of_it() -> None:
    for item in "23":
        task = a_task("procure", items=(item,), access="north:q-1", system="north", action="delete")
        body = write_partner_order(an_errand(task))
        (one,) = body["serviceOrderItem"]
        assert (one["action"], one["service"]["place"][0]["id"]) == ("delete", "site-1")
        assert [ref["id"] for ref in body["externalReference"]] == ["q-1"]
        assert [(ref["id"], ref["relationshipType"]) for ref in body["orderRelationship"]] == [("po-1", "ceases")]
        is_service_order(body)


def test_parameters_of_an_ended_service_go_back_and_those_of_a_change_are_asked_for() -> None:
    ended = write_allocation_order(an_errand(a_task("allocate", items=("3",), action="delete")))
    assert [(one["action"], one["service"]["id"]) for one in ended["serviceOrderItem"]] == [("delete", "s-2")]
    assert ended["category"] == "Allocate Specific Service Parameters"
    asked = write_allocation_order(an_errand(a_task("allocate", items=("1", "2"))))
    assert [one["action"] for one in asked["serviceOrderItem"]] == ["add", "modify"]
    for body in (ended, asked):
        is_service_order(body)


def test_parameters_that_a_change_does_not_need_after_all_go_back_without_naming_its_service() -> None:
    task = a_task("allocate", items=("2",), remote_id="alloc-1", parameters={"2": {"vlanId": 7}})
    body = write_release_order(an_errand(task))
    (item,) = body["serviceOrderItem"]
    assert (item["action"], item["service"].get("id"), words(item["service"])) == ("delete", None, {"vlanId": 7})
    is_service_order(body)


def the_service_there() -> Json:
    """As we have registered it once, with what others have noted since."""
    bought = a_task("procure", key="order-0/procure", access="north:q-1", remote_id="po-1", state="done")
    allocated = a_task("allocate", key="order-0/allocate", parameters={"1": {"vlanId": 100}}, state="done")
    body = write_inventory_service(an_errand(a_task("register", key="order-0/register/1"), bought, allocated))
    noted = [{"name": "colour", "value": "red"}, {"name": "delivered.availability", "value": 0.9}]
    mine = {"id": "x", "role": "monitoredBy", "@type": "EntityRef", "@referredType": "Monitor"}
    return body | {
        "id": "s-1",
        "serviceCharacteristic": [*body["serviceCharacteristic"], *noted],
        "relatedEntity": [*body["relatedEntity"], mine],
    }


def test_a_change_keeps_what_others_noted_and_takes_the_place_of_our_design() -> None:
    there = the_service_there()
    assert_published("TMF638-ServiceInventory-v4.0.0", "Service_Create", there)
    wanted = a_requirement(ref="2", bandwidth_mbps=150)
    errand = an_errand(a_task("register", items=("2",), action="modify"), solution=a_change(requirement=wanted))
    body = write_service_change(errand, there)

    told = words(body)
    assert (told["bandwidth"]["down"], told["design.id"], told["vlanId"], told["colour"]) == (
        150,
        "design-2",
        100,
        "red",
    )
    assert "delivered.availability" not in told
    assert len(told) == len(body["serviceCharacteristic"])
    roles = [(one["role"], one["id"]) for one in body["relatedEntity"]]
    assert roles == [
        ("externalId", "order-0/register/1"),
        ("monitoredBy", "x"),
        ("serviceDesign", "design-2"),
        ("externalId", "order-1/register"),
    ]
    assert not {"id", "relatedParty"} & body.keys()
    assert [one["itemAction"] for one in body["serviceOrderItem"]] == ["add", "modify"]
    assert has_key(there | body, "order-1/register")
    assert_contract("outward/tmf638-v4.yaml", "Service_Update", body)
    assert_published("TMF638-ServiceInventory-v4.0.0", "Service_Update", body)


def test_the_order_of_a_partners_access_stays_with_a_service_that_keeps_it_and_comes_with_a_new_one() -> None:
    there = the_service_there()
    kept = a_leg(access="north:q-1", supplier="north", existing=True)
    new = a_leg(access="south:q-2", supplier="south")
    bought = a_task("procure", items=("2",), access="south:q-2", remote_id="po-2", state="done")
    ended = a_task("procure", key="end", items=("2",), access="old", remote_id="po-3", state="done", action="delete")
    errand = an_errand(
        a_task("register", items=("2",), action="modify"), bought, ended, solution=a_change(legs=(kept, new))
    )
    after = there | write_service_change(errand, there)
    assert read_service(after).partner_orders == {"north:q-1": "po-1", "south:q-2": "po-2"}


def test_an_ended_service_says_so_and_by_which_order() -> None:
    body = write_service_change(an_errand(a_task("register", items=("3",), action="delete")), the_service_there())
    assert (body["state"], has_key(body, "order-1/register")) == ("terminated", True)
    assert {"serviceCharacteristic", "supportingResource"} & body.keys() == set()
    assert_contract("outward/tmf638-v4.yaml", "Service_Update", body)
    assert_published("TMF638-ServiceInventory-v4.0.0", "Service_Update", body)


def test_a_list_of_the_inventory_that_makes_no_sense_is_left_out() -> None:
    errand = an_errand(a_task("register", items=("3",), action="delete"))
    body = write_service_change(errand, {"id": "s-2", "relatedEntity": "none", "serviceOrderItem": [5]})
    assert [one["id"] for one in body["relatedEntity"]] == ["order-1/register"]


def test_a_partners_leg_is_known_again_after_a_change_that_kept_it() -> None:
    legs = (a_leg(), a_leg(access="north:q-1", supplier="north", existing=True))
    before = Before(service="s-1", change="modify", kept=(OFFER,))
    asked = (PartnerAnswer(partner="south", ref="1", asked="refused"),)
    solution = a_change(legs=legs, before=before, asked=asked)
    errand = an_errand(a_task("register", items=("2",), action="modify"), solution=solution)
    doc = {"id": "s-1"} | write_service_change(errand, {"id": "s-1"})
    service = read_service(doc, {"design-2": solution}.get)
    assert (service.partner_legs, service.is_whole) == ((OFFER,), True)


def test_what_is_known_of_a_service_before_its_end_is_stored_as_it_is() -> None:
    before = replace(ENDED, kept=(OFFER,), added=(LINK,))
    assert read_before(write_before(before)) == before
