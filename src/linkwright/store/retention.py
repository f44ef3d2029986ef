"""What is removed once it is old: never what is open, what is held, or who did what.

Every method removes at most a batch, in a transaction of its own, and says whether there may be more. Safe to repeat
and to be run by several processes at once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, delete, null, or_, select, update

from linkwright.api.ports import Kind
from linkwright.moves import TASK
from linkwright.orders.states import FINAL
from linkwright.store.database import Database
from linkwright.store.old_inputs import OldInputs
from linkwright.store.old_questions import OldQuestions
from linkwright.store.prepared import statement
from linkwright.store.tables.notices import event, outbox
from linkwright.store.tables.resources import document
from linkwright.store.tables.trail import exchange
from linkwright.store.tables.work import run
from linkwright.store.times import stamp

BATCH = 500
RESOURCE_OF_RUN: Mapping[str, Kind] = {
    "order": "serviceOrder",
    "check": "checkServiceQualification",
    "query": "queryServiceQualification",
}
_ENDED = sorted(FINAL | {state for state, following in TASK.items() if not following})
_MOST = bindparam("most", type_=Integer)

_open_resource = (
    select(document.c.id)
    .where(
        document.c.kind == bindparam("of_resource"),
        document.c.id == run.c.key,
        or_(document.c.hidden == bindparam("of_hidden"), and_(*(document.c.state != state for state in _ENDED))),
    )
    .exists()
)
_RUNS = statement(
    select(run.c.kind, run.c.key)
    .where(
        run.c.due_at.is_(None),
        run.c.settled_at < bindparam("before"),
        run.c.kind == bindparam("of_kind"),
        run.c.revision == run.c.settled,
        ~_open_resource,
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
    .where(outbox.c.state == "dead", event.c.at < bindparam("before"))
    .limit(_MOST)
)
_DROP_DEAD = statement(delete(outbox).where(outbox.c.seq == bindparam("of_seq"), outbox.c.state == "dead"))
_EXCHANGES = statement(
    select(exchange.c.seq, exchange.c.at, exchange.c.method)
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
        self._at: dict[str, int] = {}

    def runs(self, before: datetime) -> bool:
        """Due rows that are settled, of resources that are final or gone: a new stimulus makes a new row."""
        return any(self._runs(kind, resource, before) for kind, resource in RESOURCE_OF_RUN.items())

    def events(self, before: datetime) -> bool:
        """Events that wait for nobody."""
        return self._walked("events", _EVENTS, before, _without_events)

    def dead(self, before: datetime) -> bool:
        """Notifications that were given up."""

        def change(connection: Connection) -> bool:
            rows = _DEAD.rows(connection, {"before": stamp(before), "most": BATCH})
            _DROP_DEAD.run_many(connection, [{"of_seq": row.seq} for row in rows])
            return len(rows) == BATCH

        return self._database.write(change)

    def exchange_bodies(self, before: datetime) -> bool:
        """What was said; that something was said, to whom, when and what came of it stays."""
        return self._walked("bodies", _EXCHANGES, before, _without_bodies)

    def reads(self, before: datetime) -> bool:
        """Exchanges that only read."""
        return self._walked("reads", _EXCHANGES, before, _without_reads)

    def questions(self, before: datetime) -> bool:
        """Checks and queries that are answered, unless an open order refers to them, with designs nobody ordered."""
        return self._questions.remove(before)

    def inputs(self, before: datetime) -> bool:
        """What was computed from once, and no stored design names any more."""
        return self._inputs.remove(before)

    def _runs(self, kind: str, resource: Kind, before: datetime) -> bool:
        values = {
            "of_kind": kind,
            "of_resource": resource,
            "of_hidden": True,
            "before": stamp(before),
            "most": BATCH,
        }

        def change(connection: Connection) -> bool:
            rows = _RUNS.rows(connection, values)
            _DROP_RUN.run_many(connection, [{"of_kind": row.kind, "of_key": row.key} for row in rows])
            return len(rows) == BATCH

        return self._database.write(change)

    def _walked(
        self, name: str, rows_after: Any, before: datetime, remove: Callable[[Connection, Sequence[Any]], None]
    ) -> bool:
        """The next batch in the order in which it was written; the first row that is young ends the walk."""
        values = {"after": self._at.get(name, 0), "most": BATCH}
        rows = self._database.read(lambda connection: rows_after.rows(connection, values))
        old = [row for row in rows if row.at < stamp(before)]
        if old:
            self._database.write(lambda connection: remove(connection, old))
            self._at[name] = old[-1].seq
        if len(old) == BATCH:
            return True
        if name == "events":  # what waited for a listener then may wait no more
            self._at.pop(name, None)
        return False


def _without_events(connection: Connection, rows: Sequence[Any]) -> None:
    _DROP_EVENT.run_many(connection, [{"of_seq": row.seq} for row in rows if not row.waits])


def _without_bodies(connection: Connection, rows: Sequence[Any]) -> None:
    _EMPTY.run_many(connection, [{"of_seq": row.seq} for row in rows])


def _without_reads(connection: Connection, rows: Sequence[Any]) -> None:
    _DROP_EXCHANGE.run_many(connection, [{"of_seq": row.seq} for row in rows if row.method == "GET"])
