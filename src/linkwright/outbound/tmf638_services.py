"""The service inventory (TMF638): what is in service now, and what we add to it."""

from collections.abc import Callable, Mapping, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import ExistingService
from linkwright.designs.requirement import Json
from linkwright.errors import Refused
from linkwright.outbound.http import Client
from linkwright.outbound.keyed_errands import KeyedErrands
from linkwright.outbound.lookup import by_id, matching
from linkwright.wire.v4.outward import read_registration, read_service, write_inventory_service

BASE = "tmf-api/serviceInventory/v4"
SERVICES = f"{BASE}/service"
AT_ONCE = 50


class Tmf638Services:
    """Implements `designs.ports.Services`. Nothing is kept: a service may be changed at any time.

    Without a client there is no service inventory. `designed` finds a design of ours by its id.
    """

    def __init__(self, client: Client | None, designed: Callable[[str], SiteSolution | None] = lambda _: None) -> None:
        self._client, self._designed = client, designed

    def named(self, service_ids: Sequence[str], perhaps: Sequence[str] = ()) -> Mapping[str, ExistingService]:
        client, wanted = self._client, list(dict.fromkeys((*service_ids, *perhaps)))
        if client is None:
            if service_ids:
                raise Refused("services", "no address is configured for it")
            return {}
        parts = (wanted[first : first + AT_ONCE] for first in range(0, len(wanted), AT_ONCE))
        return {doc["id"]: read_service(doc, self._designed) for part in parts for doc in _docs(client, part)}


def _docs(client: Client, ids: Sequence[str]) -> list[Json]:
    if len(ids) == 1:
        found = by_id(client, SERVICES, ids[0])
        return [] if found is None else [found]
    return list(matching(client, SERVICES, {"id": ",".join(ids)}, lambda one: one.get("id") in ids))


class ServiceRegistrations(KeyedErrands):
    """Tasks of the kind `register`. What the inventory has is registered, whatever state it is in by now."""

    def __init__(self, system: str, client: Client) -> None:
        super().__init__(
            system,
            client,
            BASE,
            "service",
            write=write_inventory_service,
            read=read_registration,
            given_up={"state": "terminated"},
        )
