"""Which outward tasks fulfil an order, and in which sequence. Pure: the design's legs decide.

Everything is held before anything is ordered. Then partners, the resource domain, the allocation of parameters and the
publication of service level objectives go on at the same time. An item is implemented as soon as all of them are done
for it and whatever it depends on is implemented; all that can be implemented at the same moment goes out as one order.
Then it is registered.

Of a service that is there only what is different is ordered, and what it does not use any more is given up once its
change is implemented. An item that depends on one which gives something back is held after that is registered: until
then somebody else has it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import CPE_MODEL, needed_by
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.orders.errands import Task, TaskAction, TaskKind

SYSTEM_OF: Mapping[TaskKind, str] = {
    "reserve": "pool",
    "provide": "resource-orders",
    "allocate": "downstream",
    "publish": "service-quality",
    "implement": "downstream",
    "register": "services",
}
ORDERED_BACK: frozenset[TaskKind] = frozenset({"procure", "provide", "allocate"})
"""Kinds whose task with the action `delete` gives up what an earlier one has got."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "implement": ("procure", "provide", "allocate", "publish"),
    "register": ("implement",),
    "procure/delete": ("implement",),
    "provide/delete": ("implement",),
    "allocate/delete": ("implement",),
}
"""What must have been done for an item before it is its turn, whatever becomes of other items: step by step."""
TOGETHER = frozenset({"implement", "provide/delete", "allocate/delete"})
"""Steps that are planned item by item; all that can go out at the same moment is one order."""
CPE, BUILD, AUGMENT = "cpe", "build", "augment"
"""Parts of resource orders."""


