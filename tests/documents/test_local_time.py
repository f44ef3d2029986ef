"""Times at a place are told as a clock there shows them, with the name of its zone."""

import pytest

from linkwright.documents.wanted import spans
from linkwright.documents.words import local_time


@pytest.mark.parametrize(
    ("value", "zone", "told"),
    [
        ("2027-06-18T06:00:00+02:00", "Europe/Berlin", "18 Jun 2027 06:00 (Europe/Berlin)"),
        ("2027-06-17T22:30:00Z", "Europe/Berlin", "18 Jun 2027 00:30 (Europe/Berlin)"),
        ("2027-06-18T06:00:00", "America/New_York", "18 Jun 2027 06:00 (America/New_York)"),
        ("2027-06-18T06:00:00+02:00", None, "18 Jun 2027 04:00 (UTC)"),
        ("2027-06-18", "Europe/Berlin", "18 Jun 2027"),
        ("2027-06-18T06:00:00Z", "No/Zone", "18 Jun 2027"),
    ],
)
def test_a_moment_is_told_in_the_zone_of_the_place(value: str, zone: str | None, told: str) -> None:
    assert local_time(value, zone) == told


def test_hours_of_access_are_those_of_the_place() -> None:
    given = [{"start": "2027-06-14", "end": "2027-06-17", "hours": "08:00-20:00"}]
    assert spans(given, "Europe/Berlin") == "14 Jun 2027 to 17 Jun 2027, 08:00-20:00 (Europe/Berlin)"
