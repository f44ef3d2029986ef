"""Dates as working-day numbers, against dates worked out by hand."""

from datetime import date

from linkwright.plan.working_days import WorkingDays

HOLIDAYS = (date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29))
MONDAY = date(2026, 11, 2)


def test_work_of_sixty_days_from_monday_is_ready_after_its_last_day() -> None:
    days = WorkingDays(MONDAY, HOLIDAYS)
    assert days.date_of(60) == date(2027, 1, 27)
    assert days.date_of(45) == date(2027, 1, 6)


def test_day_zero_of_a_saturday_is_the_monday_after() -> None:
    assert WorkingDays(date(2026, 11, 7)).date_of(0) == date(2026, 11, 9)


def test_a_limit_on_a_weekend_counts_as_the_friday_before() -> None:
    days = WorkingDays(MONDAY)
    assert days.up_to(date(2026, 11, 8)) == days.up_to(date(2026, 11, 6)) == 4


def test_a_limit_in_the_past_comes_before_every_day() -> None:
    assert WorkingDays(MONDAY).up_to(date(2026, 10, 30)) == -1


def test_work_that_waits_for_a_card_begins_on_the_working_day_after_it() -> None:
    days = WorkingDays(MONDAY, HOLIDAYS)
    friday = date(2027, 1, 15)
    assert days.date_of(days.after(friday)) == date(2027, 1, 18)
    assert days.date_of(days.after(friday) + 15) == date(2027, 2, 8)


def test_numbers_and_dates_are_inverse() -> None:
    days = WorkingDays(MONDAY, HOLIDAYS)
    assert all(days.up_to(days.date_of(n)) == n == days.from_(days.date_of(n)) for n in range(0, 500, 7))


def test_free_days_are_the_holidays_that_are_no_weekend() -> None:
    days = WorkingDays(MONDAY, (*HOLIDAYS, date(2026, 12, 26), date(2026, 12, 25)))
    assert days.free_between(MONDAY, date(2027, 1, 1)) == (date(2026, 12, 25), date(2027, 1, 1))
    assert days.free_between(date(2026, 12, 26), date(2026, 12, 31)) == ()
