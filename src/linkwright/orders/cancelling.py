"""Deciding a request to cancel, and ending it when everything is taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.orders.cancel import firm, is_past_no_return, past_no_return, to_undo
from linkwright.orders.carry import Work
from linkwright.orders.model import Cancel, Fault, Order, Task
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_no_return, with_roll_up
from linkwright.orders.states import (
    FINAL,
    all_in,
    as_before,
    assessed,
    cancel_moved,
    item_moved,
    leaf_ids,
    leaves,
    moved,
    with_leaves,
)

SHARED = ("provide", "allocate", "implement")
MOST_FAILURES = 5
"""So often an assessment may fail and be tried again."""


@dataclass(frozen=True, kw_only=True)
class Canceller:
    """Safe to repeat: what was decided is stored, and a decision that was not stored is made again."""

    books: OrderBooks
    now: Callable[[], datetime]

    def decide(self, work: Work, cancel: Cancel) -> Work:
        """Begin to assess a request, or deny it where that is plain; one that was decided stays as it was decided."""
        order = work.order
        if cancel.state == "accepted":
            if order.state in FINAL:
                return self.refuse(work, cancel, f"the order is {order.state}, which is final")
            if cancel.items and not _is_all(order, cancel):
                return self._decide_items(work, cancel)
            work = self._assess(work, cancel)
        if work.order.state == "assessingCancellation" and is_past_no_return(work.tasks):
            return self._denied(work, cancel, past_no_return(work.tasks))
        return work

    def conclude(self, work: Work, cancel: Cancel) -> Work:
        """End the assessment as soon as everybody has answered who has a firm order of ours.

        If nobody takes his order back it is denied, and nothing has happened. If only some do there is no way back and
        none forward: the order is cancelled as far as that goes, and somebody has to speak with the others.
        """
        if work.order.state != "assessingCancellation":
            return work
        asked = firm(work.order, work.tasks)
        states = {task.state for task in asked}
        if "undoing" in states:
            return work
        if "sent" in states and "undone" not in states:
            return self._denied(work, cancel, asked, *(f"{task.system}: {task.note}" for task in asked))
        return self._granted(work, cancel)

    def _granted(self, work: Work, cancel: Cancel) -> Work:
        pending = all_in(work.order.items, "pendingCancellation")
        order = moved(replace(work.order, cancel_reason=cancel.reason, items=pending), "pendingCancellation")
        return self._store(work, order, None)

    def finish(self, work: Work, cancel: Cancel) -> Work:
        """Once nothing is left to take back, the order (or its items) is cancelled and the request done."""
        cancel = self._now_is(cancel)
        if cancel.state != "inProgress":
            return work
        if work.order.state == "pendingCancellation":
            return self._finish_all(work, cancel)
        return self._finish_items(work, cancel) if cancel.items else work

    def refuse(self, work: Work, cancel: Cancel, why: str) -> Work:
        """The request is assessed and denied; the order stays as it is."""
        work = self._store(work, work.order, cancel_moved(cancel, "inProgress"))
        return self._store(work, work.order, self._done(self._now_is(cancel), f"Denied: {why}.", effective=False))

    def give_up(self, work: Work, cancel: Cancel, why: str) -> Work:
        """The assessment itself is broken: the request ends so, and the order goes on in the state before.

        Where somebody has taken his order back already there is no way back: then the cancel is carried out.
        """
        asked = firm(work.order, work.tasks)
        if work.order.state == "assessingCancellation" and any(task.state == "undone" for task in asked):
            return self._granted(work, cancel)
        fault = Fault(code="DOWNSTREAM_FALLOUT", reason="the assessment broke", message=why, at=self.now())
        order = _before(work.order)
        tasks = _looked_at_again(asked, self.now())

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            begun = tx.save_cancel(cancel_moved(cancel, "inProgress")) if cancel.state == "accepted" else cancel
            tx.save_cancel(replace(cancel_moved(begun, "terminatedWithError"), fault=fault))
            return order if order == work.order else tx.save(order, *happenings(work.order, order))

        return replace(work, order=self.books.write(change))

    def _assess(self, work: Work, cancel: Cancel) -> Work:
        order = moved(assessed(work.order), "assessingCancellation")
        return self._store(work, order, cancel_moved(cancel, "inProgress"))

    def _denied(self, work: Work, cancel: Cancel, concerned: Sequence[Task], *why: str) -> Work:
        order = _before(work.order)
        text = " ".join(["Denied: the order has passed its point of no return (PONR) and goes on.", *why])
        order = with_no_return(order, concerned, self.now())
        return self._store(work, order, self._done(self._now_is(cancel), text, effective=False))

    def _decide_items(self, work: Work, cancel: Cancel) -> Work:
        """Single items can be taken out as long as no order that they share with others has gone out."""
        named = leaf_ids(work.order.items, cancel.items)
        shared = [task for task in work.tasks if task.kind in SHARED and task.state not in ("planned", "undone")]
        if any(named & set(task.items) for task in shared) or is_past_no_return(work.tasks):
            return self.refuse(
                work, cancel, f"items {', '.join(cancel.items)} have passed their point of no return (PONR)"
            )
        open_ = [leaf for leaf in leaves(work.order.items) if leaf.id in named and leaf.state not in FINAL]
        if not open_:
            return self.refuse(work, cancel, f"items {', '.join(cancel.items)} are final")
        gone = {leaf.id: item_moved(leaf, "cancelled") for leaf in open_}
        order = replace(work.order, items=with_leaves(work.order.items, gone))
        return self._store(work, with_roll_up(order, self.now()), cancel_moved(cancel, "inProgress"))

    def _finish_all(self, work: Work, cancel: Cancel) -> Work:
        if to_undo(work.tasks):
            return work
        cancelled = all_in(work.order.items, "cancelled")
        order = moved(replace(work.order, before_cancel=None, cancelled_at=self.now(), items=cancelled), "cancelled")
        return self._store(work, order, self._done(cancel, "The order is cancelled; everything was taken back."))

    def _finish_items(self, work: Work, cancel: Cancel) -> Work:
        named = leaf_ids(work.order.items, cancel.items)
        if any(set(task.items) <= named and task.state in ("sent", "undoing") for task in work.tasks):
            return work
        return self._store(work, work.order, self._done(cancel, f"Items {', '.join(cancel.items)} are cancelled."))

    def _done(self, cancel: Cancel, text: str, *, effective: bool = True) -> Cancel:
        effective_at = self.now() if effective else None
        return replace(cancel_moved(cancel, "done"), message=text, effective_at=effective_at)

    def _now_is(self, cancel: Cancel) -> Cancel:
        found = self.books.read(lambda tx: tx.cancels(cancel.order_id))
        return next(stored for stored in found if stored.id == cancel.id)

    def _store(self, work: Work, order: Order, cancel: Cancel | None) -> Work:
        """Order and request change in one transaction, each with its event."""

        def change(tx: OrderTx) -> Order:
            if cancel is not None:
                tx.save_cancel(cancel)
            return order if order == work.order else tx.save(order, *happenings(work.order, order))

        return replace(work, order=self.books.write(change))


def _before(order: Order) -> Order:
    """As it was before its cancel was assessed, if it is."""
    if order.state != "assessingCancellation":
        return order
    return moved(as_before(order), order.before_cancel or "inProgress")


def _is_all(order: Order, cancel: Cancel) -> bool:
    """Whoever names every item that is not cancelled yet means the whole order."""
    left = {leaf.id for leaf in leaves(order.items) if leaf.state != "cancelled"}
    return left <= leaf_ids(order.items, cancel.items)


def assessing(order: Order, cancels: Sequence[Cancel]) -> Cancel | None:
    """The request that is being assessed, or that waits for it; one that was granted is being carried out."""
    if order.state == "assessingCancellation":
        return next((cancel for cancel in cancels if cancel.state == "inProgress"), None)
    return next((cancel for cancel in cancels if cancel.state == "accepted"), None)


def _looked_at_again(tasks: Sequence[Task], now: datetime) -> tuple[Task, ...]:
    """Whoever was asked to take his order back may have done it, so he is asked how it stands."""
    return tuple(replace(task, state="sent", attempts=0, look_at=now) for task in tasks if task.state == "undoing")
