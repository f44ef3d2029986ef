"""How an item goes by the plan of its design: characteristics of its service, and what is kept beside the document."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date

from linkwright.orders.course import NO_COURSE, Course, Point, WorkItem
from linkwright.orders.model import Order
from linkwright.orders.states import leaves
from linkwright.wire.characteristics import listed, write_characteristics
from linkwright.wire.json import Json, present
from linkwright.wire.v4.whole_words import NOT_IN_SCOPE, without_aspects

WORK_ITEMS, DAYS_LATE = "plan.workItems", "plan.completedDaysLate"
TIME_TO_REVENUE, OBJECTIVES = "commercial.timeToRevenueDays", "sqm.objectives"


def with_course(service: Mapping[str, Json], course: Course | None) -> dict[str, Json]:
    """The service with what its course tells in place of what was told before; the words of the design stay.

    What its design leaves out of its scope is not told either.
    """
    told, given = course or NO_COURSE, listed(service.get("serviceCharacteristic"))
    words = present(
        **{
            WORK_ITEMS: write_work(told.work) or None,
            DAYS_LATE: told.days_late,
            TIME_TO_REVENUE: told.time_to_revenue_days,
        }
    )
    of_design = listed(_value(given, OBJECTIVES))
    objectives = _referred(of_design, told.objectives)
    if objectives != of_design:
        words[OBJECTIVES] = objectives
    words = without_aspects(words, listed(_value(given, NOT_IN_SCOPE)))
    new = {one["name"]: one for one in write_characteristics(words)}
    gone = {WORK_ITEMS, DAYS_LATE} - new.keys()
    laid = [new.pop(_name(one), one) for one in given if _name(one) not in gone]
    if not words and len(laid) == len(given):
        return dict(service)
    return {**service, "serviceCharacteristic": [*laid, *new.values()]}


def write_work(work: Iterable[WorkItem]) -> list[Json]:
    return [
        {
            "id": one.id,
            "name": one.name,
            **present(owner=one.owner or None),
            "start": one.start.isoformat(),
            "end": one.end.isoformat(),
            "state": one.state,
        }
        for one in work
    ]


def _referred(objectives: list[Json], published: Mapping[str, str]) -> list[Json]:
    """Each objective with the id under which it is published; those of which the design says nothing come last."""
    told: list[Json] = []
    for one in objectives:
        if not isinstance(one, Mapping):
            told.append(one)
            continue
        plain = {name: value for name, value in one.items() if name != "reference"}
        told.append(plain | present(reference=published.get(str(one.get("name")))))
    known = {str(one.get("name")) for one in objectives if isinstance(one, Mapping)}
    return told + [{"name": name, "reference": one} for name, one in published.items() if name not in known]


def _value(given: list[Json], name: str) -> Json:
    return next((one.get("value") for one in given if _name(one) == name), None)


def _name(characteristic: Json) -> Json:
    return characteristic.get("name") if isinstance(characteristic, Mapping) else None


def courses_of(order: Order) -> dict[str, Json]:
    """By item id, as JSON."""
    return {leaf.id: _packed(leaf.course) for leaf in leaves(order.items) if leaf.course is not None}


def _packed(course: Course) -> Json:
    return present(
        late=dict(course.late) or None,
        ready=course.ready.isoformat() if course.ready else None,
        points=[asdict(one) | {"since": one.since.isoformat()} for one in course.points] or None,
        work=[asdict(one) | {"start": one.start.isoformat(), "end": one.end.isoformat()} for one in course.work]
        or None,
        time_to_revenue_days=course.time_to_revenue_days,
        objectives=dict(course.objectives) or None,
        days_late=course.days_late,
    )


def read_course(packed: Mapping[str, Json]) -> Course:
    """What `courses_of` has written of one item."""
    return Course(
        late=packed.get("late", {}),
        ready=date.fromisoformat(packed["ready"]) if packed.get("ready") else None,
        points=tuple(Point(**{**one, "since": date.fromisoformat(one["since"])}) for one in packed.get("points", ())),
        work=tuple(
            WorkItem(**{**one, "start": date.fromisoformat(one["start"]), "end": date.fromisoformat(one["end"])})
            for one in packed.get("work", ())
        ),
        time_to_revenue_days=packed.get("time_to_revenue_days"),
        objectives=packed.get("objectives", {}),
        days_late=packed.get("days_late"),
    )
