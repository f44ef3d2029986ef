"""The alerts about dates: one for each task that is late or held, with its numbers, and one for each other design.

Pure, and the same as long as nothing is new: an alert that is not made any more is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import inf

from linkwright.orders.dates import Dates, Slip
from linkwright.orders.errands import Task
from linkwright.orders.model import Jeopardy, Order, Severity
from linkwright.orders.plan_alerts import is_of_design
from linkwright.orders.said import AT_RISK
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.tasks import step_of
from linkwright.wording import in_working_days

LATE, BUILD = "PARTNER_LATE", "PLANNED_BUILD_SLIPPED"
PROPOSED = "PROPOSED_DESIGN"
"""Begins the id of the alert that says what another design costs: its text is about money."""
OF_DATES, HELD = "/date", "/held"
HELD_STATE = "held"


def is_watched(alert: Jeopardy) -> bool:
    """Is it one of those that are made anew at each look?"""
    if is_of_design(alert):
        return True
    return alert.id.startswith((f"{PROPOSED}/", f"{LATE}/", f"{BUILD}/")) or (
        alert.name == AT_RISK and alert.id.endswith((OF_DATES, HELD))
    )


def alerts_of(order: Order, tasks: Iterable[Task], dates: Dates, now: datetime) -> list[Jeopardy]:
    by_task: dict[str, list[Slip]] = defaultdict(list)
    for slip in dates.slips:
        by_task[slip.task.key].append(slip)
    alerts = [alert for slips in by_task.values() for alert in _of_slips(order, slips, now)]
    alerts += _of_builds(order, dates.slips, now)
    alerts += [_gone(name, items, now) for name, items in dates.gone.items()]
    alerts += [_held(task, now) for task in tasks if _is_held(task)]
    return [*alerts, *_proposed(order, now)]


def _of_slips(order: Order, slips: Sequence[Slip], now: datetime) -> Iterator[Jeopardy]:
    """The numbers are those of the item that it is worst for; what else could be done is said for each."""
    worst = _worst(slips)
    task, items = worst.task, tuple(dict.fromkeys(slip.item for slip in slips))
    text = f"{_who(worst)}: promised for {worst.promised.isoformat()}, {_now(worst)}{_what_is_left(worst)}"
    others = {leaf.id: leaf.replacement.text for leaf in leaves(order.items) if leaf.replacement is not None}
    said = dict.fromkeys(others[item] for item in items if item in others)
    yield _alert(f"{AT_RISK}/{task.key}{OF_DATES}", AT_RISK, worst.severity, now, ". ".join([text, *said]), items)
    if worst.late and task.kind == "procure":
        late = f"{task.system}: promised for {worst.promised.isoformat()}, which is over, and has not delivered"
        yield _alert(f"{LATE}/{task.key}", LATE, worst.severity, now, late, items)


def _of_builds(order: Order, slips: Sequence[Slip], now: datetime) -> Iterator[Jeopardy]:
    for name in dict.fromkeys(name for slip in slips for name in slip.builds):
        concerned = [slip for slip in slips if name in slip.builds]
        worst = _worst(concerned)
        told = f"{name}: planned, and can be had from {order.builds[name]} on; the design counts on "
        told += f"{worst.promised.isoformat()}{_what_is_left(worst)}"
        items = tuple(dict.fromkeys(slip.item for slip in concerned))
        yield _alert(f"{BUILD}/{name}", BUILD, worst.severity, now, told, items)


def _who(slip: Slip) -> str:
    return ", ".join(slip.builds) if slip.task.kind == "implement" and slip.builds else slip.task.system


def _worst(slips: Iterable[Slip]) -> Slip:
    return min(slips, key=lambda slip: (inf if slip.float_days is None else slip.float_days, slip.item))


def _gone(name: str, items: tuple[str, ...], now: datetime) -> Jeopardy:
    told = f"{name}: planned, and the inventory does not show it any more; the design counts on it, and nobody says "
    return _alert(f"{BUILD}/{name}", BUILD, "Critical", now, f"{told}when it can be had", items)


def _now(slip: Slip) -> str:
    days = in_working_days(slip.slip_days)
    if slip.task.state == "done":
        return f"delivered on {slip.now.isoformat()}, {days} later"
    if slip.late and slip.task.expected != slip.now and not slip.builds:
        return f"not delivered by {slip.now.isoformat()}, {days} later"
    return f"now expected on {slip.now.isoformat()}, {days} later"


def _what_is_left(slip: Slip) -> str:
    ready = f"; item {slip.item} would be ready on {slip.ready.isoformat()}"
    if slip.needed is None:
        return f"{ready}, and nobody said by when it is needed"
    return f"{ready} and is needed by {slip.needed.isoformat()}: float {in_working_days(slip.float_days or 0)}"


def _is_held(task: Task) -> bool:
    is_stopped = (task.remote_state or "").strip().casefold() == HELD_STATE
    return step_of(task) in ("procure", "provide") and task.state == "sent" and is_stopped


def _held(task: Task, now: datetime) -> Jeopardy:
    text = f"{task.system}: holds the order {task.remote_id or task.key}" + (f", {task.note}" if task.note else "")
    return _alert(f"{AT_RISK}/{task.key}{HELD}", AT_RISK, "Normal", now, text, task.items)


def _proposed(order: Order, now: datetime) -> Iterator[Jeopardy]:
    for leaf in leaves(order.items):
        proposed = leaf.replacement
        if proposed is not None and proposed.money and leaf.state not in FINAL:
            yield _alert(f"{PROPOSED}/{leaf.id}", AT_RISK, "Critical", now, proposed.money, (leaf.id,))


def _alert(alert_id: str, name: str, severity: Severity, now: datetime, text: str, items: tuple[str, ...]) -> Jeopardy:
    return Jeopardy(id=alert_id, name=name, severity=severity, at=now, message=f"{text}.", items=items)
