"""One database behind two verbs. `write` returns when its change is on disk; `read` sees one moment of the database."""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import anyio.to_thread
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.util.concurrency import await_, greenlet_spawn, in_greenlet

from linkwright.errors import LinkwrightError, StaleVersion, Unavailable
from linkwright.store import schema
from linkwright.store.group_commit import LOCK_MS, GroupCommit

T = TypeVar("T")

# Most commits touch the same pages, which go to the database itself once in so many pages of the log (16 MB)
_LOG_PAGES = 4000
# Holds the inner pages of every index among some 100,000 resources
_CACHE_KB = 8000
# So many open readers are kept, each with a cache of its own
_IDLE_READERS = 8
_STATEMENT_MS = 30_000
# So long a server is waited for that takes a connection and then says nothing
_CONNECT_S = 5
# PostgreSQL gave up on one of two transactions that wrote at once: serialization failure, deadlock
_LOST_RACES = frozenset(("40001", "40P01"))


class Database:
    """SQLite (a file; one process on one host) or PostgreSQL, chosen by `url`. Safe for many threads.

    On SQLite writers that arrive together share a commit (`GroupCommit`); on PostgreSQL each write is a transaction of
    its own. In both a change may fail without harm to others, and what it raises reaches its caller. `Unavailable`
    says that the database does not answer, `StaleVersion` that it undid this write in favour of another one.

    Raises:
        ValueError: neither SQLite nor PostgreSQL, or a SQLite database in memory, which could not keep a promise.
    """

    def __init__(self, url: str, *, connections: int = 20) -> None:
        address = _address(url)
        if address.get_backend_name() == "sqlite":
            self._access: _Sqlite | _Postgres = _Sqlite(address)
        else:
            self._access = _Postgres(address, connections)
        self._driver: Any = self._access.engines[0].dialect.dbapi
        self._write_failed = False

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines underneath, the writing one first; for observers."""
        return self._access.engines

    @property
    def waiting_writers(self) -> int:
        """How many writers wait for the commit that is under way to end; on PostgreSQL nobody does."""
        return self._access.waiting_writers

    def read(self, look: Callable[[Connection], T]) -> T:
        try:
            return self._access.read(look)
        except (SQLAlchemyError, self._driver.Error) as error:
            raise _translated(error, self._driver) from error

    def look_up(self, one: Callable[[Connection], T]) -> T:
        """What a single statement reads: it needs no transaction to see one moment of the database."""
        try:
            return self._access.look_up(one)
        except (SQLAlchemyError, self._driver.Error) as error:
            raise _translated(error, self._driver) from error

    def write(self, change: Callable[[Connection], T]) -> T:
        """Run `change` in one transaction. It may run in another writer's thread and must not begin a second write."""
        try:
            return self._access.write(change)
        except (SQLAlchemyError, self._driver.Error) as error:
            translated = _translated(error, self._driver)
            self._write_failed |= isinstance(translated, Unavailable)
            raise translated from error

    async def run(self, work: Callable[[], T]) -> T:
        """For the event loop: `work` reads and writes as anywhere else, and others have their turn while it waits.

        It must be brief, as SQLite's reads are: only its writes are waited for aside, not its own computing.
        """
        return await self._access.run(work)

    def migrate(self) -> None:
        """Bring the tables to the newest revision; quick where they are there already. Safe to repeat, and at once."""
        self.write(schema.migrate)

    def ready(self) -> bool:
        """True if the database answers and its tables are those of this release."""
        try:
            return self._access.read(schema.is_current)
        except SQLAlchemyError:
            return False

    def takes_writes(self) -> bool:
        """False once a write met a database that took nothing, until one is taken again; asking is trying."""
        if self._write_failed:  # some writes change nothing, and their success would say nothing
            with suppress(LinkwrightError):
                self.write(schema.touch)
                self._write_failed = False
        return not self._write_failed

    def close(self) -> None:
        self._access.close()


