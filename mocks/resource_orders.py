"""The resource order system (TMF652): it delivers whatever is ordered."""

from functools import partial

from mocks.order_api import RESOURCE_ORDERS, Rules
from mocks.order_book import OrderBook
from mocks.roles import Context, Mock
from mocks.steering import steer


def resource_orders(step_s: float) -> Mock:
    return _ResourceOrders(step_s)


class _ResourceOrders:
    name = "resource-orders"
    contracts = (RESOURCE_ORDERS.contract,)

    def __init__(self, step_s: float) -> None:
        self._book = OrderBook(api=RESOURCE_ORDERS, rules=Rules(), step_s=step_s)
        self.handlers = self._book.handlers
        self.state = self._book.state
        self.load = self._book.load
        self.forget = self._book.forget
        self.steer = partial(steer, self._book)

    def on_start(self, context: Context) -> None:
        self._book.on_start(context)
