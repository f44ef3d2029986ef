"""What an order holds: taken over from the check that it commits, looked after while it is needed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.designs.answers import SiteSolution
from linkwright.errors import OutboundError, Refused
from linkwright.holds.keep import give_back
from linkwright.holds.model import Hold
from linkwright.orders.carry import Carrier
from linkwright.orders.errands import Seen, Task
from linkwright.orders.keeping import renewed
from linkwright.orders.model import Jeopardy, Order, Severity
from linkwright.orders.ports import OrderTx
from linkwright.orders.progress import with_jeopardy
from linkwright.orders.work import Work


def taken_over(
    tx: OrderTx, order: Order, tasks: Sequence[Task], solutions: Mapping[str, SiteSolution], now: datetime
) -> tuple[Task, ...]:
    """The tasks of an order that begins, with the holds that its check has of the same designs.

    So there is no moment in which nobody holds them. What the check holds beside, for the same items, is given back.
    """
    held = _held_for(tx, order, solutions.values())
    mine = {hold.design_id: hold for hold in held if _is_usable(hold, now)}
    begun, taken = list[Task](), set[str]()
    for task in tasks:
        hold = mine.get(solutions[task.items[0]].design_id) if task.kind == "reserve" else None
        if hold is not None and tx.move_hold(replace(hold, state="taken", order_id=order.id), hold.state):
            taken.add(hold.key)
            task = _placed(task, hold, now)
        begun.append(task)
    for hold in held:
        if hold.key not in taken:
            give_back(tx, hold, now, f"order {order.id} commits another design")
    return tuple(begun)


def kept(carrier: Carrier, work: Work, task: Task) -> Work:
    """Ask the pool about a hold: make it last longer, say that it ends, or hold it again where it is lost."""
    try:
        seen: Seen = carrier.retried(
            f"look {task.placed_as}", lambda: carrier.errands[task.kind].look(work.errand(task))
        )
    except OutboundError as error:
        return _later(carrier, work, task, error)
    if seen.state in ("failed", "unknown"):
        return _lost(carrier, work, task, seen.text or "the pool does not have it any more")
    task = replace(task, expires_at=seen.expires_at or task.expires_at, remote_state=seen.remote_state)
    return _extended(carrier, work, task)


def _held_for(tx: OrderTx, order: Order, solutions: Iterable[SiteSolution]) -> list[Hold]:
    """All that the same requester's checks hold for the items that are committed here."""
    designs = {name for one in solutions for name in (one.design_id, one.replaces) if name is not None}
    found = [hold for hold in tx.holds_of_designs(designs) if hold.requester == order.requester]
    items = {(hold.check_id, hold.item_id) for hold in found}
    checks = {check for check, _ in items}
    return [hold for check in sorted(checks) for hold in tx.holds_of(check) if (check, hold.item_id) in items]


def _is_usable(hold: Hold, now: datetime) -> bool:
    return hold.state == "held" and hold.remote_id is not None and hold.expires_at > now


def _placed(task: Task, hold: Hold, now: datetime) -> Task:
    return replace(
        task,
        state="sent",
        remote_id=hold.remote_id,
        remote_href=hold.remote_href,
        expires_at=hold.expires_at,
        look_at=now,
        note=f"taken over from check {hold.check_id}",
    )


def _extended(carrier: Carrier, work: Work, task: Task) -> Work:
    now, keeping, end = carrier.now(), carrier.keeping, task.expires_at
    if end is None:
        return carrier.store(work, replace(task, attempts=0, look_at=None))
    if end - now > keeping.extended:
        return carrier.store(work, replace(task, attempts=0, look_at=end - keeping.extended))
    try:
        later = carrier.retried(
            f"extend {task.placed_as}", lambda: keeping.extend(work.errand(task), now + keeping.hold)
        )
    except Refused as error:
        return _ending(carrier, work, task, end, error)
    except OutboundError as error:
        return _later(carrier, work, task, error)
    if later is not None and later <= end:
        return _ending(carrier, work, task, end, Refused(task.system, "it gives no more time"))
    look = None if later is None else keeping.after_extension(later, now)
    return carrier.store(work, replace(task, expires_at=later, attempts=0, note="", look_at=look))


def _ending(carrier: Carrier, work: Work, task: Task, end: datetime, error: OutboundError) -> Work:
    """It cannot be made to last longer: its requester hears how long it still does."""
    look = carrier.keeping.while_it_ends(end, carrier.now())
    if look is None:  # over by our clock, not yet by the pool's
        return _later(carrier, work, task, error)
    told = _told(carrier, work.order, task, end, error)
    waiting = replace(task, attempts=0, note=str(error), look_at=look)
    return carrier.store(replace(work, order=told), waiting, before=work.order)


def _later(carrier: Carrier, work: Work, task: Task, error: OutboundError) -> Work:
    """Nobody answers: it is asked again with growing pauses, and said once its time is near."""
    again = carrier.now() + carrier.pauses.after(task.attempts)
    waiting = replace(task, attempts=task.attempts + 1, note=str(error), look_at=again)
    told, end = work.order, task.expires_at
    if end is not None and end - carrier.now() <= carrier.keeping.extended:
        told = _told(carrier, told, task, end, error)
    return carrier.store(replace(work, order=told), waiting, before=work.order)


def _lost(carrier: Carrier, work: Work, task: Task, why: str) -> Work:
    """Nobody holds it for us any more: it is held again at once, and its items fail if it cannot be.

    What holds a design that is not in force any more is given back so.
    """
    if task.key in work.order.superseded:
        return carrier.store(work, replace(task, state="undone", look_at=None, note=why))
    text = f"{task.system}: the hold is lost ({why}); it is held again."
    told = with_jeopardy(work.order, _jeopardy(carrier, "CAPACITY_LOST", task, "Hazard", text))
    again = replace(renewed(task, why), look_at=carrier.now())
    return carrier.store(replace(work, order=told), again, before=work.order)


def _told(carrier: Carrier, order: Order, task: Task, end: datetime, error: OutboundError) -> Order:
    severity = carrier.keeping.severity(end - carrier.now())
    text = f"{task.system}: the hold ends on {end.isoformat(timespec='seconds')} and is not extended: {error.detail}"
    return with_jeopardy(order, _jeopardy(carrier, "HOLD_EXPIRING", task, severity, text))


def _jeopardy(carrier: Carrier, name: str, task: Task, severity: Severity, text: str) -> Jeopardy:
    return Jeopardy(
        id=f"{name}/{task.key}",
        name=name,
        severity=severity,
        at=carrier.now(),
        message=text,
        items=task.items,
    )
