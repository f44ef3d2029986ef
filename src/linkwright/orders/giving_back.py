"""Asking others to take back what was ordered from them, and giving back what is held."""

from collections.abc import Collection
from dataclasses import replace

from linkwright.orders.cancel import GIVEN_BACK, firm, kept_items, to_undo
from linkwright.orders.carry import Carrier
from linkwright.orders.equipment import is_followed, returns
from linkwright.orders.errands import Task
from linkwright.orders.model import Order
from linkwright.orders.standing import WORKED_ON
from linkwright.orders.states import FINAL
from linkwright.orders.tasks import gives_up, is_guarded, is_out
from linkwright.orders.unanswered import may_be_there
from linkwright.orders.work import Work


def seen_now(carrier: Carrier, work: Work, items: Collection[str] = ()) -> Work:
    """Whether it is too late depends on how things stand now, not on how they stood when somebody last looked.

    Only what serves these `items` is asked for, where they are named.
    """
    if work.order.state not in WORKED_ON:
        return work
    for task in work.tasks.of(items) if items else work.tasks:
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
    """Ask those who have orders for items that are to be taken out, and name the orders that they do not take back.

    One that others have taken the place of says nothing of its items.
    """
    asked = [task.key for task in work.tasks if task.state == "undoing" and any(map(work.is_alive, task.items))]
    for key in asked:
        if _is_due(carrier, work.tasks[key]):
            work = carrier.undo(work, work.tasks[key], may_go_on=True)
    live = [work.tasks[key] for key in asked if key not in work.order.superseded]
    return carrier.settle(work), [task for task in live if task.state == "sent"]


def taken_back(carrier: Carrier, work: Work) -> Work:
    """Give back what is still held or ordered, in reverse order; due ones only."""
    planned = [task for task in work.tasks if task.state == "planned" and not task.is_return]
    if planned:
        work = carrier.store(work, *(replace(task, state="undone", note="taken back") for task in planned))
    while due := [task for task in left_to_undo(work) if task.state != "undoing" or _is_due(carrier, task)]:
        for task in due:
            work = carrier.undo(work, task)
    return carrier.settle(work)


def given_up(carrier: Carrier, work: Work) -> Work:
    """Follow what an order that has ended has given up, until the others have taken it; due ones only."""
    work = returned(carrier, work)
    while due := [task for task in _still_out(work) if _is_due(carrier, task)]:
        for task in due:
            work = carrier.send(work, task) if task.remote_id is None else carrier.look(work, task)
        work = returned(carrier, work)
    return carrier.settle(work)


def returned(carrier: Carrier, work: Work) -> Work:
    """What has arrived for items that were cancelled meanwhile is to go back."""
    planned = tuple(returns(work, work.tasks.arrived()))
    return carrier.store(work, *planned) if planned else work


def released(carrier: Carrier, work: Work, items: Collection[str]) -> Work:
    """Give back at once what cancelled items leave behind, before anything else is looked at."""
    for task in work.tasks.of(items):
        if task.state == "undoing" and _is_due(carrier, task) and not any(map(work.is_alive, task.items)):
            work = carrier.undo(work, task)
    return work


def noticed(carrier: Carrier, work: Work) -> Work:
    """Tasks that serve nobody any more are taken back; those not begun are dropped. What came in vain is to go back."""
    work = returned(carrier, work)
    idle = work.tasks.idle()
    dropped = [replace(task, state="undone", note="its items fell out") for task in idle if task.state == "planned"]
    back = [
        replace(task, state="undoing", look_at=carrier.now())
        for task in idle
        if task.state == "sent" or may_be_there(task) or (task.kind in GIVEN_BACK and task.state == "done")
    ]
    return carrier.store(work, *dropped, *back) if dropped or back else work


def is_given_up(task: Task) -> bool:
    """Somebody has been told, or is to be, and has not said that it is done."""
    return gives_up(task) and (task.state == "sent" or (task.is_return and task.state == "planned"))


def _still_out(work: Work) -> list[Task]:
    return [task for task in work.tasks if is_given_up(task) or is_followed(work.order, task)]


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
    return to_undo((task for task in work.tasks if not is_followed(work.order, task)), kept_items(work.order))


def is_ending(order: Order) -> bool:
    """Nothing new is begun; what is still out is taken back."""
    return order.state in FINAL or order.state == "pendingCancellation"


def awaited(work: Work) -> list[Task]:
    """What the run waits for; what is taken back only in a later wave is not looked at yet."""
    if work.order.state == "assessingCancellation":
        return [task for task in firm(work.order, work.tasks) if task.state == "undoing"]
    if is_ending(work.order):
        return [*filter(is_out, left_to_undo(work)), *_still_out(work)]
    return [task for task in work.tasks if is_out(task) or is_guarded(task)]


def _is_due(carrier: Carrier, task: Task) -> bool:
    return task.look_at is None or task.look_at <= carrier.now()
