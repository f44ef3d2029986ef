"""From requirements and facts to a problem of the design core. Pure: dates become day numbers here and nowhere else."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from linkwright.design.model import Budget, CpeModel, Partner, Problem, Site
from linkwright.design.wishes import wishes_of
from linkwright.designs.bandwidths import mbps_for
from linkwright.designs.existing import ExistingService, Leaving, freed_by, freed_by_leaving
from linkwright.designs.facts import AccessFact, CapacityBooking, NetworkFacts, PartnerAnswer
from linkwright.designs.fixed_costs import costs_of_works, fixed_costs, known_sums
from linkwright.designs.item import (
    apart_of,
    diversity_of,
    goal_of,
    legs_in_all,
    meets_of,
    required_day,
    site_of,
    with_own_budget,
)
from linkwright.designs.kept_cpe import NEW, KeptCpe, with_kept_cpe
from linkwright.designs.network import End, bookings_of, cpe_models, field_capacity, network_of, option_of
from linkwright.designs.parts_of_answers import FixedCost
from linkwright.designs.ports_of_access import with_ports
from linkwright.designs.requirement import Place, Requirement
from linkwright.designs.whole.activities import works_of
from linkwright.plan.working_days import WorkingDays
from linkwright.remembered import remembered

__all__ = ["Assembled", "Candidate", "assemble", "grounded_options", "option_key", "required_day"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A complete requirement at a known place, with every way to reach it.

    `far_options` reach the other end of a service from point to point. `dropped` says which ways were left out and why,
    `in_use` which somebody else has, `incomplete` which facts about the place could not be used. `existing` is the
    service that is changed. `unpriced` and `far_unpriced` are ways of which somebody has not stated a price, and
    `left_out` ways of which is known why they are none.
    """

    requirement: Requirement
    place: Place
    options: tuple[AccessFact, ...]
    far_options: tuple[AccessFact, ...] = ()
    asked: tuple[PartnerAnswer, ...] = ()
    dropped: tuple[str, ...] = ()
    in_use: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    existing: ExistingService | None = None
    unpriced: tuple[AccessFact, ...] = ()
    far_unpriced: tuple[AccessFact, ...] = ()
    left_out: tuple[tuple[AccessFact, str], ...] = ()

    @property
    def ends(self) -> Mapping[End, tuple[AccessFact, ...]]:
        return {"a": self.options, "z": self.far_options}

    @property
    def stays(self) -> bool:
        """Whether a changed service stays at its place: it is named alike, or what reaches the service is there."""
        if self.existing is None:
            return False
        same = self.requirement.place == self.existing.requirement.place
        return same or any(option.existing for option in (*self.options, *self.far_options))


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembled:
    """A problem and the way back: `facts` holds the access fact behind each option id of the problem.

    `kept_cpe` holds the CPE that is there already by what it is called in the problem.
    """

    problem: Problem
    facts: Mapping[str, AccessFact]
    kept_cpe: Mapping[str, KeptCpe] = field(default_factory=dict)


def grounded_options(
    requirement: Requirement, options: Sequence[AccessFact], network: NetworkFacts
) -> tuple[list[AccessFact], list[str]]:
    """Split the ways to a place into those that stand on facts we have, and sentences about the others."""
    out = groundless(requirement, options, network)
    kept = [option for option in options if not any(option is one for one, _ in out)]
    return kept, [f"{option.id} ({option.technology}): {why}" for option, why in out]


def groundless(
    requirement: Requirement, options: Sequence[AccessFact], network: NetworkFacts
) -> list[tuple[AccessFact, str]]:
    """The ways that do not stand on facts we have, and why.

    A partner may hand over at a PoP that we do not know, and the inventory may change between two reads. Jitter and
    loss of an access are needed only where they are limited; then what is not known is not taken for nothing.
    """
    pops, builds, groups = _named(network)

    def trouble(option: AccessFact) -> str | None:
        if option.pop not in pops:
            return f"its PoP {option.pop} is not in the inventory"
        if option.build is not None and option.build not in builds:
            return f"its build {option.build} is not in the inventory"
        strange = sorted(set(option.srlgs) - groups)
        if strange and option.partner is None:
            return f"its shared-risk group {', '.join(strange)} is not in the inventory"
        if requirement.jitter_ms is not None and option.jitter_ms is None:
            return "its jitter is not known"
        if requirement.loss is not None and option.loss is None:
            return "its packet loss is not known"
        return None

    said = ((option, trouble(option)) for option in options)
    return [(option, why) for option, why in said if why is not None]


@remembered
def _named(network: NetworkFacts) -> tuple[Set[str], Set[str], Set[str]]:
    """The ids of its nodes, builds and shared-risk groups."""
    return tuple(frozenset(one.id for one in things) for things in (network.nodes, network.builds, network.srlgs))  # type: ignore[return-value]


