"""How many visible resources there are of each kind, so that the total of a whole list need not be counted.

Each connection to PostgreSQL has a slot of its own: writers do not wait for each other, and a reader adds the slots.
"""

from sqlalchemy import Connection, bindparam, func, select

from linkwright.api.ports import Kind
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.resources import tally

SLOTS = 64

_ADD = upsert(tally, ("kind", "slot"), lambda new: {"visible": tally.c.visible + new.visible})
_SUM = statement(select(func.sum(tally.c.visible)).where(tally.c.kind == bindparam("of_kind")))


def add(connection: Connection, kind: Kind, difference: int) -> None:
    _ADD.run(connection, {"kind": kind, "slot": _slot(connection), "visible": difference})


def visible(connection: Connection, kind: Kind) -> int:
    return _SUM.value(connection, {"of_kind": kind}) or 0


def _slot(connection: Connection) -> int:
    """SQLite has one writer at a time; the numbers of PostgreSQL's processes follow each other."""
    info = getattr(connection.connection.dbapi_connection, "info", None)
    return info.backend_pid % SLOTS if info is not None else 0
