"""Asking others to take back what was ordered from them, and giving back what is held."""

from dataclasses import replace

from linkwright.orders.cancel import firm, kept_items, to_undo
from linkwright.orders.carry import Carrier
from linkwright.orders.model import Task
from linkwright.orders.standing import WORKED_ON
from linkwright.orders.work import Work


def seen_now(carrier: Carrier, work: Work) -> Work:
    """Whether it is too late depends on how things stand now, not on how they stood when somebody last looked."""
    if work.order.state not in WORKED_ON:
        return work
    for task in work.tasks:
        if task.state == "sent" and task.remote_id is not None:
            work = carrier.look(work, task)
    return carrier.settle(work)


def asked_back(carrier: Carrier, work: Work) -> Work:
    """Ask everybody who has a firm order of ours to take it back; holds are kept until all have answered."""
    for task in firm(work.order, work.tasks):
        if task.state == "sent" or (task.state == "undoing" and _is_due(carrier, task)):
            work = carrier.undo(work, task, may_go_on=True)
    return carrier.settle(work)


def items_asked_back(carrier: Carrier, work: Work) -> tuple[Work, list[Task]]:
    """Ask those who have orders for items that are to be taken out, and name the orders that they do not take back."""
    asked = [task.key for task in work.tasks if task.state == "undoing" and any(map(work.is_alive, task.items))]
    for key in asked:
        if _is_due(carrier, work.tasks[key]):
            work = carrier.undo(work, work.tasks[key], may_go_on=True)
    return carrier.settle(work), [work.tasks[key] for key in asked if work.tasks[key].state == "sent"]


def taken_back(carrier: Carrier, work: Work) -> Work:
    """Give back what is still held or ordered, in reverse order; due ones only."""
    planned = [replace(task, state="undone", note="taken back") for task in work.tasks if task.state == "planned"]
    if planned:
        work = carrier.store(work, *planned)
    while due := [task for task in left_to_undo(work) if task.state != "undoing" or _is_due(carrier, task)]:
        for task in due:
            work = carrier.undo(work, task)
    return carrier.settle(work)


def settled(carrier: Carrier, work: Work) -> Work:
    """What an operator has settled with the other side counts as taken back."""
    decided = {one.task: one for one in work.order.decisions if one.kind == "undo"}
    undone = [
        replace(task, state="undone", look_at=None, note=f"settled by hand ({found.by}): {found.reason}")
        for task in work.tasks
        if task.state == "undoing" and (found := decided.get(task.key)) is not None
    ]
    return carrier.store(work, *undone) if undone else work


def left_to_undo(work: Work) -> list[Task]:
    return to_undo(work.tasks, kept_items(work.order))


def _is_due(carrier: Carrier, task: Task) -> bool:
    return task.look_at is None or task.look_at <= carrier.now()
