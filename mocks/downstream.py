"""The operator's own order system below linkwright (TMF641): it allocates parameters and implements services.

An allocation order whose items are deleted gives parameters back.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address
from itertools import count
from typing import Any

from mocks.calls import Json
from mocks.characteristics import values_of, with_values
from mocks.order_api import FINAL, SERVICE_ORDERS, OrderOf, Rules
from mocks.order_book import OrderBook
from mocks.order_notes import noted
from mocks.roles import Context, Mock

ALLOCATE, IMPLEMENT = "Allocate Specific Service Parameters", "Implement, Configure & Activate"
FIRST_VLAN, VLANS = 100, 3995
FIRST_PREFIX = IPv4Address("10.0.0.0")
ADDRESSES_EACH = 4


def downstream(step_s: float) -> Mock:
    return _Downstream(step_s)


class _Downstream:
    """An implementation waits for the allocation that it depends on.

    New services without one are rejected, but those that bring all of their parameters.
    """

    name = "downstream"
    contracts = (SERVICE_ORDERS.contract,)

    def __init__(self, step_s: float) -> None:
        rules = Rules(refused=_refused, waits_for=_waits_for, delivered=self._deliver)
        self._book = OrderBook(api=SERVICE_ORDERS, rules=rules, step_s=step_s)
        self._numbers = count()
        self.handlers = {**self._book.handlers, "patchServiceOrder": lambda call: noted(self._book, call)}
        self.state = self._book.state
        self.load = self._book.load
        self.forget = self._book.forget

    def on_start(self, context: Context) -> None:
        self._book.on_start(context)

    def _deliver(self, order: Json) -> None:
        if order["category"] == ALLOCATE:
            for item in (one for one in order["serviceOrderItem"] if one.get("action") != "delete"):
                item["service"] = with_values(item["service"], allocation(next(self._numbers)))


def allocation(number: int) -> Mapping[str, Any]:
    """What the service with this number gets. Prefixes and identifiers never repeat, VLAN ids after 3995 services."""
    return {
        "vlanId": FIRST_VLAN + number % VLANS,
        "ipv4Prefix": f"{FIRST_PREFIX + number * ADDRESSES_EACH}/30",
        "serviceIdentifier": f"SVC-{number + 1:06d}",
    }


def _refused(order: Json, order_of: OrderOf) -> str | None:
    if order.get("category") == ALLOCATE:
        return None
    if order.get("category") != IMPLEMENT:
        return f"orders of category {order.get('category')!r} are not taken here"
    needed, new = _needed(order), {item["id"] for item in order["serviceOrderItem"] if _needs_allocation(item)}
    if new and not needed:
        return "it depends on no allocation order"
    given: set[str] = set()
    for order_id in needed:
        found = order_of(order_id)
        if found is None or found.get("category") != ALLOCATE:
            return f"{order_id} is not an allocation order"
        if found["state"] in FINAL - {"completed", "partial"}:
            return f"allocation order {order_id} is {found['state']}"
        given |= {item["id"] for item in found["serviceOrderItem"] if item["state"] not in FINAL - {"completed"}}
    if missing := sorted(new - given):
        return f"nothing was allocated for {', '.join(missing)}"
    return None


def _needs_allocation(item: Json) -> bool:
    """A new service, unless it brings everything that would have been allocated to it."""
    return item["action"] == "add" and not allocation(0).keys() <= values_of(item["service"]).keys()


def _waits_for(order: Json, order_of: OrderOf) -> str | None:
    """The allocation that still runs; one that ended badly is nothing to wait for."""
    for order_id in _needed(order):
        found = order_of(order_id)
        if found is not None and found["state"] not in FINAL:
            return f"allocation order {order_id} is {found['state']}"
    return None


def _needed(order: Json) -> list[str]:
    if order.get("category") != IMPLEMENT:
        return []
    return [each["id"] for each in order.get("orderRelationship", []) if each["relationshipType"] == "dependsOn"]
