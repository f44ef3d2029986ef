"""The name of this installation: given once, kept with everything else that it knows."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from linkwright.store.database import Database
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.work import installation

_NAME = upsert(installation, ("number",), lambda _: {})
_NAMED = statement(select(installation.c.id))


def installation_id(database: Database, new_id: Callable[[], str]) -> str:
    """The name, which the first who asks gives; all instances of one database have the same."""
    known = database.read(lambda connection: _NAMED.value(connection, {}))
    if known is not None:
        return str(known)

    def name(connection: Connection) -> str:
        _NAME.run(connection, {"number": 1, "id": new_id()})
        return str(_NAMED.value(connection, {}))

    return database.write(name)
