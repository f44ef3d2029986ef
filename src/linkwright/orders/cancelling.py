"""Deciding a request to cancel, and ending it when everything is taken back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.orders.cancel import is_past_no_return, to_undo
from linkwright.orders.carry import Work
from linkwright.orders.model import Cancel, Order
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.states import FINAL, all_in, leaves, moved, with_leaves

SHARED = ("provide", "allocate", "implement")


@dataclass(frozen=True, kw_only=True)
class Canceller:
    books: OrderBooks
    now: Callable[[], datetime]

    def decide(self, work: Work, cancel: Cancel) -> Work:
        """Assess a new request; one that is being worked on already stays as it was decided."""
        if cancel.state != "accepted":
            return work
        if cancel.items:
            return self._decide_items(work, cancel)
        assessing = moved(
            replace(
                work.order,
                before_cancel=work.order.state,
                items=all_in(work.order.items, "assessingCancellation"),
            ),
            "assessingCancellation",
        )
        work = self._store(work, assessing, replace(cancel, state="inProgress"))
        cancel = self._now_is(cancel)
        if is_past_no_return(work.tasks):
            return self._denied(work, cancel)
        order = moved(
            replace(work.order, cancel_reason=cancel.reason, items=all_in(work.order.items, "pendingCancellation")),
            "pendingCancellation",
        )
        return self._store(work, order, None)

    def finish(self, work: Work, cancel: Cancel) -> Work:
        """Once nothing is left to take back, the order (or its items) is cancelled and the request done."""
        cancel = self._now_is(cancel)
        if cancel.state != "inProgress":
            return work
        if cancel.items:
            return self._finish_items(work, cancel)
        if work.order.state != "pendingCancellation" or to_undo(work.tasks):
            return work
        order = moved(
            replace(work.order, cancelled_at=self.now(), items=all_in(work.order.items, "cancelled")), "cancelled"
        )
        return self._store(work, order, self._done(cancel, "The order is cancelled; everything was taken back."))

    def _denied(self, work: Work, cancel: Cancel) -> Work:
        back = work.order.before_cancel or "inProgress"
        items = {
            leaf.id: replace(leaf, state=back)
            for leaf in leaves(work.order.items)
            if leaf.state == "assessingCancellation"
        }
        order = moved(replace(work.order, before_cancel=None, items=with_leaves(work.order.items, items)), back)
        text = "Denied: the order has passed its point of no return (PONR) and goes on."
        return self._store(work, order, self._done(cancel, text, effective=False))

    def _decide_items(self, work: Work, cancel: Cancel) -> Work:
        """Single items can be taken out as long as no order that they share with others has gone out."""
        named = set(cancel.items)
        shared = [task for task in work.tasks if task.kind in SHARED and task.state not in ("planned", "undone")]
        if any(named & set(task.items) for task in shared) or is_past_no_return(work.tasks):
            text = f"Denied: items {', '.join(cancel.items)} have passed their point of no return (PONR)."
            return self._store(work, work.order, self._done(cancel, text, effective=False))
        gone = {
            leaf.id: replace(leaf, state="cancelled")
            for leaf in leaves(work.order.items)
            if leaf.id in named and leaf.state not in FINAL
        }
        order = replace(work.order, items=with_leaves(work.order.items, gone))
        return self._store(work, order, replace(cancel, state="inProgress"))

    def _finish_items(self, work: Work, cancel: Cancel) -> Work:
        named = set(cancel.items)
        open_ = [task for task in work.tasks if set(task.items) <= named and task.state in ("sent", "undoing")]
        if open_:
            return work
        return self._store(work, work.order, self._done(cancel, f"Items {', '.join(cancel.items)} are cancelled."))

    def _done(self, cancel: Cancel, text: str, *, effective: bool = True) -> Cancel:
        return replace(cancel, state="done", message=text, effective_at=self.now() if effective else None)

    def _now_is(self, cancel: Cancel) -> Cancel:
        found = self.books.read(lambda tx: tx.cancels(cancel.order_id))
        return next(stored for stored in found if stored.id == cancel.id)

    def _store(self, work: Work, order: Order, cancel: Cancel | None) -> Work:
        """Order and request change in one transaction, each with its event."""

        def change(tx: OrderTx) -> Order:
            if cancel is not None:
                tx.save_cancel(cancel)
            return order if order == work.order else tx.save(order, "stateChanged")

        return replace(work, order=self.books.write(change))
