"""What people decide about an order that waits: approvals, fallout, and what its requester was asked.

Nothing here calls outside: a decision is stored together with a due run, and the run goes on from there.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from linkwright.errors import Conflict, InvalidRequest, NotFound
from linkwright.orders.approval import approved, refused
from linkwright.orders.errands import Task
from linkwright.orders.fallout import NOTHING, Outcome, done_by_hand, given_up, tried_again
from linkwright.orders.model import Order, State
from linkwright.orders.place import RUN
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_roll_up
from linkwright.orders.standstill import put_failing
from linkwright.orders.states import every, leaf_ids, leaves
from linkwright.orders.waits import APPROVALS, Approval
from linkwright.orders.worse import confirmed, declined

Allowed = Callable[[Collection[Approval]], Collection[Approval]]
"""Those of some approvals that may be given by whoever decides; raises `Forbidden` where there is none."""
Changed = tuple[Order, tuple[Task, ...]]


@dataclass(frozen=True, kw_only=True)
class OperatorDesk:
    """`items` are those that are meant, parents for all below them; none means all that wait.

    The same decision again changes nothing, and returns the order as it is. Every method raises
    NotFound for an order that is not there, InvalidRequest for an item that it does not have, and Conflict where
    something else was decided, nothing is to be decided, or a cancel is being worked on.
    """

    books: OrderBooks
    now: Callable[[], datetime]

    def approve(
        self, order_id: str, items: Collection[str] = (), kinds: Collection[Approval] = (), *, by: str, reason: str = ""
    ) -> Order:
        """Items go on once every approval that they need is given."""
        change = partial(approved, kinds=kinds, by=by, reason=reason, now=self.now())
        return self._decided(order_id, items, "approved", reason, lambda order, _, named: (change(order, named), ()))

    def reject(
        self, order_id: str, items: Collection[str] = (), kinds: Collection[Approval] = (), *, by: str, reason: str
    ) -> Order:
        """Items are cancelled, and what is held for them is given back."""
        change = partial(refused, kinds=kinds, by=by, reason=reason, now=self.now())
        return self._decided(order_id, items, "refused", reason, lambda order, _, named: (change(order, named), ()))

    def retry(self, order_id: str, items: Collection[str] = (), *, by: str, reason: str = "") -> Order:
        """What failed is ordered again, as another order."""
        change = partial(tried_again, by=by, reason=reason, now=self.now())
        return self._decided(order_id, items, "retried", reason, change)

    def resolve(
        self,
        order_id: str,
        items: Collection[str] = (),
        *,
        outcome: Outcome,
        by: str,
        reason: str,
        parameters: Mapping[str, Any] = NOTHING,
    ) -> Order:
        """What failed counts as done, or the items fail and everything is given back.

        What cannot be taken back counts as taken back, also while a cancel waits for nothing else. `parameters` like
        `done_by_hand`.
        """
        if outcome == "failed":
            if parameters:
                raise InvalidRequest("what has failed has no parameters", "parameter")
            return self._failed(order_id, items, by, reason)
        change = partial(done_by_hand, by=by, reason=reason, now=self.now(), parameters=parameters)
        return self._decided(order_id, items, "resolved as done", reason, change, settles=True)

    def decide(
        self, before: Order, after: Order, wanted: Mapping[str, State], *, by: str, reason: str, allowed: Allowed
    ) -> Order:
        """What a change of the order says about items that wait: `inProgress` lets them go on, `cancelled` ends them.

        `after` has everything else that is changed with it; StaleVersion like `OrderDesk.amend`.
        """

        def change(tx: OrderTx) -> Order:
            _refuse_cancelled(before)
            order = after
            for item, state in wanted.items():
                answer = _given if state == "inProgress" else _denied
                order = answer(order, item, by, reason, self.now(), allowed)
            if order == before:
                return before
            decided = dict.fromkeys(one.verdict for one in order.decisions[len(before.decisions) :])
            return self._saved(tx, before, order, tuple(decided), reason, over=before)

        return self.books.write(change)

    def _decided(
        self,
        order_id: str,
        items: Collection[str],
        action: str,
        reason: str,
        decide: Callable[[Order, tuple[Task, ...], Collection[str]], Changed],
        *,
        settles: bool = False,
    ) -> Order:
        def change(tx: OrderTx) -> Order:
            before, named = _to_decide(tx, order_id, items, settles=settles)
            order, tasks = decide(before, tx.tasks(order_id), named)
            for task in tasks:
                tx.put_task(task)
            return before if order == before else self._saved(tx, before, order, (action,), reason)

        return self.books.write(change)

    def _failed(self, order_id: str, items: Collection[str], by: str, reason: str) -> Order:
        def change(tx: OrderTx) -> Order:
            before, named = _to_decide(tx, order_id, items)
            order, gone = given_up(before, named, by=by, reason=reason, now=self.now())
            if order == before:
                return before
            saved = put_failing(tx, before, order, gone, self.now())
            return self._told(tx, saved, ("resolved as failed",), reason)

        return self.books.write(change)

    def _saved(
        self,
        tx: OrderTx,
        before: Order,
        order: Order,
        actions: Collection[str],
        reason: str,
        *,
        over: Order | None = None,
    ) -> Order:
        order = with_roll_up(order, self.now())
        told = happenings(before, order) or ("attributeChanged",)
        return self._told(tx, tx.save(order, *told, field_path="note", over=over), actions, reason)

    def _told(self, tx: OrderTx, saved: Order, actions: Collection[str], reason: str) -> Order:
        for action in actions:
            tx.audit(saved, action, reason)
        tx.wake(RUN, saved.id, self.now())
        return saved


def _to_decide(
    tx: OrderTx, order_id: str, items: Collection[str], *, settles: bool = False
) -> tuple[Order, Collection[str]]:
    """The order, and the leaves that are meant. `settles`: also if it is to end and cannot."""
    order = tx.order(order_id)
    if tx.withdrawn(order_id) and not (settles and any(wait.kind == "undo" for wait in order.waits)):
        raise NotFound("serviceOrder", order_id)
    if unknown := set(items) - {item.id for item in every(order.items)}:
        raise InvalidRequest(f"Order {order_id} has no item {', '.join(sorted(unknown))}.", "serviceOrderItem")
    if not (settles and order.state == "pendingCancellation"):
        _refuse_cancelled(order)
    return order, tuple(sorted(leaf_ids(order.items, items)))


def _refuse_cancelled(order: Order) -> None:
    if order.state in ("assessingCancellation", "pendingCancellation"):
        raise Conflict(f"Order {order.id} is {order.state}; nothing is decided about it until that has ended.")


def _given(order: Order, item: str, by: str, reason: str, now: datetime, allowed: Allowed) -> Order:
    if _is_asked(order, item):
        return confirmed(order, (item,), by=by, reason=reason, now=now)
    kinds = allowed(_kinds(order, item))
    return approved(order, (item,), kinds, by=by, reason=reason, now=now)


def _denied(order: Order, item: str, by: str, reason: str, now: datetime, allowed: Allowed) -> Order:
    if _is_asked(order, item):
        return declined(order, (item,), by=by, reason=reason, now=now)
    kinds = allowed(_kinds(order, item))
    if not reason:
        raise InvalidRequest("a note with the reason is expected", "note")
    return refused(order, (item,), kinds, by=by, reason=reason, now=now)


def _is_asked(order: Order, item: str) -> bool:
    return any(leaf.id == item and leaf.state == "pending" for leaf in leaves(order.items))


def _kinds(order: Order, item: str) -> Collection[Approval]:
    """The approvals that an item waits for, with those that were decided before: these may be said again."""
    waiting = {wait.kind for wait in order.waits if item in wait.items}
    if "fallout" in waiting and not waiting & set(APPROVALS):
        raise Conflict(f"Item {item} of order {order.id} waits for an operator (linkwright orders).")
    kinds = waiting | {decision.kind for decision in order.decisions if item in decision.items}
    return tuple(kind for kind in APPROVALS if kind in kinds) or APPROVALS
