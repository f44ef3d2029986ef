"""Which outward tasks fulfil an order, and in which sequence. Pure: the design's legs decide.

Hold everything before anything is ordered; partners and resources may work at the same time; parameters are
allocated when both have delivered, then the services are implemented and written to the inventory.
"""

from collections.abc import Iterable, Mapping, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.orders.model import Task, TaskKind

SYSTEM_OF: Mapping[TaskKind, str] = {
    "reserve": "pool",
    "provide": "resource-orders",
    "allocate": "downstream",
    "implement": "downstream",
    "register": "services",
}
OVER: frozenset[str] = frozenset({"done", "failed", "undone"})


def planned_tasks(order_id: str, solutions: Mapping[str, SiteSolution]) -> tuple[Task, ...]:
    """All tasks of an order, by item id of its designed items. Keys are stable: planning twice gives the same."""
    if not solutions:
        return ()
    items = tuple(solutions)
    holds = [_task(order_id, "reserve", (item,)) for item in items]
    after_holds = tuple(task.key for task in holds)
    bought = [
        _task(order_id, "procure", (item,), after=after_holds, system=leg.supplier, access=leg.access)
        for item, solution in solutions.items()
        for leg in solution.legs
        if leg.supplier != "own"
    ]
    provided = _task(order_id, "provide", items, after=after_holds)
    delivered = (*(task.key for task in bought), provided.key)
    allocated = _task(order_id, "allocate", items, after=delivered)
    implemented = _task(order_id, "implement", items, after=(allocated.key,))
    registered = [_task(order_id, "register", (item,), after=(implemented.key,)) for item in items]
    return (*holds, *bought, provided, allocated, implemented, *registered)


def _task(
    order_id: str,
    kind: TaskKind,
    items: tuple[str, ...],
    *,
    after: tuple[str, ...] = (),
    system: str | None = None,
    access: str | None = None,
) -> Task:
    name = "/".join(
        [order_id, kind, *(items if len(items) == 1 and kind in ("reserve", "procure", "register") else ())]
    )
    key = f"{name}/{access}" if access else name
    return Task(
        key=key, order_id=order_id, kind=kind, system=system or SYSTEM_OF[kind], items=items, after=after, access=access
    )


def ready(tasks: Sequence[Task]) -> list[Task]:
    """Planned tasks whose predecessors are all over, in the order in which they were planned."""
    over = {task.key for task in tasks if task.state in OVER}
    return [task for task in tasks if task.state == "planned" and over.issuperset(task.after)]


def of_kind(tasks: Iterable[Task], *kinds: TaskKind) -> list[Task]:
    return [task for task in tasks if task.kind in kinds]
