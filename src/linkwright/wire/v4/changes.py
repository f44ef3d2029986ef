"""What is said outward about services that are there: how one is changed or ended, and what of it is given up."""

from collections.abc import Collection, Iterator, Mapping

from linkwright.designs.existing import CPE_MODEL
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.orders.errands import Errand
from linkwright.orders.tasks import gives_up
from linkwright.wire.characteristics import is_answered, listed, read_characteristics
from linkwright.wire.json import Json, write_day
from linkwright.wire.places import write_place
from linkwright.wire.v4.design_words import DESIGN_ROLE
from linkwright.wire.v4.errands import (
    KEY_ROLE,
    customer,
    designed_service,
    inventory_resource,
    item_of,
    key_entity,
    related_place,
    wanted_on,
)

PARTNER_ORDER = "partnerOrder"
"""The role of our order of an access at a partner, by which the partner knows later what is meant."""
MEASURED = "delivered."
"""Begins the words of what was measured: of a service as it was before its change."""
ENDED = "terminated"


def before_of(errand: Errand, item_id: str) -> Before | None:
    """The service before the change or the end that an item makes; None where it adds one."""
    solution = errand.solutions.get(item_id)
    return item_of(errand, item_id).leaving if solution is None else solution.before


def given_back(errand: Errand, item_id: str) -> tuple[Given, ...]:
    """What the item does not use any more."""
    before = before_of(errand, item_id)
    return () if before is None else before.released


def service_id_of(errand: Errand) -> str:
    """The service that the task's only item changes or ends."""
    (item_id,) = errand.task.items
    before = before_of(errand, item_id)
    return item_of(errand, item_id).service_id or (before.service if before is not None else "")


def leaving_service(errand: Errand, item_id: str) -> dict[str, Json]:
    """A service that ends: which one, whose, where, when, and the resources that come back."""
    item, day = item_of(errand, item_id), wanted_on(errand, (item_id,))
    wanted = item.requirement
    service: dict[str, Json] = {
        "id": item.service_id,
        "state": ENDED,
        "relatedParty": [customer(errand)],
        "supportingResource": [
            {"id": one.resource, "@type": "ResourceRef", "@referredType": one.category}
            for one in given_back(errand, item_id)
            if one.supplier == OWN
        ],
    }
    if day is not None:
        service["endDate"] = write_day(day)
    if wanted.specification is not None:
        service["serviceSpecification"] = {"id": wanted.specification, "@type": "ServiceSpecificationRef"}
    return service | _place(errand, item_id)


def write_partner_cease(errand: Errand, head: dict[str, Json]) -> Json:
    """End an access at a partner, by his own offer of it and, where it is known, our order of it."""
    (item_id,) = errand.task.items
    leg = next(one for one in given_back(errand, item_id) if one.resource == errand.task.access)
    service = {"name": f"Access {leg.reference or leg.resource}", "state": ENDED, "@type": "Service"}
    service |= _place(errand, item_id)
    order = head | {
        "serviceOrderItem": [{"id": item_id, "action": "delete", "service": service, "@type": "ServiceOrderItem"}],
        "@type": "ServiceOrder",
    }
    if leg.reference is not None:
        quoted = {"id": leg.reference, "name": leg.reference, "externalReferenceType": "serviceQualification"}
        order["externalReference"] = [quoted | {"@type": "ExternalReference"}]
    if leg.order is not None:
        ended = {"id": leg.order, "relationshipType": "ceases", "@type": "ServiceOrderRelationship"}
        order["orderRelationship"] = [ended]
    return order


def returned_names(errand: Errand, item_id: str) -> list[str]:
    """How the items of a resource order are called that take equipment of this item back."""
    return [f"{item_id}/{one.resource}" for one in _cpe(errand, item_id)]


def returned_items(errand: Errand) -> Iterator[Json]:
    """Items of a resource order that take equipment back."""
    for item_id in errand.task.items:
        for one, name in zip(_cpe(errand, item_id), returned_names(errand, item_id), strict=True):
            places = _place(errand, item_id).get("place")
            place = {"place": places[0]} if places else {}
            yield {
                "id": name,
                "action": "delete",
                "quantity": one.quantity,
                "resource": inventory_resource(one.resource, one.category) | place,
                "@type": "ResourceOrderItem",
            }


