"""TMF641: what each operation of the contract does. Read, call, write."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from linkwright.api.brevity import brief
from linkwright.api.callers import body_of, caller_of, if_match_of, media_type_of, mended, post_of, query_string
from linkwright.api.collections import Collection, visible
from linkwright.api.identity import Caller
from linkwright.api.ownership import refuse_foreign
from linkwright.api.patching import Amended, Before, Patching
from linkwright.api.ports import Designs
from linkwright.api.replies import Reply, reply
from linkwright.api.sizes import MOST_ITEMS, refuse_too_many
from linkwright.errors import Conflict, InvalidRequest, NotFound, Repeated
from linkwright.orders.model import Order, State
from linkwright.orders.operator import OperatorDesk
from linkwright.orders.place import OrderDesk
from linkwright.wire.merge_patch import changed_paths
from linkwright.wire.repairs import Repaired
from linkwright.wire.v4.cancel_order import ignored_in_cancel, read_cancel, write_cancel
from linkwright.wire.v4.order_items import asked_states, ignored_in_items, with_states_of
from linkwright.wire.v4.order_rules import MOST_DEPTH
from linkwright.wire.v4.service_order import (
    amended_order,
    ignored_in_order,
    order_json,
    read_order,
    read_stored_order,
    write_order,
)

ITEMS = "serviceOrderItem"
# What TMF641 lets only the server set, or only the one who creates the order.
FIXED = frozenset(
    {
        "id",
        "href",
        "orderDate",
        "jeopardyAlert",
        "errorMessage",
        "milestone",
        "startDate",
        "completionDate",
        "category",
        "cancellationDate",
        "cancellationReason",
        "@type",
        "@baseType",
        "@schemaLocation",
    }
)


@dataclass(frozen=True, kw_only=True)
class ServiceOrderApi:
    desk: OrderDesk
    orders: Collection
    cancels: Collection
    patching: Patching
    checks: Collection
    designs: Designs
    base_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    max_items: int = MOST_ITEMS
    max_depth: int = MOST_DEPTH

    @brief
    def list_service_order(self) -> Reply:
        return self.orders.page(query_string(), caller_of())

    @brief
    def retrieve_service_order(self, id: str) -> Reply:
        return self.orders.one(id, query_string(), caller_of())

    @brief
    def create_service_order(self) -> Reply:
        body, caller = body_of(), caller_of()
        refuse_too_many(body, ITEMS, self.max_items)
        order = read_order(
            body,
            id=self.new_id(),
            now=self.now(),
            requester=caller.id,
            post=post_of(body),
            max_depth=self.max_depth,
        )
        mended(Repaired(body=body, notes=ignored_in_order(body)))
        refuse_foreign(order, caller, self.checks, self.designs)
        try:
            placed = self.desk.place(order)
        except Repeated as before:
            return self._again(self.orders, before)
        document = write_order(placed, self.base_url)
        if not caller.sees_costs:
            return self._created(document)
        return reply(order_json(placed, self.base_url), 201, {"Location": document["href"]})

    @brief
    def patch_service_order(self, id: str) -> Reply:
        return self.patching.patch(id, media_type_of(), body_of(), if_match_of(), caller_of())

    @brief
    def delete_service_order(self, id: str) -> Reply:
        return self.orders.removed(id, caller_of(), partial(self.desk.withdraw, id))

    @brief
    def list_cancel_service_order(self) -> Reply:
        return self.cancels.page(query_string(), caller_of())

    @brief
    def retrieve_cancel_service_order(self, id: str) -> Reply:
        return self.cancels.one(id, query_string(), caller_of())

    @brief
    def create_cancel_service_order(self) -> Reply:
        body, caller = body_of(), caller_of()
        cancel = read_cancel(body, id=self.new_id(), now=self.now(), requester=caller.id)
        mended(Repaired(body=body, notes=ignored_in_cancel(body)))
        self._refuse_unknown(cancel.order_id, caller)
        try:
            asked = self.desk.cancel(replace(cancel, post=post_of(body)))
        except Repeated as before:
            return self._again(self.cancels, before)
        return self._created(write_cancel(asked, self.base_url))

    def _refuse_unknown(self, order_id: str, caller: Caller) -> None:
        """There is no 404 for this POST, and another's order is as good as none."""
        try:
            self.orders.stored(order_id, caller)
        except NotFound as error:
            raise InvalidRequest(str(error), "serviceOrder.id") from error

    def _again(self, resources: Collection, repeated: Repeated) -> Reply:
        """The first resource as it is by now."""
        return self._created(orjson.loads(resources.stored(repeated.resource_id, caller_of()).body))

    def _created(self, document: Any) -> Reply:
        return reply(visible(document, caller_of()), 201, {"Location": document["href"]})


def order_amender(
    desk: OrderDesk, operators: OperatorDesk, base_url: str, *, max_items: int = MOST_ITEMS, max_depth: int = MOST_DEPTH
) -> Callable[[Any, Before, tuple[str, ...]], Amended]:
    """Stores a patched order: what the document has no place for is taken from the order as it was."""

    def amend(document: Any, before: Before, paths: tuple[str, ...]) -> Amended:
        refuse_too_many(document, ITEMS, max_items)
        changed = {path.partition(".")[0] for path in paths}
        order = _stored_order(before)
        if wanted := asked_states(document, before.document, _waiting(order)):
            decided = _decided(operators, order, document, wanted)
            return decided.version, order_json(decided, base_url)
        after = amended_order(document, order, changed, max_depth)
        notes = ignored_in_items(document, order.body) if ITEMS in changed else ()
        amended = desk.amend(order, after, paths)
        if notes:
            mended(Repaired(body=document, notes=notes))
        return amended.version, order_json(amended, base_url)

    return amend


def _waiting(order: Order) -> frozenset[str]:
    """Items about which something is, or was, to be decided."""
    waiting = [item for wait in order.waits for item in wait.items]
    return frozenset([*waiting, *(item for decision in order.decisions for item in decision.items)])


def _decided(operators: OperatorDesk, order: Order, document: Any, wanted: Mapping[str, State]) -> Order:
    """States of items that wait, and a note with the reason: nothing else may be changed together with them."""
    rest = with_states_of(document, order.body, wanted)
    changed = {path.partition(".")[0] for path in changed_paths(order.body, rest)}
    if changed - {"note"}:
        raise Conflict(
            f"States of items are decided with a note and nothing else; {', '.join(sorted(changed - {'note'}))} "
            "would change too."
        )
    reason = " ".join((_said_in_notes(rest) - _said_in_notes(order.body)).elements())
    after = amended_order(rest, order, {"note"})
    caller = caller_of()
    return operators.decide(order, after, wanted, by=caller.id, reason=reason, allowed=caller.approves)


def _said_in_notes(document: Mapping[str, Any]) -> Counter[str]:
    return Counter(note["text"] for note in document.get("note") or () if note.get("text"))


def _stored_order(before: Before) -> Order:
    stored = before.stored
    return read_stored_order(
        before.document,
        version=stored.version,
        requester=stored.requester,
        internals=orjson.loads(stored.internals),
    )
