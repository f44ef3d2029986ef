"""Who did what to which resource, in the transaction in which it was done. Only ever added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from linkwright.store.database import Database
from linkwright.store.prepared import numbered_row, statement
from linkwright.store.tables.trail import audit
from linkwright.store.times import moment, stamp

_ADD = statement(numbered_row(audit).inline())
_OF = statement(
    select(audit.c.at, audit.c.actor, audit.c.action, audit.c.kind, audit.c.id, audit.c.version, audit.c.reason)
    .where(audit.c.id == bindparam("of_id"))
    .order_by(audit.c.seq)
)


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """`actor` is a client, or `linkwright` for its own runs; `version` is that of the resource afterwards.

    `reason` is what a person gave for a decision.
    """

    at: datetime
    actor: str
    action: str
    kind: str
    id: str
    version: int
    reason: str = ""


def note(
    connection: Connection,
    at: datetime,
    actor: str,
    actions: Sequence[str],
    kind: str,
    resource_id: str,
    version: int,
    reason: str = "",
) -> None:
    row = {
        "at": stamp(at), "actor": actor, "kind": kind, "id": resource_id, "version": version, "reason": reason or None
    }  # fmt: skip
    for action in actions:
        _ADD.run(connection, row | {"action": action})


def trail(database: Database, resource_id: str) -> list[AuditEntry]:
    """Everything that was done to a resource, oldest first, also after it was removed."""
    rows = database.read(lambda connection: _OF.rows(connection, {"of_id": resource_id}))
    return [
        AuditEntry(
            at=moment(row.at),
            actor=row.actor,
            action=row.action,
            kind=row.kind,
            id=row.id,
            version=row.version,
            reason=row.reason or "",
        )
        for row in rows
    ]
