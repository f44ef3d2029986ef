"""What is asked, made complete: the catalogue fills the silent fields, the place is looked up, the rest is told."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from linkwright.design.wishes import MOST_LEGS
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.currencies import in_two_currencies
from linkwright.designs.existing import ACTIVE, ExistingService, Leaving, with_what_it_is
from linkwright.designs.item import legs_in_all
from linkwright.designs.local_time import at_the_place
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.ports import Catalogue, Places, Services
from linkwright.designs.reasons import missing
from linkwright.designs.requirement import Place, PlaceTrouble, PlaceWanted, Requirement, Specification, Spot

Retried = Callable[[str, Callable[[], Any]], Any]
"""Makes an outward read that may be repeated; the name says which."""
Known = tuple[Requirement, Place]

DEFAULT_TERM_MONTHS = 12
"""Where nobody names a term: without one the monthly price would not count at all."""
ASKED_FOR: Mapping[str, str] = {
    "bandwidth_mbps": "bandwidth",
    "destinations": "destination",
    "availability": "availabilityTarget",
    "round_trip_ms": "latencyMaxMs",
    "diversity": "accessDiversity",
    "access_legs": "accessLegs",
    "cpe_per_leg": "cpePerLeg",
    "cpe_features": "cpeFeatures",
    "term_months": "termMonths",
    "needed_by": "neededBy",
    "budget_nrc_minor": "budgetOneTime",
    "budget_mrc_minor": "budgetRecurring",
    "technology_allowed": "technologyAllowed",
    "technology_forbidden": "technologyForbidden",
    "partner_preferred": "partnerPreferred",
    "partner_excluded": "partnerExcluded",
    "jitter_ms": "jitterMaxMs",
    "loss": "lossMaxPercent",
    "differential_round_trip_ms": "differentialDelayMaxMs",
    "optical_db": "opticalBudgetDb",
    "backup": "backup",
    "backup_mbps": "backupBandwidth",
    "service_start": "serviceStart",
    "service_end": "serviceEnd",
    "objective": "objective",
    "npv_nrc_factor": "npvNrcFactor",
    "npv_mrc_factor": "npvMrcFactor",
    "max_alternatives": "maxAlternatives",
    "hold_policy": "holdPolicy",
    "price_nrc_minor": "priceOneTime",
    "price_mrc_minor": "priceRecurring",
    "design_scope": "designScope",
    "site_access": "siteAccessCalendar",
    "change_freeze": "changeFreeze",
    "activities": "activities",
    "bespoke_activities": "bespokeActivities",
    "cost_components": "costComponents",
    "rollout": "rollout",
}
"""The characteristic for each field."""
_ALWAYS_NEEDED = ("bandwidth_mbps", "destinations")
POINT_TO_POINT = "pointToPoint"
OPEN = frozenset(_ALWAYS_NEEDED)
"""What a question about a place need not say."""


@dataclass(frozen=True, kw_only=True)
class Understanding:
    catalogue: Catalogue
    places: Places
    services: Services
    retried: Retried

    def existing(self, requirements: Sequence[Requirement]) -> Mapping[str, ExistingService]:
        """The services that are there already, by the ref of the requirement that is about them."""
        named = {one.ref: one.service for one in requirements if one.service is not None and one.change != "add"}
        if not named:
            return {}
        certain = sorted({one.service for one in requirements if one.ref in named and one.change and one.service})
        perhaps = sorted(set(named.values()).difference(certain))
        found: Mapping[str, ExistingService] = self.retried(
            "read services", lambda: self.services.named(certain, perhaps)
        )
        return {ref: found[service] for ref, service in named.items() if service in found}

    def of_all(
        self, requirements: Sequence[Requirement], existing: Mapping[str, ExistingService]
    ) -> list[Known | Leaving | ItemAnswer]:
        """Each requirement but the bundles, with what one request says for all of its items."""
        named = Counter(one.service for one in requirements if one.ref in existing)
        ones = [one for one in side_by_side(requirements) if not one.is_bundle]
        register = self._register(ones, existing)
        return [
            register.of(one, existing.get(one.ref))
            if named[one.service] < 2 or one.ref not in existing
            else _twice(one)
            for one in ones
        ]

    def of(
        self, requirement: Requirement, existing: ExistingService | None = None, *, open: bool = False
    ) -> Known | Leaving | ItemAnswer:
        """The complete requirement with its place, or the answer that says everything that is missing.

        `open`: bandwidth and destinations may stay silent, for what can be had there is the very question.
        """
        services = {} if existing is None else {requirement.ref: existing}
        return self._register([requirement], services).of(requirement, existing, open=open)

    def _register(self, requirements: Sequence[Requirement], existing: Mapping[str, ExistingService]) -> "_Register":
        """Everything that these requirements name is read at once."""
        asked = [(one, existing.get(one.ref)) for one in requirements]
        asked = [(one, there) for one, there in asked if not_to_be_changed(one, there) is None]
        changed = [_as_wanted(one, there) for one, there in asked]
        names = dict.fromkeys(one.specification for one in changed if one.specification is not None)
        wanted = {repr(place): place for one in changed for place in (one.place, one.far_place) if place is not None}
        specifications = self.retried(
            "read specifications", lambda: {name: self.catalogue.specification(name) for name in names}
        )
        places = self.retried("find places", lambda: self.places.find_all(list(wanted.values()))) if wanted else []
        return _Register(specifications=specifications, places=dict(zip(wanted, places, strict=True)))


def _as_wanted(requirement: Requirement, existing: ExistingService | None) -> Requirement:
    """With what stays as it is; one that is released, or stays, is wanted as it is."""
    if existing is None:
        return requirement
    leaves = requirement.change in ("delete", "noChange")
    return replace(existing.requirement, specification=None) if leaves else with_what_it_is(requirement, existing)


@dataclass(frozen=True, kw_only=True)
class _Register:
    """What catalogue and registers say of everything that is named; places by how they are wanted."""

    specifications: Mapping[str, Specification | None]
    places: Mapping[str, Place | PlaceTrouble]

    def of(
        self, requirement: Requirement, existing: ExistingService | None, *, open: bool = False
    ) -> Known | Leaving | ItemAnswer:
        if trouble := not_to_be_changed(requirement, existing):
            return ItemAnswer(ref=requirement.ref, result="unqualified", findings=(trouble,))
        if existing is not None:
            if requirement.change in ("delete", "noChange"):
                return self._leaving(requirement, existing)
            requirement = with_what_it_is(requirement, existing)
        problems = misread(requirement)
        complete, more = self._specified(requirement, OPEN if open else frozenset())
        place = self._place(requirement.place, "the place")
        problems += more
        if isinstance(place, Finding):
            problems.append(place)
        elif complete.pattern == POINT_TO_POINT:
            place = self._with_far_end(place, complete)
            if isinstance(place, Finding):
                problems.append(place)
        elif complete.far_place is not None:
            problems.append(Finding(code="SD-INF-01", label="Two places are given for a service that has one end."))
        problems += _too_many_legs(complete)
        if not problems and isinstance(place, Place):
            return at_the_place(complete, place.time_zone), place
        return ItemAnswer(ref=requirement.ref, result="unqualified", findings=tuple(problems))

    def _leaving(self, requirement: Requirement, existing: ExistingService) -> Leaving | ItemAnswer:
        if requirement.misread:
            return ItemAnswer(ref=requirement.ref, result="unqualified", findings=tuple(misread(requirement)))
        wanted = existing.requirement
        place = self._place(wanted.place, "the place")
        known = place if isinstance(place, Place) else None
        if known is not None and wanted.far_place is not None:
            far = self._place(wanted.far_place, "the other end")
            known = (
                replace(known, far=Spot(id=far.id, name=far.name, ids=far.ids, at=far.at))
                if isinstance(far, Place)
                else known
            )
        return Leaving(requirement=requirement, service=existing, place=known)

    def _specified(self, requirement: Requirement, free: Set[str]) -> tuple[Requirement, list[Finding]]:
        name = requirement.specification
        if name is None:
            return requirement, [missing("the service specification")]
        return _completed(requirement, self.specifications[name], free)

    def _with_far_end(self, place: Place, requirement: Requirement) -> Place | Finding:
        far = self._place(requirement.far_place, "the place with the role siteZ beside the one with the role siteA")
        if isinstance(far, Finding):
            return far
        if not set(far.ids).isdisjoint(place.ids):
            return Finding(code="SD-GEO-02", label=f"Both ends of the service are at {place.name}.")
        return replace(place, far=Spot(id=far.id, name=far.name, ids=far.ids, at=far.at))

    def _place(self, wanted: PlaceWanted | None, which: str) -> Place | Finding:
        if wanted is None:
            return missing(which)
        found = self.places[repr(wanted)]
        if isinstance(found, PlaceTrouble):
            return Finding(code="SD-GEO-01" if found.kind == "unknown" else "SD-GEO-02", label=found.text)
        return found


def side_by_side(requirements: Sequence[Requirement]) -> list[Requirement]:
    """Requirements as items of one request: they have one objective, and may only name each other.

    What a bundle says of the objective, or else the first that says anything, counts for all that are silent.
    """
    known = {name for one in requirements for name in (one.ref, one.service) if name}
    named = sorted((one for one in requirements if one.objective is not None), key=lambda one: not one.is_bundle)
    return [_among(one, known, named[0] if named else None) for one in requirements]


def _among(one: Requirement, known: Set[str], leader: Requirement | None) -> Requirement:
    troubles = [
        f"Relationship {kind} to {other} is not understood: it is no other item of this request."
        for kind, others in (("diverseFrom", one.diverse_from), ("protects", one.protects))
        for other in others or ()
        if other not in known or other in (one.ref, one.service)
    ]
    if leader is not None and one.objective is None:
        one = replace(
            one,
            objective=leader.objective,
            npv_nrc_factor=leader.npv_nrc_factor,
            npv_mrc_factor=leader.npv_mrc_factor,
        )
    elif leader is not None and one.objective != leader.objective:
        troubles.append(f"The objective {one.objective} is wanted beside {leader.objective}; a request has one.")
    return replace(one, misread=(*one.misread, *troubles)) if troubles else one


def _twice(requirement: Requirement) -> ItemAnswer:
    label = f"Service {requirement.service} is named by several items; would be answered if one alone were about it."
    return ItemAnswer(ref=requirement.ref, result="unqualified", findings=(Finding(code="SD-INF-01", label=label),))


def not_to_be_changed(requirement: Requirement, existing: ExistingService | None) -> Finding | None:
    """Why a service that is said to be there cannot be changed, released or kept."""
    name = requirement.service
    if existing is None:
        if requirement.change in (None, "add"):
            return None
        return missing(f"service {name} in the service inventory")
    if None not in (requirement.customer, existing.customer) and requirement.customer != existing.customer:
        return missing(f"service {name} among the services of customer {requirement.customer}")
    if existing.state != ACTIVE:
        label = f"Service {name} is {existing.state or 'in no state'}; would be answered if it were {ACTIVE}."
        return Finding(code="SD-POL-01", label=label)
    return None


def misread(requirement: Requirement) -> list[Finding]:
    return [Finding(code="SD-INF-01", label=text) for text in requirement.misread]


def _too_many_legs(requirement: Requirement) -> list[Finding]:
    legs = legs_in_all(requirement)
    if legs <= MOST_LEGS:
        return []
    label = f"accessLegs and backup ask for {legs} legs; would be answered if they were {MOST_LEGS} at most."
    return [Finding(code="SD-INF-01", label=label)]


def _completed(
    requirement: Requirement, specification: Specification | None, free: Set[str]
) -> tuple[Requirement, list[Finding]]:
    if specification is None or not specification.designable:
        why = "is not in the catalogue" if specification is None else specification.why_not
        label = f"Service specification {requirement.specification} {why}, so it cannot be designed."
        return requirement, [Finding(code="SD-CAT-01", label=label)]
    complete = requirement.completed_by(specification.defaults)
    if complete.pattern == POINT_TO_POINT:
        free = free | {"destinations"}
    needed = sorted(specification.mandatory.union(_ALWAYS_NEEDED) - free)
    silent = [
        missing(f"the characteristic {ASKED_FOR.get(name, name)}")
        for name in needed
        if getattr(complete, name) in (None, ())
    ]
    silent += in_two_currencies(requirement, specification.defaults)
    return replace(complete, term_months=complete.term_months or DEFAULT_TERM_MONTHS), silent
