"""The resource inventory (TMF639): the world's network, access, CPE and crews, with what is free at the moment."""

from collections.abc import Mapping

from mocks.calls import Answer, Call, Handler, not_found
from mocks.paging import paged, shown
from mocks.roles import Mock
from mocks.world import World


def resources(world: World) -> Mock:
    return _Resources(world)


class _Resources:
    name = "resources"
    contracts = ("tmf639-v4.yaml",)

    def __init__(self, world: World) -> None:
        self._world = world
        self.handlers: Mapping[str, Handler] = {"listResource": self._list, "retrieveResource": self._retrieve}

    def _list(self, call: Call) -> Answer:
        return paged(self._world.resources(), call.query)

    def _retrieve(self, call: Call) -> Answer:
        found = self._world.resource(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)
