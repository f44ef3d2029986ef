"""What stands around a designed service: the services below it that face resources, and the one that it uses again."""

from collections.abc import Iterator, Mapping, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import ACCESS, CPE_MODEL
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.wire.json import Json

RESOURCE_FACING = "RFS"
REUSES = "reuses"


def supporting_services(solution: SiteSolution) -> list[Json]:
    """One that faces resources for each leg, with the access at its far end, and one for the CPE."""
    legs = [_facing(_leg_name(number, leg), used, _suppliers(used)) for number, leg, used in _legs(solution)]
    cpe = f"Customer premises equipment, {solution.cpe_quantity} x {solution.cpe}"
    return [*legs, _facing(cpe, (), (), {solution.cpe: CPE_MODEL})]


def supporting_resources(solution: SiteSolution) -> list[Json]:
    """Inventory ids of what the design uses; a partner's access is no resource of ours."""
    return _references(_resources_of(solution.legs) | {solution.cpe: CPE_MODEL})


def with_supporting_services(service: Mapping[str, Json], solution: SiteSolution) -> list[Json]:
    """Those of the requester, and ours in place of what a former design said."""
    sent = service.get("supportingService") or ()
    kept = [one for one in sent if one.get("id") or one.get("category") != RESOURCE_FACING]
    return [*kept, *supporting_services(solution)]


def with_reuse(service: Mapping[str, Json], solution: SiteSolution) -> list[Json]:
    """The relationships that were sent, and one to the service of which the design keeps something."""
    sent = [one for one in service.get("serviceRelationship") or () if one.get("relationshipType") != REUSES]
    if solution.before is None or not (solution.cpe_kept or any(leg.existing for leg in solution.legs)):
        return sent
    there = {"id": solution.before.service, "@type": "ServiceRef"}
    return [*sent, {"relationshipType": REUSES, "service": there, "@type": "ServiceRelationship"}]


def _legs(solution: SiteSolution) -> Iterator[tuple[int, LegSolution, Sequence[LegSolution]]]:
    number = 0
    for place, leg in enumerate(solution.legs):
        if leg.end == "a":
            number += 1
            far = [one for one in solution.legs[place + 1 : place + 2] if one.end != "a"]
            yield number, leg, (leg, *far)


def _leg_name(number: int, leg: LegSolution) -> str:
    return f"Access leg {number}, {leg.technology}"


def _suppliers(legs: Sequence[LegSolution]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leg.supplier for leg in legs if leg.supplier != OWN))


def _facing(
    name: str, legs: Sequence[LegSolution], suppliers: Sequence[str], more: Mapping[str, str] | None = None
) -> Json:
    told: dict[str, Json] = {
        "name": name,
        "category": RESOURCE_FACING,
        "supportingResource": _references({**_resources_of(legs), **(more or {})}),
        "@type": "Service",
    }
    if suppliers:
        told["relatedParty"] = [
            {"id": one, "role": "supplier", "@type": "RelatedParty", "@referredType": "Organization"}
            for one in suppliers
        ]
    return told


def _resources_of(legs: Sequence[LegSolution]) -> dict[str, str]:
    used: dict[str, str] = {}
    for leg in legs:
        if leg.supplier == OWN:
            used[leg.access] = ACCESS
        used |= dict.fromkeys(leg.nodes, "pop") | dict.fromkeys(leg.links, "link")
        if leg.build is not None:
            used[leg.build] = "sharedBuild"
    return used


def _references(used: Mapping[str, str]) -> list[Json]:
    return [{"id": name, "@type": "ResourceRef", "@referredType": category} for name, category in used.items()]
