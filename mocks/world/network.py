"""The operator's network on a topology: PoPs, links, what they share, what is planned and what can be bought."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import atan2, cos, radians
from random import Random

from mocks.world.topology import City, Span, Topology, distance_km
from mocks.world.words import SYNTHETIC, Json, chance, euro, moment, resource, shared_risk_group

NODE_AVAILABILITY = 0.99999
DUCT_AVAILABILITY = 0.9999
BRIDGE_AVAILABILITY = 0.99995
UNAVAILABILITY_PER_KM = 3.7e-6
"""About 4.4 cuts a year on 1000 miles of cable and half a day to mend one."""
UNAVAILABILITY_OF_EQUIPMENT = 6e-5
"""Transponders and amplifiers, both ends of a link together."""
FREE_MBPS = {400: 6, 1000: 6, 2500: 10, 10_000: 30, 20_000: 28, 40_000: 20}
"""Free capacity of a link and how many of a hundred links have it."""
CONGESTED_MBPS = 1000
SHARE_OF_POPS_WITH_A_SHARED_DUCT = 0.3
SHARE_OF_POPS_THAT_ARE_FULL = 0.08
LINKS_PER_BRIDGE = 14


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as far as other facts of the world depend on it."""

    id: str
    a: str
    z: str
    length_km: float
    availability: float
    free_mbps: int
    shared_risks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Network:
    """`resources` is all of it, ready to serve; `free_ports` by PoP id."""

    links: tuple[Link, ...]
    free_ports: dict[str, int]
    resources: tuple[Json, ...]


def build_network(topology: Topology, hubs: Sequence[str], seed: int, today: date) -> Network:
    """`hubs` are PoPs with room for every customer of the country."""
    cities = {city.pop: city for city in topology.cities}
    groups = list(_risk_groups(topology, cities, seed))
    risks_of: dict[str, list[str]] = {span.id: [] for span in topology.spans}
    for group, members in groups:
        for link_id in members:
            risks_of[link_id].append(group["id"])
    links = tuple(_link(span, tuple(risks_of[span.id]), chance(seed, span.id)) for span in topology.spans)
    ports = {city.pop: _free_ports(city.pop in hubs, chance(seed, city.pop, "ports")) for city in topology.cities}
    pops = [_pop_resource(city, ports[city.pop], chance(seed, city.pop)) for city in topology.cities]
    additions = [thing for link in links for thing in _additions(link, cities, chance(seed, link.id, "more"), today)]
    said = [_link_resource(link, cities, chance(seed, link.id, "price")) for link in links]
    return Network(links=links, free_ports=ports, resources=(*pops, *said, *(group for group, _ in groups), *additions))


def _free_ports(is_hub: bool, rng: Random) -> int:
    if is_hub:
        return 48
    return rng.choice((0, 1)) if rng.random() < SHARE_OF_POPS_THAT_ARE_FULL else rng.randint(4, 24)


def _pop_resource(city: City, free_ports: int, rng: Random) -> Json:
    facts = {
        "latitudeDeg": city.lat_deg,
        "longitudeDeg": city.lon_deg,
        "availability": NODE_AVAILABILITY,
        "delayMs": round(rng.uniform(0.03, 0.12), 3),
        "freePorts": free_ports,
    }
    description = f"Position from a public map. Everything else: {SYNTHETIC}"
    return resource("pop", city.pop, f"PoP {city.name}", facts, description=description)


def _link(span: Span, shared_risks: tuple[str, ...], rng: Random) -> Link:
    terrain = rng.uniform(0.8, 1.15)
    unavailability = UNAVAILABILITY_PER_KM * span.length_km * terrain + UNAVAILABILITY_OF_EQUIPMENT
    return Link(
        id=span.id,
        a=span.a,
        z=span.z,
        length_km=span.length_km,
        availability=round(1 - unavailability, 7),
        free_mbps=rng.choices(list(FREE_MBPS), list(FREE_MBPS.values()))[0],
        shared_risks=shared_risks,
    )


def _link_resource(link: Link, cities: dict[str, City], rng: Random) -> Json:
    facts = {
        "lengthKm": link.length_km,
        "availability": link.availability,
        "freeCapacityMbps": link.free_mbps,
        "mrcPerMbps": euro((0.04 + 0.0006 * link.length_km) * rng.uniform(0.85, 1.3)),
    }
    relations = [("endA", link.a), ("endZ", link.z), *(("sharesRisk", group) for group in link.shared_risks)]
    description = f"Ends and distance from a public map, times a route factor. Everything else: {SYNTHETIC}"
    return resource("link", link.id, _between(link, cities), facts, relations, description=description)


