"""Service orders: the rules of the standard, what we lay over, and the way into the store and back."""

import graphlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from linkwright.errors import InvalidRequest
from linkwright.orders.model import Fault, Jeopardy, Milestone, Order, OrderItem, QualificationRef, Reference, Relation
from linkwright.wire.v4 import order_rules
from linkwright.wire.v4.design_words import solution_words
from linkwright.wire.v4.service_order import (
    amended_order,
    order_internals,
    read_order,
    read_stored_order,
    write_order,
)
from tests.builders import NOW, a_requirement, a_solution, an_item, an_order
from tests.counting import lines_run

from .schemas import assert_contract, assert_published

Json = Any
BASE = "http://us:8640"
SPEC = {"id": "cfs-vpn", "@type": "ServiceSpecificationRef"}
PLACE = {"id": "s1", "role": "installation", "@type": "PlaceRef", "@referredType": "GeographicSite"}
PARTY = {"id": "nordwind", "role": "customer", "@referredType": "Organization"}


def a_service(**changes: Json) -> Json:
    wanted = [{"name": "bandwidth", "value": {"down": 100, "up": 100, "unit": "Mbit/s"}}]
    return {"serviceSpecification": SPEC, "place": [PLACE], "serviceCharacteristic": wanted} | changes


def an_item_body(name: str = "1", **changes: Json) -> Json:
    return {"id": name, "action": "add", "service": a_service()} | changes


def a_body(*items: Json, **changes: Json) -> Json:
    return {"externalId": "x-1", "relatedParty": [PARTY], "serviceOrderItem": [*items] or [an_item_body()]} | changes


def read(body: Json) -> Order:
    return read_order(body, id="order-1", now=NOW, requester="bss")


def through_the_store(order: Order) -> Order:
    doc = orjson.loads(orjson.dumps(write_order(order, BASE)))
    internals = orjson.loads(orjson.dumps(order_internals(order)))
    return read_stored_order(doc, version=order.version, requester=order.requester, internals=internals)


def without_body(order: Order) -> Order:
    return replace(order, body={})


def waits_for(*others: str, kind: str = "dependsOn") -> Json:
    return [{"relationshipType": kind, "orderItem": {"itemId": other}} for other in others]


# reading --------------------------------------------------------------------------------------------------------


def test_a_new_order_is_acknowledged_whatever_state_its_sender_gives_it() -> None:
    body = a_body(an_item_body(state="completed", errorMessage=[{"code": "1"}]), state="completed", id="mine", href="x")

    order = read(body)

    assert (order.id, order.state, order.items[0].state, order.items[0].faults) == (
        "order-1",
        "acknowledged",
        "acknowledged",
        (),
    )
    assert write_order(order, BASE)["state"] == "acknowledged"


def test_an_order_says_when_it_is_needed_where_its_items_do_not() -> None:
    order = read(a_body(requestedCompletionDate="2027-03-01T00:00:00Z", priority="1", category="bespoke"))

    assert str(order.items[0].requirement.needed_by) == "2027-03-01"
    assert (order.external_id, order.priority, order.category) == ("x-1", "1", "bespoke")
    assert order.requested_completion == datetime(2027, 3, 1, tzinfo=UTC)


