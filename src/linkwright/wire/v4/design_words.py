"""A design as characteristics and references of a TMF service: only what the design knows, under reserved names.

Words of legs (`access.*`, `partner.quoteRef`) are lists with one element for each leg, also where there is one leg.
"""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from linkwright.designs.amounts import up
from linkwright.designs.answers import Before, CutShort, Proposal, SiteSolution, Totals
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.requirement import Requirement
from linkwright.wire.characteristics import is_answered, write_characteristics
from linkwright.wire.json import Json, present, write_moment
from linkwright.wire.quantities import write_diversity, write_money
from linkwright.wire.v4 import DESIGN_DOCUMENTS
from linkwright.wire.v4.whole_words import in_scope, solution_of_all_words, whole_words

MINUTES_PER_YEAR = 365 * 24 * 60
OWN = "own"
DESIGN_ROLE = "serviceDesign"
SOLUTION = "design.solution."
_CPE_FACTS: Mapping[str, str] = {
    "ports": "ports",
    "power_w": "powerW",
    "rack_u": "rackU",
    "stock_location": "stockLocation",
}


def solution_words(solution: SiteSolution) -> dict[str, Json]:
    """Every word of one site's design."""
    words = {
        **_design(solution),
        **_access(solution),
        **_cpe(solution),
        **_sla(solution),
        **_commercial(solution),
        "plan.readyForServiceDate": solution.ready.isoformat(),
        **_capacity(solution),
        **_partner(solution),
        **_kept(solution),
        **whole_words(
            plan=solution.plan,
            case=solution.case,
            risks=solution.risks,
            operations=solution.operations,
            objectives=solution.objectives,
            currency=solution.currency,
        ),
    }
    return in_scope(words, solution.requirement.design_scope)


def before_words(before: Before) -> dict[str, Json]:
    """What becomes of the service that is there, and what that gives back."""
    told: dict[str, Json] = {"design.change": before.change}
    if before.released:
        told["capacity.released"] = [
            {"resource": one.resource, "category": one.category, "quantity": one.quantity} for one in before.released
        ]
    if before.mrc_minor is not None:
        told["commercial.recurringCostBefore"] = write_money(before.mrc_minor, before.currency)
    return told


def cut_short_words(cut_short: Sequence[CutShort]) -> dict[str, Json]:
    """What was not looked for to its end."""
    return {"design.cutShort": list(cut_short)} if cut_short else {}


def loosened_words(proposal: Proposal) -> dict[str, Json]:
    """The items that the proposed design is not kept apart from, although that was asked for."""
    named = [
        name
        for one in proposal.relaxed
        if one.dimension in ("diverse_from", "protects")
        for name in one.wanted
        if name not in one.offered
    ]
    return {"design.notDiverseFrom": named} if named else {}


def _kept(solution: SiteSolution) -> dict[str, Json]:
    if solution.before is None:
        return {}
    there = [leg.existing for leg in solution.legs]
    cpe = {"cpe.existing": solution.cpe_existing, "cpe.kept": solution.cpe_kept}
    return {"access.existing": there, **cpe, **before_words(solution.before)}


def totals_words(totals: Totals, bundle: Requirement | None) -> dict[str, Json]:
    """The sums of a whole answer: on the bundle item under the names of any item, else as `design.solution.*`."""
    counts = {"qualified": totals.qualified, "alternate": totals.alternate, "unqualified": totals.unqualified}
    whole, sums = totals.whole, dict[str, Json]()
    nrc_minor, mrc_minor = (totals.nrc_minor, totals.mrc_minor) if whole is None else (whole.nrc_minor, whole.mrc_minor)
    if totals.currency and (totals.ready is not None or whole is not None):
        sums["commercial.oneTimeCost"] = write_money(nrc_minor, totals.currency)
        sums["commercial.recurringCost"] = write_money(mrc_minor, totals.currency)
        if bundle is not None:
            sums |= _variances(bundle, nrc_minor, mrc_minor, totals.currency)
    if totals.mrc_before_minor is not None:
        sums["commercial.recurringCostBefore"] = write_money(totals.mrc_before_minor, totals.currency)
    if totals.ready is not None:
        sums["plan.readyForServiceDate"] = totals.ready.isoformat()
    if totals.gap is not None:
        sums["design.optimalityGap"] = totals.gap
    if whole is not None:
        sums |= solution_of_all_words(whole)
    if bundle is not None:
        return in_scope({f"design.{name}Items": count for name, count in counts.items()} | sums, bundle.design_scope)
    sums = in_scope(sums, None if whole is None else whole.scope)
    named = {SOLUTION + name.partition(".")[2]: value for name, value in sums.items()}
    return {f"{SOLUTION}{name}Items": count for name, count in counts.items()} | named


