"""The smaller parts of a service order: milestones, alerts, faults, references and relations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Literal, cast

from linkwright.orders.model import Fault, Jeopardy, Milestone, Order, QualificationRef, Reference, Relation
from linkwright.wire.json import Json, moment, moment_of, present, write_moment


def lists_of(order: Order) -> dict[str, list[Json]]:
    """The attributes of the resource that are ours alone, or shared with the requester; empty ones are not written."""
    return {
        "milestone": [_write_milestone(milestone, order.id) for milestone in order.milestones],
        "jeopardyAlert": [_write_jeopardy(jeopardy, order.id) for jeopardy in order.jeopardies],
        "errorMessage": [write_fault(fault, "ServiceOrderErrorMessage") for fault in order.faults],
        "externalReference": _external_references(order),
        "orderRelationship": _relationships(order),
    }


def pack(thing: Reference | Relation) -> Json:
    """A flat record as JSON; `type(thing)(**packed)` gives it back."""
    return present(**asdict(thing))


def write_fault(fault: Fault, kind: str) -> Json:
    at = write_moment(fault.at) if fault.at else None
    told = present(code=fault.code, reason=fault.reason, message=fault.message or None, timestamp=at)
    return told | {"@type": kind}


def read_faults(doc: Mapping[str, Json]) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            code=told.get("code", ""),
            reason=told.get("reason", ""),
            message=told.get("message", ""),
            at=moment(told, "timestamp"),
        )
        for told in doc.get("errorMessage") or ()
    )


def read_milestones(doc: Mapping[str, Json]) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(
            id=told["id"],
            name=told["name"],
            status=told["status"],
            at=moment_of(told["milestoneDate"]),
            message=told.get("message", ""),
            items=_read_items(told),
        )
        for told in doc.get("milestone") or ()
    )


def read_jeopardies(doc: Mapping[str, Json]) -> tuple[Jeopardy, ...]:
    return tuple(
        Jeopardy(
            id=told["id"],
            name=told["name"],
            severity=cast(Literal["Normal", "Hazard", "Critical"], told["jeopardyType"]),
            at=moment_of(told["alertDate"]),
            message=told["message"],
            items=_read_items(told),
        )
        for told in doc.get("jeopardyAlert") or ()
    )


def _write_milestone(milestone: Milestone, order_id: str) -> Json:
    return {
        "id": milestone.id,
        "name": milestone.name,
        "status": milestone.status,
        "milestoneDate": write_moment(milestone.at),
        "message": milestone.message,
        **_write_items(milestone.items, order_id),
        "@type": "ServiceOrderMilestone",
    }


def _write_jeopardy(jeopardy: Jeopardy, order_id: str) -> Json:
    return {
        "id": jeopardy.id,
        "name": jeopardy.name,
        "jeopardyType": jeopardy.severity,
        "alertDate": write_moment(jeopardy.at),
        "message": jeopardy.message,
        **_write_items(jeopardy.items, order_id),
        "@type": "ServiceOrderJeopardyAlert",
    }


def _write_items(items: Iterable[str], order_id: str) -> Json:
    references = [
        {"id": item, "itemId": item, "serviceOrderId": order_id, "@type": "ServiceOrderItemRef"} for item in items
    ]
    return {"serviceOrderItem": references} if references else {}


def _read_items(told: Mapping[str, Json]) -> tuple[str, ...]:
    return tuple(one["itemId"] for one in told.get("serviceOrderItem") or ())


def _external_references(order: Order) -> list[Json]:
    """The requester's, then ours; one that took the place of an earlier one of ours replaces it."""
    ours = [
        present(id=one.id, href=one.href, name=one.name, externalReferenceType=one.kind)
        | {"@type": "ExternalReference"}
        for one in order.references
    ]
    sent = order.body.get("externalReference") or [_qualification(one) for one in order.qualifications]
    return [*_others(sent, ours, ("externalReferenceType", "name")), *ours]


def _qualification(ref: QualificationRef) -> Json:
    parts = "/".join(part for part in (ref.check_id, ref.item_id, ref.proposal_id) if part)
    return {"id": parts, "name": parts, "externalReferenceType": "serviceQualification"}


def _relationships(order: Order) -> list[Json]:
    ours = [
        present(id=one.id, href=one.href, relationshipType=one.kind) | {"@type": "ServiceOrderRelationship"}
        for one in order.relations
    ]
    return [*_others(order.body.get("orderRelationship") or (), ours, ("relationshipType", "id")), *ours]


def _others(sent: Iterable[Json], ours: Sequence[Json], key: tuple[str, str]) -> list[Json]:
    mine = {tuple(one.get(name) for name in key) for one in ours}
    return [one for one in sent if tuple(one.get(name) for name in key) not in mine]
