"""What the pool does not give: asked for again, then designed anew, and only then an item fails. Pure.

A pool that is full may be so for a moment only: where a hold becomes use, both count until the hold is given back.
"""

from dataclasses import replace
from datetime import datetime

from linkwright.orders.amendment import Amendment, mark_of
from linkwright.orders.cancel import passed_by_item
from linkwright.orders.errands import Task
from linkwright.orders.keeping import renewed
from linkwright.orders.model import Order
from linkwright.orders.states import leaves_by_id
from linkwright.orders.work import Pauses, Work

LOST_CAPACITY = "CAPACITY_LOST"
MOST_RENEWALS = 3
"""So often at most a hold is placed anew before a refusal of it counts."""


def asked_again(task: Task, why: str, now: datetime, pauses: Pauses) -> Task | None:
    """The hold as it is placed anew after a pause, under a key of its own; None once that was done often enough."""
    if task.kind != "reserve" or task.renewals >= MOST_RENEWALS:
        return None
    return replace(renewed(task, why), look_at=now + pauses.after(task.renewals))


def with_another_design(work: Work, task: Task) -> Order | None:
    """The order in which the item of this hold is to be designed anew; None where it is not to be.

    The hold of that design is one that is tried: where it is refused too the item fails.
    """
    if task.kind != "reserve" or work.is_tried(task):
        return None
    order, (item,) = work.order, task.items
    leaf = leaves_by_id(order)[item]
    if leaf.action != "add" or item not in work.solutions or not work.is_alive(item):
        return None
    wish = next((one for one in order.amendments if one.item == item), None)
    if (wish is not None and wish.state == "refused") or item in passed_by_item(work.tasks):
        return None
    wanted = replace(wish or Amendment(item=item, was=mark_of(leaf.requirement)), lost=task.key)
    return replace(order, amendments=(*(one for one in order.amendments if one is not wish), wanted))
