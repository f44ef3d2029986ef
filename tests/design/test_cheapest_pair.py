"""The cheapest pair that shares no group, and its tolls, against every pair that there is."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest

from linkwright.design.routes import cheapest_pair
from linkwright.design.routes.cheapest_pair import PairSearch, Rules
from linkwright.design.routes.leg_stream import legs_by_price
from linkwright.design.routes.pairs import DetourProblem
from linkwright.design.routes.paths import Effort
from linkwright.design.routes.tolled import Leg, Quest, tolled_for, tolled_routes
from linkwright.design.rules.apart import Apart, apart_of
from tests.design.test_paths import (
    RISK_KINDS,
    WITHOUT_END,
    World,
    _anything_goes,
    _assert_in_order,
    _every_choice,
    _legs,
    _mesh,
    _real,
    _ring,
    _space,
    _two_islands,
)

APART = [Apart(True, by_node, frozenset(RISK_KINDS)) for by_node in (False, True)]
"""By link and by node, and always by every kind of group."""
LITTLE = 3


def _with_more_groups(world: World, dice: random.Random) -> World:
    """Half of all links are in a group, some in two."""
    names = [group.id for group in world.network.srlgs]
    links = [
        replace(link, srlgs=tuple(dice.sample(names, dice.choice((0, 0, 1, 2))))) if link.srlgs == () else link
        for link in world.network.links
    ]
    return replace(world, network=replace(world.network, links=tuple(links)))


def _asked(shape: Callable[[random.Random], World], seed: int, apart: Apart) -> tuple[World, int, int]:
    dice = random.Random(seed)
    world = _with_more_groups(shape(dice), dice)
    nodes = range(len(world.graph.node_ids))
    one, two = dice.sample(nodes, 2) if apart.by_node else dice.choices(nodes, k=2)
    return world, one, two


def _search(world: World, one: int, two: int, apart: Apart, not_first: frozenset[int] = frozenset()) -> PairSearch:
    graph = world.graph
    rules = Rules(apart.by_node, graph.marks_of(apart.kinds), graph.sharing_of(apart.kinds))
    off = (frozenset({two}) - world.goals, frozenset({one}) - world.goals) if apart.by_node else (frozenset(),) * 2
    tolled = tolled_for(world.routes(), one, two, by_node=apart.by_node)
    return PairSearch(rules, (Leg(one, not_first), Leg(two)), off, frozenset(), tolled, WITHOUT_END)


@pytest.mark.parametrize("apart", APART, ids=["by link", "by node"])
@pytest.mark.parametrize("shape", [_mesh, _ring, _two_islands])
def test_no_pair_without_a_common_group_is_cheaper(shape: Callable[[random.Random], World], apart: Apart) -> None:
    for seed in range(60):
        world, one, two = _asked(shape, seed, apart)
        begins = world.graph.arcs[one]
        not_first = frozenset({begins[0][0]}) if begins and seed % 2 else frozenset()
        choices = _every_choice(world, apart, [_space(world, one), _space(world, two)])
        true = {legs: price for price, legs in choices if not legs[0] or legs[0][0] not in not_first}
        found = _search(world, one, two, apart, not_first).go_on(inf)
        assert found is not None
        assert found.is_exact
        assert found.least == min(true.values(), default=inf), seed
        assert (None if found.pair is None else true[found.pair.one, found.pair.two]) in (None, found.least)
        assert (found.pair is None) == (not true)


@pytest.mark.parametrize("apart", APART, ids=["by link", "by node"])
def test_a_search_that_stops_at_a_price_says_how_far_it_came(apart: Apart) -> None:
    waited = 0
    for seed in range(60):
        world, one, two = _asked(_mesh, seed, apart)
        true = min(
            (price for price, _ in _every_choice(world, apart, [_space(world, one), _space(world, two)])), default=inf
        )
        search, found, bounds = _search(world, one, two, apart), None, []
        for limit in range(200):
            found = search.go_on(limit)
            if found is not None:
                break
            bounds.append(search.least)
            assert limit < search.least <= true
            waited += 1
        assert all(earlier <= later for earlier, later in pairwise(bounds))
        assert found is not None
        assert found.least == true
    assert waited > 50


@pytest.mark.parametrize("by_node", [False, True], ids=["by link", "by node"])
@pytest.mark.parametrize("shape", [_mesh, _real])
def test_with_its_tolls_each_leg_for_itself_pays_what_the_pair_costs(
    shape: Callable[[random.Random], World], by_node: bool
) -> None:
    tolls = 0
    for seed in range(30):
        dice = random.Random(seed)
        world = shape(dice)
        one, two = dice.sample(range(len(world.graph.node_ids)), 2)
        if {one, two} & world.goals:
            continue
        problem = DetourProblem(world.routes(), one, two, by_node=by_node)
        pair = problem.solve()
        if pair is None:
            continue
        tolled = tolled_routes(world.routes(), problem.tolls())
        assert all(toll > 0 for toll in tolled.tolls.values())
        off = frozenset((one, two)) if by_node else frozenset()
        quests = [Quest(tolled, Leg(start), off - {start}, world.graph.link_groups) for start in (one, two)]
        for quest in quests:
            quest.go_on(inf)
        assert sum(quest.price for quest in quests) - tolled.total == pair.price, seed
        tolls += len(tolled.tolls)
    assert tolls > 0


def test_a_toll_less_is_as_if_it_had_never_been() -> None:
    for seed in range(40):
        dice = random.Random(seed)
        world = _mesh(dice)
        nodes, links = range(len(world.graph.node_ids)), range(len(world.price))
        parts = [*(set(dice.sample(nodes, 2)) - world.goals), *(~link for link in dice.sample(links, 2))]
        tolls = {part: dice.randint(1, 9) for part in parts}
        gone = dice.choice(parts)
        tolled = tolled_routes(world.routes(), tolls)
        for node in nodes:
            tolled.arcs_at(node)
        less = tolled.without(gone)
        anew = tolled_routes(world.routes(), {part: toll for part, toll in tolls.items() if part != gone})
        assert less.total == anew.total
        assert [less.least_from(node) for node in nodes] == [anew.least_from(node) for node in nodes]
        kept = dict(less.arcs)
        assert kept == {node: anew.arcs_at(node) for node in kept}


@pytest.mark.parametrize("diversity", ["srlg", "carrier", "carrier+srlg"])
@pytest.mark.parametrize("own_prices", [False, True], ids=["same prices", "own prices"])
def test_pairs_come_in_order_where_each_search_gives_up_soon(
    monkeypatch: pytest.MonkeyPatch, own_prices: bool, diversity: str
) -> None:
    monkeypatch.setattr(cheapest_pair, "MOST_PARTS", LITTLE)
    for seed in range(12):
        dice = random.Random(seed)
        world = _with_more_groups(_mesh(dice), dice)
        _assert_in_order(world, apart_of(diversity), dice, 2, own_prices=own_prices)


def test_pairs_come_in_order_where_many_links_are_in_groups() -> None:
    for seed in range(30):
        dice = random.Random(seed)
        world = _with_more_groups(_mesh(dice), dice)
        _assert_in_order(world, APART[seed % 2], dice, 2, own_prices=seed % 3 == 0)


def test_without_effort_no_pair_is_missed_below_the_price_that_is_told() -> None:
    apart, gave_up = APART[1], 0
    for seed in range(12):
        dice = random.Random(seed)
        world = _with_more_groups(_mesh(dice), dice)
        spaces = _legs(dice, world, apart, 2, own_prices=False)
        true = sorted(_every_choice(world, apart, spaces))
        for effort in (0, 20, 30, 60, 200):
            steps = list(legs_by_price(apart, spaces, _anything_goes(2), Effort(effort)))
            told = [(step.price, step.paths) for step in steps if step.paths is not None]
            missed = set(true) - set(told)
            assert set(told) <= set(true)
            if steps and steps[-1].paths is None:
                gave_up += 1
                assert all(price >= steps[-1].price for price, _ in missed)
            else:
                assert not missed
    assert gave_up > 0


def test_a_pair_that_is_asked_for_again_is_the_same() -> None:
    world, one, two = _asked(_mesh, 5, APART[1])
    routes = world.routes()
    known = tolled_for(routes, one, two, by_node=True)
    assert tolled_for(routes, one, two, by_node=True) is known
    assert tolled_for(routes, two, one, by_node=True) is not known
