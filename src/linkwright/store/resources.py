"""TMF resources as rows: the document as it is served, what it is searched by, and what is kept beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from linkwright.api.ports import Kind
from linkwright.errors import NotFound, Repeated, StaleVersion
from linkwright.posting import Post
from linkwright.store import claims, tallies
from linkwright.store.packed import packed, unpacked
from linkwright.store.prepared import Prepared, statement, upsert
from linkwright.store.searchable import COLUMNS, Entry, changed_entries, index_entries, promoted
from linkwright.store.tables.resources import doc_entry, document
from linkwright.store.work import Kept, Work
from linkwright.wire import large_json

Json = Any

_THIS = (document.c.kind == bindparam("of_kind")) & (document.c.id == bindparam("of_id"))
_TEXTS = ("version", "doc", "internals")
_COLUMNS = ("state", "date", "external_id", "category", "priority")

_INSERT = statement(insert(document))


def _overwrite(*columns: str) -> Prepared:
    """A column that is set is written anew in every index that has it, be it the same as before."""
    this_version = (_THIS, document.c.version == bindparam("read_version"))
    return statement(update(document).where(*this_version).values({name: bindparam(f"new_{name}") for name in columns}))


_OVERWRITE = _overwrite(*_TEXTS, *_COLUMNS)
_OVERWRITE_TEXTS = _overwrite(*_TEXTS)
_HIDE = statement(
    update(document)
    .where(_THIS, document.c.version == bindparam("read_version"))
    .values(hidden=True, version=document.c.version + 1)
)
_WHOLE = select(
    document.c.id, document.c.version, document.c.requester, document.c.hidden, document.c.doc, document.c.internals
)
_FETCH = statement(_WHOLE.where(_THIS))
_CHILDREN = statement(
    _WHOLE.where(document.c.kind == bindparam("of_kind"), document.c.parent == bindparam("of_parent")).order_by(
        document.c.date, document.c.id
    )
)
_STATUS = statement(select(document.c.state, document.c.hidden).where(_THIS))
_IS_VERSION = statement(
    select(document.c.id).where(_THIS, document.c.version == bindparam("read_version"), document.c.hidden.is_(False))
)
_DELETE = statement(delete(document).where(_THIS, document.c.hidden == bindparam("of_hidden")))

_ADD_ENTRY = upsert(doc_entry, ("kind", "path", "value", "id"), lambda _: {})
_DROP_ENTRY = statement(
    delete(doc_entry).where(
        doc_entry.c.kind == bindparam("kind"),
        doc_entry.c.path == bindparam("path"),
        doc_entry.c.value == bindparam("value"),
        doc_entry.c.id == bindparam("id"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What is to be stored. `date` counts where the document itself has no date of its own making.

    `json` is the document as text, for whoever has written it already.
    """

    kind: Kind
    id: str
    version: int
    requester: str
    date: str
    doc: Json
    internals: Json
    parent: str | None = None
    post: Post | None = None
    json: bytes | None = None

    def stored(self) -> bytes:
        return packed(large_json.pieces(self.doc) if self.json is None else (self.json,))


def insert_resource(connection: Connection, resource: Resource, stored: bytes) -> None:
    """Raises Repeated where the same request is stored already, Conflict where another one has its key."""
    if (post := resource.post) is not None:
        first = claims.claim_keys(connection, resource.kind, resource.requester, post, resource.id)
        if first != resource.id:
            raise Repeated(first)
    row = {
        "kind": resource.kind,
        "id": resource.id,
        "version": resource.version,
        "requester": resource.requester,
        "parent": resource.parent,
        "hidden": False,
        "doc": stored,
        "internals": orjson.dumps(resource.internals),
    }
    _INSERT.run(connection, row | promoted(resource.kind, resource.doc, resource.date))
    entries = index_entries(resource.kind, resource.doc)
    _ADD_ENTRY.run_many(connection, _entry_rows(resource.kind, resource.id, entries))
    tallies.add(connection, resource.kind, 1)


def refuse_repeated(connection: Connection, kind: Kind, requester: str, post: Post) -> None:
    """Raises like `insert_resource`, and claims nothing."""
    if (first := claims.first_posted(connection, kind, requester, post)) is not None:
        raise Repeated(first)


