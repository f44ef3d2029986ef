"""What happened, who listens to it, and what others told us."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, text

from linkwright.store.tables.basis import SERIAL, WORDS, metadata

DEAD = text("state = 'dead'")

event = Table(
    "lw_event",
    metadata,
    Column("seq", SERIAL, primary_key=True),
    Column("event_id", WORDS, nullable=False, unique=True),
    Column("event_type", WORDS, nullable=False),
    Column("resource_kind", WORDS, nullable=False),
    Column("resource_id", WORDS, nullable=False),
    Column("at", WORDS, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("requester", WORDS),  # unknown of events from before this column
)

subscription = Table(
    "lw_subscription",
    metadata,
    Column("id", WORDS, primary_key=True),
    Column("api", WORDS, nullable=False),
    Column("callback", WORDS, nullable=False),
    Column("query", WORDS, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("reason", WORDS, nullable=False),
    Column("requester", WORDS),
    Column("costs", Boolean, nullable=False),
    Column("created_at", WORDS, nullable=False),
    Column("suspended_at", WORDS),
    Index("lw_subscription_api", "api", "state"),
)

outbox = Table(
    "lw_outbox",
    metadata,
    Column("seq", SERIAL, primary_key=True),
    # no foreign key: a subscription that goes away at this moment must not make an order fail
    Column("subscription_id", WORDS, nullable=False),
    Column("event_id", WORDS, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", WORDS, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("last_error", WORDS, nullable=False),
    Index("lw_outbox_head", "subscription_id", "state", "seq"),
    Index("lw_outbox_event", "event_id"),
    Index("lw_outbox_dead", "event_id", sqlite_where=DEAD, postgresql_where=DEAD),
    sqlite_autoincrement=True,  # a number that was delivered and deleted is never given again
)

peer_event = Table(
    "lw_peer_event",
    metadata,
    Column("system", WORDS, primary_key=True),
    Column("event_id", WORDS, primary_key=True),
    Column("order_id", WORDS, nullable=False),
    Column("task_key", WORDS, nullable=False),
    Column("at", WORDS, nullable=False),
    Column("followed", Integer, nullable=False),  # 1 once a run has looked
    Index("lw_peer_event_order", "order_id", "followed", "at"),
    Index("lw_peer_event_at", "at"),
    sqlite_with_rowid=False,
)

peer_hub = Table(
    "lw_peer_hub",
    metadata,
    Column("system", WORDS, primary_key=True),
    Column("subscription_id", WORDS, nullable=False),
)
