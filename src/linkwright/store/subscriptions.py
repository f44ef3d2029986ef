"""Listeners that registered at our hubs (`api.ports.Subscriptions`)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import NAMESPACE_OID, uuid5

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select

from linkwright.api.ports import Api, Subscription
from linkwright.errors import Conflict
from linkwright.store.database import Database
from linkwright.store.outbox import OutboxRow, SqlOutbox
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.notices import outbox, subscription
from linkwright.store.times import stamp
from linkwright.wire.filters import event_filter

MOST_OF_A_NAME = 10
"""Rows that are read at once; of those behind the first of another name nothing is sent."""
_ADD = statement(insert(subscription))
_ADD_ONCE = upsert(subscription, ("id",), lambda _: {})
_THIS = (subscription.c.id == bindparam("of_id")) & (subscription.c.api == bindparam("of_api"))
_FIRST = statement(select(subscription.c.callback, subscription.c.query).where(_THIS))
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
        added = Subscription(id=self._new_id(), api=api, callback=callback, query=query)
        row = self._row(added, requester, costs)
        self._database.write(lambda connection: _ADD.run(connection, row))
        return added

    def add_once(
        self, api: Api, callback: str, query: str, requester: str | None, *, costs: bool, key: tuple[str, str]
    ) -> Subscription:
        """The key makes the id, so that the second finds the row of the first, and nothing when that was removed."""
        added = Subscription(id=_id_of(api, *key), api=api, callback=callback, query=query)
        row = self._row(added, requester, costs)

        def add(connection: Connection) -> None:
            if _ADD_ONCE.run(connection, row) == 0:
                first = _FIRST.one(connection, {"of_id": added.id, "of_api": api})
                if first is not None and (first.callback, first.query) != (callback, query):
                    raise Conflict(f"Another listener was registered under the same Idempotency-Key: {added.id}.")

        self._database.write(add)
        return added

    def _row(self, added: Subscription, requester: str | None, costs: bool) -> Mapping[str, Any]:
        event_filter(added.query)  # a query that cannot be read is refused now, not at every event
        return {
            "id": added.id,
            "api": added.api,
            "callback": added.callback,
            "query": added.query,
            "state": "active",
            "reason": "",
            "requester": requester,
            "costs": costs,
            "created_at": stamp(self._now()),
            "suspended_at": None,
        }

    def remove(self, api: Api, subscription_id: str, requester: str | None = None) -> bool:
        def drop(connection: Connection) -> bool:
            values = {"of_id": subscription_id, "of_api": api}
            remove = _REMOVE if requester is None else _REMOVE_OWN
            if remove.run(connection, values if requester is None else {**values, "of_requester": requester}) == 0:
                return False
            _DROP_ROWS.run(connection, {"of_id": subscription_id})
            return True

        return self._database.write(drop)


def _id_of(api: Api, caller: str, key: str) -> str:
    return str(uuid5(NAMESPACE_OID, orjson.dumps([api, caller, key]).decode()))


class NamedOutbox(SqlOutbox):
    """Sends each event to `{callback}/listener/{eventName}`; the events of one batch all have the same name."""

    def head(self, subscription_id: str, limit: int) -> list[OutboxRow]:
        rows = super().head(subscription_id, min(limit, MOST_OF_A_NAME))
        return list(takewhile(lambda row: row.event_type == rows[0].event_type, rows))

    def callback(self, subscription_id: str) -> str | None:
        """The address for the first waiting event; None also where none waits, since then there is nowhere to go."""
        given = super().callback(subscription_id)
        first = super().head(subscription_id, 1) if given is not None else []
        return named_address(given, first[0].event_type) if given is not None and first else None


def named_address(callback: str, event: str) -> str:
    """As in the published paths, whose names begin with a small letter; a query of the callback stays its query."""
    parts = urlsplit(callback)
    path = f"{parts.path.rstrip('/')}/listener/{event[:1].lower()}{event[1:]}"
    return urlunsplit(parts._replace(path=path))
