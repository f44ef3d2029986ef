"""What the tasks of an order say to other systems, before there is such an order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Errand, Task, TaskKind
from linkwright.orders.model import Order, OrderItem
from linkwright.wire.json import Json
from linkwright.wire.naming import CUSTOMER
from linkwright.wire.v4.changes import write_service_change
from linkwright.wire.v4.downstream import write_allocation_order, write_implementation_order, write_inventory_service
from linkwright.wire.v4.partner import write_partner_order
from linkwright.wire.v4.quality import objectives_of, write_level_specification, write_objective
from linkwright.wire.v4.resource_domain import write_hold_periods, write_reservation, write_resource_order

ORDER, REQUESTER = "{order}", "{requester}"
"""What stands for the id of the order to come, and for who will send it."""


def previewed(task: Task, ref: str, solution: SiteSolution, done: Mapping[str, Task]) -> tuple[Json, ...]:
    """Each body that goes out for a task of an order with this design alone, `done` before it.

    What only the order will tell is not in it: ids, parameters, and the ends of holds.
    """
    began = solution.computed_at if solution.plan is None else datetime.combine(solution.plan.ordered, time(0), UTC)
    before = solution.before
    item = OrderItem(
        id=ref,
        action="add" if before is None else "modify",
        state="acknowledged",
        requirement=solution.requirement,
        service_id=None if before is None else before.service,
    )
    order = Order(
        id=ORDER, state="acknowledged", items=(item,), ordered_at=began, requester=REQUESTER, body=_request(solution)
    )
    done = {name: replace(one, state="done") for name, one in done.items()}
    errand = Errand(task=task, order=order, solutions={ref: solution}, done=done)
    return _objectives(errand) if task.kind == "publish" else (_WRITERS[task.kind](errand),)


def _request(solution: SiteSolution) -> dict[str, Json]:
    customer = solution.requirement.customer
    return {} if customer is None else {"relatedParty": [{"id": customer, "role": CUSTOMER}]}


def _reservation(errand: Errand) -> Json:
    """With the time of a service that has one, and of what is only planned."""
    (solution,) = errand.solutions.values()
    periods = write_hold_periods(solution, errand.order.ordered_at)
    own = {"reservationPeriod": periods["reservationPeriod"]} if "validFor" in periods else {}
    return write_reservation(errand) | own


def _objectives(errand: Errand) -> tuple[Json, ...]:
    """Each objective, and the list of them."""
    named = [(f"{errand.task.placed_as}/{n}", one) for n, one in enumerate(objectives_of(errand), 1)]
    made = [{"id": f"{{id of {name}}}"} for name, _ in named]
    return (*(write_objective(errand, one, name) for name, one in named), write_level_specification(errand, made))


def _registered(errand: Errand) -> Json:
    """A new entry of the inventory, or how the one that is there is changed."""
    return write_inventory_service(errand) if errand.task.action == "add" else write_service_change(errand, {})


_WRITERS: Mapping[TaskKind, Callable[[Errand], Json]] = {
    "reserve": _reservation,
    "procure": write_partner_order,
    "provide": write_resource_order,
    "allocate": write_allocation_order,
    "implement": write_implementation_order,
    "register": _registered,
}
