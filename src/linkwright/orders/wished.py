"""What becomes of a wish of an order that is being fulfilled: refused, or in force. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Task
from linkwright.orders.model import Fault, Jeopardy, Milestone, Order
from linkwright.orders.progress import FALLOUT, with_error, with_jeopardy, with_roll_up
from linkwright.orders.standing import OURSELVES, with_faults, with_remark, with_standing
from linkwright.orders.states import leaves_by_id, with_leaves
from linkwright.orders.waits import Wait

DESIGNED = "designComplete"
ABOUT_MONEY = ("SD-BUD", "SD-FIN")
Why = Mapping[str, Sequence[Fault]]
"""Why items cannot be had as they are wanted, by their ids."""


def with_refusals(order: Order, why: Why, solutions: Mapping[str, SiteSolution], now: datetime) -> Order:
    """The requester is asked; words of the design in force stand in the item again.

    Where that is not held any more nobody is asked: the item fails, by its hold.
    """
    unheld = {one.item for one in order.amendments if one.lost}
    for item, faults in why.items():
        if item in unheld:
            for fault in faults:
                order = with_faults(order, (item,), fault)
            continue
        text = (
            f"Item {item} cannot be had as it is wanted now: "
            f"{'; '.join(f'{one.code} {one.message}' for one in faults)} "
            f"{_what_now(item, item in solutions)}"
        )
        about = "question"
        if any(one.code.startswith(ABOUT_MONEY) for one in faults):
            about = "BUDGET_EXCEEDED/question"
        order = with_remark(order, f"{about}/{item}", OURSELVES, now, text)
        wait = Wait(kind="information", items=(item,), since=now, text=text)
        order = replace(order, waits=(*order.waits, wait))
    if not why:
        return order
    by_id = leaves_by_id(order)
    told = {item: replace(by_id[item], solution=solutions.get(item)) for item in why}
    amendments = tuple(
        replace(one, state="refused", design_id=None, hold=None) if one.item in why else one
        for one in order.amendments
        if one.item not in why or one.item not in unheld
    )
    order = replace(order, amendments=amendments, items=with_leaves(order.items, told))
    return with_roll_up(with_standing(order), now)


def with_designs(order: Order, designs: Mapping[str, SiteSolution], now: datetime) -> Order:
    """The order with these designs in force."""
    by_id = leaves_by_id(order)
    told = {
        item: replace(by_id[item], design_id=one.design_id, solution=one, replacement=None)
        for item, one in designs.items()
    }
    milestones = (
        Milestone(
            id=f"{DESIGNED}/{one.design_id}",
            name=DESIGNED,
            status="reached",
            at=now,
            message=f"Item {item} has the design {one.design_id}, ready on {one.ready.isoformat()}.",
            items=(item,),
        )
        for item, one in designs.items()
    )
    return replace(
        order,
        items=with_leaves(order.items, told),
        amendments=tuple(one for one in order.amendments if one.item not in designs),
        milestones=(*order.milestones, *milestones),
    )


def told_of_leftover(order: Order, task: Task, now: datetime) -> Order:
    text = f"{task.system}: it is not needed any more and is not taken back: {task.note}"
    alert = Jeopardy(
        id=f"{FALLOUT}/{task.key}", name=FALLOUT, severity="Critical", at=now, message=text, items=task.items
    )
    fault = Fault(code=FALLOUT, reason=f"{task.kind} at {task.system}", message=text, at=now)
    return with_error(with_jeopardy(order, alert), fault)


def not_to_be_had(code: str, text: str, now: datetime) -> Fault:
    return Fault(code=code, reason="not to be had", message=f"{text[:1].upper()}{text[1:]}.", at=now)


def _what_now(item: str, has_design: bool) -> str:
    if has_design:
        return (
            f"Its former design stays in force. Change item {item} again, confirm it as it was (state inProgress), "
            "or cancel it."
        )
    return f"Change item {item} again, have it tried again (state inProgress), or cancel it."
