"""Our own systems below: allocation and implementation (TMF641), the service inventory (TMF638)."""

from collections.abc import Callable, Sequence

from linkwright.orders.errands import Errand, Task
from linkwright.orders.model import Action
from linkwright.orders.plans import bespoke_work
from linkwright.orders.tasks import gives_up
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.json import Json, present
from linkwright.wire.v4.changes import ENDED, design_entity, leaving_service, made_by, partner_orders
from linkwright.wire.v4.courses import WORK_ITEMS, write_work
from linkwright.wire.v4.errands import customer, designed_service, item_of, key_entity, keyed

ALLOCATE = "Allocate Specific Service Parameters"
IMPLEMENT = "Implement, Configure & Activate"


def write_allocation_order(errand: Errand) -> Json:
    """Ask for the parameters of every service of the task: addresses, VLANs, identifiers; or give back those it had."""
    if gives_up(errand.task):
        return _order(errand, ALLOCATE, f"Parameters of services that end with order {errand.order.id}", _own_item)
    return _order(errand, ALLOCATE, f"Parameters for order {errand.order.id}", _own_item)


def write_release_order(errand: Errand) -> Json:
    """Give back the parameters that the task's order has allocated."""
    description = f"Parameters of order {errand.order.id} that are not needed any more"
    order = _order(errand, ALLOCATE, description, _released_item)
    return order | {"orderRelationship": [_depends_on(errand.task)]}


def write_implementation_order(errand: Errand) -> Json:
    """Order that services are made, changed and ended, each by its own item, after what allocated their parameters.

    Where no order did a note says so.
    """
    order = _order(errand, IMPLEMENT, f"Implementation of order {errand.order.id}", _implemented_item)
    done = [task for task in errand.done.values() if task.kind == "allocate" and not gives_up(task)]
    allocations = [task for task in done if task.remote_id is not None]
    by_hand = [item for task in done if task.remote_id is None for item in task.items if item in errand.task.items]
    return order | present(
        orderRelationship=[_depends_on(task) for task in allocations] or None,
        note=[_by_hand(by_hand)] if by_hand else None,
    )


def _by_hand(items: Sequence[str]) -> Json:
    text = f"Parameters were allocated by hand, by no order: {', '.join(items)}."
    return {"text": text, "@type": "Note"}


def _depends_on(task: Task) -> Json:
    related = {"id": task.remote_id, "relationshipType": "dependsOn", "@type": "ServiceOrderRelationship"}
    return related | ({"href": task.remote_href} if task.remote_href else {})


def write_inventory_service(errand: Errand) -> Json:
    """One service that is active now, with the order item that made it and the design that it follows."""
    item_id = errand.task.items[0]
    service = designed_service(errand, item_id, "active")
    service.pop("id", None)
    return service | {
        "serviceOrderItem": [made_by(errand, item_id, "creator")],
        "relatedEntity": [design_entity(errand, item_id), key_entity(errand), *partner_orders(errand)],
    }


def _own_item(errand: Errand, item_id: str) -> Json:
    """What our own item says, of the service as it is designed or as it ends."""
    action = item_of(errand, item_id).action
    if action == "delete":
        return _item(item_id, action, leaving_service(errand, item_id))
    state = "active" if action == "modify" else "reserved"
    return _item(item_id, action, designed_service(errand, item_id, state))


def _implemented_item(errand: Errand, item_id: str) -> Json:
    """Whoever implements has to know of the bespoke steps: what, when, and whose they are."""
    item, solution = _own_item(errand, item_id), errand.solutions.get(item_id)
    course = item_of(errand, item_id).course
    work = course.work if course is not None else ()
    if not work and solution is not None and solution.plan is not None:
        work = bespoke_work(solution.plan, (errand.order.started_at or errand.order.ordered_at).date())
    if not work:
        return item
    service = item["service"]
    told = write_characteristics({WORK_ITEMS: write_work(work)})
    kept = [one for one in service.get("serviceCharacteristic", ()) if one["name"] != WORK_ITEMS]
    return item | {"service": service | {"serviceCharacteristic": [*kept, *told]}}


def _released_item(errand: Errand, item_id: str) -> Json:
    """Parameters that are not needed after all. A service that is there keeps its own, so that it is not named."""
    if item_of(errand, item_id).action == "add":
        return _item(item_id, "delete", designed_service(errand, item_id, ENDED))
    given = write_characteristics(errand.task.parameters.get(item_id, {}))
    return _item(item_id, "delete", {"name": "Parameters of a change", "serviceCharacteristic": given})


def _item(item_id: str, action: Action, service: dict[str, Json]) -> Json:
    return {"id": item_id, "action": action, "service": service | {"@type": "Service"}, "@type": "ServiceOrderItem"}


def _order(errand: Errand, category: str, description: str, item: Callable[[Errand, str], Json]) -> dict[str, Json]:
    return keyed(errand, category, description) | {
        "relatedParty": [customer(errand)],
        "serviceOrderItem": [item(errand, item_id) for item_id in errand.task.items],
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
