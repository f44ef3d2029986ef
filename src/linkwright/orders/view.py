"""An order as a run finds it, with everything that decides what is to be done."""

from dataclasses import dataclass
from datetime import datetime

from linkwright.designs.answers import SiteSolution
from linkwright.orders.commit import DESIGNED
from linkwright.orders.errands import Heard
from linkwright.orders.model import Cancel
from linkwright.orders.place import RUN, heard
from linkwright.orders.ports import OrderTx
from linkwright.orders.states import leaves
from linkwright.orders.work import Work


@dataclass(frozen=True, kw_only=True)
class View:
    work: Work
    cancels: tuple[Cancel, ...]
    later_cancel: datetime | None
    withdrawn: bool
    revision: int
    failures: int
    heard: tuple[Heard, ...]


def view_of(tx: OrderTx, order_id: str, now: datetime) -> View:
    order = tx.order(order_id)
    revision, failures = tx.attempts(RUN, order_id)
    new = {one.item for one in order.amendments if one.was is None}
    designed = (leaf for leaf in leaves(order.items) if leaf.action in DESIGNED)
    designs = {leaf.id: tx.design(leaf.design_id) for leaf in designed if leaf.design_id}
    found: dict[str, SiteSolution] = {i: one for i, one in designs.items() if one is not None and i not in new}
    wanted = {one.item: tx.design(one.design_id) for one in order.amendments if one.design_id}
    cancels, later = heard(tx.cancels(order_id), now)
    return View(
        work=Work.of(order, tx.tasks(order_id), found, {i: one for i, one in wanted.items() if one is not None}),
        cancels=cancels,
        later_cancel=later,
        withdrawn=tx.withdrawn(order_id),
        revision=revision,
        failures=failures,
        heard=tx.heard(order_id),
    )
