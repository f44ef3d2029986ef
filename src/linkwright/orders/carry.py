"""Carrying out one task: send it, look at it, take it back. The task's row is written before and after every call.

Whatever happens in between, the next run finds the row, and the key that went out with it finds the rest.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from linkwright.designs.answers import SiteSolution
from linkwright.errors import OutboundError, Refused, Unavailable
from linkwright.orders.board import Board
from linkwright.orders.model import Errand, Fault, Jeopardy, Order, Seen, Task, TaskKind
from linkwright.orders.ports import Errands, OrderBooks, OrderTx
from linkwright.orders.progress import FALLOUT, happenings, with_error, with_jeopardy, with_progress
from linkwright.orders.results import with_results
from linkwright.orders.states import FINAL, dependencies, leaves, leaves_by_id

Retried = Callable[[str, Callable[[], Any]], Any]
Severity = Literal["Normal", "Hazard", "Critical"]


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Between looks: from `first` doubling up to `longest`; news starts again at `first`."""

    first: timedelta
    longest: timedelta

    def after(self, attempts: int) -> timedelta:
        return min(self.longest, self.first * (1 << min(attempts, 20)))


@dataclass
class News:
    """What has happened since the order was written last: its tasks are stored already, and tell the rest again."""

    tasks: int = 0
    alerts: list[Jeopardy] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Work:
    """An order as it is stored, its tasks, and the designs of its items by item id."""

    order: Order
    tasks: Board
    solutions: Mapping[str, SiteSolution]
    news: News = field(default_factory=News, compare=False)

    @classmethod
    def of(cls, order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution]) -> "Work":
        lost = (leaf.id for leaf in leaves(order.items) if leaf.state in LOST)
        return cls(order=order, tasks=Board(tasks, waits=dependencies(order), lost=lost), solutions=solutions)

    def errand(self, task: Task) -> Errand:
        mine = {item: self.solutions[item] for item in task.items if item in self.solutions}
        done = {other.key: other for other in self.tasks.of(task.items) if other.key != task.key and _has_given(other)}
        return Errand(task=task, order=self.order, solutions=mine, done=done)

    def is_alive(self, item: str) -> bool:
        """Whether something is still to be done for it."""
        leaf = leaves_by_id(self.order).get(item)
        return leaf is not None and leaf.state not in FINAL and item not in self.tasks.lost


LOST = frozenset({"failed", "cancelled"})


def _has_given(task: Task) -> bool:
    return task.state == "done" or bool(task.delivered)


MOST_WRITES = 32
"""So often, about, an order is written while each of its tasks changes once: the rest waits for the next time."""


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Works on one order at a time; every method returns the work as it is stored afterwards."""

    books: OrderBooks
    errands: Mapping[TaskKind, Errands]
    retried: Retried
    now: Callable[[], datetime]
    pauses: Pauses
    listener: Callable[[str], str]

    def send(self, work: Work, task: Task, *others: Task) -> Work:
        """Place a task, or place it again when nobody knows whether it arrived.

        `others` have changed because it goes out, and are stored together with that.
        """
        items = tuple(item for item in task.items if work.is_alive(item))
        if not items:
            return self.store(work, replace(task, state="undone", note="none of its items is left"))
        task = replace(task, state="sent", items=items)
        if others or task != work.tasks[task.key]:
            self._put(work, task, *others)
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
        if seen.state == "failed" or (seen.state == "done" and all(item in seen.failures for item in task.items)):
            told = replace(task, failures={**task.failures, **seen.failures})
            return self._failed(work, told, Refused(task.system, seen.text or seen.remote_state))
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
            self._alarm(work, task, seen)
        return self.store(work, later)

    def store(self, work: Work, *tasks: Task, before: Order | None = None) -> Work:
        """Tasks, order and events in one transaction; an order that did not change is not written.

        A large order is not worked out and written for every task: tasks are stored alone until enough of them have
        changed, and tell the same later. `before`: the order was changed since it was stored so.
        """
        work.news.tasks += len(tasks)
        if tasks and before is None and work.news.tasks * MOST_WRITES < len(work.tasks):
            self._put(work, *tasks)
            return work
        return self._told(work, tasks, before or work.order)

    def _put(self, work: Work, *tasks: Task) -> None:
        """Store tasks alone."""

        def change(tx: OrderTx) -> None:
            for task in tasks:
                tx.put_task(task)

        self.books.write(change)
        for task in tasks:
            work.tasks.put(task)

    def settle(self, work: Work) -> Work:
        """The order as all of its tasks stand."""
        return self.store(work)

    def _told(self, work: Work, tasks: tuple[Task, ...], before: Order) -> Work:
        for task in tasks:
            work.tasks.put(task)
        after, news = with_jeopardy(work.order, *work.news.alerts), work.news
        for fault in news.faults:
            after = with_error(after, fault)
        after = with_progress(after, work.tasks, self.now())
        after = with_results(after, work.tasks, work.solutions, self.now())
        news.tasks, news.alerts, news.faults = 0, [], []
        if not tasks and after == before:
            return work

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            return after if after == before else tx.save(after, *happenings(before, after))

        return replace(work, order=self.books.write(change))

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
        mine = frozenset(task.items)
        task = replace(
            task,
            remote_state=seen.remote_state,
            note=seen.text,
            expected=seen.expected or task.expected,
            attempts=0 if news else task.attempts,
            failures={**task.failures, **{item: text for item, text in seen.failures.items() if item in mine}},
            reported={**task.reported, **seen.reported},
        )
        if seen.state == "done" and task.kind == "register":
            today = {"registered": self.now().date().isoformat()}
            task = replace(task, reported={item: {**today, **task.reported.get(item, {})} for item in task.items})
        if seen.state == "done":
            return replace(task, state="done", look_at=None, delivered=(), parameters=dict(seen.parameters))
        if delivered := tuple(item for item in seen.delivered if item in mine):
            given = {item: seen.parameters[item] for item in delivered if item in seen.parameters}
            task = replace(task, delivered=delivered, parameters={**task.parameters, **given})
        return self._later(task)

    def _later(self, task: Task) -> Task:
        return replace(task, attempts=task.attempts + 1, look_at=self.now() + self.pauses.after(task.attempts))

    def _waits(self, work: Work, task: Task, error: OutboundError) -> Work:
        """Nobody answers: the order waits, tries again with growing pauses, and says so."""
        name = "PARTNER_SILENT" if task.kind == "procure" else FALLOUT
        work.news.alerts.append(
            self._jeopardy(name, task, "Normal", f"no answer yet, it is tried again: {error.detail}")
        )
        return self.store(work, self._later(replace(task, note=str(error))))

    def _alarm(self, work: Work, task: Task, seen: Seen) -> None:
        """Somebody has to speak with the other side: we go on asking, but it will hardly help."""
        text = f"cannot be taken back: {seen.text or seen.remote_state}"
        fault = Fault(code=FALLOUT, reason=f"{task.kind} at {task.system}", message=text, at=self.now())
        work.news.alerts.append(self._jeopardy(fault.code, task, "Critical", text))
        work.news.faults.append(fault)

    def _failed(self, work: Work, task: Task, error: OutboundError) -> Work:
        """The other side says no: the items fail, and what was done for them is taken back."""
        return self.store(work, replace(task, state="failed", look_at=None, note=str(error)))

    def _jeopardy(self, name: str, task: Task, severity: Severity, text: str) -> Jeopardy:
        return Jeopardy(
            id=f"{name}/{task.key}",
            name=name,
            severity=severity,
            at=self.now(),
            message=f"{task.system}: {text}",
            items=task.items,
        )
