"""Taking an order back: may it still be cancelled, and in which sequence is it undone.

A hold, an allocation and what was published can always be given back. The soft point of no return is reached when a
partner or the resource domain has confirmed an order and works on it: it may still be cancelled, but that may be
charged. The hard one is reached when such an order has been delivered or will not be cancelled any more, or once the
implementation has begun. A plan may have both as well: they are reached on the day on which the step begins that has
one (`orders.plans`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.orders.equipment import is_equipment
from linkwright.orders.errands import Task, TaskKind
from linkwright.orders.model import Order, OrderItem
from linkwright.orders.states import FINAL, dependencies, leaves
from linkwright.orders.tasks import gives_up, is_out
from linkwright.orders.unanswered import may_be_there

UNDONE_TOGETHER: tuple[tuple[TaskKind, ...], ...] = (
    ("implement",),
    ("allocate", "publish"),
    ("provide", "procure"),
    ("register",),
    ("reserve",),
)
GIVEN_BACK: frozenset[TaskKind] = frozenset({"reserve", "allocate", "publish"})
"""What can always be given back, also when it is done."""
ORDERED: frozenset[TaskKind] = frozenset({"procure", "provide"})
WORKED_ON = frozenset({"inprogress", "held"})


def is_past_no_return(tasks: Iterable[Task]) -> bool:
    return any(_is_hard(task) for task in tasks)


def past_no_return(tasks: Iterable[Task]) -> list[Task]:
    """The tasks that cannot be taken back."""
    return [task for task in tasks if _is_hard(task)]


def passed_by_item(tasks: Iterable[Task]) -> dict[str, str]:
    """The items that cannot be taken back, with the system where that is so."""
    return {item: task.system for task in tasks if _is_hard(task) for item in _passed(task)}


def _passed(task: Task) -> tuple[str, ...]:
    """Of an order that is still out it is those that have got what was ordered."""
    return task.delivered if task.kind in ORDERED and task.state == "sent" else task.items


def past_soft(tasks: Iterable[Task]) -> list[Task]:
    """The tasks that can be taken back, at a charge perhaps."""
    return [
        task
        for task in tasks
        if task.kind in ORDERED and task.state == "sent" and _is_worked_on(task) and not gives_up(task)
    ]


def _is_hard(task: Task) -> bool:
    if task.is_return:
        return False
    if task.kind in ORDERED:
        return task.state == "done" or bool(task.delivered)
    return task.kind in ("implement", "register") and task.state in ("sent", "done")


def _is_worked_on(task: Task) -> bool:
    return task.remote_id is not None and (task.remote_state or "").strip().lower() in WORKED_ON


def to_undo(tasks: Iterable[Task], kept: Collection[str] = ()) -> list[Task]:
    """What is still out there and must be taken back next: the reverse of how it was ordered, wave by wave.

    An earlier wave is given back only when all of a later one is gone, so that nothing is pulled from under an order
    that still counts on it. What was ordered together is taken back together: a partner goes on working meanwhile.
    `kept` are the items whose services are active: what was allocated and published for them stays.

    What was delivered and cannot be taken back uses what is really there: no hold waits for that.
    """
    out = [task for task in tasks if _is_left(task, kept)]
    wave = next((wave for kinds in UNDONE_TOGETHER if (wave := [task for task in out if task.kind in kinds])), [])
    if all(task.kind in GIVEN_BACK or is_over(task) for task in out) and any(map(is_over, wave)):
        wave += [task for task in out if task.kind == "reserve"]
    return wave


def is_over(task: Task) -> bool:
    """Whether nobody works on it any more, though it is still to be taken back."""
    return bool(task.items) and {*task.delivered, *task.failures}.issuperset(task.items)


def kept_items(order: Order) -> frozenset[str]:
    """The items whose services are active."""
    return frozenset(leaf.id for leaf in leaves(order.items) if leaf.state == "completed")


def firm(order: Order, tasks: Iterable[Task]) -> list[Task]:
    """Orders at others that count for items which are still alive, or did until they were taken back.

    A hold or an allocation is none: it can always be given back. An order that the other side will not cancel any
    more is one that is past its point of no return.
    """
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    placed = ("sent", "undoing", "undone")
    return [
        task
        for task in tasks
        if task.kind not in GIVEN_BACK
        and task.state in placed
        and not alive.isdisjoint(task.items)
        and not gives_up(task)
    ]


def is_given_back(tasks: Iterable[Task], kept: Collection[str] = ()) -> bool:
    """Nothing is out any more that would have to be taken back, and nothing waits to go out."""
    return not any(_is_left(task, kept) or task.state == "planned" for task in tasks)


def _is_left(task: Task, kept: Collection[str]) -> bool:
    """What was given and can be given back is still out; what else is done was delivered, and stays.

    What is given up for good is not asked for again.
    """
    if gives_up(task):
        return False
    if task.kind in ("allocate", "publish") and task.state == "done":
        return not any(item in kept for item in task.items)
    return is_out(task) or may_be_there(task) or (task.kind == "reserve" and task.state == "done")


def denials(
    order: Order,
    tasks: Iterable[Task],
    named: Collection[str],
    passed: Mapping[str, str] | None = None,
    solutions: Mapping[str, SiteSolution] | None = None,
) -> dict[str, str]:
    """Which of the named items cannot be taken out of the order any more, and why, each by itself.

    An order that an item shares with others that go on cannot be taken back for it, nor can one go that another which
    stays depends on. One of CPE alone, by the `solutions`, goes on without it: its pieces come back. `passed` are items
    that have their point of no return behind them by their plan, and which.
    """
    found = {leaf.id: leaf for leaf in leaves(order.items)}
    verdict = _Verdict(order, tasks, named, found, solutions or {})
    for task in verdict.placed:
        if _is_hard(task):
            verdict.deny(_passed(task), f"it has passed its point of no return (PONR) at {task.system}")
    for item, since in (passed or {}).items():
        verdict.deny((item,), f"it has passed its point of no return (PONR): {since}")
    for item in named:
        if found[item].state in FINAL:
            verdict.deny((item,), f"it is {found[item].state}")
    verdict.spread()
    return verdict.why


class _Verdict:
    """A denial makes others: of items in the same order, and of those that the item depends on."""

    def __init__(
        self,
        order: Order,
        tasks: Iterable[Task],
        named: Collection[str],
        found: Mapping[str, OrderItem],
        solutions: Mapping[str, SiteSolution],
    ) -> None:
        self._named, self._found = frozenset(named), found
        self.why: dict[str, str] = {}
        self.placed = [
            task
            for task in tasks
            if task.kind not in GIVEN_BACK
            and task.state in ("sent", "undoing", "done")
            and not self._named.isdisjoint(task.items)
        ]
        self._shared: defaultdict[str, list[Task]] = defaultdict(list)
        for task in self.placed:
            for item in task.items if len(task.items) > 1 and not is_equipment(task, solutions) else ():
                self._shared[item].append(task)
        self._spread = set[str]()
        self._below = dependencies(order)
        self._new = [leaf.id for leaf in found.values() if leaf.id not in self._named and leaf.state not in FINAL]

    def deny(self, items: Iterable[str], why: str) -> None:
        for item in items:
            if item in self._named and item not in self.why:
                self.why[item] = why
                if self._found[item].state not in FINAL:
                    self._new.append(item)

    def spread(self) -> None:
        while self._new:
            staying = self._new.pop()
            for task in self._shared.pop(staying, ()):
                if task.key in self._spread:
                    continue
                self._spread.add(task.key)
                text = "it has passed its point of no return (PONR): its order at {} also serves items that go on"
                self.deny((item for item in task.items if item != staying), text.format(task.system))
            self.deny(self._below.get(staying, ()), f"item {staying} depends on it")
