"""The first tables.

Written out, not taken from `tables.py`: a revision says what the tables were, whatever they become.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _documents()
    _designs()
    _work()
    _events()
    _peers()


def downgrade() -> None:
    for table in (
        "lw_peer_hub",
        "lw_outbox",
        "lw_subscription",
        "lw_claim",
        "lw_audit",
        "lw_event",
        "lw_run",
        "lw_task",
        "lw_qualified",
        "lw_design",
        "lw_doc_index",
        "lw_tally",
        "lw_document",
    ):
        op.drop_table(table)


def _documents() -> None:
    op.create_table(
        "lw_document",
        sa.Column("kind", WORDS, primary_key=True),
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *_words("state", "date", "external_id", "category", "priority", "requester"),
        sa.Column("parent", WORDS),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
        sa.Column("internals", sa.LargeBinary, nullable=False),
    )
    op.create_index("lw_document_state", "lw_document", ["kind", "hidden", "state", "date", "id"])
    op.create_index("lw_document_date", "lw_document", ["kind", "hidden", "date", "id"])
    op.create_index("lw_document_external_id", "lw_document", ["kind", "hidden", "external_id", "date", "id"])
    has_parent = sa.text("parent IS NOT NULL")
    op.create_index(
        "lw_document_parent", "lw_document", ["kind", "parent"], sqlite_where=has_parent, postgresql_where=has_parent
    )
    op.create_table(
        "lw_tally",
        *_keys("kind"),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("visible", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("lw_doc_index", *_keys("kind", "id", "path", "value"), sqlite_with_rowid=False)
    op.create_index("lw_doc_index_value", "lw_doc_index", ["kind", "path", "value", "id"])


def _designs() -> None:
    op.create_table(
        "lw_design",
        sa.Column("design_id", WORDS, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_words("requester"),
        sa.Column("doc", sa.LargeBinary, nullable=False),
        *_words("created_at"),
    )
    op.create_table("lw_qualified", *_keys("check_id", "item_id", "proposal_id"), *_words("design_id"))


def _work() -> None:
    op.create_table(
        "lw_task",
        *_keys("key"),
        *_words("order_id"),
        sa.Column("position", sa.Integer, nullable=False),
        *_words("kind", "system", "items", "state", "after"),
        *_words("access", "remote_id", "remote_href", "remote_state", nullable=True),
        *_words("note"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_words("expires_at", "expected", "look_at", nullable=True),
        *_words("parameters"),
    )
    op.create_index("lw_task_order", "lw_task", ["order_id", "position"])
    op.create_index("lw_task_remote", "lw_task", ["system", "remote_id"])
    op.create_table(
        "lw_run",
        *_keys("kind", "key"),
        *_words("due_at", nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("lw_run_due", "lw_run", ["due_at"])


def _events() -> None:
    op.create_table(
        "lw_event",
        sa.Column("seq", SERIAL, primary_key=True),
        sa.Column("event_id", WORDS, nullable=False, unique=True),
        *_words("event_type", "resource_kind", "resource_id", "at"),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "lw_audit",
        sa.Column("seq", SERIAL, primary_key=True),
        *_words("at", "actor", "action", "kind", "id"),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("lw_audit_resource", "lw_audit", ["kind", "id", "seq"])
    op.create_table(
        "lw_claim",
        *_keys("kind", "requester", "key"),
        *_words("digest", "resource_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("lw_claim_resource", "lw_claim", ["kind", "resource_id"])
    op.create_table(
        "lw_subscription",
        *_keys("id"),
        *_words("api", "callback", "query", "state", "reason"),
        *_words("requester", nullable=True),
        sa.Column("costs", sa.Boolean, nullable=False),
        *_words("created_at"),
    )
    op.create_index("lw_subscription_api", "lw_subscription", ["api", "state"])
    op.create_table(
        "lw_outbox",
        sa.Column("seq", SERIAL, primary_key=True),
        *_words("subscription_id", "event_id"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_words("next_at", "state", "last_error"),
        sqlite_autoincrement=True,
    )
    op.create_index("lw_outbox_head", "lw_outbox", ["subscription_id", "state", "seq"])


def _peers() -> None:
    op.create_table("lw_peer_hub", *_keys("system"), *_words("subscription_id"))


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, WORDS, primary_key=True) for name in names]


def _words(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, WORDS, nullable=nullable) for name in names]
