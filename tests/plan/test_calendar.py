"""Spans of dates as numbers of working days, and sets of days."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.plan.calendar import days_but, days_in_months, days_of
from linkwright.plan.model import Days
from linkwright.plan.runs import FOREVER, Runs, common, complement, merged
from linkwright.plan.working_days import WorkingDays
from tests.plan.pieces import spans
from tests.plan.spans import Dates

DAYS = WorkingDays(date(2027, 1, 4), (date(2027, 1, 6),))
MANY = settings(max_examples=80, deadline=None, derandomize=True)


def _dates(found: tuple[Days, ...], days: WorkingDays) -> list[tuple[date, date]]:
    return [(days.date_of(first), days.date_of(last)) for first, last in found]


def test_spans_are_merged_where_only_a_weekend_or_holiday_lies_between() -> None:
    found = days_of([Dates(date(2027, 1, 11), date(2027, 1, 12)), Dates(date(2027, 1, 5), date(2027, 1, 10))], DAYS)
    assert _dates(found, DAYS) == [(date(2027, 1, 5), date(2027, 1, 12))]


def test_what_has_no_working_day_is_nothing() -> None:
    weekend, before, never = Dates(date(2027, 1, 9), date(2027, 1, 10)), Dates(date(2026, 1, 1), date(2026, 12, 31)), (
        Dates(date(2027, 3, 2), date(2027, 3, 1))
    )  # fmt: skip
    assert days_of([weekend, before, never], DAYS) == ()


def test_a_yearly_span_across_the_turn_of_the_year_comes_every_year() -> None:
    freeze = Dates(date(2020, 11, 15), date(2020, 1, 10), yearly=True)
    found = _dates(days_of([freeze], DAYS), DAYS)
    assert found[:3] == [
        (date(2027, 1, 4), date(2027, 1, 8)),
        (date(2027, 11, 15), date(2028, 1, 10)),
        (date(2028, 11, 15), date(2029, 1, 10)),
    ]
    assert len(found) == 11


def test_a_yearly_span_is_the_same_however_its_years_are_written() -> None:
    across = [Dates(date(2026, 11, 15), date(end, 1, 10), yearly=True) for end in (2026, 2027)]
    assert days_of(across[:1], DAYS) == days_of(across[1:], DAYS)


def test_a_leap_day_has_a_neighbour_in_other_years() -> None:
    until, since = (
        Dates(date(2024, 2, 25), date(2024, 2, 29), yearly=True),
        Dates(date(2024, 2, 29), date(2024, 3, 2), yearly=True),
    )
    assert _dates(days_of([until], DAYS), DAYS)[:2] == [
        (date(2027, 2, 25), date(2027, 2, 26)),
        (date(2028, 2, 25), date(2028, 2, 29)),
    ]
    assert _dates(days_of([since], DAYS), DAYS)[:2] == [
        (date(2027, 3, 1), date(2027, 3, 2)),
        (date(2028, 2, 29), date(2028, 3, 2)),
    ]


def test_the_rest_of_the_days_is_what_is_in_no_span() -> None:
    busy = [Dates(date(2027, 1, 7), date(2027, 1, 12))]
    assert days_of(busy, DAYS) == ((2, 5),)
    assert days_but(busy, DAYS) == ((0, 1), (6, DAYS.last))


def test_months_come_every_year() -> None:
    found = days_in_months((4, 5), DAYS)
    assert _dates(found, DAYS)[:2] == [
        (date(2027, 4, 1), date(2027, 5, 31)),
        (date(2028, 4, 3), date(2028, 5, 31)),
    ]
    assert days_in_months((), DAYS) == ()


def _set(runs: tuple[Days, ...]) -> set[int]:
    return {day for first, last in runs for day in range(max(first, -5), min(last, 50) + 1)}


@MANY
@given(spans, spans)
def test_runs_are_sets_of_days(some: tuple[Days, ...], others: tuple[Days, ...]) -> None:
    everything = set(range(-5, 51))
    assert _set(merged(some)) == _set(some)
    assert _set(complement(some)) == everything - _set(some)
    assert _set(common(some, others)) == _set(some) & _set(others)
    assert all(first[1] + 1 < then[0] for first, then in zip(merged(some), merged(some)[1:], strict=False))


@MANY
@given(spans, st.integers(0, 40), st.integers(0, 6))
def test_work_lies_wholly_in_one_run(some: tuple[Days, ...], day: int, days: int) -> None:
    import numpy as np

    runs, there = Runs(some), _set(some)
    possible = [start for start in range(-5, 51) if all(start + n in there for n in range(max(days, 1)))]
    first = min((start for start in possible if start >= day), default=None)
    assert runs.start_from(day, days) == first
    assert runs.start_until(day, days) == max((start for start in possible if start <= day), default=None)
    many = runs.starts_from(np.array([day, day]), np.array([days, days]))
    assert many.tolist() == [FOREVER if first is None else first] * 2


@pytest.mark.parametrize("empty", [(), ((5, 4),)])
def test_no_day_is_no_run(empty: tuple[Days, ...]) -> None:
    assert Runs(empty).start_from(0, 1) is None
    assert complement(empty, 0, 9) == ((0, 9),)
