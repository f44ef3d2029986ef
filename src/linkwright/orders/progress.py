"""What the outward tasks make of an order: item states, milestones, references.

Pure, and the same however often asked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from linkwright.orders.course import Course
from linkwright.orders.errands import Task, TaskKind
from linkwright.orders.milestones import with_milestones
from linkwright.orders.model import Fault, Happening, Jeopardy, Order, OrderItem, Reference, Relation, State
from linkwright.orders.plans import with_published
from linkwright.orders.states import ORDER, dependencies, item_moved, leaves, moved, rolled_up, with_leaves
from linkwright.orders.tasks import gives_up, is_unplaced, of_kind, step_of
from linkwright.orders.work import LOST

GOING_ON: frozenset[State] = frozenset({"acknowledged", "inProgress", "pending", "held"})
_RELATION: Mapping[str, str] = {
    "procure": "procures",
    "provide": "provides",
    "allocate": "allocates",
    "implement": "implements",
    "procure/delete": "ceases",
    "provide/delete": "returns",
    "provide/return": "returns",
    "allocate/delete": "releases",
}
"""By step: how the order at another system belongs to ours."""
FALLOUT = "DOWNSTREAM_FALLOUT"
ANSWERED_BY = "serviceOrderItem.state"
"""The attribute by which a requester answers what he is asked."""
COURSE_TOLD = "serviceOrderItem.service.serviceCharacteristic"
"""The attribute in which an item tells how it goes by its plan."""
_REFERENCE: Mapping[TaskKind, str] = {
    "reserve": "reservation",
    "publish": "serviceLevelSpecification",
    "register": "serviceInventory",
}


def with_progress(order: Order, tasks: Iterable[Task], now: datetime) -> Order:
    """The order as its tasks stand: references, parameters, item and order states, milestones, dates."""
    tasks = tuple(tasks)
    order = replace(order, references=_references(order, tasks), relations=_relations(order, tasks))
    order = with_published(order, tasks)
    if order.state not in GOING_ON:
        return order
    order = _with_failures(order, tasks, now)
    given = _Given(tasks)
    items = {leaf.id: _leaf(leaf, given) for leaf in leaves(order.items)}
    order = _with_lost_dependents(replace(order, items=with_leaves(order.items, items)), now)
    return with_roll_up(with_milestones(order, tasks, now), now)


class _Given:
    """What the tasks gave to each item."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.parameters: dict[str, dict[str, Any]] = {}
        self.registered: dict[str, Task] = {}
        self.open: set[str] = set()
        for task in tasks:
            if task.action == "delete" and gives_up(task) and is_unplaced(task):
                self.open.update(task.items)
            for item in task.items if task.parameters else ():
                if item in task.parameters:
                    self.parameters.setdefault(item, {}).update(task.parameters[item])
            if task.kind == "register" and task.state == "done":
                self.registered |= dict.fromkeys(task.items, task)


def _leaf(item: OrderItem, given: _Given) -> OrderItem:
    """An item is complete when the inventory has its service as it is now, or when nothing had to be done for it.

    What it does not use any more has been given up by then; how long the others take for that is not its matter.
    """
    if parameters := given.parameters.get(item.id):
        item = replace(item, parameters={**item.parameters, **parameters})
    if item.state != "inProgress":
        return item
    if item.action == "noChange":
        return item_moved(item, "completed")
    registered = given.registered.get(item.id)
    if registered is None or item.id in given.open:
        return item
    return replace(item_moved(item, "completed"), service_id=registered.remote_id or item.service_id)


def _with_failures(order: Order, tasks: Iterable[Task], now: datetime) -> Order:
    """Items whose tasks were refused, or that fell out of one that goes on for others."""
    why: dict[str, Fault] = {}
    for task in tasks:
        told = dict.fromkeys(task.items, task.note) if task.state == "failed" else {}
        for item, text in {**told, **task.failures}.items():
            reason = f"{task.kind} failed at {task.system}"
            why.setdefault(item, Fault(code=fault_code(task.kind), reason=reason, message=text, at=now))
    return _failed(order, why)


