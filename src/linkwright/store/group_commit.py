"""Many writers, one transaction at a time, one flush for all who waited.

The flush is what a durable write costs. While one commit is on its way to the disk others arrive; all of them run in
the next transaction, each in a savepoint of its own, and return once their shared commit is on disk. A thread that
finds nobody waiting writes inline, without any hand-over; the event loop, which must not wait, has a thread write for
it, one hand-over for all that came in the same turn of the loop.
"""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, get_ident
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

T = TypeVar("T")

LARGEST_GROUP = 64


@dataclass(slots=True, kw_only=True)
class _Write(ABC):
    change: Callable[[Connection], Any]
    result: Any = None
    error: BaseException | None = None

    @abstractmethod
    def lead(self) -> None:
        """It is this write's turn to lead a group."""

    @abstractmethod
    def end(self) -> None:
        """It is on disk, or undone."""


@dataclass(slots=True, kw_only=True)
class _Waiting(_Write):
    """A write whose thread waits for its turn, to lead a group or to go on."""

    turn: Lock = field(default_factory=Lock)
    done: bool = False

    def lead(self) -> None:
        self.turn.release()

    def end(self) -> None:
        self.done = True
        self.turn.release()


@dataclass(slots=True, kw_only=True)
class _Promise(_Write):
    """A write that the event loop waits for; `start` has a thread lead with it."""

    start: Callable[["_Promise"], Any]
    future: asyncio.Future[Any]

    def lead(self) -> None:
        self.start(self)

    def end(self) -> None:
        self.future.get_loop().call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self.future.done():  # nobody waits any more
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class GroupCommit:
    """`write` may be called from any thread. It owns `connection`: nobody else may use it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mutex = Lock()
        self._waiting: deque[_Write] = deque()
        self._led = False
        self._leader: int | None = None
        self._coming: list[_Promise] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def write(self, change: Callable[[Connection], T]) -> T:
        """Run `change` in a transaction and return once it is on disk. What it raises is raised here, undone.

        `change` may run in another writer's thread, and must not itself call `write`.
        """
        if self._leader == get_ident():
            raise RuntimeError("a change must not begin another write: do both in one")
        mine = _Waiting(change=change)
        if not self._leads_at_once(mine):
            mine.turn.acquire()
        if not mine.done:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return cast("T", mine.result)

    def write_soon(self, change: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """The same for the event loop's thread."""
        loop = asyncio.get_running_loop()
        promise = _Promise(change=change, start=self._start, future=loop.create_future())
        if not self._coming:
            loop.call_soon(self._submit)
        self._coming.append(promise)
        return promise.future

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """Close the connection; nobody may write any more."""
        self._writer.shutdown()
        self._connection.close()

    def _submit(self) -> None:
        """Whatever came in this turn of the loop joins the queue; if nobody leads, its first one does."""
        coming, self._coming = self._coming, []
        with self._mutex:
            first = None if self._led else coming[0]
            self._led = True
            self._waiting.extend(coming if first is None else coming[1:])
        if first is not None:
            first.lead()

    def _start(self, promise: _Promise) -> None:
        self._writer.submit(self._lead, promise)

    def _leads_at_once(self, mine: _Waiting) -> bool:
        with self._mutex:
            if not self._led:
                self._led = True
                return True
            mine.turn.acquire()
            self._waiting.append(mine)
            return False

    def _lead(self, mine: _Write) -> None:
        group: list[_Write] = [mine]
        self._leader = get_ident()
        try:
            self._run(group)
        except BaseException as error:  # nothing of this group is on disk, so every caller must hear of it
            for write in group:
                write.error = write.error or error
            self._undo()
        finally:
            self._leader = None
            self._hand_over(group)

    def _run(self, group: list[_Write]) -> None:
        """The leader's own change goes first and needs no savepoint: if it fails, nothing else is undone with it."""
        with self._connection.begin():
            group[0].result = group[0].change(self._connection)
            while joined := self._take(LARGEST_GROUP - len(group)):
                group += joined
                for write in joined:
                    self._attempt(write)

    def _undo(self) -> None:
        """A commit that the disk refused leaves its transaction open, and would keep the lock with it."""
        if self._driver.in_transaction:
            self._driver.rollback()

    def _say(self, sql: str) -> None:
        self._driver.execute(sql)

    @property
    def _driver(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", self._connection.connection.dbapi_connection)

    def _take(self, room: int) -> list[_Write]:
        with self._mutex:
            return [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]

    def _attempt(self, write: _Write) -> None:
        self._say("SAVEPOINT one_write")
        try:
            write.result = write.change(self._connection)
        except BaseException as error:  # handed to the caller whose change it is
            write.error = error
            self._say("ROLLBACK TO one_write")
        self._say("RELEASE one_write")

    def _hand_over(self, group: list[_Write]) -> None:
        """The leader of a thread knows by itself that it is done."""
        with self._mutex:
            successor = self._waiting.popleft() if self._waiting else None
            self._led = successor is not None
        if successor is not None:
            successor.lead()
        for write in group if isinstance(group[0], _Promise) else group[1:]:
            write.end()
