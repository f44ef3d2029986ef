"""Our tables, the same on SQLite and PostgreSQL. Every name begins with `lw_`: the engine may share the database.

Text is compared by code point on both databases (collation C on PostgreSQL), so that pages come out alike. Times are
text in the form of `store.times`. Documents are JSON bytes exactly as they are served.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
SERIAL = BigInteger().with_variant(Integer, "sqlite")

HELD_BY_ORDER = text("kind = 'reserve' AND state IN ('sent', 'done', 'undoing')")
HELD_BY_CHECK = text("state IN ('asked', 'held', 'releasing')")

document = Table(
    "lw_document",
    metadata,
    Column("kind", WORDS, primary_key=True),
    Column("id", WORDS, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("date", WORDS, nullable=False),
    Column("external_id", WORDS, nullable=False),
    Column("category", WORDS, nullable=False),
    Column("priority", WORDS, nullable=False),
    Column("requester", WORDS, nullable=False),
    Column("parent", WORDS),
    Column("hidden", Boolean, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Column("internals", LargeBinary, nullable=False),
    # hidden, date and id make these cover a whole list query: neither count nor order touches the rows
    Index("lw_document_state", "kind", "hidden", "state", "date", "id"),
    Index("lw_document_date", "kind", "hidden", "date", "id"),
    Index("lw_document_external_id", "kind", "hidden", "external_id", "date", "id"),
    Index(
        "lw_document_parent",
        "kind",
        "parent",
        sqlite_where=text("parent IS NOT NULL"),
        postgresql_where=text("parent IS NOT NULL"),
    ),
)

tally = Table(
    "lw_tally",
    metadata,
    Column("kind", WORDS, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("visible", Integer, nullable=False),
    sqlite_with_rowid=False,
)

doc_entry = Table(
    "lw_doc_entry",
    metadata,
    # no index by id: the entries of a document are known from the document
    Column("kind", WORDS, primary_key=True),
    Column("path", WORDS, primary_key=True),
    Column("value", WORDS, primary_key=True),
    Column("id", WORDS, primary_key=True),
    sqlite_with_rowid=False,
)

design = Table(
    "lw_design",
    metadata,
    Column("design_id", WORDS, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("requester", WORDS, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Column("created_at", WORDS, nullable=False),
    Column("ordered", Boolean),  # whether an order ever committed it; unknown of designs from before this column
)

design_network = Table(
    "lw_design_network",
    metadata,
    Column("id", WORDS, primary_key=True),
    Column("doc", LargeBinary, nullable=False),
)

design_input = Table(
    "lw_design_input",
    metadata,
    Column("id", WORDS, primary_key=True),
    Column("network_id", WORDS, nullable=False),
    Column("rest", LargeBinary, nullable=False),
    Column("ask", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False),
    Column("core_version", WORDS, nullable=False),
    Column("created_at", WORDS, nullable=False),
)

qualified = Table(
    "lw_qualified",
    metadata,
    Column("check_id", WORDS, primary_key=True),
    Column("item_id", WORDS, primary_key=True),
    Column("proposal_id", WORDS, primary_key=True),  # empty for the item's own design
    Column("design_id", WORDS, nullable=False),
    Index("lw_qualified_design", "design_id"),
)

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

installation = Table(
    "lw_installation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # always 1: there is one
    Column("id", WORDS, nullable=False),
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
    Index("lw_run_due", "due_at"),
    Index(
        "lw_run_settled",
        "settled_at",
        sqlite_where=text("due_at IS NULL"),
        postgresql_where=text("due_at IS NULL"),
    ),
    sqlite_with_rowid=False,
)

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

audit = Table(
    "lw_audit",
    metadata,
    Column("seq", SERIAL, primary_key=True),
    Column("at", WORDS, nullable=False),
    Column("actor", WORDS, nullable=False),
    Column("action", WORDS, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("id", WORDS, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", WORDS),
    Index("lw_audit_resource", "id", "seq"),
)

exchange = Table(
    "lw_exchange",
    metadata,
    Column("seq", SERIAL, primary_key=True),
    Column("at", WORDS, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("method", WORDS, nullable=False),
    Column("path", WORDS, nullable=False),
    Column("key", WORDS),
    Column("kind", WORDS),
    Column("id", WORDS),
    Column("outcome", WORDS, nullable=False),
    Column("status", Integer),
    Column("failure", WORDS, nullable=False),
    Column("ms", Integer),
    # redacted and compressed; NULL where there was none, where it was too large, or once its time is over
    Column("request", LargeBinary),
    Column("request_bytes", Integer, nullable=False),
    Column("request_sha256", WORDS, nullable=False),
    Column("answer", LargeBinary),
    Column("answer_bytes", Integer, nullable=False),
    Column("answer_sha256", WORDS, nullable=False),
    Index("lw_exchange_resource", "id", "seq"),
    sqlite_autoincrement=True,
)

claim = Table(
    "lw_claim",
    metadata,
    Column("kind", WORDS, primary_key=True),
    Column("requester", WORDS, primary_key=True),
    Column("key", WORDS, primary_key=True),
    Column("digest", WORDS, nullable=False),
    Column("resource_id", WORDS, nullable=False),
    Index("lw_claim_resource", "kind", "resource_id"),
    sqlite_with_rowid=False,
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

partner_answer = Table(
    "lw_partner_answer",
    metadata,
    Column("partner", WORDS, primary_key=True),
    Column("key", WORDS, primary_key=True),
    Column("place", WORDS, nullable=False),
    Column("until", WORDS, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Index("lw_partner_answer_place", "place"),
    Index("lw_partner_answer_until", "until"),
)

partner_tally = Table(
    "lw_partner_tally",
    metadata,
    Column("partner", WORDS, primary_key=True),
    Column("month", WORDS, primary_key=True),
    Column("answer", WORDS, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),  # of the time that it took
    Column("questions", Integer, nullable=False),
    sqlite_with_rowid=False,
)

partner_delivery = Table(
    "lw_partner_delivery",
    metadata,
    Column("key", WORDS, primary_key=True),
    Column("partner", WORDS, nullable=False),
    Column("promised", WORDS, nullable=False),
    Column("actual", WORDS, nullable=False),
)
