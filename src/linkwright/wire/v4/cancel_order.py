"""CancelServiceOrder (TMF641) ↔ `orders.model.Cancel`. Our extension `serviceOrderItem` names items to cancel."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from linkwright.errors import InvalidRequest
from linkwright.orders.model import Cancel, CancelState, Fault
from linkwright.wire.json import Json, a_list, an_object, moment, moment_of, present, text, to_ms, write_moment
from linkwright.wire.repairs import ignored
from linkwright.wire.v4 import ORDERING

SERVER_OWNED = frozenset({"id", "href", "state", "effectiveCancellationDate", "completionMessage", "errorMessage"})


def read_cancel(body: Json, *, id: str, now: datetime, requester: str) -> Cancel:
    """A new request to cancel; what only the server sets is ignored.

    Raises:
        InvalidRequest: the order is not named, or an item has no id.
    """
    given = {name: value for name, value in an_object(body, "").items() if name not in SERVER_OWNED}
    order_id = text(an_object(given.get("serviceOrder"), "serviceOrder"), "id", "serviceOrder")
    if order_id is None:
        raise InvalidRequest("the id of the order to cancel is missing", "serviceOrder.id")
    return Cancel(
        id=id,
        order_id=order_id,
        state="accepted",
        asked_at=to_ms(now),
        requester=requester,
        body=given,
        items=_items(given),
        reason=text(given, "cancellationReason"),
        wanted_at=moment(given, "requestedCancellationDate"),
    )


def ignored_in_cancel(body: Mapping[str, Json]) -> tuple[str, ...]:
    """A note for whatever `read_cancel` leaves out."""
    return ignored(body, SERVER_OWNED)


def write_cancel(cancel: Cancel, base_url: str) -> Json:
    """The resource as it is served and stored."""
    orders = f"{base_url}{ORDERING}/serviceOrder"
    given = dict(cancel.body)
    reference = dict(given.get("serviceOrder") or {})
    doc = given | {
        "id": cancel.id,
        "href": f"{base_url}{ORDERING}/cancelServiceOrder/{cancel.id}",
        "@type": given.get("@type") or "CancelServiceOrder",
        "state": cancel.state,
        "serviceOrder": {"@type": "ServiceOrderRef"}
        | reference
        | {"id": cancel.order_id, "href": reference.get("href") or f"{orders}/{cancel.order_id}"},
    }
    doc |= present(
        cancellationReason=cancel.reason,
        requestedCancellationDate=given.get("requestedCancellationDate")
        or (write_moment(cancel.wanted_at) if cancel.wanted_at else None),
        effectiveCancellationDate=write_moment(cancel.effective_at) if cancel.effective_at else None,
        completionMessage=cancel.message,
        errorMessage=_write_fault(cancel.fault),
    )
    if cancel.items:
        doc["serviceOrderItem"] = [
            {"id": item, "itemId": item, "serviceOrderId": cancel.order_id, "@type": "ServiceOrderItemRef"}
            for item in cancel.items
        ]
    return doc


def cancel_internals(cancel: Cancel) -> Json:
    """What is kept beside the document because the standard has no attribute for it."""
    return {"asked_at": cancel.asked_at.isoformat()}


def read_stored_cancel(doc: Json, *, version: int, requester: str, internals: Json) -> Cancel:
    fault = doc.get("errorMessage")
    return Cancel(
        id=doc["id"],
        order_id=doc["serviceOrder"]["id"],
        state=cast(CancelState, doc["state"]),
        asked_at=datetime.fromisoformat(internals["asked_at"]),
        requester=requester,
        body=doc,
        version=version,
        items=_items(doc),
        reason=text(doc, "cancellationReason"),
        wanted_at=moment(doc, "requestedCancellationDate"),
        effective_at=moment(doc, "effectiveCancellationDate"),
        message=text(doc, "completionMessage"),
        fault=_read_fault(fault) if fault else None,
    )


def _items(given: Mapping[str, Json]) -> tuple[str, ...]:
    """Ids, or references that carry one."""
    found = []
    for position, one in enumerate(a_list(given.get("serviceOrderItem"), "serviceOrderItem")):
        named = one.get("itemId") or one.get("id") if isinstance(one, Mapping) else one
        if not isinstance(named, str) or not named:
            raise InvalidRequest("the id of an item is expected", f"serviceOrderItem[{position}]")
        found.append(named)
    return tuple(dict.fromkeys(found))


def _write_fault(fault: Fault | None) -> Json:
    if fault is None:
        return None
    at = write_moment(fault.at) if fault.at else None
    return present(code=fault.code, reason=fault.reason, message=fault.message or None, timestamp=at)


def _read_fault(told: Mapping[str, Json]) -> Fault:
    at = told.get("timestamp")
    return Fault(
        code=str(told.get("code", "")),
        reason=str(told.get("reason", "")),
        message=str(told.get("message", "")),
        at=moment_of(at) if at else None,
    )
