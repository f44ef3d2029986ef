"""What order APIs call their things, and what differs between the systems that take orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mocks.calls import Json

FINAL = frozenset({"completed", "failed", "partial", "cancelled", "rejected"})
MOVING = frozenset({"acknowledged", "inProgress", "held"})


@dataclass(frozen=True, kw_only=True)
class OrderApi:
    """What an order API calls its things; `task_open` is the first state of a cancel."""

    contract: str
    order: str
    items: str
    cancel: str
    task_open: str

    @property
    def order_type(self) -> str:
        return _upper(self.order)

    @property
    def cancel_type(self) -> str:
        return _upper(self.cancel)


SERVICE_ORDERS = OrderApi(
    contract="tmf641-partner-v4.yaml",
    order="serviceOrder",
    items="serviceOrderItem",
    cancel="cancelServiceOrder",
    task_open="accepted",
)
RESOURCE_ORDERS = OrderApi(
    contract="tmf652-v4.yaml",
    order="resourceOrder",
    items="orderItem",
    cancel="cancelResourceOrder",
    task_open="acknowledged",
)

OrderOf = Callable[[str], Json | None]
"""The order with this id in the same book, None where there is none."""


def _no_text(_order: Json, _order_of: OrderOf) -> str | None:
    return None


def _no_change(_order: Json) -> None:
    return None


def _no_date(_order: Json, _now: datetime) -> datetime | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What differs between the systems that take orders.

    Attributes:
        refused: why an acknowledged order is rejected, or None.
        waits_for: what an order in progress has to wait for, or None; it is held until then.
        expected: when it will be done, said once the work begins.
        delivered: writes into the order what its completion gives to the requester.
        milestones: names of what is reached when the work begins and when it ends.
        by_clock: what has an expected date is not done before the clock has reached it.
    """

    refused: Callable[[Json, OrderOf], str | None] = _no_text
    waits_for: Callable[[Json, OrderOf], str | None] = _no_text
    expected: Callable[[Json, datetime], datetime | None] = _no_date
    delivered: Callable[[Json], None] = _no_change
    milestones: tuple[str, str] | None = None
    by_clock: bool = False


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]
