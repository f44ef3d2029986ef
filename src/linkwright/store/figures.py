"""How much waits, and for how long: numbers for a monitor, each from an index alone."""

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection, Integer, Select, bindparam, func, literal_column, select

from linkwright.api.ports import Due, Figures, Kind, Queue
from linkwright.orders.states import FINAL, ORDER
from linkwright.store import tallies
from linkwright.store.database import Database
from linkwright.store.holds import hold_counts
from linkwright.store.prepared import statement
from linkwright.store.tables.notices import event, outbox, subscription
from linkwright.store.tables.resources import document
from linkwright.store.tables.work import run
from linkwright.store.times import moment, moment_or_none, stamp

MOST_LISTENERS = 50
MOST_COUNTED = 10_000
"""A queue is counted up to here; how old it is says more."""
OPEN = sorted(set(ORDER) - FINAL)

_due = (
    select(run.c.kind, run.c.due_at)
    .where(run.c.due_at <= bindparam("now"))
    .order_by(run.c.due_at)
    .limit(literal_column(str(MOST_COUNTED)))
    .subquery()
)
_DUE = statement(
    select(_due.c.kind, func.count().label("many"), func.min(_due.c.due_at).label("oldest")).group_by(_due.c.kind)
)
_FIRST = (
    select(func.min(outbox.c.seq))
    .where(outbox.c.subscription_id == subscription.c.id, outbox.c.state == "waiting")
    .correlate(subscription)
    .scalar_subquery()
)
_OLDEST = (
    select(event.c.at)
    .select_from(outbox.join(event, event.c.event_id == outbox.c.event_id))
    .where(outbox.c.seq == _FIRST)
    .correlate(subscription)
    .scalar_subquery()
)


def _counted(state: str) -> Any:
    few: Select[Any] = (
        select(literal_column("1").label("one"))
        .where(outbox.c.subscription_id == subscription.c.id, outbox.c.state == state)
        .limit(literal_column(str(MOST_COUNTED)))
        .correlate(subscription)
    )
    return select(func.count()).select_from(few.subquery()).scalar_subquery()


_LISTENERS = statement(
    select(
        subscription.c.id,
        subscription.c.state,
        _counted("waiting").label("waiting"),
        _counted("dead").label("dead"),
        _OLDEST.label("oldest"),
    )
    .order_by(subscription.c.id)
    .limit(bindparam("most", type_=Integer))
)
_SUSPENDED = statement(select(func.count()).select_from(subscription).where(subscription.c.state == "suspended"))
_ORDERS = statement(
    select(func.count())
    .select_from(document)
    .where(
        document.c.kind == "serviceOrder",
        document.c.hidden == bindparam("of_hidden"),
        document.c.state == bindparam("of"),
    )
)


def figures(database: Database, now: datetime) -> Figures:
    """As of now; of listeners the first `MOST_LISTENERS`."""
    return database.read(lambda connection: _figures(connection, stamp(now)))


def _figures(connection: Connection, now: str) -> Figures:
    kinds: tuple[Kind, ...] = get_args(Kind)
    return Figures(
        due=[
            Due(kind=row.kind, many=row.many, oldest_at=moment(row.oldest))
            for row in _DUE.rows(connection, {"now": now})
        ],
        queues=[
            Queue(
                subscription_id=row.id,
                suspended=row.state == "suspended",
                waiting=row.waiting,
                dead=row.dead,
                oldest_at=moment_or_none(row.oldest),
            )
            for row in _LISTENERS.rows(connection, {"most": MOST_LISTENERS})
        ],
        suspended=_SUSPENDED.value(connection, {}) or 0,
        holds={(purpose, state): number for (purpose, state), number in hold_counts(connection).items()},
        orders={state: _ORDERS.value(connection, {"of": state, "of_hidden": False}) or 0 for state in OPEN},
        resources={kind: tallies.visible(connection, kind) for kind in kinds},
    )
