"""From requirements and facts to a problem of the design core. Pure: dates become day numbers here and nowhere else."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from linkwright.design.model import (
    AccessOption,
    Augment,
    Budget,
    FieldCapacity,
    Link,
    Network,
    Partner,
    Problem,
    Site,
    Srlg,
    Upgrade,
)
from linkwright.designs.model import (
    AccessFact,
    NetworkFacts,
    PaidAugment,
    PartnerAnswer,
    Place,
    PlannedUpgrade,
    Requirement,
)
from linkwright.designs.working_days import WorkingDays
from linkwright.remembered import remembered

NO_LATENCY_LIMIT_MS = 1e9
UNDECLARED = "its shared-risk groups are not declared"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A complete requirement at a known place, with every way to reach it.

    `dropped` says which ways were left out and why, `incomplete` which facts about the place could not be used.
    """

    requirement: Requirement
    place: Place
    options: tuple[AccessFact, ...]
    asked: tuple[PartnerAnswer, ...] = ()
    dropped: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A problem and the way back: `facts` holds the access fact behind each option id of the problem."""

    problem: Problem
    facts: Mapping[str, AccessFact]


def grounded_options(options: Sequence[AccessFact], network: NetworkFacts) -> tuple[list[AccessFact], list[str]]:
    """Split the ways to a place into those that stand on facts we have, and sentences about the others.

    A partner may hand over at a PoP that we do not know, and the inventory may change between two reads.
    """
    pops = {node.id for node in network.nodes}
    builds = {build.id for build in network.builds}
    groups = {group.id for group in network.srlgs}

    def trouble(option: AccessFact) -> str | None:
        if option.pop not in pops:
            return f"its PoP {option.pop} is not in the inventory"
        if option.build is not None and option.build not in builds:
            return f"its build {option.build} is not in the inventory"
        strange = sorted(set(option.srlgs) - groups)
        if strange and option.partner is None:
            return f"its shared-risk group {', '.join(strange)} is not in the inventory"
        return None

    return _split(options, trouble)


def allowed_options(requirement: Requirement, options: Sequence[AccessFact]) -> tuple[list[AccessFact], list[str]]:
    """Split the ways to a place into those that the requirement permits, and sentences about the others."""
    offering = {option.partner for option in options if option.partner}
    preferred = offering & set(requirement.partner_preferred or ())

    def forbidden(option: AccessFact) -> str | None:
        if option.technology in (requirement.technology_forbidden or ()):
            return "its technology is forbidden"
        if requirement.technology_allowed is not None and option.technology not in requirement.technology_allowed:
            return "its technology is not among the allowed ones"
        if option.partner in (requirement.partner_excluded or ()):
            return "its partner is excluded"
        if option.partner and preferred and option.partner not in preferred:
            return "a preferred partner offers as well"
        if requirement.diversity == "srlg" and not option.risks_declared:
            return UNDECLARED
        return None

    return _split(options, forbidden)


def _split(
    options: Sequence[AccessFact], objection: Callable[[AccessFact], str | None]
) -> tuple[list[AccessFact], list[str]]:
    said = [(option, objection(option)) for option in options]
    kept = [option for option, why in said if why is None]
    return kept, [f"{option.id} ({option.technology}): {why}" for option, why in said if why is not None]


def assemble(
    name: str,
    candidates: Sequence[Candidate],
    facts: NetworkFacts,
    days: WorkingDays,
    *,
    partner_caps: Mapping[str, int | None],
    budget: Budget | None = None,
) -> Assembled:
    """State the joint problem of all candidates; the term is the longest one that any of them wants."""
    by_option = {option_key(c.requirement, o): (c, o) for c in candidates for o in c.options}
    nodes = {node.id for node in facts.nodes}
    options = tuple(_option(key, c.requirement.ref, o, days) for key, (c, o) in by_option.items())
    partners = sorted({o.partner for _, o in by_option.values() if o.partner})
    problem = Problem(
        name=name,
        as_of=days.as_of,
        term_months=max(c.requirement.term_months or 0 for c in candidates),
        network=_network(facts, options, days),
        sites=tuple(_site(c.requirement, days, nodes) for c in candidates),
        access_options=options,
        cpe_models=tuple(cpe.model for cpe in facts.cpe if cpe.stock is None or cpe.stock > 0),
        builds=facts.builds,
        partners=tuple(Partner(id=p, max_orders=partner_caps.get(p)) for p in partners),
        field_capacity=tuple(
            FieldCapacity(skill=crew.skill, by_day=days.up_to(crew.until), crew_days=crew.crew_days)
            for crew in facts.crews
        ),
        budget=budget or Budget(),
    )
    return Assembled(problem=problem, facts={key: option for key, (_, option) in by_option.items()})


def option_key(requirement: Requirement, option: AccessFact) -> str:
    """What an access option is called in the problem: two requirements at one place each have it to themselves."""
    return f"{requirement.ref}:{option.id}"


def required_day(requirement: Requirement, days: WorkingDays) -> int:
    """The last working day that still counts; a requirement without a date takes the whole horizon."""
    return days.last if requirement.needed_by is None else days.up_to(requirement.needed_by)


def _site(requirement: Requirement, days: WorkingDays, nodes: Collection[str]) -> Site:
    round_trip = requirement.round_trip_ms
    return Site(
        id=requirement.ref,
        bandwidth_mbps=requirement.bandwidth_mbps or 0,
        max_latency_ms=NO_LATENCY_LIMIT_MS if round_trip is None else round_trip / 2,
        min_availability=requirement.availability or 0.0,
        diversity=requirement.diversity or "none",
        required_day=required_day(requirement, days),
        destinations=tuple(node for node in requirement.destinations or () if node in nodes),
        cpe_per_leg=bool(requirement.cpe_per_leg),
        features=requirement.cpe_features or (),
    )


def _option(key: str, site: str, fact: AccessFact, days: WorkingDays) -> AccessOption:
    return AccessOption(
        id=key,
        site=site,
        kind=fact.technology,
        pop=fact.pop,
        bandwidth_mbps=fact.bandwidth_mbps,
        nrc_minor=fact.nrc_minor,
        mrc_minor=fact.mrc_minor,
        availability=fact.availability,
        delay_ms=fact.delay_ms,
        lead_days=lead_day(fact, days),
        srlgs=fact.srlgs,
        build=fact.build,
        partner=fact.partner,
        work=fact.work,
    )


def lead_day(fact: AccessFact, days: WorkingDays) -> int:
    """The day number on which this access is ready when it is ordered today; behind the horizon it never is."""
    planned = fact.usable_from is not None and fact.usable_from > days.as_of
    start = days.after(fact.usable_from) if planned and fact.usable_from else 0
    if fact.calendar:
        return days.from_(days.date_of(start) + timedelta(days=fact.lead_days))
    return start + fact.lead_days


def _network(facts: NetworkFacts, options: Sequence[AccessOption], days: WorkingDays) -> Network:
    """Links with today's capacity, dated upgrades and augments.

    A risk group that only a partner knows has no failures of its own beyond those in the partner's figure.
    """
    own = _own_network(facts, days)
    known = {group.id for group in facts.srlgs}
    foreign = sorted({group for option in options for group in option.srlgs} - known)
    if not foreign:
        return own
    return replace(own, srlgs=own.srlgs + tuple(Srlg(id=group, availability=1.0) for group in foreign))


@remembered
def _own_network(facts: NetworkFacts, days: WorkingDays) -> Network:
    """The same object for the same facts and days: what the core has made of it is found again."""
    upgrades: dict[str, list[PlannedUpgrade]] = defaultdict(list)
    for upgrade in facts.upgrades:
        upgrades[upgrade.link].append(upgrade)
    augments = {augment.link: augment for augment in reversed(facts.augments)}
    links = tuple(_link(link, upgrades[link.id], augments.get(link.id), days) for link in facts.links)
    return Network(nodes=facts.nodes, links=links, srlgs=facts.srlgs)


def _link(link: Link, upgrades: Sequence[PlannedUpgrade], paid: PaidAugment | None, days: WorkingDays) -> Link:
    there = sum(u.adds_mbps for u in upgrades if u.in_service <= days.as_of)
    later = [u for u in upgrades if u.in_service > days.as_of]
    return replace(
        link,
        capacity_mbps=link.capacity_mbps + there,
        upgrades=tuple(Upgrade(day=days.from_(u.in_service), adds_mbps=u.adds_mbps) for u in later),
        augment=None
        if paid is None
        else Augment(
            adds_mbps=paid.adds_mbps,
            nrc_minor=paid.nrc_minor,
            mrc_minor=paid.mrc_minor,
            lead_days=paid.lead_days,
        ),
    )
