"""Tasks whose post got no answer: the other side may have them, or may get them yet. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from linkwright.errors import Unavailable
from linkwright.orders.errands import Errand, Sent, Task

SENDING = "sending"
"""The remote state of a task while it is sent: found so later, nobody knows whether it has arrived."""
MISSED = "not found"
"""The remote state of such a task once it was looked for in vain, and is looked for again."""


def is_unanswered(task: Task) -> bool:
    return task.remote_id is None and task.remote_state in (SENDING, MISSED)


def may_be_there(task: Task) -> bool:
    """An operator was waited for, since nobody could tell whether the other side has it."""
    return task.state == "fallen" and bool(task.items) and is_unanswered(task)


def looked_for_again(task: Task, now: datetime, late: timedelta) -> Task | None:
    """A task that was just looked for in vain, with the time of its next look; None where that is enough.

    One look that finds nothing proves nothing, for the post may come behind it. Two do that are as far apart as a post
    can be `late`, since the first one comes after the post was given up.
    """
    if not is_unanswered(task) or (task.remote_state == MISSED and (task.not_before or now) <= now):
        return None
    until = (task.not_before if task.remote_state == MISSED else None) or now + late
    note = f"{task.system}: it is not there, and is looked for again, since it may still arrive"
    return replace(task, remote_state=MISSED, attempts=0, look_at=until, not_before=until, note=note)


def each_try(send: Callable[[Errand], Sent], errand: Errand) -> Callable[[], Sent]:
    """Only one try is the first, and what one has sent may have arrived whatever becomes of the next."""
    trying = errand

    def once() -> Sent:
        nonlocal trying
        now, trying = trying, replace(trying, first=False)
        try:
            return send(now)
        except Unavailable as error:
            error.may_have_arrived |= now.again
            trying = replace(trying, again=error.may_have_arrived)
            raise

    return once
