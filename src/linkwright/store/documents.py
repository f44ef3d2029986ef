"""Resources as they are served (`api.ports.Documents`): stored text goes out as it was written.

A page is bounded in bytes as well as in resources: of one that would be larger the first resources are answered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Integer, Row, bindparam, case, false, func, select, true

from linkwright.api.ports import Kind, Page, Stored
from linkwright.errors import InvalidRequest
from linkwright.store import tallies
from linkwright.store.database import Database
from linkwright.store.filters import Forms, Narrowed, conditions, is_at_hand, narrowed, order_by, sort_value
from linkwright.store.packed import size_of, unpacked
from linkwright.store.prepared import Prepared, statement
from linkwright.store.tables.resources import document
from linkwright.wire.filters import Filter, ListQuery, SortKey
from linkwright.wire.matching import matches

Where = Sequence[ColumnElement[bool]]
Values = Mapping[str, str]

_GET = statement(
    select(document.c.version, document.c.doc, document.c.requester, document.c.internals).where(
        document.c.kind == bindparam("of_kind"), document.c.id == bindparam("of_id"), document.c.hidden == false()
    )
)
_TEXT = statement(
    select(document.c.doc).where(document.c.kind == bindparam("of_kind"), document.c.id == bindparam("of_id"))
)
_BATCH = 200
WALKED = 12_000
"""Entries of an index that a brief page may pass: a few tenths of a millisecond."""


class SqlDocuments:
    """`most_rows` and `most_bytes` bound how much one list request may read to decide what no index decides.

    `page_bytes` bounds what a page holds; one resource is always answered.
    """

    def __init__(
        self,
        database: Database,
        *,
        most_rows: int = 20_000,
        most_bytes: int = 256 * 1024 * 1024,
        page_bytes: int = 32 * 1024 * 1024,
    ) -> None:
        self._database = database
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._page_bytes = page_bytes

    def get(self, kind: Kind, resource_id: str) -> Stored | None:
        values = {"of_kind": kind, "of_id": resource_id}
        row = self._database.look_up(lambda connection: _GET.one(connection, values))
        if row is None:
            return None
        return Stored(version=row.version, body=unpacked(row.doc), requester=row.requester, internals=row.internals)

    def brief_page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page | None:
        """At most `WALKED` entries of one index are walked, to the page and to count what matches."""
        by_index = narrowed(kind, query.filter)
        exact = not (query.sort or by_index.undecided or requester)
        if not exact or query.offset + query.limit > WALKED or not is_at_hand(kind, by_index.forms):
            return None
        return self._database.read(lambda connection: _at_hand(connection, kind, by_index, query, self._page_bytes))

    def page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page:
        return self._database.read(lambda connection: self._page(connection, kind, query, requester))

    def _page(self, connection: Connection, kind: Kind, query: ListQuery, requester: str | None) -> Page:
        by_index = narrowed(kind, query.filter)
        sortable = order_by(kind, query.sort) is not None
        values = dict(by_index.values) if requester is None else {**by_index.values, "of_requester": requester}
        if sortable and not by_index.undecided:
            return _decided(connection, kind, by_index.forms, values, query, self._page_bytes)
        where = _where(kind, by_index.forms, requester is not None)
        unknown = [*by_index.undecided, *(key.path for key in query.sort)]
        matching = _matching(self._rows(connection, kind, where, values, query, unknown[0]), query.filter)
        if sortable:
            return _windowed(matching, query, self._page_bytes)
        return _sorted(connection, kind, matching, query, self._page_bytes)

    def _rows(
        self, connection: Connection, kind: Kind, where: Where, values: Values, query: ListQuery, path: str
    ) -> Iterator[Row[str, bytes]]:
        """The narrowed rows in small batches, as long as there are not too many of them."""
        some = select(document.c.id).where(*where).limit(self._most_rows + 1).subquery()
        if connection.execute(select(func.count()).select_from(some), values).scalar_one() > self._most_rows:
            raise self._too_much(path)
        rows = select(document.c.id, document.c.doc).where(*where).order_by(*(order_by(kind, query.sort) or ()))
        room = self._most_bytes
        with connection.execute(rows, values, execution_options={"yield_per": _BATCH}) as found:
            for row in found:
                room -= size_of(row.doc)
                if room < 0:
                    raise self._too_much(path)
                yield row

    def _too_much(self, path: str) -> InvalidRequest:
        text = (
            f"To decide on {path!r} more than {self._most_rows} resources, or very large ones, would have to be opened."
        )
        return InvalidRequest(f"{text} Narrow the request with another filter, for example by state and date.", path)


@dataclass(frozen=True, kw_only=True)
class _Spoken:
    """What is asked of the database for all requests of one form; `some` counts no further than `most`.

    `page` leaves out the text of resources that take more than their `share` of the page.
    """

    page: Prepared
    count: Prepared
    some: Prepared


def _decided(
    connection: Connection, kind: Kind, forms: Forms, values: Values, query: ListQuery, page_bytes: int
) -> Page:
    """The database alone finds, orders and counts."""
    spoken = _statements(kind, forms, query.sort, "of_requester" in values)
    rows = _rows_of_page(connection, spoken, values, query, page_bytes)
    total = _known_total(connection, kind, values, query, len(rows))
    if total is None:
        total = spoken.count.value(connection, values) or 0
    return Page(bodies=_bodies(connection, kind, rows, page_bytes), total=total)


def _at_hand(connection: Connection, kind: Kind, by_index: Narrowed, query: ListQuery, page_bytes: int) -> Page | None:
    """The same, if it need not count far."""
    spoken = _statements(kind, by_index.forms, query.sort, False)
    rows = _rows_of_page(connection, spoken, by_index.values, query, page_bytes)
    total = _known_total(connection, kind, by_index.values, query, len(rows))
    if total is None:
        total = spoken.some.value(connection, {**by_index.values, "most": WALKED}) or 0
    if total >= WALKED and by_index.forms:
        return None
    return Page(bodies=_bodies(connection, kind, rows, page_bytes), total=total)


def _rows_of_page(
    connection: Connection, spoken: _Spoken, values: Values, query: ListQuery, page_bytes: int
) -> list[Any]:
    """All rows of the page, as stored no larger than it: what exceeds its equal share comes without its text."""
    window = {"most": query.limit, "skip": query.offset, "share": page_bytes // query.limit}
    return spoken.page.rows(connection, {**values, **window})


def _bodies(connection: Connection, kind: Kind, rows: Sequence[Any], page_bytes: int) -> list[bytes]:
    """The texts of the first rows, as many as go together."""
    bodies: list[bytes] = []
    room = page_bytes
    for row in rows:
        if bodies and row.size > room:  # the text is no smaller than what is stored of it
            break
        stored = row.doc if row.doc is not None else _stored(connection, kind, row.id)
        room -= size_of(stored)
        if bodies and room < 0:
            break
        bodies.append(unpacked(stored))
    return bodies


def _stored(connection: Connection, kind: Kind, resource_id: str) -> bytes:
    (row,) = _TEXT.rows(connection, {"of_kind": kind, "of_id": resource_id})
    stored: bytes = row.doc
    return stored


def _fitting(sizes: Sequence[int], most_bytes: int) -> int:
    """How many of the first go together; the first one does, however large."""
    return max(sum(size <= most_bytes for size in accumulate(sizes)), min(len(sizes), 1))


def _known_total(connection: Connection, kind: Kind, values: Values, query: ListQuery, found: int) -> int | None:
    """What need not be counted: up to the end of a last page, and all of a kind. `found`: so many are on the page."""
    if found < query.limit and (found or query.offset == 0):
        return query.offset + found
    return None if values else tallies.visible(connection, kind)


@lru_cache(maxsize=512)
def _statements(kind: Kind, forms: Forms, sort: tuple[SortKey, ...], scoped: bool) -> _Spoken:
    where = _where(kind, forms, scoped)
    most, skip, share = (bindparam(name, type_=Integer) for name in ("most", "skip", "share"))
    size = func.length(document.c.doc)
    columns = document.c.id, size.label("size"), case((size <= share, document.c.doc)).label("doc")
    page = select(*columns).where(*where).order_by(*(order_by(kind, sort) or ())).limit(most).offset(skip)
    # `version` is in no index: SQLite counts by the ids of the side index instead of walking one that covers all rows
    count = func.count(document.c.version) if _by_entry(forms) else func.count()
    some = select(document.c.id).where(*where).limit(most).subquery()
    return _Spoken(
        page=statement(page),
        count=statement(select(count).select_from(document).where(*where)),
        some=statement(select(func.count()).select_from(some)),
    )


def _where(kind: Kind, forms: Forms, scoped: bool) -> Where:
    """Where the side index narrows the rows no other index shall: its ids are few, the order of all rows is long."""
    seen = document.c.hidden.is_not(true()) if _by_entry(forms) else document.c.hidden == false()
    mine = [document.c.requester == bindparam("of_requester")] if scoped else []
    return [document.c.kind == kind, seen, *conditions(kind, forms), *mine]


def _by_entry(forms: Forms) -> bool:
    return any(form.place == "entry" for clause in forms for form in clause)


def _matching(rows: Iterable[Row[str, bytes]], wanted: Filter) -> Iterator[tuple[Row[str, bytes], object]]:
    for row in rows:
        doc = orjson.loads(unpacked(row.doc))
        if matches(wanted, doc):
            yield row, doc


def _windowed(matching: Iterable[tuple[Row[str, bytes], object]], query: ListQuery, page_bytes: int) -> Page:
    """The rows come in their order already."""
    bodies: list[bytes] = []
    total, room = 0, page_bytes
    for row, _ in matching:
        if query.offset <= total < query.offset + query.limit:
            room -= size_of(row.doc)
            if room >= 0 or not bodies:
                bodies.append(unpacked(row.doc))
        total += 1
    return Page(bodies=bodies, total=total)


def _sorted(
    connection: Connection,
    kind: Kind,
    matching: Iterable[tuple[Row[str, bytes], object]],
    query: ListQuery,
    page_bytes: int,
) -> Page:
    """Sort by values that only the documents have; the bodies of the page are fetched again, not all kept."""
    found = [
        (row.id, [sort_value(kind, key.path, doc) for key in query.sort], size_of(row.doc)) for row, doc in matching
    ]
    found.sort(key=lambda one: one[0], reverse=query.sort[0].descending)
    for position, key in reversed(list(enumerate[SortKey](query.sort))):
        found.sort(key=lambda one: one[1][position], reverse=key.descending)
    window = found[query.offset : query.offset + query.limit]
    ids = [one[0] for one in window[: _fitting([one[2] for one in window], page_bytes)]]
    rows = connection.execute(
        select(document.c.id, document.c.doc).where(document.c.kind == kind, document.c.id.in_(ids))
    )
    bodies = {row.id: unpacked(row.doc) for row in rows}
    return Page(bodies=[bodies[one] for one in ids], total=len(found))
