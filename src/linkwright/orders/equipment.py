"""CPE that one resource order brings for many items, when some of them are taken out. Pure.

The order goes on for the others. What it brings for an item that was cancelled goes back, once, by an order of its own.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Task
from linkwright.orders.model import Order
from linkwright.orders.states import leaves_by_id
from linkwright.orders.tasks import CPE, gives_up, new_cpe, shared_parts
from linkwright.orders.work import Work


def is_equipment(task: Task, solutions: Mapping[str, SiteSolution]) -> bool:
    """Whether it brings pieces of CPE for each of its items, and nothing that they share.

    Of a design that is not known nobody can say so.
    """
    if task.kind != "provide" or gives_up(task):
        return False
    if task.parts:
        return task.parts == (CPE,)
    return all((one := solutions.get(item)) is not None and not shared_parts(one) for item in task.items)


def serves_others(work: Work, task: Task, going: Collection[str]) -> bool:
    """Whether it brings CPE for items that stay as well, so that it goes on without those that go."""
    stays = any(item not in going and work.is_alive(item) for item in task.items)
    return stays and is_equipment(task, work.solutions)


def returns(work: Work, arrived: Iterable[Task]) -> Iterator[Task]:
    """The orders that give back what has arrived for cancelled items. Each item is in one of them at most."""
    found, returned = leaves_by_id(work.order), set[str]()
    for task in arrived:
        got = task.items if task.state == "done" else task.delivered if task.state == "sent" else ()
        cancelled = (item for item in got if item in found and found[item].state == "cancelled")
        items = [item for item in cancelled if item not in returned and item not in task.failures]
        items = [item for item in items if _pieces(work, task, item) and not _is_returned(work, item)]
        if items:
            returned.update(items)
            yield Task(
                key=f"{task.order_id}/provide/{items[0]}/return",
                order_id=task.order_id,
                kind="provide",
                system=task.system,
                items=tuple(items),
                parts=(CPE,),
                action="delete",
            )


def told_returns(work: Work, items: Iterable[str]) -> str:
    """What comes back of items that were taken out: nothing of what was not ordered, or was taken back."""
    pieces: Counter[tuple[str, str]] = Counter()
    for item in items:
        for task in work.tasks.of((item,)):
            if not gives_up(task) and task.state in ("sent", "done"):
                pieces[task.system, work.solutions[item].cpe if item in work.solutions else ""] += _pieces(
                    work, task, item
                )
    told = ", ".join(f"{count} of {cpe} ({system})" for (system, cpe), count in pieces.items() if count)
    return f" The CPE that comes for what is cancelled is returned: {told}." if told else ""


def is_followed(order: Order, task: Task) -> bool:
    """Whether it has brought what active services use, and is only out for items that were cancelled."""
    if task.kind != "provide" or task.state != "sent" or task.remote_id is None or gives_up(task):
        return False
    found = leaves_by_id(order)
    states = {found[item].state for item in task.items if item in found and item not in task.delivered}
    return states == {"cancelled"} and any(item in found and found[item].state == "completed" for item in task.items)


def _pieces(work: Work, task: Task, item: str) -> int:
    if task.kind != "provide" or (task.parts and CPE not in task.parts) or item not in work.solutions:
        return 0
    return sum(new_cpe(work.solutions[item]))


def _is_returned(work: Work, item: str) -> bool:
    return any(task.is_return for task in work.tasks.of((item,)))
