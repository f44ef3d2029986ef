"""The run of an order: short, safe to repeat from its beginning, never waiting. A wait is a due row.

`advance` reads what is stored, does what can be done now, stores it and says when to look again. Whatever it was doing
when a process died, the next run finds in the rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from linkwright.design.ask import seldom
from linkwright.designs.answers import SiteSolution
from linkwright.errors import LinkwrightError, NotFound, StaleVersion, Stopping, Unavailable
from linkwright.orders.cancel import firm, to_undo
from linkwright.orders.cancelling import MOST_FAILURES, Canceller, assessing
from linkwright.orders.carry import Carrier, Pauses, Work
from linkwright.orders.commit import Commitment, Committed
from linkwright.orders.holds import guarded, kept, taken_over
from linkwright.orders.keeping import Severity
from linkwright.orders.model import Cancel, Jeopardy, Milestone, Order, Task
from linkwright.orders.place import OPEN_CANCEL, RUN, start_of
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_jeopardy, with_roll_up
from linkwright.orders.states import FINAL, is_unbegun, leaves, moved
from linkwright.orders.tasks import planned_tasks, ready

ASKED_EVERY_S = 1.0
"""So often at most a search looks whether its order is still wanted."""


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
        """Take the order as far as it goes now. Safe to repeat at any time; an order that is gone needs nothing more.

        Raises:
            Exception: something unforeseen. The order tells its requester, and stays due.
        """
        try:
            self._run(order_id)
        except NotFound:
            self.books.write(lambda tx: tx.settle(RUN, order_id, tx.attempts(RUN, order_id)[0], None))

    def _run(self, order_id: str) -> None:
        view = self.books.read(lambda tx: self._view(tx, order_id))
        try:
            again = self._advance(view)
        except (NotFound, Stopping):
            raise
        except StaleVersion:
            # somebody changed the order meanwhile; a new stimulus, so that news which this run was told is not lost
            self.books.write(lambda tx: tx.wake(RUN, order_id, self.now()))
        except Unavailable as error:
            self._rest(view, error)
        except Exception as error:
            text = str(error) if isinstance(error, LinkwrightError) else type(error).__name__
            told = self._alert("run", "Critical", f"internal error, it is tried again: {text}")
            self.books.write(lambda tx: _tell(tx, order_id, told))
            self._failed(view, text)
            raise
        else:
            self.books.write(lambda tx: tx.settle(RUN, order_id, view.revision, again))

    def _failed(self, view: _View, why: str) -> None:
        """A request to cancel does not wait for ever: an assessment that fails again and again is given up."""
        now = self.books.read(lambda tx: self._view(tx, view.work.order.id))
        assessed = assessing(now.work.order, now.cancels)
        if assessed is None or now.withdrawn:
            return
        if view.failures >= MOST_FAILURES:
            self.canceller.give_up(now.work, assessed, f"internal error: {why}")
            return
        again = self.now() + self.pauses.after(view.failures)
        self.books.write(lambda tx: tx.settle(RUN, view.work.order.id, view.revision, again, failed=True))

    def _rest(self, view: _View, error: Unavailable) -> None:
        """Facts for the designs cannot be read: the order stays as it is, says so once, and tries again by itself."""
        order = view.work.order
        told = self._alert(error.system, "Normal", f"{error.system} does not answer; the order waits and tries again.")
        pause = self.now() + self.pauses.after(view.failures)

        def change(tx: OrderTx) -> None:
            if is_unbegun(order):
                _tell(tx, order.id, told)
            tx.settle(RUN, order.id, view.revision, pause, failed=True)

        self.books.write(change)

    def _alert(self, about: str, severity: Severity, text: str) -> Jeopardy:
        name = "DOWNSTREAM_FALLOUT"
        return Jeopardy(id=f"{name}/{about}", name=name, severity=severity, at=self.now(), message=text)

    def _view(self, tx: OrderTx, order_id: str) -> _View:
        order = tx.order(order_id)
        revision, failures = tx.attempts(RUN, order_id)
        designs = {leaf.id: tx.design(leaf.design_id) for leaf in leaves(order.items) if leaf.design_id}
        found: dict[str, SiteSolution] = {item: design for item, design in designs.items() if design is not None}
        return _View(
            work=Work(order=order, tasks=tx.tasks(order_id), solutions=found),
            cancels=tuple(cancel for cancel in tx.cancels(order_id) if cancel.state in OPEN_CANCEL),
            withdrawn=tx.withdrawn(order_id),
            revision=revision,
            failures=failures,
            stimulated=tx.stimulated(RUN, order_id),
        )

    def _advance(self, view: _View) -> datetime | None:
        """What to do is decided by what is stored, from the most urgent to the most ordinary."""
        work = self._looked_at(view.work) if view.stimulated else view.work
        if view.withdrawn:
            return self._withdraw(work)
        work, cancel = self._decided(work, view.cancels)
        if cancel is not None and work.order.state == "assessingCancellation":
            work = self.canceller.conclude(self._asked_back(work), cancel)
        if is_unbegun(work.order) and start_of(work.order, self.now()) <= self.now():
            work = self._begin(work)
        if work.order.state == "inProgress":
            work = self._carry_on(work)
        if _is_ending(work.order):
            work = self._taken_back(work)
        if cancel is not None:
            work = self.canceller.finish(work, cancel)
        return self._next_look(work)

    def _decided(self, work: Work, cancels: Sequence[Cancel]) -> tuple[Work, Cancel | None]:
        """One cancel at a time: should two have slipped in at the same moment, the one not begun is refused."""
        begun_first = sorted(cancels, key=lambda cancel: cancel.state == "accepted")
        for late in begun_first[1:]:
            work = self.canceller.refuse(work, late, "another cancel of the order is being worked on")
        if not begun_first:
            return work, None
        cancel = begun_first[0]
        return self.canceller.decide(self._seen(work) if cancel.state == "accepted" else work, cancel), cancel

    def _seen(self, work: Work) -> Work:
        """Whether it is too late depends on how things stand now, not on how they stood when somebody last looked."""
        out = [task for task in work.tasks if task.state == "sent" and task.remote_id is not None]
        for task in out if work.order.state == "inProgress" else ():
            work = self.carrier.look(work, task)
        return work

    def _asked_back(self, work: Work) -> Work:
        """Ask everybody who has a firm order of ours to take it back; holds are kept until all have answered."""
        for task in firm(work.order, work.tasks):
            if task.state == "sent" or (task.state == "undoing" and self._is_due(task)):
                work = self.carrier.undo(work, task, may_go_on=True)
        return work

    def _begin(self, work: Work) -> Work:
        """Verify or compute the designs, then plan all tasks: one transaction, so that they exist together or not.

        An order that is called off meanwhile stays unbegun: the run that this woke decides what becomes of it.
        """
        called_off = seldom(lambda: self._is_called_off(work.order.id), ASKED_EVERY_S)
        committed = self.commitment.commit(work.order, called_off)
        if self._is_called_off(work.order.id):
            return work
        if committed.rejected:
            return self._rejected(work, committed)
        now = self.now()
        planned = planned_tasks(work.order.id, committed.solutions)
        told = Milestone(id="designComplete", name="designComplete", status="reached", at=now, message=committed.note)
        order = replace(
            moved(committed.order, "inProgress"),
            started_at=work.order.started_at or now,
            milestones=(*committed.order.milestones, told),
            expected_completion=_expected(committed.solutions.values()),
        )

        def change(tx: OrderTx) -> tuple[Order, tuple[Task, ...]]:
            tx.put_designs(committed.solutions.values(), order.requester)
            tasks = taken_over(tx, order, planned, committed.solutions, now)
            for task in tasks:
                tx.put_task(task)
            return tx.save(order, *happenings(work.order, order), field_path="expectedCompletionDate"), tasks

        saved, tasks = self.books.write(change)
        return Work(order=saved, tasks=tasks, solutions=committed.solutions)

    def _rejected(self, work: Work, committed: Committed) -> Work:
        order = with_roll_up(committed.order, self.now())
        return replace(work, order=self.books.write(lambda tx: tx.save(order, "stateChanged")))

    def _carry_on(self, work: Work) -> Work:
        """Send what can be sent, look at what is due, take back what failed items leave behind, until nothing moves."""
        work = self._noticed(self.carrier.store(work))
        while (task := self._next(work)) is not None:
            if task.state == "planned" and self._is_called_off(work.order.id):
                break
            if task.state == "undoing":
                work = self.carrier.undo(work, task)
            elif task.state == "done":
                work = kept(self.carrier, work, task)
            elif task.state == "planned" or task.remote_id is None:
                work = self.carrier.send(work, task)
            else:
                work = self.carrier.look(work, task)
            work = self._noticed(work)
        return work

    def _is_called_off(self, order_id: str) -> bool:
        """Nothing new goes out once the requester has changed his mind; the run that he woke decides."""

        def look(tx: OrderTx) -> bool:
            return tx.withdrawn(order_id) or any(cancel.state == "accepted" for cancel in tx.cancels(order_id))

        return self.books.read(look)

    def _looked_at(self, work: Work) -> Work:
        """Somebody told that there is news: every task that is out is due now, whatever its pause."""
        now = self.now()
        due = tuple(replace(task, look_at=now) if task.state in ("sent", "undoing") else task for task in work.tasks)
        return replace(work, tasks=due)

    def _is_due(self, task: Task) -> bool:
        return task.look_at is None or task.look_at <= self.now()

    def _next(self, work: Work) -> Task | None:
        out = [task for task in work.tasks if task.state in ("sent", "undoing") and self._is_due(task)]
        out += [task for task in guarded(work.tasks) if self._is_due(task)]
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
        while due := [task for task in to_undo(work.tasks) if task.state != "undoing" or self._is_due(task)]:
            work = self.carrier.undo(work, due[0])
        return work

    def _withdraw(self, work: Work) -> datetime | None:
        work = self._taken_back(work)
        if out := to_undo(work.tasks):
            return min((task.look_at for task in out if task.look_at), default=self.now())
        self.books.write(lambda tx: tx.forget(work.order.id))
        return None

    def _next_look(self, work: Work) -> datetime | None:
        if is_unbegun(work.order):
            return start_of(work.order, self.now())
        return min((task.look_at for task in _awaited(work) if task.look_at), default=None)


def _is_ending(order: Order) -> bool:
    """Nothing new is begun; what is still out is taken back."""
    return order.state in FINAL or order.state == "pendingCancellation"


def _awaited(work: Work) -> list[Task]:
    """What the run waits for; what is taken back only in a later wave is not looked at yet."""
    if work.order.state == "assessingCancellation":
        return [task for task in firm(work.order, work.tasks) if task.state == "undoing"]
    out = to_undo(work.tasks) if _is_ending(work.order) else work.tasks
    held = guarded(work.tasks) if work.order.state == "inProgress" else []
    return [task for task in out if task.state in ("sent", "undoing")] + held


def _tell(tx: OrderTx, order_id: str, jeopardy: Jeopardy) -> None:
    order = tx.order(order_id)
    told = with_jeopardy(order, jeopardy)
    if told != order:
        tx.save(told, "jeopardy")


def _expected(solutions: Iterable[SiteSolution]) -> datetime | None:
    last = max((solution.ready for solution in solutions), default=None)
    return None if last is None else datetime.combine(last, time(0), tzinfo=UTC)