def partner_orders(errand: Errand) -> list[Json]:
    """Our orders at partners that the service of the task stands on."""
    bought = [task for task in errand.done.values() if task.kind == "procure" and not gives_up(task)]
    return [
        {
            "id": task.remote_id,
            "name": task.access,
            "role": PARTNER_ORDER,
            "@type": "EntityRef",
            "@referredType": "ServiceOrder",
        }
        for task in bought
        if task.remote_id is not None
    ]


def design_entity(errand: Errand, item_id: str) -> Json:
    """The design that a service follows."""
    name = errand.solutions[item_id].design_id
    return {"id": name, "role": DESIGN_ROLE, "@type": "EntityRef", "@referredType": "Document"}


def made_by(errand: Errand, item_id: str, role: str) -> Json:
    """The item of an order that made, changed or ended a service."""
    action = item_of(errand, item_id).action
    return {"serviceOrderId": errand.order.id, "itemId": item_id, "itemAction": action, "role": role}


def write_service_change(errand: Errand, there: Mapping[str, Json]) -> Json:
    """How the entry of the inventory is changed that is `there`: as it is designed now, or ended.

    A list takes the place of the one before, so that what others have written into it is sent along.
    """
    (item_id,) = errand.task.items
    items = _listed(there, "serviceOrderItem")
    if errand.task.action == "delete":
        ended = {"state": ENDED, "serviceOrderItem": [*items, made_by(errand, item_id, "terminator")]}
        return ended | {"relatedEntity": [*_listed(there, "relatedEntity"), key_entity(errand)]}
    change = designed_service(errand, item_id, "active")
    for name in ("id", "category", "relatedParty"):
        change.pop(name, None)
    new = read_characteristics(change["serviceCharacteristic"])
    old = [one for one in _listed(there, "serviceCharacteristic") if _stays(str(one.get("name")), new)]
    kept = {leg.access for leg in errand.solutions[item_id].legs}
    entities = [one for one in _listed(there, "relatedEntity") if _is_used(one, kept)]
    return change | {
        "serviceCharacteristic": [*change["serviceCharacteristic"], *old],
        "serviceOrderItem": [*items, made_by(errand, item_id, "modifier")],
        "relatedEntity": [*entities, design_entity(errand, item_id), key_entity(errand), *partner_orders(errand)],
    }


def has_key(thing: Mapping[str, Json], key: str) -> bool:
    """Whether our key stands among its entities."""
    return any(one.get("id") == key and one.get("role") == KEY_ROLE for one in _listed(thing, "relatedEntity"))


def _listed(thing: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    return [one for one in listed(thing.get(name)) if isinstance(one, Mapping)]


def _stays(name: str, new: Mapping[str, Json]) -> bool:
    """Parameters and what others have noted; not what we said of the design before, nor what was measured of it."""
    return name not in new and not is_answered(name) and not name.startswith(MEASURED)


def _is_used(entity: Mapping[str, Json], accesses: Collection[str]) -> bool:
    """Another design takes the place of the one before, and an access that is not used has no order any more."""
    role = entity.get("role")
    return role != DESIGN_ROLE and (role != PARTNER_ORDER or entity.get("name") in accesses)


def _cpe(errand: Errand, item_id: str) -> list[Given]:
    return [one for one in given_back(errand, item_id) if one.category == CPE_MODEL and one.supplier == OWN]


def _place(errand: Errand, item_id: str) -> dict[str, Json]:
    """Where the service is, as far as it is known."""
    solution, wanted = errand.solutions.get(item_id), item_of(errand, item_id).requirement.place
    if solution is not None:
        return {"place": [related_place(solution.place, solution.requirement.place)]}
    if wanted is None or wanted.id is None:
        return {}
    return {"place": [write_place(wanted)]}
