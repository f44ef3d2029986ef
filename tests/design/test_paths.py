"""Paths and pairs of paths against networkx, and against every pair that there is."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, count, islice, pairwise, product
from math import inf, isfinite, log

import networkx as nx
import pytest

from linkwright.design.model import Link, Network, RiskKind, Srlg
from linkwright.design.routes.graph import Aim, Graph, Path, Routes, aim_of, compile_graph, shortest_tree
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.leg_stream import legs_by_price
from linkwright.design.routes.pairs import DetourProblem, disjoint_pair
from linkwright.design.routes.paths import Effort, paths_by_price
from linkwright.design.rules.apart import TOGETHER, Apart, apart_of
from linkwright.design.rules.figures import LATENCY, NO_LIMIT, UNSOUND, Sums
from linkwright.design.rules.together import Together
from mocks.world.topology import load
from tests.design.pieces import a_link, a_network, a_node

WITHOUT_END = Effort(10**9)
SEEDS = range(12)
RISK_KINDS: tuple[RiskKind, ...] = ("risk", "entry", "carrier")


@dataclass(frozen=True)
class World:
    """A network with a price for each link (by index) and one aim."""

    network: Network
    price: tuple[int, ...]
    goals: frozenset[int]

    @property
    def graph(self) -> Graph:
        return compile_graph(self.network)

    def aim(self) -> Aim:
        return Aim(self.graph, self.goals, frozenset())

    def routes(self) -> Routes:
        return Routes(self.aim(), self.price)

    def multigraph(self) -> nx.MultiGraph:
        graph = self.graph
        other = nx.MultiGraph()
        other.add_nodes_from(range(len(graph.node_ids)))
        for link, (a, z) in enumerate(graph.link_ends):
            other.add_edge(a, z, key=link, price=self.price[link])
        return other


def _world(dice: random.Random, nodes: int, pairs: Sequence[tuple[int, int]], goals: int = 1) -> World:
    names = [f"{number:02}" for number in range(nodes)]
    links = [
        Link(
            id=f"l{number:03}",
            a=names[a],
            z=names[z],
            length_km=dice.choice((10.0, 50.0, 200.0)),
            availability=dice.choice((0.99, 0.999, 1.0)),
            mrc_minor_per_mbps=0,
            capacity_mbps=0,
            srlgs=(dice.choice(("g0", "g1", "g2")),) if dice.random() < 0.3 else (),
        )
        for number, (a, z) in enumerate(pairs)
    ]
    groups = [Srlg(id=f"g{number}", availability=0.999, kind=kind) for number, kind in enumerate(RISK_KINDS)]
    network = a_network([a_node(name, delay_ms=dice.choice((0.0, 0.1))) for name in names], links, groups)
    return World(network, tuple(dice.randint(0, 9) for _ in links), frozenset(dice.sample(range(nodes), goals)))


def _mesh(dice: random.Random) -> World:
    """Some random links, a few of them twice over; parts may have no way to each other."""
    nodes = dice.randint(4, 7)
    every = [(a, z) for a in range(nodes) for z in range(a)]
    chosen = dice.sample(every, dice.randint(nodes - 1, min(len(every), nodes + 4)))
    return _world(dice, nodes, chosen + dice.sample(chosen, 2), goals=dice.choice((1, 1, 2)))


def _tree(dice: random.Random) -> World:
    nodes = dice.randint(3, 9)
    return _world(dice, nodes, [(node, dice.randrange(node)) for node in range(1, nodes)])


def _ring(dice: random.Random) -> World:
    nodes = dice.randint(3, 9)
    return _world(dice, nodes, [(node, (node + 1) % nodes) for node in range(nodes)])


def _two_islands(dice: random.Random) -> World:
    half = dice.randint(3, 4)
    ring = [(node, (node + 1) % half) for node in range(half)]
    return _world(dice, 2 * half, ring + [(half + a, half + z) for a, z in ring])


def _real(dice: random.Random) -> World:
    topology = load("germany50")
    number = {city.pop: position for position, city in enumerate(topology.cities)}
    return _world(dice, len(number), [(number[span.a], number[span.z]) for span in topology.spans])


SHAPES = (_mesh, _tree, _ring, _two_islands)


def _search(world: World, start: int, allowance: Sums = NO_LIMIT) -> Iterator[tuple[float, tuple[int, ...]]]:
    routes = world.routes()
    for step in paths_by_price(routes.aim, routes.price, routes.tree, start, allowance, WITHOUT_END):
        assert step.links is not None
        yield step.price, step.links


def _every_path(world: World, start: int, kept: frozenset[int] = frozenset()) -> Iterator[tuple[int, ...]]:
    """Every simple path to the first goal that it meets; `kept` are nodes that it must not enter."""
    graph = world.graph

    def further(nodes: tuple[int, ...], links: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if nodes[-1] in world.goals:
            yield links
            return
        for link, other in graph.arcs[nodes[-1]]:
            if other not in nodes and other not in kept:
                yield from further((*nodes, other), (*links, link))

    yield from further((start,), ())


def _nodes(graph: Graph, start: int, links: Sequence[int]) -> list[int]:
    nodes = [start]
    for link in links:
        nodes.append(graph.other_end(link, nodes[-1]))
    return nodes


def _paid(world: World, links: Sequence[int]) -> int:
    return sum(world.price[link] for link in links)


@pytest.mark.parametrize("shape", SHAPES)
def test_paths_come_in_order_of_price_and_none_is_missing(shape: Callable[[random.Random], World]) -> None:
    for seed in SEEDS:
        world = shape(random.Random(seed))
        for start in range(len(world.graph.node_ids)):
            found = list(_search(world, start))
            assert all(one[0] <= two[0] for one, two in pairwise(found))
            assert all(price == _paid(world, links) for price, links in found)
            assert sorted(links for _, links in found) == sorted(_every_path(world, start))


def test_the_prices_of_paths_between_real_cities_are_those_of_networkx() -> None:
    world = _real(random.Random(1))
    simple = nx.Graph()
    for link, (a, z) in enumerate(world.graph.link_ends):
        if not simple.has_edge(a, z) or simple[a][z]["price"] > world.price[link]:
            simple.add_edge(a, z, price=world.price[link])
    (goal,) = world.goals
    for start in random.Random(2).sample(sorted(set(simple) - {goal}), 8):
        found = list(islice(_search(world, start), 12))
        true = islice(nx.shortest_simple_paths(simple, start, goal, weight="price"), 12)
        assert [price for price, _ in found] == [nx.path_weight(simple, nodes, "price") for nodes in true]
        for _, links in found:
            nodes = _nodes(world.graph, start, links)
            assert len(set(nodes)) == len(nodes)
            assert nodes[-1] == goal


def _limits(latency_ms: float, unsound: float) -> Sums:
    return tuple({LATENCY: latency_ms, UNSOUND: unsound}.get(figure, inf) for figure in range(len(NO_LIMIT)))


def _keeps(path: Path, allowance: Sums) -> bool:
    return all(own <= most for own, most in zip(path.sums, allowance, strict=True))


@pytest.mark.parametrize("shape", SHAPES)
def test_paths_beyond_an_allowance_are_left_out_and_no_others(shape: Callable[[random.Random], World]) -> None:
    for seed in SEEDS:
        world = shape(random.Random(seed))
        for allowance in (_limits(1.2, -log(0.985)), _limits(2.5, inf), _limits(4.0, -log(0.97))):
            for start in range(len(world.graph.node_ids)):
                aim = world.aim()
                lawful = [links for links in _every_path(world, start) if _keeps(aim.path(start, links), allowance)]
                found = list(_search(world, start, allowance))
                assert all(one[0] <= two[0] for one, two in pairwise(found))
                assert sorted(links for _, links in found) == sorted(lawful)


def test_under_limits_not_every_way_to_a_node_is_followed() -> None:
    """Between neighbours one link is cheap and long, the other dear and short: two to the power of so many ways."""
    stages, mostly_short = 16, 11
    names = [f"{number:02}" for number in range(stages + 1)]
    links = [
        Link(
            id=f"l{number:02}-{kind}",
            a=names[number],
            z=names[number + 1],
            length_km=length_km,
            availability=1.0,
            mrc_minor_per_mbps=0,
            capacity_mbps=0,
        )
        for number in range(stages)
        for kind, length_km in (("cheap", 100.0), ("dear", 10.0))
    ]
    network = a_network([a_node(name, delay_ms=0.0) for name in names], links, [])
    world = World(network, (1, 3) * stages, frozenset({stages}))
    routes = world.routes()
    long_ms, short_ms = (world.graph.link_figures[LATENCY][link] for link in (0, 1))
    allowance = _limits(long_ms * (stages - mostly_short) + short_ms * mostly_short, inf)
    effort = Effort(2 * stages * stages)
    steps = paths_by_price(routes.aim, routes.price, routes.tree, 0, allowance, effort)
    first, second = next(steps), next(steps)
    assert first.links is not None
    assert first.price == second.price == stages - mostly_short + 3 * mostly_short
    assert second.links is not None
    assert first.links != second.links


def test_paths_keep_off_forbidden_nodes_and_links() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = _mesh(dice)
        start, node = dice.sample(range(len(world.graph.node_ids)), 2)
        link = dice.randrange(len(world.price))
        routes = world.routes()
        forbidden = frozenset({node}), frozenset({link})
        steps = paths_by_price(routes.aim, routes.price, routes.tree, start, NO_LIMIT, WITHOUT_END, *forbidden)
        true = [links for links in _every_path(world, start, frozenset({node})) if link not in links]
        assert sorted(step.links or () for step in steps) == sorted(true)


def test_a_search_without_effort_says_from_which_price_on_it_missed_paths() -> None:
    world = _ring(random.Random(3))
    (goal,) = world.goals
    start = (goal + 2) % len(world.graph.node_ids)
    routes = world.routes()
    steps = list(paths_by_price(routes.aim, routes.price, routes.tree, start, NO_LIMIT, Effort(0)))
    assert [step.links for step in steps] == [None]
    assert steps[0].price <= min(_paid(world, links) for links in _every_path(world, start))


def test_the_tree_holds_the_distances_of_networkx() -> None:
    for seed in SEEDS:
        world = _mesh(random.Random(seed))
        tree = shortest_tree(world.graph, world.goals, world.price)
        true = nx.multi_source_dijkstra_path_length(world.multigraph(), set(world.goals), weight="price")
        assert tree.weight == [true.get(node, inf) for node in range(len(tree.weight))]


@pytest.mark.parametrize("by_node", [False, True], ids=["by link", "by node"])
@pytest.mark.parametrize("shape", [*SHAPES, _real])
def test_no_disjoint_pair_is_cheaper_than_the_one_found(shape: Callable[[random.Random], World], by_node: bool) -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = shape(dice)
        for _ in range(4):
            one, two = (dice.randrange(len(world.graph.node_ids)) for _ in range(2))
            if by_node and one == two:
                continue
            pair = disjoint_pair(world.routes(), one, two, by_node=by_node)
            true = _price_by_flow(world, one, two, by_node=by_node)
            assert (None if pair is None else pair.price) == true, (seed, one, two)
            if pair is not None:
                _assert_disjoint(world, (one, pair.one), (two, pair.two), by_node)
                assert pair.price == _paid(world, pair.one) + _paid(world, pair.two)


def _assert_disjoint(
    world: World, one: tuple[int, tuple[int, ...]], two: tuple[int, tuple[int, ...]], by_node: bool
) -> None:
    walks = [_nodes(world.graph, *leg) for leg in (one, two)]
    assert all(len(set(walk)) == len(walk) and walk[-1] in world.goals for walk in walks)
    assert not set(one[1]) & set(two[1])
    if by_node:
        assert set(walks[0]) & set(walks[1]) <= {walks[0][-1]} & {walks[1][-1]}


def _price_by_flow(world: World, one: int, two: int, *, by_node: bool) -> int | None:
    """Two units of flow of least cost, links of capacity one; where nodes must differ, each is split in two.

    Nodes with a leg that ends where it starts let nothing else pass. An undirected link becomes two arcs: a flow of
    least cost over prices of zero and more need not use both, and if it does they cancel out.
    """
    if one in world.goals or two in world.goals:
        return _price_with_an_empty_leg(world, one, two)
    flow = nx.DiGraph()
    numbers = count()
    for node in range(len(world.graph.node_ids)):
        passes = 2 if not by_node or node in world.goals else 1
        flow.add_edge(("in", node), ("out", node), capacity=passes, weight=0)
        if node in world.goals:
            flow.add_edge(("in", node), "end", capacity=2, weight=0)
    for link, ends in enumerate(world.graph.link_ends):
        for a, z in (ends, ends[::-1]):
            if a in world.goals:
                continue
            middle = next(numbers)
            flow.add_edge(("out", a), middle, capacity=1, weight=world.price[link])
            flow.add_edge(middle, ("in", z), capacity=1, weight=0)
    demand = {"end": 2}
    for start in (one, two):
        demand["in", start] = demand.get(("in", start), 0) - 1
    nx.set_node_attributes(flow, demand, "demand")
    try:
        return nx.min_cost_flow_cost(flow)
    except nx.NetworkXUnfeasible:
        return None


def _price_with_an_empty_leg(world: World, one: int, two: int) -> int | None:
    """One leg has no link, so the other is the cheapest path; only a common goal may be a node of both."""
    ends = {one, two} & world.goals
    other = next((start for start in (one, two) if start not in ends), None)
    if other is None:
        return 0
    distances = nx.multi_source_dijkstra_path_length(world.multigraph(), set(world.goals), weight="price")
    return distances.get(other)


def test_a_pair_may_be_asked_not_to_begin_with_some_links() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = _mesh(dice)
        one, two = dice.sample(range(len(world.graph.node_ids)), 2)
        if {one, two} & world.goals:
            continue
        not_first = frozenset({world.graph.arcs[one][0][0]}) if world.graph.arcs[one] else frozenset()
        pair = DetourProblem(world.routes(), one, two, by_node=True, not_first=not_first).solve()
        spaces = [_space(world, start) for start in (one, two)]
        prices = [
            price
            for price, (links_one, _) in _every_choice(world, apart_of("node"), spaces)
            if not links_one or links_one[0] not in not_first
        ]
        assert (inf if pair is None else pair.price) == min(prices, default=inf)


def _space(world: World, start: int, allowance: Sums = NO_LIMIT, groups: frozenset[str] = frozenset()) -> LegSpace:
    return LegSpace(start, world.routes(), allowance, groups)


def _every_choice(
    world: World, apart: Apart, spaces: Sequence[LegSpace]
) -> Iterator[tuple[float, tuple[tuple[int, ...], ...]]]:
    """Every choice of paths that keep their limits and are apart, with its price."""
    aim = world.aim()

    def lawful(space: LegSpace) -> list[tuple[int, ...]]:
        return [
            links
            for links in _every_path(world, space.start)
            if _keeps(aim.path(space.start, links), space.allowance) and not set(links) & space.routes.aim.closed
        ]

    for paths in product(*(lawful(space) for space in spaces)):
        if all(_is_apart(world, apart, *legs) for legs in combinations(zip(spaces, paths, strict=True), 2)):
            yield sum(space.path_price(links) for space, links in zip(spaces, paths, strict=True)), paths


def _is_apart(
    world: World, apart: Apart, one: tuple[LegSpace, tuple[int, ...]], two: tuple[LegSpace, tuple[int, ...]]
) -> bool:
    aim, kind_of = world.aim(), world.graph.group_kind
    paths = [aim.path(space.start, links) for space, links in (one, two)]
    if apart.by_link and set(one[1]) & set(two[1]):
        return False
    common_end = {paths[0].nodes[-1]} & {paths[1].nodes[-1]}
    if apart.by_node and set(paths[0].nodes) & set(paths[1].nodes) - common_end:
        return False
    groups = [space.groups | path.groups for (space, _), path in zip((one, two), paths, strict=True)]
    return not any(kind_of[group] in apart.kinds for group in groups[0] & groups[1])


def _legs(dice: random.Random, world: World, apart: Apart, count: int, *, own_prices: bool) -> list[LegSpace]:
    """Where nodes must differ no two legs start at the same; an access has a group that no other one has."""
    nodes = range(len(world.graph.node_ids))
    starts = dice.sample(nodes, count) if apart.by_node else dice.choices(nodes, k=count)
    groups = dice.sample([frozenset({name}) for name in world.graph.group_kind], count)
    routes = world.routes()
    spaces = []
    for start, group in zip(starts, groups, strict=True):
        limits = _limits(dice.choice((1.5, inf)), dice.choice((-log(0.98), inf)))
        own = routes
        if own_prices:
            closed = frozenset({dice.randrange(len(world.price))}) if dice.random() < 0.5 else frozenset()
            own = Routes(aim_of(world.graph, world.goals, closed), [dice.randint(0, 9) for _ in world.price])
        allowed = frozenset(name for name in group if world.graph.group_kind[name] in apart.kinds)
        spaces.append(LegSpace(start, own, limits, allowed if dice.random() < 0.3 else frozenset()))
    return spaces


def _anything_goes(legs: int) -> Together:
    return Together(down=1.0, before=(0.0,) * legs, least=(0.0,) * legs, least_sum=0.0)


WORDS = ("none", "link", "node", "srlg", "entry", "carrier", "carrier+srlg")


@pytest.mark.parametrize("own_prices", [False, True], ids=["same prices", "own prices"])
@pytest.mark.parametrize("diversity", WORDS)
@pytest.mark.parametrize("shape", [_mesh, _ring, _two_islands])
def test_pairs_come_in_order_of_price_and_none_is_missing(
    shape: Callable[[random.Random], World], diversity: str, own_prices: bool
) -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        _assert_in_order(shape(dice), apart_of(diversity), dice, 2, own_prices=own_prices)


@pytest.mark.parametrize("diversity", WORDS)
@pytest.mark.parametrize("legs", [1, 3])
def test_one_leg_and_three_come_in_order_of_price_and_none_is_missing(legs: int, diversity: str) -> None:
    for seed in range(6):
        dice = random.Random(seed)
        world = _world(dice, 5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2), (1, 3)][: dice.choice((6, 7))])
        _assert_in_order(world, apart_of(diversity), dice, legs, own_prices=dice.random() < 0.5)


def _assert_in_order(world: World, apart: Apart, dice: random.Random, legs: int, *, own_prices: bool) -> None:
    spaces = _legs(dice, world, apart, legs, own_prices=own_prices)
    steps = list(legs_by_price(apart, spaces, _anything_goes(legs), WITHOUT_END))
    found = [(step.price, step.paths) for step in steps if step.paths is not None]
    true = sorted(_every_choice(world, apart, spaces))
    assert all(isfinite(step.price) and step.paths is not None for step in steps)
    assert [price for price, _ in found] == [price for price, _ in true]
    assert sorted(found) == true


def test_paths_that_may_go_on_lead_through_goals_too() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = _world(dice, 5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2)], goals=2)
        start = dice.randrange(5)
        steps = list(legs_by_price(TOGETHER, [_space(world, start)], None, WITHOUT_END, go_on=True))
        ends = [World(world.network, world.price, frozenset({goal})) for goal in world.goals]
        true = {links for end in ends for links in _every_path(end, start)}
        assert sorted(step.paths or ((),) for step in steps) == sorted((links,) for links in true)
        assert all(one.price <= two.price for one, two in pairwise(steps))


def test_two_legs_from_one_pop_may_share_it_if_only_links_must_differ() -> None:
    network = a_network("ph", [a_link("x", "ph"), a_link("y", "ph")])
    world = World(network, (3, 4), frozenset({compile_graph(network).node_index["h"]}))
    pop = world.graph.node_index["p"]
    pair = disjoint_pair(world.routes(), pop, pop, by_node=False)
    assert pair is not None
    assert (pair.price, {pair.one, pair.two}) == (7, {(0,), (1,)})
    assert disjoint_pair(world.routes(), pop, pop, by_node=True) is None
