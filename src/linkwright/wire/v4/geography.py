"""Places as the registers of addresses (TMF673) and sites (TMF674) say them."""

from collections.abc import Iterator, Mapping

from linkwright.designs.local_time import zone_of
from linkwright.designs.requirement import Place, Whereabouts
from linkwright.wire import quantities
from linkwright.wire.json import Json

STREET = ("streetName", "streetType", "streetSuffix", "streetNr", "streetNrSuffix")
TOWN = ("postcode", "city")
PARTS = (*STREET, "locality", *TOWN, "stateOrProvince", "country")
"""The parts of an address that it can be looked up by."""


def read_site(site: Json) -> Place:
    """A site is filed under its own id and those of its addresses, and is where the first of them says it is."""
    site_id = str(site["id"])
    places = [place for place in site.get("place") or () if isinstance(place, Mapping)]
    addresses = (str(place["id"]) for place in places if place.get("id"))
    return Place(
        id=site_id,
        name=str(site.get("name") or site_id),
        ids=tuple(dict.fromkeys((site_id, *addresses))),
        at=next((at for at in map(_whereabouts, (site, *places)) if at is not None), None),
        time_zone=next(filter(zone_of, _zones(site)), None),
    )


def read_address(address: Json) -> Place:
    """An address is called as its register calls it, else by street and town."""
    address_id = str(address["id"])
    lines = (" ".join(str(address[part]) for part in line if address.get(part)) for line in (STREET, TOWN))
    name = address.get("name") or ", ".join(line for line in lines if line) or address_id
    return Place(id=address_id, name=str(name), ids=(address_id,), at=_whereabouts(address))


def _zones(site: Json) -> Iterator[str]:
    """The time zones of the calendar of a site, as they are written."""
    for one in _list(site.get("calendar")):
        if isinstance(one, Mapping) and isinstance(one.get("timeZone"), str):
            yield one["timeZone"]


def _whereabouts(said: Mapping[str, Json]) -> Whereabouts | None:
    lon_deg, lat_deg = next(_points(said.get("geographicLocation")), (None, None))
    told = {part: str(said[part]) for part in ("postcode", "city", "country") if said.get(part)}
    return Whereabouts(**told, lat_deg=lat_deg, lon_deg=lon_deg) if told or lat_deg is not None else None


def _points(location: Json) -> Iterator[tuple[float, float]]:
    """Longitude and latitude of what is a point, however it is written: GeoJSON, its box, or points with x and y."""
    location = location if isinstance(location, Mapping) else {}
    geometry = location.get("geometry")
    corners = [location.get("coordinates"), location.get("bbox")]
    corners += [[one.get("x"), one.get("y")] for one in _list(geometry) if isinstance(one, Mapping)]
    for corner in corners:
        try:
            lon_deg, lat_deg, *others = (float(quantities.number(one)) for one in _list(corner))
        except ValueError:
            continue
        if others in ([], [lon_deg, lat_deg]) and abs(lat_deg) <= 90 and abs(lon_deg) <= 360:
            yield lon_deg, lat_deg


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
