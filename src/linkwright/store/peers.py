"""What we know of other systems' hubs: our subscription there, and which of their events we have seen."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from linkwright.store.database import Database
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables import peer_hub, seen_event
from linkwright.store.times import stamp

_HUB = statement(select(peer_hub.c.subscription_id).where(peer_hub.c.system == bindparam("of_system")))
_PUT_HUB = upsert(peer_hub, ("system",), lambda new: {"subscription_id": new.subscription_id})
_SEE = upsert(seen_event, ("peer", "event_id"), lambda _: {})
_FORGET_SEEN = statement(delete(seen_event).where(seen_event.c.at < bindparam("before")))


def hub_of(connection: Connection, system: str) -> str | None:
    found: str | None = _HUB.value(connection, {"of_system": system})
    return found


def put_hub(connection: Connection, system: str, subscription_id: str) -> None:
    _PUT_HUB.run(connection, {"system": system, "subscription_id": subscription_id})


class SqlSeenEvents:
    """Events of peers come at least once; this says which come again."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def first_time(self, peer: str, event_id: str) -> bool:
        """Remember the event; False if it was remembered before."""
        row = {"peer": peer, "event_id": event_id, "at": stamp(self._now())}
        return self._database.write(lambda connection: _SEE.run(connection, row) == 1)

    def forget(self, before: datetime) -> int:
        """Drop what was seen before a moment; how many that were."""
        return self._database.write(lambda connection: _FORGET_SEEN.run(connection, {"before": stamp(before)}))
