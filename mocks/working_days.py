"""Working days: Monday to Friday without holidays."""

from collections.abc import Set
from datetime import date, datetime, timedelta

SATURDAY = 5


def working_days_after(start: datetime, days: int, holidays: Set[date] = frozenset()) -> datetime:
    """So many working days later, or earlier where `days` is below zero."""
    step = timedelta(days=1 if days > 0 else -1)
    day, left = start, abs(days)
    while left > 0:
        day += step
        left -= day.weekday() < SATURDAY and day.date() not in holidays
    return day
