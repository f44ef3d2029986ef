"""An order system of another company, in memory, behind the addresses of one order API."""

import re
from typing import Any

import orjson
import requests
import responses

from .fakes import BASE_URL

Json = dict[str, Any]
BASE = "tmf-api/serviceOrdering/v4"


class OrderSystem:
    """Orders and cancels. `lose_answers`: so many posts are carried out without an answer; `deaf`: it ignores filters.

    `cancel_to` is the state that a cancel leads to at once, None where it is denied at once.
    """

    def __init__(self, peer: responses.RequestsMock) -> None:
        self.orders: list[Json] = []
        self.cancels: list[Json] = []
        self.posts: list[str] = []
        self.lose_answers = 0
        self.deaf = False
        self.lists_cancels = True
        self.cancel_to: str | None = "cancelled"
        self.cancel_conflict = False
        peer.assert_all_requests_are_fired = False
        root = re.escape(f"{BASE_URL}/{BASE}/")
        for method, path, do in (
            (responses.GET, r"serviceOrder(\?.*)?$", self._list_orders),
            (responses.GET, r"serviceOrder/[^/]+$", self._order),
            (responses.POST, r"serviceOrder$", self._post_order),
            (responses.GET, r"cancelServiceOrder(\?.*)?$", self._list_cancels),
            (responses.POST, r"cancelServiceOrder$", self._post_cancel),
        ):
            peer.add_callback(method, re.compile(root + path), _answering(do))

    def holds(self, key: str, state: str = "inProgress") -> Json:
        """Put an order there."""
        order = {"id": str(len(self.orders) + 1), "externalId": key, "state": state}
        self.orders.append(order)
        return order

    def _list_orders(self, request: Any) -> tuple[int, Any]:
        wanted = request.params.get("externalId")
        found = self.orders if self.deaf else [o for o in self.orders if o["externalId"] == wanted]
        return 200, _page(found, request)

    def _order(self, request: Any) -> tuple[int, Any]:
        order_id = request.path_url.rpartition("/")[2]
        found = [order for order in self.orders if order["id"] == order_id]
        return (200, found[0]) if found else (404, {"code": "60", "reason": "unknown"})

    def _post_order(self, request: Any) -> tuple[int, Any]:
        key = request.headers["Idempotency-Key"]
        self.posts.append(key)
        order = self.holds(key, "acknowledged")
        if self.lose_answers:
            self.lose_answers -= 1
            raise requests.ReadTimeout("the answer was lost")
        return 201, {**order, "href": f"/{BASE}/serviceOrder/{order['id']}"}

    def _list_cancels(self, request: Any) -> tuple[int, Any]:
        return (200, _page(self.cancels, request)) if self.lists_cancels else (405, {})

    def _post_cancel(self, request: Any) -> tuple[int, Any]:
        if self.cancel_conflict:
            return 409, {"code": "61", "reason": "past the point of no return"}
        order_id = orjson.loads(request.body)["serviceOrder"]["id"]
        order = next(order for order in self.orders if order["id"] == order_id)
        cancel = {"id": "c1", "serviceOrder": {"id": order_id}, "state": "done"}
        if self.cancel_to is None:
            cancel["completionMessage"] = "Digging has begun."
        else:
            order["state"] = self.cancel_to
        self.cancels.append(cancel)
        return 201, cancel


def _page(found: list[Json], request: Any) -> list[Json]:
    offset = int(request.params["offset"])
    return found[offset : offset + int(request.params["limit"])]


def _answering(do: Any) -> Any:
    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        status, body = do(request)
        return status, {}, orjson.dumps(body)

    return answer
