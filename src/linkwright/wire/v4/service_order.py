"""ServiceOrder (TMF641) ↔ `orders.model.Order`.

The stored document is the resource as it is served. What the standard has no attribute for is kept beside it
(`order_internals`), so that document and internals together give the order back.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, cast

import orjson

from linkwright.errors import InvalidRequest
from linkwright.orders.amendment import Amendment
from linkwright.orders.model import Order, OrderItem, QualificationRef, Reference, Relation, State
from linkwright.orders.place import ITEMS_ARE_OF
from linkwright.orders.states import leaves, with_leaves
from linkwright.posting import Post
from linkwright.remembered import kept_with_its_object
from linkwright.wire.design_document import write_before
from linkwright.wire.json import (
    Json,
    an_object,
    day,
    moment,
    moment_of,
    objects,
    present,
    same,
    text,
    to_ms,
    write_moment,
)
from linkwright.wire.naming import customer_of
from linkwright.wire.repairs import ignored
from linkwright.wire.v4 import ORDERING, order_parts
from linkwright.wire.v4.courses import courses_of
from linkwright.wire.v4.order_items import (
    Standing,
    all_items,
    as_new,
    as_stored,
    ignored_in_items,
    items_by_id,
    read_items,
    write_items,
)
from linkwright.wire.v4.order_rules import MOST_DEPTH, check_items
from linkwright.wire.v4.order_waits import notes_of, pack_waits, read_waits

SERVER_OWNED = frozenset(
    {
        "id",
        "href",
        "state",
        "orderDate",
        "expectedCompletionDate",
        "startDate",
        "completionDate",
        "cancellationDate",
        "cancellationReason",
        "milestone",
        "jeopardyAlert",
        "errorMessage",
    }
)
QUALIFICATION_REFERENCE = "servicequalification"
SAID = ("action", "service", "serviceOrderItemRelationship")
"""Where an item says what is wanted."""
REQUESTED_DATES = frozenset({"requestedStartDate", "requestedCompletionDate"})


def read_order(
    body: Json, *, id: str, now: datetime, requester: str, post: Post | None = None, max_depth: int = MOST_DEPTH
) -> Order:
    """A new order; what only the server sets is ignored, states of items too.

    Raises:
        InvalidRequest: items are missing, have the same id, lie too deep or depend on each other in a circle; an
            action lacks the service that it is about; a reference to a check cannot be read; the dates contradict.
    """
    given = {name: value for name, value in an_object(body, "").items() if name not in SERVER_OWNED}
    check_items(given, max_depth)
    said = _changeable(given)
    _refuse_start_after_completion(said)
    return Order(
        id=id,
        state="acknowledged",
        items=read_items(given, as_new),
        ordered_at=to_ms(now),
        requester=requester,
        body=given,
        post=post,
        **said,
    )


def ignored_in_order(body: Mapping[str, Json]) -> tuple[str, ...]:
    """A note for whatever `read_order` leaves out."""
    return (*ignored(body, SERVER_OWNED), *ignored_in_items(body))


@kept_with_its_object
def order_json(order: Order, base_url: str) -> bytes:
    """`write_order` as JSON text."""
    return orjson.dumps(write_order(order, base_url))


@kept_with_its_object
def write_order(order: Order, base_url: str) -> Json:
    """The resource as it is served and stored: the requester's attributes, with ours laid over. Safe to repeat."""
    given = {name: value for name, value in order.body.items() if value != "" or not name.endswith("Date")}
    doc = {
        **_unsaid(order, given),
        **given,
        "id": order.id,
        "href": f"{base_url}{ORDERING}/serviceOrder/{order.id}",
        "@type": given.get("@type") or "ServiceOrder",
        "state": order.state,
        "orderDate": write_moment(order.ordered_at),
        "serviceOrderItem": write_items(order, base_url),
    }
    doc |= present(
        expectedCompletionDate=_as_given(given.get("expectedCompletionDate"), order.expected_completion),
        startDate=_written(order.started_at),
        completionDate=_written(order.completed_at),
        cancellationDate=_written(order.cancelled_at),
        cancellationReason=order.cancel_reason,
    )
    lists = order_parts.lists_of(order)
    doc = {name: value for name, value in doc.items() if name not in SERVER_OWNED or lists.get(name) != []}
    doc |= {name: told for name, told in lists.items() if told}
    if order.remarks:
        doc["note"] = notes_of(order)
    if doc.get("relatedParty"):
        doc["relatedParty"] = [{"@type": "RelatedParty", **party} for party in doc["relatedParty"]]
    return doc


