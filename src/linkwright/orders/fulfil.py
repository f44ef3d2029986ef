"""The run of an order: short, safe to repeat from its beginning, never waiting. A wait is a due row.

`advance` reads what is stored, does what can be done now, stores it and says when to look again. Whatever it was doing
when a process died, the next run finds in the rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.design.ask import seldom
from linkwright.errors import LinkwrightError, NotFound, StaleVersion, Stopping, Unavailable
from linkwright.orders.amending import Amending
from linkwright.orders.cancelling import MOST_FAILURES, Canceller, assessing
from linkwright.orders.carry import Carrier
from linkwright.orders.commit import Commitment, Committed
from linkwright.orders.dates import completion_of, ready_of
from linkwright.orders.errands import Task
from linkwright.orders.giving_back import (
    asked_back,
    awaited,
    given_up,
    is_ending,
    items_asked_back,
    left_to_undo,
    noticed,
    released,
    seen_now,
    settled,
    taken_back,
)
from linkwright.orders.holds import kept, taken_over
from linkwright.orders.model import Cancel, Jeopardy, Milestone, Order, Severity
from linkwright.orders.peer_event import looked_at_now
from linkwright.orders.place import RUN, is_called_off, start_of
from linkwright.orders.plans import next_day
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_roll_up
from linkwright.orders.replies import Replies
from linkwright.orders.standing import WORKED_ON
from linkwright.orders.standstill import Standstill
from linkwright.orders.states import dependencies, is_unbegun, leaf_ids, leaves, moved
from linkwright.orders.storing import told_of
from linkwright.orders.tasks import planned_tasks, step_of
from linkwright.orders.view import View, view_of
from linkwright.orders.watch import Watch, has_turned
from linkwright.orders.work import Pauses, Work

FIRST_FIRM = frozenset({"procure", "provide", "allocate", "publish"})
"""What goes out for an item once its holds are given; before that everything is asked that has to be."""
ASKED_EVERY_S = 1.0
"""So often at most a search looks whether its order is still wanted."""


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """`pauses` say how soon a run that found nobody is repeated."""

    books: OrderBooks
    commitment: Commitment
    carrier: Carrier
    canceller: Canceller
    watch: Watch
    replies: Replies
    standstill: Standstill
    amending: Amending
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
        view = self.books.read(lambda tx: view_of(tx, order_id, self.now()))
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
            self.books.write(lambda tx: told_of(tx, order_id, told))
            self._failed(view, text)
            raise
        else:

            def end(tx: OrderTx) -> None:
                tx.followed(view.heard)
                tx.settle(RUN, order_id, view.revision, again)

            self.books.write(end)

    def _failed(self, view: View, why: str) -> None:
        """A request to cancel does not wait for ever: an assessment that fails again and again is given up."""
        now = self.books.read(lambda tx: view_of(tx, view.work.order.id, self.now()))
        assessed = assessing(now.work.order, now.cancels)
        if assessed is None or now.withdrawn:
            return
        if view.failures >= MOST_FAILURES:
            self.canceller.give_up(now.work, assessed, f"internal error: {why}")
            return
        again = self.now() + self.pauses.after(view.failures)
        self.books.write(lambda tx: tx.settle(RUN, view.work.order.id, view.revision, again, failed=True))

    def _rest(self, view: View, error: Unavailable) -> None:
        """Facts for the designs cannot be read: the order stays as it is, says so once, and tries again by itself."""
        order = view.work.order
        told = self._alert(error.system, "Normal", f"{error.system} does not answer; the order waits and tries again.")
        pause = self.now() + self.pauses.after(view.failures, error.retry_after_s)

        def change(tx: OrderTx) -> None:
            if is_unbegun(order) or order.amendments:
                told_of(tx, order.id, told)
            tx.settle(RUN, order.id, view.revision, pause, failed=True)

        self.books.write(change)

    def _alert(self, about: str, severity: Severity, text: str) -> Jeopardy:
        name = "DOWNSTREAM_FALLOUT"
        return Jeopardy(id=f"{name}/{about}", name=name, severity=severity, at=self.now(), message=text)

    def _advance(self, view: View) -> datetime | None:
        """What to do is decided by what is stored, from the most urgent to the most ordinary."""
        looked_at_now(view.work.tasks, view.heard, self.now(), self.pauses.longest)
        work = settled(self.carrier, view.work)
        if view.withdrawn:
            return self._withdraw(work)
        work, silence = self.amending.swept(work), None
        work, cancel = self._decided(work, view.cancels)
        if cancel is not None and work.order.state == "assessingCancellation":
            work = self.canceller.conclude(self.amending.swept(asked_back(self.carrier, work)), cancel)
        if is_unbegun(work.order) and start_of(work.order, self.now()) <= self.now():
            work = self._begin(work)
        if cancel is not None and work.order.state in WORKED_ON:
            work = self._taken_out(work, cancel)
        if work.order.state in WORKED_ON:
            work, silence = self._amended(work)
            work = self._watched(self._carry_on(work))
        if cancel is not None and work.order.state in WORKED_ON:
            answered = self.canceller.take_out(work, cancel)
            work = self._carry_on(answered) if answered.order.state in WORKED_ON else answered
        if is_ending(work.order):
            work = given_up(self.carrier, taken_back(self.carrier, work))
        if cancel is not None:
            work = self.canceller.finish(work, cancel)
        if silence is not None:
            raise silence
        return min((at for at in (self._next_look(work), view.later_cancel) if at), default=None)

    def _taken_out(self, work: Work, cancel: Cancel) -> Work:
        """Items that go are gone, with all that they had, before anything else is looked at, however much there is."""
        work, refused = items_asked_back(self.carrier, self.standstill.noticed(work))
        work = self.canceller.take_out(self.amending.swept(work), cancel, refused)
        if not cancel.items or work.order.state not in WORKED_ON:
            return work
        work = released(self.carrier, noticed(self.carrier, work), leaf_ids(work.order.items, cancel.items))
        return self.canceller.finish(work, cancel)

    def _decided(self, work: Work, cancels: Sequence[Cancel]) -> tuple[Work, Cancel | None]:
        """One cancel at a time: should two have slipped in at the same moment, the one not begun is refused."""
        begun_first = sorted(cancels, key=lambda cancel: cancel.state == "accepted")
        for late in begun_first[1:]:
            work = self.canceller.refuse(work, late, "another cancel of the order is being worked on")
        if not begun_first:
            return work, None
        cancel = begun_first[0]
        if cancel.state == "accepted":
            work = seen_now(self.carrier, work, leaf_ids(work.order.items, cancel.items))
        return self.canceller.decide(work, cancel), cancel

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
        leaving = {leaf.id: leaf.leaving for leaf in leaves(committed.order.items) if leaf.leaving is not None}
        waits = dependencies(committed.order)
        planned = planned_tasks(work.order.id, committed.solutions, leaving, waits, publishes=self.carrier.publishes)
        told = Milestone(id="designComplete", name="designComplete", status="reached", at=now, message=committed.note)
        order = replace(
            moved(committed.order, "inProgress"),
            started_at=work.order.started_at or now,
            milestones=(*committed.order.milestones, told),
            expected_completion=completion_of(map(ready_of, committed.solutions.values())),
        )

        def change(tx: OrderTx) -> tuple[Order, tuple[Task, ...]]:
            tx.put_designs(committed.documented, order.requester)
            tasks = taken_over(tx, order, planned, committed.solutions, now)
            for task in tasks:
                tx.put_task(task)
            return tx.save(order, *happenings(work.order, order), field_path="expectedCompletionDate"), tasks

        saved, tasks = self.books.write(change)
        return Work.of(saved, tasks, committed.solutions)

    def _rejected(self, work: Work, committed: Committed) -> Work:
        order = with_roll_up(committed.order, self.now())
        return replace(work, order=self.books.write(lambda tx: tx.save(order, "stateChanged")))

    def _amended(self, work: Work) -> tuple[Work, Unavailable | None]:
        """Where facts for new designs cannot be read everything else goes on."""
        if not work.order.amendments:
            return work, None
        called_off = seldom(lambda: self._is_called_off(work.order.id), ASKED_EVERY_S)
        try:
            return self.amending.designed(work, called_off), None
        except Unavailable as error:
            return work, error

    def _carry_on(self, work: Work) -> Work:
        """Until nothing moves, and no item can change over to another design either."""
        work = self._sent(self._concluded(work))
        while (after := self._concluded(work)) is not work:
            work = self._sent(after)
        return work

    def _swept(self, work: Work) -> Work:
        swept = self.amending.swept(work)
        return work if swept is work else self.standstill.noticed(swept)

    def _concluded(self, work: Work) -> Work:
        if not (work.order.amendments or work.order.superseded) or self._is_called_off(work.order.id):
            return work
        return self.amending.concluded(work)

    def _sent(self, work: Work) -> Work:
        """Send what can be sent, look at what is due, take back what failed items leave behind, until nothing moves."""
        work, judged = noticed(self.carrier, self.standstill.noticed(self.carrier.settle(work))), False
        while (step := self._next(work)) and not (step[0].state == "planned" and self._is_called_off(work.order.id)):
            task, *others = step
            if not judged and task.state == "planned" and step_of(task) in FIRST_FIRM:
                work, judged = noticed(self.carrier, self.standstill.noticed(self.carrier.settle(work))), True
                continue
            if task.state == "undoing":
                work = self._swept(self.carrier.undo(work, task, may_go_on=any(map(work.is_alive, task.items))))
            elif task.state == "done":
                work = kept(self.carrier, work, task)
            elif task.state == "planned" or task.remote_id is None:
                work = self.carrier.send(work, task, *others)
            else:
                work = self.carrier.look(work, task)
            work = noticed(self.carrier, work)
        return self.standstill.noticed(self.carrier.settle(work))

    def _watched(self, work: Work) -> Work:
        """What the others said is told, and what the requester answered; who waited for him goes on where he was."""
        watched = self.replies.handed_on(self.watch.told(work))
        return self._carry_on(watched) if has_turned(work.order, watched.order) else watched

    def _is_called_off(self, order_id: str) -> bool:
        """Nothing new goes out once the requester has changed his mind; the run that he woke decides."""
        return self.books.read(lambda tx: is_called_off(tx, order_id, self.now()))

    def _next(self, work: Work) -> list[Task]:
        """The task whose turn it is, and those that change with it.

        What is put together is ordered last, so that whatever has become possible by now is one order.
        """
        if (task := work.tasks.ready()) is not None:
            return work.tasks.parted(task)
        task = work.tasks.due(self.now())
        return work.tasks.gathered() if task is None else [task]

    def _withdraw(self, work: Work) -> datetime | None:
        work = taken_back(self.carrier, work)
        if out := left_to_undo(work):
            return min((task.look_at for task in out if task.look_at), default=self.now())
        self.books.write(lambda tx: tx.forget(work.order.id))
        return None

    def _next_look(self, work: Work) -> datetime | None:
        if is_unbegun(work.order):
            return start_of(work.order, self.now())
        times = [task.look_at for task in awaited(work)]
        if work.order.state in WORKED_ON:
            times += [*(wait.until for wait in work.order.waits), next_day(work.order, work.solutions, self.now())]
            times += [self.now() for one in work.order.amendments if one.lost and one.state == "asked"]
        return min((at for at in times if at), default=None)