def test_an_empty_date_counts_as_absent() -> None:
    order = read(a_body(requestedStartDate=""))

    assert order.requested_start is None
    assert "requestedStartDate" not in write_order(order, BASE)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (a_body() | {"serviceOrderItem": []}, "serviceOrderItem"),
        (a_body(an_item_body("1"), an_item_body("1")), "serviceOrderItem[0].id"),
        (
            a_body(an_item_body("1", serviceOrderItem=[an_item_body("2"), an_item_body("1")])),
            "serviceOrderItem[0].id",
        ),
        (a_body(an_item_body(action="modify")), "serviceOrderItem[0].service.id"),
        (a_body(an_item_body(action="delete")), "serviceOrderItem[0].service.id"),
        (a_body(an_item_body(action="noChange")), "serviceOrderItem[0].service.id"),
        (a_body(an_item_body(action="wish")), "serviceOrderItem[0].action"),
        (
            a_body(an_item_body("1", serviceOrderItemRelationship=waits_for("9"))),
            "serviceOrderItem[0].serviceOrderItemRelationship",
        ),
        (a_body(an_item_body("1", serviceOrderItemRelationship=waits_for("1"))), "serviceOrderItem"),
        (a_body(requestedStartDate="yesterday"), "requestedStartDate"),
        (
            a_body(requestedStartDate="2027-03-02T00:00:00Z", requestedCompletionDate="2027-03-01T00:00:00Z"),
            "requestedStartDate",
        ),
        (
            a_body(externalReference=[{"id": "check", "name": "n", "externalReferenceType": "serviceQualification"}]),
            "externalReference[0]",
        ),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_with_the_path(body: Json, where: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(body)
    assert refused.value.attribute == where


def test_items_that_wait_for_each_other_in_a_circle_are_refused_with_the_circle() -> None:
    body = a_body(
        an_item_body("a", serviceOrderItemRelationship=waits_for("b")),
        an_item_body("b", serviceOrderItemRelationship=waits_for("c")),
        an_item_body("c", serviceOrderItemRelationship=waits_for("a")),
        an_item_body("d", serviceOrderItemRelationship=waits_for("a")),
    )

    with pytest.raises(InvalidRequest, match="a → b → c → a"):
        read(body)


def test_two_items_may_well_be_diverse_from_each_other() -> None:
    body = a_body(
        an_item_body("a", serviceOrderItemRelationship=waits_for("b", kind="diverseFrom")),
        an_item_body("b", serviceOrderItemRelationship=waits_for("a", kind="diverseFrom")),
    )

    assert [item.depends_on for item in read(body).items] == [(), ()]


def test_an_item_of_another_order_is_nothing_that_this_order_waits_for() -> None:
    elsewhere = [
        {"relationshipType": "dependency", "orderItem": {"itemId": "7", "serviceOrderId": "another"}},
        {"relationshipType": "dependency", "orderItem": {"id": "8", "serviceOrderHref": f"{BASE}/o/another"}},
    ]
    order = read(a_body(an_item_body(serviceOrderItemRelationship=elsewhere)))

    assert order.items[0].depends_on == ()
    (written,) = write_order(order, BASE)["serviceOrderItem"]
    assert [one["orderItem"]["id"] for one in written["serviceOrderItemRelationship"]] == ["7", "8"]


def test_who_names_the_order_itself_means_its_own_item() -> None:
    order = read(a_body(an_item_body("a"), an_item_body("b", serviceOrderItemRelationship=waits_for("a"))))
    document = write_order(order, BASE)
    document["serviceOrderItem"][1]["serviceOrderItemRelationship"][0]["orderItem"]["serviceOrderId"] = order.id

    assert amended_order(document, order, {"serviceOrderItem"}).items[1].depends_on == ("a",)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_chain_of_thousands_of_items_is_read_in_time_that_grows_with_its_length(reverse: bool) -> None:
    items = [an_item_body("0")]
    items += [an_item_body(str(n), serviceOrderItemRelationship=waits_for(str(n - 1))) for n in range(1, 3000)]
    ordered = items[::-1] if reverse else items

    looked_at = lines_run(lambda: read(a_body(*ordered)), order_rules, graphlib)

    assert read(a_body(*items)).items[-1].depends_on == ("2998",)
    assert looked_at < 200 * len(items)


def test_a_very_long_circle_is_told_shortly() -> None:
    items = [an_item_body(str(n), serviceOrderItemRelationship=waits_for(str((n + 1) % 3000))) for n in range(3000)]

    with pytest.raises(InvalidRequest, match=r"circle: 0 → 1 → 2 .* 2999 → 0") as refused:
        read(a_body(*items))

    assert len(str(refused.value)) < 200


def test_items_nested_too_deep_are_refused() -> None:
    item = an_item_body("9")
    for level in range(8, 0, -1):
        item = an_item_body(str(level), serviceOrderItem=[item])

    with pytest.raises(InvalidRequest, match="deeper than 8"):
        read(a_body(item))
    assert read(a_body(item["serviceOrderItem"][0])).items[0].children[0].id == "3"


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ({"id": "check-1/item-2", "name": "feasibility"}, QualificationRef(check_id="check-1", item_id="item-2")),
        ({"name": "check-1/2/p-3"}, QualificationRef(check_id="check-1", item_id="2", proposal_id="p-3")),
        ({"id": "4711", "name": "check-1/2"}, QualificationRef(check_id="check-1", item_id="2")),
    ],
)
def test_an_order_refers_to_an_item_or_a_proposal_of_a_check(reference: Json, found: QualificationRef) -> None:
    other = {"id": "a/b/c/d", "name": "n", "externalReferenceType": "crm"}
    body = a_body(externalReference=[{**reference, "externalReferenceType": "serviceQualification"}, other])

    assert read(body).qualifications == (found,)


