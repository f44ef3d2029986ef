"""Reservations of others: what begins later counts, and what cannot be read is taken for the worst."""

from datetime import date
from typing import Any

import pytest

from linkwright.designs.facts import CapacityBooking
from linkwright.wire.v4.outward import read_bookings

Json = Any
TODAY, LATER = date(2026, 11, 2), "2027-01-04T08:00:00Z"


def a_reservation(period: Json = None, quantity: Json = 5, **changes: Json) -> Json:
    item = {"quantity": quantity, "relatedEntity": [{"id": "cable", "role": "reserved"}]}
    return {
        "id": "r-1",
        "state": "completed",
        "reservationPeriod": period or {"startDateTime": LATER},
        "reservationItem": [item],
    } | changes


def a_booking(**changes: Any) -> CapacityBooking:
    return CapacityBooking(**{"id": "r-1", "resource": "cable", "quantity": 5, "start": date(2027, 1, 4), **changes})


@pytest.mark.parametrize(
    ("reservation", "expected"),
    [
        (a_reservation(), [a_booking()]),
        (
            a_reservation({"startDateTime": LATER, "endDateTime": "2027-02-01T00:00:00Z"}),
            [a_booking(until=date(2027, 2, 1))],
        ),
        (a_reservation({}, validFor={"startDateTime": LATER}), [a_booking()]),
        (
            a_reservation(
                {"startDateTime": LATER, "endDateTime": "2027-02-01T00:00:00Z"},
                validFor={"endDateTime": "2026-11-16T09:00:00Z"},
            ),
            [a_booking(until=date(2027, 2, 1))],
        ),
        (a_reservation(validFor={"endDateTime": "2026-11-01T09:00:00Z"}), []),
        (a_reservation({"startDateTime": "soon"}), [a_booking(start=TODAY)]),
        (a_reservation({"startDateTime": LATER, "endDateTime": "some day"}), [a_booking()]),
        (a_reservation(quantity=None), [a_booking(quantity=1)]),
        (a_reservation({"startDateTime": "2026-11-02T23:00:00Z"}), []),
        (a_reservation({"endDateTime": LATER}), []),
        (a_reservation(state="Rejected"), []),
        (a_reservation(reservationItem=[{"quantity": 5, "state": "failed", "relatedEntity": [{"id": "cable"}]}]), []),
        (a_reservation(reservationItem=[{"quantity": 5}]), []),
        ("no object", []),
    ],
)
def test_a_reservation_is_a_booking_or_nothing(reservation: Json, expected: list[CapacityBooking]) -> None:
    assert list(read_bookings([reservation], today=TODAY)) == expected


def test_the_order_in_which_reservations_come_does_not_matter() -> None:
    listed = [a_reservation(id=name) for name in ("r-2", "r-1")]
    assert [one.id for one in read_bookings(listed, today=TODAY)] == ["r-1", "r-2"]