def _between(link: Link | Span, cities: dict[str, City]) -> str:
    return f"{cities[link.a].name} - {cities[link.z].name}"


def _additions(link: Link, cities: dict[str, City], rng: Random, today: date) -> Iterator[Json]:
    """Planned and purchasable capacity: congested links mostly have one or the other, wide ones seldom."""
    wanted = 0.65 if link.free_mbps <= CONGESTED_MBPS else 0.08
    suffix, name = link.id.removeprefix("link-"), _between(link, cities)
    if rng.random() < wanted:
        day = today + timedelta(days=rng.choice((-30, 20, 45, 90, 150)))
        yield resource(
            "plannedUpgrade",
            f"upgrade-{suffix}",
            f"Upgrade {name}",
            {"addsMbps": rng.choice((10_000, 40_000))},
            [("upgrades", link.id)],
            startOperatingDate=moment(day),
        )
    if rng.random() < wanted:
        facts = {
            "addsMbps": 10_000,
            "nrc": euro(rng.randint(120, 260) * 100),
            "mrc": euro(rng.randint(20, 60) * 10),
            "leadTimeDays": rng.choice((20, 35, 50)),
        }
        yield resource("paidAugment", f"augment-{suffix}", f"Wavelength {name}", facts, [("augments", link.id)])


def _risk_groups(topology: Topology, cities: dict[str, City], seed: int) -> Iterator[tuple[Json, tuple[str, ...]]]:
    """Every shared-risk group with the links in it: common ducts at PoPs, common bridges elsewhere."""
    at: dict[str, list[Span]] = defaultdict(list)
    for span in topology.spans:
        at[span.a].append(span)
        at[span.z].append(span)
    for city in topology.cities:
        leaving = at[city.pop]
        rng = chance(seed, city.pop, "duct")
        if len(leaving) > 2 and rng.random() < SHARE_OF_POPS_WITH_A_SHARED_DUCT:
            name = f"Common duct at PoP {city.name}"
            group = shared_risk_group(f"srg-duct-{city.slug}", name, "duct", DUCT_AVAILABILITY)
            yield group, _side_by_side(city, leaving, cities)
    for span in topology.spans[::LINKS_PER_BRIDGE]:
        near = _nearest_apart(span, topology.spans, cities)
        if near is not None:
            name = f"Common bridge of {_between(span, cities)} and {_between(near, cities)}"
            group_id = f"srg-bridge-{span.id.removeprefix('link-')}"
            yield shared_risk_group(group_id, name, "risk", BRIDGE_AVAILABILITY), (span.id, near.id)


def _side_by_side(city: City, leaving: Sequence[Span], cities: dict[str, City]) -> tuple[str, str]:
    """The two links that leave the PoP in the most similar direction."""

    def bearing_rad(span: Span) -> float:
        there = cities[span.z if span.a == city.pop else span.a]
        east = (there.lon_deg - city.lon_deg) * cos(radians(city.lat_deg))
        return atan2(there.lat_deg - city.lat_deg, east)

    def likeness(pair: tuple[Span, Span]) -> float:
        return abs(cos((bearing_rad(pair[0]) - bearing_rad(pair[1])) / 2))

    pairs = [(one, other) for i, one in enumerate(leaving) for other in leaving[i + 1 :]]
    first, second = max(pairs, key=likeness)
    return first.id, second.id


def _nearest_apart(span: Span, spans: Sequence[Span], cities: dict[str, City]) -> Span | None:
    """The link without a common end whose middle is nearest."""

    def middle(one: Span) -> City:
        a, z = cities[one.a], cities[one.z]
        lat_deg, lon_deg = (a.lat_deg + z.lat_deg) / 2, (a.lon_deg + z.lon_deg) / 2
        return City(pop="", slug="", name="", lat_deg=lat_deg, lon_deg=lon_deg)

    apart = [other for other in spans if not {other.a, other.z} & {span.a, span.z}]
    here = middle(span)
    return min(apart, key=lambda other: distance_km(here, middle(other)), default=None)
