"""The facts of one answer: the network as it is, and every way to reach each place, our own and the partners'."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from linkwright.designs.assemble import Candidate, grounded_options
from linkwright.designs.model import AccessFact, AccessFacts, NetworkFacts, PartnerAnswer, Place, Requirement, Spot
from linkwright.designs.ports import Inventory, PartnerMarket
from linkwright.designs.understand import POINT_TO_POINT, Known, Retried
from linkwright.designs.working_days import WorkingDays, working_days


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything read from outside for one answer."""

    network: NetworkFacts
    days: WorkingDays
    now: datetime
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class Gathering:
    inventory: Inventory
    market: PartnerMarket
    retried: Retried
    holidays: Collection[date]

    def about(self, known: Sequence[Known], now: datetime) -> Facts:
        """Own access is read once for all places; partners are asked once, all at the same time.

        A requirement that leaves bandwidth or destinations open gets the most that an access carries, and every node.
        """
        network: NetworkFacts = self.retried("read network", self.inventory.network)
        ids = sorted({place_id for _, place in known for place_id in _ids(place)})
        own: AccessFacts = self.retried("read access", lambda: self.inventory.access_at(ids))
        known = [(opened(requirement, _at(place, own.options), network), place) for requirement, place in known]
        asked = self.market.ask([*known, *_far_ends(known)])
        candidates = [_candidate(*each, own.options, asked, network) for each in known]
        if own.incomplete:
            candidates = [replace(each, incomplete=self._incomplete_at(each.place)) for each in candidates]
        return Facts(
            network=network,
            days=working_days(now.date(), frozenset(self.holidays)),
            now=now,
            candidates=tuple(candidates),
        )

    def _incomplete_at(self, place: Place) -> tuple[str, ...]:
        found: AccessFacts = self.retried("read access again", lambda: self.inventory.access_at(_ids(place)))
        return found.incomplete


def _candidate(
    requirement: Requirement,
    place: Place,
    own: Sequence[AccessFact],
    asked: Sequence[PartnerAnswer],
    network: NetworkFacts,
) -> Candidate:
    mine = tuple(answer for answer in asked if answer.ref == requirement.ref)
    offered = [answer.offer for answer in mine if answer.offer is not None]
    far = [] if place.far is None else [*_at(place.far, own), *_at(place.far, offered)]
    ways = [*_at(place, own), *(offer for offer in offered if offer not in far)]
    requirement = opened(requirement, ways, network)
    founded, unfounded = grounded_options(requirement, ways, network)
    founded_far, unfounded_far = grounded_options(requirement, far, network)
    return Candidate(
        requirement=requirement,
        place=place,
        options=tuple(founded),
        far_options=tuple(founded_far),
        asked=mine,
        dropped=(*unfounded, *unfounded_far),
    )


def _far_ends(known: Sequence[Known]) -> list[Known]:
    """What partners are asked about the other ends."""
    return [
        (replace(requirement, place=requirement.far_place), Place(id=far.id, name=far.name, ids=far.ids))
        for requirement, place in known
        if (far := place.far) is not None
    ]


def _ids(place: Place) -> tuple[str, ...]:
    return place.ids if place.far is None else (*place.ids, *place.far.ids)


def _at(place: Spot, options: Sequence[AccessFact]) -> list[AccessFact]:
    return [option for option in options if option.place in place.ids]


def opened(requirement: Requirement, ways: Sequence[AccessFact], network: NetworkFacts) -> Requirement:
    """What is left open becomes the most that there is; without any access the bandwidth stays open."""
    if requirement.bandwidth_mbps is None and ways:
        requirement = replace(requirement, bandwidth_mbps=max(way.bandwidth_mbps for way in ways))
    if not requirement.destinations and requirement.pattern != POINT_TO_POINT:
        requirement = replace(requirement, destinations=tuple(node.id for node in network.nodes))
    return requirement
