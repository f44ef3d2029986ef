"""Addresses (TMF673) and sites (TMF674) around every PoP, some of them hard to tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, radians, sin

from mocks.world.topology import City, Topology
from mocks.world.words import ADDRESSES, SITES, SYNTHETIC, Json, chance

STREETS = (
    "Harbour Road",
    "Mill Lane",
    "Foundry Way",
    "Station Street",
    "Market Square",
    "Orchard Row",
    "Depot Road",
    "Quarry Hill",
    "Canal Side",
    "Weaver Street",
)
KM_PER_DEGREE = 111.2
ADDRESSES_PER_CITY = 3
TWINS = ("postcode", "suffix", "none")
"""Cities in turn: two addresses that differ only in the postcode, only in the suffix of the number, or none such."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address `distance_km` away from the PoP of its city. `site` is the site that stands on it, if any."""

    id: str
    city: City
    country: str
    street: str
    number: str
    suffix: str | None
    postcode: str
    lat_deg: float
    lon_deg: float
    distance_km: float
    site: str | None = None


def build_addresses(topology: Topology, seed: int) -> tuple[Address, ...]:
    """Addresses of all cities; every second city has a site of its own on its first address."""
    return tuple(
        address
        for position, city in enumerate(topology.inhabited)
        for address in _of_city(topology, city, position, seed)
    )


def an_address(
    city: City, country: str, address_id: str, place: tuple[str, str, str], away: tuple[float, float], site: str | None
) -> Address:
    """An address by its (street, number, postcode) and its way from the PoP: distance in km, share of a turn."""
    street, number, postcode = place
    distance_km, turn = away
    north_km, east_km = distance_km * cos(2 * pi * turn), distance_km * sin(2 * pi * turn)
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return Address(
        id=address_id,
        city=city,
        country=country,
        street=street,
        number=digits,
        suffix=number[len(digits) :] or None,
        postcode=postcode,
        lat_deg=round(city.lat_deg + north_km / KM_PER_DEGREE, 5),
        lon_deg=round(city.lon_deg + east_km / (KM_PER_DEGREE * cos(radians(city.lat_deg))), 5),
        distance_km=distance_km,
        site=site,
    )


def _of_city(topology: Topology, city: City, position: int, seed: int) -> Iterator[Address]:
    rng = chance(seed, city.pop, "addresses")
    streets = rng.sample(STREETS, ADDRESSES_PER_CITY)
    postcode = 10_000 + 80 * position
    places = [(street, str(rng.randint(1, 120)), str(postcode + n)) for n, street in enumerate(streets)]
    street, number, _ = places[-1]
    match TWINS[position % len(TWINS)]:
        case "postcode":
            places.append((street, number, str(postcode + 40)))
        case "suffix":
            places[-1:] = [(street, f"{number}a", places[-1][2]), (street, f"{number}b", places[-1][2])]
    for n, place in enumerate(places, start=1):
        away = (round(rng.uniform(0.8, 14.0), 2), rng.random())
        site = f"site-{city.slug}" if n == 1 and position % 2 == 0 else None
        yield an_address(city, topology.country, f"addr-{city.slug}-{n}", place, away, site)


def address_resource(address: Address) -> Json:
    suffix = {} if address.suffix is None else {"streetNrSuffix": address.suffix}
    point = [address.lon_deg, address.lat_deg]
    return {
        "id": address.id,
        "href": f"{ADDRESSES}/{address.id}",
        "@type": "GeographicAddress",
        "name": f"{address.street} {address.number}{address.suffix or ''}, {address.postcode} {address.city.name}",
        "streetName": address.street,
        "streetNr": address.number,
        **suffix,
        "postcode": address.postcode,
        "city": address.city.name,
        "country": address.country,
        "geographicLocation": {"@type": "GeoJsonPoint", "bbox": [*point, *point]},
    }


TIME_ZONE = "Europe/Berlin"


def site_resource(site_id: str, name: str, address: Address, owner: Json | None = None) -> Json:
    return {
        "id": site_id,
        "href": f"{SITES}/{site_id}",
        "@type": "GeographicSite",
        "name": name,
        "description": SYNTHETIC,
        "status": "existing",
        "place": [
            {"id": address.id, "href": f"{ADDRESSES}/{address.id}", "@referredType": "GeographicAddress"},
        ],
        "relatedParty": [] if owner is None else [owner],
        "calendar": [{"day": "all week", "status": "open", "timeZone": TIME_ZONE}],
    }
