"""A network as numbers: what the searches work on, checked before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkwright.plan.model import Activity, Days, Network
from linkwright.plan.runs import Runs, common, complement

MOST_DAYS = 100_000
"""More days than that are a slip of the pen."""
Links = list[list[tuple[int, int]]]
"""For each task the others with the days of lag between."""


class Contradiction(ValueError):
    """A network that is none: `activities` are the ids of those that contradict each other."""

    def __init__(self, text: str, activities: Iterable[str]) -> None:
        super().__init__(text)
        self.activities = frozenset(activities)


class NeverPossible(ValueError):
    """An activity that can start on no day; `waits_for` in the words of `Timed`.

    `others` are the first activities of further items that were found to have no day either.
    """

    def __init__(self, activity: str, waits_for: str) -> None:
        super().__init__(f"activity {activity} can never start: it waits for {waits_for} in vain")
        self.activity, self.waits_for = activity, waits_for
        self.others: tuple[NeverPossible, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tasks:
    """The activities by their place in the network. `days` have the reserve for the weather in them.

    `order` has every task behind those before it. `runs` None: any day; `without` are the runs that there would be
    without one of its kinds of calendar (`windows`, `weather`, `freeze`), for each that it has. `needs` are (pool,
    jobs), of work of at least one day; `takes` are (stock, pieces); `limits` the day on which each has to be ready,
    None where no date is wanted.
    """

    network: Network
    days: list[int]
    not_before: list[int]
    before: Links
    behind: Links
    order: list[int]
    runs: list[Runs | None]
    without: list[Mapping[str, Runs | None]]
    needs: list[tuple[tuple[int, int], ...]]
    takes: list[tuple[int, int] | None]
    limits: list[int | None]

    def __len__(self) -> int:
        return len(self.days)

    @property
    def wants_dates(self) -> bool:
        return any(limit is not None for limit in self.limits)

    def calendar(self, task: int, day: int) -> str:
        """What keeps it from starting on `day`: the kind of calendar without which it could start earliest."""
        one, starts = self.network.activities[task], dict[str, int]()
        for kind, runs in self.without[task].items():
            start = day if runs is None else runs.start_from(day, self.days[task])
            if start is not None:
                starts[kind] = start
        kinds = sorted(starts or self.without[task], key=lambda kind: starts.get(kind, 0))
        return {"windows": f"windows:{one.windows}", "weather": f"weather:{one.weather}"}.get(kinds[0], "freeze")

    def never(self, task: int, waits_for: str) -> NeverPossible:
        return NeverPossible(self.network.activities[task].id, waits_for)


def tasks_of(network: Network) -> Tasks:
    """Raises ValueError with the name of the activity where the network contradicts itself."""
    number = _numbered((activity.id for activity in network.activities), "activity")
    pools = _numbered((pool.id for pool in network.pools), "pool")
    stocks = _numbered((stock.id for stock in network.stocks), "stock")
    reserve = {weather.id: weather.reserve_days for weather in network.weather}
    for activity in network.activities:
        _check(activity, network, number, pools, stocks)
    before: Links = [[(number[link.activity], link.lag_days) for link in one.after] for one in network.activities]
    behind: Links = [[] for _ in before]
    for task, links in enumerate(before):
        for other, lag in links:
            behind[other].append((task, lag))
    days = [one.days + (reserve[one.weather] if one.weather else 0) for one in network.activities]
    calendars = _calendars(network)
    return Tasks(
        network=network,
        days=days,
        not_before=[one.not_before_day for one in network.activities],
        before=before,
        behind=behind,
        order=_in_order(network, before, behind),
        runs=[runs for runs, _ in calendars],
        without=[without for _, without in calendars],
        needs=[
            tuple((pools[pool], jobs) for pool, jobs in needs_of(one).items()) if length else ()
            for one, length in zip(network.activities, days, strict=True)
        ],
        takes=[(stocks[one.stock], one.pieces) if one.stock and one.pieces else None for one in network.activities],
        limits=[_limit(one, network) for one in network.activities],
    )


def needs_of(activity: Activity) -> dict[str, int]:
    """The jobs that it takes of each pool on each of its days."""
    needs = {pool: jobs for pool, jobs in activity.needs.items() if jobs}
    if activity.pool is not None and activity.jobs:
        needs[activity.pool] = needs.get(activity.pool, 0) + activity.jobs
    return needs


Calendars = tuple[Runs | None, Mapping[str, Runs | None]]


def _calendars(network: Network) -> list[Calendars]:
    """`runs` and `without` of each activity; the same objects for the same days."""
    known: dict[tuple[str | None, str | None, bool], Calendars] = {}
    for one in network.activities:
        key = (one.windows, one.weather, one.frozen)
        if key not in known:
            sets = _allowed(one, network)
            without = {but: _runs([days for kind, days in sets.items() if kind != but]) for but in sets}
            known[key] = (_runs(list(sets.values())), without)
    return [known[one.windows, one.weather, one.frozen] for one in network.activities]


def _allowed(activity: Activity, network: Network) -> dict[str, tuple[Days, ...]]:
    """The days that each kind of its calendars allows."""
    sets: dict[str, tuple[Days, ...]] = {}
    if activity.windows is not None:
        sets["windows"] = network.windows[activity.windows]
    for weather in network.weather:
        if weather.id == activity.weather and weather.days:
            sets["weather"] = weather.days
    if activity.frozen and network.freezes:
        sets["freeze"] = complement(network.freezes)
    return sets


def _runs(sets: Sequence[tuple[Days, ...]]) -> Runs | None:
    if not sets:
        return None
    allowed = sets[0]
    for further in sets[1:]:
        allowed = common(allowed, further)
    return Runs(allowed)


def _limit(activity: Activity, network: Network) -> int | None:
    own = network.due_by_item.get(activity.item) if activity.item is not None else None
    return min((day for day in (own, network.due_day) if day is not None), default=None)


def _numbered(ids: Iterable[str], kind: str) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for name in ids:
        if name in numbers:
            raise Contradiction(f"{kind} {name} is there twice", (name,))
        numbers[name] = len(numbers)
    return numbers


def _check(
    one: Activity,
    network: Network,
    activities: Mapping[str, int],
    pools: Mapping[str, int],
    stocks: Mapping[str, int],
) -> None:
    least, most = (one.days if days is None else days for days in (one.least_days, one.most_days))
    if one.days < 0 or not 0 <= least <= one.days <= most:
        raise ValueError(f"activity {one.id} cannot take {least}, {one.days}, {most} days (least, likeliest, most)")
    if one.jobs < 0 or one.pieces < 0 or any(jobs < 0 for jobs in one.needs.values()):
        raise ValueError(f"activity {one.id} takes less than nothing of a pool or stock")
    known = (
        ("activity", [link.activity for link in one.after], activities),
        ("pool", list(needs_of(one)), pools),
        ("stock", [one.stock] if one.stock else [], stocks),
        ("windows", [one.windows] if one.windows is not None else [], network.windows),
        ("weather", [one.weather] if one.weather else [], {weather.id for weather in network.weather}),
    )
    for kind, named, there in known:
        for name in named:
            if name not in there:
                raise ValueError(f"activity {one.id} names {kind} {name}, which nobody knows")
    if any(link.lag_days < 0 for link in one.after):
        raise ValueError(f"activity {one.id} has a negative lag")
    if max((most, one.not_before_day, *(link.lag_days for link in one.after))) > MOST_DAYS:
        raise ValueError(f"activity {one.id} has a figure of more than {MOST_DAYS:,} days")


def _in_order(network: Network, before: Links, behind: Links) -> list[int]:
    open_before = [len(links) for links in before]
    order = [task for task, count in enumerate(open_before) if count == 0]
    for task in order:
        for other, _ in behind[task]:
            open_before[other] -= 1
            if open_before[other] == 0:
                order.append(other)
    if len(order) < len(before):
        cycle = _cycle(network, before, set(order))
        raise Contradiction(f"activities wait for each other: {' -> '.join(cycle)}", cycle)
    return order


def _cycle(network: Network, before: Links, done: set[int]) -> list[str]:
    """The members of one cycle in the order of the work, the first of them once more at the end."""
    task = next(task for task in range(len(before)) if task not in done)
    seen: list[int] = []
    while task not in seen:
        seen.append(task)
        task = next(other for other, _ in before[task] if other not in done)
    members = [*seen[seen.index(task) :], task]
    return [network.activities[member].id for member in reversed(members)]