def assemble(
    name: str,
    candidates: Sequence[Candidate],
    facts: NetworkFacts,
    days: WorkingDays,
    *,
    partner_caps: Mapping[str, int | None],
    budget: Budget | None = None,
    leaving: Sequence[Leaving] = (),
) -> Assembled:
    """State the joint problem of all candidates; what is shared is paid for over the longest term that one wants.

    `leaving` are services that are released meanwhile.
    """
    requirements = [candidate.requirement for candidate in candidates]
    by_option = {
        option_key(c.requirement, o): (c, o, end) for c in candidates for end, ways in c.ends.items() for o in ways
    }
    nodes = {node.id for node in facts.nodes}
    term_months = max(requirement.term_months or 0 for requirement in requirements)
    carriers = any("carrier" in diversity_of(one) for one in requirements)
    booked = bookings_of(facts)
    options = tuple(
        option_of(
            key,
            c.requirement.ref,
            o,
            days,
            mbps=mbps_for(o, c.requirement),
            end=end,
            carriers=carriers,
            bookings=_in_the_way(booked.get(o.id, ()), c.requirement) if o.ports == 1 else (),
        )
        for key, (c, o, end) in by_option.items()
    )
    options, ports = with_ports(options, {key: o for key, (_, o, _) in by_option.items()}, booked, days)
    sites = [site_of(one, days, nodes, term_months=term_months) for one in requirements]
    kept = _kept_cpe(candidates, sites, facts)
    sites = [_changed(*each, kept, facts) for each in zip(sites, candidates, strict=True)]
    if len(sites) > 1:
        sites = [with_own_budget(*each) for each in zip(sites, requirements, strict=True)]
    partners = sorted({o.partner for _, o, _ in by_option.values() if o.partner})
    problem = Problem(
        name=name,
        as_of=days.as_of,
        term_months=term_months,
        network=network_of(facts, options, [o for _, o, _ in by_option.values()], days),
        sites=tuple(sites),
        access_options=options,
        cpe_models=_cpe_models(facts, days, kept),
        builds=facts.builds,
        partners=tuple(Partner(id=p, max_orders=partner_caps.get(p)) for p in partners),
        field_capacity=(*field_capacity(facts, days), *ports) if ports else field_capacity(facts, days),
        budget=budget or Budget(),
        goal=goal_of(requirements, term_months),
        apart=apart_of(requirements),
        meets=meets_of(requirements, nodes),
        frees=freed_by_leaving(leaving, facts, days, min((site.required_day for site in sites), default=0)),
    )
    return Assembled(
        problem=problem,
        facts={key: option for key, (_, option, _) in by_option.items()},
        kept_cpe={one.id: one for one in kept.values()},
    )


def _in_the_way(bookings: Sequence[CapacityBooking], wanted: Requirement) -> Sequence[CapacityBooking]:
    """Without those that end before anything of this item is tested over it."""
    free = wanted.used_from
    return [one for one in bookings if free is None or one.until is None or one.until >= free]


def _kept_cpe(candidates: Sequence[Candidate], sites: Sequence[Site], facts: NetworkFacts) -> dict[str, KeptCpe]:
    """The CPE of each item that stays where it is, and has one of a model that is known."""
    models = {fact.model.id for fact in facts.cpe}
    return {
        site.id: KeptCpe(
            ref=site.id,
            model=c.existing.cpe,
            pieces=c.existing.cpe_pieces,
            needed=cpe_pieces(c, len(wishes_of(site))),
            required_day=site.required_day,
        )
        for c, site in zip(candidates, sites, strict=True)
        if c.existing is not None and c.existing.cpe in models and c.existing.cpe is not None and c.stays
    }


def cpe_pieces(candidate: Candidate, legs: int) -> int:
    """So many CPEs an item has: one, or one for each leg, at each end."""
    return (legs if candidate.requirement.cpe_per_leg else 1) * (1 if candidate.place.far is None else 2)


def costs_of(candidate: Candidate) -> tuple[FixedCost, ...]:
    """What the item costs beside its parts: components, and activities that have a price or need one."""
    requirement, there = candidate.requirement, candidate.existing
    legs = legs_in_all(requirement)
    components = fixed_costs(
        requirement,
        legs=legs,
        pieces=cpe_pieces(candidate, legs),
        legs_before=0 if there is None else legs_in_all(there.requirement),
        pieces_before=0 if there is None else there.cpe_pieces,
        stays=candidate.stays,
    )
    return (*components, *costs_of_works(work for work in works_of(requirement) if work.each))


def _changed(site: Site, candidate: Candidate, kept: Mapping[str, KeptCpe], facts: NetworkFacts) -> Site:
    """The item with what it costs anyway, what its present service gives back, and the CPE that it may have."""
    nrc_minor, mrc_minor = known_sums(costs_of(candidate))
    site = replace(site, nrc_minor=nrc_minor, mrc_minor=mrc_minor) if nrc_minor or mrc_minor else site
    if kept:
        own = kept.get(site.id)
        site = replace(site, features=(*site.features, NEW if own is None else own.feature))
    if candidate.existing is None:
        return site
    return replace(site, frees=tuple(freed_by(candidate.existing, facts)))


def _cpe_models(facts: NetworkFacts, days: WorkingDays, kept: Mapping[str, KeptCpe]) -> tuple[CpeModel, ...]:
    models = cpe_models(facts, days)
    return with_kept_cpe(models, (fact.model for fact in facts.cpe), kept.values(), days.last) if kept else models


def option_key(requirement: Requirement, option: AccessFact) -> str:
    """What an access option is called in the problem: two requirements at one place each have it to themselves."""
    return f"{requirement.ref}:{option.id}"
