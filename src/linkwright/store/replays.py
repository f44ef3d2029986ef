"""Listeners as their operator sees them, and deliveries that are made once more because he says so.

Both work beside a running server: its sweep finds what is due, whoever made it so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, bindparam, delete, func, null, select, text, update

from linkwright.store.database import Database
from linkwright.store.happenings import API_OF
from linkwright.store.outbox import put_in_queue
from linkwright.store.packed import unpacked
from linkwright.store.prepared import statement
from linkwright.store.tables.notices import event, outbox, subscription
from linkwright.store.times import moment, moment_or_none, stamp
from linkwright.wire.filters import Filter, event_filter
from linkwright.wire.matching import matches

PAGE = 500
LONGEST_WRITE = timedelta(seconds=30)
"""An event is as old as the moment before its commit: one that was missed may be so much older than the suspension."""

_ALL = statement(select(subscription).order_by(subscription.c.created_at, subscription.c.id))
_ONE = statement(select(subscription).where(subscription.c.id == bindparam("of_subscription")))
_COUNTS = statement(
    select(outbox.c.subscription_id, outbox.c.state, func.count().label("many"), func.min(outbox.c.seq).label("first"))
    .group_by(outbox.c.subscription_id, outbox.c.state)
    .order_by(outbox.c.subscription_id)
)
_TOLD_AT = statement(
    select(event.c.at)
    .select_from(outbox.join(event, event.c.event_id == outbox.c.event_id))
    .where(outbox.c.seq == bindparam("of_seq"))
)
_ACTIVATE = statement(
    update(subscription)
    .where(subscription.c.id == bindparam("of_subscription"))
    .values(state="active", reason="", suspended_at=null())
)
_OF_SUBSCRIPTION = outbox.c.subscription_id == bindparam("of_subscription")
_REVIVE = statement(
    update(outbox)
    .where(_OF_SUBSCRIPTION, outbox.c.state == "dead")
    .values(state="waiting", attempts=0, next_at=bindparam("now"), last_error="")
)
_HURRY = statement(
    update(outbox).where(_OF_SUBSCRIPTION, outbox.c.state == "waiting").values(attempts=0, next_at=bindparam("now"))
)
_DEAD = statement(select(outbox.c.event_id).where(_OF_SUBSCRIPTION, outbox.c.state == "dead"))
_EVENTS_BEFORE = statement(
    select(event.c.seq, event.c.event_id, event.c.at, event.c.resource_kind, event.c.requester, event.c.body)
    .where(event.c.seq < bindparam("before"))
    .order_by(event.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)
_LAST = statement(select(func.max(event.c.seq)))
_UNQUEUE = statement(
    delete(outbox).where(_OF_SUBSCRIPTION, outbox.c.event_id == bindparam("of_event"), outbox.c.state == "waiting")
)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A subscription; `oldest_at` is when the oldest event happened that still waits for it."""

    id: str
    api: str
    callback: str
    state: str
    reason: str
    suspended_at: datetime | None
    waiting: int
    dead: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """`revived` dead rows wait again; `again` events were queued since a moment, whether delivered before or missed."""

    activated: bool
    revived: int
    again: int


class SqlReplays:
    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    def listeners(self) -> list[Listener]:
        return self._database.read(_listeners)

    def replay(self, subscription_id: str, *, dead: bool, since: datetime | None) -> Replayed | None:
        """Make a subscription active, and what waits for it due at once; None where there is no such subscription.

        `dead`: rows that were given up wait again, each in its old place. `since`: every stored event from then on
        that the subscription is about is delivered once more under its own id, before anything newer. A subscription
        that was suspended gets in any case what happened meanwhile. Safe to repeat.
        """
        return self._database.write(lambda connection: self._replay(connection, subscription_id, dead, since))

    def _replay(
        self, connection: Connection, subscription_id: str, dead: bool, since: datetime | None
    ) -> Replayed | None:
        of = {"of_subscription": subscription_id}
        _let_writers_end(connection)
        listener = _ONE.one(connection, of)
        if listener is None:
            return None
        now = stamp(self._now())
        _ACTIVATE.run(connection, of)
        revived = _REVIVE.run(connection, of | {"now": now}) if dead else 0
        _HURRY.run(connection, of | {"now": now})
        again = _queue_again(connection, listener, _from(listener, since), now)
        return Replayed(activated=listener.state != "active", revived=revived, again=again)


def _listeners(connection: Connection) -> list[Listener]:
    counts = {(row.subscription_id, row.state): row for row in _COUNTS.rows(connection, {})}

    def count(subscription_id: str, state: str) -> int:
        found = counts.get((subscription_id, state))
        return found.many if found is not None else 0

    def oldest_at(subscription_id: str) -> datetime | None:
        first = counts.get((subscription_id, "waiting"))
        return moment_or_none(_TOLD_AT.value(connection, {"of_seq": first.first}) if first is not None else None)

    return [
        Listener(
            id=row.id,
            api=row.api,
            callback=row.callback,
            state=row.state,
            reason=row.reason,
            suspended_at=moment_or_none(row.suspended_at),
            waiting=count(row.id, "waiting"),
            dead=count(row.id, "dead"),
            oldest_at=oldest_at(row.id),
        )
        for row in _ALL.rows(connection, {})
    ]


def _let_writers_end(connection: Connection) -> None:
    """What others are writing on PostgreSQL is seen, or comes behind: else it would be queued before older events."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE lw_event IN SHARE ROW EXCLUSIVE MODE"))


def _from(listener: Any, since: datetime | None) -> str | None:
    """The moment from which events are delivered once more."""
    missed = moment(listener.suspended_at) - LONGEST_WRITE if listener.suspended_at is not None else None
    asked = [at for at in (since, missed) if at is not None]
    return stamp(min(asked)) if asked else None


def _queue_again(connection: Connection, listener: Any, since: str | None, now: str) -> int:
    """All rows anew, those that wait among them, so that they stand in the order in which things happened."""
    if since is None:
        return 0
    given_up = {row.event_id for row in _DEAD.rows(connection, {"of_subscription": listener.id})}
    ids = [row for row in _events_since(connection, listener, since) if row not in given_up]
    ids.reverse()
    for first in range(0, len(ids), PAGE):
        page = ids[first : first + PAGE]
        _UNQUEUE.run_many(connection, [{"of_subscription": listener.id, "of_event": one} for one in page])
        put_in_queue(connection, [(listener.id, one) for one in page], now)
    return len(ids)


def _events_since(connection: Connection, listener: Any, since: str) -> Iterator[str]:
    """Ids, newest first, without keeping the bodies."""
    query = event_filter(listener.query)
    for row in chain.from_iterable(_pages(connection, since)):
        of_api = API_OF[row.resource_kind] == listener.api
        if of_api and listener.requester in (None, row.requester) and (not query or _matches(query, row.body)):
            yield row.event_id


def _matches(query: Filter, stored: bytes) -> bool:
    return matches(query, orjson.loads(unpacked(stored)))


def _pages(connection: Connection, since: str) -> Iterator[Sequence[Any]]:
    """Numbers follow time closely, though not exactly: a page with nothing young enough in it is the end."""
    before = (_LAST.value(connection, {}) or 0) + 1
    while True:
        rows = _EVENTS_BEFORE.rows(connection, {"before": before, "most": PAGE})
        young = [row for row in rows if row.at >= since]
        yield young
        if not young or len(rows) < PAGE:
            return
        before = rows[-1].seq
