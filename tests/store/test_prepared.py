"""What SQLite would keep of a statement that has run."""

import sqlite3
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, bindparam, insert
from sqlalchemy.dialects import sqlite

from linkwright.store.prepared import LARGE_BYTES, statement

THING = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("doc", LargeBinary, nullable=False))


class Driver:
    """Remembers the last values that a statement was given."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self.values: tuple[Any, ...] = ()

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        self.values = values
        return self._connection.execute(sql, values)


def test_a_large_value_stays_with_its_row_alone() -> None:
    driver, large = Driver(), b"x" * (LARGE_BYTES + 1)
    driver.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, doc BLOB NOT NULL)")
    connection = cast(
        "Any", SimpleNamespace(dialect=sqlite.dialect(), connection=SimpleNamespace(dbapi_connection=driver))
    )
    put = statement(insert(THING).values(doc=bindparam("doc"), id=bindparam("id")))

    assert put.run(connection, {"id": 1, "doc": b"small"}) == 1
    assert b"small" in driver.values
    assert put.run(connection, {"id": 2, "doc": large}) == 1
    assert large not in driver.values
    assert driver.execute("SELECT id, length(doc) FROM thing").fetchall() == [(1, 5), (2, len(large))]
