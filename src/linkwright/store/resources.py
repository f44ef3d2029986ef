"""TMF resources as rows: the document as it is served, what it is searched by, and what is kept beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from linkwright.api.ports import Kind
from linkwright.errors import NotFound, Repeated, StaleVersion
from linkwright.posting import Post
from linkwright.store import claims, tallies
from linkwright.store.prepared import statement, upsert
from linkwright.store.searchable import index_entries, promoted
from linkwright.store.tables import doc_index, document

Json = Any
Entries = frozenset[tuple[str, str]]

_THIS = (document.c.kind == bindparam("of_kind")) & (document.c.id == bindparam("of_id"))
_CHANGING = ("version", "state", "date", "external_id", "category", "priority", "doc", "internals")

_INSERT = statement(insert(document))
_OVERWRITE = statement(
    update(document)
    .where(_THIS, document.c.version == bindparam("read_version"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_HIDE = statement(
    update(document)
    .where(_THIS, document.c.version == bindparam("read_version"))
    .values(hidden=True, version=document.c.version + 1)
)
_FETCH = statement(
    select(
        document.c.id, document.c.version, document.c.requester, document.c.hidden, document.c.doc, document.c.internals
    ).where(_THIS)
)
_CHILDREN = statement(
    select(
        document.c.id, document.c.version, document.c.requester, document.c.hidden, document.c.doc, document.c.internals
    )
    .where(document.c.kind == bindparam("of_kind"), document.c.parent == bindparam("of_parent"))
    .order_by(document.c.date, document.c.id)
)
_STATUS = statement(select(document.c.state, document.c.hidden).where(_THIS))
_DELETE = statement(delete(document).where(_THIS, document.c.hidden == bindparam("of_hidden")))

_ENTRIES = statement(
    select(doc_index.c.path, doc_index.c.value).where(
        doc_index.c.kind == bindparam("of_kind"), doc_index.c.id == bindparam("of_id")
    )
)
_ADD_ENTRY = upsert(doc_index, ("kind", "id", "path", "value"), lambda _: {})
_DROP_ENTRY = statement(
    delete(doc_index).where(
        doc_index.c.kind == bindparam("of_kind"),
        doc_index.c.id == bindparam("of_id"),
        doc_index.c.path == bindparam("of_path"),
        doc_index.c.value == bindparam("of_value"),
    )
)
_DROP_ENTRIES = statement(
    delete(doc_index).where(doc_index.c.kind == bindparam("of_kind"), doc_index.c.id == bindparam("of_id"))
)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What is to be stored. `date` counts where the document itself has no date of its own making."""

    kind: Kind
    id: str
    version: int
    requester: str
    date: str
    doc: Json
    internals: Json
    parent: str | None = None
    post: Post | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A resource as it was stored."""

    version: int
    requester: str
    hidden: bool
    doc: Json
    internals: Json


def insert_resource(connection: Connection, resource: Resource, body: bytes) -> None:
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
        "doc": body,
        "internals": orjson.dumps(resource.internals),
    }
    _INSERT.run(connection, row | promoted(resource.kind, resource.doc, resource.date))
    _add_entries(connection, resource, index_entries(resource.kind, resource.doc))
    tallies.add(connection, resource.kind, 1)


def refuse_repeated(connection: Connection, kind: Kind, requester: str, post: Post) -> None:
    """Raises like `insert_resource`, and claims nothing."""
    if (first := claims.first_posted(connection, kind, requester, post)) is not None:
        raise Repeated(first)


def overwrite_resource(connection: Connection, resource: Resource, body: bytes) -> None:
    """Write over the version before `resource.version`.

    Raises:
        NotFound: there is no such resource; StaleVersion: another version is stored.
    """
    new = promoted(resource.kind, resource.doc, resource.date) | {
        "version": resource.version,
        "doc": body,
        "internals": orjson.dumps(resource.internals),
    }
    where = {"of_kind": resource.kind, "of_id": resource.id, "read_version": resource.version - 1}
    if _OVERWRITE.run(connection, where | {f"new_{name}": value for name, value in new.items()}) == 0:
        raise _why_not_written(connection, resource.kind, resource.id, resource.version - 1)
    _renew_entries(connection, resource)


def hide_resource(connection: Connection, kind: Kind, resource_id: str, version: int) -> None:
    """Take it out of sight of every caller; the flows still find it."""
    if _HIDE.run(connection, {"of_kind": kind, "of_id": resource_id, "read_version": version}) == 0:
        raise _why_not_written(connection, kind, resource_id, version)
    tallies.add(connection, kind, -1)
    claims.release_keys(connection, kind, resource_id)


def fetch_resource(connection: Connection, kind: Kind, resource_id: str) -> Kept:
    row = _FETCH.one(connection, {"of_kind": kind, "of_id": resource_id})
    if row is None:
        raise NotFound(kind, resource_id)
    return _kept(row)


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


def delete_resource(connection: Connection, kind: Kind, resource_id: str) -> None:
    where = {"of_kind": kind, "of_id": resource_id}
    _DROP_ENTRIES.run(connection, where)
    if _DELETE.run(connection, where | {"of_hidden": False}) == 1:
        tallies.add(connection, kind, -1)
    else:
        _DELETE.run(connection, where | {"of_hidden": True})


def _kept(row: Any) -> Kept:
    return Kept(
        version=row.version,
        requester=row.requester,
        hidden=bool(row.hidden),
        doc=orjson.loads(row.doc),
        internals=orjson.loads(row.internals),
    )


def _why_not_written(connection: Connection, kind: Kind, resource_id: str, version: int) -> Exception:
    """Either it is not there (`status` raises that), or it is newer than what was read."""
    status(connection, kind, resource_id)
    return StaleVersion(f"{kind} {resource_id} is newer than version {version}, which was read.")


def _renew_entries(connection: Connection, resource: Resource) -> None:
    """Most changes touch no indexed value, so the difference is written, not the whole."""
    where = {"of_kind": resource.kind, "of_id": resource.id}
    stored = {(row.path, row.value) for row in _ENTRIES.rows(connection, where)}
    wanted = index_entries(resource.kind, resource.doc)
    gone = [where | {"of_path": path, "of_value": value} for path, value in stored - wanted]
    _DROP_ENTRY.run_many(connection, gone)
    _add_entries(connection, resource, wanted - stored)


def _add_entries(connection: Connection, resource: Resource, entries: Entries) -> None:
    _ADD_ENTRY.run_many(
        connection,
        [{"kind": resource.kind, "id": resource.id, "path": path, "value": value} for path, value in entries],
    )
