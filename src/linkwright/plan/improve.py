"""Schedules made shorter: pushed to and fro first, then searched by CP-SAT."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from linkwright.plan.exact import Found, searched
from linkwright.plan.serial import lateness, ready_day, serial, serial_back
from linkwright.plan.tasks import Tasks

MOST_PUSHES = 40
VAIN_PUSHES = 3


def improved(
    tasks: Tasks,
    early: Sequence[int],
    now: Found,
    *,
    seconds: float,
    effort: float | None,
    stop: Callable[[], bool],
) -> Found:
    """A schedule at least as good: fewer days of lateness, or as many and ready no later."""
    ends = time.monotonic() + seconds
    better = replace(now, starts=_pushed(tasks, now, lambda: stop() or time.monotonic() >= ends))
    left_s = ends - time.monotonic()
    if left_s <= 0 or stop() or _is_best(tasks, better):
        return better
    found = searched(tasks, early, better, seconds=left_s, effort=effort, stop=stop)
    starts = serial(tasks, _by_start(tasks, found.starts))
    return Found(starts=min(better.starts, starts, key=lambda one: _worth(tasks, one)), bound=found.bound)


def _pushed(tasks: Tasks, now: Found, is_over: Callable[[], bool]) -> list[int]:
    """Everything as late as it can be without a later end, then again as early as it can be, until that helps no more.

    Each push takes the activities in the order of the one before; neither can make the end later, but for stocks, which
    the push backwards leaves aside, and for the windows. So the best schedule met on the way is kept.
    """
    best = starts = now.starts
    vain = 0
    for _ in range(MOST_PUSHES):
        if vain >= VAIN_PUSHES or is_over() or _is_best(tasks, replace(now, starts=best)):
            break
        pushed = serial_back(tasks, _by_end(tasks, starts), _ends(tasks, starts))
        if pushed is None:
            break
        starts = serial(tasks, _by_start(tasks, pushed))
        if _worth(tasks, starts) < _worth(tasks, best):
            best, vain = starts, 0
        else:
            vain += 1
    return best


def _is_best(tasks: Tasks, now: Found) -> bool:
    return _worth(tasks, now.starts) <= (0, now.bound)


def _worth(tasks: Tasks, starts: Sequence[int]) -> tuple[int, int]:
    return lateness(tasks, starts), ready_day(tasks, starts)


def _ends(tasks: Tasks, starts: Sequence[int]) -> list[int]:
    """The day by which each has to be ready: that of all, or its limit where it does not miss it."""
    end = ready_day(tasks, starts)
    return [
        end if limit is None else min(end, max(limit, start + days))
        for start, days, limit in zip(starts, tasks.days, tasks.limits, strict=True)
    ]


def _by_start(tasks: Tasks, starts: Sequence[int]) -> list[int]:
    return sorted(tasks.order, key=starts.__getitem__)


def _by_end(tasks: Tasks, starts: Sequence[int]) -> list[int]:
    place = {task: n for n, task in enumerate(tasks.order)}
    return sorted(tasks.order, key=lambda task: (-starts[task] - tasks.days[task], -place[task]))
