"""What items of an order give back that another one of it needs at once. Pure."""

from collections.abc import Iterator, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import needed_by
from linkwright.designs.facts import OWN
from linkwright.errors import Refused
from linkwright.orders.errands import Task
from linkwright.orders.model import Order, OrderItem
from linkwright.orders.states import FINAL, dependencies, leaves
from linkwright.orders.work import Work
from linkwright.remembered import kept_with_its_object

CHANGES = frozenset({"modify", "delete"})


def with_help(error: Refused, work: Work, task: Task) -> Refused:
    """What is refused to be held may only be held too early."""
    help_ = would_help(work.order, task.items[0], work.solutions) if task.kind == "reserve" else ""
    return Refused(error.system, f"{error.detail.rstrip('.')}. {help_}") if help_ else error


def would_help(order: Order, item: str, solutions: Mapping[str, SiteSolution]) -> str:
    """The smallest change with which a hold that was refused might be given, as a sentence; empty if there is none.

    An item is held beside those of its order that go, unless it says that it depends on them.
    """
    needed = needed_by(solutions[item]) if item in solutions and _changed(order) else {}
    found = {
        leaf.id: names
        for leaf in (_changed(order) if needed else ())
        if leaf.id != item and (names := [name for name, kind in _released(leaf, solutions) if (name, kind) in needed])
    }
    waits = dependencies(order) if found else {}
    return " ".join(
        f"Item {giver} of this order gives back {', '.join(names)}: with a dependsOn item {giver} item {item} is held "
        "after that."
        for giver, names in found.items()
        if giver not in _before(item, waits) and item not in _before(giver, waits)
    )


@kept_with_its_object
def _changed(order: Order) -> tuple[OrderItem, ...]:
    """The items that may give something back yet."""
    return tuple(leaf for leaf in leaves(order.items) if leaf.action in CHANGES and leaf.state not in FINAL)


def _before(item: str, waits: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All that it waits for, directly or not."""
    found, left = set[str](), list(waits.get(item, ()))
    while left:
        other = left.pop()
        if other not in found:
            found.add(other)
            left += waits.get(other, ())
    return found


def _released(leaf: OrderItem, solutions: Mapping[str, SiteSolution]) -> Iterator[tuple[str, str]]:
    """(resource, category) of our own that is free once this item is registered."""
    changed = solutions.get(leaf.id)
    before = leaf.leaving or (changed.before if changed is not None else None)
    for one in before.released if before is not None else ():
        if one.supplier == OWN:
            yield one.resource, one.category
