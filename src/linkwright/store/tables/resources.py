"""What callers can find: resources as documents, what they are searched by, and the keys they were posted with."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, text

from linkwright.store.tables.basis import WORDS, metadata

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
