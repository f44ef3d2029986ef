"""The resource domain as a place of action: holds (TMF685) and resource orders (TMF652)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import CPE_MODEL, needed_by
from linkwright.holds.model import Wanted
from linkwright.orders.errands import Errand, Seen
from linkwright.orders.tasks import BUILD, CPE, gives_up, new_cpe, shared_parts
from linkwright.wire.json import Json, write_day, write_moment
from linkwright.wire.v4.changes import returned_items, returned_names
from linkwright.wire.v4.errands import KEY_ROLE, customer, inventory_resource, key_entity, keyed, party_of, place_of
from linkwright.wire.v4.progress import read_order_progress

PROVIDE = "Provide Resources"
HOLDER_ROLE = "holder"
END_OF_DAY = time(23, 59, 59)


def write_reservation(errand: Errand, until: datetime | None = None, holder: str | None = None) -> Json:
    """Hold everything that one item needs: what its design uses, or what a change adds to that.

    Without `until` the pool decides how long.
    """
    item = errand.task.items[0]
    return _reservation(
        errand.solutions[item],
        f"Order {errand.order.id}, item {item}",
        party=customer(errand),
        marks=[key_entity(errand), *holder_entities(holder)],
        until=until,
    )


def write_hold(wanted: Wanted, holder: str | None = None) -> Json:
    """The same for a design that a check proposes."""
    hold = wanted.hold
    key = {"id": hold.key, "role": KEY_ROLE, "@type": "EntityRef", "@referredType": "CheckServiceQualification"}
    return _reservation(
        wanted.solution,
        f"Check {hold.check_id}, item {hold.item_id}",
        party=party_of(wanted.body, hold.requester),
        marks=[key, *holder_entities(holder)],
        until=hold.expires_at,
    )


def write_hold_periods(solution: SiteSolution, until: datetime) -> dict[str, Json]:
    """When it is held, and until when at most unless it is extended.

    A service for a time is held for its own time, and what is only planned from the day on which all of it is there;
    then `validFor` says when the hold ends by itself.
    """
    wanted = solution.requirement
    start = wanted.service_start or solution.planned_in_service
    if start is None and wanted.service_end is None:
        return {"reservationPeriod": {"endDateTime": write_moment(until)}}
    period = {}
    if start is not None:
        period["startDateTime"] = write_day(start)
    if wanted.service_end is not None:
        period["endDateTime"] = write_moment(datetime.combine(wanted.service_end, END_OF_DAY, tzinfo=UTC))
    return {"reservationPeriod": period, "validFor": {"endDateTime": write_moment(until)}}


def holder_entities(holder: str | None) -> list[Json]:
    """By which one pool tells the holds of several installations apart."""
    if holder is None:
        return []
    return [{"id": holder, "role": HOLDER_ROLE, "@type": "EntityRef", "@referredType": "Installation"}]


def _reservation(
    solution: SiteSolution,
    description: str,
    *,
    party: Mapping[str, Json],
    marks: list[Json],
    until: datetime | None,
) -> Json:
    reservation: dict[str, Json] = {
        "description": description,
        "relatedParty": [{name: value for name, value in party.items() if name != "@type"}],
        "relatedEntity": marks,
        "reservationItem": [
            {
                "id": str(number),
                "quantity": quantity,
                "relatedEntity": [
                    {"id": name, "role": "reserved", "@type": "EntityRef", "@referredType": category},
                ],
                "@type": "ReservationItem",
            }
            for number, ((name, category), quantity) in enumerate(needed_by(solution).items(), start=1)
        ],
        "@type": "Reservation",
    }
    return reservation if until is None else reservation | write_hold_periods(solution, until)


def write_resource_order(errand: Errand) -> Json:
    """Order what the task is about: the CPE of every item, and each build and augment that they share once.

    Or take back the CPE that its items do not use any more, or what came for items that were cancelled.
    """
    items = returned_items(errand) if _is_of_a_change(errand) else _resource_items(errand)
    return keyed(errand, PROVIDE, f"Resources for order {errand.order.id}") | {
        "relatedParty": [customer(errand)],
        "orderItem": list(items),
        "@type": "ResourceOrder",
    }


def read_resource_order(errand: Errand, doc: Json) -> Seen:
    """What has become of it, item by item of ours: one is done for when all that it counts on is."""
    seen, named = read_order_progress(doc), _parts_by_item(errand)
    delivered = frozenset(seen.delivered)
    lost = {item: [part for part in parts if part in seen.failures] for item, parts in named.items()}
    return replace(
        seen,
        parameters={},
        delivered=tuple(item for item, parts in named.items() if delivered.issuperset(parts) and parts),
        failures={
            item: "; ".join(f"{part}: {seen.failures[part]}" for part in parts) for item, parts in lost.items() if parts
        },
    )


def _parts_by_item(errand: Errand) -> dict[str, list[str]]:
    """The items of the resource order that each of ours counts on."""
    if _is_of_a_change(errand):
        return {item: returned_names(errand, item) for item in errand.task.items}
    return {
        item: [
            *(name for name, _, _ in _new_cpe(item, errand.solutions[item]) if _is_wanted(errand, CPE)),
            *(part for part in shared_parts(errand.solutions[item]) if _is_wanted(errand, part)),
        ]
        for item in errand.task.items
    }


def _new_cpe(item: str, solution: SiteSolution) -> Iterator[tuple[str, str, int]]:
    """Name, end and pieces of each end that gets some."""
    for pieces, end, name in zip(new_cpe(solution), "az", (f"{item}/cpe", f"{item}/cpe/far"), strict=False):
        if pieces:
            yield name, end, pieces


def _is_of_a_change(errand: Errand) -> bool:
    """It takes back what a service had before its change or its end."""
    return gives_up(errand.task) and not errand.task.is_return


def _is_wanted(errand: Errand, part: str) -> bool:
    return not errand.task.parts or part in errand.task.parts


def _resource_items(errand: Errand) -> Iterator[Json]:
    solutions = {item: errand.solutions[item] for item in errand.task.items}
    for item, solution in solutions.items() if _is_wanted(errand, CPE) else ():
        for name, end, pieces in _new_cpe(item, solution):
            cpe = inventory_resource(solution.cpe, CPE_MODEL) | {"place": place_of(solution, end)}
            yield _resource_item(name, "delete" if errand.task.is_return else "add", pieces, cpe)
    shared = {part for solution in solutions.values() for part in shared_parts(solution) if _is_wanted(errand, part)}
    for part in sorted(shared, key=lambda part: (not part.startswith(BUILD), part)):
        kind, _, resource_id = part.partition("/")
        is_build = kind == BUILD
        resource = inventory_resource(resource_id, "sharedBuild" if is_build else "link")
        yield _resource_item(part, "add" if is_build else "modify", 1, resource)


def _resource_item(item_id: str, action: str, quantity: int, resource: Json) -> Json:
    return {"id": item_id, "action": action, "quantity": quantity, "resource": resource, "@type": "ResourceOrderItem"}
