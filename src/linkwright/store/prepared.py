"""Core statements that are compiled once and then handed to the driver: on a hot path that halves their cost."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Connection, Insert, Select, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import UpdateBase

Values = Mapping[str, Any]
Spoken = Select[Any] | UpdateBase
Build = Callable[[str], Spoken]
LARGE_BYTES = 200_000


class Prepared:
    """A statement whose parameters are named. Values pass to the driver as they are: text, integers, booleans, bytes.

    `build` takes the dialect's name, for the few statements (upserts) that each database spells in its own class.
    Errors are the driver's own; `Database` translates them.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._spelt: dict[str, _Spelt] = {}

    def run(self, connection: Connection, values: Values) -> int:
        """Run it; how many rows it concerned."""
        spelt, driver = self._for(connection.dialect), _driver(connection)
        arguments = spelt.arguments(values)
        count: int = driver.execute(spelt.sql, arguments).rowcount
        if connection.dialect.name == "sqlite" and any(_is_large(value) for value in arguments):
            _let_go_of_values(driver, spelt.sql, len(arguments))
        return count

    def run_many(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run once for each row; no rows are no work."""
        spelt = self._for(connection.dialect)
        arguments = [spelt.arguments(row) for row in rows]
        if arguments:
            _driver(connection).cursor().executemany(spelt.sql, arguments)

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """All rows; each has the selected columns as attributes."""
        spelt = self._for(connection.dialect)
        found = _driver(connection).execute(spelt.sql, spelt.arguments(values)).fetchall()
        return [spelt.row(row) for row in found]

    def one(self, connection: Connection, values: Values) -> Any | None:
        """The first row, None if there is none."""
        spelt = self._for(connection.dialect)
        found = _driver(connection).execute(spelt.sql, spelt.arguments(values)).fetchone()
        return spelt.row(found) if found is not None else None

    def value(self, connection: Connection, values: Values) -> Any | None:
        """The first column of the first row, None if there is none."""
        spelt = self._for(connection.dialect)
        found = _driver(connection).execute(spelt.sql, spelt.arguments(values)).fetchone()
        return found[0] if found is not None else None

    def _for(self, dialect: Dialect) -> "_Spelt":
        known = self._spelt.get(dialect.name)
        if known is None:
            known = self._spelt[dialect.name] = _Spelt(self._build(dialect.name), dialect)
        return known


class _Spelt:
    """A statement in the words of one database; literals of the statement are its own arguments."""

    def __init__(self, built: Spoken, dialect: Dialect) -> None:
        compiled = built.compile(dialect=dialect)
        order: list[str] | None = getattr(compiled, "positiontup", None)
        self.sql = str(compiled)
        self.row = _row_of(built)
        self._order = tuple(order) if order is not None else None
        self._literals = {name: value for name, value in compiled.params.items() if value is not None}

    def arguments(self, values: Values) -> Any:
        if self._literals:
            values = {**self._literals, **values}
        return values if self._order is None else tuple([values[name] for name in self._order])


def _row_of(built: Spoken) -> Callable[[Iterable[Any]], Any]:
    if not isinstance(built, Select):
        return tuple
    names = [getattr(column, "name", "_") for column in built.selected_columns]
    row: Any = cast("Any", namedtuple)("Row", names, rename=True)
    return cast("Callable[[Iterable[Any]], Any]", row._make)


def _driver(connection: Connection) -> Any:
    """The driver's connection, inside the transaction that `connection` has begun."""
    return connection.connection.dbapi_connection


def _is_large(value: Any) -> bool:
    return type(value) is bytes and len(value) > LARGE_BYTES


def _let_go_of_values(driver: Any, sql: str, count: int) -> None:
    """SQLite keeps its copies of what a statement ran with until that statement, which is kept too, gets other values.

    The last of these can be bound to nothing, so nothing runs.
    """
    with suppress(sqlite3.ProgrammingError, sqlite3.InterfaceError):
        driver.execute(sql, (*[None] * (count - 1), object()))


def statement(built: Spoken) -> Prepared:
    return Prepared(lambda _: built)


def numbered_row(table: Table) -> Insert:
    """An insert of all columns but `seq`, which the database counts."""
    return insert(table).values({column.name: bindparam(column.name) for column in table.c if column.name != "seq"})


def upsert(table: Table, keys: Iterable[str], changes: Callable[[Any], Mapping[str, Any]]) -> Prepared:
    """Insert a row of all columns; where the keys are taken, make `changes` (none: leave the row as it is).

    `changes` gets the row that was to be inserted, column by column.
    """
    keys = list(keys)

    def build(dialect: str) -> Spoken:
        new = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
        changed = changes(new.excluded)
        if not changed:
            return new.on_conflict_do_nothing(index_elements=keys)
        return new.on_conflict_do_update(index_elements=keys, set_=changed)

    return Prepared(build)