def order_internals(order: Order) -> Json:
    """What is kept beside the document: states before a cancel, wishes, releases, waits, and what is ours."""
    return {
        "before_cancel": order.before_cancel,
        "items_before_cancel": {item.id: item.before_cancel for item in leaves(order.items) if item.before_cancel},
        "items_leaving": {item.id: write_before(item.leaving) for item in leaves(order.items) if item.leaving},
        "replacements": {item.id: asdict(item.replacement) for item in leaves(order.items) if item.replacement},
        "builds": {name: day and day.isoformat() for name, day in order.builds.items()},
        "builds_seen": order.builds_seen.isoformat() if order.builds_seen else None,
        **present(
            courses=courses_of(order) or None,
            amendments=[asdict(one) for one in order.amendments] or None,
            superseded=list(order.superseded) or None,
        ),
        "references": [order_parts.pack(reference) for reference in order.references],
        "relations": [order_parts.pack(relation) for relation in order.relations],
        **pack_waits(order),
    }


def read_stored_order(doc: Json, *, version: int, requester: str, internals: Json) -> Order:
    """The order behind a stored document; items have no `solution`, their `design_id` finds it."""
    before, proposed = internals.get("items_before_cancel", {}), internals.get("replacements", {})
    leaving, courses = internals.get("items_leaving", {}), internals.get("courses", {})

    def stored(item: Mapping[str, Json]) -> Standing:
        name = item["id"]
        return as_stored(item, before.get(name), proposed.get(name), leaving.get(name), courses.get(name))

    return Order(
        id=doc["id"],
        state=cast(State, doc["state"]),
        items=read_items(doc, stored),
        ordered_at=moment_of(doc["orderDate"]),
        requester=requester,
        body=doc,
        version=version,
        before_cancel=internals["before_cancel"],
        milestones=order_parts.read_milestones(doc),
        jeopardies=order_parts.read_jeopardies(doc),
        references=tuple(Reference(**packed) for packed in internals["references"]),
        relations=tuple(Relation(**packed) for packed in internals["relations"]),
        faults=order_parts.read_faults(doc),
        builds={name: day and date.fromisoformat(day) for name, day in internals.get("builds", {}).items()},
        builds_seen=date.fromisoformat(internals["builds_seen"]) if internals.get("builds_seen") else None,
        amendments=tuple(Amendment(**packed) for packed in internals.get("amendments", ())),
        superseded=tuple(internals.get("superseded", ())),
        **_changeable(doc),
        **read_waits(internals),
        started_at=moment(doc, "startDate"),
        completed_at=moment(doc, "completionDate"),
        cancelled_at=moment(doc, "cancellationDate"),
        cancel_reason=text(doc, "cancellationReason"),
    )


def amended_order(document: Json, before: Order, changed: Collection[str], max_depth: int = MOST_DEPTH) -> Order:
    """The order as its requester wants it from now on: `document` is the stored resource with a patch applied.

    `changed` are the names of the attributes in which the two differ.

    States, faults and parameters of items stay as they are; new items are acknowledged. The order's state is the
    document's, so that the use case can refuse to change it. Raises InvalidRequest like `read_order`.
    """
    said = _changeable(document)
    if REQUESTED_DATES & set(changed):
        _refuse_start_after_completion(said)
    return replace(
        before,
        state=cast(State, document.get("state", before.state)),
        items=_amended_items(document, before, max_depth) if ITEMS_ARE_OF & set(changed) else before.items,
        body=document,
        **said,
    )


