"""The states of an order and its items, each in one table, and how items make the order's state."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from linkwright.errors import Conflict
from linkwright.orders.model import Order, OrderItem, State

ORDER: Mapping[State, frozenset[State]] = {
    "acknowledged": frozenset({"rejected", "inProgress", "cancelled", "assessingCancellation"}),
    "inProgress": frozenset(
        {"pending", "held", "completed", "failed", "partial", "cancelled", "assessingCancellation"}
    ),
    "pending": frozenset({"inProgress", "cancelled", "assessingCancellation"}),
    "held": frozenset({"inProgress", "cancelled", "assessingCancellation"}),
    "assessingCancellation": frozenset(
        {"acknowledged", "inProgress", "pending", "held", "pendingCancellation", "cancelled"}
    ),
    "pendingCancellation": frozenset({"cancelled"}),
    "rejected": frozenset(),
    "completed": frozenset(),
    "failed": frozenset(),
    "partial": frozenset(),
    "cancelled": frozenset(),
}
FINAL: frozenset[State] = frozenset(state for state, following in ORDER.items() if not following)


def moved(order: Order, state: State) -> Order:
    """The order in another state; `Conflict` names the states that are allowed from here."""
    if state == order.state:
        return order
    if state not in ORDER[order.state]:
        allowed = ", ".join(sorted(ORDER[order.state])) or "none, it is final"
        raise Conflict(f"Order {order.id} cannot go from {order.state} to {state}; allowed: {allowed}.")
    return replace(order, state=state)


def leaves(items: Iterable[OrderItem]) -> tuple[OrderItem, ...]:
    """The items that carry work: a parent's state only follows its children."""
    found: list[OrderItem] = []
    for item in items:
        found.extend(leaves(item.children) if item.children else (item,))
    return tuple(found)


def with_leaves(items: Iterable[OrderItem], changed: Mapping[str, OrderItem]) -> tuple[OrderItem, ...]:
    """The same tree with some leaves replaced by id; every parent's state is rolled up from its children."""
    out = []
    for item in items:
        if item.children:
            children = with_leaves(item.children, changed)
            out.append(replace(item, children=children, state=rolled_up(children)))
        else:
            out.append(changed.get(item.id, item))
    return tuple(out)


def all_in(items: Iterable[OrderItem], state: State) -> tuple[OrderItem, ...]:
    """Every leaf that is not final yet in one state."""
    items = tuple(items)
    changed = {leaf.id: replace(leaf, state=state) for leaf in leaves(items) if leaf.state not in FINAL}
    return with_leaves(items, changed)


def rolled_up(items: Iterable[OrderItem]) -> State:
    """What the states of the leaves make of the whole, read top down like a table."""
    states = {leaf.state for leaf in leaves(items)}
    if "rejected" in states:
        return "rejected"
    if states == {"acknowledged"}:
        return "acknowledged"
    for state in ("pendingCancellation", "assessingCancellation"):
        if states == {state}:
            return state
    if states <= FINAL:
        return _final(states)
    movable = {"inProgress", "acknowledged", "assessingCancellation", "pendingCancellation"}
    if states & movable:
        return "inProgress"
    return "pending" if "pending" in states else "held"


def _final(states: set[State]) -> State:
    if states == {"completed"}:
        return "completed"
    if states == {"cancelled"}:
        return "cancelled"
    if "completed" not in states and "partial" not in states:
        return "failed"
    return "partial"
