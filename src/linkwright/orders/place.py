"""What a requester may do with an order: place it, change it, withdraw it, ask to cancel it.

Nothing here calls outside: every wish is stored together with a due run, and the run does the work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.errors import Conflict, InvalidRequest, NotFound, StaleVersion
from linkwright.orders.amend import amended
from linkwright.orders.cancel import is_given_back, is_past_no_return, kept_items
from linkwright.orders.model import Cancel, Milestone, Order
from linkwright.orders.plans import passed
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings
from linkwright.orders.replies import is_answer
from linkwright.orders.states import FINAL, ORDER, every, is_unbegun, leaf_ids, leaves

RUN = "order"
OPEN_CANCEL = frozenset({"accepted", "inProgress"})
ITEMS = "serviceOrderItem"
ITEMS_ARE_OF = frozenset({ITEMS, "requestedCompletionDate"})
"""The attributes of an order from which its items are read."""
UNKNOWN_ITEM = "unknownServiceOrderItem"
CANCELLING = frozenset({"assessingCancellation", "pendingCancellation"})
ALWAYS_OPEN = frozenset({"note"})
"""What may be changed in an order that is final."""


@dataclass(frozen=True, kw_only=True)
class OrderDesk:
    books: OrderBooks
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def place(self, order: Order) -> Order:
        """Store order, run and event in one transaction; the order waits for its requested start."""
        accepted = Milestone(
            id=self.new_id(),
            name="requirementAccepted",
            status="reached",
            at=self.now(),
            message="The order is stored.",
        )
        order = replace(order, milestones=(accepted,))

        def change(tx: OrderTx) -> None:
            tx.add(order)
            tx.wake(RUN, order.id, start_of(order, self.now()))

        self.books.write(change)
        return order

    def amend(self, before: Order, after: Order, field_paths: Sequence[str]) -> Order:
        """Store the order as its requester wants it from now on; `field_paths` name every attribute that changes.

        Of an order that has begun the items that change are noted, and its run designs them anew; a final order takes
        nothing but notes.

        Raises:
            StaleVersion: another version is stored than `before`, against which the change was worked out.
            Conflict: the state of the order or of an item does not allow the change, or the state itself would change.
        """
        attributes = {path.partition(".")[0] for path in field_paths}
        _refuse_amendment(before, after, attributes)

        def change(tx: OrderTx) -> Order:
            order = after
            if attributes & ITEMS_ARE_OF:
                cancels, _ = heard(tx.cancels(before.id), self.now())
                order = amended(tx, before, after, cancels, self.now())
            told = dict.fromkeys(("attributeChanged", *(() if order is after else happenings(before, order))))
            saved = tx.save(order, *told, field_path=",".join(field_paths) or None, over=before)
            if order is not after or is_answer(before, attributes):
                tx.wake(RUN, before.id, self.now())
            if is_unbegun(before) and after.requested_start != before.requested_start:
                tx.wake(RUN, before.id, start_of(after, self.now()))
            return saved

        return self.books.write(change)

    def withdraw(self, order_id: str, version: int | None = None) -> None:
        """Remove the resource; what is still out is taken back by its run.

        Raises:
            StaleVersion: another version is stored than the one that is named.
            Conflict: the order has passed its hard point of no return and goes on.
        """

        def change(tx: OrderTx) -> None:
            order, tasks = _visible(tx, order_id), tx.tasks(order_id)
            _refuse_other_version(order, version)
            late = passed(order, tasks, "hard", self.now())
            if order.state not in FINAL and (late or is_past_no_return(tasks)):
                raise Conflict(f"Order {order_id} has passed its point of no return and cannot be withdrawn.")
            running = order.state not in FINAL or not is_given_back(tasks, kept_items(order))
            tx.remove(order, running)
            if running:
                tx.wake(RUN, order_id, self.now())

        self.books.write(change)

    def cancel(self, cancel: Cancel) -> Cancel:
        """Store the wish to cancel; whether it is granted is decided by the order's run, when it is wanted.

        Raises:
            InvalidRequest: there is no such order, or it has no such items.
            Repeated: this very request was stored before, whatever has become of the order since.
            Conflict: the order or every item is final, or another cancel is being worked on.
        """

        def change(tx: OrderTx) -> None:
            order = _to_cancel(tx, cancel)
            others = tx.cancels(order.id)
            tx.add_cancel(cancel)  # first, since it knows a repetition; a refusal takes it back
            _refuse_cancel(order, cancel, others)
            tx.wake(RUN, order.id, max(self.now(), cancel.wanted_at or self.now()))

        self.books.write(change)
        return cancel


def start_of(order: Order, now: datetime) -> datetime:
    """When work may begin: at the requested start, which may lie in the past, and never before now."""
    return max(now, order.requested_start or now)


def heard(cancels: Sequence[Cancel], now: datetime) -> tuple[tuple[Cancel, ...], datetime | None]:
    """The open requests that want to be heard by now, and when the next of the others does."""
    open_ = [cancel for cancel in cancels if cancel.state in OPEN_CANCEL]
    later = [cancel.wanted_at for cancel in open_ if cancel.wanted_at is not None and cancel.wanted_at > now]
    due = tuple(cancel for cancel in open_ if cancel.wanted_at is None or cancel.wanted_at <= now)
    return due, min(later, default=None)


def is_called_off(tx: OrderTx, order_id: str, now: datetime) -> bool:
    """Its requester has changed his mind, and that is not decided yet."""
    due, _ = heard(tx.cancels(order_id), now)
    return tx.withdrawn(order_id) or any(cancel.state == "accepted" for cancel in due)


def _visible(tx: OrderTx, order_id: str) -> Order:
    """The order as its requester sees it: one that was withdrawn is gone for him."""
    order = tx.order(order_id)
    if tx.withdrawn(order_id):
        raise NotFound("serviceOrder", order_id)
    return order


def _refuse_other_version(order: Order, version: int | None) -> None:
    if version not in (None, order.version):
        raise StaleVersion(f"Order {order.id} is at version {order.version}, not {version}.")


def _refuse_amendment(before: Order, after: Order, attributes: set[str]) -> None:
    if after.state != before.state:
        raise Conflict(
            f"The state of order {before.id} is {before.state} and is not set by its requester; allowed from here are "
            f"{', '.join(sorted(ORDER[before.state])) or 'no others'}, and to stop an order post a cancelServiceOrder."
        )
    closed = sorted(attributes - ALWAYS_OPEN)
    if before.state in FINAL and closed:
        allowed = ", ".join(sorted(ALWAYS_OPEN))
        raise Conflict(
            f"Order {before.id} is {before.state}, which is final; {', '.join(closed)} cannot change any "
            f"more; allowed: {allowed}."
        )
    if before.state in CANCELLING and ITEMS in attributes:
        raise Conflict(f"The items of an order do not change while it is {before.state}; nothing was changed.")


def _to_cancel(tx: OrderTx, cancel: Cancel) -> Order:
    try:
        return _visible(tx, cancel.order_id)
    except NotFound as error:
        raise InvalidRequest(str(error), "serviceOrder.id") from error


def _refuse_cancel(order: Order, cancel: Cancel, others: Sequence[Cancel]) -> None:
    if order.state in FINAL:
        raise Conflict(f"Order {order.id} is {order.state}, which is final; nothing is left to cancel.")
    if unknown := set(cancel.items) - {item.id for item in every(order.items)}:
        raise InvalidRequest(f"Order {order.id} has no item {', '.join(sorted(unknown))}.", ITEMS, UNKNOWN_ITEM)
    meant = leaf_ids(order.items, cancel.items)
    if meant and all(leaf.state in FINAL for leaf in leaves(order.items) if leaf.id in meant):
        raise Conflict(f"Items {', '.join(cancel.items)} of order {order.id} are final; nothing is left to cancel.")
    if any(other.state in OPEN_CANCEL for other in others):
        raise Conflict(f"Another cancel of order {order.id} is still being worked on.")
