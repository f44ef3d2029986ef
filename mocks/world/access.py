"""How the addresses reach the PoPs: own fibre, fibre to be built, microwave and 5G."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from mocks.world.geography import Address
from mocks.world.graph import Graph
from mocks.world.topology import City
from mocks.world.words import Json, at_address, at_site, chance, euro, moment, resource, shared_risk_group

ENTRY_AVAILABILITY = 0.9998
FIBRE_MS_PER_KM = 0.0049
FIBRE_TERMINAL_MS = 0.1
OWN_FIBRE_REACH_KM, BUILD_REACH_KM, MICROWAVE_REACH_KM = 6.0, 12.0, 18.0


def fibre_delay_ms(distance_km: float) -> float:
    """One way, equipment at both ends included."""
    return round(FIBRE_TERMINAL_MS + FIBRE_MS_PER_KM * distance_km, 3)


def option(
    address: Address,
    kind: str,
    pop: str,
    facts: Mapping[str, Any],
    relations: Sequence[tuple[str, str]] = (),
    **attributes: Any,
) -> Json:
    """An access option of this address, filed under its site if it has one and the option is fibre."""
    option_id = f"acc-{address.id.removeprefix('addr-')}-{kind}"
    fibre = facts["technology"].startswith("fibre")
    place = at_site(address.site) if address.site and fibre else at_address(address.id)
    said = [("terminatesAt", pop), *relations]
    return resource("accessOption", option_id, f"{kind} at {address.id}", facts, said, place=place, **attributes)


def build_access(addresses: Sequence[Address], graph: Graph, seed: int, today: date) -> Iterator[Json]:
    """Every option of these addresses, with the builds and the building entries that they name."""
    for city in sorted({address.city.pop: address.city for address in addresses}.values(), key=lambda c: c.pop):
        yield _shared_build(city, chance(seed, city.pop, "build"))
    for address in addresses:
        rng = chance(seed, address.id, "access")
        yield from _fibre(address, graph.nearest(address.city.pop), rng, today)
        yield from _radio(address, rng)


def _shared_build(city: City, rng: Random) -> Json:
    facts = {
        "nrc": euro(rng.randint(80, 240) * 100),
        "mrc": euro(rng.randint(40, 90)),
        "leadTimeDays": rng.randint(45, 90),
        "maxSites": rng.randint(3, 8),
        "capacityMbps": rng.choice((10_000, 20_000)),
    }
    return resource("sharedBuild", f"build-{city.slug}", f"Duct extension {city.name}", facts)


def _fibre(address: Address, next_pop: tuple[str, float], rng: Random, today: date) -> Iterator[Json]:
    near = address.distance_km <= OWN_FIBRE_REACH_KM
    if near and rng.random() < 0.75:
        entry = shared_risk_group(
            f"srg-entry-{address.id.removeprefix('addr-')}", f"Entry of {address.id}", "entry", ENTRY_AVAILABILITY
        )
        yield entry
        yield _own_fibre(address, "fibre", address.city.pop, entry["id"], address.distance_km, rng, today)
        if rng.random() < 0.3:
            second_pop, further_km = next_pop
            length_km = address.distance_km + further_km
            yield _own_fibre(address, "fibre-second", second_pop, entry["id"], length_km, rng, today)
    elif address.distance_km <= BUILD_REACH_KM and rng.random() < 0.8:
        facts = {
            "technology": "fibre-build",
            "bandwidthMbps": 10_000,
            "nrc": euro(700 + 250 * round(address.distance_km)),
            "mrc": euro(rng.randint(160, 320)),
            "availability": 0.9995,
            "delayMs": fibre_delay_ms(address.distance_km),
            "leadTimeDays": rng.randint(10, 20),
            "surveyDays": 2,
            "permitDays": 5,
            "crewDays": {"splice": 2, "install": 1},
        }
        yield option(address, "fibre-build", address.city.pop, facts, [("needsBuild", f"build-{address.city.slug}")])


def _own_fibre(address: Address, kind: str, pop: str, entry: str, length_km: float, rng: Random, today: date) -> Json:
    """One in ten comes only with a port card that is planned; one in thirty is out of service."""
    facts = {
        "technology": "fibre",
        "bandwidthMbps": rng.choice((1000, 10_000)),
        "nrc": euro(rng.randint(7, 15) * 100),
        "mrc": euro(120 + 4 * length_km),
        "availability": 0.9995,
        "delayMs": fibre_delay_ms(length_km),
        "leadTimeDays": rng.randint(8, 20),
        "crewDays": {"install": 1},
    }
    attributes: dict[str, Any] = {}
    fate = rng.random()
    if fate < 0.1:
        attributes["startOperatingDate"] = moment(today + timedelta(days=rng.choice((30, 60, 90))))
    elif fate > 0.97:
        attributes["operationalState"] = "disable"
    return option(address, kind, pop, facts, [("sharesRisk", entry)], **attributes)


def _radio(address: Address, rng: Random) -> Iterator[Json]:
    if address.distance_km <= MICROWAVE_REACH_KM and rng.random() < 0.45:
        facts = {
            "technology": "microwave",
            "bandwidthMbps": rng.choice((200, 500, 1000)),
            "nrc": euro(rng.randint(28, 60) * 100),
            "mrc": euro(rng.randint(90, 180)),
            "availability": 0.9993,
            "delayMs": 0.3,
            "leadTimeDays": rng.randint(15, 30),
            "crewDays": {"rigging": 2, "install": 1},
        }
        yield option(address, "microwave", address.city.pop, facts)
    if rng.random() < 0.6:
        facts = {
            "technology": "5g",
            "bandwidthMbps": rng.choice((50, 100, 150)),
            "nrc": euro(250),
            "mrc": euro(rng.randint(34, 60)),
            "availability": 0.995,
            "delayMs": round(rng.uniform(7.0, 11.0), 1),
            "leadTimeCalendarDays": rng.choice((7, 10, 14)),
            "crewDays": {"install": 1},
        }
        yield option(address, "5g", address.city.pop, facts)
