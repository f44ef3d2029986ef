"""What we know of other systems: our subscriptions at their hubs, and the events of theirs that concerned us."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from linkwright.orders.errands import Heard, Task
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.notices import peer_event, peer_hub
from linkwright.store.times import moment_or_none, stamp

_HUB = statement(select(peer_hub.c.subscription_id).where(peer_hub.c.system == bindparam("of_system")))
_PUT_HUB = upsert(peer_hub, ("system",), lambda new: {"subscription_id": new.subscription_id})

_HEAR = upsert(peer_event, ("system", "event_id"), lambda _: {})
_OF_ORDER = peer_event.c.order_id == bindparam("order")
_LAST = statement(select(func.max(peer_event.c.at)).where(_OF_ORDER))
_HEARD = statement(
    select(peer_event.c.system, peer_event.c.event_id, peer_event.c.task_key)
    .where(_OF_ORDER, peer_event.c.followed == 0)
    .order_by(peer_event.c.at, peer_event.c.event_id)
)
_FOLLOW = statement(
    update(peer_event)
    .where(peer_event.c.system == bindparam("of_system"), peer_event.c.event_id == bindparam("event"))
    .values(followed=1)
)
_FORGET = statement(delete(peer_event).where(peer_event.c.at < bindparam("before")))


def hub_of(connection: Connection, system: str) -> str | None:
    found: str | None = _HUB.value(connection, {"of_system": system})
    return found


def put_hub(connection: Connection, system: str, subscription_id: str) -> None:
    _PUT_HUB.run(connection, {"system": system, "subscription_id": subscription_id})


def hear(connection: Connection, system: str, event_id: str, task: Task, at: datetime) -> bool:
    """False where this event was heard before."""
    row = {"system": system, "event_id": event_id, "order_id": task.order_id, "task_key": task.key, "at": stamp(at)}
    return _HEAR.run(connection, row | {"followed": 0}) == 1


def last_heard(connection: Connection, order_id: str) -> datetime | None:
    return moment_or_none(_LAST.value(connection, {"order": order_id}))


def heard(connection: Connection, order_id: str) -> tuple[Heard, ...]:
    rows = _HEARD.rows(connection, {"order": order_id})
    return tuple(Heard(system=row.system, event_id=row.event_id, task_key=row.task_key) for row in rows)


def follow(connection: Connection, followed: Iterable[Heard]) -> None:
    _FOLLOW.run_many(connection, ({"of_system": one.system, "event": one.event_id} for one in followed))


def forget_heard(connection: Connection, before: datetime) -> None:
    _FORGET.run(connection, {"before": stamp(before)})
