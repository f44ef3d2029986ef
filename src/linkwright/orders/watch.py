"""Whether an order still comes in time, and whose turn it is, by what the other systems said last.

Looks at what is stored and says it: dates, alerts, items that wait for their requester, and where the float is gone
another design. Asks nobody but the designer, and him once for each piece of news.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.designs.answers import SiteSolution
from linkwright.orders.alerts import alerts_of, is_watched
from linkwright.orders.builds import Builds
from linkwright.orders.carry import Work
from linkwright.orders.dates import Dates, Spare, dates_of, no_spare
from linkwright.orders.instead import Instead
from linkwright.orders.model import Happening, Note, Order, OrderItem, State, Task
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_jeopardy, with_roll_up
from linkwright.orders.states import is_unbegun, item_moved, leaves, with_leaves

GOES_ON: frozenset[State] = frozenset({"inProgress", "pending"})
"""States in which what is out is looked at: an order that waits for its requester waits for the others too."""
ASKING = "pending"
NO_WORDS = "The partner needs information and does not say which."


@dataclass(frozen=True, kw_only=True)
class Watch:
    books: OrderBooks
    instead: Instead
    builds: Builds
    now: Callable[[], datetime]
    holidays: Collection[date] = field(default_factory=frozenset)
    spare: Spare = no_spare

    def told(self, work: Work) -> Work:
        """The work with the order as it is stored afterwards; nothing is written where nothing is new."""
        if work.order.state not in GOES_ON or not work.tasks or is_unbegun(work.order):
            return work
        order = self.builds.looked(work.order, work.tasks, work.solutions)
        dates = dates_of(order, work.tasks, work.solutions, self.now().date(), self.holidays, self.spare)
        order = self._with_turns(order, work.tasks)
        order, designs = self.instead.of(order, dates, work.solutions)
        order = self._with_alerts(order, work.tasks, dates)
        if dates.completion is not None:
            order = replace(order, expected_completion=dates.completion)
        return work if order == work.order else self._stored(work, order, designs)

    def _with_turns(self, order: Order, tasks: Sequence[Task]) -> Order:
        """Items wait for their requester as long as a partner waits for him."""
        bought = [task for task in tasks if task.kind == "procure"]
        asking = [task for task in bought if task.state == "sent" and _state(task) == ASKING]
        asked = {item for task in asking for item in task.items}
        of_partners = {item for task in bought for item in task.items}
        changed = {leaf.id: _turned(leaf, asked) for leaf in leaves(order.items) if leaf.id in of_partners}
        new = _newly_asked(order, changed)
        if all(changed[leaf.id] is leaf for leaf in leaves(order.items) if leaf.id in changed):
            return order
        notes = [self._note(task) for task in asking if new & set(task.items)]
        order = replace(order, items=with_leaves(order.items, changed), notes=(*order.notes, *notes))
        return with_roll_up(order, self.now())

    def _note(self, task: Task) -> Note:
        now = self.now()
        return Note(id=f"{task.key}@{now.isoformat()}", author=task.system, at=now, text=task.note or NO_WORDS)

    def _with_alerts(self, order: Order, tasks: Iterable[Task], dates: Dates) -> Order:
        alerts = alerts_of(order, tasks, dates, self.now())
        wanted = {one.id for one in alerts}
        left = tuple(one for one in order.jeopardies if one.id in wanted or not is_watched(one))
        order = order if len(left) == len(order.jeopardies) else replace(order, jeopardies=left)
        for alert in alerts:
            order = with_jeopardy(order, alert)
        return order

    def _stored(self, work: Work, order: Order, designs: Sequence[SiteSolution]) -> Work:
        told, paths = list[Happening](happenings(work.order, order)), []
        if order.expected_completion != work.order.expected_completion:
            paths.append("expectedCompletionDate")
        if _newly_asked(work.order, {leaf.id: leaf for leaf in leaves(order.items)}):
            told.append("informationRequired")
            paths.append("note")

        def change(tx: OrderTx) -> Order:
            if designs:
                tx.put_designs(designs, order.requester)
            return tx.save(order, *told, field_path=",".join(paths) or None)

        return replace(work, order=self.books.write(change))


def has_turned(before: Order, after: Order) -> bool:
    """Has an item another state?"""
    return [leaf.state for leaf in leaves(before.items)] != [leaf.state for leaf in leaves(after.items)]


def _turned(leaf: OrderItem, asked: Collection[str]) -> OrderItem:
    if leaf.state == "inProgress" and leaf.id in asked:
        return item_moved(leaf, "pending")
    if leaf.state == "pending" and leaf.id not in asked:
        return item_moved(leaf, "inProgress")
    return leaf


def _newly_asked(before: Order, after: Mapping[str, OrderItem]) -> set[str]:
    return {
        leaf.id
        for leaf in leaves(before.items)
        if leaf.state != "pending" and leaf.id in after and after[leaf.id].state == "pending"
    }


def _state(task: Task) -> str:
    return (task.remote_state or "").strip().casefold()
