"""Events of other systems that concerned an order of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lw_peer_event",
        sa.Column("system", WORDS, primary_key=True),
        sa.Column("event_id", WORDS, primary_key=True),
        sa.Column("order_id", WORDS, nullable=False),
        sa.Column("task_key", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("followed", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("lw_peer_event_order", "lw_peer_event", ["order_id", "followed", "at"])
    op.create_index("lw_peer_event_at", "lw_peer_event", ["at"])


def downgrade() -> None:
    op.drop_table("lw_peer_event")
