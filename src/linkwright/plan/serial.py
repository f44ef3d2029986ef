"""Schedules made in passes: by predecessors and calendars alone, and serially with crews and stocks."""

from collections.abc import Sequence

from linkwright.plan.deadline import Over, asked, never
from linkwright.plan.levels import Crews, Pieces
from linkwright.plan.runs import Runs
from linkwright.plan.tasks import NeverPossible, Tasks


class _Lost:
    """The items of which something can never start: they are left aside, so that all of them are told at once."""

    def __init__(self, tasks: Tasks) -> None:
        self._activities = tasks.network.activities
        self._errors: dict[str, NeverPossible] = {}

    def has(self, task: int) -> bool:
        return bool(self._errors) and self._activities[task].item in self._errors

    def add(self, task: int, error: NeverPossible, *, at_once: bool = False) -> None:
        """`at_once`: what it has taken already may be what others lack, so nobody else is judged."""
        item = self._activities[task].item
        if item is None:
            raise error
        self._errors[item] = error
        if at_once:
            self.told()

    def told(self) -> None:
        """Raises the first of them with all others."""
        if self._errors:
            first, *others = self._errors.values()
            first.others = tuple(others)
            raise first


def earliest(tasks: Tasks, not_before: Sequence[int] | None = None) -> list[int]:
    """The earliest starts without regard to crews and stocks."""
    starts, lost = list(not_before or tasks.not_before), _Lost(tasks)
    for task in tasks.order:
        if lost.has(task):
            continue
        start = max(starts[task], 0)
        for other, lag in tasks.before[task]:
            start = max(start, starts[other] + tasks.days[other] + lag)
        runs = tasks.runs[task]
        if runs is not None:
            found = runs.start_from(start, tasks.days[task])
            if found is None:
                lost.add(task, tasks.never(task, tasks.calendar(task, start)))
                continue
            start = found
        starts[task] = start
    lost.told()
    return starts


def latest(tasks: Tasks, limits: Sequence[int | None], among: Sequence[int] | None = None) -> list[int | None]:
    """The latest starts with which everything is ready by its limit; None where nothing has one.

    `among`: of these alone, in the order of `Tasks.order`; a task that is not among them delays nobody.
    Where no run of allowed days is early enough, calendars are left aside: such a start is before the earliest one.
    """
    starts: list[int | None] = [None] * len(tasks)
    ready_by = list(limits)
    for task in reversed(tasks.order if among is None else among):
        ready = ready_by[task]
        if ready is None:
            continue
        start, runs = ready - tasks.days[task], tasks.runs[task]
        if runs is not None:
            found = runs.start_until(start, tasks.days[task])
            start = start if found is None else found
        starts[task] = start
        for other, lag in tasks.before[task]:
            known = ready_by[other]
            if known is None or start - lag < known:
                ready_by[other] = start - lag
    return starts


