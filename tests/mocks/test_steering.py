"""Orders of a mock that a test makes late, endangers, stops, or lets ask."""

from collections.abc import Iterator
from typing import Any

import pytest

from mocks.partner import partner
from mocks.resource_orders import resource_orders

from .driven import STEP_S, Driven, driven
from .test_partner import FRIDAY, ORDER, ORDERS, Market, order

CONTROL = "/mock-control/orders/order-1"


@pytest.fixture
def mock() -> Iterator[Driven]:
    with driven(partner("partner-north", Market(), STEP_S)) as running:
        running.clock.set(FRIDAY)
        running.subscribe(ORDERS)
        running.post(ORDER, order("covered"))
        running.until_state(f"{ORDER}/order-1", "inProgress")
        yield running


def steered(mock: Driven, **wish: Any) -> Any:
    answer = mock.call("PATCH", CONTROL, wish)
    assert answer.status_code == 204, answer.text
    return mock.get(f"{ORDER}/order-1")


def told(mock: Driven, event_type: str) -> list[Any]:
    return mock.until(lambda: mock.told(event_type))


@pytest.mark.parametrize(("days", "day"), [(2, "2027-03-17"), (6, "2027-03-23"), (-1, "2027-03-12")])
def test_an_order_slips_by_working_days(mock: Driven, days: int, day: str) -> None:
    assert mock.get(f"{ORDER}/order-1")["expectedCompletionDate"].startswith("2027-03-15")
    assert steered(mock, slipDays=days)["expectedCompletionDate"].startswith(day)
    (event,) = told(mock, "ServiceOrderAttributeValueChangeEvent")
    assert event["event"]["serviceOrder"]["expectedCompletionDate"].startswith(day)


def test_an_order_is_endangered_and_out_of_danger(mock: Driven) -> None:
    (alert,) = steered(mock, jeopardy={"type": "Hazard", "message": "the crane is late"})["jeopardyAlert"]
    assert (alert["jeopardyType"], alert["message"]) == ("Hazard", "the crane is late")
    assert told(mock, "ServiceOrderJeopardyEvent")
    assert "jeopardyAlert" not in steered(mock, jeopardy=None)


@pytest.mark.parametrize("state", ["pending", "held"])
def test_an_order_that_is_stopped_stays_so_until_it_is_told_to_go_on(mock: Driven, state: str) -> None:
    stopped = steered(mock, state=state, reason="Which floor?")
    assert (stopped["state"], stopped["errorMessage"][0]["reason"]) == (state, "Which floor?")
    mock.post(ORDER, order("covered", key="key-2"))
    mock.until_state(f"{ORDER}/order-2", "completed")
    assert mock.get(f"{ORDER}/order-1")["state"] == state
    assert bool(mock.told("ServiceOrderInformationRequiredEvent")) == (state == "pending")
    steered(mock, state="inProgress")
    mock.until_state(f"{ORDER}/order-1", "completed")
    assert mock.call("PATCH", CONTROL, {"state": "held"}).status_code == 400


def test_an_order_that_asks_goes_on_once_it_is_answered_by_a_note(mock: Driven) -> None:
    steered(mock, state="pending", reason="Which floor?")
    answer = mock.call("PATCH", f"{ORDER}/order-1", {"note": [{"text": "the third", "author": "linkwright"}]})
    assert (answer.status_code, answer.json()["state"]) == (200, "inProgress")
    assert told(mock, "ServiceOrderAttributeValueChangeEvent")
    mock.until_state(f"{ORDER}/order-1", "completed")
    assert mock.get(f"{ORDER}/order-1")["note"][0]["text"] == "the third"
    assert mock.call("PATCH", f"{ORDER}/order-1", {"note": []}).status_code == 409
    assert mock.call("PATCH", f"{ORDER}/order-9", {"note": []}).status_code == 404


def test_what_is_not_there_or_not_understood_is_refused(mock: Driven) -> None:
    assert mock.call("PATCH", "/mock-control/orders/order-9", {"slipDays": 1}).status_code == 404
    for wish in ({"slips": 1}, {"state": "completed"}, {"jeopardy": {"type": "Normal"}}, {"slipDays": "soon"}):
        assert mock.call("PATCH", CONTROL, wish).status_code == 400


def test_orders_of_resources_slip_as_well() -> None:
    with driven(resource_orders(STEP_S)) as mock:
        mock.clock.set(FRIDAY)
        base = "/tmf-api/resourceOrderingManagement/v4/resourceOrder"
        mock.post(base, {"orderItem": [{"id": "1", "action": "add", "resource": {"id": "port-1", "href": "/port-1"}}]})
        assert mock.call("PATCH", CONTROL, {"slipDays": 1}).status_code == 204
        assert mock.get(f"{base}/order-1")["expectedCompletionDate"].startswith("2027-03-08")