def fault_code(kind: TaskKind) -> str:
    return {"reserve": "CAPACITY_LOST", "procure": "SD-PTR-02"}.get(kind, FALLOUT)


def _with_lost_dependents(order: Order, now: datetime) -> Order:
    """An item does not outlive what it depends on, and says what that was."""
    waits = dependencies(order)
    if not waits:
        return order
    ends = {leaf.id: leaf.state for leaf in leaves(order.items)}
    why: dict[str, Fault] = {}
    for item in TopologicalSorter(waits).static_order():
        lost = next((other for other in waits.get(item, ()) if ends[other] in LOST), None)
        if lost is not None and ends[item] == "inProgress":
            text = f"item {item} depends on item {lost}, which is {ends[lost]}"
            why[item] = Fault(code=FALLOUT, reason=f"item {lost} is {ends[lost]}", message=text, at=now)
            ends[item] = "failed"
    return _failed(order, why)


def _failed(order: Order, why: Mapping[str, Fault]) -> Order:
    changed = {
        leaf.id: replace(item_moved(leaf, "failed"), faults=(*leaf.faults, why[leaf.id]))
        for leaf in (leaves(order.items) if why else ())
        if leaf.id in why and leaf.state == "inProgress"
    }
    return replace(order, items=with_leaves(order.items, changed)) if changed else order


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
        Relation(id=task.remote_id, kind=_RELATION[step_of(task)], href=task.remote_href)
        for task in of_kind(tasks, "procure", "provide", "allocate", "implement")
        if task.remote_id is not None
    ]
    known = {(relation.kind, relation.id) for relation in ours}
    return (*(r for r in order.relations if (r.kind, r.id) not in known), *ours)


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


def with_error(order: Order, fault: Fault) -> Order:
    """Something is wrong with the order as a whole. Told once: the same words again change nothing."""
    told = {(one.code, one.reason, one.message) for one in order.faults}
    if (fault.code, fault.reason, fault.message) in told:
        return order
    return replace(order, faults=(*order.faults, fault))


def with_jeopardy(order: Order, *jeopardies: Jeopardy) -> Order:
    """Told once for each id: only another severity or message replaces the earlier one."""
    told = {one.id: one for one in order.jeopardies}
    for new in jeopardies:
        old = told.get(new.id)
        if old is None or (old.severity, old.message) != (new.severity, new.message):
            told.pop(new.id, None)
            told[new.id] = new
    after = tuple(told.values())
    return order if after == order.jeopardies else replace(order, jeopardies=after)


def calmed(order: Order, names: Iterable[str], task: Task, text: str, now: datetime) -> Order:
    """The alerts of these names about a task, once their danger is over."""
    ids = {f"{name}/{task.key}" for name in names}
    told = (replace(one, severity="Normal", at=now, message=text) for one in order.jeopardies if one.id in ids)
    return with_jeopardy(order, *told)


def happenings(before: Order, after: Order) -> tuple[Happening, ...]:
    """Which events tell the difference between two versions of an order."""
    told: list[Happening] = []
    if _states(before) != _states(after):
        told.append("stateChanged")
    known = _pending(before)
    if _pending(after) - known or _asked(after, known) - _asked(before, known):
        told.append("informationRequired")
    if after.milestones != before.milestones:
        told.append("milestone")
    if after.jeopardies != before.jeopardies:
        told.append("jeopardy")
    if after.expected_completion != before.expected_completion or courses(after) != courses(before):
        told.append("attributeChanged")
    return tuple(told)


def courses(order: Order) -> dict[str, Course]:
    """How the items go by their plans."""
    return {leaf.id: leaf.course for leaf in leaves(order.items) if leaf.course is not None}


def _pending(order: Order) -> set[str]:
    return {leaf.id for leaf in leaves(order.items) if leaf.state == "pending"}


def _asked(order: Order, pending: Collection[str]) -> set[tuple[str, str]]:
    """What the requester is asked about items that wait for him."""
    asked = (wait for wait in order.waits if wait.state == "pending")
    return {(item, wait.text) for wait in asked for item in wait.items if item in pending}


def _states(order: Order) -> tuple[str, ...]:
    return (order.state, *(leaf.state for leaf in leaves(order.items)))
