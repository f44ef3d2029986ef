"""Posting twice: under which keys a resource was made, so that a repetition finds the first one."""

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from linkwright.api.ports import Kind
from linkwright.errors import Conflict
from linkwright.posting import Post
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.resources import claim

LONGEST = 500
"""Longer keys are kept by their digest: an index entry of PostgreSQL has room for a third of a page."""

_CLAIM = upsert(claim, ("kind", "requester", "key"), lambda _: {})
_CLAIMED = statement(
    select(claim.c.digest, claim.c.resource_id).where(
        claim.c.kind == bindparam("of_kind"),
        claim.c.requester == bindparam("of_requester"),
        claim.c.key == bindparam("of_key"),
    )
)
_RELEASE = statement(
    delete(claim).where(claim.c.kind == bindparam("of_kind"), claim.c.resource_id == bindparam("of_id"))
)


def claim_keys(connection: Connection, kind: Kind, requester: str, post: Post, resource_id: str) -> str:
    """The id of the resource that was first posted under one of these keys; `resource_id` if none was.

    Two that come at the same moment: the database lets one in and makes the other wait and find it.

    Raises:
        Conflict: under one of the keys something else was posted.
    """
    there = _claims(connection, kind, requester, post)
    first = min((row.resource_id for row in there.values()), default=resource_id)
    for key in map(_indexable, post.keys):
        row = {"kind": kind, "requester": requester, "key": key, "digest": post.digest, "resource_id": first}
        if key not in there and _CLAIM.run(connection, row) == 0:
            return claim_keys(connection, kind, requester, post, resource_id)
    return first


def first_posted(connection: Connection, kind: Kind, requester: str, post: Post) -> str | None:
    """The same without claiming anything; None if nothing was posted under these keys. Raises like `claim_keys`."""
    return min((row.resource_id for row in _claims(connection, kind, requester, post).values()), default=None)


def _claims(connection: Connection, kind: Kind, requester: str, post: Post) -> dict[str, Any]:
    keys = [_indexable(key) for key in post.keys]
    there = {key: row for key in keys if (row := _claimed(connection, kind, requester, key)) is not None}
    for key, row in there.items():
        if row.digest != post.digest:
            raise Conflict(f"Another {kind} was posted under the same {key.partition(':')[0]}: {row.resource_id}.")
    return there


def _indexable(key: str) -> str:
    name, _, value = key.partition(":")
    return key if len(key) <= LONGEST else f"{name}:#{sha256(value.encode()).hexdigest()}"


def _claimed(connection: Connection, kind: Kind, requester: str, key: str) -> Any | None:
    return _CLAIMED.one(connection, {"of_kind": kind, "of_requester": requester, "of_key": key})


def release_keys(connection: Connection, kind: Kind, resource_id: str) -> None:
    """The resource is gone: whoever posts under its keys makes a new one."""
    _RELEASE.run(connection, {"of_kind": kind, "of_id": resource_id})