def with_words(service: Mapping[str, Json], words: Mapping[str, Json]) -> dict[str, Json]:
    """The service with our words in it; the requester's characteristics stay, words of an earlier answer go."""
    sent = service.get("serviceCharacteristic") or ()
    kept = [one for one in sent if not is_answered(str(one.get("name")))]
    return {**service, "serviceCharacteristic": kept + write_characteristics(words)}


def with_solution(service: Mapping[str, Json], solution: SiteSolution, base_url: str) -> dict[str, Json]:
    """The service as it was asked for, with the design's words, the resources it uses and the way to its document."""
    answered = with_design(with_words(service, solution_words(solution)), solution.design_id, base_url)
    used = supporting_resources(solution)
    ids = {one["id"] for one in used}
    others = [one for one in service.get("supportingResource") or () if one.get("id") not in ids]
    return {**answered, "supportingResource": others + used}


def with_design(service: Mapping[str, Json], design_id: str, base_url: str) -> dict[str, Json]:
    """The service with exactly one reference to a design document."""
    others = [one for one in service.get("relatedEntity") or () if one.get("role") != DESIGN_ROLE]
    return {**service, "relatedEntity": [*others, design_reference(design_id, base_url)]}


def design_reference(design_id: str, base_url: str, role: str = DESIGN_ROLE) -> Json:
    return {
        "id": design_id,
        "href": f"{base_url}{DESIGN_DOCUMENTS}/{design_id}",
        "name": "Service design",
        "role": role,
        "@type": "EntityRef",
        "@referredType": "Document",
    }


def design_id_of(service: Mapping[str, Json]) -> str | None:
    """The design that a service refers to; an href alone will do."""
    for one in service.get("relatedEntity") or ():
        if isinstance(one, Mapping) and one.get("role") == DESIGN_ROLE:
            named = one.get("id") or str(one.get("href", "")).rstrip("/").rpartition("/")[2]
            return str(named) if named else None
    return None


def supporting_resources(solution: SiteSolution) -> list[Json]:
    """Inventory ids of what the design uses; a partner's access is no resource of ours."""
    used: dict[str, str] = {}
    for leg in solution.legs:
        if leg.supplier == OWN:
            used[leg.access] = "accessOption"
        used |= dict.fromkeys(leg.nodes, "pop") | dict.fromkeys(leg.links, "link")
        if leg.build is not None:
            used[leg.build] = "sharedBuild"
    used[solution.cpe] = "cpeModel"
    return [{"id": name, "@type": "ResourceRef", "@referredType": category} for name, category in used.items()]


def _design(solution: SiteSolution) -> dict[str, Json]:
    told = {
        "design.id": solution.design_id,
        "design.version": solution.version,
        "design.optimalityGap": solution.gap,
        "design.confidence": solution.confidence,
        "design.inputSnapshot": solution.snapshot,
        "design.computedAt": write_moment(solution.computed_at),
    }
    if solution.confidence_reason:
        told["design.confidenceReason"] = solution.confidence_reason
    return told | _among_others(solution)


def _among_others(solution: SiteSolution) -> dict[str, Json]:
    """Its place among the alternatives, and the designs that it repeats or replaces."""
    return present(
        **{
            "design.paretoRole": list(solution.roles) or None,
            "design.rank": solution.rank,
            "design.alternative": solution.alternative,
            "design.reusedFrom": solution.reused_from,
            "design.replaces": solution.replaces,
        }
    )


def _access(solution: SiteSolution) -> dict[str, Json]:
    legs = solution.legs
    told: dict[str, Json] = {
        "access.technology": [leg.technology for leg in legs],
        "access.provider": [leg.supplier for leg in legs],
        "access.entryPoint": [leg.pop for leg in legs],
        "access.path": [list(leg.links) for leg in legs],
        "access.sharedRisk": list(solution.shared_risks),
    }
    if solution.diverse_in is not None:
        told["access.diversityAchieved"] = write_diversity(solution.diverse_in)
    return told


def _cpe(solution: SiteSolution) -> dict[str, Json]:
    facts = {f"cpe.{name}": solution.cpe_facts.get(fact) for fact, name in _CPE_FACTS.items()}
    known = {name: value for name, value in facts.items() if value is not None}
    return {"cpe.model": solution.cpe, "cpe.quantity": solution.cpe_quantity, **known}


