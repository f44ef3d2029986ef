"""Who leaves crews to whom in a finished schedule."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from linkwright.plan.runs import Runs, common, complement
from linkwright.plan.tasks import Tasks


def crew_links(tasks: Tasks, starts: Sequence[int]) -> list[list[int]]:
    """For each task those whose crews it takes over; crews that have been free for longest go first.

    There are at most two for each pool that a task needs: each time crews are taken, all but the last of those who left
    them have left all that they had.
    """
    found: list[list[int]] = [[] for _ in starts]
    users: list[list[tuple[int, int, int]]] = [[] for _ in tasks.network.pools]
    for task, needs in enumerate(tasks.needs):
        for pool, jobs in needs:
            users[pool].append((starts[task], task, jobs))
    for pool, some in enumerate(users):
        free = [(0, -1, tasks.network.pools[pool].jobs_per_day)]
        heapify(free)
        for start, task, jobs in sorted(some):
            lacking = jobs
            while lacking > 0 and free and free[0][0] <= start:
                end, other, there = heappop(free)
                if other >= 0:
                    found[task].append(other)
                if there > lacking:
                    heappush(free, (end, other, there - lacking))
                lacking -= there
            heappush(free, (start + tasks.days[task], task, jobs))
    return found


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
