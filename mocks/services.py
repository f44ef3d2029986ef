"""The service inventory (TMF638): empty at first, then what was created and changed in it."""

from collections.abc import Mapping, Sequence

from mocks.calls import Answer, Call, Handler, Json, created, not_found
from mocks.characteristics import values_of
from mocks.paging import paged, shown
from mocks.roles import Mock, ids
from mocks.world import World
from mocks.world.partners import bandwidth_mbps

OURS = ("id", "href")
"""Attributes that a patch cannot change."""


def services(world: World, existing: Sequence[Json] = ()) -> Mock:
    """No service but the `existing` ones is there before somebody makes one.

    An active one uses its supporting resources; what the existing ones use is not counted as free already.
    """
    return _Services(world, existing)


class _Services:
    name = "services"
    contracts = ("tmf638-v4.yaml",)

    def __init__(self, world: World, existing: Sequence[Json]) -> None:
        self._world = world
        self._stored: dict[str, Json] = {service["id"]: service for service in existing}
        self._next_id = ids("service")
        self.handlers: Mapping[str, Handler] = {
            "listService": self._list,
            "createService": self._create,
            "retrieveService": self._retrieve,
            "patchService": self._patch,
            "deleteService": self._delete,
        }

    def state(self) -> Mapping[str, Json]:
        return {"service": list(self._stored.values())}

    def forget(self, resource_id: str) -> None:
        self._stored.pop(resource_id, None)

    def _list(self, call: Call) -> Answer:
        return paged(self._stored.values(), call.query)

    def _create(self, call: Call) -> Answer:
        service_id = self._next_id()
        service = {**call.body, "id": service_id, "href": call.href("service", service_id)}
        self._stored[service_id] = service
        self._assign(service)
        return created(service)

    def _retrieve(self, call: Call) -> Answer:
        found = self._stored.get(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)

    def _patch(self, call: Call) -> Answer:
        found = self._stored.get(call.path["id"])
        if found is None:
            return not_found(call.path["id"])
        change = {name: value for name, value in call.body.items() if name not in OURS}
        changed = self._stored[found["id"]] = merged(found, change)
        self._unassign(found)
        self._assign(changed)
        return Answer(200, changed)

    def _delete(self, call: Call) -> Answer:
        service = self._stored.pop(call.path["id"], None)
        if service is None:
            return not_found(call.path["id"])
        self._unassign(service)
        return Answer(204)

    def _assign(self, service: Json) -> None:
        for resource_id, quantity in used_by(service):
            self._world.assign(resource_id, quantity)

    def _unassign(self, service: Json) -> None:
        for resource_id, quantity in used_by(service):
            self._world.unassign(resource_id, quantity)


def used_by(service: Json) -> list[tuple[str, int]]:
    """What an active service uses: its Mbit/s of each link, its access, a port where it enters, its CPE."""
    if service.get("state") != "active":
        return []
    facts = values_of(service)
    pieces = {"link": bandwidth_mbps(facts["bandwidth"]) if "bandwidth" in facts else 0, "accessOption": 1}
    pieces["cpeModel"] = facts.get("cpe.quantity", 1)
    used = [(r["id"], pieces.get(r.get("@referredType"), 0)) for r in service.get("supportingResource", [])]
    return [*used, *((pop, 1) for pop in facts.get("access.entryPoint", []))]


def merged(stored: Json, patch: Json) -> Json:
    """RFC 7396: objects are merged, null removes, everything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    base = stored if isinstance(stored, Mapping) else {}
    changed = {name: merged(base.get(name), value) for name, value in patch.items() if value is not None}
    return {**{name: value for name, value in base.items() if name not in patch}, **changed}
