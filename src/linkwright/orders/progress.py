"""What the outward tasks make of an order: item states, milestones, references.

Pure, and the same however often asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.orders.cancel import is_past_no_return, past_no_return
from linkwright.orders.model import (
    Fault,
    Happening,
    Jeopardy,
    Milestone,
    Order,
    OrderItem,
    Reference,
    Relation,
    State,
    Task,
    TaskKind,
)
from linkwright.orders.states import FINAL, ORDER, item_moved, leaves, moved, rolled_up, with_leaves
from linkwright.orders.tasks import of_kind

GOING_ON: frozenset[State] = frozenset({"acknowledged", "inProgress", "pending", "held"})
ANSWERED_BY = "serviceOrderItem.state"
"""The attribute by which a requester answers what he is asked."""
_RELATION: Mapping[TaskKind, str] = {
    "procure": "procures",
    "provide": "provides",
    "allocate": "allocates",
    "implement": "implements",
}
_REFERENCE: Mapping[TaskKind, str] = {"reserve": "reservation", "register": "serviceInventory"}
_NO_RETURN = "PONR"
_MILESTONES: tuple[tuple[str, str, Callable[[Sequence[Task]], bool]], ...] = (
    ("resourcesHeld", "Every resource of the design is held.", lambda ts: _all_done(ts, "reserve")),
    ("partnerOrdersPlaced", "Every partner has its order.", lambda ts: _all_placed(ts, "procure")),
    (_NO_RETURN, "From here on the order cannot be cancelled.", is_past_no_return),
    ("parametersAllocated", "Addresses and identifiers are allocated.", lambda ts: _all_done(ts, "allocate")),
    ("downstreamOrdersIssued", "The implementation is ordered.", lambda ts: _all_placed(ts, "implement")),
    ("readyForService", "The services are active and in the inventory.", lambda ts: _all_done(ts, "register")),
)


def _all_done(tasks: Sequence[Task], kind: TaskKind) -> bool:
    """All of them are done, apart from those whose items fell out."""
    left = [task for task in of_kind(tasks, kind) if task.state not in ("failed", "undone")]
    return bool(left) and all(task.state == "done" for task in left)


def _all_placed(tasks: Sequence[Task], kind: TaskKind) -> bool:
    left = [task for task in of_kind(tasks, kind) if task.state not in ("failed", "undone")]
    return bool(left) and all(task.state == "done" or task.remote_id is not None for task in left)


def with_progress(order: Order, tasks: Sequence[Task], now: datetime) -> Order:
    """The order as its tasks stand: references, parameters, item and order states, milestones, dates."""
    order = replace(
        order,
        references=_references(order, tasks),
        relations=_relations(order, tasks),
    )
    if order.state not in GOING_ON:
        return order
    items = {leaf.id: _leaf(leaf, tasks) for leaf in leaves(order.items)}
    order = replace(order, items=with_leaves(order.items, items))
    return with_roll_up(_with_milestones(order, tasks, now), now)


def _leaf(item: OrderItem, tasks: Sequence[Task]) -> OrderItem:
    """An item is complete when its service is in the inventory, or when nothing had to be done for it."""
    mine = [task for task in tasks if item.id in task.items]
    parameters = {name: value for task in mine for name, value in task.parameters.get(item.id, {}).items()}
    item = replace(item, parameters={**item.parameters, **parameters})
    registered = next((task for task in of_kind(mine, "register") if task.state == "done"), None)
    if item.state != "inProgress":
        return item
    if item.action == "noChange":
        return item_moved(item, "completed")
    return (
        item
        if registered is None
        else replace(item_moved(item, "completed"), service_id=registered.remote_id or item.service_id)
    )


def _references(order: Order, tasks: Sequence[Task]) -> tuple[Reference, ...]:
    ours = [
        Reference(id=task.remote_id, kind=_REFERENCE[task.kind], name=task.key, href=task.remote_href)
        for task in of_kind(tasks, *_REFERENCE)
        if task.remote_id is not None
    ]
    known = {(reference.kind, reference.name) for reference in ours}
    return (*(r for r in order.references if (r.kind, r.name) not in known), *ours)


def _relations(order: Order, tasks: Sequence[Task]) -> tuple[Relation, ...]:
    ours = [
        Relation(id=task.remote_id, kind=_RELATION[task.kind], href=task.remote_href)
        for task in of_kind(tasks, *_RELATION)
        if task.remote_id is not None
    ]
    known = {(relation.kind, relation.id) for relation in ours}
    return (*(r for r in order.relations if (r.kind, r.id) not in known), *ours)


def _with_milestones(order: Order, tasks: Sequence[Task], now: datetime) -> Order:
    for name, text, is_reached in _MILESTONES:
        if is_reached(tasks):
            concerned = past_no_return(tasks) if name == _NO_RETURN else ()
            order = _reached(order, name, text, now, concerned)
    return order


def _reached(order: Order, name: str, text: str, now: datetime, concerned: Iterable[Task] = ()) -> Order:
    """`concerned` are the tasks whose items the milestone names; without any it is about the whole order."""
    if any(milestone.name == name for milestone in order.milestones):
        return order
    items = tuple(dict.fromkeys(item for task in concerned for item in task.items))
    new = Milestone(id=name, name=name, status="reached", at=now, message=text, items=items)
    return replace(order, milestones=(*order.milestones, new))


def with_no_return(order: Order, concerned: Iterable[Task], now: datetime) -> Order:
    """Whoever has these orders of ours will not take them back any more, whatever our own tasks say."""
    text = next(text for name, text, _ in _MILESTONES if name == _NO_RETURN)
    return _reached(order, _NO_RETURN, text, now, concerned)


def with_roll_up(order: Order, now: datetime) -> Order:
    """The order in the state that its items make, with the dates that belong to it.

    Where no move leads straight there it goes on first: one move at a time.
    """
    state = rolled_up(order.items)
    if state == "acknowledged" or state == order.state:
        return order
    order = moved(order, state if state in ORDER[order.state] else "inProgress")
    return _dated(order, now)


def _dated(order: Order, now: datetime) -> Order:
    state = order.state
    if state == "inProgress":
        return replace(order, started_at=order.started_at or now)
    if state == "cancelled":
        return replace(order, cancelled_at=now)
    return replace(order, completed_at=now) if state in ("completed", "partial", "failed") else order


def with_fault(order: Order, items: Iterable[str], fault: Fault) -> Order:
    """The named items have failed; items that are final already stay as they are."""
    named = set(items)
    changed = {
        leaf.id: replace(item_moved(leaf, "failed"), faults=(*leaf.faults, fault))
        for leaf in leaves(order.items)
        if leaf.id in named and leaf.state not in FINAL
    }
    return replace(order, items=with_leaves(order.items, changed))


def with_error(order: Order, fault: Fault) -> Order:
    """Something is wrong with the order as a whole. Told once: the same words again change nothing."""
    told = {(one.code, one.reason, one.message) for one in order.faults}
    if (fault.code, fault.reason, fault.message) in told:
        return order
    return replace(order, faults=(*order.faults, fault))


def with_jeopardy(order: Order, jeopardy: Jeopardy) -> Order:
    """Told once for each id: only another severity or message replaces the earlier one."""
    told = {(one.id, one.severity, one.message) for one in order.jeopardies}
    if (jeopardy.id, jeopardy.severity, jeopardy.message) in told:
        return order
    others = tuple(one for one in order.jeopardies if one.id != jeopardy.id)
    return replace(order, jeopardies=(*others, jeopardy))


def happenings(before: Order, after: Order) -> tuple[Happening, ...]:
    """Which events tell the difference between two versions of an order."""
    told: list[Happening] = []
    if _states(before) != _states(after):
        told.append("stateChanged")
    if _pending(after) - _pending(before):
        told.append("informationRequired")
    if len(after.milestones) > len(before.milestones):
        told.append("milestone")
    if after.jeopardies != before.jeopardies:
        told.append("jeopardy")
    if after.expected_completion != before.expected_completion:
        told.append("attributeChanged")
    return tuple(told)


def _pending(order: Order) -> set[str]:
    return {leaf.id for leaf in leaves(order.items) if leaf.state == "pending"}


def _states(order: Order) -> tuple[str, ...]:
    return (order.state, *(leaf.state for leaf in leaves(order.items)))
