"""Everything that waits for its time, for the engine's sweep: runs of resources and deliveries of the hub."""

from collections.abc import Sequence
from datetime import datetime

from linkwright.engine.ports import DueRow
from linkwright.store.books import SqlBooks
from linkwright.store.outbox import SqlOutbox


class AllDue:
    """`engine.ports.DueRows` over the books and the outbox; a delivery is a piece of the kind `drain`."""

    def __init__(self, books: SqlBooks, outbox: SqlOutbox, *, drain: str) -> None:
        self._books, self._outbox, self._drain = books, outbox, drain

    def due(self, now: datetime, limit: int) -> Sequence[DueRow]:
        deliveries = self._outbox.due_subscriptions(now, limit)
        return [
            *self._books.due(now, limit),
            *(DueRow(kind=self._drain, key=subscription, due_at=now) for subscription in deliveries),
        ]
