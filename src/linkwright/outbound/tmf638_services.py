"""The service inventory (TMF638): what is in service now, and what we add to it."""

from collections.abc import Callable, Mapping, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import ExistingService
from linkwright.designs.requirement import Json
from linkwright.errors import Refused
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.outbound.http import Client, HttpRefused, segment
from linkwright.outbound.keyed_errands import KeyedErrands
from linkwright.outbound.lookup import NOT_THERE, by_id, matching
from linkwright.wire.v4.outward import (
    has_key,
    read_registration,
    read_service,
    service_id_of,
    write_inventory_service,
    write_service_change,
)

BASE = "tmf-api/serviceInventory/v4"
SERVICES = f"{BASE}/service"
AT_ONCE = 50
GONE = "terminated"


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
    """Tasks of the kind `register`. What the inventory has is registered, whatever state it is in by now.

    A service that is there is changed or ended by a patch with our key, and never taken out.
    """

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

    def send(self, errand: Errand) -> Sent:
        if errand.task.action == "add":
            return super().send(errand)
        service_id, key = service_id_of(errand), errand.task.placed_as
        there = by_id(self._client, SERVICES, service_id)
        if there is not None and not has_key(there, key) and not _is_over(errand, there):
            there = self._patched(service_id, write_service_change(errand, there), key)
        if there is None and errand.task.action == "modify":
            raise Refused(self._system, f"service {service_id} is not there any more")
        return Sent(remote_id=service_id, href=None if there is None else there.get("href"))

    def look(self, errand: Errand) -> Seen:
        seen = super().look(errand)
        if seen.state == "unknown" and errand.task.action == "delete":
            return Seen(state="done", remote_state=GONE, text="It is not there any more.")
        return seen

    def undo(self, errand: Errand) -> Seen:
        if errand.task.action == "add":
            return super().undo(errand)
        return Seen(state="done", remote_state="", text="The service that was there stays in the inventory.")

    def _patched(self, service_id: str, change: Json, key: str) -> Json:
        """The service as it is then, None where it is not there."""
        try:
            return self._client.patch(f"{SERVICES}/{segment(service_id)}", change, key=key).body or {}
        except HttpRefused as refused:
            if refused.status == NOT_THERE:
                return None
            raise


def _is_over(errand: Errand, there: Json) -> bool:
    """It is to end, and has ended."""
    return errand.task.action == "delete" and str(there.get("state", "")).lower() == GONE
