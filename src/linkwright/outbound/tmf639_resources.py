"""The resource inventory (TMF639): the network as a whole, and the ways to the places that somebody asks about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from linkwright.designs.facts import AccessFact, AccessFacts, NetworkFacts
from linkwright.designs.requirement import Json
from linkwright.outbound.cache import Kept, KeptByKey
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import matching
from linkwright.wire.v4.inventory import ACCESS_CATEGORY, NETWORK_CATEGORIES
from linkwright.wire.v4.outward import read_access, read_network

RESOURCES = "tmf-api/resourceInventoryManagement/v4/resource"
PLACES_AT_ONCE = 50


class Tmf639Inventory:
    """Implements `designs.ports.Inventory`. Besides, raises `BadProblem` when prices are in several currencies."""

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime],
        network_freshness_s: float,
        access_freshness_s: float,
        reservations: Callable[[], Iterable[Json]] = tuple,
    ) -> None:
        """`reservations` reads those of the resource pool; they are facts of the network like the others."""
        self._client, self._now, self._reservations = client, now, reservations
        self._network = Kept(self._read_network, freshness_s=network_freshness_s, now=now)
        self._access: KeptByKey[str, AccessFacts] = KeptByKey(freshness_s=access_freshness_s, now=now)

    def network(self) -> NetworkFacts:
        return self._network.get()

    def access_at(self, place_ids: Sequence[str]) -> AccessFacts:
        wanted = sorted(set(place_ids))
        found = self._access.fresh(wanted)
        missing = [place for place in wanted if place not in found]
        for first in range(0, len(missing), PLACES_AT_ONCE):
            found |= self._read_access(missing[first : first + PLACES_AT_ONCE])
        return _together([found[place] for place in wanted])

    def forget_access(self, place_ids: Iterable[str]) -> None:
        """Something has changed there."""
        self._access.forget(place_ids)

    def _read_network(self) -> NetworkFacts:
        read_at = self._now()
        resources = (r for category in NETWORK_CATEGORIES for r in self._listed(category, {}))
        return read_network(resources, read_at=read_at, reservations=self._reservations())

    def _read_access(self, places: Sequence[str]) -> Mapping[str, AccessFacts]:
        """The facts of each place, also of those that have none: that is worth keeping too."""
        read_at, currency = self._now(), self.network().currency
        filed: dict[str, list[Json]] = defaultdict(list)
        for option in self._listed(ACCESS_CATEGORY, {"place.id": ",".join(places)}):
            filed[_place_of(option)].append(option)
        facts = {place: read_access(filed[place], read_at=read_at, currency=currency) for place in places}
        self._access.keep(facts, read_at)
        return facts

    def _listed(self, category: str, filters: Mapping[str, str]) -> Iterator[Json]:
        """Resources of one category; an inventory that ignores the filters only costs time."""
        return matching(
            self._client, RESOURCES, {"category": category, **filters}, lambda one: one.get("category") == category
        )


def _place_of(option: Json) -> str:
    return str((option.get("place") or {}).get("id", ""))


def _together(found: Sequence[AccessFacts]) -> AccessFacts:
    options: dict[str, AccessFact] = {option.id: option for facts in found for option in facts.options}
    incomplete = dict.fromkeys(text for facts in found for text in facts.incomplete)
    return AccessFacts(options=tuple(options[name] for name in sorted(options)), incomplete=tuple(incomplete))
