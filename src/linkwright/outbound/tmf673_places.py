"""Addresses (TMF673) and sites (TMF674) as the operator's registers know them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice

from linkwright.designs.requirement import Json, Place, PlaceTrouble, PlaceWanted
from linkwright.outbound.cache import KeptByKey
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import by_id, matching
from linkwright.wire.v4.geography import PARTS, read_address, read_site

ADDRESSES = "tmf-api/geographicAddressManagement/v4/geographicAddress"
SITES = "tmf-api/geographicSiteManagement/v4/geographicSite"
MOST_CANDIDATES = 20


class Tmf673Places:
    """Implements `designs.ports.Places`. A place that was found is kept for a while, trouble never."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], freshness_s: float) -> None:
        self._client, self._now = client, now
        self._kept: KeptByKey[tuple[str, str], Place] = KeptByKey(freshness_s=freshness_s, now=now)

    def find(self, wanted: PlaceWanted) -> Place | PlaceTrouble:
        if wanted.kind == "value":
            return self._by_value({part: wanted.value[part] for part in PARTS if wanted.value.get(part)})
        if not wanted.id:
            return PlaceTrouble(kind="unknown", text="The place is named by reference, but its id is missing.")
        key = (wanted.kind, wanted.id)
        if (kept := self._kept.fresh([key]).get(key)) is not None:
            return kept
        began, found = self._now(), self._by_id(wanted.kind, wanted.id)
        if isinstance(found, Place):
            self._kept.keep({key: found}, began)
        return found

    def _by_id(self, kind: str, place_id: str) -> Place | PlaceTrouble:
        collection, read = (SITES, read_site) if kind == "site" else (ADDRESSES, read_address)
        found = by_id(self._client, collection, place_id)
        if found is None:
            return PlaceTrouble(
                kind="unknown", text=f"No {kind} has the id {place_id}; its id in the register is needed."
            )
        return read(found)

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
