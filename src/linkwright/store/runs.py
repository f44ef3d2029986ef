"""Due rows: which piece of work has to be looked at, and when. They carry the guarantee that nothing is forgotten."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, or_, select, update

from linkwright.engine.ports import DueRow
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.work import run
from linkwright.store.times import moment, stamp, stamp_or_none
from linkwright.store.work import Work

_THIS = (run.c.kind == bindparam("of_kind")) & (run.c.key == bindparam("of_key"))

_WAKE = upsert(
    run,
    ("kind", "key"),
    lambda new: {
        "due_at": case((or_(run.c.due_at.is_(None), run.c.due_at > new.due_at), new.due_at), else_=run.c.due_at),
        "revision": run.c.revision + 1,
        "attempts": 0,
    },
)
_ATTEMPTS = statement(select(run.c.revision, run.c.attempts).where(_THIS))
_SETTLE = statement(
    update(run)
    .where(_THIS, run.c.revision == bindparam("seen"))
    .values(
        due_at=bindparam("again_at"),
        settled_at=bindparam("now"),
        settled=run.c.revision,
        attempts=case((bindparam("failed") == 1, run.c.attempts + 1), else_=0),
    )
)
_RECALL = statement(
    update(run)
    .where(run.c.due_at > bindparam("now"), run.c.settled_at > bindparam("now"))
    .values(due_at=bindparam("now"))
)
_DUE = statement(
    select(run.c.kind, run.c.key, run.c.due_at)
    .where(run.c.due_at <= bindparam("now"))
    .order_by(run.c.due_at)
    .limit(bindparam("most"))
)


def wake(work: Work, kind: str, key: str, at: datetime) -> None:
    row = {"kind": kind, "key": key, "due_at": stamp(at), "revision": 1, "settled": 0, "attempts": 0}
    _WAKE.run(work.connection, row | {"settled_at": None})
    work.wakes.append((kind, key, at))


def attempts(connection: Connection, kind: str, key: str) -> tuple[int, int]:
    """(revision, failed attempts); (0, 0) for work that nobody ever woke."""
    row = _ATTEMPTS.one(connection, {"of_kind": kind, "of_key": key})
    return (row.revision, row.attempts) if row is not None else (0, 0)


def settle(work: Work, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool) -> None:
    """A run that did not fail sets the count of failures back: only failures in a row count."""
    _SETTLE.run(
        work.connection,
        {
            "of_kind": kind,
            "of_key": key,
            "seen": revision,
            "again_at": stamp_or_none(again_at),
            "now": stamp(work.now()),
            "failed": int(failed),
        },
    )


def recall(connection: Connection, now: datetime) -> None:
    """What was put off by a clock that was ahead of this one is due now."""
    _RECALL.run(connection, {"now": stamp(now)})


def due(connection: Connection, now: datetime, limit: int) -> Sequence[DueRow]:
    rows = _DUE.rows(connection, {"now": stamp(now), "most": limit})
    return [DueRow(kind=row.kind, key=row.key, due_at=moment(row.due_at)) for row in rows]
