"""Our own systems below: allocation and implementation (TMF641), the service inventory (TMF638)."""

from linkwright.orders.model import Errand, Order
from linkwright.wire.json import Json
from linkwright.wire.v4.design_words import DESIGN_ROLE
from linkwright.wire.v4.errands import customer, designed_service, key_entity, keyed

ALLOCATE = "Allocate Specific Service Parameters"
IMPLEMENT = "Implement, Configure & Activate"


def write_allocation_order(errand: Errand) -> Json:
    """Ask for the parameters of every service of the task: addresses, VLANs, identifiers."""
    return _order(errand, ALLOCATE, f"Parameters for order {errand.order.id}", state="reserved")


def write_implementation_order(errand: Errand) -> Json:
    """Order the services, after the order that allocated their parameters."""
    order = _order(errand, IMPLEMENT, f"Implementation of order {errand.order.id}", state="reserved")
    allocations = [task for task in errand.done.values() if task.kind == "allocate" and task.remote_id is not None]
    order["orderRelationship"] = [
        {"id": task.remote_id, "relationshipType": "dependsOn", "@type": "ServiceOrderRelationship"}
        | ({"href": task.remote_href} if task.remote_href else {})
        for task in allocations
    ]
    return order


def write_inventory_service(errand: Errand) -> Json:
    """One service that is active now, with the order item that made it and the design that it follows."""
    item_id = errand.task.items[0]
    service = designed_service(errand, item_id, "active")
    service.pop("id", None)
    design = {
        "id": errand.solutions[item_id].design_id,
        "role": DESIGN_ROLE,
        "@type": "EntityRef",
        "@referredType": "Document",
    }
    made_by = {"serviceOrderId": errand.order.id, "itemId": item_id, "itemAction": "add", "role": "creator"}
    return service | {
        "serviceOrderItem": [made_by],
        "relatedEntity": [design, key_entity(errand)],
    }


def _order(errand: Errand, category: str, description: str, state: str) -> dict[str, Json]:
    return keyed(errand, category, description) | {
        "relatedParty": [customer(errand)],
        "serviceOrderItem": [
            {
                "id": item_id,
                "action": "add",
                "service": designed_service(errand, item_id, state) | {"@type": "Service"},
                "@type": "ServiceOrderItem",
            }
            for item_id in errand.task.items
        ],
        "externalReference": _references(errand.order),
        "@type": "ServiceOrder",
    }


def _references(order: Order) -> list[Json]:
    """Our order, and the holds that it stands on."""
    ours = {"id": order.id, "name": order.id, "externalReferenceType": "serviceOrder"}
    holds = [
        {"id": one.id, "name": one.name, "externalReferenceType": one.kind}
        for one in order.references
        if one.kind == "reservation"
    ]
    return [one | {"@type": "ExternalReference"} for one in (ours, *holds)]
