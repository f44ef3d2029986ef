"""What a database of linkwright held, and the mocks around it, as portable text: one JSON object a line.

The first line says which revision the tables had, on which day they were written, under which names the tests know what
is there, and how things stood in the mocks. Rows follow, each with its table; bytes are the text that they spell.
Tables are reflected, since those of the code are not those of an older release.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, insert, inspect, select

from linkwright.store import schema

Json = Any

LEFT_OUT = frozenset({schema.REVISION_TABLE, "lw_design_network", "lw_design_input"})
"""The revision stands in the first line, and what designs were computed from only explains them."""
DAY = re.compile(r"\b20\d\d-\d\d-\d\d(?=[T\"\\ ])")


@dataclass(frozen=True, kw_only=True)
class Previous:
    """`names` are the ids of what is there, `mocks` the state that each mock showed; `rows` have their `table`."""

    revision: str
    names: Mapping[str, str]
    mocks: Mapping[str, Json]
    rows: tuple[Mapping[str, Json], ...]


def write(connection: Connection, written: date, names: Mapping[str, str], mocks: Mapping[str, Json]) -> Iterator[str]:
    revision = schema.stored_revision(connection)
    yield json.dumps({"revision": revision, "written": written.isoformat(), "names": names, "mocks": mocks})
    for table in _tables(connection):
        for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
            yield json.dumps({"table": table.name, **{name: _told(value) for name, value in row.items()}})


def read(file: Path, today: date) -> Previous:
    """Every date is moved by whole weeks to about today, so that each stays the day of the week that it was."""
    text = file.read_text()
    written = date.fromisoformat(json.loads(text.partition("\n")[0])["written"])
    by = timedelta(weeks=(today - written).days // 7)
    moved = DAY.sub(lambda day: (date.fromisoformat(day.group()) + by).isoformat(), text)
    head, *rows = map(json.loads, moved.splitlines())
    return Previous(revision=head["revision"], names=head["names"], mocks=head["mocks"], rows=tuple(rows))


def load(connection: Connection, previous: Previous) -> None:
    """Make the tables as they were then, and fill them."""
    schema.upgrade(connection, previous.revision)
    tables = {table.name: table for table in _tables(connection)}
    for row in previous.rows:
        table = tables[row["table"]]
        connection.execute(insert(table), {c.name: _stored(c, row[c.name]) for c in table.columns})
    if connection.dialect.name == "postgresql":
        for table in tables.values():
            _go_on_counting(connection, table)


def _tables(connection: Connection) -> list[Table]:
    names = [name for name in inspect(connection).get_table_names() if name.startswith("lw_")]
    return [Table(name, MetaData(), autoload_with=connection) for name in sorted(names) if name not in LEFT_OUT]


def _told(value: Json) -> Json:
    return bytes(value).decode() if isinstance(value, bytes | memoryview) else value


def _stored(column: Column[Any], value: Json) -> Json:
    return value.encode() if isinstance(value, str) and column.type.python_type is bytes else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """What the database numbers itself goes on after what was put in."""
    for column in table.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None and (last := connection.scalar(select(func.max(column)))) is not None:
            connection.execute(select(func.setval(sequence, last)))
