"""Who did what, and what was said to other systems."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from linkwright.store.tables.basis import SERIAL, WORDS, metadata

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
