"""Where a service is wanted: by reference to a site or an address, or an address by value."""

from collections.abc import Mapping
from typing import Literal

from linkwright.designs.requirement import PlaceWanted
from linkwright.wire.json import Json

KINDS: Mapping[str, Literal["site", "address"]] = {
    "geographicsite": "site",
    "geographicsiteref": "site",
    "geographicaddress": "address",
    "geographicaddressref": "address",
}
NEAR, FAR = "siteA", "siteZ"
"""Roles of the two places of a service from point to point."""
SAID_OF_A_REFERENCE = frozenset({"id", "href", "name", "role"})


def place_wanted(service: Mapping[str, Json]) -> tuple[PlaceWanted | None, str | None]:
    """(place, nothing) or (nothing, the sentence that says why it is not understood); both None where none is given."""
    given = service.get("place") or []
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list) or not all(isinstance(place, dict) for place in given):
        return None, "place is not understood: a list of places is expected."
    if len(given) > 1:
        return None, f"One place for each service is expected, {len(given)} are given."
    return _wanted(given[0]) if given else (None, None)


def ends_wanted(service: Mapping[str, Json]) -> tuple[PlaceWanted | None, PlaceWanted | None, str | None]:
    """The place, the other end where both are given by their roles, and the sentence where one is not understood."""
    by_role = _by_role(service)
    if not _are_ends(by_role):
        return place_wanted(service)[0], None, place_wanted(service)[1]
    near, trouble = _wanted(by_role[NEAR.lower()])
    far, other = _wanted(by_role[FAR.lower()])
    return near, far, trouble or other


def at_each_place(service: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """The same service at each of its places by itself; both ends of a service from point to point are one place."""
    given = service.get("place")
    if not isinstance(given, list) or len(given) < 2 or _are_ends(_by_role(service)):
        return [service]
    return [{**service, "place": [place]} for n, place in enumerate(given) if place not in given[:n]]


def _by_role(service: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    given = service.get("place")
    pair = given if isinstance(given, list) and len(given) == 2 else []
    return {str(one.get("role")).lower(): one for one in pair if isinstance(one, dict)}


def _are_ends(by_role: Mapping[str, Json]) -> bool:
    return by_role.keys() == {NEAR.lower(), FAR.lower()}


def write_place(wanted: PlaceWanted, role: str = "installation") -> Json:
    """The place as a service names it."""
    told: dict[str, Json] = {"role": role}
    if wanted.kind == "value":
        return told | {"@type": "GeographicAddress"} | ({"id": wanted.id} if wanted.id else {}) | dict(wanted.value)
    referred = "GeographicSite" if wanted.kind == "site" else "GeographicAddress"
    return told | {"id": wanted.id, "@type": "PlaceRef", "@referredType": referred}


def _wanted(place: Mapping[str, Json]) -> tuple[PlaceWanted | None, str | None]:
    kind = _kind(place)
    place_id = place.get("id")
    value = {
        name: str(part)
        for name, part in place.items()
        if name not in SAID_OF_A_REFERENCE and not name.startswith("@") and isinstance(part, str | int) and part != ""
    }
    if kind is None:
        return None, (
            "The place is not understood: @type PlaceRef with @referredType GeographicSite or GeographicAddress and an "
            "id, or @type GeographicAddress with the parts of the address, is expected."
        )
    if place_id and (kind == "site" or not value or _is_reference(place)):
        return PlaceWanted(kind=kind, id=str(place_id)), None
    if kind == "address" and value:
        return PlaceWanted(kind="value", id=str(place_id) if place_id else None, value=value), None
    return None, f"The place is not understood: the id of the {kind} is missing."


def _kind(place: Mapping[str, Json]) -> Literal["site", "address"] | None:
    """What `@referredType` says, else `@type`, else the collection that `href` leads to."""
    for name in ("@referredType", "@type"):
        kind = KINDS.get(str(place.get(name, "")).lower())
        if kind is not None:
            return kind
    href = str(place.get("href", "")).lower()
    return next((kind for word, kind in KINDS.items() if f"/{word}/" in href), None)


def _is_reference(place: Mapping[str, Json]) -> bool:
    return bool(place.get("@referredType")) or str(place.get("@type", "")).endswith("Ref")
