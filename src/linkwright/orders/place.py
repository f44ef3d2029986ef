"""What a requester may do with an order: place it, change it, withdraw it, ask to cancel it.

Nothing here calls outside: every wish is stored together with a due run, and the run does the work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.errors import Conflict, InvalidRequest, NotFound
from linkwright.orders.cancel import is_past_no_return
from linkwright.orders.model import Cancel, Milestone, Order
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.states import FINAL, leaves

RUN = "order"
OPEN_CANCEL = frozenset({"accepted", "inProgress"})


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
        start = max(self.now(), order.requested_start or self.now())

        def change(tx: OrderTx) -> None:
            tx.add(order)
            tx.wake(RUN, order.id, start)

        self.books.write(change)
        return order

    def amend(self, changed: Order, field_paths: Sequence[str]) -> Order:
        """Store what the requester changed, against the version that was read.

        Items can change only while nothing has been started; a final order takes no changes but its notes.
        """
        before = self.books.read(lambda tx: tx.order(changed.id))
        if changed.state != before.state:
            raise Conflict(
                f"The state of order {changed.id} is {before.state} and is not set by its requester; to stop an order "
                "post a cancelServiceOrder."
            )
        if changed.items != before.items and before.state != "acknowledged":
            raise Conflict(f"The items of an order in state {before.state} cannot change; allowed in acknowledged.")
        path = ",".join(field_paths) or None
        return self.books.write(lambda tx: tx.save(changed, "attributeChanged", field_path=path))

    def withdraw(self, order_id: str) -> None:
        """Remove the resource; what still runs is undone by its run. `Conflict` past a hard point of no return."""

        def change(tx: OrderTx) -> None:
            order = tx.order(order_id)
            running = order.state not in FINAL
            if running and is_past_no_return(tx.tasks(order_id)):
                raise Conflict(f"Order {order_id} has passed its point of no return and cannot be withdrawn.")
            tx.remove(order, running)
            if running:
                tx.wake(RUN, order_id, self.now())

        self.books.write(change)

    def cancel(self, cancel: Cancel) -> Cancel:
        """Store the wish to cancel; whether it is granted is decided by the order's run.

        Raises:
            InvalidRequest: there is no such order, or it has no such items.
            Conflict: the order is final, or another cancel is being worked on.
        """

        def change(tx: OrderTx) -> None:
            order = _cancellable(tx, cancel)
            if any(other.state in OPEN_CANCEL for other in tx.cancels(order.id)):
                raise Conflict(f"Another cancel of order {order.id} is still being worked on.")
            tx.add_cancel(cancel)
            tx.wake(RUN, order.id, self.now())

        self.books.write(change)
        return cancel


def _cancellable(tx: OrderTx, cancel: Cancel) -> Order:
    try:
        order = tx.order(cancel.order_id)
    except NotFound as error:
        raise InvalidRequest(str(error), "serviceOrder.id") from error
    if order.state in FINAL:
        raise Conflict(f"Order {order.id} is {order.state}, which is final; nothing is left to cancel.")
    unknown = set(cancel.items) - {item.id for item in leaves(order.items)}
    if unknown:
        raise InvalidRequest(f"Order {order.id} has no item {', '.join(sorted(unknown))}.", "serviceOrderItem")
    return order
