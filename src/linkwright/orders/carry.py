"""Carrying out one task: send it, look at it, take it back. The task's row is written before and after every call.

Whatever happens in between, the next run finds the row, and the key that went out with it finds the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from linkwright.errors import OutboundError, Refused, Unavailable, Uncertain
from linkwright.orders import unheld
from linkwright.orders.errands import Seen, Task, TaskKind
from linkwright.orders.fallout import fallen, is_waited_for, stuck, taken
from linkwright.orders.keeping import Keeping, renewed
from linkwright.orders.model import Fault, Jeopardy, Order, Severity
from linkwright.orders.ports import Errands
from linkwright.orders.progress import FALLOUT, calmed, fault_code, with_jeopardy
from linkwright.orders.said import SILENT, with_said
from linkwright.orders.standing import HELD, next_key, standing_items
from linkwright.orders.storing import MOST_WRITES, Storing
from linkwright.orders.tasks import gives_up, step_of
from linkwright.orders.too_early import with_help
from linkwright.orders.unanswered import SENDING, each_try, is_unanswered, looked_for_again
from linkwright.orders.work import Pauses, Work

Retried = Callable[[str, Callable[[], Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Carrier(Storing):
    """Works on one order at a time; every method returns the work as it is stored afterwards.

    For `patience` what one of our own systems could not do waits for an operator, before its items fail.

    `publishes`: there is a system that takes service level objectives.
    """

    errands: Mapping[TaskKind, Errands]
    retried: Retried
    pauses: Pauses
    listener: Callable[[str], str]
    patience: timedelta
    keeping: Keeping = field(default_factory=Keeping)
    publishes: bool = False

    def send(self, work: Work, task: Task, *others: Task) -> Work:
        """Place a task, or place it again when nobody knows whether it arrived.

        `others` have changed because it goes out, and are stored together with that.
        """
        items = tuple(item for item in task.items if gives_up(task) or work.is_alive(item))
        if items and task.kind == "provide" and is_unanswered(task):
            items = task.items  # what may be there already is the same under its key: what is too much comes back
        if not items:
            over = replace(task, state="undone", note="none of its items is left")
            looked_for = replace(task, state="undoing", attempts=0, look_at=self.now())
            return self.store(work, looked_for if is_unanswered(task) else over)
        again, first = task.remote_state == SENDING, task.state == "planned"
        task = replace(task, state="sent", items=items, remote_state=SENDING)
        if others or task != work.tasks[task.key]:
            self.put(work, task, *others)
        self._listen(task)
        errand = replace(work.errand(task), again=again, first=first)
        try:
            sent = self.retried(f"send {task.key}", each_try(self.errands[task.kind].send, errand))
        except Refused as error:
            told = with_help(error, work, task)
            return self._failed(work, replace(task, remote_state=SENDING if again else None), told)
        except Uncertain as error:
            return self._uncertain(work, task, error)
        except Unavailable as error:
            return self._waits(work, replace(task, remote_state=SENDING if error.may_have_arrived else None), error)
        placed = replace(
            task,
            remote_state=None,
            remote_id=sent.remote_id,
            remote_href=sent.href,
            expires_at=sent.expires_at,
            attempts=0,
            note="",
            look_at=self.now(),
        )
        if len(work.tasks) > MOST_WRITES or work.tasks.ready() is not None:
            return self.store(work, placed)
        self.put(work, placed)  # the look that follows at once tells of it
        return work

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
        if seen.state == "unknown" and task.kind == "reserve":
            return self.store(work, self._later(renewed(task, f"{task.system} does not know it any more")))
        if seen.state == "unknown":
            lost = replace(task, remote_id=None, note=f"{task.system} does not know it any more")
            return self.store(work, self._later(lost))
        work.news.alerts[:] = (one for one in work.news.alerts if not _is_over(one, task, seen.state))
        order = with_said(work.order, task, seen, self.now())
        if task.kind == "reserve" and seen.state == "done":
            order = calmed(order, (unheld.LOST_CAPACITY,), task, f"{task.system}: it is held again", self.now())
        new = {item: text for item, text in seen.failures.items() if item in task.items and item not in task.failures}
        new = {item: text for item, text in new.items() if gives_up(task) or not work.is_cancelled(item)}
        if new and is_waited_for(task, self.patience):
            return self._some_stand(replace(work, order=order), task, seen, new, work.order)
        before = None if order is work.order else work.order
        return self.store(replace(work, order=order), self._seen(task, seen), before=before)

    def undo(self, work: Work, task: Task, *, may_go_on: bool = False) -> Work:
        """Take a task back; what cannot be taken back stays `undoing` and is told as a jeopardy.

        Where it may go on instead it is `sent` as before, and its note has the reason. What the other side does not
        have, though it may have been sent, is looked for once more before it counts as taken back.
        """
        task = replace(task, state="undoing")
        errands = self.errands[task.kind]
        try:
            seen = self.retried(f"undo {task.key}", lambda: errands.undo(work.errand(task)))
        except Unavailable as error:
            return self._waits(work, task, error)
        except Refused as error:
            kept = task.remote_state if is_unanswered(task) else None
            seen = Seen(state="failed", remote_state=kept or "refused", text=str(error))
        if seen.state == "unknown" and (later := looked_for_again(task, self.now(), self.pauses.late)) is not None:
            return self.changed(work, calmed(work.order, SILENT, task, later.note, self.now()), later)
        if seen.state in ("done", "unknown"):
            order = taken(work.order, task)
            if is_unanswered(task):
                order = calmed(order, SILENT, task, f"{task.system}: nothing of it is left there", self.now())
            return self.changed(work, order, replace(task, state="undone", look_at=None, note=seen.text))
        if seen.state == "failed" and may_go_on:
            return self.store(work, replace(task, state="sent", attempts=0, look_at=self.now(), note=seen.text))
        later = self._later(replace(task, remote_state=seen.remote_state, note=seen.text))
        if seen.state != "failed":
            return self.store(work, later)
        self._alarm(work, task, seen)
        delivered = tuple(item for item in task.items if item in (*task.delivered, *seen.delivered))
        later = replace(later, delivered=delivered, failures={**task.failures, **seen.failures})
        text = f"{task.kind} at {task.system} cannot be taken back: {seen.text or seen.remote_state}"
        return self.changed(work, stuck(work.order, task, text, self.now()), later)

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
            expires_at, today_ = seen.expires_at or task.expires_at, self.now().date()
            task = replace(task, expires_at=expires_at, expected=today_, delivered=())
            look_at = self.keeping.next_look(task)
            return replace(task, state="done", look_at=look_at, parameters=dict(seen.parameters))
        if delivered := tuple(item for item in seen.delivered if item in mine):
            given = {item: seen.parameters[item] for item in delivered if item in seen.parameters}
            task = replace(task, delivered=delivered, parameters={**task.parameters, **given})
        return self._later(task)

    def _later(self, task: Task, told_s: float | None = None) -> Task:
        at = self.now() + self.pauses.after(task.attempts, told_s)
        return replace(task, attempts=task.attempts + 1, look_at=at, not_before=at if told_s else None)

    def _waits(self, work: Work, task: Task, error: OutboundError) -> Work:
        """Nobody answers: the order waits, tries again with growing pauses, and says so."""
        name = "PARTNER_SILENT" if task.kind == "procure" else FALLOUT
        work.news.alerts.append(
            self._jeopardy(name, task, "Normal", f"no answer yet, it is tried again: {error.detail}")
        )
        told_s = error.retry_after_s if isinstance(error, Unavailable) else None
        return self.store(work, self._later(replace(task, note=str(error)), told_s))

    def _alarm(self, work: Work, task: Task, seen: Seen) -> None:
        """Somebody has to speak with the other side: we go on asking, but it will hardly help."""
        text = f"cannot be taken back: {seen.text or seen.remote_state}"
        fault = Fault(code=FALLOUT, reason=f"{task.kind} at {task.system}", message=text, at=self.now())
        work.news.alerts.append(self._jeopardy(fault.code, task, "Critical", text))
        work.news.faults.append(fault)

    def _failed(self, work: Work, task: Task, error: OutboundError) -> Work:
        """The other side says no: the items fail, and what was done for them is taken back.

        Where it is one of our own systems an operator may still mend it.
        """
        if task.key in work.order.superseded:
            return self.store(work, replace(task, state="undone", look_at=None, note=error.detail))
        if (again := unheld.asked_again(task, error.detail, self.now(), self.pauses)) is not None:
            return self._is_full(work, task, again, "it is asked for again")
        if work.is_tried(task):
            return self.store(work, replace(task, state="undone", look_at=None, note=error.detail))
        if (order := unheld.with_another_design(work, task)) is not None:
            undone = replace(task, state="undone", look_at=None, note=str(error))
            return self._is_full(work, task, undone, "its item is designed anew", order)
        if is_waited_for(task, self.patience):
            fault = self._fault(task, str(error))
            return self._stands(work, (replace(task, failures={}),), fault, self._until(task))
        return self.store(work, replace(task, state="failed", look_at=None, note=str(error)))

    def _is_full(self, work: Work, task: Task, after: Task, what_now: str, order: Order | None = None) -> Work:
        """A hold is refused; nothing firm goes out for an item that is to be designed anew."""
        told = self._jeopardy(unheld.LOST_CAPACITY, task, "Hazard", f"{after.note}; {what_now}")
        if order is None:
            work.news.alerts.append(told)
            return self.store(work, after)
        work.tasks.stand({**work.tasks.standing, **dict.fromkeys(task.items, HELD)})
        return self.store(replace(work, order=with_jeopardy(order, told)), after, before=work.order)

    def _uncertain(self, work: Work, task: Task, error: OutboundError) -> Work:
        """Sent a second time it might be done twice, so somebody has to ask: however long that takes."""
        code = "SD-PTR-03" if task.kind == "procure" else FALLOUT
        reason = f"{task.kind} at {task.system} may have been placed or not"
        fault = Fault(code=code, reason=reason, message=str(error), at=self.now())
        return self._stands(work, (task,), fault, None)

    def _some_stand(self, work: Work, task: Task, seen: Seen, new: Mapping[str, str], before: Order) -> Work:
        """Items that fell out of an order of ours wait for an operator by themselves; the rest of it goes on."""
        fell = replace(
            task,
            key=next_key(work.tasks, task.key),
            items=tuple(new),
            remote_id=None,
            remote_href=None,
            delivered=(),
            failures={},
        )
        rest = replace(task, items=tuple(item for item in task.items if item not in new))
        fault = self._fault(task, "; ".join(dict.fromkeys(new.values())))
        parts = (fell, self._seen(rest, seen))
        return self._stands(work, parts, fault, self._until(task), before=before)

    def _until(self, task: Task) -> datetime | None:
        """There is no way back for what was changed or ended already: that is mended, however long it takes."""
        return None if gives_up(task) else self.now() + self.patience

    def _fault(self, task: Task, text: str) -> Fault:
        reason = f"{task.kind} failed at {task.system}"
        return Fault(code=fault_code(task.kind), reason=reason, message=text, at=self.now())

    def _stands(
        self, work: Work, tasks: tuple[Task, ...], fault: Fault, until: datetime | None, before: Order | None = None
    ) -> Work:
        """The items of the first of these tasks wait for an operator."""
        task, *others = tasks
        name = "PARTNER_SILENT" if step_of(task) == "procure" else FALLOUT
        end = f"until {until.isoformat()}, then its items fail" if until else "for as long as it takes"
        waits = f"it waits for an operator {end}"
        if not any(map(work.is_alive, task.items)):
            waits = "its items have ended, so that somebody has to settle it with them"
        told = self._jeopardy(name, task, "Critical", f"{fault.message}; {waits}")
        order = fallen(with_jeopardy(work.order, told), task, fault, self.now(), until)
        fell = replace(task, state="fallen", look_at=None, note=fault.message)
        work.tasks.stand({**work.tasks.standing, **standing_items(order)})
        return self.store(replace(work, order=order), fell, *others, before=before or work.order)

    def _jeopardy(self, name: str, task: Task, severity: Severity, text: str) -> Jeopardy:
        return Jeopardy(
            id=f"{name}/{task.key}",
            name=name,
            severity=severity,
            at=self.now(),
            message=f"{task.system}: {text.removeprefix(f'{task.system}: ')}",
            items=task.items,
        )


def _is_over(alert: Jeopardy, task: Task, state: str) -> bool:
    """It has an answer, or is held again, before the alert was told."""
    if alert.id == f"{unheld.LOST_CAPACITY}/{task.key}":
        return task.kind == "reserve" and state == "done"
    return alert.severity == "Normal" and alert.id in {f"{name}/{task.key}" for name in SILENT}
