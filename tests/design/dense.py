"""One place with several accesses in a network with very many ways on: one item there, or two kept apart by carrier."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from linkwright.design.model import AccessOption, CpeModel, Link, Network, Node, Problem, Separation, Site, Srlg
from mocks.world.topology import City, Topology, distance_km

OWN, METRO, NORTH = "carrier:own", "carrier:metro", "carrier:north"
DUCT_EVERY = 3
"""Every third link shares a duct with the third after it."""


def a_dense_item(topology: Topology) -> Problem:
    """Two diverse legs; their own fibre enters by one building entry, the partners' are cheaper or safer."""
    return _problem(topology, [("a", "srlg")], ())


def two_dense_items_apart(topology: Topology) -> Problem:
    """One leg and two legs, and of three carriers none serves both items."""
    return _problem(topology, [("a", "none"), ("b", "carrier")], (Separation(a="a", b="b", diversity="carrier"),))


def items_apart(topology: Topology, items: Sequence[tuple[str, str]], diversity: str) -> Problem:
    """Items with a diversity each for their own legs, of which every two are kept apart."""
    names = [name for name, _ in items]
    return _problem(
        topology, items, tuple(Separation(a=a, b=b, diversity=diversity) for a, b in combinations(names, 2))
    )


def _problem(topology: Topology, items: Sequence[tuple[str, str]], apart: tuple[Separation, ...]) -> Problem:
    cities = sorted(topology.cities, key=lambda city: (city.lon_deg, city.pop))
    west, place = (cities[0].pop, cities[len(cities) // 6].pop), cities[-1]
    return Problem(
        name=f"dense-{len(items)}",
        as_of=date(2027, 1, 4),
        term_months=36,
        network=_network(topology),
        sites=tuple(_site(name, diversity, west) for name, diversity in items),
        access_options=tuple(option for name, _ in items for option in _options(name, place, topology)),
        cpe_models=tuple(_cpes()),
        apart=apart,
    )


def _network(topology: Topology) -> Network:
    groups = [Srlg(id="entry", kind="entry", availability=0.9998), Srlg(id="street", availability=0.9999)]
    groups += [Srlg(id=name, kind="carrier", availability=1.0) for name in (OWN, METRO, NORTH)]
    ducts = [f"duct-{number // (2 * DUCT_EVERY)}" for number in range(0, len(topology.spans), DUCT_EVERY)]
    groups += [Srlg(id=name, availability=0.99995) for name in sorted(set(ducts))]
    links = tuple(
        Link(
            id=span.id,
            a=span.a,
            z=span.z,
            length_km=span.length_km,
            availability=1 - 3.7e-6 * span.length_km,
            mrc_minor_per_mbps=8,
            capacity_mbps=40_000,
            srlgs=(ducts[number // DUCT_EVERY],) if number % DUCT_EVERY == 0 else (),
        )
        for number, span in enumerate(topology.spans)
    )
    nodes = tuple(
        Node(id=city.pop, lat_deg=city.lat_deg, lon_deg=city.lon_deg, availability=0.99999, delay_ms=0.03)
        for city in topology.cities
    )
    return Network(nodes=nodes, links=links, srlgs=tuple(groups))


def _site(name: str, diversity: str, destinations: tuple[str, ...]) -> Site:
    return Site(
        id=name,
        bandwidth_mbps=100,
        max_latency_ms=40.0,
        min_availability=0.995,
        diversity=diversity,
        required_day=85,
        destinations=destinations,
    )


def _options(item: str, place: City, topology: Topology) -> Iterator[AccessOption]:
    first, second, third = sorted(topology.cities, key=lambda city: (distance_km(place, city), city.pop))[:3]
    for name, city, mrc, nrc, lead_days, groups in (
        ("own-1", first, 62_000, 150_000, 20, ("entry", OWN)),
        ("own-2", second, 74_000, 150_000, 20, ("entry", OWN)),
        ("metro", third, 45_500, 240_000, 45, (METRO,)),
        ("north", third, 67_500, 380_000, 55, ("street", NORTH)),
    ):
        yield AccessOption(
            id=f"{item}-{name}",
            site=item,
            kind="fibre",
            pop=city.pop,
            bandwidth_mbps=10_000,
            nrc_minor=nrc,
            mrc_minor=mrc,
            availability=0.9995,
            delay_ms=0.5,
            lead_days=lead_days,
            srlgs=groups,
        )


def _cpes() -> Iterator[CpeModel]:
    for name, availability, nrc, mrc in (
        ("s", 0.9999, 18_000, 1_800),
        ("l", 0.99995, 145_000, 7_500),
        ("xl", 0.99997, 390_000, 16_000),
    ):
        yield CpeModel(
            id=name, max_mbps=1000, features=(), nrc_minor=nrc, mrc_minor=mrc, availability=availability, delay_ms=0.3
        )
