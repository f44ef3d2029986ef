"""Orders of one order API on their way from acknowledged to an end, as every order mock keeps them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from mocks.calls import Answer, Call, Handler, Json, created, not_found, tmf_error, wire_time
from mocks.order_api import FINAL, MOVING, OrderApi, Rules
from mocks.paging import paged, shown
from mocks.roles import Context, ids


@dataclass(kw_only=True)
class OrderBook:
    """Takes orders, moves each one step every `step_s` of real time, tells its subscribers, and cancels on request.

    An external id that an order has already is refused with the id of that order.
    """

    api: OrderApi
    rules: Rules
    step_s: float
    holidays: Set[date] = frozenset()
    orders: dict[str, Json] = field(default_factory=dict)
    cancels: dict[str, Json] = field(default_factory=dict)
    _of_external_id: dict[str, Json] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _stopped: set[str] = field(default_factory=set)
    _context: Context | None = None

    def __post_init__(self) -> None:
        self._next_order, self._next_cancel = ids("order"), ids("cancel")

    def on_start(self, context: Context) -> None:
        self._context = context

    @property
    def handlers(self) -> Mapping[str, Handler]:
        order, cancel = self.api.order_type, self.api.cancel_type
        return {
            f"create{order}": self._create,
            f"list{order}": self._list,
            f"retrieve{order}": lambda call: _retrieved(self.orders, call),
            f"create{cancel}": self._create_cancel,
            f"list{cancel}": lambda call: paged(self.cancels.values(), call.query),
            f"retrieve{cancel}": lambda call: _retrieved(self.cancels, call),
        }

    def state(self) -> Mapping[str, Json]:
        return {self.api.order: list(self.orders.values()), self.api.cancel: list(self.cancels.values())}

    def load(self, state: Mapping[str, Json]) -> None:
        """Every order and cancel goes on with its next step."""
        self.orders = {order["id"]: order for order in state.get(self.api.order, ())}
        self.cancels = {cancel["id"]: cancel for cancel in state.get(self.api.cancel, ())}
        self._of_external_id = {o["externalId"]: o for o in self.orders.values() if o.get("externalId")}
        self._held = {order["id"] for order in self.orders.values() if order["state"] == "held"}
        self._next_order, self._next_cancel = ids("order", self.orders), ids("cancel", self.cancels)
        for order_id in self.orders:
            self.context.later(self.step_s, partial(self._advance, order_id))
        for cancel in self.cancels.values():
            if cancel["state"] == self.api.task_open:
                self.context.later(self.step_s, partial(self._assess, cancel["id"]))
            elif cancel["state"] == "inProgress":
                order = self.orders[cancel[self.api.order]["id"]]
                self.context.later(self.step_s, partial(self._undo, cancel, order))

    def forget(self, resource_id: str) -> None:
        lost = self.orders.pop(resource_id, {})
        self._of_external_id.pop(lost.get("externalId", ""), None)
        self.cancels.pop(resource_id, None)

    @property
    def context(self) -> Context:
        if self._context is None:
            raise RuntimeError("the book was not started")
        return self._context

    # Orders

    def _create(self, call: Call) -> Answer:
        external_id = call.body.get("externalId", "")
        if external_id in self._of_external_id:
            return _taken(external_id, self._of_external_id[external_id])
        order_id = self._next_order()
        order = {
            **call.body,
            "id": order_id,
            "href": call.href(self.api.order, order_id),
            "@type": self.api.order_type,
            "orderDate": wire_time(call.now),
        }
        self.orders[order_id] = order
        if external_id:
            self._of_external_id[external_id] = order
        self._put(order, "acknowledged")
        self.context.publish(self.api.contract, f"{self.api.order_type}CreateEvent", self.api.order, order)
        self.context.later(self.step_s, partial(self._advance, order_id))
        return created(order)

    def _list(self, call: Call) -> Answer:
        external_id = dict(call.query).get("externalId", ",")
        if "," in external_id:
            return paged(self.orders.values(), call.query)
        first = self._of_external_id.get(external_id)
        return paged([first] if first else [], call.query)

    def _advance(self, order_id: str) -> None:
        """One step; orders that are gone, over or being cancelled stay as they are."""
        order = self.orders.get(order_id)
        state = order["state"] if order else ""
        if order is None or state not in MOVING or order_id in self._stopped:
            return
        if self.context.faults.settings.orders_wait or (state == "inProgress" and self._is_early(order)):
            self.context.later(self.step_s, partial(self._advance, order_id))
            return
        if state == "acknowledged":
            self._begin(order)
        elif reason := self.rules.waits_for(order, self.orders.get):
            self._change(order, "held", reason)
        elif state == "held":
            self._change(order, "inProgress")
            self.context.later(self.step_s, partial(self._advance, order_id))
        else:
            self._finish(order)

    def _is_early(self, order: Json) -> bool:
        expected = order.get("expectedCompletionDate") if self.rules.by_clock else None
        return expected is not None and datetime.fromisoformat(expected) > self.context.now()

    def _begin(self, order: Json) -> None:
        if reason := self.rules.refused(order, self.orders.get):
            return self._change(order, "rejected", reason)
        now = self.context.now()
        order["startDate"] = wire_time(now)
        if expected := self.rules.expected(order, now):
            order["expectedCompletionDate"] = wire_time(expected)
        self._change(order, "inProgress")
        self._reach(order, 0)
        return self.context.later(self.step_s, partial(self._advance, order["id"]))

    def _finish(self, order: Json) -> None:
        if reason := self.rules.refused(order, self.orders.get):
            return self._change(order, "failed", reason)
        self.rules.delivered(order)
        order["completionDate"] = wire_time(self.context.now())
        lost = [item["id"] for item in order[self.api.items] if item["id"] in self.context.items_lost]
        if lost:
            return self._end_mixed(order, lost)
        self._reach(order, 1)
        return self._change(order, "completed")

    def _end_mixed(self, order: Json, lost: list[str]) -> None:
        ends = {item["id"]: "failed" if item["id"] in lost else "completed" for item in order[self.api.items]}
        self._change(
            order, "partial" if "completed" in ends.values() else "failed", f"not delivered: {', '.join(lost)}", ends
        )

    def _change(
        self, order: Json, state: str, reason: str | None = None, items: Mapping[str, str] | None = None
    ) -> None:
        """`items` are the states of those that do not go the way of the order."""
        if state == order["state"]:
            return
        order.pop("errorMessage", None)
        if reason:
            moment, kind = wire_time(self.context.now()), f"{self.api.order_type}ErrorMessage"
            order["errorMessage"] = [{"code": state, "reason": reason, "timestamp": moment, "@type": kind}]
        self._put(order, state, items)
        self.context.publish(self.api.contract, f"{self.api.order_type}StateChangeEvent", self.api.order, order)
        if state in FINAL:
            for held in sorted(self._held):
                self.context.later(0, partial(self._advance, held))

    def turn(self, order: Json, state: str, reason: str | None = None) -> None:
        """Put an order into a state from outside; it stays there until it is put into `inProgress`."""
        self._change(order, state, reason)
        if state != "inProgress":
            self._stopped.add(order["id"])
        elif order["id"] in self._stopped:
            self._stopped.discard(order["id"])
            self.context.later(self.step_s, partial(self._advance, order["id"]))

    def _put(self, order: Json, state: str, items: Mapping[str, str] | None = None) -> None:
        (self._held.add if state == "held" else self._held.discard)(order["id"])
        order["state"] = state
        ends = items or {}
        order[self.api.items] = [
            {**item, "state": ends.get(item["id"], state)} for item in order.get(self.api.items, [])
        ]

    def _reach(self, order: Json, which: int) -> None:
        if self.rules.milestones is None:
            return
        items = [
            {"id": item["id"], "itemId": item["id"], "serviceOrderId": order["id"]} for item in order[self.api.items]
        ]
        milestone = {
            "id": str(which + 1),
            "name": self.rules.milestones[which],
            "milestoneDate": wire_time(self.context.now()),
            "status": "reached",
            "serviceOrderItem": items,
            "@type": "ServiceOrderMilestone",
        }
        order["milestone"] = [*order.get("milestone", []), milestone]
        self.context.publish(self.api.contract, f"{self.api.order_type}MilestoneEvent", self.api.order, order)

    # Cancels

    def _create_cancel(self, call: Call) -> Answer:
        order = self.orders.get(call.body[self.api.order]["id"])
        if order is None:
            return tmf_error(400, "unknownOrder", "there is no such order", call.body[self.api.order]["id"])
        if order["state"] not in MOVING:
            return tmf_error(409, "tooLate", "the order cannot be cancelled", f"{order['id']} is {order['state']}")
        cancel_id = self._next_cancel()
        cancel = {
            **call.body,
            "id": cancel_id,
            "href": call.href(self.api.cancel, cancel_id),
            "@type": self.api.cancel_type,
            "state": self.api.task_open,
        }
        self.cancels[cancel_id] = cancel
        self.context.publish(self.api.contract, f"{self.api.cancel_type}CreateEvent", self.api.cancel, cancel)
        self.context.later(self.step_s, partial(self._assess, cancel_id))
        return created(cancel)

    def _assess(self, cancel_id: str) -> None:
        cancel = self.cancels.get(cancel_id)
        order = self.orders.get(cancel[self.api.order]["id"]) if cancel else None
        if cancel is None or order is None:
            return None
        if order["state"] not in MOVING:
            cancel["completionMessage"] = f"denied: the order is {order['state']}"
            return self._change_cancel(cancel, "done")
        self._change_cancel(cancel, "inProgress")
        self._change(order, "assessingCancellation")
        self._change(order, "pendingCancellation")
        return self.context.later(self.step_s, partial(self._undo, cancel, order))

    def _undo(self, cancel: Json, order: Json) -> None:
        order["cancellationDate"] = cancel["effectiveCancellationDate"] = wire_time(self.context.now())
        order["cancellationReason"] = cancel.get("cancellationReason", "cancelled by the requester")
        self._change(order, "cancelled")
        self._change_cancel(cancel, "done")

    def _change_cancel(self, cancel: Json, state: str) -> None:
        cancel["state"] = state
        self.context.publish(self.api.contract, f"{self.api.cancel_type}StateChangeEvent", self.api.cancel, cancel)


def _retrieved(stored: Mapping[str, Json], call: Call) -> Answer:
    found = stored.get(call.path["id"])
    return not_found(call.path["id"]) if found is None else shown(found, call.query)


def _taken(external_id: str, first: Json) -> Answer:
    text = f"{external_id} is the external id of {first['id']}"
    refused = tmf_error(409, "duplicateExternalId", "there is an order with this external id", text)
    return Answer(409, {**refused.body, "referenceError": first["href"]})
