"""The run of an order: short, safe to repeat from its beginning, never waiting. A wait is a due row.

`advance` reads what is stored, does what can be done now, stores it and says when to look again. Whatever it was doing
when a process died, the next run finds in the rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from linkwright.designs.model import SiteSolution
from linkwright.errors import NotFound, StaleVersion, Unavailable
from linkwright.orders.cancel import to_undo
from linkwright.orders.cancelling import Canceller
from linkwright.orders.carry import Carrier, Pauses, Work
from linkwright.orders.commit import Commitment, Committed
from linkwright.orders.model import Cancel, Milestone, Order, Task
from linkwright.orders.place import OPEN_CANCEL, RUN
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.states import FINAL, leaves, moved
from linkwright.orders.tasks import planned_tasks, ready


@dataclass(frozen=True, kw_only=True)
class _View:
    work: Work
    cancels: tuple[Cancel, ...]
    withdrawn: bool
    revision: int
    failures: int
    stimulated: bool


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """`pauses` say how soon a run that found nobody is repeated."""

    books: OrderBooks
    commitment: Commitment
    carrier: Carrier
    canceller: Canceller
    now: Callable[[], datetime]
    pauses: Pauses

    def advance(self, order_id: str) -> None:
        """Take the order as far as it goes now. Safe to repeat at any time."""
        try:
            view = self.books.read(lambda tx: self._view(tx, order_id))
        except NotFound:
            return
        try:
            again = self._advance(view)
        except StaleVersion:
            again = self.now()
        except Unavailable:
            pause = self.now() + self.pauses.after(view.failures)
            self.books.write(lambda tx: tx.settle(RUN, order_id, view.revision, pause, failed=True))
            return
        self.books.write(lambda tx: tx.settle(RUN, order_id, view.revision, again))

    def _view(self, tx: OrderTx, order_id: str) -> _View:
        order = tx.order(order_id)
        revision, failures = tx.attempts(RUN, order_id)
        designs = {leaf.id: tx.design(leaf.design_id) for leaf in leaves(order.items) if leaf.design_id}
        found: dict[str, SiteSolution] = {item: design for item, design in designs.items() if design is not None}
        return _View(
            work=Work(order=order, tasks=tx.tasks(order_id), solutions=found),
            cancels=tx.cancels(order_id),
            withdrawn=tx.withdrawn(order_id),
            revision=revision,
            failures=failures,
            stimulated=tx.stimulated(RUN, order_id),
        )

    def _advance(self, view: _View) -> datetime | None:
        """What to do is decided by what is stored, from the most urgent to the most ordinary."""
        work = view.work
        if view.withdrawn:
            return self._withdraw(work)
        cancel = next((cancel for cancel in view.cancels if cancel.state in OPEN_CANCEL), None)
        if cancel is not None:
            work = self.canceller.decide(work, cancel)
        if work.order.state == "pendingCancellation" and cancel is not None:
            work = self._taken_back(work)
            return self._next_look(self.canceller.finish(work, cancel))
        if work.order.state == "acknowledged":
            work = self._begin(work)
        if work.order.state == "inProgress":
            work = self._carry_on(self._looked_at(work) if view.stimulated else work)
        if cancel is not None:
            self.canceller.finish(work, cancel)
        if work.order.state in FINAL:
            work = self._taken_back(work)
        return self._next_look(work)

    def _begin(self, work: Work) -> Work:
        """Verify or compute the designs, then plan all tasks: one transaction, so that they exist together or not."""
        committed = self.commitment.commit(work.order)
        if committed.rejected:
            return self._rejected(work, committed)
        now = self.now()
        tasks = planned_tasks(work.order.id, committed.solutions)
        told = Milestone(id="designComplete", name="designComplete", status="reached", at=now, message=committed.note)
        order = replace(
            moved(committed.order, "inProgress"),
            started_at=now,
            milestones=(*committed.order.milestones, told),
            expected_completion=_expected(committed.solutions.values()),
        )

        def change(tx: OrderTx) -> Order:
            for solution in committed.solutions.values():
                tx.put_design(solution)
            for task in tasks:
                tx.put_task(task)
            return tx.save(order, "stateChanged", "milestone")

        saved = self.books.write(change)
        return Work(order=saved, tasks=tasks, solutions=committed.solutions)

    def _rejected(self, work: Work, committed: Committed) -> Work:
        order = moved(committed.order, "rejected")
        return replace(work, order=self.books.write(lambda tx: tx.save(order, "stateChanged")))

    def _carry_on(self, work: Work) -> Work:
        """Send what can be sent, look at what is due, take back what failed items leave behind, until nothing moves."""
        work = self._noticed(self.carrier.store(work))
        while (task := self._next(work)) is not None:
            if task.state == "undoing":
                work = self.carrier.undo(work, task)
            elif task.state == "planned" or task.remote_id is None:
                work = self.carrier.send(work, task)
            else:
                work = self.carrier.look(work, task)
            work = self._noticed(work)
        return work

    def _looked_at(self, work: Work) -> Work:
        """Somebody told that there is news: every task that is out is due now, whatever its pause."""
        now = self.now()
        due = tuple(replace(task, look_at=now) if task.state == "sent" else task for task in work.tasks)
        return replace(work, tasks=due)

    def _next(self, work: Work) -> Task | None:
        now = self.now()
        out = [task for task in work.tasks if task.state in ("sent", "undoing") and (task.look_at or now) <= now]
        return next(iter([*ready(work.tasks), *out]), None)

    def _noticed(self, work: Work) -> Work:
        """Tasks that only serve failed or cancelled items are taken back; those not begun are dropped."""
        lost = {leaf.id for leaf in leaves(work.order.items) if leaf.state in ("failed", "cancelled")}
        idle = [task for task in work.tasks if set(task.items) <= lost and task.items]
        dropped = [replace(task, state="undone", note="its items fell out") for task in idle if task.state == "planned"]
        back = [
            replace(task, state="undoing", look_at=self.now())
            for task in idle
            if task.state == "sent" or (task.kind == "reserve" and task.state == "done")
        ]
        return self.carrier.store(work, *dropped, *back) if dropped or back else work

    def _taken_back(self, work: Work) -> Work:
        """Give back what is still held or ordered, in reverse order; due ones only."""
        planned = [replace(task, state="undone", note="taken back") for task in work.tasks if task.state == "planned"]
        if planned:
            work = self.carrier.store(work, *planned)
        while due := [
            t for t in to_undo(work.tasks) if t.state != "undoing" or (t.look_at or self.now()) <= self.now()
        ]:
            work = self.carrier.undo(work, due[0])
        return work

    def _withdraw(self, work: Work) -> datetime | None:
        work = self._taken_back(work)
        if not to_undo(work.tasks):
            self.books.write(lambda tx: tx.forget(work.order.id))
            return None
        return self._next_look(work)

    def _next_look(self, work: Work) -> datetime | None:
        open_ = [task.look_at for task in work.tasks if task.state in ("sent", "undoing") and task.look_at]
        return min(open_, default=None)


def _expected(solutions: Iterable[SiteSolution]) -> datetime | None:
    last = max((solution.ready for solution in solutions), default=None)
    return None if last is None else datetime.combine(last, time(0), tzinfo=UTC)
