"""Many writers, one transaction at a time, one flush for all who waited.

The flush is what a durable write costs. While one commit is on its way to the disk others arrive; all of them run in
the next transaction, each in a savepoint of its own, and return once their shared commit is on disk. A thread that
finds nobody waiting writes inline, without any hand-over. The event loop makes its changes itself too, as statements
take microseconds, and leaves only the commit to a thread: one hand-over for all that came in the same turn of the loop.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, get_ident
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, RootTransaction

T = TypeVar("T")

LARGEST_GROUP = 64
QUIET_TURNS = 3
"""So many turns of the loop pass between a request's first byte and its write."""
LOCK_MS = 10_000
"""How long another process is waited for that writes."""


@dataclass(slots=True, kw_only=True)
class _Write:
    change: Callable[[Connection], Any]
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True, kw_only=True)
class _InThread(_Write):
    """A write whose thread waits for its turn, to lead a group or to go on."""

    turn: Lock = field(default_factory=Lock)
    done: bool = False

    def end(self) -> None:
        self.done = True
        self.turn.release()


@dataclass(slots=True, kw_only=True)
class _OnLoop(_Write):
    """A write that a task of the event loop waits for."""

    future: asyncio.Future[Any]

    def tell(self) -> None:
        if self.future.done():  # nobody waits any more
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


def _tell(writes: Sequence[_OnLoop]) -> None:
    for write in writes:
        write.tell()


class GroupCommit:
    """`write` may be called from any thread. It owns `connection`: nobody else may use it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mutex = Lock()
        self._waiting: deque[_InThread | _OnLoop] = deque()
        self._led = False
        self._leader: int | None = None
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")

    def write(self, change: Callable[[Connection], T]) -> T:
        """Run `change` in a transaction and return once it is on disk. What it raises is raised here, undone.

        `change` may run in another writer's thread, and must not itself call `write`.
        """
        if self._leader == get_ident():
            raise RuntimeError("a change must not begin another write: do both in one")
        mine = _InThread(change=change)
        if not self._leads_at_once(mine):
            mine.turn.acquire()
        if not mine.done:
            self._lead([mine])
        if mine.error is not None:
            raise mine.error
        return cast("T", mine.result)

    def write_soon(self, change: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """The same for the event loop, on which `change` runs: it must be brief."""
        loop = asyncio.get_running_loop()
        mine = _OnLoop(change=change, future=loop.create_future())
        with self._mutex:
            self._waiting.append(mine)
            first, self._led = not self._led, True
        if first:
            self._gather(loop)
        return mine.future

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """Close the connection; nobody may write any more."""
        self._committer.shutdown()
        self._connection.close()

    def _gather(self, loop: asyncio.AbstractEventLoop, known: int = 0, quiet: int = 0) -> None:
        """Lead when a few turns of the loop have brought nobody new: who comes in the same moment shares the flush.

        Those who were just answered mostly ask again at once. Without this they would always miss the next commit, and
        the callers would fall apart into two halves that wait for each other's flushes.
        """
        waiting = len(self._waiting)
        quiet = 0 if waiting > known else quiet + 1
        if quiet < QUIET_TURNS and waiting < LARGEST_GROUP:
            loop.call_soon(self._gather, loop, waiting, quiet)
        else:
            self._lead_on_loop()

    def _lead_on_loop(self) -> None:
        group = self._take_on_loop()
        try:
            transaction = self._connection.begin()
        except Exception:  # another process writes just now: a thread may wait for it, or hear what else is wrong
            self._committer.submit(self._lead, [*group])
            return
        self._leader = get_ident()
        try:
            self._attempt(*group)
        except BaseException as error:
            self._fail(group, error)
            self._hand_over(group)
        else:
            self._committer.submit(self._commit, transaction, group)
        finally:
            self._leader = None

    def _commit(self, transaction: RootTransaction, group: Sequence[_OnLoop]) -> None:
        try:
            transaction.commit()
        except BaseException as error:
            self._fail(group, error)
        finally:
            self._hand_over(group)

    def _take_on_loop(self) -> list[_OnLoop]:
        """Those at the head of the queue; what a thread wants to write may take long."""
        group: list[_OnLoop] = []
        with self._mutex:
            while self._waiting and len(group) < LARGEST_GROUP:
                head = self._waiting[0]
                if not isinstance(head, _OnLoop):
                    break
                group.append(head)
                self._waiting.popleft()
        return group

    def _leads_at_once(self, mine: _InThread) -> bool:
        with self._mutex:
            if not self._led:
                self._led = True
                return True
            mine.turn.acquire()
            self._waiting.append(mine)
            return False

    def _lead(self, group: list[_InThread | _OnLoop]) -> None:
        """In a thread; `group` grows by all who wait."""
        self._leader = get_ident()
        try:
            self._run(group)
        except BaseException as error:
            self._fail(group, error)
        finally:
            self._leader = None
            self._hand_over(group)

    def _run(self, group: list[_InThread | _OnLoop]) -> None:
        """A leading thread's own change goes first and needs no savepoint: nothing else would be undone with it."""
        with self._begun_in_time():
            if isinstance(group[0], _InThread):
                group[0].result = group[0].change(self._connection)
            else:
                self._attempt(*group)
            while joined := self._take(LARGEST_GROUP - len(group)):
                group += joined
                self._attempt(*joined)

    def _begun_in_time(self) -> RootTransaction:
        """Only the event loop does not wait for another process that writes."""
        self._say(f"PRAGMA busy_timeout={LOCK_MS}")
        try:
            return self._connection.begin()
        finally:
            self._say("PRAGMA busy_timeout=0")

    def _fail(self, group: Sequence[_Write], error: BaseException) -> None:
        """Nothing of this group is on disk, so every caller must hear of it.

        A commit that the disk refused leaves its transaction open, here and in the database, which would keep the lock
        with it.
        """
        for write in group:
            write.error = write.error or error
        self._connection.rollback()
        if self._driver.in_transaction:
            self._driver.rollback()

    def _say(self, sql: str) -> None:
        self._driver.execute(sql)

    @property
    def _driver(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", self._connection.connection.dbapi_connection)

    def _take(self, room: int) -> list[_InThread | _OnLoop]:
        with self._mutex:
            return [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]

    def _attempt(self, *writes: _Write) -> None:
        for write in writes:
            self._say("SAVEPOINT one_write")
            try:
                write.result = write.change(self._connection)
            except BaseException as error:  # handed to the caller whose change it is
                write.error = error
                self._say("ROLLBACK TO one_write")
            self._say("RELEASE one_write")

    def _hand_over(self, group: Sequence[_InThread | _OnLoop]) -> None:
        """The next at the head leads, in its thread or on its loop. A leading thread need not be told of the end."""
        with self._mutex:
            successor = self._waiting[0] if self._waiting else None
            self._led = successor is not None
            if isinstance(successor, _InThread):
                self._waiting.popleft()
        if isinstance(successor, _InThread):
            successor.turn.release()
        elif successor is not None:
            loop = successor.future.get_loop()
            loop.call_soon_threadsafe(self._gather, loop)
        loops: dict[asyncio.AbstractEventLoop, list[_OnLoop]] = {}
        for write in group[1:] if isinstance(group[0], _InThread) else group:
            if isinstance(write, _OnLoop):
                loops.setdefault(write.future.get_loop(), []).append(write)
            else:
                write.end()
        for loop, writes in loops.items():  # a loop is called once for all whose turn it is
            loop.call_soon_threadsafe(_tell, writes)
