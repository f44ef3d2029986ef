"""What a test makes of an order that is on its way: later, in danger, stopped, or waiting for an answer."""

from collections.abc import Mapping
from datetime import datetime

from mocks.calls import Json, wire_time
from mocks.order_api import FINAL
from mocks.order_book import OrderBook
from mocks.working_days import working_days_after

WISHES = frozenset({"slipDays", "jeopardy", "state", "reason"})
STATES = frozenset({"inProgress", "pending", "held"})


def steer(book: OrderBook, order_id: str, wish: Mapping[str, Json]) -> bool:
    """False where there is no such order. Whatever changes is told to the subscribers.

    `slipDays`: its expected completion moves by so many working days, also back. `jeopardy`: `{"type", "message"}`,
    the only alert that it has from then on, None for none. `state`: `pending`, `held` or `inProgress`, from where it
    goes on by itself; `reason` says why.

    Raises:
        ValueError: something else is wished, or the order is over.
    """
    if unknown := wish.keys() - WISHES:
        raise ValueError(f"unknown wish {', '.join(sorted(unknown))}")
    if wish.get("state") not in (None, *STATES):
        raise ValueError(f"state is one of {', '.join(sorted(STATES))}")
    order = book.orders.get(order_id)
    if order is None:
        return False
    if order["state"] in FINAL:
        raise ValueError(f"the order is {order['state']}")
    if days := int(wish.get("slipDays") or 0):
        expected = datetime.fromisoformat(order.get("expectedCompletionDate") or wire_time(book.context.now()))
        order["expectedCompletionDate"] = wire_time(working_days_after(expected, days, book.holidays))
        _tell(book, order, "AttributeValueChangeEvent")
    if "jeopardy" in wish:
        _endanger(book, order, wish["jeopardy"])
    if state := wish.get("state"):
        book.turn(order, state, wish.get("reason"))
        if state == "pending":
            _tell(book, order, "InformationRequiredEvent")
    return True


def _endanger(book: OrderBook, order: Json, jeopardy: Mapping[str, Json] | None) -> None:
    order.pop("jeopardyAlert", None)
    if jeopardy is not None:
        alert = {
            "id": "1",
            "name": "delay",
            "jeopardyType": jeopardy.get("type", "Normal"),
            "alertDate": wire_time(book.context.now()),
            "message": jeopardy["message"],
            "@type": f"{book.api.order_type}JeopardyAlert",
        }
        order["jeopardyAlert"] = [alert]
    _tell(book, order, "JeopardyEvent")


def _tell(book: OrderBook, order: Json, event: str) -> None:
    book.context.publish(book.api.contract, f"{book.api.order_type}{event}", book.api.order, order)
