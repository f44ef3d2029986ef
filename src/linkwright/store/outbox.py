"""What is still to be delivered, one queue a subscription. A row goes away when its listener has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import orjson
from sqlalchemy import Connection, Integer, bindparam, delete, func, or_, select, update

from linkwright.store.database import Database
from linkwright.store.packed import unpacked
from linkwright.store.prepared import numbered_row, statement
from linkwright.store.tables.notices import event, outbox, subscription
from linkwright.store.times import moment, stamp
from linkwright.wire.costs import without_costs

_waiting = outbox.alias("waiting")
_FIRST = (
    select(func.min(_waiting.c.seq))
    .where(_waiting.c.subscription_id == subscription.c.id, _waiting.c.state == "waiting")
    .scalar_subquery()
)
_DUE = statement(
    select(subscription.c.id)
    .select_from(subscription)
    .join(outbox, outbox.c.seq == _FIRST)
    # what was never tried waits for nothing, wherever a clock that was set back since stood then
    .where(subscription.c.state == "active", or_(outbox.c.next_at <= bindparam("now"), outbox.c.attempts == 0))
    .order_by(outbox.c.next_at, outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_HEAD = statement(
    select(
        outbox.c.seq,
        outbox.c.event_id,
        event.c.event_type,
        event.c.body,
        outbox.c.attempts,
        outbox.c.next_at,
        subscription.c.costs,
        subscription.c.requester,
    )
    .select_from(outbox)
    .join(event, event.c.event_id == outbox.c.event_id)
    .join(subscription, subscription.c.id == outbox.c.subscription_id)
    .where(outbox.c.subscription_id == bindparam("of_subscription"), outbox.c.state == "waiting")
    .order_by(outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_CALLBACK = statement(
    select(subscription.c.callback).where(
        subscription.c.id == bindparam("of_subscription"), subscription.c.state == "active"
    )
)
_DELIVERED = statement(delete(outbox).where(outbox.c.seq == bindparam("of_seq")))
_RETRY = statement(
    update(outbox)
    .where(outbox.c.seq == bindparam("of_seq"))
    .values(next_at=bindparam("at"), last_error=bindparam("error"), attempts=outbox.c.attempts + 1)
)
_DEAD = statement(
    update(outbox)
    .where(outbox.c.seq == bindparam("of_seq"))
    .values(state="dead", last_error=bindparam("error"), attempts=outbox.c.attempts + 1)
)
_SUSPEND = statement(
    update(subscription)
    .where(subscription.c.id == bindparam("of_subscription"))
    .values(state="suspended", reason=bindparam("why"), suspended_at=bindparam("at"))
)
_PUT = statement(numbered_row(outbox).inline())
_DROP_ROWS = statement(delete(outbox).where(outbox.c.subscription_id == bindparam("of_subscription")))
_DROP = statement(delete(subscription).where(subscription.c.id == bindparam("of_subscription")))


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """An event on its way to one listener; `attempts` counts failed deliveries.

    `stored` is its body, or what is stored of it; `hides` says which costs of it the listener may not see.
    """

    seq: int
    event_id: str
    event_type: str
    stored: bytes
    hides: Literal["none", "ours", "all"]
    attempts: int
    next_at: datetime

    @property
    def body(self) -> bytes:
        """Unpacked whenever it is asked for: those that wait for their turn stay small."""
        body = unpacked(self.stored)
        return body if self.hides == "none" else _without_costs(body, own=self.hides == "ours")


class SqlOutbox:
    """The queues of all subscriptions. Saying something of a row that is gone is harmless."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due_subscriptions(self, now: datetime, limit: int) -> list[str]:
        """Active subscriptions whose first waiting row may be sent, longest due first."""
        values = {"now": stamp(now), "most": limit}
        return self._database.read(lambda connection: [row.id for row in _DUE.rows(connection, values)])

    def head(self, subscription_id: str, limit: int) -> list[OutboxRow]:
        """The first waiting rows in their order, whether due or not."""
        values = {"of_subscription": subscription_id, "most": limit}
        rows = self._database.read(lambda connection: _HEAD.rows(connection, values))
        return [
            OutboxRow(
                seq=row.seq,
                event_id=row.event_id,
                event_type=row.event_type,
                stored=row.body,
                hides="none" if row.costs else "all" if row.requester is None else "ours",
                attempts=row.attempts,
                next_at=moment(row.next_at),
            )
            for row in rows
        ]

    def callback(self, subscription_id: str) -> str | None:
        """Where to deliver; None for a subscription that is gone or suspended."""
        values = {"of_subscription": subscription_id}
        return self._database.read(lambda connection: _CALLBACK.value(connection, values))

    def delivered(self, seqs: Sequence[int]) -> None:
        rows = [{"of_seq": seq} for seq in seqs]
        self._database.write(lambda connection: _DELIVERED.run_many(connection, rows))

    def retry(self, seq: int, at: datetime, error: str) -> None:
        """Not before `at`, and the rows behind it wait with it."""
        values = {"of_seq": seq, "at": stamp(at), "error": error}
        self._database.write(lambda connection: _RETRY.run(connection, values))

    def dead(self, seq: int, error: str) -> None:
        """Give this row up; it is kept for a person to see."""
        values = {"of_seq": seq, "error": error}
        self._database.write(lambda connection: _DEAD.run(connection, values))

    def drop_subscription(self, subscription_id: str) -> None:
        """The listener is gone for good: forget it and all that waits for it."""
        values = {"of_subscription": subscription_id}

        def drop(connection: Connection) -> None:
            _DROP.run(connection, values)
            _DROP_ROWS.run(connection, values)

        self._database.write(drop)

    def suspend(self, subscription_id: str, why: str, at: datetime) -> None:
        """Send nothing more until a person has looked; what waits is kept, new events are not queued."""
        values = {"of_subscription": subscription_id, "why": why, "at": stamp(at)}
        self._database.write(lambda connection: _SUSPEND.run(connection, values))


def put_in_queue(connection: Connection, rows: Iterable[tuple[str, str]], due: str) -> None:
    """Subscriptions and the ids of events, each at the end of its queue, in this order."""
    new = {"attempts": 0, "next_at": due, "state": "waiting", "last_error": ""}
    _PUT.run_many(connection, [{**new, "subscription_id": to, "event_id": event_id} for to, event_id in rows])


def _without_costs(body: bytes, *, own: bool) -> bytes:
    """For a listener that may not see costs; one that hears of a single client's resources hears of his own."""
    return orjson.dumps(without_costs(orjson.loads(body), own=own))
