"""What every outward order and hold says alike: whose it is, which service, where, and what was allocated."""

from collections.abc import Iterable, Mapping
from datetime import date

from linkwright.designs.answers import SiteSolution
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import PlaceWanted, Spot
from linkwright.orders.errands import Errand
from linkwright.orders.model import OrderItem
from linkwright.orders.states import leaves_by_id
from linkwright.remembered import kept_with_its_object
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.json import Json, write_day
from linkwright.wire.naming import CUSTOMER
from linkwright.wire.places import FAR, NEAR
from linkwright.wire.v4.design_words import solution_words
from linkwright.wire.v4.facing import supporting_resources
from linkwright.wire.wishes import wishes_for_others

KEY_ROLE = "externalId"
INVENTORY = "/tmf-api/resourceInventoryManagement/v4/resource"
_ORGANIZATION = {"@type": "RelatedParty", "@referredType": "Organization"}
PRIVATE = ("commercial.", "partner.")
"""Words of a design that no other system has to know."""


def customer(errand: Errand) -> Json:
    """The order's customer."""
    return party_of(errand.order.body, errand.order.requester)


def party_of(body: Mapping[str, Json], requester: str) -> Json:
    """The customer of a request, or whoever it names first; where it names nobody the requester, who is none then."""
    named = [party for party in body.get("relatedParty") or () if party.get("id")]
    chosen = next((party for party in named if str(party.get("role", "")).lower() == CUSTOMER), None)
    party = chosen or next(iter(named), {"id": requester, "role": "requester"})
    return {**_ORGANIZATION, **party}


def _customer_of_service(errand: Errand, item_id: str) -> Json:
    """The customer that its own item names goes before that of the order."""
    party, own = customer(errand), errand.solutions[item_id].requirement.customer
    return party if own in (None, party["id"]) else {**_ORGANIZATION, "id": own, "role": "customer"}


def key_entity(errand: Errand) -> Json:
    """Our key, for APIs without an attribute for it."""
    return {"id": errand.task.placed_as, "role": KEY_ROLE, "@type": "EntityRef", "@referredType": "ServiceOrder"}


def keyed(errand: Errand, category: str, description: str) -> dict[str, Json]:
    """The head of an order. It is wanted when the last of its services is needed, or the last ends where all do."""
    head = {"externalId": errand.task.key, "category": category, "description": description}
    needed = [solution.needed_by for solution in errand.solutions.values()]
    day = max(needed) if needed else wanted_on(errand, errand.task.items)
    return head if day is None else head | {"requestedCompletionDate": write_day(day)}


def wanted_on(errand: Errand, items: Iterable[str]) -> date | None:
    """The last day that is wanted for these items, or for the order where they name none."""
    days = [day for item in items if (day := item_of(errand, item).requirement.needed_by) is not None]
    asked = errand.order.requested_completion
    return max(days, default=None if asked is None else asked.date())


def related_place(place: Spot, wanted: PlaceWanted | None, role: str = "installation") -> Json:
    """A reference to the place as it was found."""
    is_site = wanted is not None and wanted.kind == "site"
    return {
        "id": place.id,
        "name": place.name,
        "role": role,
        "@type": "PlaceRef",
        "@referredType": "GeographicSite" if is_site else "GeographicAddress",
    }


def item_of(errand: Errand, item_id: str) -> OrderItem:
    return leaves_by_id(errand.order)[item_id]


def designed_service(errand: Errand, item_id: str, state: str) -> dict[str, Json]:
    """The service of one item, complete: what was wished, what was designed and what was allocated so far."""
    solution = errand.solutions[item_id]
    wanted = solution.requirement
    words = {name: value for name, value in solution_words(solution).items() if not name.startswith(PRIVATE)}
    service: dict[str, Json] = {
        "name": f"{wanted.specification} at {solution.place.name}",
        "category": "CFS",
        "state": state,
        "serviceSpecification": {"id": wanted.specification, "@type": "ServiceSpecificationRef"},
        "place": _places(solution),
        "relatedParty": [_customer_of_service(errand, item_id)],
        "serviceCharacteristic": write_characteristics(
            {**wishes_for_others(wanted), **words, **allocated(errand, item_id)}
        ),
        "supportingResource": supporting_resources(solution),
    }
    service_id = item_of(errand, item_id).service_id
    return service if service_id is None else {"id": service_id, **service}


def _places(solution: SiteSolution) -> list[Json]:
    """Where the service is, or both of its ends by their roles."""
    wanted, far = solution.requirement, solution.place.far
    if far is None:
        return [place_of(solution)]
    return [related_place(solution.place, wanted.place, NEAR), related_place(far, wanted.far_place, FAR)]


def allocated(errand: Errand, item_id: str) -> dict[str, Json]:
    """Parameters of this item, from the order and from every task that has given it some."""
    return {**item_of(errand, item_id).parameters, **_given(errand).get(item_id, {})}


@kept_with_its_object
def _given(errand: Errand) -> Mapping[str, Mapping[str, Json]]:
    """By item id."""
    found: dict[str, dict[str, Json]] = {}
    for task in (*errand.done.values(), errand.task):
        for item_id, given in task.parameters.items():
            found.setdefault(item_id, {}).update(given)
    return found


def leg_of(errand: Errand, item_id: str) -> LegSolution:
    """The leg that a partner's order is about."""
    return next(leg for leg in errand.solutions[item_id].legs if leg.access == errand.task.access)


def inventory_resource(resource_id: str, category: str, solution: SiteSolution | None = None) -> dict[str, Json]:
    """A resource by its id in the inventory, at the place of a design where it belongs to one."""
    told: dict[str, Json] = {
        "id": resource_id,
        "href": f"{INVENTORY}/{resource_id}",
        "category": category,
        "@type": "ResourceRef",
        "@referredType": category,
    }
    return told if solution is None else told | {"place": place_of(solution)}


def place_of(solution: SiteSolution, end: str = "a") -> Json:
    """Where one end of a design is."""
    if end == "z" and solution.place.far is not None:
        return related_place(solution.place.far, solution.requirement.far_place)
    return related_place(solution.place, solution.requirement.place)
