"""The milestones that an order reaches as its tasks go on. Pure, and the same however often asked."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.orders.cancel import ORDERED, past_no_return, past_soft
from linkwright.orders.errands import Task
from linkwright.orders.model import Milestone, Order
from linkwright.orders.plans import passed
from linkwright.orders.states import leaves
from linkwright.orders.work import LOST
from linkwright.plan.model import NoReturn

_NO_RETURN, SOFT_NO_RETURN = "PONR", "softPONR"
_GROWING: tuple[tuple[str, str, Callable[[Sequence[Task]], list[Task]], NoReturn], ...] = (
    (SOFT_NO_RETURN, "From here on a cancel is accepted, but it may be charged.", past_soft, "soft"),
    (_NO_RETURN, "From here on the order cannot be cancelled.", past_no_return, "hard"),
)
"""Milestones of items: the order has reached them when one item has, and they name all that have."""


def _is_done(task: Task) -> bool:
    return task.state == "done"


def _is_placed(task: Task) -> bool:
    return task.state == "done" or (task.state == "sent" and task.remote_id is not None)


_MILESTONES: tuple[tuple[str, str, str, Callable[[Task], bool]], ...] = (
    ("resourcesHeld", "Every resource of the design is held.", "reserve", _is_done),
    ("partnerOrdersPlaced", "Every partner has its order.", "procure", _is_placed),
    ("parametersAllocated", "Addresses and identifiers are allocated.", "allocate", _is_done),
    ("sqmParametersPublished", "The service level objectives are published.", "publish", _is_done),
    ("downstreamOrdersIssued", "The implementation is ordered.", "implement", _is_placed),
    ("readyForService", "The services are active and in the inventory.", "register", _is_done),
    ("servicesReleased", "The services are ended, and the inventory says so.", "register/delete", _is_done),
)
_GONE = frozenset({"failed", "undoing", "undone"})
_ORDER_OF_MILESTONES = ("resourcesHeld", "partnerOrdersPlaced", SOFT_NO_RETURN, _NO_RETURN)


def with_milestones(order: Order, tasks: Sequence[Task], now: datetime) -> Order:
    before = order.milestones
    reached = {milestone.name for milestone in before}
    of, lost = _by_subject(tasks), {leaf.id for leaf in leaves(order.items) if leaf.state in LOST}
    for name, text, subject, has_come in _MILESTONES:
        mine = of.get(subject, []) if name not in reached else []
        left = [task for task in mine if task.state not in _GONE and not lost.issuperset(task.items)]
        if left and all(has_come(task) for task in left):
            order = _reached(order, name, text, now, _rest_of(left, mine, lost))
    for name, text, by_task, kind in _GROWING:
        concerned, by_date = by_task(tasks), passed(order, tasks, kind, now)
        if concerned or by_date:
            order = _grown(order, name, text, now, concerned, by_date)
    new = sorted(order.milestones[len(before) :], key=lambda milestone: _place_of(milestone.name))
    return replace(order, milestones=(*order.milestones[: len(before)], *new))


def _by_subject(tasks: Iterable[Task]) -> Mapping[str, list[Task]]:
    """The tasks that a milestone is about: a service that ends is not ready for service."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        if task.items:
            is_end = task.action == "delete" and task.kind != "implement"
            found.setdefault(f"{task.kind}/delete" if is_end else task.kind, []).append(task)
    return found


def _place_of(name: str) -> int:
    return _ORDER_OF_MILESTONES.index(name) if name in _ORDER_OF_MILESTONES else len(_ORDER_OF_MILESTONES)


def _rest_of(left: Iterable[Task], all_of_them: Iterable[Task], lost: Collection[str]) -> tuple[str, ...]:
    """The items that it is about where some have fallen out; none are named where it is about all."""
    fallen = {item for task in all_of_them for item in task.failures}.union(lost)
    rest = dict.fromkeys(item for task in left for item in task.items if item not in fallen)
    return () if all(item in rest for task in all_of_them for item in task.items) else tuple(rest)


def _reached(order: Order, name: str, text: str, now: datetime, items: tuple[str, ...] = ()) -> Order:
    new = Milestone(id=name, name=name, status="reached", at=now, message=text, items=items)
    return replace(order, milestones=(*order.milestones, new))


def _grown(
    order: Order, name: str, text: str, now: datetime, concerned: Iterable[Task], by_date: Iterable[str] = ()
) -> Order:
    """A milestone of items: whoever reaches it later is added to those that it names."""
    items = dict.fromkeys(
        item for task in concerned for item in (_delivered(task) if name == _NO_RETURN else task.items)
    )
    items |= dict.fromkeys(by_date)
    cancelled = {leaf.id for leaf in leaves(order.items) if leaf.state == "cancelled"}
    items = {item: None for item in items if item not in cancelled}
    if not items:
        return order
    known = next((milestone for milestone in order.milestones if milestone.name == name), None)
    if known is None:
        return _reached(order, name, text, now, tuple(items))
    grown = tuple(dict.fromkeys((*known.items, *items)))
    if grown == known.items:
        return order
    more = replace(known, items=grown)
    return replace(order, milestones=tuple(more if one is known else one for one in order.milestones))


def _delivered(task: Task) -> tuple[str, ...]:
    """Of an order that is still out it is those that have got what was ordered, if it says so."""
    return task.delivered if task.kind in ORDERED and task.state == "sent" and task.delivered else task.items


def with_no_return(order: Order, concerned: Iterable[Task], now: datetime, by_date: Iterable[str] = ()) -> Order:
    """Whoever has these orders of ours will not take them back any more, whatever our own tasks say.

    `by_date` are items that have passed theirs by their plan.
    """
    text = next(text for name, text, *_ in _GROWING if name == _NO_RETURN)
    return _grown(order, _NO_RETURN, text, now, concerned, by_date)
