"""Moments are read as the days of the place."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from linkwright.designs.local_time import at_the_place, zone_of
from linkwright.designs.requirement import PlaceWanted
from tests.builders import NOW, a_requirement
from tests.designs.answering import Core, a_designer, some_facts


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2027-06-17T22:30:00Z", "Europe/Berlin", date(2027, 6, 18)),
        ("2027-06-17T21:30:00Z", "Europe/Berlin", date(2027, 6, 17)),
        ("2027-06-18T06:00:00+02:00", "America/New_York", date(2027, 6, 18)),
        ("2027-06-18T03:00:00Z", "America/New_York", date(2027, 6, 17)),
        ("2027-06-18", "Pacific/Auckland", date(2027, 6, 17)),
        ("2027-06-18T23:00:00", "Pacific/Auckland", date(2027, 6, 17)),
    ],
)
def test_the_day_is_that_of_the_place(written: str, zone: str, day: date) -> None:
    """The last two have no offset: they are days there as they are written, and stay as they were read."""
    wanted = a_requirement(needed_by=date(2027, 6, 17), characteristics={"neededBy": written})
    assert at_the_place(wanted, zone).needed_by == day


def test_what_is_needed_by_the_start_follows_it() -> None:
    wanted = a_requirement(
        needed_by=date(2027, 6, 17),
        service_start=date(2027, 6, 17),
        characteristics={"serviceStart": "2027-06-17T22:30:00Z"},
    )
    local = at_the_place(wanted, "Europe/Berlin")
    assert (local.service_start, local.needed_by) == (date(2027, 6, 18), date(2027, 6, 18))


@pytest.mark.parametrize("name", [None, "", "Paris", "../../etc/passwd", "GMT+1"])
def test_what_is_no_zone_changes_nothing(name: str | None) -> None:
    wanted = a_requirement(characteristics={"neededBy": "2027-06-17T22:30:00Z"})
    assert zone_of(name) is None
    assert at_the_place(wanted, name) == wanted


@pytest.mark.parametrize(
    ("zone", "day"),
    [(None, NOW.date()), ("Pacific/Kiritimati", NOW.date()), ("Pacific/Honolulu", NOW.date() - timedelta(days=1))],
)
def test_the_day_of_asking_is_that_of_the_place(zone: str | None, day: date) -> None:
    """Asked at 9 o'clock UTC on a Monday: that is 23 o'clock on Sunday in Honolulu."""
    facts, core = some_facts(), Core()
    facts.known_places["site-1"] = replace(facts.known_places["site-1"], time_zone=zone)
    a_designer(facts, core).answer([a_requirement()])
    assert {problem.as_of for problem in core.asked} == {day}


def test_where_places_have_two_days_none_begins_before_its_own() -> None:
    facts, core = some_facts("site-1", "site-2"), Core()
    facts.known_places["site-1"] = replace(facts.known_places["site-1"], time_zone="Pacific/Honolulu")
    wanted = [a_requirement(), a_requirement(ref="2", place=PlaceWanted(kind="site", id="site-2"))]
    a_designer(facts, core).answer(wanted)
    assert {problem.as_of for problem in core.asked} == {NOW.date()}
