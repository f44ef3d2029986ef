"""What waits for an operator, who has it tried again or settles it. Pure.

That is work which our own systems could not do, and what somebody will not take back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from linkwright.errors import Conflict, InvalidRequest
from linkwright.orders.errands import Task, TaskKind
from linkwright.orders.meant import Meant, meant
from linkwright.orders.model import Fault, Jeopardy, Order
from linkwright.orders.progress import with_jeopardy
from linkwright.orders.standing import (
    next_key,
    with_decision,
    with_faults,
    with_standing,
    without_all,
    without_some,
)
from linkwright.orders.states import FINAL, leaves, with_leaves
from linkwright.orders.tasks import gives_up, stage_of
from linkwright.orders.waits import Decision, Verdict, Wait, WaitKind

OWN: frozenset[TaskKind] = frozenset({"provide", "allocate", "publish", "implement", "register"})
"""Done by systems of our own: what goes wrong there is ours to mend."""
Outcome = Literal["done", "failed"]
KINDS: tuple[WaitKind, ...] = ("fallout",)
UNDO: tuple[WaitKind, ...] = ("undo",)
NOTHING: Mapping[str, Any] = MappingProxyType({})


def is_waited_for(task: Task, patience: timedelta) -> bool:
    """Whether an operator is waited for when this task has failed, instead of failing its items at once.

    What is given up is always mended by somebody: its service is changed or ended already.
    """
    return gives_up(task) or (task.kind in OWN and patience > timedelta(0))


def fallen(order: Order, task: Task, fault: Fault, since: datetime, until: datetime | None) -> Order:
    """The task's items stand still with this fault until an operator has decided.

    An item that waits for one thing without an end waits so for all others.
    """
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    items = tuple(item for item in task.items if item in alive)
    text = f"{fault.reason}: {fault.message}"
    wait = Wait(kind="fallout", items=items, since=since, until=until, text=text, task=task.key)
    same = [one for one in order.waits if one.kind == "fallout" and set(one.items) & set(items)]
    waits = (*order.waits, wait)
    if any(one.until is None for one in (*same, wait)):
        waits = tuple(replace(one, until=None) if one in same or one is wait else one for one in waits)
    order = replace(with_faults(order, items, fault), waits=waits)
    return with_standing(order)


def stuck(order: Order, task: Task, text: str, now: datetime) -> Order:
    """An operator has to settle with the other side what it does not take back, for as long as it does not.

    Whatever else he was to find out about it is settled with that.
    """
    known = next((wait for wait in order.waits if _is_about(wait, task)), None)
    if known is not None:
        return replace(order, waits=tuple(replace(one, text=text) if one is known else one for one in order.waits))
    wait = Wait(kind="undo", items=task.items, since=now, text=text, task=task.key)
    left = (one for one in order.waits if (one.kind, one.task) != ("fallout", task.key))
    return replace(order, waits=(*left, wait))


def taken(order: Order, task: Task) -> Order:
    """What has been taken back after all has to be settled by nobody, nor tried again."""
    left = tuple(wait for wait in order.waits if wait.task != task.key or wait.kind not in (*KINDS, *UNDO))
    return order if len(left) == len(order.waits) else replace(order, waits=left)


def _is_about(wait: Wait, task: Task) -> bool:
    return wait.kind == "undo" and wait.task == task.key


def lapsed(order: Order, now: datetime) -> tuple[Wait, ...]:
    """Waits that nobody has ended in time."""
    return tuple(wait for wait in order.waits if wait.until is not None and wait.until <= now)


def tried_again(
    order: Order, tasks: Sequence[Task], items: Collection[str], *, by: str, reason: str, now: datetime
) -> tuple[Order, tuple[Task, ...]]:
    """Each failed task is planned again under a new key: its old one belongs to the order that failed, and stays.

    Raises:
        Conflict: an item waits for no such decision.
    """
    planned = {task.key: task for task in tasks}
    for wait, named in meant(order, items, KINDS, "retried"):
        failed = planned[wait.task or ""]
        again = Task(
            key=next_key(planned, failed.key),
            order_id=failed.order_id,
            kind=failed.kind,
            system=failed.system,
            items=named,
            stage=stage_of(failed),
            after=failed.after,
            access=failed.access,
            parts=failed.parts,
            action=failed.action,
        )
        planned[again.key], planned[failed.key] = again, _without_items(failed, named)
        order = _ended(order, wait, named, "retried", by, reason, now)
    return order, _new(tasks, planned)


def _without_items(task: Task, named: Collection[str]) -> Task:
    """Another task does for these items what this one did not."""
    return replace(task, items=tuple(item for item in task.items if item not in named))


def done_by_hand(
    order: Order,
    tasks: Sequence[Task],
    items: Collection[str],
    *,
    by: str,
    reason: str,
    now: datetime,
    parameters: Mapping[str, Any] = NOTHING,
) -> tuple[Order, tuple[Task, ...]]:
    """What failed was done otherwise, and counts as done for the named items. Raises Conflict like `tried_again`.

    What cannot be taken back counts as taken back, for all of its items: the next run finds the decision. `parameters`
    are what was allocated to the one item that is meant. Nobody refers to the order that failed.

    Raises:
        InvalidRequest: there are parameters, and not exactly one item that waits for some.
        Conflict: other parameters were given before.
    """
    settled = {task.key: task for task in tasks}
    kinds = UNDO if order.state == "pendingCancellation" else (*KINDS, *UNDO)
    found = meant(order, items, kinds, "done")
    if parameters:
        _refuse_parameters(order, settled, found, items, parameters)
    for wait, named in found:
        if wait.kind == "undo":
            order = _ended(order, wait, wait.items, "done", by, reason, now)
            continue
        failed = settled[wait.task or ""]
        note = f"done by hand ({by}): {reason}"
        done = replace(failed, state="done", note=note, items=named, look_at=None)
        if named != failed.items or failed.kind != "register":
            done = replace(done, remote_id=None, remote_href=None)
        if named != failed.items:
            done = replace(done, key=next_key(settled, failed.key))
            settled[failed.key] = _without_items(failed, named)
        given = parameters if _allocates(failed) else None
        if given:
            done = replace(done, parameters={**done.parameters, named[0]: dict(given)})
        settled[done.key] = done
        order = _ended(order, wait, named, "done", by, reason, now, given)
    return order, _new(tasks, settled)


def _allocates(task: Task) -> bool:
    return task.kind == "allocate" and not gives_up(task)


def _refuse_parameters(
    order: Order, tasks: Mapping[str, Task], found: Meant, items: Collection[str], parameters: Mapping[str, Any]
) -> None:
    fell = [(tasks[wait.task or ""], named) for wait, named in found if wait.kind == "fallout"]
    waiting = {item for task, named in fell if _allocates(task) for item in named}
    if not found:
        before = [one.parameters for one in order.decisions if not items or set(one.items) & set(items)]
        if parameters not in before:
            told = "; ".join(told_parameters(one) for one in before)
            raise Conflict(f"It was settled with other parameters before: {told}.")
    elif len(waiting) != 1:
        text = f"parameters are those of one item whose allocation has failed; such items are meant: {len(waiting)}"
        raise InvalidRequest(text, "parameter")


def told_parameters(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "parameters that nobody has named"


def given_up(
    order: Order, items: Collection[str], *, by: str, reason: str, now: datetime
) -> tuple[Order, frozenset[str]]:
    """The items that fail now, with the order in which nobody waits for them any more. Raises Conflict likewise."""
    gone: set[str] = set()
    for wait, named in meant(order, items, KINDS, "failed"):
        gone.update(named)
        order = _ended(order, wait, named, "failed", by, reason, now)
    return without_all(order, gone), frozenset(gone)


def _ended(
    order: Order,
    wait: Wait,
    named: tuple[str, ...],
    verdict: Verdict,
    by: str,
    reason: str,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> Order:
    """`parameters` are those that were allocated otherwise, if any had to be."""
    told = {"retried": "Tried again", "done": "Counts as done", "failed": "Counts as failed"}[verdict]
    told = "Counts as taken back" if wait.kind == "undo" else told
    values = "" if parameters is None else f" with {told_parameters(parameters)}"
    text = f"{told} ({wait.task}) for {', '.join(named)}{values}."
    about = wait.task if wait.kind == "undo" else None
    decision = Decision(
        kind=wait.kind,
        items=named,
        verdict=verdict,
        by=by,
        at=now,
        reason=reason,
        task=about,
        parameters=dict(parameters or {}),
    )
    order = without_some(with_decision(order, decision, text), ((wait, named),))
    if verdict == "failed":
        return order
    said = f"{text} {by}: {reason}" if reason else f"{text} {by}."
    return _without_fault(with_jeopardy(order, _calmed(wait, order, said, now)), wait, named)


def _calmed(wait: Wait, order: Order, text: str, now: datetime) -> Jeopardy:
    """The alert about the task, once somebody has seen to it."""
    alarmed = next((one for one in order.jeopardies if one.id.endswith(f"/{wait.task}")), None)
    name = alarmed.name if alarmed else "DOWNSTREAM_FALLOUT"
    items = alarmed.items if alarmed else wait.items
    return Jeopardy(id=f"{name}/{wait.task}", name=name, severity="Normal", at=now, message=text, items=items)


def _without_fault(order: Order, wait: Wait, named: Collection[str]) -> Order:
    """What has been mended is no fault of the item any more."""
    changed = {
        leaf.id: replace(leaf, faults=tuple(fault for fault in leaf.faults if not _is_of(fault, wait)))
        for leaf in leaves(order.items)
        if leaf.id in named
    }
    return replace(order, items=with_leaves(order.items, changed))


def _is_of(fault: Fault, wait: Wait) -> bool:
    return f"{fault.reason}: {fault.message}" == wait.text


def _new(before: Iterable[Task], after: dict[str, Task]) -> tuple[Task, ...]:
    was = {task.key: task for task in before}
    return tuple(task for key, task in after.items() if was.get(key) != task)
