"""What has to be done, what it needs, and when it is done.

In a `Network` days are numbers of working days (`linkwright.plan.working_days`): day 0 is the day of the order. In a
`Plan`, which is told to others, they are dates. Work of n days that starts on day d has d + n - 1 as its last day, and
what it delivers is ready on day d + n. An activity of 0 days is ready on the day on which it starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ActivityKind = Literal[
    "survey", "permit", "build", "delivery", "logistics", "allocation", "staging", "installation", "configuration",
    "test", "training", "quality", "handover", "bespoke",
]  # fmt: skip
NoReturn = Literal["soft", "hard"]
Days = tuple[int, int]
"""From a day number to another, both included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class After:
    """Cannot start before the other is ready, and `lag_days` working days more."""

    activity: str
    lag_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One piece of work, done without a break.

    `least_days` and `most_days` are the other two points of a three-point estimate, whose likeliest is `days`. `jobs`
    of the crews of `pool` are taken on each of its days, and as many as `needs` says of further pools beside it;
    `pieces` of `stock` on its first day, for good. It lies wholly
    within the `windows` of that name, outside the freezes where it is `frozen`, and in the days of its `weather`.
    `no_return`: from its start on, what was ordered can be taken back at a charge (`soft`), or not at all (`hard`).
    `item` is the ref of the requirement that it is done for, None where it is done for all. `wave` counts from 0, the
    pilot where there is one. `brings` takes no time and is done just in time for it, as the delivery of the pieces that
    it takes: told as a step of its own, and no activity of the network.
    """

    id: str
    name: str
    kind: ActivityKind
    days: int
    least_days: int | None = None
    most_days: int | None = None
    after: tuple[After, ...] = ()
    not_before_day: int = 0
    skill: str | None = None
    pool: str | None = None
    jobs: int = 1
    stock: str | None = None
    pieces: int = 0
    windows: str | None = None
    weather: str | None = None
    frozen: bool = False
    owner: str = ""
    bespoke: bool = False
    no_return: NoReturn | None = None
    item: str | None = None
    wave: int | None = None
    needs: Mapping[str, int] = field(default_factory=dict)
    brings: "Activity | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Crews that share work: so many jobs on every working day; none on `off`, and less what is `taken` on a day."""

    id: str
    jobs_per_day: int
    off: tuple[Days, ...] = ()
    taken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """Pieces that are there at the start, and arrivals (day from which they can be used, pieces).

    `taken` are those that others take on a day, for good.
    """

    id: str
    pieces: int
    arrivals: tuple[tuple[int, int], ...] = ()
    taken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Weather:
    """Days on which the work can be done, and the days that are added to it in reserve. Without `days`: any day."""

    id: str
    days: tuple[Days, ...] = ()
    reserve_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """All activities of one plan. `windows` are the days of each access calendar, by its name.

    `due_day`: the day on which everything has to be ready, None where nobody wants a date. `due_by_item` is that of
    single items.
    """

    activities: tuple[Activity, ...]
    pools: tuple[Pool, ...] = ()
    stocks: tuple[Stock, ...] = ()
    windows: Mapping[str, tuple[Days, ...]] = field(default_factory=dict)
    weather: tuple[Weather, ...] = ()
    freezes: tuple[Days, ...] = ()
    due_day: int | None = None
    due_by_item: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """One activity in a schedule. The latest start and the floats are None where no date is wanted.

    `total_float_days`: so many working days later it may start without anything being late; `free_float_days`: without
    anything else starting later. `waits_for` says what it waited for beyond its predecessors: `pool:…`, `stock:…`,
    `windows:…`, `weather:…` or `freeze`, empty where it did not.
    """

    activity: str
    start_day: int
    ready_day: int
    earliest_start_day: int
    latest_start_day: int | None = None
    total_float_days: int | None = None
    free_float_days: int = 0
    waits_for: str = ""

    @property
    def last_day(self) -> int:
        """Its last day of work, or the day itself of what takes none."""
        return max(self.ready_day - 1, self.start_day)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When everything is done. `bound_day`: no schedule is ready before it; `gap` = (ready - bound) / ready.

    `chain` is the driving chain that ends last, in the order of time. `latest_order_day`: ordered so many working days
    later everything would still be in time; None where no date is wanted, below zero where it is too late already.
    `p50_day` and `p80_day` are the days by which it is ready in half, and in four fifths, of all simulated courses.
    """

    timed: tuple[Timed, ...]
    ready_day: int
    bound_day: int
    gap: float
    chain: tuple[str, ...]
    latest_order_day: int | None = None
    p50_day: int | None = None
    p80_day: int | None = None
    waits: Mapping[str, int] = field(default_factory=dict)
    """So many days of waiting for each thing that was waited for, the most first."""
    bottleneck: str = ""
    """What delays the end: of these what the driving chain waited for most, or else all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One activity with its dates: `end` is its last day, and what it delivers can be used from `ready` on.

    `lags` are the working days that it leaves behind each of those that it comes `after`; none where all are 0.
    """

    id: str
    name: str
    kind: ActivityKind
    start: date
    end: date
    ready: date
    days: int
    float_days: int | None = None
    free_float_days: int = 0
    critical: bool = False
    bespoke: bool = False
    owner: str = ""
    skill: str | None = None
    no_return: NoReturn | None = None
    after: tuple[str, ...] = ()
    lags: tuple[int, ...] = ()
    waits_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wave:
    """Items that are installed one after the other without a break longer than a day; `pilot` comes first."""

    number: int
    start: date
    end: date
    items: int
    pilot: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan as it is told. `end` is the last day of work, `ready` the day from which the service can be used.

    `total_float_days` is that of the first activity of the driving chain (`critical_path`, ids of steps).
    `soft_no_return` and `hard_no_return` are the first days from which a cancel costs, or is refused. `bottleneck` is a
    sentence on what the plan waits for most, empty where it waits for nothing. `free_days` are the holidays up to
    `ready`, weekends not among them.
    """

    ordered: date
    start: date
    end: date
    ready: date
    duration_days: int
    steps: tuple[Step, ...] = ()
    critical_path: tuple[str, ...] = ()
    total_float_days: int | None = None
    latest_order: date | None = None
    p50: date | None = None
    p80: date | None = None
    soft_no_return: date | None = None
    hard_no_return: date | None = None
    waves: tuple[Wave, ...] = ()
    bottleneck: str = ""
    gap: float = 0.0
    free_days: tuple[date, ...] = ()
