"""Exchanges with other systems, and what replay, retention and metrics look up.

Rows that were settled before count from today; when an older subscription was suspended is not known.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from linkwright.store.tables.basis import SERIAL, WORDS
from linkwright.store.times import stamp

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _exchanges()
    op.add_column("lw_event", sa.Column("requester", WORDS))
    op.add_column("lw_subscription", sa.Column("suspended_at", WORDS))
    op.add_column("lw_design", sa.Column("ordered", sa.Boolean))
    op.add_column("lw_task", sa.Column("not_before", WORDS))
    op.add_column("lw_run", sa.Column("settled_at", WORDS))
    run = sa.table("lw_run", sa.column("settled_at"))
    op.execute(sa.update(run).values(settled_at=stamp(datetime.now(UTC))))
    op.create_index("lw_outbox_event", "lw_outbox", ["event_id"])
    op.create_index("lw_qualified_design", "lw_qualified", ["design_id"])
    _partial_index("lw_run_settled", "lw_run", "settled_at", "due_at IS NULL")


def downgrade() -> None:
    for index, table in (
        ("lw_run_settled", "lw_run"),
        ("lw_qualified_design", "lw_qualified"),
        ("lw_outbox_event", "lw_outbox"),
    ):
        op.drop_index(index, table)
    op.drop_column("lw_run", "settled_at")
    op.drop_column("lw_task", "not_before")
    op.drop_column("lw_design", "ordered")
    op.drop_column("lw_subscription", "suspended_at")
    op.drop_column("lw_event", "requester")
    op.drop_table("lw_exchange")


def _exchanges() -> None:
    op.create_table(
        "lw_exchange",
        sa.Column("seq", SERIAL, primary_key=True),
        *(sa.Column(name, WORDS, nullable=False) for name in ("at", "system", "method", "path")),
        *(sa.Column(name, WORDS) for name in ("key", "kind", "id")),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("failure", WORDS, nullable=False),
        sa.Column("ms", sa.Integer),
        *_body("request"),
        *_body("answer"),
        sqlite_autoincrement=True,
    )
    op.create_index("lw_exchange_resource", "lw_exchange", ["id", "seq"])


def _body(name: str) -> tuple[sa.Column[bytes], sa.Column[int], sa.Column[str]]:
    return (
        sa.Column(name, sa.LargeBinary),
        sa.Column(f"{name}_bytes", sa.Integer, nullable=False),
        sa.Column(f"{name}_sha256", WORDS, nullable=False),
    )


def _partial_index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
