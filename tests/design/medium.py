"""Problems of a real size: synthetic sites, options and prices on a real graph, drawn from a seed."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

from linkwright.design.model import (
    AccessOption,
    Augment,
    Build,
    CpeModel,
    FieldCapacity,
    Link,
    Network,
    Node,
    Partner,
    Problem,
    Site,
    Srlg,
    Upgrade,
)
from linkwright.design.units import fibre_delay_ms
from mocks.world.topology import City, Topology, distance_km, load

REQUIRED_DAYS = (60, 90, 120, 180)
DUCTS = 20
PARTNERS = ("east", "west", "world")


def a_medium_problem(topology_name: str, *, sites: int, seed: int, room: float = 1.0) -> Problem:
    """Sites of one customer around the cities of a topology, with one hub; capacity, ports, partners, crews are scarce.

    `room` scales the free capacity of the links.
    """
    dice = random.Random(seed)
    topology = load(topology_name)
    hub = dice.choice(topology.cities)
    homes = [dice.choice(topology.cities) for _ in range(sites)]
    made = [_site(dice, f"s{number:04}", home, hub) for number, home in enumerate(homes)]
    options = [o for site, home in zip(made, homes, strict=True) for o in _options(dice, site, home, topology)]
    return Problem(
        name=f"{topology_name}-{sites}-{seed}",
        as_of=date(2027, 1, 4),
        term_months=36,
        network=_network(dice, topology, hub, room * max(1, sites // 20)),
        sites=tuple(made),
        access_options=tuple(options),
        cpe_models=_cpes(),
        builds=tuple(_build(dice, name) for name in sorted({o.build for o in options if o.build is not None})),
        partners=tuple(
            Partner(id=name, max_orders=None if name == "world" else max(1, sites // 4)) for name in PARTNERS
        ),
        field_capacity=tuple(_crews(made, options)),
    )


def _network(dice: random.Random, topology: Topology, hub: City, room: float) -> Network:
    """Capacity grows with the sites and towards the hub, so that most sites find room, but not all on one way."""
    near = {hub.pop}
    links = []
    for span in topology.spans:
        at_hub = 4 if near & {span.a, span.z} else 1
        links.append(
            Link(
                id=span.id,
                a=span.a,
                z=span.z,
                length_km=span.length_km,
                availability=1 - 3.7e-6 * span.length_km,
                mrc_minor_per_mbps=10 + int(span.length_km / 25),
                capacity_mbps=int(at_hub * 1000 * room),
                srlgs=(f"duct-{dice.randrange(DUCTS)}",) if dice.random() < 0.2 else (),
                upgrades=(Upgrade(day=110, adds_mbps=1000),) if dice.random() < 0.2 else (),
                augment=Augment(adds_mbps=10_000, nrc_minor=20_000_000, mrc_minor=40_000, lead_days=60)
                if dice.random() < 0.3
                else None,
            )
        )
    nodes = tuple(
        Node(
            id=city.pop,
            lat_deg=city.lat_deg,
            lon_deg=city.lon_deg,
            availability=0.99999,
            delay_ms=0.05,
            ports=int(4 + 3 * room) if dice.random() < 0.4 else None,
        )
        for city in topology.cities
    )
    ducts = tuple(Srlg(id=f"duct-{number}", availability=0.9999) for number in range(DUCTS))
    return Network(nodes=nodes, links=tuple(links), srlgs=ducts)


def _site(dice: random.Random, name: str, home: City, hub: City) -> Site:
    protected = dice.random() < 0.25
    straight_ms = fibre_delay_ms(distance_km(home, hub))
    return Site(
        id=name,
        bandwidth_mbps=dice.choice((20, 50, 100, 200, 500)),
        max_latency_ms=round(12 + straight_ms * dice.choice((2.5, 4, 8)), 2),
        min_availability=0.999
        if protected
        else round(0.997 - fibre_delay_ms(distance_km(home, hub)) * dice.choice((0.001, 0.002)), 4),
        diversity=dice.choice(("link", "node", "srlg")) if protected else "none",
        required_day=dice.choice(REQUIRED_DAYS),
        destinations=(hub.pop,),
        cpe_per_leg=protected and dice.random() < 0.5,
        features=("bgp",) if dice.random() < 0.4 else ("ipv4",),
    )


def _options(dice: random.Random, site: Site, home: City, topology: Topology) -> Iterator[AccessOption]:
    """Fibre of one's own, to be dug or there already, radio, and partners who hand over at one of the next PoPs."""
    nearest = sorted(topology.cities, key=lambda city: (distance_km(home, city), city.pop))[:3]
    local_km = dice.uniform(1, 30)

    def option(
        kind: str, rank: int, nrc: float, mrc: float, availability: float, lead_days: int, **more: object
    ) -> AccessOption:
        delay_ms = fibre_delay_ms(1.3 * (distance_km(home, nearest[rank]) + local_km))
        members = {
            "id": f"{site.id}-{kind}-{rank}", "site": site.id, "kind": kind, "pop": nearest[rank].pop,
            "bandwidth_mbps": 10_000, "nrc_minor": int(nrc), "mrc_minor": int(mrc), "availability": availability,
            "delay_ms": delay_ms, "lead_days": lead_days,
        }  # fmt: skip
        return AccessOption(**(members | more))  # type: ignore[arg-type]

    work = {"civil": int(local_km), "install": 1}
    yield option("own-build", 0, 1_110_000, 3_000, 0.9999, 80, build=f"dig-{nearest[0].slug}", work=work)
    yield option("radio", 0, 900_000, 12_000, 0.9995, 35, bandwidth_mbps=1000, work={"install": 3})
    yield option("5g", 0, 30_000, 16_000, 0.9975, 5, bandwidth_mbps=200, delay_ms=9.0, work={"install": 1})
    for rank in range(2):
        if dice.random() < 0.5:
            yield option("fibre", rank, 60_000, 8_000 + 400 * local_km * (1 + rank), 0.9995, 20, work={"install": 1})
    for rank in range(3):
        partner = dice.choice(PARTNERS)
        yield option("partner", rank, 80_000, 2_000 * (20 + local_km) * (1 + rank), 0.9993, 30, partner=partner)