def _refuse_start_after_completion(said: Mapping[str, Any]) -> None:
    """Takes what `_changeable` reads."""
    start, completion = said["requested_start"], said["requested_completion"]
    if start is not None and completion is not None and start > completion:
        raise InvalidRequest("the requested start lies after the requested completion", "requestedStartDate")


def _amended_items(document: Json, before: Order, max_depth: int) -> tuple[OrderItem, ...]:
    """Leaves of which nothing else is said than before are the same objects."""
    check_items(document, max_depth)
    known = {item.id: item for item in all_items(before.items)}
    items = read_items(document, lambda item: _as_before(known, item))
    if _said_for_all(document) != _said_for_all(before.body):
        return items
    then, now = items_by_id(before.body), items_by_id(document)
    kept = {name: known[name] for name, item in now.items() if name in known and _says_the_same(item, then.get(name))}
    return with_leaves(items, kept)


def _said_for_all(document: Mapping[str, Json]) -> tuple[Json, ...]:
    """What items take from their order."""
    return day(document, "requestedCompletionDate"), customer_of(document)


def _says_the_same(item: Mapping[str, Json], before: Mapping[str, Json] | None) -> bool:
    return before is not None and (item is before or all(same(item.get(name), before.get(name)) for name in SAID))


def _as_before(known: Mapping[str, OrderItem], item: Mapping[str, Json]) -> Standing:
    before = known.get(item["id"])
    if before is None:
        return as_new(item)
    kept = (before.before_cancel, before.replacement, before.leaving, before.course)
    return Standing(before.state, before.faults, before.parameters, *kept)


def _changeable(doc: Mapping[str, Json]) -> dict[str, Any]:
    """What a requester says, at first or later."""
    return {
        "external_id": text(doc, "externalId"),
        "category": text(doc, "category"),
        "priority": text(doc, "priority"),
        "requested_start": moment(doc, "requestedStartDate"),
        "requested_completion": moment(doc, "requestedCompletionDate"),
        "expected_completion": moment(doc, "expectedCompletionDate"),
        "qualifications": _qualifications(doc),
    }


def _qualifications(doc: Mapping[str, Json]) -> tuple[QualificationRef, ...]:
    """References `<check>/<item>[/<proposal>]` of the type serviceQualification, in `id` or else in `name`."""
    found = []
    for path, reference in objects(doc, "externalReference", ""):
        if str(reference.get("externalReferenceType", "")).lower() != QUALIFICATION_REFERENCE:
            continue
        candidates = [str(reference.get(name) or "") for name in ("id", "name")]
        written = next((one for one in candidates if "/" in one), candidates[0])
        parts = written.split("/")
        if len(parts) not in (2, 3) or not all(parts):
            raise InvalidRequest(f"<check>/<item> or <check>/<item>/<proposal> is expected, {written!r} is given", path)
        found.append(QualificationRef(check_id=parts[0], item_id=parts[1], proposal_id=parts[2] if parts[2:] else None))
    return tuple(found)


def _unsaid(order: Order, given: Mapping[str, Json]) -> dict[str, Json]:
    """For an order that was not made from a resource; what its body says counts more."""
    values = {
        "externalId": order.external_id,
        "category": order.category,
        "priority": order.priority,
        "requestedStartDate": order.requested_start,
        "requestedCompletionDate": order.requested_completion,
    }
    unsaid = {name: value for name, value in values.items() if value is not None and name not in given}
    return {name: value if isinstance(value, str) else write_moment(value) for name, value in unsaid.items()}


def _as_given(given: Json, value: datetime | None) -> str | None:
    """A moment that the requester set stays as he wrote it until we say another one."""
    return given if given and value is not None and moment_of(given) == value else _written(value)


def _written(value: datetime | None) -> str | None:
    return None if value is None else write_moment(value)
