"""Schedules made shorter: pushed to and fro first, then searched by CP-SAT."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from linkwright.plan.exact import Found, searched
from linkwright.plan.serial import lateness, ready_day, serial, serial_back
from linkwright.plan.tasks import Tasks

MOST_PUSHES = 40
MOST_SHAKES = 100_000
SHAKES = (0.01, 0.03, 0.1)
"""By so much of the whole time the order is disturbed."""
VAIN_PUSHES = 3
SHAKEN_SHARE = 0.5
"""Of the time; the rest is that of CP-SAT."""
SHAKES_OF_AN_EFFORT = 20
SEED = 1


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
    begun = time.monotonic()

    def is_over(share: float = 1.0) -> bool:
        return stop() or time.monotonic() >= begun + share * seconds

    better = replace(now, starts=_pushed(tasks, now.starts, now.bound, is_over))
    shakes = MOST_SHAKES if effort is None else SHAKES_OF_AN_EFFORT
    better = replace(better, starts=_shaken(tasks, better, shakes, lambda: is_over(SHAKEN_SHARE)))
    if is_over() or _is_best(tasks, better.starts, now.bound):
        return better
    left_s = begun + seconds - time.monotonic()
    found = searched(tasks, early, better, seconds=left_s, effort=effort, stop=stop)
    starts = serial(tasks, _by_start(tasks, found.starts))
    return Found(starts=min(better.starts, starts, key=lambda one: _worth(tasks, one)), bound=found.bound)


def _pushed(tasks: Tasks, first: list[int], bound: int, is_over: Callable[[], bool]) -> list[int]:
    """Everything as late as it can be without a later end, then again as early as it can be, until that helps no more.

    Each push takes the activities in the order of the one before; neither can make the end later, but for stocks, which
    the push backwards leaves aside, and for the windows. So the best schedule met on the way is kept.
    """
    best = starts = first
    vain = 0
    for _ in range(MOST_PUSHES):
        if vain >= VAIN_PUSHES or is_over() or _is_best(tasks, best, bound):
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


def _shaken(tasks: Tasks, now: Found, shakes: int, is_over: Callable[[], bool]) -> list[int]:
    """The best of many schedules in which the order was disturbed, more or less, and which were pushed then.

    What is no worse is gone on from, so that many small steps can lead somewhere.
    """
    rng = random.Random(SEED)  # noqa: S311
    best = now.starts
    for _ in range(shakes):
        if is_over() or _is_best(tasks, best, now.bound):
            break
        turn = _disturbed(tasks, best, rng, ready_day(tasks, best) * rng.choice(SHAKES))
        starts = _pushed(tasks, serial(tasks, turn), now.bound, is_over)
        if _worth(tasks, starts) <= _worth(tasks, best):
            best = starts
    return best


def _disturbed(tasks: Tasks, starts: Sequence[int], rng: random.Random, days: float) -> list[int]:
    """The turn of the starts, each of them earlier or later by up to so many days; what comes before stays before."""
    keys = [start + days * (rng.random() - 0.5) for start in starts]
    for task in tasks.order:
        for other, _ in tasks.before[task]:
            if keys[other] > keys[task]:
                keys[task] = keys[other]
    return sorted(tasks.order, key=keys.__getitem__)


def _is_best(tasks: Tasks, starts: Sequence[int], bound: int) -> bool:
    return _worth(tasks, starts) <= (0, bound)


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
