"""Deciding a request to cancel, and ending it when everything is taken back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.orders.cancel import ORDERED, denials, firm, is_past_no_return, past_no_return, to_undo
from linkwright.orders.equipment import serves_others, told_returns
from linkwright.orders.errands import Task
from linkwright.orders.milestones import SOFT_NO_RETURN, with_no_return
from linkwright.orders.model import Cancel, Fault, Order
from linkwright.orders.plans import passed, told_point
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_roll_up
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
from linkwright.orders.work import LOST, Work

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
            if cancel.items and (self._is_past(work) or not _is_all(order, cancel)):
                return self._decide_items(work, cancel)
            work = self._assess(work, cancel)
        if work.order.state == "assessingCancellation":
            late = self._passed(work)
            if self._is_past(work):
                why = [f"Passed: {_each(late)}."] if late else []
                return self._denied(work, cancel, past_no_return(work.tasks), *why, by_date=late)
        return work

    def _passed(self, work: Work) -> dict[str, str]:
        """The items that have their hard point of no return behind them by their plan."""
        return passed(work.order, work.tasks, "hard", self.now())

    def _is_past(self, work: Work) -> bool:
        """Whether not all of the order can be cancelled any more."""
        return bool(self._passed(work)) or is_past_no_return(work.tasks)

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
        order = replace(work.order, cancel_reason=cancel.reason, items=pending, waits=())
        order = moved(order, "pendingCancellation")
        return self._store(work, order, None)

    def finish(self, work: Work, cancel: Cancel) -> Work:
        """Once nothing is left to take back, the order (or its items) is cancelled and the request done."""
        cancel = self._now_is(cancel)
        if cancel.state != "inProgress":
            return work
        if work.order.state == "pendingCancellation":
            return self._finish_all(work, cancel)
        is_of_items = bool(cancel.items) and work.order.state != "assessingCancellation"
        return self._finish_items(work, cancel) if is_of_items else work

    def refuse(self, work: Work, cancel: Cancel, why: str) -> Work:
        """The request is assessed and denied; the order stays as it is."""

        def change(tx: OrderTx) -> None:
            begun = tx.save_cancel(cancel_moved(cancel, "inProgress"))
            tx.save_cancel(self._done(begun, f"Denied: {why}.", effective=False))

        self.books.write(change)
        return work

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

    def _denied(
        self, work: Work, cancel: Cancel, concerned: Sequence[Task], *why: str, by_date: Collection[str] = ()
    ) -> Work:
        order = _before(work.order)
        text = " ".join(["Denied: the order has passed its point of no return (PONR) and goes on.", *why])
        order = with_no_return(order, concerned, self.now(), by_date)
        return self._store(work, order, self._done(self._now_is(cancel), text, effective=False))

    def _decide_items(self, work: Work, cancel: Cancel) -> Work:
        """Each item by itself: one that can be taken out is, or those who have an order for it are asked first."""
        named = leaf_ids(work.order.items, cancel.items)
        why = denials(work.order, work.tasks, named, self._passed(work), work.solutions)
        willing = named - why.keys()
        if not willing:
            return self.refuse(work, cancel, _each(why))
        ordered = [task for task in work.tasks.of(willing) if task.kind in ORDERED and task.state == "sent"]
        ordered = [task for task in ordered if not serves_others(work, task, willing)]
        asked = {item for task in ordered for item in task.items}
        back = [replace(task, state="undoing", attempts=0, look_at=self.now()) for task in ordered]
        order = self._without(work.order, willing - asked)
        return self._store(work, order, cancel_moved(cancel, "inProgress"), back)

    def take_out(self, work: Work, cancel: Cancel, refused: Sequence[Task] = ()) -> Work:
        """Items whose orders were taken back are cancelled; one whose orders are not stays and goes on.

        Where only some of an item's orders were taken back there is no way back for it. `refused` are the orders
        that the others have just said they will not take back.
        """
        stored = self._now_is(cancel)
        if stored.state != "inProgress" or not stored.items:
            return work
        gone = set()
        for item in leaf_ids(work.order.items, stored.items):
            asked = [task for task in work.tasks.of((item,)) if task.kind in ORDERED] if work.is_alive(item) else []
            states = {task.state for task in asked}
            if "undone" in states and "undoing" not in states:
                gone.add(item)
        order, told = self._without(work.order, gone), None
        if refused:
            order = with_no_return(order, refused, self.now())
            notes = (stored.message, *(f"{task.system}: {task.note}" for task in refused))
            told = replace(stored, message="; ".join(note for note in notes if note))
        return self._store(work, order, told)

    def _without(self, order: Order, gone: Collection[str]) -> Order:
        if not gone:
            return order
        found = {leaf.id: leaf for leaf in leaves(order.items)}
        changed = {item: item_moved(found[item], "cancelled") for item in gone}
        return with_roll_up(replace(order, items=with_leaves(order.items, changed)), self.now())

    def _finish_all(self, work: Work, cancel: Cancel) -> Work:
        if to_undo(work.tasks):
            return work
        cancelled = all_in(work.order.items, "cancelled")
        order = moved(replace(work.order, before_cancel=None, cancelled_at=self.now(), items=cancelled), "cancelled")
        by_hand = " or settled by hand" if any(one.kind == "undo" for one in order.decisions) else ""
        text = f"The order is cancelled; everything was taken back{by_hand}.{_charge(order, work.tasks, self.now())}"
        return self._store(work, order, self._done(cancel, text))

    def _finish_items(self, work: Work, cancel: Cancel) -> Work:
        named = leaf_ids(work.order.items, cancel.items)
        if any(task.state == "undoing" and named.issuperset(task.items) for task in work.tasks.of(named)):
            return work
        gone = [leaf.id for leaf in leaves(work.order.items) if leaf.id in named and leaf.state == "cancelled"]
        why = denials(work.order, work.tasks, named.difference(gone), self._passed(work), work.solutions)
        late = " ".join(filter(None, ("it has passed its point of no return (PONR)", cancel.message)))
        why |= dict.fromkeys(sorted(named.difference(gone, why)), late)
        which = f"Items {', '.join(gone)} are" if len(gone) > 1 else f"Item {''.join(gone)} is"
        charge = _charge(work.order, work.tasks.of(gone), self.now(), gone)
        text = f"{which} cancelled.{charge}{told_returns(work, gone)}" if gone else "Denied:"
        text += f"{' Not cancelled:' if gone else ''} {_each(why)}." if why else ""
        return self._store(work, work.order, self._done(cancel, text, effective=bool(gone)))

    def _done(self, cancel: Cancel, text: str, *, effective: bool = True) -> Cancel:
        effective_at = self.now() if effective else None
        return replace(cancel_moved(cancel, "done"), message=text, effective_at=effective_at)

    def _now_is(self, cancel: Cancel) -> Cancel:
        found = self.books.read(lambda tx: tx.cancels(cancel.order_id))
        return next(stored for stored in found if stored.id == cancel.id)

    def _store(self, work: Work, order: Order, cancel: Cancel | None, tasks: Sequence[Task] = ()) -> Work:
        """Order, request and tasks change in one transaction, order and request each with its event."""
        if cancel is None and order == work.order and not tasks:
            return work

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            if cancel is not None:
                tx.save_cancel(cancel)
            return order if order == work.order else tx.save(order, *happenings(work.order, order))

        saved = self.books.write(change)
        for task in tasks:
            work.tasks.put(task)
        work.tasks.lose(leaf.id for leaf in leaves(saved.items) if leaf.state in LOST)
        return replace(work, order=saved)


def _each(why: Mapping[str, str]) -> str:
    """So many items may be denied for the same reason that each reason is told once."""
    items: dict[str, list[str]] = {}
    for item, text in why.items():
        items.setdefault(text, []).append(item)
    return "; ".join(f"{', '.join(named)} ({text})" for text, named in items.items())


def _charge(order: Order, tasks: Iterable[Task], now: datetime, items: Collection[str] | None = None) -> str:
    """Who may charge for what was begun: those who had confirmed an order and took it back, and who began a step."""
    past = {item for one in order.milestones if one.name == SOFT_NO_RETURN for item in one.items}
    who = dict.fromkeys(
        task.system
        for task in tasks
        if task.kind in ORDERED and task.state == "undone" and task.remote_id and not past.isdisjoint(task.items)
    )
    begun = {
        leaf.id: told_point(point)
        for leaf in leaves(order.items)
        if leaf.id in past and leaf.course is not None and (items is None or leaf.id in items)
        for point in leaf.course.points
        if point.kind == "soft" and point.is_past(now)
    }
    told = [f"{', '.join(who)} may charge for what was begun"] if who else []
    told += [f"what was begun may be charged: {_each(begun)}"] if begun else []
    return f" It had passed its soft point of no return (softPONR): {'; '.join(told)}." if told else ""


def _before(order: Order) -> Order:
    """As it was before its cancel was assessed, if it is."""
    if order.state != "assessingCancellation":
        return order
    return moved(as_before(order), order.before_cancel or "inProgress")


def _is_all(order: Order, cancel: Cancel) -> bool:
    """Whoever names every item that is not cancelled yet means the whole order, if all of it can be cancelled."""
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
