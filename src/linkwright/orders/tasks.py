"""Which outward tasks fulfil an order, and in which sequence. Pure: the design's legs decide.

Everything is held before anything is ordered. Then partners, the resource domain and the allocation of parameters
work at the same time. An item is implemented as soon as all three have delivered for it and whatever it depends on
is implemented; all that can be implemented at the same moment goes out as one order. Then it is registered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.orders.model import Task, TaskKind

SYSTEM_OF: Mapping[TaskKind, str] = {
    "reserve": "pool",
    "provide": "resource-orders",
    "allocate": "downstream",
    "implement": "downstream",
    "register": "services",
}
NEEDS: Mapping[str, tuple[TaskKind, ...]] = {
    "implement": ("procure", "provide", "allocate"),
    "register": ("implement",),
}
"""What must have been done for an item before it is its turn, whatever becomes of other items."""
CPE, BUILD, AUGMENT = "cpe", "build", "augment"
"""Parts of resource orders."""


def planned_tasks(order_id: str, solutions: Mapping[str, SiteSolution]) -> tuple[Task, ...]:
    """All tasks of an order, by item id of its designed items. Keys are stable: planning twice gives the same."""
    if not solutions:
        return ()
    items, holds = tuple(solutions), f"{order_id}/holds"
    return (
        *(_task(order_id, "reserve", (item,), item, stage=holds) for item in items),
        *(
            _task(
                order_id, "procure", (item,), item, leg.access, system=leg.supplier, access=leg.access, after=(holds,)
            )
            for item, solution in solutions.items()
            for leg in solution.legs
            if leg.supplier != "own"
        ),
        *(
            _task(order_id, "provide", served, *name, parts=parts, after=(holds,))
            for name, served, parts in _provided(solutions)
        ),
        _task(order_id, "allocate", items, after=(holds,)),
        *(_task(order_id, "implement", (item,), item, after=(holds,)) for item in items),
        *(_task(order_id, "register", (item,), item, after=(holds,)) for item in items),
    )


def _task(
    order_id: str,
    kind: TaskKind,
    items: tuple[str, ...],
    *name: str,
    system: str | None = None,
    stage: str | None = None,
    after: tuple[str, ...] = (),
    access: str | None = None,
    parts: tuple[str, ...] = (),
) -> Task:
    return Task(
        key="/".join((order_id, kind, *name)),
        order_id=order_id,
        kind=kind,
        system=system or SYSTEM_OF[kind],
        items=items,
        stage=stage,
        after=after,
        access=access,
        parts=parts,
    )


def _provided(
    solutions: Mapping[str, SiteSolution],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """Name, items and parts of each resource order: CPE at once for all, and apart from it what only some wait for.

    Builds and augments that the same items count on are ordered together.
    """
    users: defaultdict[str, list[str]] = defaultdict(list)
    for item, solution in solutions.items():
        for part in shared_parts(solution):
            users[part].append(item)
    parts_of: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for part in sorted(users):
        parts_of[tuple(users[part])].append(part)
    items = tuple(solutions)
    for_all = parts_of.pop(items, [])
    yield (), items, (CPE, *for_all) if parts_of else ()
    for served, parts in parts_of.items():
        yield (parts[0],), served, tuple(parts)


def shared_parts(solution: SiteSolution) -> list[str]:
    """What a design counts on beside its own CPE, as resource orders call it."""
    builds = (f"{BUILD}/{leg.build}" for leg in solution.legs if leg.build is not None)
    return list(dict.fromkeys((*builds, *(f"{AUGMENT}/{link}" for link in solution.augments))))


def of_kind(tasks: Iterable[Task], *kinds: TaskKind) -> list[Task]:
    return [task for task in tasks if task.kind in kinds]


def stage_of(task: Task) -> str:
    """Tasks without a stage are one each: those of orders that were planned before there were stages, too."""
    return task.stage or task.key


def is_out(task: Task) -> bool:
    return task.state in ("sent", "undoing")


def is_guarded(task: Task) -> bool:
    """A hold that the pool gave and that has to be looked after some day."""
    return task.kind == "reserve" and task.state == "done" and task.look_at is not None


def unserved(task: Task) -> list[str]:
    """Its items for which it is not done."""
    if task.state == "done":
        return []
    served = set(task.delivered)
    return [item for item in task.items if item not in served]
