"""What deliveries need remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class OutboxRow(Protocol):
    """One notification for one subscription; `attempts` have failed, the next is not before `next_at`."""

    @property
    def seq(self) -> int: ...

    @property
    def event_id(self) -> str: ...

    @property
    def body(self) -> bytes:
        """Made whenever it is asked for."""
        ...

    @property
    def attempts(self) -> int: ...

    @property
    def next_at(self) -> datetime: ...


class Outbox(Protocol):
    """What is still to be delivered. Every method is a transaction of its own and safe to repeat."""

    def due_subscriptions(self, now: datetime, limit: int) -> list[str]:
        """Ids of active subscriptions whose first open row is due."""
        ...

    def head(self, subscription_id: str, limit: int) -> Sequence[OutboxRow]:
        """The oldest open rows in the order of `seq`, due or not."""
        ...

    def callback(self, subscription_id: str) -> str | None:
        """Where to deliver, exactly as the subscriber gave it; None when it is gone or suspended."""
        ...

    def delivered(self, seqs: Sequence[int]) -> None: ...

    def retry(self, seq: int, at: datetime, error: str) -> None:
        """Count one more failed attempt; the next is not before `at`."""
        ...

    def dead(self, seq: int, error: str) -> None:
        """Count one more failed attempt and set the row aside: it is delivered only when an operator says so."""
        ...

    def drop_subscription(self, subscription_id: str) -> None:
        """Remove the subscription and its rows."""
        ...

    def suspend(self, subscription_id: str, why: str, at: datetime) -> None:
        """Deliver nothing more until an operator says so; the rows stay."""
        ...
