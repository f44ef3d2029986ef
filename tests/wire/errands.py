"""Errands to start from: an order with one designed item, and the task that is to be carried out."""

from dataclasses import replace
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Errand, Task
from tests.builders import a_solution, an_item, an_order

PARTY = {"id": "nordwind", "role": "customer", "@referredType": "Organization"}


def a_task(kind: Any = "reserve", **changes: Any) -> Task:
    task = Task(key=f"order-1/{kind}", order_id="order-1", kind=kind, system="there", items=("1",))
    return replace(task, **changes)


def an_errand(task: Task, *done: Task, party: Any = PARTY, **solutions: SiteSolution) -> Errand:
    """`solutions` by item id; without any item 1 has the plain one."""
    designed = {name.removeprefix("item_"): solution for name, solution in solutions.items()} or {"1": a_solution()}
    order = an_order(
        items=tuple(an_item(id=name, state="inProgress") for name in designed),
        body={"relatedParty": [party]} if party else {},
    )
    task = replace(task, items=tuple(designed))
    return Errand(task=task, order=order, solutions=designed, done={one.key: one for one in done})
