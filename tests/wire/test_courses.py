"""What an item tells of its plan: as characteristics, through the store, and to those who implement it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson

from linkwright.orders.course import NO_COURSE, Course, Point, WorkItem
from linkwright.wire.characteristics import read_characteristics, write_characteristics
from linkwright.wire.costs import without_costs
from linkwright.wire.v4.courses import with_course
from linkwright.wire.v4.downstream import write_allocation_order, write_implementation_order
from linkwright.wire.v4.quality import published_names, write_level_specification, write_objective
from linkwright.wire.v4.service_order import order_internals, read_stored_order, write_order
from tests.builders import a_solution, an_item, an_order
from tests.orders.plans import an_event_plan
from tests.orders.world import AVAILABLE

from .errands import a_task, an_errand
from .schemas import assert_contract, assert_published

LICENCE = WorkItem(
    id="licence",
    name="Temporary spectrum licence",
    owner="regulation",
    start=date(2027, 5, 5),
    end=date(2027, 6, 3),
    state="started",
)
FULL = Course(
    late={"delivery:tail": 4},
    ready=date(2027, 6, 21),
    points=(Point(kind="soft", since=date(2027, 5, 5), step="Licence"), Point(kind="hard", since=date(2027, 6, 14))),
    work=(LICENCE,),
    time_to_revenue_days=90,
    objectives={"availability": "objective-1"},
    days_late=-2,
)
TOLD = {"id": "licence", "name": "Temporary spectrum licence", "owner": "regulation", "start": "2027-05-05"}
TOLD |= {"end": "2027-06-03"}


def told(course: Course | None, **given: Any) -> dict[str, Any]:
    service = {"serviceCharacteristic": write_characteristics(given)}
    return read_characteristics(with_course(service, course)["serviceCharacteristic"])


def test_c31_what_is_not_in_scope_is_not_told_of_an_ordered_item_either() -> None:
    left_out = {"design.notInScope": ["business", "quality"]}
    assert told(FULL, **left_out) == {
        **left_out,
        "plan.workItems": [{**TOLD, "state": "started"}],
        "plan.completedDaysLate": -2,
    }


def test_a_course_comes_back_from_the_store_and_is_told_as_characteristics() -> None:
    order = an_order(items=(an_item(state="inProgress", course=FULL),), state="inProgress")
    doc = orjson.loads(orjson.dumps(write_order(order, "http://us")))
    internals = orjson.loads(orjson.dumps(order_internals(order)))
    back = read_stored_order(doc, version=1, requester="anonymous", internals=internals)
    assert back.items[0].course == FULL
    assert write_order(back, "http://us") == doc
    words = read_characteristics(doc["serviceOrderItem"][0]["service"]["serviceCharacteristic"])
    assert words["plan.workItems"] == [{**TOLD, "state": "started"}]
    assert (words["plan.completedDaysLate"], words["commercial.timeToRevenueDays"]) == (-2, 90)
    assert words["sqm.objectives"] == [{"name": "availability", "reference": "objective-1"}]
    assert_contract("tmf641-v4.yaml", "ServiceOrder", doc)


def test_an_order_that_was_stored_before_there_were_courses_has_none() -> None:
    order = an_order(items=(an_item(state="inProgress"),), state="inProgress")
    internals = order_internals(order)
    assert "courses" not in internals
    doc = write_order(order, "http://us")
    assert read_stored_order(doc, version=1, requester="anonymous", internals=internals).items[0].course is None


def test_the_words_of_the_design_stay_and_get_their_references() -> None:
    objective = {"name": "availability", "target": 0.9995}
    other = {"name": "jitter", "target": 2}
    found = told(FULL, **{"sla.availability": 0.9996, "sqm.objectives": [objective, other]})
    assert found["sla.availability"] == 0.9996
    assert found["sqm.objectives"] == [{**objective, "reference": "objective-1"}, other]


def test_what_is_not_told_any_more_goes_and_the_design_has_its_own_words_again() -> None:
    given = {"plan.workItems": [{"id": "old"}], "commercial.timeToRevenueDays": 59, "plan.completedDaysLate": 1}
    objective = {"name": "availability", "target": 0.9995, "reference": "objective-1"}
    found = told(None, **given, **{"sqm.objectives": [objective]})
    assert found == {
        "commercial.timeToRevenueDays": 59,
        "sqm.objectives": [{"name": "availability", "target": 0.9995}],
    }
    assert with_course({"id": "1"}, NO_COURSE) == {"id": "1"}


def test_who_may_not_see_costs_does_not_see_when_they_come_back() -> None:
    service = with_course({}, FULL)
    seen = read_characteristics(without_costs(service, own=True)["serviceCharacteristic"])
    assert "plan.workItems" in seen
    assert "commercial.timeToRevenueDays" not in seen


def test_who_implements_is_told_of_bespoke_steps_and_who_allocates_is_not() -> None:
    planned = a_solution(plan=an_event_plan())
    errand = an_errand(a_task("implement"), item_1=planned)
    body = write_implementation_order(errand)
    words = read_characteristics(body["serviceOrderItem"][0]["service"]["serviceCharacteristic"])
    assert words["plan.workItems"] == [{**TOLD, "state": "planned"}]
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    allocation = write_allocation_order(replace(errand, task=a_task("allocate")))
    assert "plan.workItems" not in str(allocation)
    order = replace(errand.order, items=(replace(errand.order.items[0], course=FULL),))
    body = write_implementation_order(replace(errand, order=order))
    words = read_characteristics(body["serviceOrderItem"][0]["service"]["serviceCharacteristic"])
    assert words["plan.workItems"] == [{**TOLD, "state": "started"}]


def test_an_objective_says_what_was_promised_where_it_is_measured_and_from_when_on() -> None:
    start, end = datetime(2027, 6, 18, 6, tzinfo=UTC).date(), date(2027, 6, 20)
    solution = a_solution(objectives=(AVAILABLE,))
    wanted = replace(solution.requirement, service_start=start, service_end=end)
    errand = an_errand(a_task("publish"), item_1=replace(solution, requirement=wanted))
    body = write_objective(errand, AVAILABLE, "order-1/publish/1")
    assert (body["conformanceComparator"], body["conformanceTarget"], body["thresholdTarget"]) == (
        ">=",
        "0.9995",
        "0.9997",
    )
    assert body["validFor"] == {"startDateTime": "2027-06-18T00:00:00.000Z", "endDateTime": "2027-06-20T00:00:00.000Z"}
    assert body["serviceLevelObjectiveParameter"]["name"] == "availability"
    listed = write_level_specification(errand, [{"id": "objective-1", "href": "/objective-1"}])
    for name, doc in (("ServiceLevelObjective_Create", body), ("ServiceLevelSpecification_Create", listed)):
        assert_contract("outward/tmf657-v4.yaml", name, doc)
        assert_published("TMF657-ServiceQuality-v4.0.0", name, doc)
    assert published_names([{**body, "id": "objective-1"}, {"id": "objective-2"}]) == {"availability": "objective-1"}


def test_a_service_without_an_end_is_measured_from_the_day_on_which_it_is_ready() -> None:
    errand = an_errand(a_task("publish"), item_1=a_solution(objectives=(AVAILABLE,)))
    body = write_objective(errand, AVAILABLE, "order-1/publish/1")
    assert body["validFor"] == {"startDateTime": "2026-11-30T00:00:00.000Z"}
