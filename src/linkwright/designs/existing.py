"""Services that are there already: what they use, what of it a change keeps, and what it gives back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Self

from linkwright.design.model import Freed
from linkwright.designs.answers import SiteSolution
from linkwright.designs.bandwidths import wanted_mbps
from linkwright.designs.facts import OWN, AccessFact, NetworkFacts
from linkwright.designs.fixed_costs import fixed_costs
from linkwright.designs.item import legs_in_all
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.designs.requirement import Change, Place, Requirement
from linkwright.plan.working_days import WorkingDays

ACCESS, CPE_MODEL = "accessOption", "cpeModel"
ACTIVE = "active"
OF_THE_REQUEST = frozenset(
    {
        "ref", "service", "change", "customer", "needed_by", "service_start", "budget_nrc_minor", "budget_mrc_minor",
        "budget_currency", "objective", "npv_nrc_factor", "npv_mrc_factor", "max_alternatives", "hold_policy",
        "diverse_from", "protects", "bundles", "characteristics", "misread", "price_nrc_minor", "price_mrc_minor",
        "price_currency", "design_scope", "site_access", "change_freeze", "activities", "bespoke_activities",
        "cost_components", "cost_currency", "rollout", "deliver_by", "used_from", "standard",
    }
)  # fmt: skip
"""What a change does not take over from the service as it was ordered once."""


@dataclass(frozen=True, kw_only=True)
class ExistingService:
    """A service of the inventory. `uses`: Mbit/s of links, pieces of the rest, by (resource, category).

    `requirement` is what it was ordered to do. `partner_legs` are the accesses that partners provide, priced in
    `partner_currency`; `partner_orders` are our orders of them, by access. `is_whole` is False where it is not known of
    a part of it what that is.
    """

    id: str
    state: str
    requirement: Requirement
    uses: Mapping[tuple[str, str], int] = field(default_factory=dict)
    cpe: str | None = None
    cpe_pieces: int = 1
    customer: str | None = None
    partner_legs: tuple[AccessFact, ...] = ()
    partner_currency: str = ""
    partner_orders: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def accesses(self) -> frozenset[str]:
        return frozenset(name for name, category in self.uses if category == ACCESS)

    def priced_in(self, currency: str) -> Self:
        """Legs whose price cannot be compared with ours are nothing that we know."""
        if not self.partner_legs or self.partner_currency.upper() == currency.upper():
            return self
        return replace(self, partner_legs=(), is_whole=False)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A service that is released, or stays as it is, at a place that is known or not."""

    requirement: Requirement
    service: ExistingService
    place: Place | None = None


def with_what_it_is(requirement: Requirement, service: ExistingService) -> Requirement:
    """A change says what becomes different; everything else stays as the service is."""
    silent = {
        one.name: getattr(service.requirement, one.name)
        for one in fields(requirement)
        if one.name not in OF_THE_REQUEST and getattr(requirement, one.name) is None
    }
    if requirement.bandwidth_mbps is not None:
        silent.pop("up_mbps", None)
    if requirement.place is not None:  # it moves, and where its other end is has to be said as well
        silent.pop("far_place", None)
    return replace(requirement, change="modify", **silent)


def kept(option: AccessFact) -> AccessFact:
    """An access that is there already: it costs nothing new but its rent, and nobody has to build it."""
    return replace(
        option,
        existing=True,
        nrc_minor=0,
        lead_days=0,
        survey_days=0,
        permit_days=0,
        calendar=False,
        usable_from=None,
        build=None,
        work={},
        in_use=False,
    )


def freed_by(service: ExistingService, facts: NetworkFacts, day: int = 0) -> Iterator[Freed]:
    """What it gives back of links and ports that the inventory has."""
    links, pops = {link.id for link in facts.links}, {node.id for node in facts.nodes}
    for (name, category), quantity in service.uses.items():
        if category == "link" and name in links and quantity:
            yield Freed(link=name, mbps=quantity, day=day)
        elif category == "pop" and name in pops and quantity:
            yield Freed(pop=name, ports=quantity)


def freed_by_leaving(
    leaving: Iterable[Leaving], facts: NetworkFacts, days: WorkingDays, first_day: int
) -> tuple[Freed, ...]:
    """What released services give back, each from its date on; a port only if that is not after `first_day`.

    (The core counts ports without days.) One without a date is released at once.
    """
    found: list[Freed] = []
    for one in leaving:
        if one.requirement.change == "delete":
            until = one.requirement.needed_by
            day = 0 if until is None else max(days.up_to(until), 0)
            found += [own for own in freed_by(one.service, facts, day) if own.pop is None or day <= first_day]
    return tuple(found)


