"""The facts of one answer: the network as it is, and every way to reach each place, our own and the partners'."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.design.ask import never
from linkwright.designs.asking import Asked, asked_about
from linkwright.designs.assemble import Candidate, grounded_options, groundless
from linkwright.designs.bandwidths import ways_offered
from linkwright.designs.existing import ExistingService, Leaving, kept
from linkwright.designs.facts import AccessFact, AccessFacts, NetworkFacts, PartnerAnswer
from linkwright.designs.local_time import day_at
from linkwright.designs.ports import Inventory, PartnerMarket
from linkwright.designs.requirement import Place, Requirement, Spot
from linkwright.designs.understand import POINT_TO_POINT, Known, Retried
from linkwright.designs.whole.activities import with_catalogue
from linkwright.designs.whole.planning import Delivered, Planning
from linkwright.designs.whole.works import common_prices, with_prices
from linkwright.plan.working_days import WorkingDays, working_days


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything read from outside for one answer; `options` are all own accesses at the places."""

    network: NetworkFacts
    days: WorkingDays
    now: datetime
    candidates: tuple[Candidate, ...]
    leaving: tuple[Leaving, ...] = ()
    options: Mapping[str, AccessFact] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gathering:
    inventory: Inventory
    market: PartnerMarket
    retried: Retried
    holidays: Collection[date]

    def about(
        self,
        known: Sequence[Known],
        now: datetime,
        existing: Mapping[str, ExistingService],
        leaving: Sequence[Leaving] = (),
        stop: Callable[[], bool] = never,
        heard: Callable[[Sequence[Candidate], NetworkFacts], None] | None = None,
    ) -> Facts:
        """Own access is read once for all places; partners are asked once, all at the same time.

        A requirement that leaves bandwidth or destinations open gets the most that an access carries, and every node.
        `existing` are the services that requirements change, by their ref. `heard` is told of those whose partners have
        all answered while others are still asked.
        """
        network: NetworkFacts = self.retried("read network", self.inventory.network)
        places = [*(place for _, place in known), *(one.place for one in leaving if one.place is not None)]
        ids = sorted({place_id for place in places for place_id in _ids(place)})
        own: AccessFacts = self.retried("read access", lambda: self.inventory.access_at(ids))
        existing = {ref: service.priced_in(network.currency) for ref, service in existing.items()}
        leaving = [replace(one, service=one.service.priced_in(network.currency)) for one in leaving]
        services = _Services(existing, leaving, now.date())
        ways = _Ways(own.options)
        known = [(opened(requirement, ways.at(place), network), place) for requirement, place in known]

        def made(known: Sequence[Known], asked: Asked) -> list[Candidate]:
            return [_candidate(*each, services, ways, asked.get(each[0].ref, ()), network) for each in known]

        def told(asked: Asked) -> None:
            if heard is not None:
                heard(made([each for each in known if each[0].ref in asked], asked), network)

        candidates = made(known, asked_about(known, self.market, stop, None if own.incomplete else told))
        if own.incomplete:
            candidates = self._with_incomplete(candidates)
        days = working_days(_day_of_asking(now, known), frozenset(self.holidays))
        candidates = _with_what_follows(candidates, Planning(network=network, days=days))
        return Facts(
            network=network,
            days=days,
            now=now,
            candidates=tuple(candidates),
            leaving=tuple(leaving),
            options={option.id: option for option in own.options},
        )

    def _with_incomplete(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        found: list[AccessFacts] = self.retried(
            "read access again", lambda: [self.inventory.access_at(_ids(each.place)) for each in candidates]
        )
        return [replace(each, incomplete=there.incomplete) for each, there in zip(candidates, found, strict=True)]


def _day_of_asking(now: datetime, known: Sequence[Known]) -> date:
    """That at the places; where they have two of them the later one, on which nobody can begin too early."""
    return max((day_at(now, place.time_zone) for _, place in known), default=now.date())


def _with_what_follows(candidates: Sequence[Candidate], planning: Planning) -> list[Candidate]:
    """With the day by which accesses have to be there for the work after them to be done in time."""
    known: dict[object, Delivered | None] = {}
    found = []
    works, currency = planning.network.operator.works, planning.network.currency
    filled = [with_catalogue(each.requirement, works) for each in candidates]
    prices = common_prices(one for one in filled if one.cost_currency in (None, currency))
    for each, one in zip(candidates, filled, strict=True):
        wanted = with_prices(one, prices) if one.cost_currency in (None, currency) else one
        key = (
            wanted.needed_by, wanted.activities, wanted.bespoke_activities, wanted.site_access, wanted.change_freeze
        )  # fmt: skip
        if key not in known:
            known[key] = planning.delivered_by(wanted, each.place.name)
        if (by := known[key]) is not None:
            wanted = replace(wanted, deliver_by=by.ready, used_from=by.free)
        found.append(replace(each, requirement=wanted))
    return found


class _Ways:
    """Access options by their place, in the order in which they were read."""

    def __init__(self, options: Sequence[AccessFact]) -> None:
        self._at: dict[str, list[tuple[int, AccessFact]]] = defaultdict(list)
        for number, option in enumerate(options):
            self._at[option.place].append((number, option))

    def at(self, spot: Spot) -> list[AccessFact]:
        found = [one for place_id in dict.fromkeys(spot.ids) for one in self._at.get(place_id, ())]
        return [option for _, option in sorted(found, key=lambda one: one[0])]


class _Services:
    """Who has which access today, and what others may still have of it."""

    def __init__(self, existing: Mapping[str, ExistingService], leaving: Sequence[Leaving], today: date) -> None:
        gone = {one.requirement.ref for one in leaving if one.requirement.change == "delete"}
        self.existing, self._today = existing, today
        self._user_of = {
            access: ref for ref, service in existing.items() if ref not in gone for access in service.accesses
        }
        self._free_from = {
            access: one.requirement.needed_by
            for one in leaving
            if one.requirement.ref in gone
            for access in one.service.accesses
        }

    def seen_by(self, ref: str, own: Sequence[AccessFact]) -> list[AccessFact]:
        """What it has itself is kept at no new cost, what another has is not there, what is released comes free."""
        mine = self.existing[ref].accesses if ref in self.existing else frozenset[str]()
        found = []
        for option in own:
            if option.id in mine:
                found.append(kept(option))
            elif option.id not in self._user_of:
                found.append(self._once_free(option))
        return found

    def provided_to(self, ref: str) -> list[AccessFact]:
        """What partners provide to it today."""
        return [kept(leg) for leg in self.existing[ref].partner_legs] if ref in self.existing else []

    def _once_free(self, option: AccessFact) -> AccessFact:
        day = self._free_from.get(option.id)
        if option.id not in self._free_from:
            return option
        if day is None or day <= self._today:
            return replace(option, in_use=False)
        return replace(option, in_use=False, usable_from=max(day, option.usable_from or day))


def _candidate(
    requirement: Requirement,
    place: Place,
    services: _Services,
    reached_by: _Ways,
    asked: Sequence[PartnerAnswer],
    network: NetworkFacts,
) -> Candidate:
    ends = [*reached_by.at(place), *([] if place.far is None else reached_by.at(place.far))]
    reaching = services.seen_by(requirement.ref, list({one.id: one for one in ends}.values()))
    in_use = tuple(f"{one.id} ({one.technology})" for one in reaching if one.in_use)
    own = [*(one for one in reaching if not one.in_use), *services.provided_to(requirement.ref)]
    offered = [answer.offer for answer in asked if answer.offer is not None]
    far = [] if place.far is None else [*_at(place.far, own), *_at(place.far, offered)]
    ways = [*_at(place, own), *(offer for offer in offered if offer not in far)]
    requirement = opened(requirement, ways, network)
    founded, unfounded = grounded_options(requirement, ways, network)
    founded_far, unfounded_far = grounded_options(requirement, far, network)
    left_out = [(one, "somebody has it already") for one in reaching if one.in_use]
    return Candidate(
        requirement=requirement,
        place=place,
        options=tuple(one for one in founded if not one.unpriced),
        far_options=tuple(one for one in founded_far if not one.unpriced),
        unpriced=tuple(one for one in founded if one.unpriced),
        far_unpriced=tuple(one for one in founded_far if one.unpriced),
        left_out=(*left_out, *groundless(requirement, [*ways, *far], network)),
        asked=tuple(asked),
        dropped=(*unfounded, *unfounded_far),
        in_use=in_use,
        existing=services.existing.get(requirement.ref),
    )


def _ids(place: Place) -> tuple[str, ...]:
    return place.ids if place.far is None else (*place.ids, *place.far.ids)


def _at(place: Spot, options: Sequence[AccessFact]) -> list[AccessFact]:
    return [option for option in options if option.place in place.ids]


def opened(requirement: Requirement, ways: Sequence[AccessFact], network: NetworkFacts) -> Requirement:
    """What is left open becomes the most that there is; without any access the bandwidth stays open."""
    if requirement.bandwidth_mbps is None and ways:
        requirement = replace(requirement, bandwidth_mbps=max(min(ways_offered(way)) for way in ways))
    if not requirement.destinations and requirement.pattern != POINT_TO_POINT:
        requirement = replace(requirement, destinations=tuple(node.id for node in network.nodes))
    return requirement
