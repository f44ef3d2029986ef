"""Notes that a requester adds to its order: one that was waiting for them goes on."""

from mocks.calls import Answer, Call, not_found, tmf_error
from mocks.order_api import FINAL
from mocks.order_book import OrderBook


def noted(book: OrderBook, call: Call) -> Answer:
    order = book.orders.get(call.path["id"])
    if order is None:
        return not_found(call.path["id"])
    if order["state"] in FINAL:
        return tmf_error(409, "tooLate", "the order does not change any more", f"{order['id']} is {order['state']}")
    before, order["note"] = order.get("note", []), call.body.get("note", [])
    book.context.publish(book.api.contract, f"{book.api.order_type}AttributeValueChangeEvent", book.api.order, order)
    if order["state"] == "pending" and any(note not in before for note in order["note"]):
        book.turn(order, "inProgress")
    return Answer(200, order)
