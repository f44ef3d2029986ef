"""Whether an order still comes in time, and whose turn it is, by what the other systems said last.

Looks at what is stored and says it: dates, alerts, items that wait for their requester, and where the float is gone
another design. Asks nobody but the designer, and him once for each piece of news.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.designs.answers import SiteSolution
from linkwright.orders.alerts import alerts_of, is_watched
from linkwright.orders.builds import Builds
from linkwright.orders.dates import Dates, dates_of
from linkwright.orders.errands import Task
from linkwright.orders.instead import Instead
from linkwright.orders.model import Happening, Order
from linkwright.orders.plan_alerts import design_alerts
from linkwright.orders.plans import with_courses, with_slips
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import COURSE_TOLD, courses, happenings, with_jeopardy, with_roll_up
from linkwright.orders.replies import replies_in
from linkwright.orders.standing import WORKED_ON, with_standing, without_some
from linkwright.orders.states import is_unbegun, leaves
from linkwright.orders.tasks import step_of
from linkwright.orders.waits import Remark, Wait
from linkwright.orders.work import Work

ASKING = "pending"
NO_WORDS = "The partner needs information and does not say which."


@dataclass(frozen=True, kw_only=True)
class Watch:
    books: OrderBooks
    instead: Instead
    builds: Builds
    now: Callable[[], datetime]
    holidays: Collection[date] = field(default_factory=frozenset)

    def told(self, work: Work) -> Work:
        """The work with the order as it is stored afterwards; nothing is written where nothing is new."""
        if work.order.state not in WORKED_ON or not work.tasks or is_unbegun(work.order):
            return work
        order = self.builds.looked(work.order, work.tasks, work.solutions)
        dates = dates_of(order, work.tasks, work.solutions, self.now().date(), self.holidays)
        order = with_slips(order, dates, work.solutions)
        order = with_courses(order, work.solutions, self.now(), self.holidays)
        order = self._with_turns(order, work.tasks)
        order, designs = self.instead.of(order, dates, work.solutions)
        order = self._with_alerts(order, work, dates)
        if dates.completion is not None:
            order = replace(order, expected_completion=dates.completion)
        return work if order == work.order else self._stored(work, order, designs)

    def _with_turns(self, order: Order, tasks: Iterable[Task]) -> Order:
        """Items wait for their requester as long as a partner waits for him."""
        asking = {task.key: task for task in tasks if _is_asking(task)}
        over = [wait for wait in order.waits if wait.kind == "partner" and wait.task not in asking]
        known = {wait.task for wait in order.waits if wait.kind == "partner"}
        new = [task for key, task in asking.items() if key not in known]
        if not over and not new:
            return order
        remarks = (*order.remarks, *(self._remark(task) for task in new))
        heard = tuple(replies_in(order))
        waits = (*order.waits, *(self._wait(task, heard) for task in new))
        order = with_standing(replace(order, waits=waits, remarks=remarks))
        return with_roll_up(without_some(order, [(wait, wait.items) for wait in over]), self.now())

    def _wait(self, task: Task, heard: tuple[str, ...]) -> Wait:
        text = f"{task.system}: {task.note or NO_WORDS}"
        return Wait(kind="partner", items=task.items, since=self.now(), text=text, task=task.key, heard=heard)

    def _remark(self, task: Task) -> Remark:
        now = self.now()
        return Remark(id=f"{task.key}@{now.isoformat()}", author=task.system, at=now, text=task.note or NO_WORDS)

    def _with_alerts(self, order: Order, work: Work, dates: Dates) -> Order:
        alerts = alerts_of(order, work.tasks, dates, self.now())
        alerts += design_alerts(order, work.solutions, self.now(), self.holidays)
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
        if courses(order) != courses(work.order):
            paths.append(COURSE_TOLD)
        if "informationRequired" in told:
            paths.append("note")

        def change(tx: OrderTx) -> Order:
            if designs:
                tx.put_designs(designs, order.requester)
            return tx.save(order, *told, field_path=",".join(paths) or None)

        return replace(work, order=self.books.write(change))


def has_turned(before: Order, after: Order) -> bool:
    """Has an item another state?"""
    return [leaf.state for leaf in leaves(before.items)] != [leaf.state for leaf in leaves(after.items)]


def _is_asking(task: Task) -> bool:
    state = (task.remote_state or "").strip().casefold()
    return step_of(task) == "procure" and task.state == "sent" and state == ASKING
