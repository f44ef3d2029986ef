"""What partners answered, and how they were."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lw_partner_answer",
        sa.Column("partner", WORDS, primary_key=True),
        sa.Column("key", WORDS, primary_key=True),
        sa.Column("place", WORDS, nullable=False),
        sa.Column("until", WORDS, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("lw_partner_answer_place", "lw_partner_answer", ["place"])
    op.create_index("lw_partner_answer_until", "lw_partner_answer", ["until"])
    op.create_table(
        "lw_partner_tally",
        sa.Column("partner", WORDS, primary_key=True),
        sa.Column("month", WORDS, primary_key=True),
        sa.Column("answer", WORDS, primary_key=True),
        sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lw_partner_delivery",
        sa.Column("key", WORDS, primary_key=True),
        sa.Column("partner", WORDS, nullable=False),
        sa.Column("promised", WORDS, nullable=False),
        sa.Column("actual", WORDS, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lw_partner_delivery")
    op.drop_table("lw_partner_tally")
    op.drop_table("lw_partner_answer")
