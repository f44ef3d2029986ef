"""Addresses (TMF673) and sites (TMF674) as the operator's registers know them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from linkwright.designs.requirement import Json, Place, PlaceTrouble, PlaceWanted
from linkwright.outbound.cache import KeptByKey
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import by_id, matching
from linkwright.wire.v4.geography import PARTS, read_address, read_site

ADDRESSES = "tmf-api/geographicAddressManagement/v4/geographicAddress"
SITES = "tmf-api/geographicSiteManagement/v4/geographicSite"
COLLECTIONS = {"site": SITES, "address": ADDRESSES}
MOST_CANDIDATES = 20
AT_ONCE = 50

Key = tuple[str, str]
"""Kind and id."""


class Tmf673Places:
    """Implements `designs.ports.Places`. A place that was found is kept for a while, trouble never."""

    def __init__(
        self, client: Client, *, now: Callable[[], datetime], freshness_s: float, sites_located: bool = False
    ) -> None:
        """`sites_located`: of a site that only refers to its address that one is read as well, for its whereabouts."""
        self._client, self._now, self._sites_located = client, now, sites_located
        self._kept: KeptByKey[Key, Place] = KeptByKey(freshness_s=freshness_s, now=now)

    def find_all(self, wanted: Sequence[PlaceWanted]) -> list[Place | PlaceTrouble]:
        """Those with an id are read many at once."""
        named = dict.fromkeys((one.kind, one.id) for one in wanted if one.kind != "value" and one.id)
        found: dict[Key, Place | PlaceTrouble] = {**self._kept.fresh(named)}
        for kind in ("address", "site"):
            found |= self._read(kind, [id for of_kind, id in named if of_kind == kind and (kind, id) not in found])
        return [self._found(one, found) for one in wanted]

    def _found(self, wanted: PlaceWanted, found: Mapping[Key, Place | PlaceTrouble]) -> Place | PlaceTrouble:
        if wanted.kind == "value":
            return self._by_value({part: wanted.value[part] for part in PARTS if wanted.value.get(part)})
        if not wanted.id:
            return PlaceTrouble(kind="unknown", text="The place is named by reference, but its id is missing.")
        return found[wanted.kind, wanted.id]

    def _read(self, kind: str, ids: Sequence[str]) -> Mapping[Key, Place | PlaceTrouble]:
        """A register that does not list by ids, or leaves one out, is asked for each."""
        began, read = self._now(), read_site if kind == "site" else read_address
        listed: dict[str, Json] = {}
        for first in range(0, len(ids) if len(ids) > 1 else 0, AT_ONCE):
            listed |= self._listed(COLLECTIONS[kind], ids[first : first + AT_ONCE])
        found = {(kind, id): read(listed[id]) if id in listed else self._by_id(kind, id) for id in ids}
        if kind == "site" and self._sites_located:
            found = self._located(found)
        self._kept.keep({key: place for key, place in found.items() if isinstance(place, Place)}, began)
        return found

    def _located(self, found: Mapping[Key, Place | PlaceTrouble]) -> dict[Key, Place | PlaceTrouble]:
        addresses = {
            key: ("address", place.ids[1])
            for key, place in found.items()
            if isinstance(place, Place) and place.at is None and len(place.ids) > 1
        }
        there: dict[Key, Place | PlaceTrouble] = {**self._kept.fresh(addresses.values())}
        there |= self._read(
            "address", [id for _, id in dict.fromkeys(addresses.values()) if ("address", id) not in there]
        )
        return {
            key: replace(place, at=address.at)
            if isinstance(place, Place) and isinstance(address := there.get(addresses.get(key, key)), Place)
            else place
            for key, place in found.items()
        }

    def _listed(self, collection: str, ids: Sequence[str]) -> Mapping[str, Json]:
        """Empty where the register pays no heed to the filter: what it has in all may be without end."""
        listed: dict[str, Json] = {}
        for one in matching(self._client, collection, {"id": ",".join(ids)}, lambda _: True):
            if one.get("id") not in ids:
                return {}
            listed[one["id"]] = one
        return listed

    def _by_id(self, kind: str, place_id: str) -> Place | PlaceTrouble:
        found = by_id(self._client, COLLECTIONS[kind], place_id)
        if found is None:
            return PlaceTrouble(
                kind="unknown", text=f"No {kind} has the id {place_id}; its id in the register is needed."
            )
        return read_site(found) if kind == "site" else read_address(found)

    def _by_value(self, parts: Mapping[str, str]) -> Place | PlaceTrouble:
        said = ", ".join(parts.values())
        if not parts:
            return PlaceTrouble(kind="unknown", text="The address has no part that can be looked up.")
        fitting = matching(self._client, ADDRESSES, parts, lambda address: _fits(address, parts))
        found = list(islice(fitting, MOST_CANDIDATES + 1))
        if not found:
            return PlaceTrouble(kind="unknown", text=f"The address register knows no address like {said}.")
        if len(found) == 1:
            return read_address(found[0])
        count = str(len(found)) if len(found) <= MOST_CANDIDATES else f"more than {MOST_CANDIDATES}"
        return PlaceTrouble(
            kind="ambiguous",
            text=f"The address register knows {count} addresses like {said}; more parts, or the id, would decide.",
            candidates=tuple(str(address["id"]) for address in found[:MOST_CANDIDATES]),
        )


def _fits(address: Json, parts: Mapping[str, str]) -> bool:
    """Every part that was given is the same where the register states it; case and blanks do not count."""
    return all(_plain(address[part]) == _plain(value) for part, value in parts.items() if address.get(part))


def _plain(text: object) -> str:
    return " ".join(str(text).casefold().split())
