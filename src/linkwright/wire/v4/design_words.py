"""A design as characteristics and references of a TMF service: only what the design knows, under reserved names.

Words of legs (`access.*`, `partner.quoteRef`) are lists with one element for each leg, also where there is one leg.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from linkwright.designs.answers import CutShort, Proposal, SiteSolution, Totals
from linkwright.designs.facts import OWN, PartnerAnswer
from linkwright.designs.item import working_legs
from linkwright.designs.parts_of_answers import Before, LegSolution
from linkwright.designs.requirement import Requirement
from linkwright.wire.characteristics import is_answered, listed, write_characteristics
from linkwright.wire.json import Json, present, write_moment
from linkwright.wire.quantities import write_bandwidth, write_diversity, write_money
from linkwright.wire.v4 import DESIGN_DOCUMENTS
from linkwright.wire.v4.commercial_words import SOLUTION, commercial_words, sums_of_all
from linkwright.wire.v4.facing import supporting_resources, with_reuse, with_supporting_services
from linkwright.wire.v4.sla_words import sla_words
from linkwright.wire.v4.whole_words import in_scope, solution_of_all_words, whole_words

DESIGN_ROLE = "serviceDesign"
Profile = Literal["feasibility", "commitment"]
"""What a design is for: to say what is possible, or to be built."""
STATUS = "design.status"
STATUS_OF: Mapping[Profile, str] = {"feasibility": "offered", "commitment": "committed"}
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
        **sla_words(solution),
        **commercial_words(solution),
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
    if totals.currency and (totals.ready is not None or whole is not None):
        sums |= sums_of_all(totals, bundle)
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


def with_solution(
    service: Mapping[str, Json], solution: SiteSolution, base_url: str, profile: Profile
) -> dict[str, Json]:
    """The service as it was asked for, with the design's words, the resources it uses and the way to its document."""
    words = {**solution_words(solution), "design.profile": profile, STATUS: STATUS_OF[profile]}
    answered = with_design(with_words(service, words), solution.design_id, base_url)
    used = supporting_resources(solution)
    ids = {one["id"] for one in used}
    others = [one for one in service.get("supportingResource") or () if one.get("id") not in ids]
    answered |= {"supportingResource": others + used, "supportingService": with_supporting_services(service, solution)}
    reused = with_reuse(service, solution)
    return answered | {"serviceRelationship": reused} if reused else answered


def with_status(service: Mapping[str, Json], status: str) -> dict[str, Json]:
    """The service whose design has come so far; where no design says how far it has, none does now."""
    given = listed(service.get("serviceCharacteristic"))
    told = [{**one, "value": status} if one.get("name") == STATUS else one for one in given]
    return {**service, "serviceCharacteristic": told} if told else dict(service)


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


def _design(solution: SiteSolution) -> dict[str, Json]:
    told = {
        "design.id": solution.design_id,
        "design.version": solution.version,
        "design.optimalityGap": solution.gap,
        "design.score": math.floor(1000 * (1 - solution.gap)) / 10,
        "design.confidence": solution.confidence,
        "design.inputSnapshot": solution.snapshot,
        "design.computedAt": write_moment(solution.computed_at),
    }
    if solution.arrangement is not None:
        told["design.arrangement"] = solution.arrangement.kind
        if solution.arrangement.why:
            told["design.arrangementReason"] = list(solution.arrangement.why)
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
        "access.role": _roles(solution),
    }
    offered = [leg.offered_mbps for leg in legs]
    if None not in offered:
        told["access.bandwidth"] = [_bandwidth(leg) for leg in legs]
    if solution.not_used:
        told["access.notUsed"] = [
            {"access": one.access, "technology": one.technology, "why": one.why} for one in solution.not_used
        ]
    if solution.diverse_in is not None:
        told["access.diversityAchieved"] = write_diversity(solution.diverse_in)
    return told


def _roles(solution: SiteSolution) -> list[str]:
    """Legs come in the order of the wishes, each with its far end behind it, and the backup last."""
    working, number = working_legs(solution.requirement), 0
    roles: list[str] = []
    for leg in solution.legs:
        number += leg.end == "a"
        roles.append("primary" if number <= working else "backup")
    return roles


def _bandwidth(leg: LegSolution) -> Json:
    """What its access offers, whatever was asked of it."""
    down = leg.offered_mbps or 0
    return write_bandwidth(down, down if leg.offered_up_mbps is None else leg.offered_up_mbps)


def _cpe(solution: SiteSolution) -> dict[str, Json]:
    facts = {f"cpe.{name}": solution.cpe_facts.get(fact) for fact, name in _CPE_FACTS.items()}
    known = {name: value for name, value in facts.items() if value is not None}
    return {"cpe.model": solution.cpe, "cpe.quantity": solution.cpe_quantity, **known}


def _capacity(solution: SiteSolution) -> dict[str, Json]:
    """`headroom` in Mbit/s, on the link of its paths that has the least left."""
    upgrades = [one.id for one in solution.upgrades]
    accesses = [leg.access for leg in solution.legs if leg.planned and (leg.usable_from is not None or not upgrades)]
    planned = [*accesses, *upgrades]
    in_service = solution.planned_in_service
    return present(
        **{
            "capacity.basis": "planned" if planned else "actual",
            "capacity.plannedResource": planned or None,
            "capacity.plannedInService": None if in_service is None or not planned else in_service.isoformat(),
            "capacity.headroom": solution.headroom_mbps,
        }
    )


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
    prices = {"oneTimeCost": ("nrc", answer.offer.nrc_minor), "recurringCost": ("mrc", answer.offer.mrc_minor)}
    unpriced = answer.offer.unpriced
    stated = {name: write_money(minor, currency) for name, (price, minor) in prices.items() if price not in unpriced}
    missing = [name for name, (price, _) in prices.items() if price in unpriced]
    return told | stated | ({"missingPrices": missing} if missing else {}) | {lead_time: answer.offer.lead_days}
