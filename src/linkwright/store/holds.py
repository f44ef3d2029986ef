"""The ledger of holds: rows of their own for checks, the `reserve` tasks of orders, and one view over both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, func, literal, or_, select, text, update

from linkwright.api.ports import Kind
from linkwright.errors import NotFound
from linkwright.holds import keep
from linkwright.holds.model import Entry, Found, Hold, Purpose, State
from linkwright.orders.errands import TaskState
from linkwright.orders.place import RUN as ORDER
from linkwright.store import runs
from linkwright.store.database import Database
from linkwright.store.prepared import statement, upsert
from linkwright.store.resources import status
from linkwright.store.tables.resources import document
from linkwright.store.tables.work import hold, task
from linkwright.store.tasks import read_tasks
from linkwright.store.times import moment, moment_or_none, stamp, stamp_or_none
from linkwright.store.work import Work

CHECK: Kind = "checkServiceQualification"
STATE_OF_TASK: Mapping[TaskState, State] = {"sent": "asked", "done": "held", "undoing": "releasing"}
PAGE = 500
# written out, so that the indexes of just these rows serve them
HELD_BY_ORDER = text("lw_task.kind = 'reserve' AND lw_task.state IN ('sent', 'done', 'undoing')")
HELD_BY_CHECK = text("lw_hold.state IN ('asked', 'held', 'releasing')")

_THIS = hold.c.key == bindparam("of_key")
_GET = statement(select(hold).where(_THIS))
_OF_CHECK = statement(select(hold).where(hold.c.check_id == bindparam("check")).order_by(hold.c.key))
_ADD = upsert(hold, ("key",), lambda _: {})
_MOVE = statement(
    update(hold)
    .where(_THIS, hold.c.state == bindparam("before"))
    .values({c.name: bindparam(f"new_{c.name}") for c in hold.c if c.name != "key"})
)
_DROP = statement(delete(hold).where(_THIS))
_LOOK_SOON = statement(
    update(task)
    .where(task.c.key == bindparam("of_key"), task.c.kind == "reserve", task.c.state == "done")
    .values(look_at=bindparam("look"))
)
_OF_ORDERS = select(
    literal("order").label("owner_kind"),
    task.c.order_id.label("owner_id"),
    task.c["items"].label("items"),
    literal("commitment").label("purpose"),
    func.coalesce(document.c.requester, "").label("requester"),
    task.c.state.label("state"),
    task.c.key.label("key"),
    task.c.system.label("system"),
    task.c.remote_id.label("remote_id"),
    task.c.expires_at.label("expires_at"),
    task.c.note.label("note"),
).select_from(task.outerjoin(document, (document.c.kind == "serviceOrder") & (document.c.id == task.c.order_id)))
_OF_CHECKS = select(
    literal("check").label("owner_kind"),
    hold.c.check_id.label("owner_id"),
    hold.c.item_id.label("items"),
    hold.c.policy.label("purpose"),
    hold.c.requester.label("requester"),
    hold.c.state.label("state"),
    hold.c.key.label("key"),
    literal("pool").label("system"),
    hold.c.remote_id.label("remote_id"),
    hold.c.expires_at.label("expires_at"),
    hold.c.note.label("note"),
)


def _page(of: Any, key: Any, is_open: Any) -> Any:
    return of.where(is_open, key > bindparam("after")).order_by(key).limit(bindparam("most"))


_COMMITTED = statement(
    select(task.c.state.label("state"), func.count().label("number")).where(HELD_BY_ORDER).group_by(task.c.state)
)
_CHECKED = statement(
    select(hold.c.policy.label("purpose"), hold.c.state.label("state"), func.count().label("number"))
    .where(HELD_BY_CHECK)
    .group_by(hold.c.policy, hold.c.state)
)
_ORDERS_PAGE = statement(_page(_OF_ORDERS, task.c.key, HELD_BY_ORDER))
_CHECKS_PAGE = statement(_page(_OF_CHECKS, hold.c.key, HELD_BY_CHECK))


class SqlHolds:
    """`holds.ports.LedgerTx` in one open transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    def hold(self, key: str) -> Hold | None:
        row = _GET.one(self._connection, {"of_key": key})
        return None if row is None else _hold(row)

    def holds_of(self, check_id: str) -> tuple[Hold, ...]:
        return tuple(map(_hold, _OF_CHECK.rows(self._connection, {"check": check_id})))

    def holds_of_designs(self, design_ids: Collection[str]) -> tuple[Hold, ...]:
        found: list[Hold] = []
        for some in _chunks(sorted(design_ids)):
            rows = self._connection.execute(select(hold).where(hold.c.design_id.in_(some)).order_by(hold.c.key))
            found.extend(map(_hold, rows))
        return tuple(found)

    def add_hold(self, new: Hold) -> None:
        _ADD.run(self._connection, _row(new))

    def move_hold(self, after: Hold, before: State) -> bool:
        row = {f"new_{name}": value for name, value in _row(after).items() if name != "key"}
        return _MOVE.run(self._connection, {**row, "of_key": after.key, "before": before}) == 1

    def drop_hold(self, key: str) -> None:
        _DROP.run(self._connection, {"of_key": key})

    def look_soon(self, key: str, at: datetime) -> None:
        _LOOK_SOON.run(self._connection, {"of_key": key, "look": stamp(at)})

    def is_asking(self, check_id: str) -> bool:
        state, hidden = self._status(check_id)
        return state in ("accepted", "inProgress") and not hidden

    def is_stored(self, check_id: str) -> bool:
        state, hidden = self._status(check_id)
        return state is not None and not hidden

    def owned(self, found: Sequence[Found]) -> set[str]:
        owners: set[str] = set()
        for some in _chunks(list(found)):
            owners |= self._owned(some)
        return owners

    def open_entries(self, after: str, limit: int) -> Sequence[Entry]:
        return _entries(self._connection, after, limit)

    def look_again(self, entry: Entry, at: datetime) -> None:
        if entry.owner_kind == "check":
            self.wake(keep.RUN, entry.key, at)
            return
        self.look_soon(entry.key, at)
        self.wake(ORDER, entry.owner_id, at)

    def wake(self, kind: str, key: str, at: datetime) -> None:
        runs.wake(self._work, kind, key, at)

    def attempts(self, kind: str, key: str) -> tuple[int, int]:
        return runs.attempts(self._connection, kind, key)

    def settle(self, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool = False) -> None:
        runs.settle(self._work, kind, key, revision, again_at, failed)

    def _status(self, check_id: str) -> tuple[str | None, bool]:
        try:
            return status(self._connection, CHECK, check_id)
        except NotFound:
            return None, False

    def _owned(self, found: Sequence[Found]) -> set[str]:
        """By its id; by its key alone only where the line has no id yet, or else it is there a second time."""
        ids, keys = [one.remote_id for one in found], {one.key for one in found}
        base_keys = keys | {key.rpartition("~")[0] for key in keys}
        tasks = read_tasks(
            self._connection.execute(
                select(task).where(HELD_BY_ORDER, or_(task.c.remote_id.in_(ids), task.c.key.in_(base_keys)))
            )
        )
        holds = map(
            _hold,
            self._connection.execute(
                select(hold).where(HELD_BY_CHECK, or_(hold.c.remote_id.in_(ids), hold.c.key.in_(keys)))
            ),
        )
        lines = [(one.remote_id, one.placed_as) for one in tasks] + [(one.remote_id, one.key) for one in holds]
        by_id = {remote_id for remote_id, _ in lines if remote_id is not None}
        under_way = {key for remote_id, key in lines if remote_id is None}
        return {one.remote_id for one in found if one.remote_id in by_id or one.key in under_way}


