"""Planned accesses and upgrades that a design counts on: does the inventory still say that they come in time?

Asked once a day.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.designs.answers import SiteSolution
from linkwright.designs.network import lead_day
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.ports import Inventory
from linkwright.errors import OutboundError
from linkwright.orders.dates import is_awaiting_capacity
from linkwright.orders.errands import Task
from linkwright.orders.model import Order
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.tasks import step_of
from linkwright.plan.working_days import working_days


@dataclass(frozen=True, kw_only=True)
class Builds:
    inventory: Inventory
    now: Callable[[], datetime]
    holidays: Collection[date] = field(default_factory=frozenset)

    def looked(self, order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution]) -> Order:
        """The order with the later days of its planned accesses and upgrades, as of today.

        One that is in service has none, and neither has an access that the inventory does not show any more. A silent
        inventory is asked again at the next look.
        """
        today, tasks = self.now().date(), tuple(tasks)
        waiting, upgrades = dict(_waiting(order, tasks, solutions)), _upgrades(order, tasks, solutions, today)
        if not (waiting or upgrades) or order.builds_seen == today:
            return order
        try:
            late = {**self._accesses(waiting, today), **self._upgraded(upgrades)}
        except OutboundError:
            return order
        return replace(order, builds=late, builds_seen=today)

    def _accesses(self, waiting: Mapping[str, tuple[LegSolution, Sequence[str]]], today: date) -> dict[str, date]:
        if not waiting:
            return {}
        facts = self.inventory.access_at(sorted({place for _, places in waiting.values() for place in places}))
        days = working_days(today, frozenset(self.holidays))
        ready = {
            fact.id: days.date_of(lead_day(fact, days))
            for fact in facts.options
            if fact.usable_from is not None and fact.usable_from > today
        }
        return {name: ready[name] for name, (leg, _) in waiting.items() if name in ready and ready[name] > leg.ready}

    def _upgraded(self, counted_on: Mapping[str, date]) -> dict[str, date | None]:
        """Of those that are not in service yet: the later day of each, None where there is none any more."""
        if not counted_on:
            return {}
        shown = {one.id: one.in_service for one in self.inventory.network().upgrades}
        return {name: shown.get(name) for name, day in counted_on.items() if name not in shown or shown[name] > day}


def _waiting(
    order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution]
) -> Iterator[tuple[str, tuple[LegSolution, Sequence[str]]]]:
    """Accesses that are ordered and not there, with their leg and the ids under which the inventory files them."""
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    for task in tasks:
        for item in task.items if step_of(task) == "provide" and task.state == "sent" else ():
            solution = solutions.get(item)
            if item not in alive or solution is None:
                continue
            spots = [spot for spot in (solution.place, solution.place.far) if spot is not None]
            places = [place for spot in spots for place in spot.ids]
            yield from ((leg.access, (leg, places)) for leg in solution.legs if leg.planned)


def _upgrades(
    order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution], today: date
) -> dict[str, date]:
    """Upgrades that items which are not implemented yet count on, with the first of the days that these count on.

    One whose day is over is watched as long as the inventory was last heard to have another day for it.
    """
    open_ = {item for task in tasks if is_awaiting_capacity(task) for item in task.items}
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL} & open_
    counted_on = [one for item in alive if item in solutions for one in solutions[item].upgrades]
    found: dict[str, date] = {}
    for one in counted_on:
        if one.in_service > today or one.id in order.builds:
            found[one.id] = min(one.in_service, found.get(one.id, one.in_service))
    return found