class Places:
    """Where there is room: crews, stocks and calendars, while tasks are placed one by one."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self.crews = [Crews(pool) for pool in tasks.network.pools]
        self.stocks = [Pieces(stock) for stock in tasks.network.stocks]

    def first(self, task: int, day: int) -> int:
        """The first day on or after `day` on which it can start."""
        tasks = self.tasks
        days, runs, needs, takes = tasks.days[task], tasks.runs[task], tasks.needs[task], tasks.takes[task]
        if takes is not None:
            found = self.stocks[takes[0]].start_from(day, takes[1])
            if found is None:
                raise tasks.never(task, f"stock:{tasks.network.stocks[takes[0]].id}")
            day = found
        while True:
            asked = day
            if runs is not None:
                day = self._in_runs(task, runs, day, days)
            for pool, jobs in needs:
                found = self.crews[pool].start_from(day, days, jobs)
                if found is None:
                    raise tasks.never(task, f"pool:{tasks.network.pools[pool].id}")
                day = found
            if day == asked or (runs is None and len(needs) < 2):
                return day

    def _in_runs(self, task: int, runs: Runs, day: int, days: int) -> int:
        found = runs.start_from(day, days)
        if found is None:
            raise self.tasks.never(task, self.tasks.calendar(task, day))
        return found

    def last(self, task: int, day: int) -> int | None:
        """The last day on or before `day` on which it can start, stocks left aside; None if there is none."""
        days, runs, needs = self.tasks.days[task], self.tasks.runs[task], self.tasks.needs[task]
        found: int | None = day
        while found is not None:
            asked = found
            if runs is not None:
                found = runs.start_until(found, days)
            for pool, jobs in needs:
                if found is not None:
                    found = self.crews[pool].start_until(found, days, jobs)
            if found == asked:
                return found
        return None

    def put(self, task: int, day: int) -> None:
        for pool, jobs in self.tasks.needs[task]:
            self.crews[pool].take(day, self.tasks.days[task], jobs)
        takes = self.tasks.takes[task]
        if takes is not None:
            self.stocks[takes[0]].take(day, takes[1])


def serial(
    tasks: Tasks,
    turn: Sequence[int],
    not_before: Sequence[int] | None = None,
    is_over: Over = never,
) -> list[int]:
    """Each task in its turn as early as there is room; the turn has every task behind those before it.

    Raises `TimeIsOver` as soon as it is.
    """
    places, starts, lost = Places(tasks), list(not_before or tasks.not_before), _Lost(tasks)
    days, before, taking = tasks.days, tasks.before, set[str | None]()
    for number, task in enumerate(turn):
        asked(number, is_over)
        if lost.has(task):
            continue
        start = max(starts[task], 0)
        for other, lag in before[task]:
            ready = starts[other] + days[other] + lag
            if ready > start:
                start = ready
        try:
            start = places.first(task, start)
        except NeverPossible as error:
            lost.add(task, error, at_once=tasks.network.activities[task].item in taking)
            continue
        places.put(task, start)
        if tasks.needs[task] or tasks.takes[task] is not None:
            taking.add(tasks.network.activities[task].item)
        starts[task] = start
    lost.told()
    return starts


def serial_back(tasks: Tasks, turn: Sequence[int], ready: Sequence[int], is_over: Over = never) -> list[int] | None:
    """Each task in its turn as late as there is room before its `ready`; stocks left aside. None if one has none.

    Raises `TimeIsOver` as soon as it is.
    """
    places, starts = Places(tasks), [0] * len(tasks)
    for number, task in enumerate(turn):
        asked(number, is_over)
        end = ready[task]
        for other, lag in tasks.behind[task]:
            if starts[other] - lag < end:
                end = starts[other] - lag
        start = places.last(task, end - tasks.days[task])
        if start is None or start < tasks.not_before[task]:
            return None
        places.put(task, start)
        starts[task] = start
    return starts


def by_latest(tasks: Tasks, bound: int) -> list[int]:
    """The turn by least latest finish: that which leaves the wanted dates, and the end of all, the most room.

    Where no date is wanted the end counts as wanted, which is on day `bound` or after the last wanted date.
    """
    end = max((bound, *(limit for limit in tasks.limits if limit is not None)))
    late = latest(tasks, [end if limit is None else limit for limit in tasks.limits])
    finish = [(end if start is None else start) + days for start, days in zip(late, tasks.days, strict=True)]
    place = {task: n for n, task in enumerate(tasks.order)}
    return sorted(tasks.order, key=lambda task: (finish[task], place[task]))


def by_start(tasks: Tasks, starts: Sequence[int]) -> list[int]:
    """The turn in which tasks start in a schedule."""
    return sorted(tasks.order, key=starts.__getitem__)


def ready_day(tasks: Tasks, starts: Sequence[int]) -> int:
    return max((start + days for start, days in zip(starts, tasks.days, strict=True)), default=0)


def lateness(tasks: Tasks, starts: Sequence[int]) -> int:
    """The days by which activities miss their limits, summed up."""
    return sum(
        max(start + days - limit, 0)
        for start, days, limit in zip(starts, tasks.days, tasks.limits, strict=True)
        if limit is not None
    )
