"""Two indexes as they are asked: entries of the side index by value alone, the audit trail by id."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create("lw_doc_entry", "kind", "path", "value", "id")
    op.execute("INSERT INTO lw_doc_entry (kind, path, value, id) SELECT kind, path, value, id FROM lw_doc_index")
    op.drop_table("lw_doc_index")
    op.drop_index("lw_audit_resource", "lw_audit")
    op.create_index("lw_audit_resource", "lw_audit", ["id", "seq"])


def downgrade() -> None:
    _create("lw_doc_index", "kind", "id", "path", "value")
    op.execute("INSERT INTO lw_doc_index (kind, id, path, value) SELECT kind, id, path, value FROM lw_doc_entry")
    op.create_index("lw_doc_index_value", "lw_doc_index", ["kind", "path", "value", "id"])
    op.drop_table("lw_doc_entry")
    op.drop_index("lw_audit_resource", "lw_audit")
    op.create_index("lw_audit_resource", "lw_audit", ["kind", "id", "seq"])


def _create(name: str, *keys: str) -> None:
    op.create_table(name, *(sa.Column(key, WORDS, primary_key=True) for key in keys), sqlite_with_rowid=False)
