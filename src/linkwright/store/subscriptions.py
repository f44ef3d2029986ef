"""Listeners that registered at our hubs (`api.ports.Subscriptions`)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert

from linkwright.api.ports import Api, Subscription
from linkwright.store.database import Database
from linkwright.store.prepared import statement
from linkwright.store.tables import outbox, subscription
from linkwright.store.times import stamp
from linkwright.wire.filters import event_filter

_ADD = statement(insert(subscription))
_THIS = (subscription.c.id == bindparam("of_id")) & (subscription.c.api == bindparam("of_api"))
_REMOVE = statement(delete(subscription).where(_THIS))
_REMOVE_OWN = statement(delete(subscription).where(_THIS, subscription.c.requester == bindparam("of_requester")))
_DROP_ROWS = statement(delete(outbox).where(outbox.c.subscription_id == bindparam("of_id")))


class SqlSubscriptions:
    def __init__(self, database: Database, *, new_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._database = database
        self._new_id = new_id
        self._now = now

    def add(
        self, api: Api, callback: str, query: str, requester: str | None = None, *, costs: bool = True
    ) -> Subscription:
        event_filter(query)  # a query that cannot be read is refused now, not at every event
        added = Subscription(id=self._new_id(), api=api, callback=callback, query=query)
        row = {
            "id": added.id,
            "api": api,
            "callback": callback,
            "query": query,
            "state": "active",
            "reason": "",
            "requester": requester,
            "costs": costs,
            "created_at": stamp(self._now()),
        }
        self._database.write(lambda connection: _ADD.run(connection, row))
        return added

    def remove(self, api: Api, subscription_id: str, requester: str | None = None) -> bool:
        def drop(connection: Connection) -> bool:
            values = {"of_id": subscription_id, "of_api": api}
            remove = _REMOVE if requester is None else _REMOVE_OWN
            if remove.run(connection, values if requester is None else {**values, "of_requester": requester}) == 0:
                return False
            _DROP_ROWS.run(connection, {"of_id": subscription_id})
            return True

        return self._database.write(drop)
