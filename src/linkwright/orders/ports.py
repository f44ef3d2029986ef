"""What an order needs remembered and done outside. One `write` is one transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from linkwright.designs.answers import Documented, SiteSolution
from linkwright.holds.ports import HoldTx
from linkwright.orders.errands import Errand, Heard, Hint, Seen, Sent, Task
from linkwright.orders.model import Cancel, Happening, Order, QualificationRef

T = TypeVar("T")


class OrderTx(HoldTx, Protocol):
    """One open transaction. `NotFound` for an unknown id, `StaleVersion` when a newer version is stored."""

    def order(self, order_id: str) -> Order: ...

    def withdrawn(self, order_id: str) -> bool:
        """True once the resource was deleted while work was still going on; `order` still finds it."""
        ...

    def add(self, order: Order) -> None:
        """Store a new order and the event that it was created."""
        ...

    def save(
        self, order: Order, *happenings: Happening, field_path: str | None = None, over: Order | None = None
    ) -> Order:
        """Write over the version that was read, with one event for each happening (none: only remember).

        `over` is what was read, if that was not in this transaction.
        """
        ...

    def audit(self, order: Order, action: str, reason: str) -> None:
        """Note in the audit trail what somebody has decided about the order, and why."""
        ...

    def remove(self, order: Order, still_running: bool) -> None:
        """Delete the resource, with its event; the row stays, hidden, while its run undoes what was done."""
        ...

    def forget(self, order_id: str) -> None:
        """Drop a hidden order for good: everything was undone."""
        ...

    def tasks(self, order_id: str) -> tuple[Task, ...]:
        """All tasks of an order, in the order in which they were planned."""
        ...

    def put_task(self, task: Task) -> None:
        """Insert or overwrite by key."""
        ...

    def task_of(self, system: str, remote_id: str) -> Task | None:
        """The task that `system` knows under this id, by index."""
        ...

    def task(self, key: str) -> Task | None: ...

    def hear(self, system: str, hint: Hint, task: Task, at: datetime) -> bool:
        """Keep a hint about a task until a run has followed it; False where the same event was told before."""
        ...

    def last_heard(self, order_id: str) -> datetime | None:
        """When the last hint about this order came."""
        ...

    def heard(self, order_id: str) -> tuple[Heard, ...]:
        """The hints that no run has followed yet, oldest first."""
        ...

    def followed(self, heard: Iterable[Heard]) -> None:
        """A run has looked at what these hints were about."""
        ...

    def forget_heard(self, before: datetime) -> None:
        """Events that came before then may be told again."""
        ...

    def cancels(self, order_id: str) -> tuple[Cancel, ...]: ...

    def add_cancel(self, cancel: Cancel) -> None: ...

    def save_cancel(self, cancel: Cancel) -> Cancel: ...

    def design(self, design_id: str) -> SiteSolution | None: ...

    def qualified(self, ref: QualificationRef) -> SiteSolution | None:
        """The design that an earlier check gave to this item or proposal."""
        ...

    def put_designs(self, solutions: Iterable[Documented], requester: str) -> None:
        """Keep the designs that are made for a requester; one that is kept already stays as it is."""
        ...

    def peer_hub(self, system: str) -> str | None:
        """The id of our subscription at another system's hub, once there is one."""
        ...

    def put_peer_hub(self, system: str, subscription_id: str) -> None: ...


class OrderBooks(Protocol):
    def read(self, look: Callable[[OrderTx], T]) -> T: ...

    def write(self, change: Callable[[OrderTx], T]) -> T: ...


class Errands(Protocol):
    """One outward system that carries out tasks. Every method raises `Unavailable` or `Refused`.

    All three are safe to repeat: the task's key goes out as idempotency key and external id, and what is
    already there is found again by it.
    """

    def send(self, errand: Errand) -> Sent:
        """Place it, or find the one that an earlier try placed."""
        ...

    def look(self, errand: Errand) -> Seen: ...

    def undo(self, errand: Errand) -> Seen:
        """Take it back: `done` when nothing is left, `waiting` while the other side works, `failed` when it refuses.

        `unknown` when the other side does not have it, by its id or by its key where nobody knows that id. Raises
        `Refused` where that cannot be asked.
        """
        ...

    def subscribe(self, system: str, callback: str) -> str | None:
        """Register our listener at its hub; None where it has no hub."""
        ...