def planned_tasks(
    order_id: str,
    solutions: Mapping[str, SiteSolution],
    leaving: Mapping[str, Before] | None = None,
    waits: Mapping[str, Iterable[str]] | None = None,
    *,
    publishes: bool = False,
) -> tuple[Task, ...]:
    """All tasks of an order. Keys are stable: planning twice gives the same.

    `solutions` are the designs of items that add or change something, `leaving` the services of those that end one,
    `waits` the items that an item depends on. `publishes`: there is a system that takes service level objectives.
    """
    leaving = leaving or {}
    plan = _Plan(order_id, solutions, leaving, waits or {}, publishes)
    parts = plan.parts()
    return (
        *(task for part in parts for task in plan.holds(part)),
        *(task for part in parts for task in plan.ordered(part)),
        *plan.carried_out(),
        *plan.given_up(),
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Items that are held at the same time: `stage` is over once they are, `after` are the stages before it."""

    name: tuple[str, ...]
    items: tuple[str, ...]
    stage: str
    after: tuple[str, ...] = ()

    @property
    def begun(self) -> tuple[str, ...]:
        """The stages that must be over before something is ordered for these items."""
        return (*self.after[:1], self.stage)


class _Plan:
    def __init__(
        self,
        order_id: str,
        solutions: Mapping[str, SiteSolution],
        leaving: Mapping[str, Before],
        waits: Mapping[str, Iterable[str]],
        publishes: bool,
    ) -> None:
        self._order_id, self._solutions, self._leaving, self._waits = order_id, solutions, leaving, waits
        self._publishes = publishes
        self._released_by = {item: self._released(item) for item in (*solutions, *leaving)}
        self._giving = any(self._released_by.values())
        self._after = {item: part.begun for part in self.parts() for item in part.items}

    def parts(self) -> list[_Part]:
        """Those who count on something that others give back come apart from the rest, each kind by itself."""
        of: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for item in self._solutions:
            of[tuple(sorted(self._givers(item)))].append(item)
        first = _Part(name=(), items=tuple(of.pop((), ())), stage=self._holds)
        later = [
            _Part(
                name=(items[0],),
                items=tuple(items),
                stage=f"{self._holds}/{items[0]}",
                after=(self._holds, *(self._key("register", giver) for giver in givers)),
            )
            for givers, items in of.items()
        ]
        return [first, *later] if first.items else later

    @property
    def _holds(self) -> str:
        return f"{self._order_id}/holds"

    def _givers(self, item: str) -> set[str]:
        """Items that give something back and come before this one."""
        found, left = set[str](), list(self._waits.get(item, ()) if self._giving else ())
        while left:
            other = left.pop()
            if other not in found:
                found.add(other)
                left += self._waits.get(other, ())
        return {other for other in found if self._released_by.get(other)}

    def _released(self, item: str) -> tuple[Given, ...]:
        """What is given back by its change or its end."""
        before = self._leaving.get(item) or self._solutions[item].before
        return () if before is None else before.released

    def holds(self, part: _Part) -> Iterator[Task]:
        for item in part.items:
            if needed_by(self._solutions[item]):
                yield self._task("reserve", (item,), item, stage=part.stage, after=part.after)

    def ordered(self, part: _Part) -> Iterator[Task]:
        after = part.begun
        mine = {item: self._solutions[item] for item in part.items}
        for item, solution in mine.items():
            for leg in solution.legs:
                if leg.supplier != OWN and not leg.existing:
                    yield self._task(
                        "procure", (item,), item, leg.access, system=leg.supplier, access=leg.access, after=after
                    )
        for name, served, parts in _provided(mine):
            yield self._task("provide", served, *(name or part.name), parts=parts, after=after)
        if allocated := tuple(item for item, solution in mine.items() if _is_allocated(solution)):
            yield self._task("allocate", allocated, *part.name, after=after)
        for item, solution in mine.items() if self._publishes else ():
            if solution.objectives:
                yield self._task("publish", (item,), item, after=after)

    def carried_out(self) -> Iterator[Task]:
        for kind in ("implement", "register"):
            for item in (*self._solutions, *self._leaving):
                yield self._task(kind, (item,), item, after=self._begun(item), action=self._action(item))

    def _begun(self, item: str) -> tuple[str, ...]:
        return self._after.get(item, (self._holds,))

    def _action(self, item: str) -> TaskAction:
        if item in self._leaving:
            return "delete"
        return "add" if self._solutions[item].before is None else "modify"

    def given_up(self) -> Iterator[Task]:
        for item in (*self._solutions, *self._leaving):
            given = self._released_by[item]
            for one in given:
                if one.supplier != OWN:
                    name = (item, one.resource, "delete")
                    yield self._given_up("procure", item, *name, system=one.supplier, access=one.resource)
            if any(one.category == CPE_MODEL and one.supplier == OWN for one in given):
                yield self._given_up("provide", item, item, "delete")
            if item in self._leaving:
                yield self._given_up("allocate", item, item, "delete")

    def _given_up(
        self, kind: TaskKind, item: str, *name: str, system: str | None = None, access: str | None = None
    ) -> Task:
        after = self._begun(item)
        return self._task(kind, (item,), *name, system=system, access=access, after=after, action="delete")

    def _key(self, kind: TaskKind, *name: str) -> str:
        return "/".join((self._order_id, kind, *name))

    def _task(
        self,
        kind: TaskKind,
        items: tuple[str, ...],
        *name: str,
        system: str | None = None,
        stage: str | None = None,
        after: tuple[str, ...] = (),
        access: str | None = None,
        parts: tuple[str, ...] = (),
        action: TaskAction = "add",
    ) -> Task:
        return Task(
            key=self._key(kind, *name),
            order_id=self._order_id,
            kind=kind,
            system=system or SYSTEM_OF[kind],
            items=items,
            stage=stage,
            after=after,
            access=access,
            parts=parts,
            action=action,
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
    items = tuple(item for item, solution in solutions.items() if sum(new_cpe(solution)))
    for_all = parts_of.pop(items, [])
    if items:
        yield (), items, (CPE, *for_all) if parts_of else ()
    for served, parts in parts_of.items():
        yield (parts[0],), served, tuple(parts)


def shared_parts(solution: SiteSolution) -> list[str]:
    """What a design counts on beside its own CPE, as resource orders call it."""
    builds = (f"{BUILD}/{leg.build}" for leg in solution.legs if leg.build is not None)
    return list(dict.fromkeys((*builds, *(f"{AUGMENT}/{link}" for link in solution.augments))))


def new_cpe(solution: SiteSolution) -> tuple[int, ...]:
    """The pieces of CPE that are not there yet, at each end; those that are count from the first end on."""
    ends = 1 if solution.place.far is None else 2
    each = solution.cpe_quantity // ends
    return tuple(each - min(max(solution.cpe_kept - end * each, 0), each) for end in range(ends))


def _is_allocated(solution: SiteSolution) -> bool:
    """Parameters belong to services that are new, and to accesses and CPE that come to one."""
    is_new = solution.before is None or not all(leg.existing for leg in solution.legs)
    return is_new or sum(new_cpe(solution)) > 0


def of_kind(tasks: Iterable[Task], *kinds: TaskKind) -> list[Task]:
    return [task for task in tasks if task.kind in kinds]


def gives_up(task: Task) -> bool:
    """It ends what a service had and does not use any more. It goes out behind the point of no return, and stays."""
    return task.action == "delete" and task.kind in ORDERED_BACK


def step_of(task: Task) -> str:
    """Its part in the way of an item, as in `NEEDS`."""
    if task.is_return:
        return "provide/return"
    return f"{task.kind}/delete" if gives_up(task) else task.kind


def stage_of(task: Task) -> str:
    """Tasks without a stage are one each: those of orders that were planned before there were stages, too."""
    return task.stage or task.key


def is_out(task: Task) -> bool:
    return task.state in ("sent", "undoing")


def is_unplaced(task: Task) -> bool:
    """Nobody has it yet who should do it."""
    return task.state in ("planned", "fallen") or (task.state == "sent" and task.remote_id is None)


def is_guarded(task: Task) -> bool:
    """A hold that the pool gave and that has to be looked after some day."""
    return task.kind == "reserve" and task.state == "done" and task.look_at is not None


def unserved(task: Task) -> list[str]:
    """Its items for which it is not done."""
    if task.state == "done":
        return []
    served = set(task.delivered)
    return [item for item in task.items if item not in served]
