"""The least price of several disjoint paths against every choice of paths that there is."""

import random
from math import inf

import pytest

from linkwright.design.routes.flows import least_of_disjoint
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.rules.apart import apart_of
from linkwright.design.rules.figures import NO_LIMIT
from tests.design.test_paths import _every_choice, _mesh, _ring, _two_islands


@pytest.mark.parametrize("by_node", [False, True], ids=["by link", "by node"])
@pytest.mark.parametrize("legs", [1, 2, 3])
@pytest.mark.parametrize("shape", [_mesh, _ring, _two_islands])
def test_no_choice_of_disjoint_paths_is_cheaper_than_the_flow(shape: object, legs: int, by_node: bool) -> None:
    for seed in range(20):
        dice = random.Random(seed)
        world = shape(dice)  # type: ignore[operator]
        nodes = range(len(world.graph.node_ids))
        starts = dice.sample(nodes, legs) if by_node else dice.choices(nodes, k=legs)
        spaces = [LegSpace(start, world.routes(), NO_LIMIT, frozenset()) for start in starts]
        apart = apart_of("node" if by_node else "link")
        true = min((price for price, _ in _every_choice(world, apart, spaces)), default=inf)
        found = least_of_disjoint(world.graph, world.goals, world.price, starts, by_node=by_node, closed=frozenset())
        assert found == true, seed
