"""The items of a service order, nested as they were sent."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, cast

from linkwright.designs.parts_of_answers import Before
from linkwright.errors import InvalidRequest
from linkwright.orders.course import Course
from linkwright.orders.model import Action, Fault, Order, OrderItem, Replacement, State
from linkwright.wire.characteristics import read_parameters, with_parameters
from linkwright.wire.design_document import read_before
from linkwright.wire.json import Json, day, objects, same
from linkwright.wire.naming import customer_of
from linkwright.wire.repairs import ignored
from linkwright.wire.requirements import requirement, write_service
from linkwright.wire.v4 import order_parts
from linkwright.wire.v4.courses import read_course, with_course
from linkwright.wire.v4.design_words import design_id_of, with_design, with_solution, with_status
from linkwright.wire.v4.order_rules import depends_on
from linkwright.wire.v4.proposed_design import with_proposal
from linkwright.wire.v4.whole_on_item import with_totals

HELD = "resourcesHeld"
BEFORE_DESIGN = frozenset({"acknowledged", "rejected"})
SET_BY_US = ("state", "errorMessage")
ENDED = frozenset({"cancelled", "failed"})
_DESIGN_ENDS: Mapping[State, str] = {"completed": "built", "failed": "withdrawn", "cancelled": "withdrawn"}
ANSWERS = frozenset({"inProgress", "cancelled"})
"""States that a patch may ask for, of items that wait: to go on, or to be ended."""


@dataclass(frozen=True)
class Standing:
    """What an item has become so far; a new one is only acknowledged."""

    state: State = "acknowledged"
    faults: tuple[Fault, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    before_cancel: State | None = None
    replacement: Replacement | None = None
    leaving: Before | None = None
    course: Course | None = None


def as_new(_item: Mapping[str, Json]) -> Standing:
    """State, faults and parameters that a requester sends are not his to say."""
    return Standing()


def as_stored(
    item: Mapping[str, Json],
    before_cancel: State | None = None,
    proposed: Json = None,
    leaving: Json = None,
    course: Json = None,
) -> Standing:
    """What the document says; an item that a patch added has no state of its own yet.

    `proposed` is what is kept beside it of another design, `leaving` of a service that is released, `course`
    of how it goes by its plan.
    """
    state = cast(State, item.get("state") or "acknowledged")
    parameters = read_parameters(item.get("service") or {})
    replacement = Replacement(**proposed) if proposed else None
    released = None if leaving is None else read_before(leaving)
    faults, going = order_parts.read_faults(item), None if course is None else read_course(course)
    return Standing(state, faults, parameters, before_cancel, replacement, released, going)


def read_items(order: Mapping[str, Json], standing: Callable[[Mapping[str, Json]], Standing]) -> tuple[OrderItem, ...]:
    """Items that keep the rules (`order_rules`); a requirement without date is needed when the order is."""
    whole = _Whole(order.get("id"), day(order, "requestedCompletionDate"), customer_of(order), standing)
    return _read(order, "", whole)


@dataclass(frozen=True)
class _Whole:
    """What an order says for all of its items."""

    id: Json
    needed_by: date | None
    customer: str | None
    standing: Callable[[Mapping[str, Json]], Standing]


def _read(parent: Mapping[str, Json], path: str, whole: _Whole) -> tuple[OrderItem, ...]:
    return tuple(
        _item(item, _read(item, here, whole), whole) for here, item in objects(parent, "serviceOrderItem", path)
    )


def _item(item: Mapping[str, Json], children: tuple[OrderItem, ...], whole: _Whole) -> OrderItem:
    service, item_id, standing = item.get("service") or {}, str(item["id"]), whole.standing(item)
    action = cast(Action, item["action"])
    wanted = partial(
        requirement,
        item_id,
        service,
        needed_by=whole.needed_by,
        bundles=None,
        relations=item.get("serviceOrderItemRelationship"),
        change=action,
        customer=whole.customer,
    )
    return OrderItem(
        id=item_id,
        action=action,
        state=standing.state,
        requirement=wanted,
        service_id=str(service["id"]) if service.get("id") else None,
        design_id=design_id_of(service),
        children=children,
        depends_on=depends_on(item, whole.id),
        faults=standing.faults,
        parameters=standing.parameters,
        before_cancel=standing.before_cancel,
        replacement=standing.replacement,
        leaving=standing.leaving,
        course=standing.course,
    )


def all_items(items: Iterable[OrderItem]) -> Iterator[OrderItem]:
    """Parents and children."""
    for item in items:
        yield item
        yield from all_items(item.children)


def ignored_in_items(order: Mapping[str, Json], stored: Mapping[str, Json] | None = None) -> tuple[str, ...]:
    """A note for each state and fault that is said of an item that is not stored yet: only we set them.

    Raises:
        InvalidRequest: of an item of the order `stored` something else is said than stands there.
    """
    known = {} if stored is None else items_by_id(stored)
    notes: list[str] = []
    for path, item in _with_paths(order, ""):
        before = known.get(str(item.get("id")))
        if before is None:
            notes += ignored(item, SET_BY_US, path)
            continue
        for name in SET_BY_US:
            if name in item and not same(item[name] or None, before.get(name) or None):
                raise InvalidRequest("not changed by its requester", f"{path}.{name}")
    return tuple(notes)


def asked_states(order: Mapping[str, Json], stored: Mapping[str, Json], of: Collection[str]) -> dict[str, State]:
    """The other states that a patched order says of these items, by id, where they are states that can be asked for."""
    known = items_by_id(stored)
    asked: dict[str, State] = {}
    for _, item in _with_paths(order, ""):
        before = known.get(str(item.get("id")), {})
        state = item.get("state")
        if str(item.get("id")) in of and state in ANSWERS and state != before.get("state"):
            asked[str(item["id"])] = cast(State, state)
    return asked


def with_states_of(order: Mapping[str, Json], stored: Mapping[str, Json], of: Collection[str]) -> Json:
    """The patched order with the states of these items as they are stored."""
    known = items_by_id(stored)

    def restored(item: Mapping[str, Json]) -> Json:
        item = {**item, "state": known[item["id"]].get("state")} if item["id"] in of else dict(item)
        if item.get("serviceOrderItem"):
            item["serviceOrderItem"] = [restored(child) for child in item["serviceOrderItem"]]
        return item

    return {**order, "serviceOrderItem": [restored(item) for item in order["serviceOrderItem"]]}


def _with_paths(parent: Mapping[str, Json], path: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for here, item in objects(parent, "serviceOrderItem", path):
        yield here, item
        if item.get("serviceOrderItem"):
            yield from _with_paths(item, here)


def write_items(order: Order, base_url: str) -> list[Json]:
    """The items as they were sent, with state, faults and what was designed and allocated laid over."""
    given = items_by_id(order.body)
    held = any(milestone.name == HELD for milestone in order.milestones)
    return [_write(item, given, held, base_url) for item in order.items]


def items_by_id(parent: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    found: dict[str, Mapping[str, Json]] = {}
    for _, item in objects(parent, "serviceOrderItem", ""):
        found[str(item.get("id"))] = item
        if item.get("serviceOrderItem"):
            found |= items_by_id(item)
    return found


def _write(item: OrderItem, given: Mapping[str, Mapping[str, Json]], held: bool, base_url: str) -> Json:
    sent = given.get(item.id, {})
    doc: dict[str, Json] = {
        "@type": "ServiceOrderItem",
        **sent,
        "id": item.id,
        "action": item.action,
        "state": item.state,
        "service": _service(item, sent.get("service"), held, base_url),
    }
    if item.faults:
        doc["errorMessage"] = [order_parts.write_fault(fault, "ServiceOrderItemErrorMessage") for fault in item.faults]
    else:
        doc.pop("errorMessage", None)
    if sent.get("serviceOrderItemRelationship"):
        doc["serviceOrderItemRelationship"] = [_related(one) for one in sent["serviceOrderItemRelationship"]]
    elif item.depends_on:
        others = [{"relationshipType": "dependsOn", "orderItem": {"id": other}} for other in item.depends_on]
        doc["serviceOrderItemRelationship"] = [_related(one) for one in others]
    if item.children:
        doc["serviceOrderItem"] = [_write(child, given, held, base_url) for child in item.children]
    return doc


def _related(relation: Mapping[str, Json]) -> Json:
    """Readers look for the other item under `id` or under `itemId`: it stands in both."""
    other = relation.get("orderItem") or {}
    named = other.get("itemId") or other.get("id")
    return {**relation, "orderItem": {**other, "id": named, "itemId": named}} if named else relation


def _service(item: OrderItem, sent: Json, held: bool, base_url: str) -> Json:
    service = dict(sent) if sent else write_service(item.requirement)
    if item.service_id is not None:
        service["id"] = item.service_id
    if item.solution is not None:
        service = with_solution(service, item.solution, base_url, "commitment")
    elif item.design_id is not None:
        service = with_design(service, item.design_id, base_url)
    if item.totals is not None:
        bundle = replace(item.requirement, bundles=()) if item.children else None
        service = with_totals(service, item.totals, bundle, base_url, "commitment")
    service = with_proposal(service, item.proposed_design_id, base_url)
    service = with_course(with_parameters(service, item.parameters), item.course)
    if item.state in _DESIGN_ENDS:
        service = with_status(service, _DESIGN_ENDS[item.state])
    state = _service_state(item, held)
    if state is not None:
        service["state"] = state
    if service.get("relatedParty"):
        service["relatedParty"] = [{"@type": "RelatedParty", **party} for party in service["relatedParty"]]
    return service


def _service_state(item: OrderItem, held: bool) -> str | None:
    """How far a service has come; None where that is not ours to say (yet), as while one that is there is changed."""
    if item.children or item.state in BEFORE_DESIGN:
        return None
    if item.action == "delete":
        return "terminated" if item.state == "completed" else None
    if item.action == "noChange" or item.design_id is None:
        return None
    if item.state == "completed":
        return "active"
    if item.action == "modify":
        return None
    return "reserved" if held and item.state not in ENDED else "designed"
