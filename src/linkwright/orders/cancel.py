"""Taking an order back: may it still be cancelled, and in which sequence is it undone.

A hold can always be given back. The hard point of no return is reached when a partner or a resource order has been
delivered or will not be cancelled any more, or once the implementation has begun.
"""

from collections.abc import Sequence

from linkwright.orders.model import Order, Task, TaskKind
from linkwright.orders.states import FINAL, leaves

UNDONE_TOGETHER: tuple[tuple[TaskKind, ...], ...] = (
    ("implement",),
    ("allocate",),
    ("provide", "procure"),
    ("register",),
    ("reserve",),
)


def is_past_no_return(tasks: Sequence[Task]) -> bool:
    return any(_is_hard(task) for task in tasks)


def past_no_return(tasks: Sequence[Task]) -> list[Task]:
    """The tasks that cannot be taken back."""
    return [task for task in tasks if _is_hard(task)]


def _is_hard(task: Task) -> bool:
    if task.kind in ("procure", "provide", "allocate"):
        return task.state == "done"
    return task.kind in ("implement", "register") and task.state in ("sent", "done")


def to_undo(tasks: Sequence[Task]) -> list[Task]:
    """What is still out there and must be taken back next: the reverse of how it was ordered, wave by wave.

    An earlier wave is given back only when all of a later one is gone, so that nothing is pulled from under an order
    that still counts on it. What was ordered together is taken back together: a partner goes on working meanwhile.
    """
    for kinds in UNDONE_TOGETHER:
        wave = [task for task in tasks if task.kind in kinds and _is_out(task)]
        if wave:
            return wave
    return []


def firm(order: Order, tasks: Sequence[Task]) -> list[Task]:
    """Orders at others that count for items which are still alive, or did until they were taken back.

    A hold is none: it can always be given back. An order that the other side will not cancel any more is one that
    is past its point of no return.
    """
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    placed = ("sent", "undoing", "undone")
    return [task for task in tasks if task.kind != "reserve" and task.state in placed and alive & set(task.items)]


def is_given_back(tasks: Sequence[Task]) -> bool:
    """Nothing is out any more that would have to be taken back, and nothing waits to go out."""
    return not any(_is_out(task) or task.state == "planned" for task in tasks)


def _is_out(task: Task) -> bool:
    """A hold that was given is still out; what else is done was delivered, and stays."""
    return task.state in ("sent", "undoing") or (task.kind == "reserve" and task.state == "done")
