"""Working days as numbers: day 0 is the first working day on or after `as_of`, day n the n-th working day after it.

The day on which work starts counts as its first day and what it delivers is ready on the next working day after its
last, so work of n days that starts on day 0 is ready on day n.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
HORIZON_DAYS = 10 * 366


class WorkingDays:
    """Monday to Friday without holidays, from `as_of` on, ten years far. What lies behind that never comes."""

    def __init__(self, as_of: date, holidays: Collection[date] = ()) -> None:
        self.as_of = as_of
        self._days = _working_days(as_of, frozenset(holidays))
        self._free = tuple(sorted(day for day in set(holidays) if day.weekday() < SATURDAY))

    @property
    def last(self) -> int:
        """The number of the last day of the horizon."""
        return len(self._days) - 1

    def date_of(self, day: int) -> date:
        """The date of a day number; that of the first or last day for a number outside the horizon."""
        return self._days[min(max(day, 0), self.last)]

    def up_to(self, limit: date) -> int:
        """The last day number whose date is not after `limit`; -1 when even day 0 is later."""
        return bisect_right(self._days, limit) - 1

    def from_(self, start: date) -> int:
        """The first day number whose date is not before `start`; `last` + 1 when all are before it."""
        return bisect_left(self._days, start)

    def free_between(self, first: date, last: date) -> tuple[date, ...]:
        """Holidays from Monday to Friday, both days included."""
        return self._free[bisect_left(self._free, first) : bisect_right(self._free, last)]

    def after(self, day: date) -> int:
        """The first day number whose date is later than `day`."""
        return self.from_(day + timedelta(days=1))


@lru_cache(maxsize=16)
def working_days(as_of: date, holidays: frozenset[date]) -> WorkingDays:
    """The same object for the same days."""
    return WorkingDays(as_of, holidays)


@lru_cache(maxsize=16)
def _working_days(as_of: date, free: frozenset[date]) -> tuple[date, ...]:
    days = (as_of + timedelta(days=n) for n in range(HORIZON_DAYS))
    return tuple(day for day in days if day.weekday() < SATURDAY and day not in free)
