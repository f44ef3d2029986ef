"""Days before which no schedule can be ready, each of them proved: paths, crews and stocks."""

from collections.abc import Sequence

import numpy as np

from linkwright.plan.levels import LAST_DAY, Crews, Pieces
from linkwright.plan.runs import Numbers
from linkwright.plan.serial import ready_day
from linkwright.plan.tasks import Tasks

MOST_STEPS = 400
"""So many different heads, and tails, are told apart; further ones are rounded to the weaker side."""


def bound_day(tasks: Tasks, early: Sequence[int]) -> int:
    """The greatest of all bounds; `early` are the earliest starts without regard to crews and stocks.

    Paths: the earliest end of all. Crews: of all work of a pool that can start on day h at the earliest and is followed
    by t days or more of other work, nothing is done before h, and all is done t days before the end; h and t are tried
    in all pairs. Stocks: what exceeds the pieces that are there before an arrival can only start on its day, and still
    needs the crews for it.
    """
    bound = ready_day(tasks, early)
    tails = tails_of(tasks)
    for pool in range(len(tasks.network.pools)):
        bound = max(bound, _crews_bound(tasks, pool, early, tails))
    for stock in range(len(tasks.network.stocks)):
        bound = max(bound, _stock_bound(tasks, stock, tails))
    return bound


def tails_of(tasks: Tasks) -> list[int]:
    """The days that follow each task before all can be ready."""
    tails = [0] * len(tasks)
    for task in reversed(tasks.order):
        for other, lag in tasks.behind[task]:
            tails[task] = max(tails[task], lag + tasks.days[other] + tails[other])
    return tails


def _crews_bound(tasks: Tasks, pool: int, early: Sequence[int], tails: Sequence[int]) -> int:
    uses = [
        (early[task], tails[task], jobs * tasks.days[task])
        for task, needs in enumerate(tasks.needs)
        for one, jobs in needs
        if one == pool
    ]
    if not uses:
        return 0
    head, tail, work = (np.array(column, dtype=np.int64) for column in zip(*uses, strict=True))
    heads, tails_there = _steps(head), _steps(tail)
    grid = np.zeros((len(heads), len(tails_there)), dtype=np.int64)
    np.add.at(grid, (np.searchsorted(heads, head, "right") - 1, np.searchsorted(tails_there, tail, "right") - 1), work)
    whole: Numbers = grid[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1]
    done = _capacity(tasks, pool, int(heads[-1]), int(work.sum()))
    ends = np.searchsorted(done, done[np.minimum(heads, len(done) - 1)][:, None] + whole)
    return int(np.where(whole > 0, ends + tails_there[None, :], 0).max())


def _steps(values: Numbers) -> Numbers:
    """The different values, or as many of them as are told apart; the least is among them."""
    steps = np.unique(values)
    if len(steps) > MOST_STEPS:
        steps = steps[np.unique(np.linspace(0, len(steps) - 1, MOST_STEPS).astype(np.int64))]
    return steps


def _capacity(tasks: Tasks, pool: int, start: int, work: int) -> Numbers:
    """The jobs that the pool can do before each day, as far as `work` that begins on `start` may need."""
    crews = tasks.network.pools[pool]
    off = sum(min(last, LAST_DAY) - max(first, 0) + 1 for first, last in crews.off if last >= 0 and first <= LAST_DAY)
    length = min(start + off + -(-work // max(crews.jobs_per_day, 1)) + 1, LAST_DAY)
    return np.concatenate(([0], np.cumsum(np.array(Crews(crews, length).free, dtype=np.int64))))


def _stock_bound(tasks: Tasks, stock: int, tails: Sequence[int]) -> int:
    users = [(task, takes[1]) for task, takes in enumerate(tasks.takes) if takes is not None and takes[0] == stock]
    if not users:
        return 0
    wanted = sum(pieces for _, pieces in users)
    shelf = Pieces(tasks.network.stocks[stock])
    after = min(tasks.days[task] + tails[task] for task, _ in users)
    bound = 0
    for day, there in zip(shelf.days, (0, *shelf.came), strict=False):
        if wanted > there:
            bound = max(bound, day + after, *_with_crews(tasks, users, tails, day, wanted - there))
    return bound


def _with_crews(
    tasks: Tasks, users: Sequence[tuple[int, int]], tails: Sequence[int], day: int, pieces: int
) -> list[int]:
    """For each pool the earliest end of all where users of so many pieces start on `day` or later."""
    ends = []
    for pool in sorted({pool for task, _ in users for pool, _ in tasks.needs[task]}):
        work = [
            (jobs * tasks.days[task], taken, tails[task])
            for task, taken in users
            for one, jobs in tasks.needs[task]
            if one == pool
        ]
        left = pieces - sum(taken for _, taken in users) + sum(taken for _, taken, _ in work)
        least = 0.0
        for effort, taken, _ in sorted(work, key=lambda use: use[0] / use[1]):
            if left <= 0:
                break
            least += effort * min(left / taken, 1.0)
            left -= taken
        needed = int(np.ceil(least - 1e-9))
        if needed > 0:
            done = _capacity(tasks, pool, day, needed)
            ends.append(
                int(np.searchsorted(done, done[min(day, len(done) - 1)] + needed)) + min(tail for _, _, tail in work)
            )
    return ends
