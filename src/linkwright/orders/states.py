"""The states of orders, of their items and of requests to cancel, and how items make the order's state."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from linkwright.moves import TASK, refuse_illegal
from linkwright.orders.model import Cancel, CancelState, Order, OrderItem, State
from linkwright.remembered import kept_with_its_object

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
ITEM = ORDER
"""Items move like orders; a parent's state is not moved but rolled up from its children."""
FINAL: frozenset[State] = frozenset(state for state, following in ORDER.items() if not following)


def moved(order: Order, state: State) -> Order:
    """The order in another state; `Conflict` names the states that are allowed from here."""
    refuse_illegal(f"Order {order.id}", ORDER, order.state, state)
    return replace(order, state=state)


def item_moved(item: OrderItem, state: State) -> OrderItem:
    """The leaf item in another state; Conflict like `moved`."""
    refuse_illegal(f"Item {item.id}", ITEM, item.state, state)
    return replace(item, state=state)


def cancel_moved(cancel: Cancel, state: CancelState) -> Cancel:
    """The request to cancel in another state; Conflict like `moved`."""
    refuse_illegal(f"Cancel {cancel.id}", TASK, cancel.state, state)
    return replace(cancel, state=state)


def leaves(items: Iterable[OrderItem]) -> tuple[OrderItem, ...]:
    """The items that carry work: a parent's state only follows its children."""
    found: list[OrderItem] = []
    for item in items:
        found.extend(leaves(item.children) if item.children else (item,))
    return tuple(found)


@kept_with_its_object
def leaves_by_id(order: Order) -> Mapping[str, OrderItem]:
    return {leaf.id: leaf for leaf in leaves(order.items)}


def every(items: Iterable[OrderItem]) -> Iterator[OrderItem]:
    """Parents and leaves alike."""
    for item in items:
        yield item
        yield from every(item.children)


def leaf_ids(items: Iterable[OrderItem], named: Collection[str]) -> frozenset[str]:
    """The leaves that are meant: whoever names a parent names everything below it."""
    return frozenset(leaf.id for item in every(items) if item.id in named for leaf in leaves((item,)))


def is_unbegun(order: Order) -> bool:
    """Its design and its work are still to come. Single items may have been taken out already."""
    return order.state in ("acknowledged", "inProgress") and any(
        leaf.state == "acknowledged" for leaf in leaves(order.items)
    )


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
    changed = {leaf.id: item_moved(leaf, state) for leaf in leaves(items) if leaf.state not in FINAL}
    return with_leaves(items, changed)


def assessed(order: Order) -> Order:
    """The order while a cancel of it is assessed: it and each open item remember the state that a denial returns to."""
    items = {
        leaf.id: replace(item_moved(leaf, "assessingCancellation"), before_cancel=leaf.state)
        for leaf in leaves(order.items)
        if leaf.state not in FINAL
    }
    return replace(order, before_cancel=order.state, items=with_leaves(order.items, items))


def as_before(order: Order) -> Order:
    """The order after a denial, as far as its items go."""
    items = {
        leaf.id: replace(item_moved(leaf, leaf.before_cancel), before_cancel=None)
        for leaf in leaves(order.items)
        if leaf.before_cancel is not None and leaf.state not in FINAL
    }
    return replace(order, before_cancel=None, items=with_leaves(order.items, items))


def rolled_up(items: Iterable[OrderItem]) -> State:
    """What the states of the leaves make of the whole, read top down like a table."""
    states = {leaf.state for leaf in leaves(items)}
    if "rejected" in states and states <= {"rejected", "acknowledged"}:
        return "rejected"
    if states == {"acknowledged"}:
        return "acknowledged"
    for state in ("pendingCancellation", "assessingCancellation"):
        if state in states:
            return state
    if states <= FINAL:
        return _final(states)
    if states & {"inProgress", "acknowledged"}:
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


def dependencies(order: Order) -> dict[str, tuple[str, ...]]:
    """The leaves that each leaf waits for: to depend on a parent is to depend on all below it, and so it is for them.

    Items above that run in a circle only through those below them do not count.
    """
    if not any(item.depends_on for item in every(order.items)):
        return {}
    below = {item.id: tuple(leaf.id for leaf in leaves((item,))) for item in every(order.items)}
    found: dict[str, tuple[str, ...]] = {}
    for item in every(order.items):
        needed = [leaf for other in item.depends_on for leaf in below.get(other, ())]
        for leaf in below[item.id] if needed else ():
            found[leaf] = tuple(dict.fromkeys((*found.get(leaf, ()), *needed)))
    try:
        TopologicalSorter(found).prepare()
    except CycleError:
        plain = {
            leaf.id: tuple(other for other in leaf.depends_on if below.get(other) == (other,))
            for leaf in leaves(order.items)
        }
        return {leaf: others for leaf, others in plain.items() if others}
    return found
