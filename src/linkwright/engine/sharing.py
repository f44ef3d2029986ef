"""Which processes of one installation share what the outside gives to all of them together.

On PostgreSQL each holds one shared advisory lock on a connection of its own, which the server takes back when the
process dies, and everybody can read who holds it. On SQLite there is exactly one process.
"""

import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

ANSWERS_WITHIN_S = 2
_KEY = int.from_bytes(hashlib.sha256(b"linkwright sharing").digest()[:8], signed=True)
_JOIN = sa.text("SELECT pg_try_advisory_lock_shared(:key)")
_LOOK = sa.text(
    "SELECT pid, pid = pg_backend_pid() AS mine, extract(epoch FROM clock_timestamp())::float8 AS clock_s"
    " FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32) + objid::bigint = :key ORDER BY pid"
)


@dataclass(frozen=True, kw_only=True)
class Sharers:
    """Who shares, in an order that is the same for all, and our place in it; `clock_s` is a clock that all share."""

    members: tuple[int, ...]
    place: int
    clock_s: float


class Sharing(Protocol):
    def look(self) -> Sharers | None:
        """Join, if that was not done yet, and say who shares now; None where nobody knows."""
        ...

    def leave(self) -> None:
        """For good; nobody else has to wait for the end of this process."""
        ...


class SharedLock:
    """For PostgreSQL."""

    def __init__(self, database_url: sa.URL) -> None:
        limits = {"connect_timeout": ANSWERS_WITHIN_S, "options": f"-c statement_timeout={ANSWERS_WITHIN_S}s"}
        self._engine = sa.create_engine(
            database_url.set(drivername="postgresql+psycopg"),
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=limits,
        )
        self._connection: sa.Connection | None = None
        self._lock, self._has_left = threading.Lock(), False

    def look(self) -> Sharers | None:
        """A connection that was lost is made anew: for all others that is somebody new."""
        with self._lock:
            if self._has_left:
                return None
            try:
                if self._connection is None:
                    self._connection = self._engine.connect()
                    self._connection.execute(_JOIN, {"key": _KEY})
                rows = self._connection.execute(_LOOK, {"key": _KEY}).all()
            except sa.exc.DBAPIError:
                self._drop()
                return None
        mine = [number for number, row in enumerate(rows) if row.mine]
        if not mine:
            return None
        return Sharers(members=tuple(row.pid for row in rows), place=mine[0], clock_s=rows[0].clock_s)

    def leave(self) -> None:
        with self._lock:
            self._has_left = True
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sa.exc.DBAPIError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None


def sharing_of(database_url: str) -> Sharing | None:
    """None: this process is the only one."""
    url = sa.make_url(database_url)
    return None if url.get_backend_name() == "sqlite" else SharedLock(url)
