"""Nordwind Logistik GmbH: a headquarters that needs two ways in, a plant that is early, a depot that is remote."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mocks.world.access import fibre_delay_ms, option
from mocks.world.geography import Address, address_resource, an_address, site_resource
from mocks.world.partners import Terms
from mocks.world.spots import Spots
from mocks.world.topology import City, distance_km
from mocks.world.words import Json, euro, resource, shared_risk_group

CUSTOMER = {
    "id": "nordwind",
    "name": "Nordwind Logistik GmbH",
    "role": "customer",
    "@referredType": "Organization",
}
HQ_ENTRY = "srg-entry-nordwind-hq"
HQ_OTHER_STREET = "srg-north-nordwind-hq"
PLANT_BUILD = "build-nordwind-plant"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """What the customer adds to the world. `terms` are what partners offer at an address: (partner, address id)."""

    addresses: tuple[Address, ...]
    resources: tuple[Json, ...]
    sites: tuple[Json, ...]
    terms: dict[tuple[str, str], Terms]

    @property
    def address_resources(self) -> tuple[Json, ...]:
        return tuple(address_resource(address) for address in self.addresses)


def settle(spots: Spots, country: str) -> Customer:
    """The three sites at their PoPs. Only the headquarters is in a partner's area."""
    hq = _address("hq", spots.hq, country, ("Harbour Road", "1", "99901"), (2.4, 0.1))
    plant = _address("plant", spots.plant, country, ("Foundry Way", "12", "99902"), (6.8, 0.4))
    depot = _address("depot", spots.depot, country, ("Quarry Hill", "3", "99903"), (38.0, 0.8))
    named = (("headquarters", hq), ("plant", plant), ("depot", depot))
    return Customer(
        addresses=(hq, plant, depot),
        resources=(*_headquarters(hq, spots), *_plant(plant)),
        sites=tuple(site_resource(a.site or a.id, f"{CUSTOMER['name']}, {name}", a, CUSTOMER) for name, a in named),
        terms={
            ("partner-north", hq.id): _terms(hq, spots.hq_handover, 3800, 810, 55, (HQ_OTHER_STREET,)),
            ("partner-metro", hq.id): _terms(hq, spots.hq_handover, 2400, 590, 45, None),
        },
    )


def _address(name: str, city: City, country: str, place: tuple[str, str, str], away: tuple[float, float]) -> Address:
    return an_address(city, country, f"addr-nordwind-{name}", place, away, f"nordwind-{name}")


def _headquarters(hq: Address, spots: Spots) -> Iterator[Json]:
    """Own fibre to two PoPs, both through the one duct that enters the building."""
    yield shared_risk_group(HQ_ENTRY, "Only duct into the headquarters", "duct", 0.9998)
    yield shared_risk_group(HQ_OTHER_STREET, "Partner's duct on the other street", "duct", 0.9998, "partner-north")
    for kind, city, mrc in (("fibre-1", spots.hq, 620), ("fibre-2", spots.hq_second, 740)):
        length_km = hq.distance_km + 1.3 * distance_km(hq.city, city)
        facts = {
            "technology": "fibre",
            "bandwidthMbps": 10_000,
            "nrc": euro(1500),
            "mrc": euro(mrc),
            "availability": 0.9995,
            "delayMs": fibre_delay_ms(length_km),
            "leadTimeDays": 20,
            "crewDays": {"install": 1},
        }
        yield option(hq, kind, city.pop, facts, [("sharesRisk", HQ_ENTRY)])


def _plant(plant: Address) -> Iterator[Json]:
    """A good 5G antenna within two weeks, fibre only after a long construction."""
    build = {
        "nrc": euro(18_500),
        "mrc": euro(60),
        "leadTimeDays": 75,
        "maxSites": 6,
        "capacityMbps": 10_000,
    }
    yield resource("sharedBuild", PLANT_BUILD, "Duct extension to the plant's estate", build)
    radio = {
        "technology": "5g",
        "bandwidthMbps": 50,
        "nrc": euro(650),
        "mrc": euro(58),
        "availability": 0.9996,
        "delayMs": 8.0,
        "leadTimeCalendarDays": 14,
        "crewDays": {"install": 1},
    }
    yield option(plant, "5g", plant.city.pop, radio)
    fibre = {
        "technology": "fibre-build",
        "bandwidthMbps": 10_000,
        "nrc": euro(2400),
        "mrc": euro(240),
        "availability": 0.9997,
        "delayMs": fibre_delay_ms(plant.distance_km),
        "leadTimeDays": 15,
        "crewDays": {"splice": 2, "install": 1},
    }
    yield option(plant, "fibre-build", plant.city.pop, fibre, [("needsBuild", PLANT_BUILD)])


def _terms(
    hq: Address, handover: City, nrc: int, mrc_at_1000_mbps: int, lead_time_days: int, risks: tuple[str, ...] | None
) -> Terms:
    length_km = hq.distance_km + 1.3 * distance_km(hq.city, handover)
    return Terms(
        max_mbps=10_000,
        nrc=Decimal(nrc),
        mrc_base=Decimal(mrc_at_1000_mbps) - 150,
        mrc_per_mbps=Decimal("0.15"),
        availability=0.9995,
        delay_ms=fibre_delay_ms(length_km),
        lead_time_days=lead_time_days,
        handover_pop=handover.pop,
        shared_risk_groups=risks,
    )
