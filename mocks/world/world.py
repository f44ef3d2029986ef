"""One operator's world: every fact that the mocks tell, and the capacity that holds take from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any, Protocol

from mocks.world.access import build_access
from mocks.world.catalogue import service_specifications
from mocks.world.customer import settle
from mocks.world.equipment import cpe_models, crew_pools, field_capacity, people
from mocks.world.geography import address_resource, build_addresses, site_resource
from mocks.world.graph import Graph
from mocks.world.network import build_network
from mocks.world.partners import Offer, PartnerOffers, declared_groups, general_terms
from mocks.world.spots import choose_hubs, choose_spots
from mocks.world.topology import load
from mocks.world.words import Json, fact, related

DEFAULT_TOPOLOGY, DEFAULT_SEED = "germany50", 7
DEFAULT_TODAY = date(2027, 1, 4)
"""A Monday like any other: whoever serves the world to others passes the real day."""
COUNTED = {"link": "freeCapacityMbps", "pop": "freePorts", "cpeModel": "stock", "accessOption": "freePorts"}
"""The fact that says how much of a resource is free; an access option without it is free or it is not."""


class Offers(Protocol):
    """What partners cover and offer."""

    def area(self, partner: str) -> frozenset[str]: ...

    def covers(self, partner: str, place_id: str) -> bool: ...

    def offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None: ...


class World:
    """Facts in the shape in which they are served, sorted by id. Equal arguments make equal worlds.

    Attributes:
        hubs: ids of the two PoPs at which services end.
        addresses, sites, specifications: TMF673, TMF674 and TMF633 resources.
    """

    def __init__(
        self,
        *,
        hubs: tuple[str, str],
        resources: Iterable[Json],
        addresses: Iterable[Json],
        sites: Iterable[Json],
        specifications: Iterable[Json],
        offers: Offers,
    ) -> None:
        self.hubs = hubs
        self.addresses = _by_id(addresses)
        self.sites = _by_id(sites)
        self.specifications = _by_id(specifications)
        self._offers = offers
        self._resources = {thing["id"]: thing for thing in _by_id(resources)}
        self._free = {key: free for key, thing in self._resources.items() if (free := _countable(thing)) is not None}
        self._total = dict(self._free)
        self._lock = Lock()

    def resources(self) -> list[Json]:
        """All TMF639 resources, with what is free now."""
        return list(self._resources.values())

    def resource(self, resource_id: str) -> Json | None:
        return self._resources.get(resource_id)

    def capacity(self, resource_id: str) -> int | None:
        """What is free: Mbit/s of a link, ports of a PoP, pieces of a CPE model, 1 or 0 of an access option.

        None: nothing is counted of this resource, or there is no such resource.
        """
        free = self._free.get(resource_id)
        return None if free is None else max(free, 0)

    def take(self, resource_id: str, quantity: int) -> None:
        """Make so much of it unavailable to others.

        Raises:
            KeyError: nothing is counted of this resource.
            ValueError: not so much is free; nothing is taken.
        """
        self._change(resource_id, -quantity)

    def assign(self, resource_id: str, quantity: int) -> None:
        """In use from now on, also where a hold counts it still: nothing is free until that hold is given back.

        What is not counted, or not there, is ignored.
        """
        with self._lock:
            if resource_id in self._free:
                self._set(resource_id, self._free[resource_id] - quantity)

    def unassign(self, resource_id: str, quantity: int) -> None:
        """The reverse of `assign`."""
        with self._lock:
            if resource_id in self._free:
                self._set(resource_id, min(self._free[resource_id] + quantity, self._total[resource_id]))

    def give_back(self, resource_id: str, quantity: int) -> None:
        """The reverse of `take`; ValueError where more comes back than was ever there."""
        self._change(resource_id, quantity)

    def partner_area(self, partner: str) -> frozenset[str]:
        """The ids of all places that this partner covers, sites and addresses."""
        return self._offers.area(partner)

    def partner_covers(self, partner: str, place_id: str) -> bool:
        return self._offers.covers(partner, place_id)

    def partner_offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None:
        """What the partner offers at the place for these characteristics (name to value); None: no offer."""
        return self._offers.offer(partner, place_id, requirement)

    def _change(self, resource_id: str, by: int) -> None:
        with self._lock:
            free = self._free[resource_id] + by
            if free > self._total[resource_id] or (by < 0 and free < 0):
                raise ValueError(f"{resource_id}: {self._free[resource_id]} free, cannot change that by {by}")
            self._set(resource_id, free)

    def _set(self, resource_id: str, free: int) -> None:
        self._free[resource_id] = free
        self._resources[resource_id] = _with_free(self._resources[resource_id], max(free, 0))


def build_world(topology: str = DEFAULT_TOPOLOGY, seed: int = DEFAULT_SEED, today: date = DEFAULT_TODAY) -> World:
    """The world on a topology of topohub. `today` is the day from which planned things are dated.

    Raises:
        UnknownTopology: topohub has no graph of this name.
    """
    place = load(topology)
    graph = Graph(place.spans)
    hubs = choose_hubs(place, graph)
    network = build_network(place, hubs, seed, today)
    customer = settle(choose_spots(place, graph, network, hubs), place.country)
    addresses = build_addresses(place, seed)
    terms = {**general_terms(addresses, graph, seed), **customer.terms}
    address_of = {key: a.id for a in (*addresses, *customer.addresses) for key in (a.id, a.site) if key}
    own = [site_resource(a.site, f"Business park {a.city.name}", a) for a in addresses if a.site]
    declared = [group for group in declared_groups(terms.values()) if group["id"] not in _ids(customer.resources)]
    access = build_access(addresses, graph, seed, today)
    equipment = (*cpe_models(seed, today), *field_capacity(seed, today), *crew_pools(), *people())
    return World(
        hubs=hubs,
        resources=(*_built(network.resources, today), *access, *customer.resources, *declared, *equipment),
        addresses=(*map(address_resource, addresses), *customer.address_resources),
        sites=(*own, *customer.sites),
        specifications=service_specifications(hubs, today),
        offers=PartnerOffers(terms, address_of),
    )


def _built(resources: Sequence[Json], today: date) -> Iterator[Json]:
    """Upgrades whose day has come are in their links, and no plan any more."""
    done = [one for one in resources if one["category"] == "plannedUpgrade" and _day_of(one) <= today]
    gone = _ids(done)
    more = {link: fact(one, "addsMbps") for one in done for link in related(one, "upgrades")}
    for thing in resources:
        if thing["id"] in more:
            yield _with_free(thing, fact(thing, "freeCapacityMbps") + more[thing["id"]])
        elif thing["id"] not in gone:
            yield thing


def _day_of(planned: Json) -> date:
    return date.fromisoformat(planned["startOperatingDate"][:10])


def _ids(things: Iterable[Json]) -> set[str]:
    return {thing["id"] for thing in things}


def _by_id(things: Iterable[Json]) -> tuple[Json, ...]:
    """Sorted by id: two things with one id would be a fault of the world."""
    ordered = tuple(sorted(things, key=lambda thing: thing["id"]))
    if len(_ids(ordered)) != len(ordered):
        raise AssertionError("two things of the world have the same id")
    return ordered


def _countable(thing: Json) -> int | None:
    counted = COUNTED.get(thing["category"])
    free: int | None = None if counted is None else fact(thing, counted)
    return 1 if free is None and thing["category"] == "accessOption" else free


def _with_free(thing: Json, free: int) -> Json:
    """A copy that says what is free now: whoever read the resource before keeps what was read."""
    counted = COUNTED.get(thing["category"])
    if counted is None or fact(thing, counted) is None:
        status, usage = ("available", "idle") if free else ("reserved", "busy")
        return {**thing, "resourceStatus": status, "usageState": usage}
    facts = [{**c, "value": free} if c["name"] == counted else c for c in thing["resourceCharacteristic"]]
    return {**thing, "resourceCharacteristic": facts}