class _Sqlite:
    """One writing connection behind `GroupCommit`, and a second engine for readers, who never take the write lock."""

    def __init__(self, address: URL) -> None:
        self._writer = create_engine(address)
        self._reader = create_engine(address, poolclass=NullPool)  # as many as threads read: none is waited for
        self.engines = (self._writer, self._reader)
        event.listen(self._writer, "connect", _prepare_writer)
        event.listen(self._reader, "connect", _prepare_reader)
        event.listen(self._writer, "begin", _begin_immediate)
        event.listen(self._reader, "begin", _begin)
        self._idle: deque[Connection] = deque()
        self._commits = GroupCommit(self._writer.connect())

    @property
    def waiting_writers(self) -> int:
        return self._commits.waiting

    def read(self, look: Callable[[Connection], T]) -> T:
        connection = self._connection()
        try:
            with connection.begin():
                return look(connection)
        finally:
            self._put_back(connection)

    def look_up(self, one: Callable[[Connection], T]) -> T:
        connection = self._connection()
        try:
            return one(connection)
        finally:
            self._put_back(connection)

    def _connection(self) -> Connection:
        """Open connections are kept: a pool's bookkeeping would cost more than a select by key."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._reader.connect()

    def _put_back(self, connection: Connection) -> None:
        if len(self._idle) < _IDLE_READERS:
            self._idle.append(connection)
        else:
            connection.close()

    def write(self, change: Callable[[Connection], T]) -> T:
        """Within `run` the event loop goes on while this waits for the disk."""
        if in_greenlet():
            return await_(self._commits.write_soon(change))
        return self._commits.write(change)

    async def run(self, work: Callable[[], T]) -> T:
        """A read by key takes microseconds, so only writes leave the loop: no thread, one flush for all who came."""
        return await greenlet_spawn(work)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._commits.close()
        for engine in self.engines:
            engine.dispose()


class _Postgres:
    """A pool of connections, shared by readers (one snapshot for each read) and writers."""

    def __init__(self, address: URL, connections: int) -> None:
        limits = {} if "connect_timeout" in address.query else {"connect_timeout": _CONNECT_S}
        self._writer = create_engine(
            address, pool_size=connections, max_overflow=0, pool_pre_ping=True, connect_args=limits
        )
        event.listen(self._writer, "connect", _bound_postgres)
        self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self.engines = (self._writer, self._reader)
        self.waiting_writers = 0

    def read(self, look: Callable[[Connection], T]) -> T:
        with self._reader.connect() as connection:
            return look(connection)

    def look_up(self, one: Callable[[Connection], T]) -> T:
        return self.read(one)

    def write(self, change: Callable[[Connection], T]) -> T:
        with self._writer.begin() as connection:
            return change(connection)

    async def run(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work)

    def close(self) -> None:
        self._writer.dispose()


def _address(url: str) -> URL:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if not address.database or address.database == ":memory:":
            raise ValueError("the database must be a file: nothing in memory survives a restart")
        return address
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    raise ValueError(f"{address.get_backend_name()!r} is neither sqlite nor postgresql")


def _prepare_writer(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout={LOCK_MS}",  # until the log is there; `GroupCommit` knows when to wait for others
        "journal_mode=WAL",
        "busy_timeout=0",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_LOG_PAGES}",
        f"cache_size=-{_CACHE_KB}",
        "temp_store=MEMORY",  # what a savepoint would take back is small, and need not survive
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={LOCK_MS}", "journal_mode=WAL", "query_only=ON", f"cache_size=-{_CACHE_KB}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first and writes later could lose it in between."""
    _driver(connection).execute("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    _driver(connection).execute("BEGIN")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _bound_postgres(connection: Any, _: Any) -> None:
    connection.execute(f"SET statement_timeout = {_STATEMENT_MS}")
    connection.execute(f"SET lock_timeout = {LOCK_MS}")
    connection.commit()


def _translated(error: Exception, driver: Any) -> Exception:
    """Our error for a failure of the database itself; what else went wrong is a mistake of ours and stays as it is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlstate", None) in _LOST_RACES:
        return StaleVersion("Another write at the same moment came first.")
    if isinstance(cause, driver.OperationalError | driver.InterfaceError | NoConnectionFree):
        return Unavailable("database", getattr(cause, "sqlite_errorname", type(cause).__name__))
    return error
