"""Simulated courses of a plan: when is it ready in half, and in four fifths, of them?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linkwright.plan.crews_at_work import CrewsAtWork, looks, with_days_off
from linkwright.plan.runs import FOREVER, Numbers
from linkwright.plan.serial import by_start
from linkwright.plan.tasks import Tasks

SHARES = (0.5, 0.8)
MOST_LOOKS, LEAST_COURSES = 200_000_000, 50
"""Crews are looked at so often at most: where many work in large pools there are fewer courses."""


Percentiles = tuple[int | None, int | None]
"""The days by which all is ready in half, and in four fifths, of the courses; None where that never comes."""


def simulated_days(
    tasks: Tasks, starts: Sequence[int], waited: Sequence[str], *, seed: int, samples: int
) -> Percentiles:
    """When all is ready.

    Each course draws the days of all activities and follows predecessors and calendars. Crews take what they do in the
    planned order, whoever of them is free; what waited for them, or for pieces, starts no earlier than planned. Days
    are drawn from the triangle over least, likeliest and most,
    in whole days: its three points are all that is known, whereas PERT's beta would add a weight that nobody has
    estimated, and makes the worst too seldom.
    """
    return simulated_ends(tasks, starts, waited, ["" for _ in starts], seed=seed, samples=samples)[""]


def simulated_ends(
    tasks: Tasks, starts: Sequence[int], waited: Sequence[str], groups: Sequence[str | None], *, seed: int, samples: int
) -> dict[str, Percentiles]:
    """The same for each group of tasks, of the same courses."""
    samples = courses(tasks, samples)
    generator = np.random.default_rng(seed)
    ready: dict[int, Numbers] = {}
    ends: dict[str, Numbers] = {}
    crews, allowed = CrewsAtWork(tasks, samples), with_days_off(tasks)
    open_behind = Counter(other for links in tasks.before for other, _ in links)
    tables: dict[tuple[int, int, int], NDArray[np.float64]] = {}
    for task in by_start(tasks, starts):
        held = waited[task].startswith(("pool:", "stock:"))
        start = np.full(samples, starts[task] if held else max(tasks.not_before[task], 0), dtype=np.int64)
        for other, lag in tasks.before[task]:
            np.maximum(start, ready[other] + lag, out=start)
            open_behind[other] -= 1
            if not open_behind[other]:
                del ready[other]
        days, runs = _days(tasks, task, generator, samples, tables), allowed[task]
        free = crews.free_for(task, start)
        np.maximum(start, free.day, out=start)
        if runs is not None:
            start = runs.starts_from(np.minimum(start, FOREVER), days)
        done = start + days
        free.work_until(done)
        if open_behind[task]:
            ready[task] = done
        group = groups[task]
        if group is not None:
            ends[group] = np.maximum(ends[group], done) if group in ends else done
    return {group: _percentiles(end) for group, end in ends.items()}


def courses(tasks: Tasks, samples: int) -> int:
    """So many are simulated where `samples` are wanted."""
    return min(samples, max(MOST_LOOKS // max(looks(tasks), 1), LEAST_COURSES))


def _percentiles(ends: Numbers) -> Percentiles:
    there = np.sort(ends)
    p50, p80 = (int(there[int(np.ceil(share * len(there))) - 1]) for share in SHARES)
    return (None if p50 >= FOREVER else p50), (None if p80 >= FOREVER else p80)


def has_three_points(tasks: Tasks) -> bool:
    return any(least < most for least, _, most in (points_of(tasks, task) for task in range(len(tasks))))


def points_of(tasks: Tasks, task: int) -> tuple[int, int, int]:
    """Least, likeliest and most days, the reserve for the weather in each; the likeliest where one is not estimated."""
    one = tasks.network.activities[task]
    reserve = tasks.days[task] - one.days
    least = one.days if one.least_days is None else one.least_days
    most = one.days if one.most_days is None else one.most_days
    return least + reserve, tasks.days[task], most + reserve


def _days(
    tasks: Tasks,
    task: int,
    generator: np.random.Generator,
    samples: int,
    tables: dict[tuple[int, int, int], NDArray[np.float64]],
) -> Numbers:
    points = points_of(tasks, task)
    if points[0] == points[2]:
        return np.full(samples, points[1], dtype=np.int64)
    if points not in tables:
        tables[points] = _shares(*points)
    return points[0] + np.searchsorted(tables[points], generator.random(samples), side="right")


def _shares(least: int, likely: int, most: int) -> NDArray[np.float64]:
    """The share of courses that take `least` days or fewer, one more or fewer, …, all but the last of them.

    The triangle reaches half a day beyond its points, so that every whole day between has the share around it.
    """
    low, high = least - 0.5, most + 0.5
    at = np.arange(least, most) + 0.5
    rising = (at - low) ** 2 / ((high - low) * max(likely - low, 1e-9))
    falling = 1.0 - (high - at) ** 2 / ((high - low) * max(high - likely, 1e-9))
    return np.where(at <= likely, rising, falling)
