"""The resource inventory (TMF639): the network as a whole, and the ways to the places that somebody asks about."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwright.designs.facts import AccessFact, AccessFacts, NetworkFacts
from linkwright.designs.requirement import Json
from linkwright.outbound.cache import Kept, KeptByKey
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import matching
from linkwright.wire.v4.inventory import ACCESS_CATEGORY, NETWORK_CATEGORIES
from linkwright.wire.v4.outward import read_access, read_network

RESOURCES = "tmf-api/resourceInventoryManagement/v4/resource"
AT_ONCE = 50


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
        self._lock, self._changed = threading.Lock(), set[str]()
        self._network = Kept(
            self._read_network, freshness_s=network_freshness_s, now=now, renew=self._with_what_changed
        )
        self._access: KeptByKey[str, AccessFacts] = KeptByKey(freshness_s=access_freshness_s, now=now)

    def network(self) -> NetworkFacts:
        return self._network.get().facts

    def access_at(self, place_ids: Sequence[str]) -> AccessFacts:
        wanted = sorted(set(place_ids))
        found = self._access.fresh(wanted)
        missing = [place for place in wanted if place not in found]
        for first in range(0, len(missing), AT_ONCE):
            found |= self._read_access(missing[first : first + AT_ONCE])
        return _together([found[place] for place in wanted])

    def forget(self, place_ids: Iterable[str], resource_ids: Iterable[str] = ()) -> None:
        """Something has changed at these places, and of these resources of the network."""
        self._access.forget(place_ids)
        with self._lock:
            self._changed.update(resource_ids)
        self._network.outdate()

    def _read_network(self) -> "_Network":
        self._taken()
        read_at = self._now()
        listed = (r for category in NETWORK_CATEGORIES for r in self._listed(category, {}))
        resources = {str(one.get("id")): one for one in listed}
        return _Network.of(resources, tuple(self._reservations()), read_at)

    def _with_what_changed(self, known: "_Network") -> "_Network":
        """Reads again what of the network was forgotten; the rest stays as old as it is."""
        changed = self._taken()
        try:
            found = {str(one.get("id")): one for one in self._read_again(known, changed)}
        except BaseException:
            with self._lock:
                self._changed |= changed
            raise
        resources = {name: one for name, one in known.resources.items() if name not in changed} | found
        if resources == known.resources:
            return known
        return _Network.of(resources, known.reservations, known.facts.read_at)

    def _taken(self) -> set[str]:
        with self._lock:
            changed, self._changed = self._changed, set()
        return changed

    def _read_again(self, known: "_Network", changed: set[str]) -> Iterator[Json]:
        by_category: dict[str, list[str]] = defaultdict(list)
        for name in sorted(changed & known.resources.keys()):
            by_category[str(known.resources[name].get("category"))].append(name)
        for category, names in by_category.items():
            for first in range(0, len(names), AT_ONCE):
                wanted = names[first : first + AT_ONCE]
                listed = self._listed(category, {"id": ",".join(wanted)})
                yield from (one for one in listed if str(one.get("id")) in wanted)

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


@dataclass(frozen=True)
class _Network:
    """The network as it was read, by the ids of its resources, and what it says."""

    resources: Mapping[str, Json]
    reservations: Sequence[Json]
    facts: NetworkFacts

    @classmethod
    def of(cls, resources: Mapping[str, Json], reservations: Sequence[Json], read_at: datetime) -> "_Network":
        facts = read_network(resources.values(), read_at=read_at, reservations=reservations)
        return cls(resources, reservations, facts)


def _place_of(option: Json) -> str:
    return str((option.get("place") or {}).get("id", ""))


def _together(found: Sequence[AccessFacts]) -> AccessFacts:
    options: dict[str, AccessFact] = {option.id: option for facts in found for option in facts.options}
    incomplete = dict.fromkeys(text for facts in found for text in facts.incomplete)
    return AccessFacts(options=tuple(options[name] for name in sorted(options)), incomplete=tuple(incomplete))
