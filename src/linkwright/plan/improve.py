"""Schedules made shorter: pushed to and fro first, then searched by CP-SAT."""

import random
from collections.abc import Sequence
from dataclasses import replace

from linkwright.plan.deadline import Deadline, Over, TimeIsOver
from linkwright.plan.exact import Found, searched
from linkwright.plan.serial import by_start, lateness, ready_day, serial, serial_back
from linkwright.plan.tasks import Tasks

MOST_PUSHES = 40
MOST_SHAKES = 100_000
SHAKES = (0.01, 0.03, 0.1)
"""By so much of the whole time the order is disturbed."""
VAIN_PUSHES = 3
SHAKEN_SHARE = 0.5
"""Of the time; the rest is that of CP-SAT."""
LOADING = 12.0
"""CP-SAT takes up to so many times what the first schedule took before it looks at the clock."""
SHAKES_OF_AN_EFFORT = 20
SEED = 1


def improved(
    tasks: Tasks, early: Sequence[int], now: Found, *, until: Deadline, first_s: float, effort: float | None
) -> Found:
    """A schedule at least as good: fewer days of lateness, or as many and ready no later.

    `first_s` is what the schedule from which it starts took. By that it is known how long CP-SAT takes to load so many
    activities; where it would have no more time for its search than for that it is not asked.
    """
    loading_s, exact_s = LOADING * first_s, (1.0 - SHAKEN_SHARE) * until.left_s()
    is_asked = exact_s >= 2 * loading_s
    better = replace(now, starts=_pushed(tasks, now.starts, now.bound, until.is_over))
    shakes = MOST_SHAKES if effort is None else SHAKES_OF_AN_EFFORT
    shaking = until.earlier(exact_s) if is_asked else until
    better = replace(better, starts=shaken(tasks, better, shakes, shaking.is_over))
    if not is_asked or until.is_over() or _is_best(tasks, better.starts, now.bound):
        return better
    try:
        found = searched(tasks, early, better, until=until, loading_s=loading_s, effort=effort)
    except TimeIsOver:
        return better
    starts = serial(tasks, by_start(tasks, found.starts))
    return Found(starts=min(better.starts, starts, key=lambda one: _worth(tasks, one)), bound=found.bound)


def _pushed(tasks: Tasks, first: list[int], bound: int, is_over: Over) -> list[int]:
    """Everything as late as it can be without a later end, then again as early as it can be, until that helps no more.

    Each push takes the activities in the order of the one before; neither can make the end later, but for stocks, which
    the push backwards leaves aside, and for the windows. So the best schedule met on the way is kept.
    """
    best = starts = first
    vain = 0
    for _ in range(MOST_PUSHES):
        if vain >= VAIN_PUSHES or is_over() or _is_best(tasks, best, bound):
            break
        try:
            pushed = serial_back(tasks, _by_end(tasks, starts), _ends(tasks, starts), is_over)
            if pushed is None:
                break
            starts = serial(tasks, by_start(tasks, pushed), is_over=is_over)
        except TimeIsOver:
            break
        if _worth(tasks, starts) < _worth(tasks, best):
            best, vain = starts, 0
        else:
            vain += 1
    return best


def shaken(tasks: Tasks, now: Found, shakes: int, is_over: Over) -> list[int]:
    """The best of many schedules in which the order was disturbed, more or less, and which were pushed then.

    What is no worse is gone on from, so that many small steps can lead somewhere.
    """
    rng = random.Random(SEED)  # noqa: S311
    best = now.starts
    for _ in range(shakes):
        if is_over() or _is_best(tasks, best, now.bound):
            break
        turn = _disturbed(tasks, best, rng, ready_day(tasks, best) * rng.choice(SHAKES))
        try:
            starts = _pushed(tasks, serial(tasks, turn, is_over=is_over), now.bound, is_over)
        except TimeIsOver:
            break
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


def _by_end(tasks: Tasks, starts: Sequence[int]) -> list[int]:
    place = {task: n for n, task in enumerate(tasks.order)}
    return sorted(tasks.order, key=lambda task: (-starts[task] - tasks.days[task], -place[task]))
