"""What a person decides is kept with his reason."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("lw_audit", sa.Column("reason", WORDS, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lw_audit") as table:
        table.drop_column("reason")
