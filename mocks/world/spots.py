"""Where the customer's three sites can stand in any topology so that their stories hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

from mocks.world.access import FIBRE_MS_PER_KM
from mocks.world.graph import Graph, Path
from mocks.world.network import NODE_AVAILABILITY, Link, Network
from mocks.world.topology import City, Topology, distance_km

ROOMY_PORTS = 4
HQ_MBPS, PLANT_MBPS = 1000, 200
LATENCY_ONE_WAY_MS = 12.0
"""Three of the fifteen milliseconds that the sites allow are kept for nodes, access and CPE."""
LEG_UNAVAILABILITY = 0.0055
"""Two such legs in parallel leave three hundred thousandths out of service, a third of what 99.99 % allows."""
PLANT_UNAVAILABILITY = 0.00028
"""What 99.9 % leaves for the way from the plant's PoP to a hub, after access and CPE."""


@dataclass(frozen=True, kw_only=True)
class Spots:
    """`hq` and `hq_second`: PoPs of the own fibre; `hq_handover`: where a partner hands over; then plant and depot."""

    hq: City
    hq_second: City
    hq_handover: City
    plant: City
    depot: City


def choose_hubs(topology: Topology, graph: Graph) -> tuple[str, str]:
    """Of the quarter of the PoPs with the most links the most central one, and the next that is not its neighbour."""
    closest = graph.by_closeness([city.pop for city in topology.cities])
    homes = {city.pop for city in topology.inhabited}
    by_links = sorted((pop for pop in closest if pop in homes), key=lambda pop: -graph.degree(pop))
    best = set(by_links[: max(2, len(by_links) // 4)])
    first, *others = [pop for pop in closest if pop in best]
    beside = {there for there, _, _ in graph.neighbours[first]}
    return first, next((pop for pop in others if pop not in beside), others[0])


def choose_spots(topology: Topology, graph: Graph, network: Network, hubs: Sequence[str]) -> Spots:
    """The best PoPs for the three sites; in a poor topology the story of the headquarters may not come out."""
    ways = _Ways(graph, network, hubs)
    roomy = [c for c in topology.inhabited if network.free_ports[c.pop] >= ROOMY_PORTS] or list(topology.inhabited)
    outer = [c for c in roomy if c.pop not in hubs] or roomy
    hq, second, handover = next(_headquarters(topology, outer, graph, ways))
    rest = [c for c in outer if c not in (hq, second, handover)] or outer
    from_hubs_km = [graph.lengths_km(hub) for hub in hubs]
    depot, *others = sorted(rest, key=lambda c: (-min(km.get(c.pop, 0.0) for km in from_hubs_km), c.pop))
    hub_city = next(c for c in topology.cities if c.pop == hubs[1])
    plant = next((c for c in reversed(others) if ways.good_enough_alone(c.pop)), hub_city)
    return Spots(hq=hq, hq_second=second, hq_handover=handover, plant=plant, depot=depot)


def _headquarters(
    topology: Topology, outer: Sequence[City], graph: Graph, ways: "_Ways"
) -> Iterator[tuple[City, City, City]]:
    """(first PoP, second PoP, partner's PoP), the northern and well-connected ones with two apart ways first."""
    middle_deg = median(c.lat_deg for c in topology.cities)
    ranked = sorted(outer, key=lambda c: (c.lat_deg < middle_deg, -graph.degree(c.pop), c.pop))
    triples = []
    for city in ranked:
        around = sorted((c for c in outer if c != city), key=lambda c: distance_km(city, c))
        second, handover = [*around, city, city][:2]
        if ways.two_apart(city.pop, handover.pop):
            yield city, second, handover
        triples.append((city, second, handover))
    yield triples[0]


class _Ways:
    """Whether a PoP reaches a hub well enough, on links with room for the customer."""

    def __init__(self, graph: Graph, network: Network, hubs: Sequence[str]) -> None:
        self._graph = graph
        self._links: dict[str, Link] = {link.id: link for link in network.links}
        self._hubs = hubs

    def good_enough_alone(self, pop: str) -> bool:
        """Is one way to a hub enough for the plant?"""
        paths = [self._graph.path(pop, hub, lambda link, _: self._roomy(link, PLANT_MBPS)) for hub in self._hubs]
        return any(path is not None and self._unavailability(path) <= PLANT_UNAVAILABILITY for path in paths)

    def two_apart(self, pop: str, handover: str) -> bool:
        """Do two ways to hubs exist that share no link, no PoP but the last, and no shared-risk group?"""
        return any(self._apart(pop, first, handover, second) for first, second in product(self._hubs, repeat=2))

    def _apart(self, pop: str, first_hub: str, handover: str, second_hub: str) -> bool:
        first = self._graph.path(pop, first_hub, lambda link, node: self._roomy(link) and node != handover)
        if first is None or handover in first.nodes:
            return False
        risks = {risk for link in first.links for risk in self._links[link].shared_risks}
        taken = {*first.nodes} - {second_hub} if first_hub == second_hub else {*first.nodes}

        def apart(link: str, node: str) -> bool:
            free = link not in first.links and not risks.intersection(self._links[link].shared_risks)
            return free and node not in taken and self._roomy(link)

        second = self._graph.path(handover, second_hub, apart)
        return second is not None and self._fit(first) and self._fit(second)

    def _roomy(self, link: str, mbps: int = HQ_MBPS) -> bool:
        return self._links[link].free_mbps >= mbps

    def _fit(self, path: Path) -> bool:
        soon = path.length_km * FIBRE_MS_PER_KM <= LATENCY_ONE_WAY_MS
        return soon and self._unavailability(path) <= LEG_UNAVAILABILITY

    def _unavailability(self, path: Path) -> float:
        """An upper bound: the sum, the nodes included, a shared-risk group taken as one ten-thousandth."""
        risks = {risk for link in path.links for risk in self._links[link].shared_risks}
        links = sum(1 - self._links[link].availability for link in path.links)
        return links + len(path.nodes) * (1 - NODE_AVAILABILITY) + 1e-4 * len(risks)
