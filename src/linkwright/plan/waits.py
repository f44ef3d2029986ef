"""What activities waited for in a finished schedule, and which of them drive its end."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.plan.levels import Pieces
from linkwright.plan.serial import Places
from linkwright.plan.tasks import Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """`last` is for each task the last thing that it waited for; `days` sums up the days of waiting for each thing.

    `each` has them for every task that waited.
    """

    last: list[str]
    days: dict[str, int] = field(default_factory=dict)
    each: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

    def most(self, chain: Collection[int]) -> str:
        """What these waited for most, or else all; empty where nobody waited."""
        total = _sums(wait for task in chain for wait in self.each.get(task, ()))
        return next(iter(total or self.days), "")


def waits_of(tasks: Tasks, starts: Sequence[int]) -> Waits:
    """Of a schedule in which nothing could start earlier by itself.

    The days on which a stock has too few pieces count for the stock, also where the crews would not have had time
    either: it comes first that there is something to work with.
    """
    places = Places(tasks)
    for task, start in enumerate(starts):
        places.put(task, start)
    last, each = [""] * len(tasks), dict[int, list[tuple[str, int]]]()
    for task in range(len(tasks)):
        if found := _waits(tasks, places, starts, task):
            each[task], last[task] = found, found[-1][0]
    return Waits(last=last, days=_sums(wait for found in each.values() for wait in found), each=each)


def _sums(waits: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most first."""
    total = defaultdict[str, int](int)
    for what, days in waits:
        total[what] += days
    return dict(sorted(total.items(), key=lambda one: (-one[1], one[0])))


def base_of(tasks: Tasks, starts: Sequence[int], task: int) -> int:
    """The day from which its predecessors and its date let it start."""
    ready = (starts[other] + tasks.days[other] + lag for other, lag in tasks.before[task])
    return max((tasks.not_before[task], 0, *ready))


def _waits(tasks: Tasks, places: Places, starts: Sequence[int], task: int) -> list[tuple[str, int]]:
    """In the order in which they were waited for."""
    start, day = starts[task], base_of(tasks, starts, task)
    if start <= day:
        return []
    network, takes, days = tasks.network, tasks.takes[task], tasks.days[task]
    found: list[tuple[str, int]] = []

    def until(what: str, later: int | None) -> None:
        nonlocal day
        if later is not None and day < min(later, start):
            found.append((what, min(later, start) - day))
            day = min(later, start)

    def until_allowed() -> None:
        runs = tasks.runs[task]
        allowed = day if runs is None else runs.start_from(day, days)
        if allowed is not None and allowed > day:
            until(tasks.calendar(task, day), allowed)

    until_allowed()
    if takes is not None:
        until(f"stock:{network.stocks[takes[0]].id}", _pieces_from(places.stocks[takes[0]], start, takes[1]))
        until_allowed()
    if tasks.needs[task]:
        until(f"pool:{network.pools[_pool_short(tasks, places, task, start)].id}", start)
    return found


def _pieces_from(stock: Pieces, taken_on: int, pieces: int) -> int:
    """The first day from which on the stock would have had the pieces that were taken on a day."""
    own = bisect_right(stock.days, taken_on) - 1
    first = len(stock.days)
    for n in range(len(stock.days) - 1, -1, -1):
        if stock.left[n] + (pieces if n >= own else 0) < pieces:
            break
        first = n
    return stock.days[min(first, own)]


def _pool_short(tasks: Tasks, places: Places, task: int, start: int) -> int:
    """The first of its pools without room for the last start before this one that its calendars allow."""
    days, runs = tasks.days[task], tasks.runs[task]
    sooner = start - 1 if runs is None else runs.start_until(start - 1, days)
    if sooner is not None:
        for pool, jobs in tasks.needs[task]:
            free = places.crews[pool].free
            if any(free[day] + (jobs if day >= start else 0) < jobs for day in range(max(sooner, 0), sooner + days)):
                return pool
    return tasks.needs[task][0][0]


Leaving = Mapping[tuple[int, int], Sequence[int]]


def leaving(tasks: Tasks, starts: Sequence[int]) -> Leaving:
    """Who leaves the crews of a pool on a day, by both; those that started last come first."""
    found = defaultdict[tuple[int, int], list[int]](list)
    for task in sorted(range(len(tasks)), key=lambda task: (-starts[task], task)):
        for pool, _ in tasks.needs[task]:
            found[pool, starts[task] + tasks.days[task]].append(task)
    return found


def driving_chain(
    tasks: Tasks,
    starts: Sequence[int],
    waited: Sequence[str],
    end: int,
    left: Leaving,
    among: Collection[int] | None = None,
) -> list[int]:
    """The tasks that drive the end of one, in the order of time: each begins when the one before it lets it.

    What waited for crews was let by the activity that left them on that day; what waited for pieces, or for an allowed
    day, by the last of its predecessors. `among`: crews are followed to no others than these.
    """
    chain = [end]
    while True:
        task = chain[-1]
        found = _let_by_crews(tasks, starts, waited, task, left, among)
        if found is None:
            if not tasks.before[task]:
                return chain[::-1]
            ends = {other: starts[other] + tasks.days[other] + lag for other, lag in tasks.before[task]}
            found = max(ends, key=lambda other: (ends[other], -other))
        chain.append(found)


def _let_by_crews(
    tasks: Tasks,
    starts: Sequence[int],
    waited: Sequence[str],
    task: int,
    left: Leaving,
    among: Collection[int] | None,
) -> int | None:
    kind, _, name = waited[task].partition(":")
    if kind != "pool":
        return None
    number = next(pool for pool, _ in tasks.needs[task] if tasks.network.pools[pool].id == name)
    others = left.get((number, starts[task]), ())
    return next((other for other in others if among is None or other in among), None)
