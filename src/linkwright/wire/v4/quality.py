"""Service level objectives as another system is told them (TMF657): each by itself, and one list of them by our key."""

from collections.abc import Mapping, Sequence

from linkwright.operations.model import Objective
from linkwright.orders.errands import Errand
from linkwright.wire.json import Json, present, write_day
from linkwright.wire.v4.changes import design_entity

ORDER_ROLE = "serviceOrder"


def objectives_of(errand: Errand) -> tuple[Objective, ...]:
    """Those of the task's only item."""
    (item_id,) = errand.task.items
    solution = errand.solutions.get(item_id)
    return () if solution is None else solution.objectives


def write_objective(errand: Errand, objective: Objective, name: str) -> Json:
    """`name` is our key for it, since the API has no other place for one; its parameter is called as we call it.

    Comparator and figures are the promise; what they are of, in which unit and over which time, is said by the rule.
    """
    (item_id,) = errand.task.items
    solution = errand.solutions[item_id]
    wanted = solution.requirement
    starts, ends = wanted.service_start or solution.ready, wanted.service_end
    rule = f"Measured at {objective.measuring_point}, " if objective.measuring_point else "Measured "
    rule += f"in {objective.unit}, " if objective.unit else ""
    return {
        "name": name,
        "conformanceComparator": objective.comparator,
        "conformanceTarget": _figure(objective.target),
        "thresholdTarget": _figure(objective.threshold),
        "validFor": present(startDateTime=write_day(starts), endDateTime=write_day(ends) if ends else None),
        "serviceLevelObjectiveParameter": {
            "name": objective.name,
            "transformationAlgorithmOfKQI": f"{rule}over {objective.period}.",
            "relatedEntity": [_order_item(errand, item_id), design_entity(errand, item_id)],
            "@type": "ServiceLevelSpecParameter",
        },
        "@type": "ServiceLevelObjective",
    }


def write_level_specification(errand: Errand, made: Sequence[Mapping[str, Json]]) -> Json:
    """The list of the objectives of one service, under our key."""
    (item_id,) = errand.task.items
    return {
        "name": errand.task.placed_as,
        "description": f"Service levels of item {item_id} of order {errand.order.id}",
        "relatedServiceLevelObjective": [
            present(id=str(one["id"]), href=one.get("href")) | {"@referredType": "ServiceLevelObjective"}
            for one in made
        ],
        "@type": "ServiceLevelSpecification",
    }


def listed_objectives(specification: Mapping[str, Json]) -> list[str]:
    """The ids of the objectives that such a list names."""
    listed = specification.get("relatedServiceLevelObjective")
    return [str(one["id"]) for one in listed or () if isinstance(one, Mapping) and one.get("id")]


def published_names(objectives: Sequence[Mapping[str, Json]]) -> dict[str, str]:
    """The ids of objectives by the names that we call them; one that has no name any more is left out."""
    found: dict[str, str] = {}
    for one in objectives:
        parameter = one.get("serviceLevelObjectiveParameter")
        if isinstance(parameter, Mapping) and parameter.get("name"):
            found[str(parameter["name"])] = str(one["id"])
    return found


def _order_item(errand: Errand, item_id: str) -> Json:
    return {
        "id": errand.order.id,
        "name": item_id,
        "role": ORDER_ROLE,
        "@type": "RelatedEntity",
        "@referredType": "ServiceOrder",
    }


def _figure(value: float) -> str:
    return f"{value:.10g}"
