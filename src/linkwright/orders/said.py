"""What another system has said of a task, as far as the order's requester should know it. Pure."""

from dataclasses import replace
from datetime import datetime

from linkwright.orders.errands import Seen, Task
from linkwright.orders.model import Jeopardy, Order
from linkwright.orders.progress import with_jeopardy

AT_RISK = "DATE_AT_RISK"
SILENT = ("PARTNER_SILENT", "DOWNSTREAM_FALLOUT")


def with_said(order: Order, task: Task, seen: Seen, now: datetime) -> Order:
    """The order after an answer: nobody is silent any more, and the other side's own warning is handed on as it is.

    A warning that it does not repeat is over.
    """
    order = without(order, {f"{name}/{task.key}" for name in SILENT if _is_only_silence(order, f"{name}/{task.key}")})
    warned = f"{AT_RISK}/{task.key}/said"
    if not seen.warning or seen.state != "waiting":
        return without(order, {warned})
    told = Jeopardy(
        id=warned,
        name=AT_RISK,
        severity=seen.severity,
        at=now,
        message=f"{task.system}: {seen.warning}",
        items=task.items,
    )
    return with_jeopardy(order, told)


def without(order: Order, ids: set[str]) -> Order:
    """The order without these alerts: they are over."""
    left = tuple(one for one in order.jeopardies if one.id not in ids)
    return order if len(left) == len(order.jeopardies) else replace(order, jeopardies=left)


def _is_only_silence(order: Order, alert_id: str) -> bool:
    """What cannot be taken back is not mended by an answer."""
    return any(one.id == alert_id and one.severity == "Normal" for one in order.jeopardies)