def test_an_item_refers_to_a_design_document() -> None:
    design = {"role": "serviceDesign", "href": "http://us/designDocument/v1/designDocument/d-7", "@type": "EntityRef"}

    assert read(a_body(an_item_body(service=a_service(relatedEntity=[design])))).items[0].design_id == "d-7"
    design["id"] = "d-8"
    assert read(a_body(an_item_body(service=a_service(relatedEntity=[design])))).items[0].design_id == "d-8"


# writing --------------------------------------------------------------------------------------------------------


def a_rich_order() -> Order:
    """An order half way, with everything in it that can be."""
    body = a_body(
        an_item_body("1", serviceOrderItemRelationship=waits_for("2.1"), odd={"kept": True}),
        an_item_body(
            "2", serviceOrderItem=[an_item_body("2.1"), an_item_body("2.2", action="noChange", service={"id": "s"})]
        ),
        requestedCompletionDate="2027-03-01T00:00:00Z",
        externalReference=[{"id": "check-1/1", "name": "feasibility", "externalReferenceType": "serviceQualification"}],
        orderRelationship=[{"id": "o-9", "relationshipType": "dependsOn"}],
        note=[{"text": "ring the bell", "author": "bss"}],
        odd={"kept": [1, 2]},
    )
    order = read(body)
    first, parent = order.items
    fault = Fault(code="SD-PTR-02", reason="refused", message="North says no.", at=NOW)
    first = replace(first, state="inProgress", solution=a_solution(), design_id="design-1", parameters={"vlanId": 100})
    child = replace(parent.children[0], state="failed", faults=(fault,))
    parent = replace(parent, state="partial", children=(child, replace(parent.children[1], state="completed")))
    return replace(
        order,
        state="inProgress",
        items=(first, parent),
        started_at=NOW,
        expected_completion=NOW,
        before_cancel="inProgress",
        milestones=(Milestone(id="m", name="resourcesHeld", status="reached", at=NOW, message="held", items=("1",)),),
        jeopardies=(Jeopardy(id="j", name="DATE_AT_RISK", severity="Hazard", at=NOW, message="late", items=("1",)),),
        references=(Reference(id="r-1", kind="reservation", name="order-1/reserve/1", href="http://pool/r-1"),),
        relations=(Relation(id="p-1", kind="procures"),),
        faults=(fault,),
    )


def test_an_order_half_way_comes_back_from_the_store() -> None:
    order = a_rich_order()
    first = replace(order.items[0], solution=None)

    stored = through_the_store(order)

    assert without_body(stored) == without_body(replace(order, items=(first, order.items[1])))


def test_writing_what_was_stored_changes_nothing() -> None:
    order = a_rich_order()

    once = write_order(order, BASE)

    assert write_order(through_the_store(order), BASE) == once
    assert through_the_store(through_the_store(order)) == through_the_store(order)


