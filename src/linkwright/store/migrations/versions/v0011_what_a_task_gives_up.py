"""Tasks that change or end what is there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("lw_task", sa.Column("action", WORDS))


def downgrade() -> None:
    op.drop_column("lw_task", "action")
