"""Reservations as holds: which are ours, how they stand, and for which time they are asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linkwright.holds.model import Found, Hold, Reserved, Wanted
from linkwright.wire.v4.outward import read_found, read_reserved, write_hold, write_hold_periods
from tests.builders import NOW, a_requirement, a_solution

from .schemas import assert_contract, assert_published

OURS = "linkwright-1"
UNTIL = NOW + timedelta(days=14)
ENDS = {"endDateTime": "2026-11-16T09:00:00.000Z"}


def a_reservation(**changes: Any) -> Any:
    return {
        "id": "r-1",
        "state": "completed",
        "creationDate": "2026-11-02T09:00:00Z",
        "relatedEntity": [{"id": "key", "role": "externalId"}, {"id": OURS, "role": "holder"}],
        "reservationPeriod": ENDS,
    } | changes


def test_a_reservation_with_our_mark_is_ours() -> None:
    assert read_found(a_reservation(), OURS) == Found(
        remote_id="r-1", key="key", is_void=False, made_at=NOW, expires_at=UNTIL
    )


@pytest.mark.parametrize(
    "doc",
    [
        a_reservation(relatedEntity=[{"id": "key", "role": "externalId"}]),
        a_reservation(relatedEntity=[{"id": "key", "role": "externalId"}, {"id": "linkwright-2", "role": "holder"}]),
        a_reservation(relatedEntity=[{"id": "key", "role": "externalId"}, {"id": OURS, "role": "customer"}]),
        a_reservation(relatedEntity=[{"id": OURS, "role": "holder"}]),
        a_reservation(relatedEntity=None),
        a_reservation(relatedEntity=["no object"]),
        a_reservation(id=None),
        "no object",
    ],
)
def test_whatever_lacks_mark_key_or_id_is_not_ours(doc: Any) -> None:
    assert read_found(doc, OURS) is None


@pytest.mark.parametrize("state", ["rejected", "Cancelled", "failed"])
def test_what_holds_nothing_is_void(state: str) -> None:
    found = read_found(a_reservation(state=state), OURS)
    assert found is not None
    assert found.is_void


@pytest.mark.parametrize("written", [None, "yesterday", 5])
def test_a_date_that_cannot_be_read_is_not_known(written: Any) -> None:
    found = read_found(a_reservation(creationDate=written), OURS)
    assert found is not None
    assert found.made_at is None


@pytest.mark.parametrize(
    ("state", "read"),
    [("completed", "held"), ("rejected", "void"), ("cancelled", "void"), ("inProgress", "open"), ("new", "open")],
)
def test_how_a_reservation_stands(state: str, read: Any) -> None:
    doc = a_reservation(state=state, href="/r-1", stateChangeReason="why")
    assert read_reserved(doc) == Reserved(remote_id="r-1", state=read, href="/r-1", expires_at=UNTIL, text="why")


@pytest.mark.parametrize(
    ("wanted", "periods"),
    [
        ({}, {"reservationPeriod": ENDS}),
        (
            {"service_start": date(2027, 1, 4), "service_end": date(2027, 1, 8)},
            {
                "reservationPeriod": {
                    "startDateTime": "2027-01-04T00:00:00.000Z",
                    "endDateTime": "2027-01-08T23:59:59.000Z",
                },
                "validFor": ENDS,
            },
        ),
        (
            {"service_start": date(2027, 1, 4)},
            {"reservationPeriod": {"startDateTime": "2027-01-04T00:00:00.000Z"}, "validFor": ENDS},
        ),
        (
            {"service_end": date(2027, 1, 8)},
            {"reservationPeriod": {"endDateTime": "2027-01-08T23:59:59.000Z"}, "validFor": ENDS},
        ),
    ],
)
def test_a_service_for_a_time_is_held_for_its_own_time(wanted: dict[str, Any], periods: Any) -> None:
    assert write_hold_periods(a_solution(requirement=a_requirement(**wanted)), UNTIL) == periods


def test_a_hold_of_a_check_is_asked_for_like_one_of_an_order() -> None:
    hold = Hold(
        key="check-1/hold/1/design-1",
        check_id="check-1",
        item_id="1",
        design_id="design-1",
        policy="firm",
        requester="bss",
        asked_at=NOW,
        expires_at=UNTIL,
    )
    parties = {"relatedParty": [{"id": "nordwind", "role": "customer", "@type": "RelatedParty"}]}
    body = write_hold(Wanted(hold=hold, solution=a_solution(), body=parties), OURS)

    assert [(one["role"], one["id"]) for one in body["relatedEntity"]] == [("externalId", hold.key), ("holder", OURS)]
    assert [one["id"] for one in body["relatedParty"]] == ["nordwind"]
    assert body["reservationPeriod"] == ENDS
    assert len(body["reservationItem"]) == 4
    assert_contract("outward/tmf685-v4.yaml", "Reservation_Create", body)
    assert_published("TMF685-ResourcePool-v4.0.0", "Reservation_Create", body)
    nobody = write_hold(Wanted(hold=hold, solution=a_solution(), body={}))
    assert [(one["id"], one["role"]) for one in nobody["relatedParty"]] == [("bss", "requester")]
    assert [one["role"] for one in nobody["relatedEntity"]] == ["externalId"]


def test_moments_are_read_with_their_zone() -> None:
    found = read_found(a_reservation(creationDate="2026-11-02T10:00:00+01:00"), OURS)
    assert found is not None
    assert found.made_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_c18_what_is_only_planned_is_held_from_the_day_on_which_it_is_there() -> None:
    """Today a pool has too little of it, and would refuse."""
    planned = a_solution(planned_in_service=date(2027, 1, 4))
    begins = {"reservationPeriod": {"startDateTime": "2027-01-04T00:00:00.000Z"}, "validFor": ENDS}
    assert write_hold_periods(planned, UNTIL) == begins
    later = replace(planned, requirement=a_requirement(service_start=date(2027, 2, 1)))
    assert write_hold_periods(later, UNTIL)["reservationPeriod"] == {"startDateTime": "2027-02-01T00:00:00.000Z"}
