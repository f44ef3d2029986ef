"""Indexes that leave out what they are not asked for: runs that are not due, notifications that still wait."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("lw_run_due", "lw_run")
    _create("lw_run_due", "lw_run", "due_at", "due_at IS NOT NULL")
    _create("lw_outbox_dead", "lw_outbox", "event_id", "state = 'dead'")


def downgrade() -> None:
    op.drop_index("lw_outbox_dead", "lw_outbox")
    op.drop_index("lw_run_due", "lw_run")
    op.create_index("lw_run_due", "lw_run", ["due_at"])


def _create(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