class HoldLedger:
    """What is held now, for people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self) -> Iterable[Entry]:
        """Every open hold, in the order of the keys."""
        after = ""
        while page := self._database.read(lambda connection, after=after: _entries(connection, after, PAGE)):  # type: ignore[misc]
            yield from page
            after = page[-1].key


def hold_counts(connection: Connection) -> Mapping[tuple[Purpose, State], int]:
    """How many holds are open, by purpose and state."""
    orders: dict[tuple[Purpose, State], int] = {
        ("commitment", _state(row.state)): row.number for row in _COMMITTED.rows(connection, {})
    }
    return orders | {(row.purpose, _state(row.state)): row.number for row in _CHECKED.rows(connection, {})}


def _entries(connection: Connection, after: str, limit: int) -> list[Entry]:
    values = {"after": after, "most": limit}
    rows = [*_ORDERS_PAGE.rows(connection, values), *_CHECKS_PAGE.rows(connection, values)]
    return [_entry(row) for row in sorted(rows, key=lambda row: str(row.key))[:limit]]


def _entry(row: Any) -> Entry:
    return Entry(
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        items=tuple(orjson.loads(row.items)) if row.owner_kind == "order" else (row.items,),
        purpose=row.purpose,
        requester=row.requester,
        state=_state(row.state),
        key=row.key,
        system=row.system,
        remote_id=row.remote_id,
        expires_at=moment_or_none(row.expires_at),
        note=row.note,
    )


def _state(stored: Any) -> State:
    return STATE_OF_TASK.get(stored, stored)


def _hold(row: Any) -> Hold:
    return Hold(
        key=row.key,
        check_id=row.check_id,
        item_id=row.item_id,
        design_id=row.design_id,
        policy=row.policy,
        requester=row.requester,
        asked_at=moment(row.asked_at),
        expires_at=moment(row.expires_at),
        state=row.state,
        remote_id=row.remote_id,
        remote_href=row.remote_href,
        note=row.note,
        order_id=row.order_id,
    )


def _row(value: Hold) -> dict[str, Any]:
    return vars(value) | {"asked_at": stamp(value.asked_at), "expires_at": stamp_or_none(value.expires_at)}


def _chunks(whole: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (whole[start : start + PAGE] for start in range(0, len(whole), PAGE))
