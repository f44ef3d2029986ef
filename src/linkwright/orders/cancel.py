"""Taking an order back: may it still be cancelled, and in which sequence is it undone.

A hold can always be given back. The hard point of no return is reached when a partner or a resource order has been
delivered, or once the implementation has begun.
"""

from collections.abc import Sequence

from linkwright.orders.model import Task

UNDO_FIRST = ("implement", "allocate", "provide", "procure", "register", "reserve")


def is_past_no_return(tasks: Sequence[Task]) -> bool:
    return any(_is_hard(task) for task in tasks)


def _is_hard(task: Task) -> bool:
    if task.kind in ("procure", "provide", "allocate"):
        return task.state == "done"
    return task.kind in ("implement", "register") and task.state in ("sent", "done")


def to_undo(tasks: Sequence[Task]) -> list[Task]:
    """What is still out there and must be taken back next: the reverse of how it was ordered, one kind at a time.

    Tasks of an earlier kind are given back only when all of a later kind are gone, so that nothing is pulled from
    under an order that still counts on it.
    """
    out = [
        task for task in tasks if task.state in ("sent", "undoing") or (task.kind == "reserve" and task.state == "done")
    ]
    for kind in UNDO_FIRST:
        same = [task for task in out if task.kind == kind]
        if same:
            return same
    return []
