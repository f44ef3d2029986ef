"""A schedule of a network: when everything is done, what drives it, and how much room there is."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from linkwright.plan.bounds import bound_day
from linkwright.plan.crews_at_work import looks
from linkwright.plan.deadline import Clock, Deadline, Over, never
from linkwright.plan.exact import Found
from linkwright.plan.improve import improved
from linkwright.plan.model import Network, Schedule, Timed
from linkwright.plan.serial import earliest, lateness, latest, ready_day, serial
from linkwright.plan.settled import settled
from linkwright.plan.simulate import courses, has_three_points, simulated_days
from linkwright.plan.tasks import NeverPossible, Tasks, tasks_of
from linkwright.plan.waits import driving_chain, leaving, waits_of

__all__ = ["NeverPossible", "schedule"]


AFTER, AFTER_A_COURSE, AFTER_A_LOOK, AFTER_A_LATER_ORDER = 1.5, 0.003, 0.0005, 0.3
"""What comes after the search, in times of what the first schedule took: floats and chains, each simulated course, in
it each crew that is looked at for an activity, and each later order that is tried."""


def schedule(
    network: Network,
    *,
    seed: int = 0,
    samples: int = 1000,
    improve_s: float = 0.0,
    effort: float | None = None,
    stop: Over = never,
    clock: Clock = time.monotonic,
) -> Schedule:
    """Each activity as early as its predecessors, calendars, crews and stocks let it, the most urgent first.

    Where items are late the days that they have instead can be wanted (`settled`).

    `improve_s`: search for a schedule that is ready earlier and misses no wanted date by more, so that all is told in
    so many seconds of the `clock`; the first schedule is made in any case. `effort` limits that search in CP-SAT's
    deterministic time, so that the answer is the same on every machine that has the time. Without them the same
    network and seed always give the same schedule.

    `latest_order_day` asks when work may begin at the latest. Work with a date of its own (`not_before_day`), arrivals,
    windows and days off stay where they are in the calendar; all else moves with the order. So, without crews and
    stocks, it is the least latest start of all activities without predecessors. With them the schedule is made again
    for later orders until one is too late. Where a date is missed already it is the days that are lacking, below zero.

    Raises ValueError where the network contradicts itself, `NeverPossible` where an activity has no day at all.
    """
    deadline = Deadline(improve_s, clock=clock, stop=stop)
    tasks = tasks_of(network)
    early = earliest(tasks)
    bound = bound_day(tasks, early)
    turn, starts = settled(tasks, early, bound)
    if improve_s > 0 and (ready_day(tasks, starts) > bound or lateness(tasks, starts)):
        first_s = deadline.used_s()
        until = deadline.earlier(first_s * _after(tasks, samples))
        found = Found(starts=starts, bound=bound)
        better = improved(tasks, early, found, until=until, first_s=first_s, effort=effort)
        starts, bound = better.starts, better.bound
    waits = waits_of(tasks, starts)
    late = latest(tasks, tasks.limits)
    ready = ready_day(tasks, starts)
    if samples > 0 and has_three_points(tasks):
        p50, p80 = simulated_days(tasks, starts, waits.last, seed=seed, samples=samples)
    else:
        p50 = p80 = ready
    chain = _chain(tasks, starts, waits.last, late)
    return Schedule(
        timed=_timed(tasks, _Starts(early=early, planned=starts, late=late), waits.last, ready),
        ready_day=ready,
        bound_day=bound,
        gap=(ready - bound) / ready if ready else 0.0,
        chain=tuple(network.activities[task].id for task in chain),
        latest_order_day=_latest_order(tasks, turn, starts, late) if tasks.wants_dates else None,
        p50_day=p50,
        p80_day=p80,
        waits=waits.days,
        bottleneck=waits.most(chain),
    )


def _after(tasks: Tasks, samples: int) -> float:
    """What is kept for what comes after the search."""
    orders = max((limit for limit in tasks.limits if limit is not None), default=0).bit_length()
    simulated = courses(tasks, samples) if has_three_points(tasks) else 0
    a_course = AFTER_A_COURSE + AFTER_A_LOOK * looks(tasks) / max(len(tasks), 1)
    return AFTER + simulated * a_course + AFTER_A_LATER_ORDER * orders


@dataclass(frozen=True, kw_only=True, slots=True)
class _Starts:
    early: Sequence[int]
    planned: Sequence[int]
    late: Sequence[int | None]


def _timed(tasks: Tasks, starts: _Starts, waited: Sequence[str], end: int) -> tuple[Timed, ...]:
    timed = []
    for task, activity in enumerate(tasks.network.activities):
        start, late = starts.planned[task], starts.late[task]
        total = None if late is None else late - start
        timed.append(
            Timed(
                activity=activity.id,
                start_day=start,
                ready_day=start + tasks.days[task],
                earliest_start_day=starts.early[task],
                latest_start_day=late,
                total_float_days=total,
                free_float_days=_free_float(tasks, starts.planned, task, end, total),
                waits_for=waited[task],
            )
        )
    return tuple(timed)


def _free_float(tasks: Tasks, starts: Sequence[int], task: int, end: int, total: int | None) -> int:
    """Before the next starts, or before the end of all where nothing follows; never more than the total float."""
    next_start = min((starts[other] - lag for other, lag in tasks.behind[task]), default=end)
    start, runs = next_start - tasks.days[task], tasks.runs[task]
    if runs is not None:
        found = runs.start_until(start, tasks.days[task])
        start = starts[task] if found is None else found
    free = max(start - starts[task], 0)
    return free if total is None else min(free, max(total, 0))


def _chain(tasks: Tasks, starts: Sequence[int], waited: Sequence[str], late: Sequence[int | None]) -> list[int]:
    if not starts:
        return []

    def last(task: int) -> tuple[int, int, int]:
        latest_start = late[task]
        room = 0 if latest_start is None else starts[task] - latest_start
        return (starts[task] + tasks.days[task], room, -task)

    return driving_chain(tasks, starts, waited, max(range(len(tasks)), key=last), leaving(tasks, starts))


def _latest_order(tasks: Tasks, turn: Sequence[int], starts: Sequence[int], late: Sequence[int | None]) -> int:
    lacking = min((day - starts[task] for task, day in enumerate(late) if day is not None), default=0)
    if lacking < 0:
        return lacking
    first = [task for task in range(len(tasks)) if not tasks.before[task]]
    most = min((day for task in first if (day := late[task]) is not None), default=0)
    if not tasks.network.pools and not tasks.network.stocks:
        return most
    possible, too_late, tried = 0, most + 1, most
    while possible < too_late - 1:
        if _in_time(tasks, turn, first, tried):
            possible = tried
        else:
            too_late = tried
        tried = (possible + too_late) // 2
    return possible


def _in_time(tasks: Tasks, turn: Sequence[int], first: Sequence[int], order_day: int) -> bool:
    not_before = list(tasks.not_before)
    for task in first:
        not_before[task] = max(not_before[task], order_day)
    try:
        return lateness(tasks, serial(tasks, turn, not_before)) == 0
    except NeverPossible:
        return False
