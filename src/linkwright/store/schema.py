"""Which revision the tables have, and how they become those of this release.

A new database gets its tables straight from the metadata of `tables`; an older one goes through the migrations (a
test proves that both ways end alike). alembic is imported only where there is something to migrate: that is slow.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select, text, update

from linkwright.errors import Unavailable
from linkwright.store.tables.basis import metadata

HEAD = "0012"
REVISION_TABLE = "lw_revision"

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x6C77_7363  # any number, the same in every process
_revision = Table(REVISION_TABLE, MetaData(), Column("version_num", Text, primary_key=True))


def is_current(connection: Connection) -> bool:
    return stored_revision(connection) == HEAD


def stored_revision(connection: Connection) -> str | None:
    """The revision that the tables have; None for a database without our tables."""
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    found: str = connection.execute(select(_revision.c.version_num)).scalar_one()
    return found


def migrate(connection: Connection) -> None:
    """Create or migrate inside the caller's transaction. Processes that start together wait for each other.

    Raises Unavailable for tables that a newer release has made.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    revision = stored_revision(connection)
    if revision is None:
        _create(connection)
    elif revision > HEAD:
        raise Unavailable("database", f"its tables have the revision {revision}, which this release does not know")
    elif revision != HEAD:
        upgrade(connection)


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    _revision.create(connection)
    connection.execute(insert(_revision), {"version_num": HEAD})


def touch(connection: Connection) -> None:
    """Write something that changes nothing."""
    connection.execute(update(_revision).values(version_num=_revision.c.version_num))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` inside the caller's transaction."""
    from alembic import command

    command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
