"""What alembic runs: our revisions on the connection, and in the transaction, that it is given."""

from alembic import context

from linkwright.store.schema import REVISION_TABLE
from linkwright.store.tables.basis import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=REVISION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
