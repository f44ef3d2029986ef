"""What is said outward about services that are there: how one is changed, and what of it goes back."""

from collections.abc import Iterable, Iterator

from linkwright.designs.answers import Before, Given
from linkwright.orders.model import Errand
from linkwright.wire.json import Json
from linkwright.wire.v4.errands import (
    customer,
    designed_service,
    inventory_resource,
    item_of,
    key_entity,
    related_place,
)

CPE = "cpeModel"
OWN = "own"


def before_of(errand: Errand, item_id: str) -> Before | None:
    """The service before the change or release of an item; None where the item adds one."""
    solution = errand.solutions.get(item_id)
    return item_of(errand, item_id).leaving if solution is None else solution.before


def given_back(errand: Errand, item_id: str) -> tuple[Given, ...]:
    """What the item does not use any more."""
    before = before_of(errand, item_id)
    return () if before is None else before.released


def service_of(errand: Errand, item_id: str, state: str) -> dict[str, Json]:
    """The service of an item as it is to be: designed, or on its way out."""
    if item_id in errand.solutions:
        return designed_service(errand, item_id, state)
    return leaving_service(errand, item_id)


def leaving_service(errand: Errand, item_id: str) -> dict[str, Json]:
    """A service that is released: which one, whose, where, and the resources that come back."""
    item = item_of(errand, item_id)
    wanted = item.requirement
    service: dict[str, Json] = {
        "id": item.service_id,
        "state": "terminated",
        "relatedParty": [customer(errand)],
        "supportingResource": [
            inventory_resource(one.resource, one.category) for one in given_back(errand, item_id) if one.supplier == OWN
        ],
    }
    if wanted.specification is not None:
        service["serviceSpecification"] = {"id": wanted.specification, "@type": "ServiceSpecificationRef"}
    if wanted.place is not None and wanted.place.id is not None:
        kind = "GeographicSite" if wanted.place.kind == "site" else "GeographicAddress"
        place = {"id": wanted.place.id, "role": "installation", "@type": "PlaceRef", "@referredType": kind}
        service["place"] = [place]
    return service


def ceased_leg(errand: Errand) -> Given:
    """The access of a partner that the task gives up."""
    item_id = errand.task.items[0]
    return next(one for one in given_back(errand, item_id) if one.resource == errand.task.access)


def returned_items(errand: Errand) -> Iterator[Json]:
    """Items of a resource order that take equipment back."""
    for item_id in errand.task.items:
        for one in _own(given_back(errand, item_id), CPE):
            yield {
                "id": f"{item_id}/{one.resource}",
                "action": "delete",
                "quantity": one.quantity,
                "resource": inventory_resource(one.resource, one.category) | _place(errand, item_id),
                "@type": "ResourceOrderItem",
            }


def write_ended_service(errand: Errand) -> Json:
    """The change of an inventory entry that says that its service is no more."""
    return {"state": "terminated", "relatedEntity": [key_entity(errand)]}


def _own(given: Iterable[Given], category: str) -> list[Given]:
    return [one for one in given if one.category == category and one.supplier == OWN]


def _place(errand: Errand, item_id: str) -> dict[str, Json]:
    solution = errand.solutions.get(item_id)
    if solution is not None:
        return {"place": related_place(solution.place, solution.requirement.place)}
    places = leaving_service(errand, item_id).get("place")
    return {"place": places[0]} if places else {}