def overwrite_resource(work: Work, resource: Resource, stored: bytes) -> None:
    """Write over the version before `resource.version`.

    Most changes touch no indexed value, so the difference of the entries is written, not the whole.

    Raises:
        NotFound: there is no such resource; StaleVersion: another version is stored.
    """
    before = read_resource(work, resource.kind, resource.id)
    if before.version != resource.version - 1 or _overwritten(work.connection, before, resource, stored) == 0:
        raise _why_not_written(work.connection, resource.kind, resource.id, resource.version - 1)
    gone, come = changed_entries(resource.kind, before.doc, resource.doc)
    _DROP_ENTRY.run_many(work.connection, _entry_rows(resource.kind, resource.id, gone))
    _ADD_ENTRY.run_many(work.connection, _entry_rows(resource.kind, resource.id, come))
    work.kept[resource.kind, resource.id] = replace(
        before, version=resource.version, doc=resource.doc, internals=resource.internals
    )


def _overwritten(connection: Connection, before: Kept, resource: Resource, stored: bytes) -> int:
    values = {
        "of_kind": resource.kind,
        "of_id": resource.id,
        "read_version": before.version,
        "new_version": resource.version,
        "new_doc": stored,
        "new_internals": orjson.dumps(resource.internals),
    }
    if all(before.doc.get(name) == resource.doc.get(name) for name in COLUMNS[resource.kind]):
        return _OVERWRITE_TEXTS.run(connection, values)
    columns = promoted(resource.kind, resource.doc, resource.date)
    return _OVERWRITE.run(connection, values | {f"new_{name}": value for name, value in columns.items()})


def hide_resource(work: Work, kind: Kind, resource_id: str, version: int) -> None:
    """Take it out of sight of every caller; the flows still find it."""
    if _HIDE.run(work.connection, {"of_kind": kind, "of_id": resource_id, "read_version": version}) == 0:
        raise _why_not_written(work.connection, kind, resource_id, version)
    work.kept.pop((kind, resource_id), None)
    tallies.add(work.connection, kind, -1)
    claims.release_keys(work.connection, kind, resource_id)


def read_resource(work: Work, kind: Kind, resource_id: str) -> Kept:
    """As it is stored. What this transaction has read or written already is not read again."""
    known = work.kept.get((kind, resource_id))
    if known is None:
        row = _FETCH.one(work.connection, {"of_kind": kind, "of_id": resource_id})
        if row is None:
            raise NotFound(kind, resource_id)
        known = work.kept[kind, resource_id] = _kept(row)
    return known


def know(work: Work, kind: Kind, resource_id: str, version: int, requester: str, doc: Json) -> None:
    """What a caller saw before this transaction; that it is still so is found out when it is written over."""
    seen = Kept(version=version, requester=requester, hidden=False, doc=doc, internals=None)
    work.kept.setdefault((kind, resource_id), seen)


def children(connection: Connection, kind: Kind, parent: str) -> Iterator[tuple[str, Kept]]:
    """The resources below `parent` with their ids, oldest first."""
    for row in _CHILDREN.rows(connection, {"of_kind": kind, "of_parent": parent}):
        yield row.id, _kept(row)


def status(connection: Connection, kind: Kind, resource_id: str) -> tuple[str, bool]:
    """(state, hidden) of a resource, without its document."""
    row = _STATUS.one(connection, {"of_kind": kind, "of_id": resource_id})
    if row is None:
        raise NotFound(kind, resource_id)
    return row.state, bool(row.hidden)


def is_version(connection: Connection, kind: Kind, resource_id: str, version: int) -> bool:
    """Whether this version is stored, without its document; False for one that is out of sight."""
    values = {"of_kind": kind, "of_id": resource_id, "read_version": version}
    return _IS_VERSION.one(connection, values) is not None


def delete_resource(work: Work, kind: Kind, resource_id: str) -> None:
    """Safe to repeat."""
    try:
        entries = index_entries(kind, read_resource(work, kind, resource_id).doc)
    except NotFound:
        return
    where = {"of_kind": kind, "of_id": resource_id}
    del work.kept[kind, resource_id]
    _DROP_ENTRY.run_many(work.connection, _entry_rows(kind, resource_id, entries))
    if _DELETE.run(work.connection, where | {"of_hidden": False}) == 1:
        tallies.add(work.connection, kind, -1)
    else:
        _DELETE.run(work.connection, where | {"of_hidden": True})


def _kept(row: Any) -> Kept:
    return Kept(
        version=row.version,
        requester=row.requester,
        hidden=bool(row.hidden),
        doc=large_json.loads(unpacked(row.doc)),
        internals=orjson.loads(row.internals),
    )


def _why_not_written(connection: Connection, kind: Kind, resource_id: str, version: int) -> Exception:
    """Either it is not there (`status` raises that), or it is newer than what was read."""
    status(connection, kind, resource_id)
    return StaleVersion(f"{kind} {resource_id} is newer than version {version}, which was read.")


def _entry_rows(kind: Kind, resource_id: str, entries: Iterable[Entry]) -> list[dict[str, str]]:
    return [{"kind": kind, "id": resource_id, "path": path, "value": value} for path, value in entries]
