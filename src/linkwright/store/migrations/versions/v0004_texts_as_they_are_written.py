"""Texts that read like numbers are found as they are written: 007 is no longer 7.

The new forms come from the documents themselves, a batch at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from linkwright.store.searchable import INDEXED, NUMBER, TEXT, index_entries, promoted
from linkwright.wire.matching import canonical

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BATCH = 500
_COLUMNS = ("external_id", "category", "priority")
_document = sa.table("lw_document", *map(sa.column, ("kind", "id", "date", "doc", *_COLUMNS)))
_entry = sa.table("lw_doc_entry", *map(sa.column, ("kind", "path", "value", "id")))

Rows = Sequence[Any]


def upgrade() -> None:
    _rewrite_columns(lambda row: promoted(row.kind, orjson.loads(row.doc), row.date))
    for kind, paths in INDEXED.items():
        for path in paths:
            _rewrite_entries(kind, path, partial(_as_written, kind, path))


def downgrade() -> None:
    _rewrite_columns(lambda row: {name: canonical(getattr(row, name)) for name in _COLUMNS})
    for kind, paths in INDEXED.items():
        for path in paths:
            _rewrite_entries(kind, path, lambda rows: {(NUMBER + canonical(row.value[1:]), row.id) for row in rows})


def _rewrite_columns(forms: Callable[[Any], dict[str, str]]) -> None:
    for rows in _batches(_document, _looks_like_a_number(), (_document.c.kind, _document.c.id)):
        for row in rows:
            changed = {name: text for name, text in forms(row).items() if name in _COLUMNS}
            this = (_document.c.kind == row.kind) & (_document.c.id == row.id)
            op.get_bind().execute(sa.update(_document).where(this).values(changed))


def _looks_like_a_number() -> sa.ColumnElement[bool]:
    """By its first character: a digit or a minus."""
    return sa.or_(*(sa.and_(_document.c[name] >= "-", _document.c[name] < ":") for name in _COLUMNS))


def _rewrite_entries(kind: str, path: str, forms: Callable[[Rows], set[tuple[str, str]]]) -> None:
    """`forms` gives the (value, id) of the documents that rows of the side index belong to."""
    of_path = (_entry.c.kind == kind) & (_entry.c.path == path)
    numbers = of_path & (_entry.c.value >= NUMBER) & (_entry.c.value < TEXT)
    for rows in _batches(_entry, numbers, (_entry.c.value, _entry.c.id)):
        old = {(row.value, row.id) for row in rows}
        new = forms(rows)
        ids = sorted({row.id for row in rows})
        there = sa.select(_entry.c.value, _entry.c.id).where(numbers, _entry.c.id.in_(ids))
        kept = {(row.value, row.id) for row in op.get_bind().execute(there)} - old
        _execute_many(sa.delete(_entry).where(of_path, *_is("value", "id")), old - new)
        added = sa.insert(_entry).values(kind=kind, path=path, value=_parameter("value"), id=_parameter("id"))
        _execute_many(added, new - old - kept)


def _is(*names: str) -> list[sa.ColumnElement[bool]]:
    return [_entry.c[name] == _parameter(name) for name in names]


def _parameter(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(f"the_{name}", type_=sa.Text())


def _execute_many(statement: sa.UpdateBase, pairs: set[tuple[str, str]]) -> None:
    if pairs:
        parameters = [{"the_value": value, "the_id": resource_id} for value, resource_id in sorted(pairs)]
        op.get_bind().execute(statement, parameters)


def _as_written(kind: Any, path: str, rows: Rows) -> set[tuple[str, str]]:
    ids = sorted({row.id for row in rows})
    found = op.get_bind().execute(
        sa.select(_document.c.id, _document.c.doc).where(_document.c.kind == kind, _document.c.id.in_(ids))
    )
    return {
        (value, row.id)
        for row in found
        for at, value in index_entries(kind, orjson.loads(row.doc))
        if at == path and value.startswith(NUMBER)
    }


def _batches(table: sa.TableClause, where: sa.ColumnElement[bool], keys: tuple[Any, Any]) -> Iterator[Rows]:
    """All rows in the order of their keys; what is written meanwhile before the last one read is not read again."""
    last: tuple[str, str] | None = None
    while True:
        after = sa.true() if last is None else sa.tuple_(*keys) > sa.tuple_(*last)
        rows = op.get_bind().execute(sa.select(table).where(where, after).order_by(*keys).limit(_BATCH)).all()
        if not rows:
            return
        yield rows
        last = (getattr(rows[-1], keys[0].name), getattr(rows[-1], keys[1].name))
