"""Which processes of one installation share what the outside gives to all of them together.

On PostgreSQL each holds one shared advisory lock on a connection of its own, which the server takes back when the
process dies, and everybody can read who holds it. On SQLite there is exactly one process.
"""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
import structlog

ANSWERS_WITHIN_S = 2
HANGS_UP_AFTER_S = 2.0 * ANSWERS_WITHIN_S
"""A server that says nothing at all, not even that a statement took too long."""
_KEY = int.from_bytes(hashlib.sha256(b"linkwright sharing").digest()[:8], signed=True)
_JOIN = sa.text("SELECT pg_try_advisory_lock_shared(:key)")
_LOOK = sa.text(
    "SELECT pid, pid = pg_backend_pid() AS mine, extract(epoch FROM clock_timestamp())::float8 AS clock_s"
    " FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32) + objid::bigint = :key ORDER BY pid"
)

log = structlog.get_logger()


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

    def __init__(self, database_url: sa.URL, *, hangs_up_after_s: float = HANGS_UP_AFTER_S) -> None:
        limits = {"connect_timeout": ANSWERS_WITHIN_S, "options": f"-c statement_timeout={ANSWERS_WITHIN_S}s"}
        self._engine = sa.create_engine(
            database_url.set(drivername="postgresql+psycopg"),
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=limits,
        )
        self._connection: sa.Connection | None = None
        self._hangs_up_after_s = hangs_up_after_s
        self._lock, self._has_left, self._is_told = threading.Lock(), False, False

    def look(self) -> Sharers | None:
        """A connection that was lost is made anew: for all others that is somebody new."""
        with self._lock:
            if self._has_left:
                return None
            try:
                rows = self._rows()
            except (sa.exc.DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
                self._nobody_knows(str(getattr(error, "orig", error)))
                return None
            mine = [number for number, row in enumerate(rows) if row.mine]
            if not mine:
                self._nobody_knows("the lock is not held")
                return None
            self._is_told = False
        return Sharers(members=tuple(row.pid for row in rows), place=mine[0], clock_s=rows[0].clock_s)

    def leave(self) -> None:
        with self._lock:
            self._has_left = True
            self._drop()

    def _rows(self) -> Sequence[Any]:
        is_new = self._connection is None
        if self._connection is None:
            self._connection = self._engine.connect()
        with _limited(self._connection, self._hangs_up_after_s):
            if is_new:
                self._connection.execute(_JOIN, {"key": _KEY})
            return self._connection.execute(_LOOK, {"key": _KEY}).all()

    def _nobody_knows(self, why: str) -> None:
        self._drop()
        if not self._is_told:
            log.warning("no calls to partners with a rate: who shares it cannot be read", said=why)
        self._is_told = True

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sa.exc.DBAPIError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None


@contextmanager
def _limited(connection: sa.Connection, within_s: float) -> Iterator[None]:
    """Whoever waits for the server longer than this finds the connection broken."""
    driver: Any = connection.connection.driver_connection
    line = socket.socket(fileno=os.dup(driver.fileno()))
    timer = threading.Timer(within_s, _hang_up, (line,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.close()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def sharing_of(database_url: str) -> Sharing | None:
    """None: this process is the only one."""
    url = sa.make_url(database_url)
    return None if url.get_backend_name() == "sqlite" else SharedLock(url)
