"""Holds of checks, how often a hold of an order was made anew, and the name by which a pool knows us."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
HELD_BY_ORDER = sa.text("kind = 'reserve' AND state IN ('sent', 'done', 'undoing')")
HELD_BY_CHECK = sa.text("state IN ('asked', 'held', 'releasing')")


def upgrade() -> None:
    op.add_column("lw_task", sa.Column("renewals", sa.Integer, nullable=False, server_default="0"))
    op.create_index("lw_task_held", "lw_task", ["key"], sqlite_where=HELD_BY_ORDER, postgresql_where=HELD_BY_ORDER)
    op.create_table(
        "lw_hold",
        sa.Column("key", WORDS, primary_key=True),
        sa.Column("check_id", WORDS, nullable=False),
        sa.Column("item_id", WORDS, nullable=False),
        sa.Column("design_id", WORDS, nullable=False),
        sa.Column("policy", WORDS, nullable=False),
        sa.Column("requester", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("asked_at", WORDS, nullable=False),
        sa.Column("expires_at", WORDS, nullable=False),
        sa.Column("remote_id", WORDS),
        sa.Column("remote_href", WORDS),
        sa.Column("note", WORDS, nullable=False),
        sa.Column("order_id", WORDS),
    )
    op.create_index("lw_hold_check", "lw_hold", ["check_id"])
    op.create_index("lw_hold_design", "lw_hold", ["design_id"])
    op.create_index("lw_hold_open", "lw_hold", ["key"], sqlite_where=HELD_BY_CHECK, postgresql_where=HELD_BY_CHECK)
    op.create_table(
        "lw_installation",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", WORDS, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lw_installation")
    op.drop_table("lw_hold")
    op.drop_index("lw_task_held", "lw_task")
    op.drop_column("lw_task", "renewals")
