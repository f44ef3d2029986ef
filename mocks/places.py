"""The address register (TMF673) and the customers' sites (TMF674)."""

from collections.abc import Mapping

from mocks.calls import Handler
from mocks.fixed import read_only
from mocks.roles import Mock
from mocks.world import World


def places(world: World) -> Mock:
    return _Places(world)


class _Places:
    name = "places"
    contracts = ("tmf673-v4.yaml", "tmf674-v4.yaml")

    def __init__(self, world: World) -> None:
        self.handlers: Mapping[str, Handler] = {
            **read_only("GeographicAddress", world.addresses),
            **read_only("GeographicSite", world.sites),
        }
