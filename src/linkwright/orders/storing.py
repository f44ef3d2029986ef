"""An order and its tasks as they are stored while a run works on them: what the tasks tell is worked out on the way."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from linkwright.orders.errands import Task
from linkwright.orders.model import Jeopardy, Order
from linkwright.orders.plans import with_courses, with_ends
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import (
    ANSWERED_BY,
    COURSE_TOLD,
    courses,
    happenings,
    with_error,
    with_jeopardy,
    with_progress,
)
from linkwright.orders.results import with_results
from linkwright.orders.states import leaves
from linkwright.orders.work import LOST, Work

MOST_WRITES = 32
"""So often, about, an order is written while each of its tasks changes once: the rest waits for the next time."""


@dataclass(frozen=True, kw_only=True)
class Storing:
    """Works on one order at a time; every method returns the work as it is stored afterwards."""

    books: OrderBooks
    now: Callable[[], datetime]
    holidays: Collection[date] = field(default_factory=frozenset)

    def store(self, work: Work, *tasks: Task, before: Order | None = None) -> Work:
        """Tasks, order and events in one transaction; an order that did not change is not written.

        A large order is not worked out and written for every task: tasks are stored alone until enough of them have
        changed, and tell the same later. `before`: the order was changed since it was stored so.
        """
        work.news.tasks += len(tasks)
        if tasks and before is None and work.news.tasks * MOST_WRITES < len(work.tasks):
            self.put(work, *tasks)
            return work
        return self._told(work, tasks, before or work.order)

    def changed(self, work: Work, order: Order, task: Task) -> Work:
        """Store a task, and with it the order where that changed too."""
        before = None if order == work.order else work.order
        return self.store(replace(work, order=order), task, before=before)

    def put(self, work: Work, *tasks: Task) -> None:
        """Store tasks alone."""

        def change(tx: OrderTx) -> None:
            for task in tasks:
                tx.put_task(task)

        self.books.write(change)
        for task in tasks:
            work.tasks.put(task)

    def settle(self, work: Work) -> Work:
        """The order as all of its tasks stand."""
        return self.store(work)

    def _told(self, work: Work, tasks: tuple[Task, ...], before: Order) -> Work:
        for task in tasks:
            work.tasks.put(task)
        after, news = with_jeopardy(work.order, *work.news.alerts), work.news
        for fault in news.faults:
            after = with_error(after, fault)
        after = with_courses(after, work.solutions, self.now(), self.holidays)
        after = with_progress(after, work.tasks, self.now())
        after = with_ends(after, work.tasks, work.solutions, self.now(), self.holidays)
        after = with_results(after, work.tasks, work.solutions, self.now())
        news.tasks, news.alerts, news.faults = 0, [], []
        if not tasks and after == before:
            return work

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            told = happenings(before, after)
            paths = [ANSWERED_BY] if "informationRequired" in told else []
            paths += [COURSE_TOLD] if courses(after) != courses(before) else []
            return after if after == before else tx.save(after, *told, field_path=",".join(paths) or None)

        saved = self.books.write(change)
        work.tasks.lose(leaf.id for leaf in leaves(saved.items) if leaf.state in LOST)
        return replace(work, order=saved)


def told_of(tx: OrderTx, order_id: str, jeopardy: Jeopardy) -> None:
    """The order has this alert too; nothing is written where it has it already."""
    order = tx.order(order_id)
    told = with_jeopardy(order, jeopardy)
    if told != order:
        tx.save(told, "jeopardy")
