"""The customer's three sites have their stories in every network: two ways in, later or slower, nothing at all."""

from collections.abc import Iterator
from datetime import date
from itertools import islice, pairwise

import networkx as nx
import pytest

from mocks.world import METRO, NORTH, PARTNERS, Offer, World, build_world
from mocks.world.words import Json, fact, related

TODAY = date(2027, 1, 4)
GIGABIT = {"bandwidth": {"down": 1, "up": 1, "unit": "Gbit/s"}}
WORKING_DAYS_IN_45_DAYS, WORKING_DAYS_IN_120_DAYS = 32, 84
Parts = dict[str, float]
"""What has to work: component → availability."""


@pytest.fixture(
    scope="module",
    params=[(t, s) for t in ("germany50", "nobel-germany", "polska", "TataNld") for s in (7, 8)],
    ids=lambda p: f"{p[0]}-{p[1]}",
)
def world(request: pytest.FixtureRequest) -> World:
    return build_world(*request.param, TODAY)


def options(world: World, site: str) -> list[Json]:
    places = {f"nordwind-{site}", f"addr-nordwind-{site}"}
    return [t for t in world.resources() if t["category"] == "accessOption" and t["place"]["id"] in places]


def offer(world: World, partner: str) -> Offer:
    found = world.partner_offer(partner, "nordwind-hq", GIGABIT)
    assert found is not None
    return found


class Reach:
    """Ways from a PoP to the hubs over links with room, told by a graph library."""

    def __init__(self, world: World, mbps: int) -> None:
        self._world = world
        self._graph = nx.Graph()
        for link in (t for t in world.resources() if t["category"] == "link"):
            if fact(link, "freeCapacityMbps") >= mbps:
                ends = related(link, "endA")[0], related(link, "endZ")[0]
                self._graph.add_edge(*ends, id=link["id"], km=fact(link, "lengthKm"))

    def ways(self, pop: str, most: int = 6) -> Iterator[list[str]]:
        for hub in self._world.hubs:
            if pop == hub:
                yield [pop]
            elif pop in self._graph and nx.has_path(self._graph, pop, hub):
                yield from islice(nx.shortest_simple_paths(self._graph, pop, hub, weight="km"), most)

    def one_way_ms(self, way: list[str]) -> float:
        km = sum(self._graph.edges[step]["km"] for step in pairwise(way))
        return 0.0049 * km + sum(self._fact(pop, "delayMs") for pop in way)

    def parts(self, way: list[str]) -> Parts:
        links = [self._graph.edges[step]["id"] for step in pairwise(way)]
        groups = {g for link in links for g in related(self._world.resource(link) or {}, "sharesRisk")}
        return {name: self._fact(name, "availability") for name in (*way, *links, *groups)}

    def _fact(self, name: str, what: str) -> float:
        thing = self._world.resource(name)
        assert thing is not None
        return float(fact(thing, what))


def up(parts: Parts) -> float:
    product = 1.0
    for availability in parts.values():
        product *= availability
    return product


def either(one: Parts, other: Parts) -> float:
    """The probability that one or the other is up: what they share fails once."""
    return up(one) + up(other) - up({**one, **other})


def protected_designs(world: World) -> Iterator[tuple[float, float]]:
    """(availability, longest one-way latency) of pairs of own fibre and the northern partner's; one dual-power CPE."""
    reach, north = Reach(world, 1000), offer(world, NORTH)
    north_parts = {"north": north.availability, **dict.fromkeys(north.shared_risk_groups or (), 0.9998)}
    for own in options(world, "hq"):
        own_parts = {own["id"]: fact(own, "availability"), **dict.fromkeys(related(own, "sharesRisk"), 0.9998)}
        for first in reach.ways(related(own, "terminatesAt")[0]):
            for second in reach.ways(north.handover_pop):
                one, other = {**own_parts, **reach.parts(first)}, {**north_parts, **reach.parts(second)}
                if set(one) & set(other) - ({first[-1]} & {second[-1]}):
                    continue
                cpe = {"cpe-l": 0.99995}
                slowest = max(reach.one_way_ms(first) + fact(own, "delayMs"), reach.one_way_ms(second) + north.delay_ms)
                yield either({**cpe, **one}, {**cpe, **other}), slowest + 0.25


def test_both_own_fibres_of_the_headquarters_come_through_one_duct(world: World) -> None:
    own = options(world, "hq")
    assert [fact(o, "technology") for o in own] == ["fibre", "fibre"]
    assert len({related(o, "terminatesAt")[0] for o in own}) == 2
    assert [related(o, "sharesRisk") for o in own] == [["srg-entry-nordwind-hq"]] * 2


def test_only_the_northern_partner_says_that_it_comes_another_way(world: World) -> None:
    assert offer(world, NORTH).shared_risk_groups == ("srg-north-nordwind-hq",)
    assert offer(world, METRO).shared_risk_groups is None
    assert offer(world, METRO).mrc < offer(world, NORTH).mrc


def test_the_headquarters_can_have_two_apart_legs_that_are_good_enough_in_time(world: World) -> None:
    assert offer(world, NORTH).lead_time_days <= WORKING_DAYS_IN_120_DAYS
    assert any(availability >= 0.9999 and one_way_ms <= 15 for availability, one_way_ms in protected_designs(world))


def test_one_leg_alone_is_not_good_enough_for_the_headquarters(world: World) -> None:
    reach = Reach(world, 1000)
    best = max(up(reach.parts(way)) for o in options(world, "hq") for way in reach.ways(related(o, "terminatesAt")[0]))
    assert best * 0.9995 < 0.9999


def test_the_plant_has_too_slow_a_radio_now_and_fibre_later(world: World) -> None:
    radio, fibre = options(world, "plant")
    (build,) = map(world.resource, related(fibre, "needsBuild"))
    assert build is not None
    assert (fact(radio, "technology"), fact(radio, "bandwidthMbps")) == ("5g", 50)
    assert fact(radio, "leadTimeCalendarDays") <= 45
    assert fact(fibre, "bandwidthMbps") >= 200
    assert fact(build, "leadTimeDays") > WORKING_DAYS_IN_45_DAYS


def test_either_way_the_plant_reaches_its_availability_and_latency(world: World) -> None:
    reach = Reach(world, 200)
    for option in options(world, "plant"):
        ways = list(reach.ways(related(option, "terminatesAt")[0]))
        best = max(up(reach.parts(way)) for way in ways) * fact(option, "availability") * 0.9999
        assert best >= 0.999
        assert min(map(reach.one_way_ms, ways)) + fact(option, "delayMs") + 0.4 <= 15


def test_the_depot_has_nothing_and_no_partner(world: World) -> None:
    assert options(world, "depot") == []
    for partner in PARTNERS:
        assert not world.partner_covers(partner, "nordwind-depot")
        assert not world.partner_covers(partner, "nordwind-plant")
        assert world.partner_covers(partner, "nordwind-hq")
