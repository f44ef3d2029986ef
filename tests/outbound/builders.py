"""Errands: everything that an outward system needs to carry out a task, ready made."""

from dataclasses import replace
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Errand, Task
from tests.builders import a_solution, an_item, an_order


def an_errand(solution: SiteSolution | None = None, **changes: Any) -> Errand:
    """An errand for item `1`; `changes` are those of its task."""
    designed = solution or a_solution()
    item = an_item(state="inProgress", requirement=designed.requirement, solution=designed)
    task = Task(key="order-1/reserve/1", order_id="order-1", kind="reserve", system="pool", items=("1",))
    return Errand(
        task=replace(task, **changes),
        order=an_order(state="inProgress", items=(item,)),
        solutions={"1": designed},
        done={},
    )
