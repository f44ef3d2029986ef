"""Tasks have stages, and results item by item; those of before are stages of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NEW = ("stage", "parts", "delivered", "failures", "reported")


def upgrade() -> None:
    for name in _NEW:
        op.add_column("lw_task", sa.Column(name, WORDS, nullable=True))


def downgrade() -> None:
    for name in reversed(_NEW):
        op.drop_column("lw_task", name)