def used_by(solution: SiteSolution) -> dict[tuple[str, str], int]:
    """(resource, category) → how much of our own: Mbit/s of links, pieces of everything else."""
    used: Counter[tuple[str, str]] = Counter()
    for leg in solution.legs:
        if leg.supplier == OWN:
            used[leg.access, ACCESS] += 1
        used[leg.pop, "pop"] += 1
        for link in leg.links:
            used[link, "link"] += leg.mbps or wanted_mbps(solution.requirement)
    used[solution.cpe, CPE_MODEL] += solution.cpe_quantity
    return {key: quantity for key, quantity in used.items() if quantity > 0}


def needed_by(solution: SiteSolution) -> dict[tuple[str, str], int]:
    """What has to be held for a design: all that it uses, or what a change needs beyond the service that is there."""
    if solution.before is None:
        return used_by(solution)
    return {(one.resource, one.category): one.quantity for one in solution.before.added}


def before(
    service: ExistingService,
    change: Change,
    facts: NetworkFacts,
    options: Mapping[str, AccessFact],
    after: SiteSolution | None = None,
) -> Before:
    """The service with what of it is not used any more, and what comes to it; `after` is how it is designed now."""
    theirs = {leg.id: leg for leg in service.partner_legs}
    uses = {**service.uses, **{(name, ACCESS): 1 for name in theirs}}
    still = {} if after is None else used_by(after)
    kept_legs = {(leg.access, ACCESS): 1 for leg in (after.legs if after else ()) if leg.supplier != OWN}
    return Before(
        service=service.id,
        change=change,
        released=() if change == "noChange" else _more(uses, {**still, **kept_legs}, theirs, service.partner_orders),
        mrc_minor=_mrc_minor(service, facts, options, _fixed_before(service, after)),
        currency=facts.currency,
        added=_more(still, uses, {}, {}),
        kept=tuple(leg for leg in service.partner_legs if (leg.id, ACCESS) in kept_legs),
    )


def _more(
    these: Mapping[tuple[str, str], int],
    than: Mapping[tuple[str, str], int],
    theirs: Mapping[str, AccessFact],
    orders: Mapping[str, str],
) -> tuple[Given, ...]:
    """By so much the first uses go beyond the others; `theirs` are the accesses of partners by id, as are `orders`."""
    beyond = {key: quantity - than.get(key, 0) for key, quantity in these.items()}
    return tuple(
        Given(
            resource=name,
            category=category,
            quantity=beyond[name, category],
            supplier=leg.supplier if leg else OWN,
            reference=leg.quote if leg else None,
            order=orders.get(name) if leg else None,
        )
        for name, category in sorted(beyond)
        if beyond[name, category] > 0
        for leg in [theirs.get(name) if category == ACCESS else None]
    )


def _fixed_before(service: ExistingService, after: SiteSolution | None) -> int | None:
    """What a changed service costs a month beside what it is made of; None where a price is missing."""
    if after is None:
        return 0
    known = replace(service.requirement, cost_components=after.requirement.cost_components)
    costs = fixed_costs(known, legs=legs_in_all(known), pieces=service.cpe_pieces)
    if any(one.mrc_minor is None for one in costs):
        return None
    return sum(one.mrc_minor or 0 for one in costs)


def _mrc_minor(
    service: ExistingService, facts: NetworkFacts, options: Mapping[str, AccessFact], fixed_minor: int | None
) -> int | None:
    """What it costs a month at today's prices; a shared build that is there is paid for by nobody any more."""
    monthly = {(CPE_MODEL, own.model.id): own.model.mrc_minor for own in facts.cpe}
    monthly |= {("link", link.id): link.mrc_minor_per_mbps for link in facts.links}
    monthly |= {(ACCESS, name): option.mrc_minor for name, option in options.items()}
    monthly |= {("pop", node.id): 0 for node in facts.nodes}
    theirs = sum(leg.mrc_minor for leg in service.partner_legs)
    priced = [(monthly.get((category, name)), quantity) for (name, category), quantity in service.uses.items()]
    if not service.is_whole or not priced or fixed_minor is None or any(price is None for price, _ in priced):
        return None
    return fixed_minor + theirs + sum(price * quantity for price, quantity in priced if price is not None)
