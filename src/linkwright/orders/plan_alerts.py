"""The alerts that follow from the designs themselves: thin margins, trainings that come too late, budgets of bundles.

Pure.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from linkwright.business.risk import THIN_MARGIN
from linkwright.designs.answers import SiteSolution
from linkwright.operations.model import Training
from linkwright.orders.model import Jeopardy, Order, OrderItem
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.worse import over_budget
from linkwright.plan.working_days import working_days
from linkwright.wording import in_working_days

TRAINING, MARGIN, BUDGET = "TRAINING_LATE", "SLA_MARGIN_THIN", "BUDGET_EXCEEDED"
OF_DESIGN = "/design"


def is_of_design(alert: Jeopardy) -> bool:
    """Is it one of those that `design_alerts` makes?"""
    return alert.name in (TRAINING, MARGIN, BUDGET) and alert.id.endswith(OF_DESIGN)


def design_alerts(
    order: Order, solutions: Mapping[str, SiteSolution], now: datetime, holidays: Collection[date]
) -> Iterator[Jeopardy]:
    """Of every item that is not final, and of those with items below them."""
    yield from budget_alerts(order.items, solutions, now)
    for leaf in leaves(order.items):
        solution = solutions.get(leaf.id)
        if solution is None or leaf.state in FINAL:
            continue
        if (margin := solution.margin) is not None and margin < THIN_MARGIN:
            text = f"item {leaf.id}: availability {solution.availability:.10g} is designed, and only {margin:.2g} above"
            text += f" what is promised; an error in the figures of {THIN_MARGIN:.10g} would use it up."
            yield Jeopardy(
                id=f"{MARGIN}/{leaf.id}{OF_DESIGN}",
                name=MARGIN,
                severity="Normal",
                at=now,
                message=text,
                items=(leaf.id,),
            )
        yield from _late_trainings(order, leaf, solution, now, holidays)


def budget_alerts(
    items: Iterable[OrderItem], solutions: Mapping[str, SiteSolution], now: datetime
) -> Iterator[Jeopardy]:
    """Of those with items below them."""
    for item in items:
        yield from budget_alerts(item.children, solutions, now)
        if item.children and item.state not in FINAL and (text := over_budget(item, solutions)):
            yield Jeopardy(
                id=f"{BUDGET}/{item.id}{OF_DESIGN}",
                name=BUDGET,
                severity="Normal",
                at=now,
                message=f"item {item.id} with all below it: {text}",
                items=(item.id,),
            )


def _late_trainings(
    order: Order, leaf: OrderItem, solution: SiteSolution, now: datetime, holidays: Collection[date]
) -> Iterator[Jeopardy]:
    begun = (order.started_at or order.ordered_at).date()
    for training in () if solution.operations is None else solution.operations.training:
        shift, left = _time_of(training, begun, holidays)
        if not shift and left >= 0:
            continue
        text = f"item {leaf.id}: {training.people} of {training.team} are trained in {training.skill}"
        text += f" from {training.start.isoformat()} to {training.end.isoformat()}"
        text += f", and the order began {in_working_days(shift)} after that start" if shift else ""
        text += f"; it is needed by {training.needed_by.isoformat()}: float {in_working_days(left)}."
        yield Jeopardy(
            id=f"{TRAINING}/{leaf.id}/{training.team}/{training.course}{OF_DESIGN}",
            name=TRAINING,
            severity="Normal" if left >= 0 else "Critical",
            at=now,
            message=text,
            items=(leaf.id,),
        )


def _time_of(training: Training, begun: date, holidays: Collection[date]) -> tuple[int, int]:
    """By how many working days it begins later since the order did, and how many are left until it is needed."""
    days = working_days(training.start, frozenset(holidays))
    shift = days.from_(begun)
    return shift, days.from_(training.needed_by) - days.after(training.end) - shift
