"""The books of the flows: one call is one transaction, and what it set off is said after its commit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection

from linkwright.engine.ports import DueRow
from linkwright.store import runs
from linkwright.store.database import Database
from linkwright.store.holds import SqlHolds
from linkwright.store.orders import SqlOrderTx
from linkwright.store.questions import SqlQuestionTx
from linkwright.store.work import Work

T = TypeVar("T")
Tx = TypeVar("Tx")

OURSELVES = "linkwright"
"""Who writes where no caller does: our own runs."""
OnOutbox = Callable[[set[str]], None]
OnWake = Callable[[str, str, datetime], None]


class Books(Generic[Tx]):
    """`orders.ports.OrderBooks` and `qualifications.ports.QuestionBooks`, according to the transaction it opens."""

    def __init__(
        self,
        database: Database,
        begin: Callable[[Connection, str], Work],
        opened: Callable[[Work], Tx],
        after_commit: Callable[[Work], None],
        actor: Callable[[], str],
    ) -> None:
        self._database = database
        self._actor = actor
        self._begin = begin
        self._opened = opened
        self._after_commit = after_commit

    def read(self, look: Callable[[Tx], T]) -> T:
        return self._database.read(lambda connection: look(self._opened(self._begin(connection, ""))))

    def write(self, change: Callable[[Tx], T]) -> T:
        actor = self._actor()  # now: the change itself may run in another writer's thread

        def within(connection: Connection) -> tuple[T, Work]:
            work = self._begin(connection, actor)
            return change(self._opened(work)), work

        result, work = self._database.write(within)
        self._after_commit(work)
        return result


class SqlBooks:
    """The books of orders, of questions and of holds, and the due rows of both (`engine.ports.DueRows`).

    `on_outbox` hears the ids of subscriptions that have something to deliver, `on_wake` of each piece of work that
    was woken. Both are called after the commit, in the writer's thread; they may lose a call, but must not raise.
    `actor` says who writes, as far as it knows.
    """

    def __init__(
        self,
        database: Database,
        *,
        base_url: str,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        on_outbox: OnOutbox = lambda _: None,
        on_wake: OnWake = lambda _kind, _key, _at: None,
        actor: Callable[[], str] = lambda: OURSELVES,
    ) -> None:
        def begin(connection: Connection, who: str) -> Work:
            return Work(connection=connection, base_url=base_url, new_id=new_id, now=now, actor=who)

        def after_commit(work: Work) -> None:
            for kind, key, at in work.wakes:
                on_wake(kind, key, at)
            if work.listeners:
                on_outbox(work.listeners)

        self._database = database
        self._asked: datetime | None = None
        self.orders = Books(database, begin, SqlOrderTx, after_commit, actor)
        self.questions = Books(database, begin, SqlQuestionTx, after_commit, actor)
        self.holds = Books(database, begin, SqlHolds, after_commit, actor)

    def due(self, now: datetime, limit: int) -> Sequence[DueRow]:
        """Where the clock was set back since it was asked last, or may have been, the due rows come back with it."""
        if self._asked is None or now < self._asked:
            self._database.write(lambda connection: runs.recall(connection, now))
        self._asked = now
        return self._database.read(lambda connection: runs.due(connection, now, limit))
