"""An order while a run works on it: as it is stored, with its tasks, its designs and what is not written yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from linkwright.designs.answers import SiteSolution
from linkwright.orders.board import Board
from linkwright.orders.errands import Errand, Task
from linkwright.orders.model import Fault, Jeopardy, Order
from linkwright.orders.standing import standing_items
from linkwright.orders.states import FINAL, dependencies, leaves, leaves_by_id

LONGEST_TOLD = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Between looks: from `first` doubling up to `longest`; news starts again at `first`.

    So long after we gave it up a post may still arrive: `late`. What holds one up on its way is a proxy or a queue, and
    those give up within minutes; all that waits so long is given back anyway.
    """

    first: timedelta
    longest: timedelta
    late: timedelta = timedelta(minutes=15)

    def after(self, attempts: int, told_s: float | None = None) -> timedelta:
        """`told_s`: what the other side asked for, which counts where it is longer, up to a day."""
        pause = min(self.longest, self.first * (1 << min(attempts, 20)))
        return max(pause, min(timedelta(seconds=told_s or 0.0), LONGEST_TOLD))


@dataclass
class News:
    """What has happened since the order was written last: its tasks are stored already, and tell the rest again."""

    tasks: int = 0
    alerts: list[Jeopardy] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Work:
    """An order as it is stored, its tasks, and the designs of its items by item id.

    `wanted` are designs that are to come into force, by item id too.
    """

    order: Order
    tasks: Board
    solutions: Mapping[str, SiteSolution]
    wanted: Mapping[str, SiteSolution] = field(default_factory=dict)
    news: News = field(default_factory=News, compare=False)

    @classmethod
    def of(
        cls,
        order: Order,
        tasks: Iterable[Task],
        solutions: Mapping[str, SiteSolution],
        wanted: Mapping[str, SiteSolution] | None = None,
    ) -> "Work":
        lost = (leaf.id for leaf in leaves(order.items) if leaf.state in LOST)
        board = Board(tasks, waits=dependencies(order), lost=lost)
        board.stand(standing_items(order))
        return cls(order=order, tasks=board, solutions=solutions, wanted=wanted or {})

    def errand(self, task: Task) -> Errand:
        designs = self.wanted if self.is_tried(task) else self.solutions
        mine = {item: designs[item] for item in task.items if item in designs}
        done = {other.key: other for other in self.tasks.of(task.items) if other.key != task.key and _has_given(other)}
        return Errand(task=task, order=self.order, solutions=mine, done=done)

    def is_tried(self, task: Task) -> bool:
        """Whether it holds a design that is not in force yet: its item does not stand or fall with it."""
        return any(one.hold == task.key for one in self.order.amendments)

    def is_alive(self, item: str) -> bool:
        """Whether something is still to be done for it."""
        leaf = leaves_by_id(self.order).get(item)
        return leaf is not None and leaf.state not in FINAL and item not in self.tasks.lost

    def is_cancelled(self, item: str) -> bool:
        """Nobody waits for what fails for it any more."""
        leaf = leaves_by_id(self.order).get(item)
        return leaf is None or leaf.state == "cancelled"


LOST = frozenset({"failed", "cancelled"})


def _has_given(task: Task) -> bool:
    return task.state == "done" or bool(task.delivered)
