"""The resource domain as a place of action: holds (TMF685) and resource orders (TMF652)."""

from collections.abc import Iterator
from datetime import datetime

from linkwright.designs.existing import used_by
from linkwright.orders.model import Errand
from linkwright.wire.json import Json, write_moment
from linkwright.wire.v4.errands import customer, inventory_resource, key_entity, keyed, place_of

PROVIDE = "Provide Resources"


def write_reservation(errand: Errand, until: datetime | None = None) -> Json:
    """Hold everything that the design of one item uses; without `until` the pool decides how long."""
    solution = errand.solutions[errand.task.items[0]]
    party = {name: value for name, value in customer(errand).items() if name != "@type"}
    reservation: dict[str, Json] = {
        "description": f"Order {errand.order.id}, item {errand.task.items[0]}",
        "relatedParty": [party],
        "relatedEntity": [key_entity(errand)],
        "reservationItem": [
            {
                "id": str(number),
                "quantity": quantity,
                "relatedEntity": [
                    {"id": name, "role": "reserved", "@type": "EntityRef", "@referredType": category},
                ],
                "@type": "ReservationItem",
            }
            for number, ((name, category), quantity) in enumerate(used_by(solution).items(), start=1)
        ],
        "@type": "Reservation",
    }
    if until is not None:
        reservation["reservationPeriod"] = {"endDateTime": write_moment(until)}
    return reservation


def write_resource_order(errand: Errand) -> Json:
    """Order the CPE of every item, and each build and augment that they share once."""
    return keyed(errand, PROVIDE, f"Resources for order {errand.order.id}") | {
        "relatedParty": [customer(errand)],
        "orderItem": list(_resource_items(errand)),
        "@type": "ResourceOrder",
    }


def _resource_items(errand: Errand) -> Iterator[Json]:
    solutions = {item: errand.solutions[item] for item in errand.task.items}
    for item, solution in solutions.items():
        ends = ("a",) if solution.place.far is None else ("a", "z")
        for end in ends:
            cpe = inventory_resource(solution.cpe, "cpeModel") | {"place": place_of(solution, end)}
            name = f"{item}/cpe" if end == "a" else f"{item}/cpe/far"
            yield _resource_item(name, "add", solution.cpe_quantity // len(ends), cpe)
    builds = {leg.build for solution in solutions.values() for leg in solution.legs if leg.build is not None}
    for build in sorted(builds):
        yield _resource_item(f"build/{build}", "add", 1, inventory_resource(build, "sharedBuild"))
    for link in sorted({link for solution in solutions.values() for link in solution.augments}):
        yield _resource_item(f"augment/{link}", "modify", 1, inventory_resource(link, "link"))


def _resource_item(item_id: str, action: str, quantity: int, resource: Json) -> Json:
    return {"id": item_id, "action": action, "quantity": quantity, "resource": resource, "@type": "ResourceOrderItem"}
