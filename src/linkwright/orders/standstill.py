"""The run's part in items that stand still: ask what the policy wants asked, and end what nobody has ended in time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.orders.amend import ANSWERED
from linkwright.orders.approval import Policy, asked, to_approve
from linkwright.orders.carry import Carrier
from linkwright.orders.fallout import lapsed
from linkwright.orders.model import Fault, Order
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import happenings, with_roll_up
from linkwright.orders.standing import (
    HELD,
    standing_items,
    with_faults,
    with_standing,
    with_state,
    without_all,
    without_some,
)
from linkwright.orders.states import leaves
from linkwright.orders.work import LOST, Work

EXPIRED = "SD-INF-01"


@dataclass(frozen=True, kw_only=True)
class Standstill:
    """Works on what is stored, and stores what it does; safe to repeat."""

    books: OrderBooks
    carrier: Carrier
    policy: Policy
    now: Callable[[], datetime]

    def noticed(self, work: Work) -> Work:
        """What nobody waits for any more has ended, and what has to be asked is asked: nothing goes out before that."""
        work = self._without_lost(self._lapsed(work))
        order = asked(with_standing(work.order), work.tasks, work.solutions, self.policy, self.now())
        if order != work.order:
            work = self.carrier.store(replace(work, order=order), before=work.order)
        early = dict.fromkeys(to_approve(work.order, work.tasks, work.solutions, self.policy), HELD)
        early |= {one.item: HELD for one in work.order.amendments}
        work.tasks.stand({**early, **standing_items(work.order)})
        return work

    def _lapsed(self, work: Work) -> Work:
        ended = lapsed(work.order, self.now())
        if not ended:
            return work
        before = work.order
        lost = {item for wait in ended if wait.kind == "information" for item in wait.items}
        fallen = {item for wait in ended if wait.kind != "information" for item in wait.items}
        fault = Fault(
            code=EXPIRED, reason="no answer", message="The requester has not answered in time.", at=self.now()
        )
        order = with_state(with_faults(before, lost, fault), lost, "cancelled")
        order = without_all(order, lost | fallen)
        saved = self.books.write(lambda tx: put_failing(tx, before, order, fallen, self.now()))
        work.tasks.lose(leaf.id for leaf in leaves(saved.items) if leaf.state in LOST)
        return replace(work, order=saved)

    def _without_lost(self, work: Work) -> Work:
        """Items for which nothing can be done any more go on, and then they fail: nobody is asked about them.

        So do those of which nobody has to find out any more whether their orders have arrived.
        """
        fallen = {item for wait in work.order.waits if wait.kind == "fallout" for item in wait.items}
        lost = work.tasks.lost & (standing_items(work.order).keys() - fallen)
        over = [(wait, lost) for wait in work.order.waits if wait.kind in ANSWERED and not lost.isdisjoint(wait.items)]
        idle = lost.difference(item for wait in work.order.waits for item in wait.items)
        if not over and not idle:
            return work
        order = with_roll_up(with_state(without_some(work.order, over), idle, "inProgress"), self.now())
        saved = self.books.write(lambda tx: tx.save(order, *happenings(work.order, order)))
        return self.carrier.settle(replace(work, order=saved))


def put_failing(tx: OrderTx, before: Order, order: Order, items: Collection[str], now: datetime) -> Order:
    """Store that these items, for which nobody waits any more, have failed: they go on, and then they fail.

    Both in one transaction, so that nobody works on them in between.
    """
    on_the_way = with_roll_up(order, now)
    saved = tx.save(on_the_way, *happenings(before, on_the_way))
    failed = with_roll_up(with_state(saved, items, "failed"), now)
    return saved if failed == saved else tx.save(failed, *happenings(saved, failed))