def _sla(solution: SiteSolution) -> dict[str, Json]:
    """Availability and its margin are told as they were verified; latency, the round trip, and downtime are rounded up.

    Jitter and loss are told where they are known: the one rounded up, the other as it was verified.
    """
    told = {
        "sla.availability": solution.availability,
        "sla.downtimeMinPerYear": math.ceil((1 - solution.availability) * MINUTES_PER_YEAR * 100) / 100,
        "sla.latencyMs": up(2 * solution.latency_ms, 1_000_000),
        "sla.limitingComponent": solution.weakest,
    }
    if solution.jitter_ms is not None:
        told["sla.jitterMs"] = up(solution.jitter_ms)
    if solution.loss is not None:
        told["sla.loss"] = solution.loss
    if solution.requirement.availability is not None:
        told["sla.margin"] = _difference(solution.availability, solution.requirement.availability)
    return told


def _difference(one: float, other: float) -> float:
    """Of the numbers as they are written: without the noise of their last bits, and without rounding it away."""
    return float(Decimal(repr(one)) - Decimal(repr(other)))


def _commercial(solution: SiteSolution) -> dict[str, Json]:
    currency = solution.currency
    parts = [_part(leg.access, leg.nrc_minor, leg.mrc_minor, currency) for leg in solution.legs]
    once = solution.nrc_minor - sum(leg.nrc_minor for leg in solution.legs)
    monthly = solution.mrc_minor - sum(leg.mrc_minor for leg in solution.legs)
    return {
        "commercial.oneTimeCost": write_money(solution.nrc_minor, currency),
        "commercial.recurringCost": write_money(solution.mrc_minor, currency),
        "commercial.costBreakdown": [*parts, _part("CPE, builds and augments", once, monthly, currency)],
        **_variances(solution.requirement, solution.nrc_minor, solution.mrc_minor, currency),
    }


def _part(name: str, nrc_minor: int, mrc_minor: int, currency: str) -> Json:
    return {
        "part": name,
        "oneTimeCost": write_money(nrc_minor, currency),
        "recurringCost": write_money(mrc_minor, currency),
    }


def _variances(wanted: Requirement, nrc_minor: int, mrc_minor: int, currency: str) -> dict[str, Json]:
    """Cost minus budget: what is below zero is left over."""
    told = {}
    if wanted.budget_nrc_minor is not None:
        told["commercial.budgetOneTimeVariance"] = write_money(nrc_minor - wanted.budget_nrc_minor, currency)
    if wanted.budget_mrc_minor is not None:
        told["commercial.budgetRecurringVariance"] = write_money(mrc_minor - wanted.budget_mrc_minor, currency)
    return told


def _capacity(solution: SiteSolution) -> dict[str, Json]:
    planned = [leg.access for leg in solution.legs if leg.planned]
    if not planned:
        return {"capacity.basis": "actual"}
    return {"capacity.basis": "planned", "capacity.plannedResource": planned}


def _partner(solution: SiteSolution) -> dict[str, Json]:
    told: dict[str, Json] = {}
    chosen = list(dict.fromkeys(leg.supplier for leg in solution.legs if leg.supplier != OWN))
    if chosen:
        told["partner.chosen"] = chosen
        told["partner.quoteRef"] = [leg.quote for leg in solution.legs]
    if solution.asked:
        told["partner.asked"] = asked_words(solution.asked, solution.currency)
    return told


def asked_words(asked: Sequence[PartnerAnswer], currency: str) -> list[Json]:
    return [_asked(answer, currency) for answer in asked]


def _asked(answer: PartnerAnswer, currency: str) -> Json:
    told = present(
        party=answer.partner,
        answer=answer.asked,
        role=None if answer.role == "primary" else answer.role,
        text=answer.text or None,
        validUntil=write_moment(answer.valid_until) if answer.valid_until else None,
        timeTaken=f"PT{round(answer.took_s, 3):g}S",
    )
    if answer.offer is None or not currency:
        return told
    lead_time = "leadTimeCalendarDays" if answer.offer.calendar else "leadTimeDays"
    return told | {
        "oneTimeCost": write_money(answer.offer.nrc_minor, currency),
        "recurringCost": write_money(answer.offer.mrc_minor, currency),
        lead_time: answer.offer.lead_days,
    }