def test_an_order_that_came_from_no_resource_comes_back_too() -> None:
    order = an_order(external_id="x", category="c", qualifications=(QualificationRef(check_id="c", item_id="1"),))

    stored = through_the_store(order)

    said = stored.items[0].requirement
    assert replace(said, characteristics={}, change=None) == order.items[0].requirement
    assert (stored.external_id, stored.category, stored.qualifications) == ("x", "c", order.qualifications)


def test_an_order_half_way_is_a_valid_resource() -> None:
    doc = write_order(a_rich_order(), BASE)

    assert_contract("tmf641-v4.yaml", "ServiceOrder", doc)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder", doc)


def test_what_the_requester_sent_is_still_there() -> None:
    order = a_rich_order()
    doc = write_order(order, BASE)

    assert doc["odd"] == {"kept": [1, 2]}
    assert doc["note"] == [{"text": "ring the bell", "author": "bss"}]
    assert doc["requestedCompletionDate"] == "2027-03-01T00:00:00Z"
    assert doc["serviceOrderItem"][0]["odd"] == {"kept": True}
    service = doc["serviceOrderItem"][0]["service"]
    assert service["serviceCharacteristic"][0] == a_service()["serviceCharacteristic"][0]
    assert [one["name"] for one in doc["externalReference"]] == ["feasibility", "order-1/reserve/1"]
    assert [(one["id"], one["relationshipType"]) for one in doc["orderRelationship"]] == [
        ("o-9", "dependsOn"),
        ("p-1", "procures"),
    ]


def test_a_reference_of_ours_that_was_replaced_does_not_stay() -> None:
    stored = through_the_store(a_rich_order())
    newer = replace(stored.references[0], id="r-2")

    doc = write_order(replace(stored, references=(newer,)), BASE)

    assert [one["id"] for one in doc["externalReference"]] == ["check-1/1", "r-2"]


def test_an_item_carries_its_design_its_parameters_and_where_to_read_more() -> None:
    service = write_order(a_rich_order(), BASE)["serviceOrderItem"][0]["service"]
    told = {one["name"]: one["value"] for one in service["serviceCharacteristic"]}

    assert told["design.id"] == "design-1"
    assert told["sla.latencyMs"] == 1.6
    assert told["commercial.oneTimeCost"] == {"unit": "EUR", "value": 1080.0}
    assert told["vlanId"] == 100
    assert service["relatedEntity"][0]["href"] == "http://us:8640/designDocument/v1/designDocument/design-1"
    assert {one["id"] for one in service["supportingResource"]} == {"fibre-1", "west", "hub", "west-hub", "cpe-1"}


@pytest.mark.parametrize(
    ("state", "held", "told"),
    [
        ("acknowledged", False, None),
        ("inProgress", False, "designed"),
        ("inProgress", True, "reserved"),
        ("completed", True, "active"),
        ("cancelled", True, "designed"),
    ],
)
def test_the_state_of_a_new_service_follows_its_item(state: Any, held: bool, told: str | None) -> None:
    reached = (Milestone(id="m", name="resourcesHeld", status="reached", at=NOW),) if held else ()
    order = an_order(items=(an_item(state=state),), milestones=reached)

    assert write_order(order, BASE)["serviceOrderItem"][0]["service"].get("state") == told


def test_a_date_of_the_requester_is_never_overwritten() -> None:
    sent = "2027-03-01T01:00:00+02:00"
    order = replace(read(a_body(requestedCompletionDate=sent)), expected_completion=NOW, completed_at=NOW)

    doc = write_order(order, BASE)

    assert doc["requestedCompletionDate"] == sent
    assert doc["expectedCompletionDate"] == doc["completionDate"] == "2026-11-02T09:00:00.000Z"


def test_a_party_gets_the_type_that_the_standard_requires() -> None:
    assert write_order(read(a_body()), BASE)["relatedParty"][0]["@type"] == "RelatedParty"


def test_a_cancellation_named_at_the_start_is_not_told_until_it_happens() -> None:
    doc = write_order(read(a_body(cancellationReason="never mind", cancellationDate="2027-01-01T00:00:00Z")), BASE)

    assert "cancellationReason" not in doc
    assert "cancellationDate" not in doc


