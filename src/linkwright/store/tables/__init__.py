"""Our tables, the same on SQLite and PostgreSQL. Every name begins with `lw_`: the engine may share the database.

Text is compared by code point on both databases (collation C on PostgreSQL), so that pages come out alike. Times are
text in the form of `store.times`. Documents are JSON bytes exactly as they are served.

All of them are imported here, so that whoever imports one has a `basis.metadata` that knows every other, too.
"""

from linkwright.store.tables import designs, notices, partners, resources, trail, work

__all__ = ["designs", "notices", "partners", "resources", "trail", "work"]
