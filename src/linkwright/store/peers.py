"""What we know of other systems' hubs: our subscription there."""

from sqlalchemy import Connection, bindparam, select

from linkwright.store.prepared import statement, upsert
from linkwright.store.tables import peer_hub

_HUB = statement(select(peer_hub.c.subscription_id).where(peer_hub.c.system == bindparam("of_system")))
_PUT_HUB = upsert(peer_hub, ("system",), lambda new: {"subscription_id": new.subscription_id})


def hub_of(connection: Connection, system: str) -> str | None:
    found: str | None = _HUB.value(connection, {"of_system": system})
    return found


def put_hub(connection: Connection, system: str, subscription_id: str) -> None:
    _PUT_HUB.run(connection, {"system": system, "subscription_id": subscription_id})
