"""Tells a dead process from a live one, by locks that the system takes back when a process dies, however it dies.

No clock and no lease: a lock is held or it is not. SQLite: one lock on one file, since exactly one process works on it.
PostgreSQL: an advisory lock for each process, held by a connection of its own (a pooler must be in session mode).
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa


class EngineBusy(RuntimeError):
    """Another live process works on this engine database; the text names it."""


class Liveness(Protocol):
    def claim(self) -> None:
        """Show that this process lives, from now until `release` or its death. Repeating it renews a lost claim."""
        ...

    def release(self) -> None: ...

    def found_dead(self, executor_id: str) -> AbstractContextManager[bool]:
        """Whether another process is dead; while the context lasts nobody else is told the same."""
        ...


class SoleProcess:
    """For SQLite: whoever holds the lock on `<database>.lock` is alone, so everybody else is dead."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.lock")
        self._file: IO[str] | None = None

    def claim(self) -> None:
        if self._file is not None:
            return
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise EngineBusy(f"{self._path} is locked: another process runs on this database") from error
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextmanager
    def found_dead(self, executor_id: str) -> Iterator[bool]:  # noqa: ARG002 (whoever it was)
        yield self._file is not None


class OneOfMany:
    """For PostgreSQL: every process holds the advisory lock that belongs to its executor id."""

    def __init__(self, database_url: sa.URL, executor_id: str) -> None:
        self._engine = sa.create_engine(database_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        self._executor_id = executor_id
        self._connection: sa.Connection | None = None
        self._lock = threading.Lock()

    def claim(self) -> None:
        with self._lock:
            if self._connection is not None:
                try:
                    self._connection.scalar(sa.select(sa.literal(1)))
                    return
                except sa.exc.DBAPIError:
                    self._drop()
            self._connection = self._engine.connect()
            if not self._try_lock(self._executor_id):
                self._drop()
                raise EngineBusy(f"a process with the executor id {self._executor_id} is alive")

    def release(self) -> None:
        """Unlocks before it leaves: the server notices that a connection is gone only after a while."""
        with self._lock:
            with suppress(sa.exc.DBAPIError):
                self._unlock(self._executor_id)
            self._drop()

    @contextmanager
    def found_dead(self, executor_id: str) -> Iterator[bool]:
        with self._lock:
            dead = self._try_lock(executor_id)
            try:
                yield dead
            finally:
                if dead:
                    self._unlock(executor_id)

    def _try_lock(self, executor_id: str) -> bool:
        lock = sa.select(sa.func.pg_try_advisory_lock(_lock_number(executor_id)))
        return self._connection is not None and bool(self._connection.scalar(lock))

    def _unlock(self, executor_id: str) -> None:
        if self._connection is not None:
            self._connection.scalar(sa.select(sa.func.pg_advisory_unlock(_lock_number(executor_id))))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def liveness_of(database_url: sa.URL, executor_id: str) -> Liveness:
    """The kind of lock that fits the database."""
    if database_url.get_backend_name() == "sqlite":
        return SoleProcess(Path(str(database_url.database)))
    return OneOfMany(database_url.set(drivername="postgresql+psycopg"), executor_id)


def check_free(database_url: str) -> None:
    """Raises EngineBusy where another process works on this SQLite file, before anything of its store is touched.

    What is no address, or no place for a file, is for those who open it to tell.
    """
    with suppress(sa.exc.ArgumentError, OSError):
        url = sa.make_url(database_url)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            sole = liveness_of(url, "")
            sole.claim()
            sole.release()


def _lock_number(executor_id: str) -> int:
    digest = hashlib.sha256(f"linkwright engine {executor_id}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
