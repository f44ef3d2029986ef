"""From dates to day numbers: access windows, weather and freezes."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from linkwright.plan.model import Days
from linkwright.plan.runs import complement, merged
from linkwright.plan.working_days import WorkingDays


class DateSpan(Protocol):
    """Dates from one to another, both included. `yearly`: every year, only month and day of both count."""

    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def yearly(self) -> bool: ...


def days_of(spans: Iterable[DateSpan], days: WorkingDays) -> tuple[Days, ...]:
    """The working days of the spans, sorted and merged; a span without a working day of the horizon has none.

    A yearly span comes in every year of the horizon. One that ends earlier in the year than it starts reaches across
    the turn of the year; 29 February is 1 March as a start and 28 February as an end where there is none.
    """
    found: list[Days] = []
    for span in spans:
        for start, end in _dated(span, days) if span.yearly else ((span.start, span.end),):
            found.append((days.from_(start), days.up_to(end)))
    return merged(found)


def days_but(spans: Iterable[DateSpan], days: WorkingDays) -> tuple[Days, ...]:
    """The working days of the horizon that are in no span: the windows that freezes leave, and the other way round."""
    return complement(days_of(spans, days), 0, days.last)


def days_in_months(months: Collection[int], days: WorkingDays) -> tuple[Days, ...]:
    """The working days of the horizon in these months (1 to 12) of every year."""
    return merged((day, day) for day in range(days.last + 1) if days.date_of(day).month in months)


def _dated(span: DateSpan, days: WorkingDays) -> list[tuple[date, date]]:
    over = (span.end.month, span.end.day) < (span.start.month, span.start.day)
    years = range(days.as_of.year - 1, days.date_of(days.last).year + 1)
    return [(_in_year(span.start, year, 1), _in_year(span.end, year + over, 0)) for year in years]


def _in_year(day: date, year: int, later: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1) if later else date(year, 2, 28)
