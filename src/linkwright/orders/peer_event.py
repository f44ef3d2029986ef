"""News from another system about something that we ordered there.

An event is only a hint: the order's run asks the system itself how the thing stands. So an event that is late, early,
repeated or out of order does no harm, and one that never comes is made up for by looking.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwright.orders.board import Board
from linkwright.orders.errands import Heard, Hint, Task
from linkwright.orders.place import RUN
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.tasks import is_guarded, is_out


@dataclass(frozen=True, kw_only=True)
class PeerNews:
    """`gap`: events about one order wake it once in that time. `kept`: so long a repetition is known for one."""

    books: OrderBooks
    now: Callable[[], datetime]
    gap: timedelta = timedelta(seconds=2)
    kept: timedelta = timedelta(days=7)

    def heard(self, system: str, hint: Hint) -> bool:
        """Wake the order whose task the hint is about; False where it is none of ours, or was told before.

        Safe to repeat. Only what is about a task of ours is kept, so strangers' events cost a look-up each. One that
        comes before the answer to our call names our key, or else is made up for: the answer itself is followed by a
        look.
        """

        def change(tx: OrderTx) -> bool:
            task, now = _task_of(tx, system, hint), self.now()
            if task is None:
                return False
            last = tx.last_heard(task.order_id)
            if not tx.hear(system, hint, task, now):
                return False
            tx.forget_heard(now - self.kept)
            tx.wake(RUN, task.order_id, now if last is None else max(now, min(last, now) + self.gap))
            return True

        return self.books.write(change)


def looked_at_now(board: Board, heard: Iterable[Heard], now: datetime, longest: timedelta) -> None:
    """A task that is out and that an event told of is due now, whatever its pause, but where we were asked to wait.

    So is one that was put off for longer than any is: the clock has been set back since.
    """
    early = {task.key for task in board if is_out(task) and task.look_at and task.look_at > now + longest}
    for key in early | {hint.task_key for hint in heard if hint.task_key in board}:
        if is_out(board[key]) or is_guarded(board[key]):
            board.put(replace(board[key], look_at=max(now, board[key].not_before or now)))


def _task_of(tx: OrderTx, system: str, hint: Hint) -> Task | None:
    found = None if hint.remote_id is None else tx.task_of(system, hint.remote_id)
    if found is None and hint.key is not None:
        found = tx.task(hint.key)
    return found if found is not None and found.system == system else None
