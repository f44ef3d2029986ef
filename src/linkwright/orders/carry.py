"""Carrying out one task: send it, look at it, take it back. The task's row is written before and after every call.

Whatever happens in between, the next run finds the row, and the key that went out with it finds the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.errors import OutboundError, Refused, Unavailable
from linkwright.orders.keeping import Keeping, Severity, renewed
from linkwright.orders.model import Errand, Fault, Jeopardy, Order, Seen, Task, TaskKind
from linkwright.orders.ports import Errands, OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_error, with_fault, with_jeopardy, with_progress
from linkwright.orders.states import FINAL, leaves

Retried = Callable[[str, Callable[[], Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Between looks: from `first` doubling up to `longest`; news starts again at `first`."""

    first: timedelta
    longest: timedelta

    def after(self, attempts: int) -> timedelta:
        return min(self.longest, self.first * (1 << min(attempts, 20)))


@dataclass(frozen=True, kw_only=True)
class Work:
    """An order as it is stored, its tasks, and the designs of its items by item id."""

    order: Order
    tasks: tuple[Task, ...]
    solutions: Mapping[str, SiteSolution]

    def errand(self, task: Task) -> Errand:
        mine = {item: solution for item, solution in self.solutions.items() if item in task.items}
        done = {other.key: other for other in self.tasks if other.key != task.key and other.state == "done"}
        return Errand(task=task, order=self.order, solutions=mine, done=done)


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Works on one order at a time; every method returns the work as it is stored afterwards."""

    books: OrderBooks
    errands: Mapping[TaskKind, Errands]
    retried: Retried
    now: Callable[[], datetime]
    pauses: Pauses
    listener: Callable[[str], str]
    keeping: Keeping = field(default_factory=Keeping)

    def send(self, work: Work, task: Task) -> Work:
        """Place a task, or place it again when nobody knows whether it arrived."""
        alive = {leaf.id for leaf in leaves(work.order.items) if leaf.state not in FINAL}
        items = tuple(item for item in task.items if item in alive)
        if not items:
            return self.store(work, replace(task, state="undone", note="none of its items is left"))
        planned, task = task, replace(task, state="sent", items=items)
        if task != planned:
            self.books.write(lambda tx: tx.put_task(task))
        self._listen(task)
        errands = self.errands[task.kind]
        try:
            sent = self.retried(f"send {task.key}", lambda: errands.send(work.errand(task)))
        except Refused as error:
            return self._failed(work, task, error)
        except Unavailable as error:
            return self._waits(work, task, error)
        placed = replace(
            task,
            remote_id=sent.remote_id,
            remote_href=sent.href,
            expires_at=sent.expires_at,
            attempts=0,
            note="",
            look_at=self.now(),
        )
        return self.store(work, placed)

    def look(self, work: Work, task: Task) -> Work:
        """Ask how a placed task stands."""
        errands = self.errands[task.kind]
        try:
            seen = self.retried(f"look {task.key}", lambda: errands.look(work.errand(task)))
        except OutboundError as error:
            return self._waits(work, task, error)
        if seen.state == "failed":
            return self._failed(work, task, Refused(task.system, seen.text or seen.remote_state))
        if seen.state == "unknown" and task.kind == "reserve":
            return self.store(work, self._later(renewed(task, f"{task.system} does not know it any more")))
        if seen.state == "unknown":
            lost = replace(task, remote_id=None, note=f"{task.system} does not know it any more")
            return self.store(work, self._later(lost))
        return self.store(work, self._seen(task, seen))

    def undo(self, work: Work, task: Task, *, may_go_on: bool = False) -> Work:
        """Take a task back; what cannot be taken back stays `undoing` and is told as a jeopardy.

        Where it may go on instead it is `sent` as before, and its note has the reason.
        """
        task = replace(task, state="undoing")
        errands = self.errands[task.kind]
        try:
            seen = self.retried(f"undo {task.key}", lambda: errands.undo(work.errand(task)))
        except Unavailable as error:
            return self._waits(work, task, error)
        except Refused as error:
            seen = Seen(state="failed", remote_state="refused", text=str(error))
        if seen.state in ("done", "unknown"):
            return self.store(work, replace(task, state="undone", look_at=None, note=seen.text))
        if seen.state == "failed" and may_go_on:
            return self.store(work, replace(task, state="sent", attempts=0, look_at=self.now(), note=seen.text))
        later = self._later(replace(task, remote_state=seen.remote_state, note=seen.text))
        if seen.state == "failed":
            return self.store(replace(work, order=self._alarmed(work.order, task, seen)), later, before=work.order)
        return self.store(work, later)

    def store(self, work: Work, *tasks: Task, before: Order | None = None) -> Work:
        """Tasks, order and events in one transaction; an order that did not change is not written."""
        before = before or work.order
        changed = {task.key: task for task in tasks}
        now_tasks = tuple(changed.get(task.key, task) for task in work.tasks)
        after = with_progress(work.order, now_tasks, self.now())
        if not tasks and after == before:
            return work

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            return after if after == before else tx.save(after, *happenings(before, after))

        return replace(work, order=self.books.write(change), tasks=now_tasks)

    def _listen(self, task: Task) -> None:
        """Ask for events once for each system. Without them we look more often, so a refusal is no harm."""
        if self.books.read(lambda tx: tx.peer_hub(task.system)) is not None:
            return
        try:
            hub = self.errands[task.kind].subscribe(task.system, self.listener(task.system))
        except OutboundError:
            return
        if hub is not None:
            self.books.write(lambda tx: tx.put_peer_hub(task.system, hub))

    def _seen(self, task: Task, seen: Seen) -> Task:
        news = seen.remote_state != task.remote_state
        task = replace(
            task,
            remote_state=seen.remote_state,
            note=seen.text,
            expected=seen.expected or task.expected,
            attempts=0 if news else task.attempts,
        )
        if seen.state == "done":
            task = replace(task, expires_at=seen.expires_at or task.expires_at)
            return replace(task, state="done", look_at=self.keeping.next_look(task), parameters=dict(seen.parameters))
        return self._later(task)

    def _later(self, task: Task) -> Task:
        return replace(task, attempts=task.attempts + 1, look_at=self.now() + self.pauses.after(task.attempts))

    def _waits(self, work: Work, task: Task, error: OutboundError) -> Work:
        """Nobody answers: the order waits, tries again with growing pauses, and says so."""
        name = "PARTNER_SILENT" if task.kind == "procure" else "DOWNSTREAM_FALLOUT"
        told = self._jeopardy(name, task, "Normal", f"no answer yet, it is tried again: {error.detail}")
        waiting = self._later(replace(task, note=str(error)))
        return self.store(replace(work, order=with_jeopardy(work.order, told)), waiting, before=work.order)

    def _alarmed(self, order: Order, task: Task, seen: Seen) -> Order:
        """Somebody has to speak with the other side: we go on asking, but it will hardly help."""
        text = f"cannot be taken back: {seen.text or seen.remote_state}"
        fault = Fault(code="DOWNSTREAM_FALLOUT", reason=f"{task.kind} at {task.system}", message=text, at=self.now())
        return with_error(with_jeopardy(order, self._jeopardy(fault.code, task, "Critical", text)), fault)

    def _failed(self, work: Work, task: Task, error: OutboundError) -> Work:
        """The other side says no: the items fail, and what was done for them is taken back."""
        reason = f"{task.kind} failed at {task.system}"
        fault = Fault(code=_fault_code(task), reason=reason, message=str(error), at=self.now())
        order = with_fault(work.order, task.items, fault)
        failed = replace(task, state="failed", look_at=None, note=str(error))
        return self.store(replace(work, order=order), failed, before=work.order)

    def _jeopardy(self, name: str, task: Task, severity: Severity, text: str) -> Jeopardy:
        return Jeopardy(
            id=f"{name}/{task.key}",
            name=name,
            severity=severity,
            at=self.now(),
            message=f"{task.system}: {text}",
            items=task.items,
        )


def _fault_code(task: Task) -> str:
    return {"reserve": "CAPACITY_LOST", "procure": "SD-PTR-02"}.get(task.kind, "DOWNSTREAM_FALLOUT")
