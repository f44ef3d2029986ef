"""The outward tasks of orders, one row each; found by order and by the id that the other system gave."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, case, delete, func, or_, select

from linkwright.orders.errands import Task
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.work import task
from linkwright.store.times import moment_or_none, stamp_or_none

_FIXED = ("key", "order_id", "position")

_PUT = upsert(task, ("key",), lambda new: {c.name: new[c.name] for c in task.c if c.name not in _FIXED})
_OF_ORDER = statement(select(task).where(task.c.order_id == bindparam("order")).order_by(task.c.position))
_OF_SYSTEM = statement(
    select(task)
    .where(task.c.system == bindparam("of_system"), task.c.remote_id == bindparam("remote"))
    .order_by(case((or_(task.c.state == "sent", task.c.state == "undoing"), 0), else_=1))  # the one at work
)
_OF_KEY = statement(select(task).where(task.c.key == bindparam("of_key")))
_NEXT_POSITION = statement(
    select(func.coalesce(func.max(task.c.position), -1) + 1).where(task.c.order_id == bindparam("order"))
)
_FORGET = statement(delete(task).where(task.c.order_id == bindparam("order")))


class TaskRows:
    """The tasks within one transaction. It counts the positions of new tasks itself after asking once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next: dict[str, int] = {}

    def of_order(self, order_id: str) -> tuple[Task, ...]:
        return read_tasks(_OF_ORDER.rows(self._connection, {"order": order_id}))

    def of_system(self, system: str, remote_id: str) -> Task | None:
        found = read_tasks(_OF_SYSTEM.rows(self._connection, {"of_system": system, "remote": remote_id}))
        return found[0] if found else None

    def of_key(self, key: str) -> Task | None:
        found = read_tasks(_OF_KEY.rows(self._connection, {"of_key": key}))
        return found[0] if found else None

    def put(self, changed: Task) -> None:
        """Insert behind the tasks that the order has, or overwrite in place."""
        _PUT.run(self._connection, _row(changed) | {"position": self._position(changed.order_id)})

    def forget(self, order_id: str) -> None:
        _FORGET.run(self._connection, {"order": order_id})
        self._next.pop(order_id, None)

    def _position(self, order_id: str) -> int:
        """A number behind all that were planned; an overwritten task keeps its own, so gaps are harmless."""
        position = self._next.get(order_id)
        if position is None:
            position = _NEXT_POSITION.value(self._connection, {"order": order_id}) or 0
        self._next[order_id] = position + 1
        return position


def _row(value: Task) -> dict[str, Any]:
    return {
        "key": value.key,
        "order_id": value.order_id,
        "kind": value.kind,
        "system": value.system,
        "items": _text(value.items),
        "state": value.state,
        "after": _text(value.after),
        "access": value.access,
        "remote_id": value.remote_id,
        "remote_href": value.remote_href,
        "remote_state": value.remote_state,
        "note": value.note,
        "attempts": value.attempts,
        "expires_at": stamp_or_none(value.expires_at),
        "expected": value.expected.isoformat() if value.expected else None,
        "look_at": stamp_or_none(value.look_at),
        "not_before": stamp_or_none(value.not_before),
        "parameters": _text(dict(value.parameters)),
        "stage": value.stage,
        "parts": _text_or_none(value.parts),
        "delivered": _text_or_none(value.delivered),
        "failures": _text_or_none(dict(value.failures)),
        "reported": _text_or_none(dict(value.reported)),
        "renewals": value.renewals,
        "action": None if value.action == "add" else value.action,
    }


def read_tasks(rows: Iterable[Any]) -> tuple[Task, ...]:
    """The tasks of whole rows."""
    return tuple(
        Task(
            key=row.key,
            order_id=row.order_id,
            kind=row.kind,
            system=row.system,
            items=tuple(orjson.loads(row.items)),
            state=row.state,
            after=tuple(orjson.loads(row.after)),
            access=row.access,
            remote_id=row.remote_id,
            remote_href=row.remote_href,
            remote_state=row.remote_state,
            note=row.note,
            attempts=row.attempts,
            expires_at=moment_or_none(row.expires_at),
            expected=date.fromisoformat(row.expected) if row.expected else None,
            look_at=moment_or_none(row.look_at),
            not_before=moment_or_none(row.not_before),
            parameters=orjson.loads(row.parameters),
            stage=row.stage,
            parts=tuple(orjson.loads(row.parts or "[]")),
            delivered=tuple(orjson.loads(row.delivered or "[]")),
            failures=orjson.loads(row.failures or "{}"),
            reported=orjson.loads(row.reported or "{}"),
            renewals=row.renewals,
            action=row.action or "add",
        )
        for row in rows
    )


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _text_or_none(value: Any) -> str | None:
    """What most tasks do not have takes no room."""
    return _text(value) if value else None
