"""The service catalogue (TMF633): what can be asked for."""

from collections.abc import Mapping

from mocks.calls import Handler
from mocks.fixed import read_only
from mocks.roles import Mock
from mocks.world import World


def catalogue(world: World) -> Mock:
    return _Catalogue(world)


class _Catalogue:
    name = "catalogue"
    contracts = ("tmf633-v4.yaml",)

    def __init__(self, world: World) -> None:
        self.handlers: Mapping[str, Handler] = read_only("ServiceSpecification", world.specifications)
