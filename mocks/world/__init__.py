"""The facts of one synthetic operator on a real topology, equal for equal (topology, seed, day)."""

from mocks.world.partners import METRO, NORTH, PARTNERS, Offer
from mocks.world.topology import UnknownTopology
from mocks.world.world import World, build_world

__all__ = ["METRO", "NORTH", "PARTNERS", "Offer", "UnknownTopology", "World", "build_world"]
