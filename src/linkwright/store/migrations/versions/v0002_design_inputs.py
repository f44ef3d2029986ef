"""What designs were computed from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lw_design_network",
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "lw_design_input",
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("network_id", WORDS, nullable=False),
        sa.Column("rest", sa.LargeBinary, nullable=False),
        sa.Column("ask", sa.LargeBinary, nullable=False),
        sa.Column("outcome", sa.LargeBinary, nullable=False),
        sa.Column("core_version", WORDS, nullable=False),
        sa.Column("created_at", WORDS, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lw_design_input")
    op.drop_table("lw_design_network")
