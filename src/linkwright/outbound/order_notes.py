"""Notes on orders that we have placed at partners."""

from collections.abc import Mapping

from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand
from linkwright.orders.replies import Reply
from linkwright.outbound.http import Client, HttpRefused, segment
from linkwright.outbound.lookup import by_id
from linkwright.outbound.tmf641_orders import SERVICE_ORDERS
from linkwright.wire.v4.outward import has_note, write_noted

OTHERWISE_BY_NOW = 409
"""Somebody else wrote to the order meanwhile: it is read anew."""


class OrderNotes:
    """Implements `orders.replies.PeerNotes`. A patch replaces the whole list, so it is read before."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._clients, self._orders = clients, f"{SERVICE_ORDERS.base}/{SERVICE_ORDERS.order}"

    def tell(self, errand: Errand, reply: Reply) -> None:
        task = errand.task
        client = self._clients.get(task.system)
        placed = by_id(client, self._orders, task.remote_id) if client and task.remote_id else None
        if client is None or placed is None:
            raise Refused(task.system, "it does not know the order")
        if not isinstance(placed, Mapping):
            raise Unavailable(task.system, "what it answers is no order")
        if not has_note(placed, reply):
            path = f"{self._orders}/{segment(str(task.remote_id))}"
            try:
                client.patch(path, write_noted(placed, reply), key=f"{task.key}/note/{reply.id}")
            except HttpRefused as error:
                if error.status != OTHERWISE_BY_NOW:
                    raise
                raise Unavailable(task.system, error.detail) from error
