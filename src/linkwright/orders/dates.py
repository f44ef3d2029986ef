"""When the items of an order will be ready, by what those say who deliver something for them. Pure.

What is promised is the day of each leg in the design. Between the last leg and the day on which the design is ready
lies what has to be done after the legs, so many working days. An item is never said to be ready before its design is:
crews, upgrades and windows were planned for that day.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from linkwright.designs.answers import LegSolution, SiteSolution
from linkwright.designs.existing import OWN
from linkwright.orders.errands import Task
from linkwright.orders.model import Order, Severity
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.tasks import gives_up
from linkwright.plan.working_days import WorkingDays, working_days

Spare = Callable[[SiteSolution, LegSolution], int]
"""By how many working days a leg may come later before anything that follows it has to wait."""
FEW_DAYS = 1
"""Working days of float: with less than these the date is in danger, though it can still be kept."""


def no_spare(_solution: SiteSolution, _leg: LegSolution) -> int:
    """Where nobody knows how much of the time after a leg is waiting, all of it is work."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one task does to an item. `slip_days` and `float_days` are working days.

    `late` says that the promised day is over and nothing has come, `builds` are the planned accesses that come later.
    `float_days` is what is left of the time until the item is needed if nothing else is later than this, None where
    nobody said when that is.
    """

    task: Task
    item: str
    promised: date
    now: date
    ready: date
    needed: date | None
    slip_days: int
    float_days: int | None
    late: bool
    builds: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        if self.float_days is None or self.float_days >= FEW_DAYS:
            return "Normal"
        return "Hazard" if self.float_days >= 0 else "Critical"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """`ready` is the day of each designed item that is not final, by its id; `slips` are the tasks that are late."""

    ready: Mapping[str, date]
    slips: tuple[Slip, ...]

    @property
    def completion(self) -> datetime | None:
        return completion_of(self.ready.values())


def completion_of(ready: Iterable[date]) -> datetime | None:
    """When the last of these is ready."""
    last = max(ready, default=None)
    return None if last is None else datetime.combine(last, time(0), tzinfo=UTC)


def dates_of(
    order: Order,
    tasks: Iterable[Task],
    solutions: Mapping[str, SiteSolution],
    today: date,
    holidays: Collection[date] = (),
    spare: Spare = no_spare,
) -> Dates:
    days = working_days((order.started_at or order.ordered_at).date(), frozenset(holidays))
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    designed = {item: solution for item, solution in solutions.items() if item in alive}
    wanted = None if order.requested_completion is None else order.requested_completion.date()
    ready = {item: solution.ready for item, solution in designed.items()}
    known = _Known(days=days, today=today, wanted=wanted, builds=order.builds, spare=spare)
    slips = []
    for task in tasks:
        for item in task.items:
            slip = _slip(task, item, designed[item], known) if item in designed else None
            if slip is not None:
                ready[item] = max(ready[item], slip.ready)
                slips.append(slip)
    return Dates(ready=ready, slips=tuple(slips))


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is the same for all tasks of an order."""

    days: WorkingDays
    today: date
    wanted: date | None
    builds: Mapping[str, date]
    spare: Spare


def _slip(task: Task, item: str, solution: SiteSolution, known: _Known) -> Slip | None:
    """None where the task keeps its promise, or makes none."""
    promise = None if gives_up(task) else _promise(task, solution, known)
    if promise is None or task.state not in ("sent", "done"):
        return None
    days, is_out, builds = known.days, task.state == "sent", {}
    now = max(task.expected or promise.day, known.today if is_out else promise.day)
    if is_out:
        builds = {name: day for name, day in promise.builds.items() if day > promise.day}
        now = max(now, *builds.values()) if builds else now
    slipped = days.from_(now) - days.from_(promise.day)
    if slipped <= 0:
        return None
    after = max(days.from_(solution.ready) - days.from_(promise.last), 0) - promise.spare_days
    ready_day = days.from_(now) + after
    needed = min((day for day in (solution.requirement.needed_by, known.wanted) if day is not None), default=None)
    return Slip(
        task=task,
        item=item,
        promised=promise.day,
        now=now,
        ready=max(days.date_of(ready_day), solution.ready),
        needed=needed,
        slip_days=slipped,
        float_days=None if needed is None else days.up_to(needed) - ready_day,
        late=is_out and known.today > promise.day,
        builds=tuple(builds),
    )


@dataclass(frozen=True, kw_only=True)
class _Promise:
    """The day that the design counts on, and the last such day of all that has to be there by then."""

    day: date
    last: date
    spare_days: int = 0
    builds: Mapping[str, date] = field(default_factory=dict)


def _promise(task: Task, solution: SiteSolution, known: _Known) -> _Promise | None:
    if task.kind == "implement":
        return _Promise(day=solution.ready, last=solution.ready)
    legs = list(_legs(task, solution))
    if not legs:
        return None
    return _Promise(
        day=max(leg.ready for leg in legs),
        last=max(leg.ready for leg in solution.legs),
        spare_days=min(known.spare(solution, leg) for leg in legs),
        builds={leg.access: known.builds[leg.access] for leg in legs if leg.access in known.builds},
    )


def _legs(task: Task, solution: SiteSolution) -> Iterator[LegSolution]:
    """What a task delivers: a partner its leg, our resource domain all that are ours and not there yet."""
    for leg in solution.legs:
        is_bought = task.kind == "procure" and leg.access == task.access
        if is_bought or (task.kind == "provide" and leg.supplier == OWN and not leg.existing):
            yield leg
