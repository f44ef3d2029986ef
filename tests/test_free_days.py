"""Public holidays of a region are days on which nobody works."""

from datetime import date

import pytest

from linkwright.free_days import free_days
from linkwright.plan.working_days import WorkingDays
from linkwright.settings import Settings


def test_the_holidays_of_a_region_and_single_days_are_free() -> None:
    free = free_days([date(2026, 12, 24)], ["DE-BY"], 2026)
    days = WorkingDays(date(2026, 12, 21), free)
    told = [days.date_of(number).day for number in range(6)]
    assert told == [21, 22, 23, 28, 29, 30]
    assert {date(2027, 1, 6), date(2036, 1, 1)} <= free
    assert date(2027, 1, 6) not in free_days([], ["DE-HH"], 2026), "Epiphany is not one everywhere"


@pytest.mark.parametrize("region", ["XX", "DE-QQ", ""])
def test_a_region_that_nobody_knows_stops_the_start(region: str) -> None:
    with pytest.raises(ValueError, match="holiday_regions"):
        Settings(holiday_regions=(region,))
