"""Our own systems below: allocation and implementation (TMF641), the service inventory (TMF638)."""

from linkwright.orders.model import Errand, Task
from linkwright.wire.json import Json
from linkwright.wire.v4.design_words import DESIGN_ROLE
from linkwright.wire.v4.errands import customer, designed_service, key_entity, keyed

ALLOCATE = "Allocate Specific Service Parameters"
IMPLEMENT = "Implement, Configure & Activate"


def write_allocation_order(errand: Errand) -> Json:
    """Ask for the parameters of every service of the task: addresses, VLANs, identifiers."""
    return _order(errand, ALLOCATE, f"Parameters for order {errand.order.id}", state="reserved")


def write_release_order(errand: Errand) -> Json:
    """Give back the parameters that the task's order has allocated."""
    description = f"Parameters of order {errand.order.id} that are not needed any more"
    order = _order(errand, ALLOCATE, description, state="terminated", action="delete")
    return order | {"orderRelationship": [_depends_on(errand.task)]}


def write_implementation_order(errand: Errand) -> Json:
    """Order the services, after the order that allocated their parameters."""
    order = _order(errand, IMPLEMENT, f"Implementation of order {errand.order.id}", state="reserved")
    allocations = [task for task in errand.done.values() if task.kind == "allocate" and task.remote_id is not None]
    order["orderRelationship"] = [_depends_on(task) for task in allocations]
    return order


def _depends_on(task: Task) -> Json:
    related = {"id": task.remote_id, "relationshipType": "dependsOn", "@type": "ServiceOrderRelationship"}
    return related | ({"href": task.remote_href} if task.remote_href else {})


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


def _order(errand: Errand, category: str, description: str, state: str, action: str = "add") -> dict[str, Json]:
    return keyed(errand, category, description) | {
        "relatedParty": [customer(errand)],
        "serviceOrderItem": [
            {
                "id": item_id,
                "action": action,
                "service": designed_service(errand, item_id, state) | {"@type": "Service"},
                "@type": "ServiceOrderItem",
            }
            for item_id in errand.task.items
        ],
        "externalReference": _references(errand),
        "@type": "ServiceOrder",
    }


def _references(errand: Errand) -> list[Json]:
    """Our order, and the holds that its items stand on."""
    ours = {"id": errand.order.id, "name": errand.order.id, "externalReferenceType": "serviceOrder"}
    holds = [
        {"id": task.remote_id, "name": task.key, "externalReferenceType": "reservation"}
        for task in errand.done.values()
        if task.kind == "reserve" and task.remote_id is not None
    ]
    return [one | {"@type": "ExternalReference"} for one in (ours, *holds)]