# changing -------------------------------------------------------------------------------------------------------


def changed(order: Order, change: Callable[[Json], None]) -> Order:
    before = write_order(order, BASE)
    document = deepcopy(before)
    change(document)
    names = {name for name in before.keys() | document.keys() if before.get(name) != document.get(name)}
    return amended_order(document, through_the_store(order), names)


def test_a_patch_that_changes_no_item_leaves_the_items_equal() -> None:
    order = a_rich_order()

    amended = changed(order, lambda doc: doc.update(description="new", requestedStartDate="2027-01-01T00:00:00Z"))

    assert amended.items == through_the_store(order).items
    assert amended.requested_start == datetime(2027, 1, 1, tzinfo=UTC)
    assert amended.milestones == order.milestones


def test_items_are_needed_when_the_patched_order_is() -> None:
    amended = changed(read(a_body()), lambda doc: doc.update(requestedCompletionDate="2027-05-04T00:00:00Z"))

    assert amended.items[0].requirement.needed_by == date(2027, 5, 4)


def test_a_patch_changes_a_wish_but_not_the_state_of_an_item() -> None:
    def change(doc: Json) -> None:
        item = doc["serviceOrderItem"][0]
        item["state"] = "completed"
        item["service"]["serviceCharacteristic"] = [{"name": "bandwidth", "value": 50}]

    item: OrderItem = changed(read(a_body()), change).items[0]

    assert (item.state, item.requirement.bandwidth_mbps) == ("acknowledged", 50)


def test_a_patch_keeps_the_rules_of_items() -> None:
    with pytest.raises(InvalidRequest, match="used 2 times"):
        changed(read(a_body()), lambda doc: doc["serviceOrderItem"].append(an_item_body("1")))


def test_a_state_that_a_patch_wants_is_told_to_the_use_case() -> None:
    assert changed(read(a_body()), lambda doc: doc.update(state="cancelled")).state == "cancelled"


def test_a_patch_does_not_put_the_start_behind_the_completion() -> None:
    order = read(a_body(requestedStartDate="2027-02-01T00:00:00Z", requestedCompletionDate="2027-03-01T00:00:00Z"))

    with pytest.raises(InvalidRequest, match="lies after") as refused:
        changed(order, lambda doc: doc.update(requestedStartDate="2027-03-02T00:00:00Z"))
    assert refused.value.attribute == "requestedStartDate"
    with pytest.raises(InvalidRequest, match="lies after"):
        changed(order, lambda doc: doc.update(requestedCompletionDate="2027-01-31T00:00:00Z"))
    assert changed(order, lambda doc: doc.pop("requestedCompletionDate")).requested_completion is None


def test_figures_of_a_design_are_not_rounded_in_its_favour() -> None:
    wanted = a_requirement(availability=0.9999999999999)
    told = solution_words(a_solution(requirement=wanted, availability=0.9999999999999998, latency_ms=0.80000020001))
    assert told["sla.availability"] == 0.9999999999999998
    assert 0 < told["sla.margin"] <= 0.9999999999999998 - 0.9999999999999 + 1e-16
    assert told["sla.latencyMs"] == 1.600001
    assert told["sla.downtimeMinPerYear"] == 0.01

    plain = solution_words(a_solution(requirement=a_requirement(availability=0.999), availability=0.9995))
    assert plain["sla.margin"] == 0.0005


@pytest.mark.parametrize(
    ("state", "status"), [("inProgress", "committed"), ("completed", "built"), ("failed", "withdrawn")]
)
def test_c05_the_design_of_an_item_ends_with_it(state: Any, status: str) -> None:
    begun = an_order(items=(an_item(state="inProgress", solution=a_solution()),), state="inProgress")
    item = replace(begun.items[0], state=state, solution=None)
    doc = write_order(replace(begun, items=(item,), body=write_order(begun, "http://us")), "http://us")
    told = doc["serviceOrderItem"][0]["service"]["serviceCharacteristic"]
    assert [one["value"] for one in told if one["name"] == "design.status"] == [status]
