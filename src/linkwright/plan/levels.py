"""What crews and stocks have left while a schedule is made."""

from bisect import bisect_right

from linkwright.plan.model import Pool, Stock
from linkwright.plan.runs import merged

LAST_DAY = 1_000_000
"""No crew is looked for on later days: what is not done by then is never done."""


class Crews:
    """The jobs that a pool has left on each day. What is taken is never given back: days without room stay so."""

    def __init__(self, pool: Pool, days: int = 64) -> None:
        self.jobs_per_day = max(pool.jobs_per_day, 0)
        self._off, self._taken = merged(pool.off), pool.taken
        self.free: list[int] = []
        self._later: dict[int, dict[int, int]] = {}
        self._sooner: dict[int, dict[int, int]] = {}
        self._reach(days)

    def start_from(self, day: int, days: int, jobs: int) -> int | None:
        """The first start on or after `day` with so many jobs left on each of `days`; None if never."""
        if jobs > self.jobs_per_day:
            return None
        start = self._with_room(day, jobs)
        while True:
            if start + days > LAST_DAY:
                return None
            if start + days > len(self.free):
                self._reach(start + days)
            free = self.free
            for at in range(start + days - 1, start, -1):
                if free[at] < jobs:
                    start = self._with_room(at + 1, jobs)
                    break
            else:
                return start

    def start_until(self, day: int, days: int, jobs: int) -> int | None:
        """The last start on or before `day`, from day 0 on; None if there is none."""
        if jobs > self.jobs_per_day or day < 0:
            return None
        if day + days > len(self.free):
            self._reach(day + days)
        free, end = self.free, self._with_room_before(day + days - 1, jobs)
        while end - days >= -1:
            for at in range(end - days + 1, end):
                if free[at] < jobs:
                    end = self._with_room_before(at - 1, jobs)
                    break
            else:
                return end - days + 1
        return None

    def take(self, start: int, days: int, jobs: int) -> None:
        if start + days > len(self.free):
            self._reach(start + days)
        free = self.free
        for at in range(start, start + days):
            free[at] -= jobs

    def _with_room(self, day: int, jobs: int) -> int:
        """The first day from `day` on with so many jobs left; days without them are skipped at once next time."""
        free, later, passed = self.free, self._later.setdefault(jobs, {}), []
        while day < len(free) and free[day] < jobs:
            passed.append(day)
            day = later.get(day, day + 1)
        for one in passed:
            later[one] = day
        if len(free) <= day < LAST_DAY:
            self._reach(day + 1)
            return day if self.free[day] >= jobs else self._with_room(day, jobs)
        return day

    def _with_room_before(self, day: int, jobs: int) -> int:
        """The last day up to `day` with so many jobs left; -1 if there is none."""
        free, sooner, passed = self.free, self._sooner.setdefault(jobs, {}), []
        while day >= 0 and free[day] < jobs:
            passed.append(day)
            day = sooner.get(day, day - 1)
        for one in passed:
            sooner[one] = day
        return day

    def _reach(self, days: int) -> None:
        begin = len(self.free)
        end = max(days, 2 * begin)
        self.free.extend([self.jobs_per_day] * (end - begin))
        for first, last in self._off:
            for at in range(max(first, begin), min(last + 1, end)):
                self.free[at] = 0
        for day, jobs in self._taken:
            if begin <= day < end:
                self.free[day] = max(self.free[day] - jobs, 0)


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
        for day, pieces in stock.taken:
            self.take(day, pieces)

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
