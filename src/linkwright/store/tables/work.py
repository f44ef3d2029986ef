"""What orders and checks have under way: tasks, holds, and the runs that are due."""

from sqlalchemy import Column, Index, Integer, Table, text

from linkwright.store.tables.basis import WORDS, metadata

HELD_BY_ORDER = text("kind = 'reserve' AND state IN ('sent', 'done', 'undoing')")
DUE = text("due_at IS NOT NULL")
HELD_BY_CHECK = text("state IN ('asked', 'held', 'releasing')")

task = Table(
    "lw_task",
    metadata,
    Column("key", WORDS, primary_key=True),
    Column("order_id", WORDS, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("items", WORDS, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("after", WORDS, nullable=False),
    Column("access", WORDS),
    Column("remote_id", WORDS),
    Column("remote_href", WORDS),
    Column("remote_state", WORDS),
    Column("note", WORDS, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("expires_at", WORDS),
    Column("expected", WORDS),
    Column("look_at", WORDS),
    Column("parameters", WORDS, nullable=False),
    Column("stage", WORDS),
    Column("parts", WORDS),
    Column("delivered", WORDS),
    Column("failures", WORDS),
    Column("reported", WORDS),
    Column("renewals", Integer, nullable=False, server_default="0"),
    Column("not_before", WORDS),
    Column("action", WORDS),  # none: it adds something
    Index("lw_task_order", "order_id", "position"),
    Index("lw_task_remote", "system", "remote_id"),
    Index("lw_task_held", "key", sqlite_where=HELD_BY_ORDER, postgresql_where=HELD_BY_ORDER),
)

hold = Table(
    "lw_hold",
    metadata,
    Column("key", WORDS, primary_key=True),
    Column("check_id", WORDS, nullable=False),
    Column("item_id", WORDS, nullable=False),
    Column("design_id", WORDS, nullable=False),
    Column("policy", WORDS, nullable=False),
    Column("requester", WORDS, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("asked_at", WORDS, nullable=False),
    Column("expires_at", WORDS, nullable=False),
    Column("remote_id", WORDS),
    Column("remote_href", WORDS),
    Column("note", WORDS, nullable=False),
    Column("order_id", WORDS),
    Index("lw_hold_check", "check_id"),
    Index("lw_hold_design", "design_id"),
    Index("lw_hold_open", "key", sqlite_where=HELD_BY_CHECK, postgresql_where=HELD_BY_CHECK),
)

run = Table(
    "lw_run",
    metadata,
    Column("kind", WORDS, primary_key=True),
    Column("key", WORDS, primary_key=True),
    Column("due_at", WORDS),
    Column("revision", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("settled_at", WORDS),
    Index("lw_run_due", "due_at", sqlite_where=DUE, postgresql_where=DUE),
    Index(
        "lw_run_settled",
        "settled_at",
        sqlite_where=text("due_at IS NULL"),
        postgresql_where=text("due_at IS NULL"),
    ),
    sqlite_with_rowid=False,
)

installation = Table(
    "lw_installation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # always 1: there is one
    Column("id", WORDS, nullable=False),
)
