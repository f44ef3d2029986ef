"""Crews in many simulated courses at once: when they are free, and the days on which they do nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkwright.plan.runs import Numbers, Runs, common, complement
from linkwright.plan.tasks import Tasks

Grid = NDArray[np.int64]
"""Courses by crews: the day from which each is free."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The crews that are picked for a task, by pool, and the day from which they are all free, in each course."""

    day: Numbers | int
    picked: Sequence[tuple[Grid, Grid]]

    def work_until(self, done: Numbers) -> None:
        for free, crews in self.picked:
            np.put_along_axis(free, crews, done[:, np.newaxis], axis=1)


class CrewsAtWork:
    """A pool is as many crews as it does jobs a day. Whoever asks first is served first."""

    def __init__(self, tasks: Tasks, samples: int) -> None:
        self._tasks, self._samples = tasks, samples
        self._free: dict[int, Grid] = {}

    def free_for(self, task: int, start: Numbers) -> Taken:
        """Of the crews that are free by then those that have been so for the least time, or else the next to be."""
        day: Numbers | int = 0
        picked = []
        for pool, jobs in self._tasks.needs[task]:
            free = self._of(pool)
            crews = _picked(free, start, jobs)
            picked.append((free, crews))
            day = np.maximum(day, np.take_along_axis(free, crews, axis=1).max(axis=1))
        return Taken(day=day, picked=picked)

    def _of(self, pool: int) -> Grid:
        if pool not in self._free:
            crews = self._tasks.network.pools[pool].jobs_per_day
            self._free[pool] = np.zeros((self._samples, crews), dtype=np.int64)
        return self._free[pool]


def _picked(free: Grid, start: Numbers, jobs: int) -> Grid:
    """What is free in time goes before what is not: late among the one, early among the other."""
    if jobs == free.shape[1]:
        return np.broadcast_to(np.arange(jobs), free.shape)
    late = free - start[:, np.newaxis]
    waits = np.where(late > 0, late + _NEVER, -late)
    return waits.argmin(axis=1)[:, np.newaxis] if jobs == 1 else np.argpartition(waits, jobs - 1, axis=1)[:, :jobs]


_NEVER = 1 << 41
"""More days than there are."""


def looks(tasks: Tasks) -> int:
    """So many crews are looked at in one course."""
    return sum(tasks.network.pools[pool].jobs_per_day for needs in tasks.needs for pool, _ in needs)


def with_days_off(tasks: Tasks) -> list[Runs | None]:
    """The runs of each task without the days on which one of its pools does nothing; the same object for the same."""
    known: dict[tuple[int, tuple[int, ...]], Runs] = {}
    found = list(tasks.runs)
    for task, needs in enumerate(tasks.needs):
        off = tuple(pool for pool, _ in needs if tasks.network.pools[pool].off)
        runs = tasks.runs[task]
        if off:
            key = id(runs), off
            if key not in known:
                days = complement(span for pool in off for span in tasks.network.pools[pool].off)
                known[key] = Runs(days if runs is None else common(days, zip(runs.first, runs.last, strict=True)))
            found[task] = known[key]
    return found
