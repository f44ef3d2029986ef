"""How long a hold of an order lasts, and when it is looked after. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwright.errors import Refused
from linkwright.orders.errands import Errand, Task
from linkwright.orders.model import Severity

SHORTEST_LOOK = timedelta(seconds=1)


def _not_extended(errand: Errand, _until: datetime) -> datetime | None:
    raise Refused(errand.task.system, "its holds cannot be extended")


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """A hold is asked for `hold` long, and extended from `extended` before its end on.

    `extend` asks for a later end and says which it is then, None where the pool says none; it raises `Unavailable` or
    `Refused`. A hold that stays as it is is a hazard from `hazard` before its end on, and critical from `critical` on.
    """

    hold: timedelta = timedelta(days=14)
    extended: timedelta = timedelta(days=4)
    hazard: timedelta = timedelta(days=2)
    critical: timedelta = timedelta(days=1)
    extend: Callable[[Errand, datetime], datetime | None] = _not_extended

    def next_look(self, task: Task) -> datetime | None:
        """When a hold that was just given is looked after for the first time; nothing else is."""
        if task.kind != "reserve" or task.expires_at is None:
            return None
        return task.expires_at - self.extended

    def severity(self, left: timedelta) -> Severity:
        return "Critical" if left <= self.critical else "Hazard" if left <= self.hazard else "Normal"

    def after_extension(self, end: datetime, now: datetime) -> datetime:
        """As long before the end as ever, or halfway where the pool gives less at a time."""
        early = end - self.extended
        return early if early > now else max(now + (end - now) / 2, now + SHORTEST_LOOK)

    def while_it_ends(self, end: datetime, now: datetime) -> datetime | None:
        """The next moment at which it is more urgent; None once its time is over."""
        steps = (end - self.hazard, end - self.critical, end)
        return min((step for step in steps if step > now), default=None)


def renewed(task: Task, why: str) -> Task:
    """The hold was lost: it is placed anew, under a key of its own."""
    return replace(
        task,
        state="sent",
        renewals=task.renewals + 1,
        remote_id=None,
        remote_href=None,
        remote_state=None,
        expires_at=None,
        attempts=0,
        note=why,
    )
