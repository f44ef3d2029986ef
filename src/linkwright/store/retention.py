"""What is removed once it is old: never what is open, what is held, or who did what.

Every method removes at most a batch, in a transaction of its own, and says whether there may be more. Safe to repeat
and to be run by several processes at once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, case, delete, null, or_, select, true, update

from linkwright.api.ports import Kind
from linkwright.moves import TASK
from linkwright.orders.states import FINAL
from linkwright.store.database import Database
from linkwright.store.old_inputs import OldInputs
from linkwright.store.old_questions import OldQuestions
from linkwright.store.prepared import Prepared, statement
from linkwright.store.tables.notices import DEAD, event, outbox
from linkwright.store.tables.resources import document
from linkwright.store.tables.trail import exchange
from linkwright.store.tables.work import run
from linkwright.store.times import stamp

BATCH = 500
RESOURCE_OF_RUN: Mapping[str, Kind | None] = {
    "order": "serviceOrder",
    "check": "checkServiceQualification",
    "query": "queryServiceQualification",
    "hold": None,
}
"""Kinds of runs that are over some day; None: once it is settled."""
MENDING = frozenset({"runs", "events"})
"""What could not go, since somebody needed it, may go the next time."""
_ENDED = sorted(FINAL | {state for state, following in TASK.items() if not following})
_MOST = bindparam("most", type_=Integer)

_open_resource = (
    select(document.c.id)
    .where(
        document.c.kind == case({kind: of for kind, of in RESOURCE_OF_RUN.items() if of}, value=run.c.kind),
        document.c.id == run.c.key,
        or_(document.c.hidden == true(), and_(*(document.c.state != state for state in _ENDED))),
    )
    .exists()
)
_RUNS = statement(
    select(
        run.c.settled_at.label("seq"),
        run.c.settled_at.label("at"),
        run.c.kind,
        run.c.key,
        _open_resource.label("is_open"),
    )
    .where(
        run.c.due_at.is_(None),
        run.c.settled_at > bindparam("after"),
        run.c.revision == run.c.settled,
    )
    .order_by(run.c.settled_at)
    .limit(_MOST)
)
_DROP_RUN = statement(
    delete(run).where(
        run.c.kind == bindparam("of_kind"),
        run.c.key == bindparam("of_key"),
        run.c.due_at.is_(None),
        run.c.revision == run.c.settled,
    )
)
_waiting = select(outbox.c.seq).where(outbox.c.event_id == event.c.event_id).exists()
_EVENTS = statement(
    select(event.c.seq, event.c.at, _waiting.label("waits"))
    .where(event.c.seq > bindparam("after"))
    .order_by(event.c.seq)
    .limit(_MOST)
)
_DROP_EVENT = statement(delete(event).where(event.c.seq == bindparam("of_seq"), ~_waiting))
_DEAD = statement(
    select(outbox.c.seq)
    .select_from(outbox.join(event, event.c.event_id == outbox.c.event_id))
    .where(DEAD, event.c.at < bindparam("before"))
    .limit(_MOST)
)
_DROP_DEAD = statement(delete(outbox).where(outbox.c.seq == bindparam("of_seq"), outbox.c.state == "dead"))
_has_bodies = or_(exchange.c.request.is_not(None), exchange.c.answer.is_not(None))
_EXCHANGES = statement(
    select(exchange.c.seq, exchange.c.at, exchange.c.method, _has_bodies.label("has_bodies"))
    .where(exchange.c.seq > bindparam("after"))
    .order_by(exchange.c.seq)
    .limit(_MOST)
)
_EMPTY = statement(update(exchange).where(exchange.c.seq == bindparam("of_seq")).values(request=null(), answer=null()))
_DROP_EXCHANGE = statement(delete(exchange).where(exchange.c.seq == bindparam("of_seq")))


class SqlRetention:
    """Where it stands in the tables that are walked in order is memory: after a restart it begins anew."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._questions = OldQuestions(database, now=now)
        self._inputs = OldInputs(database, now=now)
        self._at: dict[str, Any] = {}

    def runs(self, before: datetime) -> bool:
        """Due rows that are settled, of resources that are final or gone: a new stimulus makes a new row."""
        return self._walked("runs", _RUNS, before, _is_over, _DROP_RUN, first="")

    def events(self, before: datetime) -> bool:
        """Events that wait for nobody."""
        return self._walked("events", _EVENTS, before, lambda row: not row.waits, _DROP_EVENT)

    def dead(self, before: datetime) -> bool:
        """Notifications that were given up."""

        def change(connection: Connection) -> bool:
            rows = _DEAD.rows(connection, {"before": stamp(before), "most": BATCH})
            _DROP_DEAD.run_many(connection, [{"of_seq": row.seq} for row in rows])
            return len(rows) == BATCH

        return self._database.write(change)

    def exchange_bodies(self, before: datetime) -> bool:
        """What was said; that something was said, to whom, when and what came of it stays."""
        return self._walked("bodies", _EXCHANGES, before, lambda row: row.has_bodies, _EMPTY)

    def reads(self, before: datetime) -> bool:
        """Exchanges that only read."""
        return self._walked("reads", _EXCHANGES, before, lambda row: row.method == "GET", _DROP_EXCHANGE)

    def questions(self, before: datetime) -> bool:
        """Checks and queries that are answered, unless an open order refers to them, with designs nobody ordered."""
        return self._questions.remove(before)

    def inputs(self, before: datetime) -> bool:
        """What was computed from once, and no stored design names any more."""
        return self._inputs.remove(before)

    def _walked(
        self,
        name: str,
        rows_after: Prepared,
        before: datetime,
        is_over: Callable[[Any], bool],
        drop: Prepared,
        *,
        first: int | str = 0,
    ) -> bool:
        """The next batch in the order in which it was written; the first row that is young ends the walk."""
        values = {"after": self._at.get(name, first), "most": BATCH}
        rows = self._database.read(lambda connection: rows_after.rows(connection, values))
        old = [row for row in rows if row.at < stamp(before)]
        if gone := [_named(row) for row in old if is_over(row)]:
            self._database.write(lambda connection: drop.run_many(connection, gone))
        if old:
            self._at[name] = old[-1].seq
        if len(old) == BATCH:
            return True
        if name in MENDING:
            self._at.pop(name, None)
        return False


def _is_over(row: Any) -> bool:
    return row.kind in RESOURCE_OF_RUN and not row.is_open


def _named(row: Any) -> dict[str, Any]:
    """The row, as the statements that drop one name it."""
    if hasattr(row, "key"):
        return {"of_kind": row.kind, "of_key": row.key}
    return {"of_seq": row.seq}
