"""Which waits a decision is about; what was decided so before may be said again, but not otherwise. Pure."""

from collections.abc import Collection

from linkwright.errors import Conflict
from linkwright.orders.model import Order
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.waits import Decision, Verdict, Wait, WaitKind

Meant = list[tuple[Wait, tuple[str, ...]]]


def meant(order: Order, items: Collection[str], kinds: Collection[WaitKind], verdict: Verdict) -> Meant:
    """The open waits of these kinds, each with the items that are meant: all, where none is named.

    Nobody waits for a final item, whatever it waited for when it ended, unless something of it is still to be undone.

    Raises:
        Conflict: an item is not waited for, and was not decided in the same way before.
    """
    final = {leaf.id for leaf in leaves(order.items) if leaf.state in FINAL}
    of_kind = [wait for wait in order.waits if wait.kind in kinds]
    found = [(wait, _named(wait, items, () if wait.kind == "undo" else final)) for wait in of_kind]
    found = [(wait, named) for wait, named in found if named]
    answered = {item for _, named in found for item in named}
    before = {item: one for one in order.decisions if one.kind in kinds for item in one.items}
    if not items and not found and not before:
        raise Conflict(f"No item of order {order.id} waits for a decision ({', '.join(kinds)}).")
    for item in items or (() if found else before):
        if item not in answered:
            _refuse_contradiction(order, item, kinds, before.get(item), verdict)
    return found


def _named(wait: Wait, items: Collection[str], final: Collection[str]) -> tuple[str, ...]:
    return tuple(item for item in wait.items if (not items or item in items) and item not in final)


def _refuse_contradiction(
    order: Order, item: str, kinds: Collection[WaitKind], last: Decision | None, verdict: Verdict
) -> None:
    if last is None:
        raise Conflict(f"Item {item} of order {order.id} waits for no decision ({', '.join(kinds)}).")
    if last.verdict != verdict:
        raise Conflict(f"Item {item} was {last.verdict} ({last.kind}) by {last.by} at {last.at.isoformat()} already.")
