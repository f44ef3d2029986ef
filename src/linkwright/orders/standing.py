"""Items that stand still: which, and why. Pure."""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from linkwright.orders.model import Fault, Order, OrderItem, State
from linkwright.orders.states import FINAL, item_moved, leaves, with_leaves
from linkwright.orders.waits import Decision, Remark, Wait

STANDING: frozenset[State] = frozenset({"held", "pending"})
WORKED_ON: frozenset[State] = STANDING | {"inProgress"}
"""An order in these states has work that goes on."""
OURSELVES = "linkwright"
HELD: State = "held"


def with_standing(order: Order) -> Order:
    """Items that something is waited for stand still. Nobody waits for a final item, but to take back its orders."""
    if not order.waits:
        return order
    final = {leaf.id for leaf in leaves(order.items) if leaf.state in FINAL}
    waits = tuple(
        left for wait in order.waits for left in ((wait,) if wait.kind == "undo" else without_items((wait,), final))
    )
    wanted = {item: wait.state for wait in reversed(waits) for item in wait.items}
    changed = {
        leaf.id: item_moved(leaf, wanted[leaf.id])
        for leaf in leaves(order.items)
        if leaf.state == "inProgress" and leaf.id in wanted
    }
    if not changed:
        return order if waits == order.waits else replace(order, waits=waits)
    return replace(order, waits=waits, items=with_leaves(order.items, changed))


def without_items(waits: Iterable[Wait], gone: Collection[str]) -> tuple[Wait, ...]:
    left = (replace(wait, items=tuple(item for item in wait.items if item not in gone)) for wait in waits)
    return tuple(wait for wait in left if wait.items)


def without_some(order: Order, taken: Iterable[tuple[Wait, Collection[str]]]) -> Order:
    """The order after items were let out of these waits: those that nothing else is waited for go on.

    So do those that something else is waited for in another state, for no move leads from one to the other.
    """
    ended = list(taken)
    waits: list[Wait] = []
    for wait in order.waits:
        gone = [items for one, items in ended if one == wait]
        waits.extend(without_items((wait,), gone[0]) if gone else (wait,))
    left = {item: wait.state for wait in reversed(waits) for item in wait.items}
    let_out = {item for wait, items in ended for item in wait.items if item in items}
    changed: dict[str, OrderItem] = {
        leaf.id: item_moved(leaf, "inProgress")
        for leaf in leaves(order.items)
        if leaf.id in let_out and leaf.state in STANDING and left.get(leaf.id) != leaf.state
    }
    return replace(order, waits=tuple(waits), items=with_leaves(order.items, changed))


def without_all(order: Order, items: Collection[str]) -> Order:
    """The order in which nothing is waited for any more of these items."""
    return without_some(order, [(wait, items) for wait in order.waits])


def with_state(order: Order, items: Collection[str], state: State) -> Order:
    """The named items in another state; items that are final already stay as they are."""
    changed = {
        leaf.id: item_moved(leaf, state) for leaf in leaves(order.items) if leaf.id in items and leaf.state not in FINAL
    }
    return replace(order, items=with_leaves(order.items, changed))


def with_faults(order: Order, items: Collection[str], fault: Fault) -> Order:
    """The named items have this fault too; their states stay as they are."""
    changed = {leaf.id: replace(leaf, faults=(*leaf.faults, fault)) for leaf in leaves(order.items) if leaf.id in items}
    return replace(order, items=with_leaves(order.items, changed))


def with_remark(order: Order, about: str, author: str, at: datetime, text: str) -> Order:
    """`about` begins the note's id, which no other note of the order has."""
    remark = Remark(id=f"{about}/{len(order.remarks) + 1}", author=author, at=at, text=text)
    return replace(order, remarks=(*order.remarks, remark))


def with_decision(order: Order, decision: Decision, text: str) -> Order:
    """Kept, and told as a note of whoever decided."""
    told = f"{text} {decision.reason}".strip()
    order = with_remark(order, f"decision/{decision.kind}", decision.by, decision.at, told)
    return replace(order, decisions=(*order.decisions, decision))


def standing_items(order: Order) -> Mapping[str, State]:
    """The items that stand still, with their states."""
    return {leaf.id: leaf.state for leaf in leaves(order.items) if leaf.state in STANDING}


def next_key(taken: Container[str], key: str) -> str:
    """`key/2` and so on, counted from the task that was there first."""
    stem, _, number = key.rpartition("/")
    root = stem if number.isdecimal() and stem in taken else key
    return next(name for name in (f"{root}/{n}" for n in count(2)) if name not in taken)
