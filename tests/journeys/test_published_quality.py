"""A design with objectives and a plan is ordered over HTTP: its promises are published, and a cancel takes them out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from linkwright.store.database import Database
from linkwright.store.designs import SqlDesigns, put_designs
from tests.journeys.processes import ORDERING, QUALIFICATION, Json, Linkwright, mock_state, set_faults, until
from tests.journeys.requests_of import a_check, characteristics, the_headquarters
from tests.orders.plans import an_event_plan
from tests.orders.world import AVAILABLE, QUICK

ORDERS, CANCELS = f"{ORDERING}/serviceOrder", f"{ORDERING}/cancelServiceOrder"


def _designed(linkwright: Linkwright, **changes: Any) -> Json:
    """An order of the design that a check gave, with these additions."""
    asked = linkwright.post(f"{QUALIFICATION}/checkServiceQualification", a_check(the_headquarters()))
    check = linkwright.check_done(asked)
    (item,) = check["serviceQualificationItem"]
    found = characteristics(item["service"])["design.id"]
    database = Database(linkwright.database)
    try:
        plain = SqlDesigns(database).designed(found)
        assert plain is not None
        design = replace(plain, design_id=f"{found}-measured", **changes)
        now = datetime.now(UTC)
        database.write(lambda work: put_designs(work, [design], "anonymous", now))
    finally:
        database.close()
    reference = {"id": design.design_id, "role": "serviceDesign", "@type": "EntityRef", "@referredType": "Document"}
    service = {"serviceSpecification": {"id": "cfs-vpn-site"}, "relatedEntity": [reference]}
    return linkwright.post(ORDERS, {"serviceOrderItem": [{"id": "hq", "action": "add", "service": service}]})


def _published(world: Mapping[str, str]) -> list[str]:
    state = mock_state(world, "service-quality")
    return [one["name"] for one in (*state["serviceLevelObjective"], *state["serviceLevelSpecification"])]


def test_what_is_promised_is_published_before_it_is_implemented(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    set_faults(world, "service-quality", {"drop": "after", "times": 1, "operations": ["createServiceLevelObjective"]})
    later = datetime.now(UTC).date() + timedelta(days=200)
    order = _designed(linkwright, objectives=(AVAILABLE, QUICK), plan=an_event_plan(ready=later))
    done = linkwright.order_in(order, "completed", "failed", "partial", "rejected")
    assert done["state"] == "completed", done
    key = f"{order['id']}/publish/hq"
    assert _published(world) == [f"{key}/1", f"{key}/2", key]
    names = [milestone["name"] for milestone in done["milestone"]]
    assert names.index("sqmParametersPublished") < names.index("downstreamOrdersIssued")
    words = characteristics(done["serviceOrderItem"][0]["service"])
    stored = {one["id"] for one in mock_state(world, "service-quality")["serviceLevelObjective"]}
    assert {one["reference"] for one in words["sqm.objectives"]} == stored
    assert words["plan.completedDaysLate"] < 0
    (listed,) = (
        one for one in done["externalReference"] if one["externalReferenceType"] == "serviceLevelSpecification"
    )
    assert listed["name"] == key
    implemented = [
        characteristics(item["service"])
        for one in mock_state(world, "downstream")["serviceOrder"]
        for item in one["serviceOrderItem"]
        if one["category"].startswith("Implement")
    ]
    assert [work["id"] for (work,) in (each["plan.workItems"] for each in implemented)] == ["licence"]


def test_a_cancel_takes_it_out_again_and_says_what_was_begun(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    for system in ("partner-north", "partner-metro", "resource-orders"):
        set_faults(world, system, {"orders_wait": True})
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    plan = an_event_plan(soft_no_return=yesterday, steps=(), hard_no_return=None)
    order = _designed(linkwright, objectives=(AVAILABLE,), plan=plan)
    until("it is published", lambda: len(_published(world)) == 2)
    cancel = linkwright.post(CANCELS, {"serviceOrder": {"id": order["id"]}})
    ended = until("the cancel is over", lambda: _done(linkwright, cancel))
    assert linkwright.get(f"{ORDERS}/{order['id']}")["state"] == "cancelled"
    assert _published(world) == []
    assert f"a step, by the plan since {yesterday.isoformat()}" in ended["completionMessage"]


def _done(linkwright: Linkwright, cancel: Json) -> Json:
    found = linkwright.get(f"{CANCELS}/{cancel['id']}")
    return found if found["state"] in ("done", "terminatedWithError") else None
