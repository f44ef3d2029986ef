"""A wish to change items of an order that is being fulfilled: may it be, and what is to be designed anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from linkwright.errors import Conflict
from linkwright.orders.amendment import Amendment, mark_of
from linkwright.orders.cancel import passed_by_item
from linkwright.orders.errands import Task
from linkwright.orders.model import Cancel, Order, OrderItem
from linkwright.orders.plans import passed
from linkwright.orders.ports import OrderTx
from linkwright.orders.progress import with_roll_up
from linkwright.orders.standing import WORKED_ON, without_some
from linkwright.orders.states import FINAL, is_unbegun, item_moved, leaf_ids, leaves, leaves_by_id, with_leaves
from linkwright.orders.waits import WaitKind

ANSWERED: frozenset[WaitKind] = frozenset({"business", "engineering", "information"})
"""Questions about a design: they are over when another design is wanted."""
ADDED = frozenset({"add", "noChange"})


def amended(tx: OrderTx, before: Order, after: Order, cancels: Sequence[Cancel], now: datetime) -> Order:
    """`after` with a note of every item that is to be designed anew; `after` itself where there is none.

    `cancels` are those that are being worked on. Holds for designs that are not wanted any more are given back.

    Raises:
        Conflict: an item cannot be changed any more, or not in this way; no item is changed then.
    """
    old, new = leaves_by_id(before), leaves_by_id(after)
    _refuse_removal(before, [item for item in old if item not in new])
    changed = [leaf for leaf in new.values() if leaf is not old.get(leaf.id)]
    if not changed or (before.state == "acknowledged" and is_unbegun(before)):
        return after
    wish = _Wish(before, tx, cancels, now)
    for leaf in changed:
        wish.hear(leaf)
    wish.refuse_blocked()
    return wish.stored(after, now)


@dataclass
class _Wish:
    order: Order
    tx: OrderTx
    cancels: Sequence[Cancel]
    now: datetime
    leaves: dict[str, OrderItem] = field(default_factory=dict)
    amendments: dict[str, Amendment | None] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old = leaves_by_id(self.order)
        self.known = {one.item: one for one in self.order.amendments}
        self._tasks: tuple[Task, ...] | None = None
        self._blocked: Mapping[str, str] | None = None

    @property
    def tasks(self) -> tuple[Task, ...]:
        if self._tasks is None:
            self._tasks = self.tx.tasks(self.order.id)
        return self._tasks

    @property
    def blocked(self) -> Mapping[str, str]:
        if self._blocked is None:
            self._blocked = blocked(self.order, self.tasks, self.cancels, now=self.now)
        return self._blocked

    def hear(self, leaf: OrderItem) -> None:
        was = self.old.get(leaf.id)
        if was is None:
            self._add(leaf)
        elif leaf.design_id not in (None, was.design_id) and was.state != "acknowledged":
            self._accept(was, leaf)
        else:
            self._change(was, leaf)

    def _add(self, leaf: OrderItem) -> None:
        if leaf.action not in ADDED:
            self.why[leaf.id] = f"its action is {leaf.action}; items are added with {' or '.join(sorted(ADDED))}"
        if is_unbegun(self.order):
            return
        self.leaves[leaf.id] = item_moved(leaf, "inProgress")
        if leaf.action == "add":
            self.amendments[leaf.id] = Amendment(item=leaf.id)

    def _accept(self, was: OrderItem, leaf: OrderItem) -> None:
        if leaf.design_id != was.proposed_design_id:
            self.why[leaf.id] = f"design {leaf.design_id} was not proposed for it"
        elif leaf.requirement != was.requirement:
            self.why[leaf.id] = "a design is accepted as it was proposed, without another change of the item"
        elif (reason := self.blocked.get(leaf.id)) is not None:
            self.why[leaf.id] = reason
        self._amend(was, leaf, Amendment(item=leaf.id, state="accepted", design_id=leaf.design_id))

    def _change(self, was: OrderItem, leaf: OrderItem) -> None:
        self.leaves[leaf.id] = kept = leaf if was.state == "acknowledged" else replace(leaf, design_id=was.design_id)
        if leaf.action != was.action:
            self.why[leaf.id] = "its action stays as it is"
        elif leaf.requirement == was.requirement:
            return
        elif leaf.requirement == replace(was.requirement, needed_by=leaf.requirement.needed_by):
            self._follow(was, kept)
        elif (reason := self.blocked.get(leaf.id)) is not None:
            self.why[leaf.id] = reason
        elif was.state != "acknowledged":
            self._amend(was, kept, Amendment(item=leaf.id))

    def _follow(self, was: OrderItem, leaf: OrderItem) -> None:
        """The order has another date: a design that is ready by then stands, as does what cannot change any more."""
        needed = leaf.requirement.needed_by
        if was.state == "acknowledged" or was.id in self.blocked or (needed is None and was.id not in self.known):
            return
        design = self.tx.design(was.design_id) if was.design_id and was.id not in self.known else None
        if design is None or (needed is not None and design.ready > needed):
            self._amend(was, leaf, Amendment(item=leaf.id))

    def _amend(self, was: OrderItem, leaf: OrderItem, wanted: Amendment) -> None:
        before = self.known.get(leaf.id)
        mark = mark_of(was.requirement) if before is None else before.was
        lost = None if before is None else before.lost
        is_back = wanted.state == "asked" and mark is not None and mark == mark_of(leaf.requirement)
        self.leaves[leaf.id] = replace(leaf, design_id=was.design_id)
        self.amendments[leaf.id] = None if is_back and lost is None else replace(wanted, was=mark, lost=lost)

    def refuse_blocked(self) -> None:
        if self.amendments and self.order.state not in WORKED_ON:
            raise Conflict(
                f"The items of order {self.order.id} do not change while it is {self.order.state}; nothing was changed."
            )
        if self.why:
            each = "; ".join(f"{item} ({why})" for item, why in self.why.items())
            raise Conflict(f"Items of order {self.order.id} cannot be changed so: {each}. Nothing was changed.")

    def stored(self, after: Order, now: datetime) -> Order:
        order = replace(after, items=with_leaves(after.items, self.leaves))
        if not self.amendments and not (self.leaves.keys() - self.old.keys()):
            return order
        left = [one for one in self.order.amendments if one.item not in self.amendments]
        new = [one for one in self.amendments.values() if one is not None]
        self._give_back([self.known[item] for item in self.amendments if item in self.known], now)
        over = [(wait, self.amendments.keys()) for wait in order.waits if wait.kind in ANSWERED]
        order = without_some(replace(order, amendments=(*left, *new)), over)
        return with_roll_up(order, now)

    def _give_back(self, amendments: Iterable[Amendment], now: datetime) -> None:
        holds = {one.hold for one in amendments if one.hold is not None}
        for task in self.tasks if holds else ():
            if task.key in holds:
                self.tx.put_task(given_back(task, now, "another design is wanted"))


def given_back(task: Task, now: datetime, why: str) -> Task:
    """A hold that is not needed: it is taken back, if it has gone out."""
    if task.state in ("sent", "done"):
        return replace(task, state="undoing", attempts=0, look_at=now, note=why)
    return replace(task, state="undone", look_at=None, note=why) if task.state == "planned" else task


def blocked(order: Order, tasks: Iterable[Task], cancels: Iterable[Cancel] = (), *, now: datetime) -> Mapping[str, str]:
    """Items that cannot be changed any more, or not now, and why."""
    tasks = tuple(tasks)
    why = {leaf.id: f"it is {leaf.state}" for leaf in leaves(order.items) if leaf.state in FINAL}
    for leaf in leaves(order.items):
        if leaf.action != "add":
            why.setdefault(leaf.id, f"its action is {leaf.action}")
    for item, system in passed_by_item(tasks).items():
        why.setdefault(item, f"it has passed its point of no return (PONR) at {system}")
    for item, since in passed(order, tasks, "hard", now).items():
        why.setdefault(item, f"it has passed its point of no return (PONR): {since}")
    for cancel in cancels:
        for item in _meant(order, cancel.items):
            why.setdefault(item, f"its cancel {cancel.id} is being worked on")
    for wait in order.waits:
        for item in wait.items if wait.kind == "fallout" else ():
            why.setdefault(item, "it waits for an operator")
    return why


def _meant(order: Order, named: Collection[str]) -> Iterable[str]:
    return leaf_ids(order.items, named) if named else [leaf.id for leaf in leaves(order.items)]


def _refuse_removal(order: Order, gone: Sequence[str]) -> None:
    if gone and not (order.state == "acknowledged" and is_unbegun(order)):
        raise Conflict(
            f"Items {', '.join(gone)} of order {order.id} are not taken out of the list; post a cancelServiceOrder "
            "with their ids in serviceOrderItem."
        )
