"""What a plan waits for, in sentences with numbers."""

from collections.abc import Iterable, Mapping

from linkwright.plan.model import Activity, Network, Schedule, Stock, Timed
from linkwright.plan.tasks import needs_of
from linkwright.plan.working_days import WorkingDays
from linkwright.wording import counted, in_working_days

Pairs = Iterable[tuple[Activity, Timed]]
WORDS: Mapping[str, str] = {
    "pool": "crews of pool {}",
    "stock": "pieces of stock {}",
    "windows": "the windows {}",
    "weather": "the weather {}",
    "freeze": "the end of a freeze",
}


def words_of(waits_for: str) -> str:
    """`waits_for` of `Timed` as words."""
    kind, _, name = waits_for.partition(":")
    return WORDS[kind].format(name)


def bottleneck(network: Network, schedule: Schedule, pairs: Pairs, days: WorkingDays) -> str:
    """A sentence on what delays the end; empty where nothing was waited for."""
    what = schedule.bottleneck
    there = list(pairs)
    kind, _, name = what.partition(":")
    if kind == "stock":
        return _stock(next(stock for stock in network.stocks if stock.id == name), there, days)
    if kind == "pool":
        jobs = next(pool.jobs_per_day for pool in network.pools if pool.id == name)
        return _pool(name, jobs, there, days)
    ready = {timed.activity: timed.ready_day for _, timed in there}
    return longest_wait(what, there, ready, days) if what else ""


def _stock(stock: Stock, pairs: Pairs, days: WorkingDays) -> str:
    users = [timed for one, timed in pairs if one.stock == stock.id and one.pieces]
    longest: tuple[int, int, int] | None = None
    for arrival in sorted({day for day, _ in stock.arrivals}):
        waiting = sum(timed.earliest_start_day < arrival <= timed.start_day for timed in users)
        busy_until = max((timed.last_day for timed in users if timed.start_day < arrival), default=-1)
        idle = max(arrival - 1 - busy_until, 0)
        if waiting and (longest is None or idle > longest[0]):
            longest = (idle, waiting, arrival)
    if longest is None:
        return f"Work waits for {words_of(f'stock:{stock.id}')}."
    idle, waiting, arrival = longest
    return (
        f"{waiting:,} of {len(users):,} activities wait for {words_of(f'stock:{stock.id}')}, which come on "
        f"{days.date_of(arrival)}: nothing that needs them can be done for {in_working_days(idle)}, "
        f"up to {days.date_of(arrival - 1)}."
    )


def _pool(name: str, jobs_per_day: int, pairs: Pairs, days: WorkingDays) -> str:
    waiting, load = 0, dict[int, int]()
    for one, timed in pairs:
        jobs = needs_of(one).get(name, 0)
        waiting += timed.waits_for == f"pool:{name}"
        for day in range(timed.start_day, timed.ready_day) if jobs else ():
            load[day] = load.get(day, 0) + jobs
    full = [day for day, jobs in load.items() if jobs >= jobs_per_day]
    told = f"{waiting:,} activities wait for {words_of(f'pool:{name}')}: it does {jobs_per_day:,} jobs a day"
    if not full:
        return f"{told}."
    return f"{told} and is full on {in_working_days(len(full))}, the last of them {days.date_of(max(full))}."


def longest_wait(what: str, pairs: Pairs, ready: Mapping[str, int], days: WorkingDays) -> str:
    """A sentence on those that waited for it last; `ready` is the day of every activity."""
    waits = [(waited_days(one, timed, ready), timed.start_day) for one, timed in pairs if timed.waits_for == what]
    if not waits:
        return f"Work waits for {words_of(what)}."
    longest, start = max(waits)
    waiting = counted(len(waits), "activity waits", "activities wait")
    until = days.date_of(start - 1)
    return f"{waiting} for {words_of(what)}, the longest {in_working_days(longest)}, up to {until}."


def waited_days(one: Activity, timed: Timed, ready: Mapping[str, int]) -> int:
    """The days from that on which its predecessors and its date let it start."""
    let = (ready[link.activity] + link.lag_days for link in one.after)
    return timed.start_day - max((one.not_before_day, 0, *let))
