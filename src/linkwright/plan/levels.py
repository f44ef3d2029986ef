"""What crews and stocks have left while a schedule is made."""

from bisect import bisect_right

from linkwright.plan.model import Pool, Stock
from linkwright.plan.runs import merged


class Crews:
    """The jobs that a pool has left on each day."""

    def __init__(self, pool: Pool, days: int = 64) -> None:
        self.jobs_per_day = max(pool.jobs_per_day, 0)
        self._off = merged(pool.off)
        self.free: list[int] = []
        self._full_until = 0
        self._reach(days)

    def start_from(self, day: int, days: int, jobs: int) -> int | None:
        """The first start on or after `day` with so many jobs left on each of `days`; None if never."""
        if jobs > self.jobs_per_day:
            return None
        start = max(day, self._full_until)
        while True:
            if start + days > len(self.free):
                self._reach(start + days)
            free = self.free
            for at in range(start + days - 1, start - 1, -1):
                if free[at] < jobs:
                    start = at + 1
                    break
            else:
                return start

    def start_until(self, day: int, days: int, jobs: int) -> int | None:
        """The last start on or before `day`, from day 0 on; None if there is none."""
        if jobs > self.jobs_per_day:
            return None
        if day + days > len(self.free):
            self._reach(day + days)
        free, start = self.free, day
        while start >= 0:
            for at in range(start, start + days):
                if free[at] < jobs:
                    start = at - days
                    break
            else:
                return start
        return None

    def take(self, start: int, days: int, jobs: int) -> None:
        if start + days > len(self.free):
            self._reach(start + days)
        free = self.free
        for at in range(start, start + days):
            free[at] -= jobs
        while self._full_until < len(free) and free[self._full_until] <= 0:
            self._full_until += 1

    def give_back(self, start: int, days: int, jobs: int) -> None:
        for at in range(start, start + days):
            self.free[at] += jobs
        self._full_until = min(self._full_until, start)

    def _reach(self, days: int) -> None:
        begin = len(self.free)
        end = max(days, 2 * begin)
        self.free.extend([self.jobs_per_day] * (end - begin))
        for first, last in self._off:
            for at in range(max(first, begin), min(last + 1, end)):
                self.free[at] = 0


class Pieces:
    """The pieces that a stock has left. What is taken on a day is missing from then on.

    `days` are those on which pieces come, day 0 first; `left` those that are left up to the next of them.
    """

    def __init__(self, stock: Stock) -> None:
        came = {0: max(stock.pieces, 0)}
        for day, pieces in stock.arrivals:
            came[max(day, 0)] = came.get(max(day, 0), 0) + max(pieces, 0)
        self.days = sorted(came)
        self.left: list[int] = []
        for day in self.days:
            self.left.append(came[day] + (self.left[-1] if self.left else 0))
        self.came = list(self.left)

    def start_from(self, day: int, pieces: int) -> int | None:
        """The first day on or after `day` on which so many can be taken for good; None if never."""
        possible = None
        for n in range(len(self.days) - 1, -1, -1):
            if self.left[n] < pieces:
                break
            possible = n
        return None if possible is None else max(day, self.days[possible])

    def take(self, day: int, pieces: int) -> None:
        for n in range(bisect_right(self.days, day) - 1, len(self.days)):
            self.left[n] -= pieces

    def give_back(self, day: int, pieces: int) -> None:
        self.take(day, -pieces)
