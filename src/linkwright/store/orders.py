"""Orders and their cancels in one open transaction (`orders.ports.OrderTx`)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from linkwright.designs.answers import Documented, SiteSolution
from linkwright.orders.errands import Heard, Hint, Task
from linkwright.orders.model import Cancel, Happening, Order, QualificationRef
from linkwright.store import audit, designs, peers
from linkwright.store.happenings import store_changed, store_new, tell
from linkwright.store.holds import SqlHolds
from linkwright.store.resources import (
    Resource,
    children,
    delete_resource,
    hide_resource,
    know,
    read_resource,
    status,
)
from linkwright.store.tasks import TaskRows
from linkwright.store.times import stamp
from linkwright.store.work import Kept, Work
from linkwright.wire.v4.cancel_order import cancel_internals, read_stored_cancel, write_cancel
from linkwright.wire.v4.service_order import order_internals, order_json, read_stored_order, write_order


class SqlOrderTx(SqlHolds):
    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._tasks = TaskRows(work.connection)

    def order(self, order_id: str) -> Order:
        kept = read_resource(self._work, "serviceOrder", order_id)
        return read_stored_order(kept.doc, version=kept.version, requester=kept.requester, internals=kept.internals)

    def withdrawn(self, order_id: str) -> bool:
        return status(self._connection, "serviceOrder", order_id)[1]

    def add(self, order: Order) -> None:
        store_new(self._work, self._order_resource(order))

    def save(
        self, order: Order, *happenings: Happening, field_path: str | None = None, over: Order | None = None
    ) -> Order:
        if over is not None:
            know(self._work, "serviceOrder", over.id, over.version, over.requester, over.body)
        newer = replace(order, version=order.version + 1)
        store_changed(self._work, self._order_resource(newer), happenings, field_path)
        return newer

    def audit(self, order: Order, action: str, reason: str) -> None:
        work = self._work
        audit.note(self._connection, work.now(), work.actor, (action,), "serviceOrder", order.id, order.version, reason)

    def remove(self, order: Order, still_running: bool) -> None:
        hide_resource(self._work, "serviceOrder", order.id, order.version)
        tell(self._work, self._order_resource(order), ("deleted",))
        if not still_running:
            self.forget(order.id)

    def forget(self, order_id: str) -> None:
        for cancel_id, _ in children(self._connection, "cancelServiceOrder", order_id):
            delete_resource(self._work, "cancelServiceOrder", cancel_id)
        self._tasks.forget(order_id)
        delete_resource(self._work, "serviceOrder", order_id)

    def tasks(self, order_id: str) -> tuple[Task, ...]:
        return self._tasks.of_order(order_id)

    def put_task(self, task: Task) -> None:
        self._tasks.put(task)

    def task_of(self, system: str, remote_id: str) -> Task | None:
        return self._tasks.of_system(system, remote_id)

    def task(self, key: str) -> Task | None:
        return self._tasks.of_key(key)

    def hear(self, system: str, hint: Hint, task: Task, at: datetime) -> bool:
        return peers.hear(self._connection, system, hint.event_id, task, at)

    def last_heard(self, order_id: str) -> datetime | None:
        return peers.last_heard(self._connection, order_id)

    def heard(self, order_id: str) -> tuple[Heard, ...]:
        return peers.heard(self._connection, order_id)

    def followed(self, heard: Iterable[Heard]) -> None:
        peers.follow(self._connection, heard)

    def forget_heard(self, before: datetime) -> None:
        peers.forget_heard(self._connection, before)

    def cancels(self, order_id: str) -> tuple[Cancel, ...]:
        found = children(self._connection, "cancelServiceOrder", order_id)
        return tuple(_cancel(kept) for _, kept in found)

    def add_cancel(self, cancel: Cancel) -> None:
        store_new(self._work, self._cancel_resource(cancel))

    def save_cancel(self, cancel: Cancel) -> Cancel:
        """Write over the version that was read, with an event if its state is another one."""
        newer = replace(cancel, version=cancel.version + 1)
        before, _ = status(self._connection, "cancelServiceOrder", cancel.id)
        happenings: tuple[Happening, ...] = ("stateChanged",) if before != cancel.state else ()
        store_changed(self._work, self._cancel_resource(newer), happenings)
        return newer

    def design(self, design_id: str) -> SiteSolution | None:
        return designs.get_design(self._connection, design_id)

    def qualified(self, ref: QualificationRef) -> SiteSolution | None:
        return designs.qualified_design(self._connection, ref)

    def put_designs(self, solutions: Iterable[Documented], requester: str) -> None:
        designs.put_designs(self._connection, solutions, requester, self._work.now(), ordered=True)

    def peer_hub(self, system: str) -> str | None:
        return peers.hub_of(self._connection, system)

    def put_peer_hub(self, system: str, subscription_id: str) -> None:
        peers.put_hub(self._connection, system, subscription_id)

    def _order_resource(self, order: Order) -> Resource:
        return Resource(
            kind="serviceOrder",
            id=order.id,
            version=order.version,
            requester=order.requester,
            date=stamp(order.ordered_at),
            doc=write_order(order, self._work.base_url),
            internals=order_internals(order),
            post=order.post,
            json=order_json(order, self._work.base_url),
        )

    def _cancel_resource(self, cancel: Cancel) -> Resource:
        return Resource(
            kind="cancelServiceOrder",
            id=cancel.id,
            version=cancel.version,
            requester=cancel.requester,
            date=stamp(cancel.asked_at),
            doc=write_cancel(cancel, self._work.base_url),
            internals=cancel_internals(cancel),
            post=cancel.post,
            parent=cancel.order_id,
        )


def _cancel(kept: Kept) -> Cancel:
    return read_stored_cancel(kept.doc, version=kept.version, requester=kept.requester, internals=kept.internals)
