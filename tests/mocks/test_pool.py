"""The mock of the resource pool: what it holds is held for nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mocks.pool import pool

from .driven import Driven, Stock, driven

BASE = "/tmf-api/resourcePoolManagement/v4"
RESERVATION = f"{BASE}/reservation"
CUSTOMER = [{"id": "customer-1", "@referredType": "Organization"}]
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def stock() -> Stock:
    return Stock({"link-1": 1000, "access-1": 1})


@pytest.fixture
def mock(stock: Stock) -> Iterator[Driven]:
    with driven(pool(stock)) as running:
        running.clock.set(NOW)
        yield running


def hold(*demand: tuple[str, int], key: str = "key-1", until: str | None = None) -> dict[str, Any]:
    items = [
        {"quantity": quantity, "relatedEntity": [{"id": resource, "@referredType": "link", "role": "resource"}]}
        for resource, quantity in demand
    ]
    entity = [{"id": key, "@referredType": "ExternalId", "role": "externalId"}]
    body = {"relatedParty": CUSTOMER, "reservationItem": items, "relatedEntity": entity}
    return body if until is None else {**body, "reservationPeriod": {"endDateTime": until}}


def test_what_fits_is_held_and_taken(mock: Driven, stock: Stock) -> None:
    reservation = mock.post(RESERVATION, hold(("link-1", 400), ("access-1", 1)))
    assert reservation["state"] == "completed"
    assert [item["state"] for item in reservation["reservationItem"]] == ["completed", "completed"]
    assert stock.free == {"link-1": 600, "access-1": 0}
    assert mock.get(f"{RESERVATION}/{reservation['id']}") == reservation


def test_what_does_not_fit_is_rejected_whole_and_says_what_is_short(mock: Driven, stock: Stock) -> None:
    reservation = mock.post(RESERVATION, hold(("access-1", 1), ("link-1", 1001)))
    assert reservation["state"] == "rejected"
    assert reservation["stateChangeReason"] == "link-1: 1001 asked for, 1000 free"
    assert stock.free == {"link-1": 1000, "access-1": 1}


def test_items_for_one_resource_are_added_up(mock: Driven) -> None:
    assert mock.post(RESERVATION, hold(("link-1", 600), ("link-1", 600)))["state"] == "rejected"


def test_an_unknown_resource_is_rejected(mock: Driven) -> None:
    reservation = mock.post(RESERVATION, hold(("link-9", 1)))
    assert (reservation["state"], reservation["stateChangeReason"]) == (
        "rejected",
        "link-9 is not a resource of this pool",
    )


def test_an_item_that_names_no_resource_is_refused(mock: Driven) -> None:
    body = {"relatedParty": CUSTOMER, "reservationItem": [{"quantity": 1}]}
    assert mock.call("POST", RESERVATION, body).status_code == 400


def test_deleting_gives_back_and_a_second_time_there_is_nothing(mock: Driven, stock: Stock) -> None:
    reservation = mock.post(RESERVATION, hold(("link-1", 400)))
    assert mock.call("DELETE", f"{RESERVATION}/{reservation['id']}").status_code == 204
    assert stock.free["link-1"] == 1000
    assert mock.call("DELETE", f"{RESERVATION}/{reservation['id']}").status_code == 404
    assert stock.free["link-1"] == 1000


def test_giving_up_by_patch_gives_back_once(mock: Driven, stock: Stock) -> None:
    path = f"{RESERVATION}/{mock.post(RESERVATION, hold(('link-1', 400)))['id']}"
    for _ in range(2):
        assert mock.call("PATCH", path, {"state": "cancelled"}).json()["state"] == "cancelled"
    assert stock.free["link-1"] == 1000
    assert mock.call("PATCH", path, {"state": "completed"}).status_code == 409


def test_deleting_what_was_given_up_gives_nothing_back_again(mock: Driven, stock: Stock) -> None:
    path = f"{RESERVATION}/{mock.post(RESERVATION, hold(('link-1', 400)))['id']}"
    mock.call("PATCH", path, {"state": "cancelled"})
    assert mock.call("DELETE", path).status_code == 204
    assert stock.free["link-1"] == 1000


def test_a_reservation_ends_with_its_period(mock: Driven, stock: Stock) -> None:
    reservation = mock.post(RESERVATION, hold(("link-1", 400), until="2027-03-15T09:00:00Z"))
    mock.clock.set(datetime(2027, 3, 15, 8, 59, tzinfo=UTC))
    assert mock.get(f"{RESERVATION}/{reservation['id']}")["state"] == "completed"
    mock.clock.set(datetime(2027, 3, 15, 9, tzinfo=UTC))
    assert mock.get(f"{RESERVATION}/{reservation['id']}")["state"] == "cancelled"
    assert stock.free["link-1"] == 1000


def test_what_has_ended_is_free_for_the_next_one(mock: Driven) -> None:
    mock.post(RESERVATION, hold(("access-1", 1), until="2027-03-15T09:00:00Z"))
    assert mock.post(RESERVATION, hold(("access-1", 1), key="key-2"))["state"] == "rejected"
    mock.clock.set(datetime(2027, 4, 1, tzinfo=UTC))
    assert mock.post(RESERVATION, hold(("access-1", 1), key="key-3"))["state"] == "completed"


def test_a_longer_period_keeps_what_is_held(mock: Driven) -> None:
    path = f"{RESERVATION}/{mock.post(RESERVATION, hold(('link-1', 1), until='2027-03-15T09:00:00Z'))['id']}"
    mock.call("PATCH", path, {"reservationPeriod": {"endDateTime": "2027-05-01T00:00:00Z"}})
    mock.clock.set(datetime(2027, 4, 1, tzinfo=UTC))
    assert mock.get(path)["state"] == "completed"


def test_a_period_that_is_over_holds_nothing(mock: Driven, stock: Stock) -> None:
    assert mock.post(RESERVATION, hold(("link-1", 1), until="2027-02-01T00:00:00Z"))["state"] == "rejected"
    assert stock.free["link-1"] == 1000


def test_a_reservation_is_found_by_its_key(mock: Driven) -> None:
    wanted = mock.post(RESERVATION, hold(("link-1", 1), key="key-1"))
    mock.post(RESERVATION, hold(("link-1", 1), key="key-2"))
    assert [found["id"] for found in mock.get(f"{RESERVATION}?relatedEntity.id=key-1")] == [wanted["id"]]


def test_a_key_that_holds_already_is_a_conflict(mock: Driven, stock: Stock) -> None:
    first = mock.post(RESERVATION, hold(("link-1", 400)))
    answer = mock.call("POST", RESERVATION, hold(("link-1", 400)))
    assert answer.status_code == 409
    assert first["id"] in answer.json()["message"]
    assert stock.free["link-1"] == 600


def test_the_same_idempotency_key_holds_once(mock: Driven, stock: Stock) -> None:
    first, second = (mock.post(RESERVATION, hold(("link-1", 400)), key="key-1") for _ in range(2))
    assert first == second
    assert stock.free["link-1"] == 600


def test_what_the_pool_forgets_is_free_again(mock: Driven, stock: Stock) -> None:
    mock.have(drop="forget", times=1)
    reservation = mock.post(RESERVATION, hold(("link-1", 400)), key="key-1")
    assert mock.call("GET", f"{RESERVATION}/{reservation['id']}").status_code == 404
    assert stock.free["link-1"] == 1000
    assert mock.post(RESERVATION, hold(("link-1", 400)), key="key-1")["id"] != reservation["id"]


def test_subscribers_hear_of_making_giving_up_and_removal(mock: Driven) -> None:
    mock.subscribe(BASE)
    path = f"{RESERVATION}/{mock.post(RESERVATION, hold(('link-1', 400)))['id']}"
    mock.call("PATCH", path, {"state": "cancelled"})
    mock.call("DELETE", path)
    mock.until(lambda: len(mock.events) == 3)
    assert [event["eventType"] for _, event in mock.events] == [
        "ReservationCreationEvent",
        "ReservationStateChangeEvent",
        "ReservationRemoveEvent",
    ]
    assert mock.events[1][1]["event"]["reservation"]["state"] == "cancelled"


def from_day(start: str, end: str, *demand: tuple[str, int], key: str = "key-1") -> dict[str, Any]:
    return {**hold(*demand, key=key), "reservationPeriod": {"startDateTime": start, "endDateTime": end}}


def test_what_is_wanted_later_is_taken_when_its_time_comes_and_given_back_when_it_is_over(
    mock: Driven, stock: Stock
) -> None:
    later = mock.post(RESERVATION, from_day("2027-03-02T00:00:00Z", "2027-03-03T00:00:00Z", ("link-1", 400)))
    assert (later["state"], stock.free["link-1"]) == ("completed", 1000)
    for day, free in ((2, 600), (3, 1000)):
        mock.clock.set(datetime(2027, 3, day, 1, tzinfo=UTC))
        mock.get(RESERVATION)
        assert stock.free["link-1"] == free


def test_what_is_given_up_before_its_time_was_never_taken(mock: Driven, stock: Stock) -> None:
    later = mock.post(RESERVATION, from_day("2027-03-02T00:00:00Z", "2027-03-03T00:00:00Z", ("link-1", 400)))
    assert mock.call("DELETE", f"{RESERVATION}/{later['id']}").status_code == 204
    mock.clock.set(datetime(2027, 3, 2, 1, tzinfo=UTC))
    mock.get(RESERVATION)
    assert stock.free["link-1"] == 1000


def test_what_is_not_free_by_then_fails(mock: Driven, stock: Stock) -> None:
    later = mock.post(RESERVATION, from_day("2027-03-02T00:00:00Z", "2027-03-03T00:00:00Z", ("link-1", 400)))
    mock.post(RESERVATION, hold(("link-1", 700), key="key-2"))
    mock.clock.set(datetime(2027, 3, 2, 1, tzinfo=UTC))
    assert mock.get(f"{RESERVATION}/{later['id']}")["state"] == "failed"
    assert stock.free["link-1"] == 300


def test_what_another_pool_held_is_held_and_can_be_given_back(mock: Driven) -> None:
    held = mock.post(RESERVATION, hold(("link-1", 400)))
    stock = Stock({"link-1": 1000})
    with driven(pool(stock)) as other:
        other.clock.set(NOW)
        assert other.call("PUT", "/mock-control/state", mock.get("/mock-control/state")).status_code == 204
        assert stock.free == {"link-1": 600}
        assert other.post(RESERVATION, hold(("link-1", 1), key="key-2"))["id"] == "reservation-2"
        assert other.call("DELETE", f"{RESERVATION}/{held['id']}").status_code == 204
        assert stock.free == {"link-1": 999}
