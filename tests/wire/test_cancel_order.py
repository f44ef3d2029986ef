"""Requests to cancel: read, written, stored and read back."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from linkwright.errors import InvalidRequest
from linkwright.orders.model import Cancel, Fault
from linkwright.wire.v4.cancel_order import cancel_internals, read_cancel, read_stored_cancel, write_cancel
from tests.builders import NOW

from .schemas import assert_contract, assert_published

Json = Any
BASE = "http://us:8640"


def read(**changes: Json) -> Cancel:
    body = {"serviceOrder": {"id": "order-1"}, "cancellationReason": "plans changed", "odd": 1} | changes
    return read_cancel(body, id="cancel-1", now=NOW, requester="bss")


def test_a_request_to_cancel_names_its_order() -> None:
    cancel = read(state="done", completionMessage="mine", requestedCancellationDate="2026-12-01T00:00:00Z")

    assert (cancel.order_id, cancel.state, cancel.message, cancel.reason) == (
        "order-1",
        "accepted",
        None,
        "plans changed",
    )


@pytest.mark.parametrize("order", [{}, None, {"id": ""}])
def test_a_request_without_an_order_is_refused(order: Json) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(serviceOrder=order)
    assert refused.value.attribute == "serviceOrder.id"


def test_single_items_may_be_named_by_id_or_by_reference() -> None:
    assert read(serviceOrderItem=["1", {"id": "2"}, {"itemId": "3"}, "1"]).items == ("1", "2", "3")
    with pytest.raises(InvalidRequest, match="id of an item"):
        read(serviceOrderItem=[{}])


def test_a_cancel_comes_back_from_the_store() -> None:
    cancel = replace(
        read(serviceOrderItem=["1"], requestedCancellationDate="2026-12-01T00:00:00Z"),
        state="terminatedWithError",
        effective_at=NOW,
        message="It broke.",
        fault=Fault(code="X", reason="why", message="more", at=NOW),
    )
    doc = orjson.loads(orjson.dumps(write_cancel(cancel, BASE)))
    internals = orjson.loads(orjson.dumps(cancel_internals(cancel)))

    stored = read_stored_cancel(doc, version=cancel.version, requester="bss", internals=internals)

    assert replace(stored, body={}) == replace(cancel, body={})
    assert write_cancel(stored, BASE) == doc
    assert doc["odd"] == 1


def test_a_cancel_is_a_valid_resource() -> None:
    fault = Fault(code="X", reason="why", at=NOW)
    doc = write_cancel(replace(read(serviceOrderItem=["1"]), effective_at=NOW, fault=fault), BASE)

    assert doc["serviceOrder"]["href"] == "http://us:8640/tmf-api/serviceOrdering/v4/serviceOrder/order-1"
    assert_contract("tmf641-v4.yaml", "CancelServiceOrder", doc)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "CancelServiceOrder", doc)
