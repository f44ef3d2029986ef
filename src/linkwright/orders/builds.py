"""Planned accesses that a design counts on: does the inventory still say that they come in time? Asked once a day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.designs.answers import SiteSolution
from linkwright.designs.network import lead_day
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.ports import Inventory
from linkwright.errors import OutboundError
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
        """The order with the later days of its planned accesses, as of today.

        One that is in service, or that the inventory does not show any more, has none. A silent inventory is asked
        again at the next look.
        """
        today = self.now().date()
        waiting = dict(_waiting(order, tasks, solutions))
        if not waiting or order.builds_seen == today:
            return order
        try:
            facts = self.inventory.access_at(sorted({place for _, places in waiting.values() for place in places}))
        except OutboundError:
            return order
        days = working_days(today, frozenset(self.holidays))
        ready = {
            fact.id: days.date_of(lead_day(fact, days))
            for fact in facts.options
            if fact.usable_from is not None and fact.usable_from > today
        }
        late = {name: ready[name] for name, (leg, _) in waiting.items() if name in ready and ready[name] > leg.ready}
        return replace(order, builds=late, builds_seen=today)


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
