"""The service inventory (TMF638): what is in service now."""

from linkwright.designs.model import Json
from linkwright.orders.model import Seen
from linkwright.outbound.http import Client
from linkwright.outbound.keyed_errands import KeyedErrands
from linkwright.wire.v4.outward import write_inventory_service

BASE = "tmf-api/serviceInventory/v4"


class ServiceRegistrations(KeyedErrands):
    """Tasks of the kind `register`. What the inventory has is registered, whatever state it is in by now."""

    def __init__(self, system: str, client: Client) -> None:
        super().__init__(
            system,
            client,
            BASE,
            "service",
            write=write_inventory_service,
            read=_registered,
            given_up={"state": "terminated"},
        )


def _registered(service: Json) -> Seen:
    return Seen(state="done", remote_state=str(service.get("state", "")))