def _build(dice: random.Random, build_id: str) -> Build:
    nrc_minor = dice.randint(3_000_000, 9_000_000)
    return Build(id=build_id, nrc_minor=nrc_minor, mrc_minor=20_000, lead_days=dice.choice((40, 55, 85)), max_sites=48)


def _cpes() -> tuple[CpeModel, ...]:
    def model(cpe: str, mbps: int, features: tuple[str, ...], nrc: int, mrc: int, up: float, ms: float) -> CpeModel:
        return CpeModel(
            id=cpe, max_mbps=mbps, features=features, nrc_minor=nrc, mrc_minor=mrc, availability=up, delay_ms=ms
        )

    return (
        model("s", 200, ("ipv4",), 25_000, 800, 0.9995, 0.1),
        model("m", 1000, ("ipv4", "bgp"), 90_000, 2_000, 0.9998, 0.08),
        model("l", 9999, ("ipv4", "bgp"), 420_000, 6_500, 0.99995, 0.03),
    )


def _crews(sites: list[Site], options: list[AccessOption]) -> Iterator[FieldCapacity]:
    """Two thirds of the crew-days that it would take to use every site's own-build or radio."""
    day_of = {site.id: site.required_day for site in sites}
    for by_day in (REQUIRED_DAYS[1], REQUIRED_DAYS[-1]):
        wanted: Counter[str] = Counter()
        for option in options:
            if option.kind == "own-build" and day_of[option.site] <= by_day:
                wanted.update(option.work)
        yield from (FieldCapacity(skill=s, by_day=by_day, crew_days=2 * n // 3 + 1) for s, n in sorted(wanted.items()))
