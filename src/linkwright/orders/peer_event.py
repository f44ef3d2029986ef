"""News from another system about something that we ordered there.

An event is only a hint: the order's run asks the system itself how things stand. So an event that is late, early,
repeated or out of order does no harm, and one that never comes is made up for by looking.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkwright.orders.place import RUN
from linkwright.orders.ports import OrderBooks, OrderTx


@dataclass(frozen=True, kw_only=True)
class PeerNews:
    books: OrderBooks
    now: Callable[[], datetime]

    def heard(self, system: str, remote_id: str) -> bool:
        """Wake the order whose task `system` knows under this id; False when it is none of ours. Safe to repeat."""

        def change(tx: OrderTx) -> bool:
            task = tx.task_of(system, remote_id)
            if task is None:
                return False
            tx.look_soon(task.key, self.now())
            tx.wake(RUN, task.order_id, self.now())
            return True

        return self.books.write(change)
