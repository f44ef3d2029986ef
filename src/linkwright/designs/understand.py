"""What is asked, made complete: the catalogue fills the silent fields, the place is looked up, the rest is told."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from linkwright.designs.model import Finding, ItemAnswer, Place, PlaceTrouble, Requirement, Specification
from linkwright.designs.ports import Catalogue, Places
from linkwright.designs.reasons import missing

Retried = Callable[[str, Callable[[], Any]], Any]
"""Makes an outward read that may be repeated; the name says which."""
Known = tuple[Requirement, Place]

DEFAULT_TERM_MONTHS = 12
"""Where nobody names a term: without one the monthly price would not count at all."""
_ASKED_FOR: Mapping[str, str] = {
    "bandwidth_mbps": "the characteristic bandwidth",
    "destinations": "the characteristic destination",
    "availability": "the characteristic availabilityTarget",
    "round_trip_ms": "the characteristic latencyMaxMs",
    "diversity": "the characteristic accessDiversity",
    "cpe_per_leg": "the characteristic cpePerLeg",
    "cpe_features": "the characteristic cpeFeatures",
    "term_months": "the characteristic termMonths",
    "needed_by": "the characteristic neededBy",
    "budget_nrc_minor": "the characteristic budgetOneTime",
    "budget_mrc_minor": "the characteristic budgetRecurring",
    "technology_allowed": "the characteristic technologyAllowed",
    "technology_forbidden": "the characteristic technologyForbidden",
    "partner_preferred": "the characteristic partnerPreferred",
    "partner_excluded": "the characteristic partnerExcluded",
}
_ALWAYS_NEEDED = ("bandwidth_mbps", "destinations")
OPEN = frozenset(_ALWAYS_NEEDED)
"""What a question about a place need not say."""


@dataclass(frozen=True, kw_only=True)
class Understanding:
    catalogue: Catalogue
    places: Places
    retried: Retried

    def of(self, requirement: Requirement, *, open: bool = False) -> Known | ItemAnswer:
        """The complete requirement with its place, or the answer that says everything that is missing.

        `open`: bandwidth and destinations may stay silent, for what can be had there is the very question.
        """
        problems = misread(requirement)
        complete, more = self._specified(requirement, OPEN if open else frozenset())
        place = self._place(requirement)
        problems += more
        if isinstance(place, Finding):
            problems.append(place)
        elif not problems:
            return complete, place
        return ItemAnswer(ref=requirement.ref, result="unqualified", findings=tuple(problems))

    def _specified(self, requirement: Requirement, free: Set[str]) -> tuple[Requirement, list[Finding]]:
        name = requirement.specification
        if name is None:
            return requirement, [missing("the service specification")]
        specification = self.retried("read specification", lambda: self.catalogue.specification(name))
        return _completed(requirement, specification, free)

    def _place(self, requirement: Requirement) -> Place | Finding:
        wanted = requirement.place
        if wanted is None:
            return missing("the place")
        found: Place | PlaceTrouble = self.retried("find place", lambda: self.places.find(wanted))
        if isinstance(found, PlaceTrouble):
            return Finding(code="SD-GEO-01" if found.kind == "unknown" else "SD-GEO-02", label=found.text)
        return found


def misread(requirement: Requirement) -> list[Finding]:
    return [Finding(code="SD-INF-01", label=text) for text in requirement.misread]


def _completed(
    requirement: Requirement, specification: Specification | None, free: Set[str]
) -> tuple[Requirement, list[Finding]]:
    if specification is None or not specification.designable:
        why = "is not in the catalogue" if specification is None else specification.why_not
        label = f"Service specification {requirement.specification} {why}, so it cannot be designed."
        return requirement, [Finding(code="SD-CAT-01", label=label)]
    complete = requirement.completed_by(specification.defaults)
    needed = sorted(specification.mandatory.union(_ALWAYS_NEEDED) - free)
    silent = [missing(_ASKED_FOR.get(name, name)) for name in needed if getattr(complete, name) in (None, ())]
    return replace(complete, term_months=complete.term_months or DEFAULT_TERM_MONTHS), silent
