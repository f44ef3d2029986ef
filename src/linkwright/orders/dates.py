"""When the items of an order will be ready, by what those say who deliver something for them. Pure.

What is promised is the day of each leg in the design. Where the design has a plan, its step `delivery:<access>` says
how much later a leg may come, and beyond that what follows it moves. Without one lies between the last leg and the day
on which the design is ready what has to be done after the legs, so many working days, and all of it is work. An item is
never said to be ready before its design is: crews, upgrades and windows were planned for that day.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN, PlannedUpgrade
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.whole.works import CAPACITY
from linkwright.orders.errands import Task
from linkwright.orders.model import Order, Severity
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.tasks import gives_up
from linkwright.plan.model import Plan, Step
from linkwright.plan.slip import moved
from linkwright.plan.working_days import WorkingDays, working_days

DELIVERY = "delivery:"
"""Begins the id of the step of a plan that brings an access."""
FEW_DAYS = 1
"""Working days of float: with less than these the date is in danger, though it can still be kept."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one task does to an item. `slip_days` and `float_days` are working days.

    `late` says that the promised day is over and nothing has come, `builds` are the planned accesses or upgrades that
    come later.
    `float_days` is what is left of the time until the item is needed if nothing else is later than this, None where
    nobody said when that is. `steps` are those of the plan that are later, and by how much.
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
    steps: Mapping[str, int] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        if self.float_days is None or self.float_days >= FEW_DAYS:
            return "Normal"
        return "Hazard" if self.float_days >= 0 else "Critical"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """`ready` is the day of each designed item that is not final, by its id; `slips` are the tasks that are late.

    `gone` are the items that count on each upgrade of which nobody knows any more when it comes.
    """

    ready: Mapping[str, date]
    slips: tuple[Slip, ...]
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def completion(self) -> datetime | None:
        return completion_of(self.ready.values())

    def late(self) -> Mapping[str, Mapping[str, int]]:
        """By item, the steps of its plan that are later, and by how many working days."""
        found: dict[str, dict[str, int]] = {}
        for slip in self.slips:
            for step, late in slip.steps.items():
                of = found.setdefault(slip.item, {})
                of[step] = max(late, of.get(step, 0))
        return found


def ready_of(solution: SiteSolution) -> date:
    """The day from which the service can be used: the later of what the design says and what its plan does."""
    return solution.ready if solution.plan is None else max(solution.ready, solution.plan.ready)


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
) -> Dates:
    days = days_of(order, holidays)
    alive = {leaf.id for leaf in leaves(order.items) if leaf.state not in FINAL}
    designed = {item: solution for item, solution in solutions.items() if item in alive}
    wanted = None if order.requested_completion is None else order.requested_completion.date()
    ready = {item: ready_of(solution) for item, solution in designed.items()}
    later = {name: day for name, day in order.builds.items() if day is not None}
    known = _Known(days=days, today=today, wanted=wanted, builds=later)
    slips, gone = list[Slip](), dict[str, tuple[str, ...]]()
    for task in tasks:
        for item in task.items:
            for slip in _slips(task, item, designed[item], known) if item in designed else ():
                ready[item] = max(ready[item], slip.ready)
                slips.append(slip)
            for one in designed[item].upgrades if item in designed and is_awaiting_capacity(task) else ():
                if one.id in order.builds and one.id not in later:
                    gone[one.id] = (*gone.get(one.id, ()), item)
    return Dates(ready=ready, slips=tuple(slips), gone=gone)


def is_awaiting_capacity(task: Task) -> bool:
    """Whether what carries a service out is still to come: all upgrades have to be there by then."""
    return task.kind == "implement" and task.action != "delete" and task.state in ("planned", "sent", "fallen")


def days_of(order: Order, holidays: Collection[date]) -> WorkingDays:
    """Working days from the beginning of an order on."""
    return working_days((order.started_at or order.ordered_at).date(), frozenset(holidays))


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is the same for all tasks of an order."""

    days: WorkingDays
    today: date
    wanted: date | None
    builds: Mapping[str, date]


def _slips(task: Task, item: str, solution: SiteSolution, known: _Known) -> Iterator[Slip]:
    if (slip := _slip(task, item, solution, known)) is not None:
        yield slip
    for one in solution.upgrades if is_awaiting_capacity(task) else ():
        if known.builds.get(one.id, one.in_service) > one.in_service:
            yield _upgrade_slip(task, item, solution, one, known)


def _upgrade_slip(task: Task, item: str, solution: SiteSolution, one: PlannedUpgrade, known: _Known) -> Slip:
    """What is late is the planned capacity of the plan, or else the legs that pass the link."""
    days, now, plan = known.days, known.builds[one.id], solution.plan
    legs = tuple(leg for leg in solution.legs if one.link in leg.links)
    last = max((one.in_service, *(leg.ready for leg in solution.legs)))
    promise = _Promise(day=one.in_service, last=last, legs=legs)
    capacity = next((step for step in plan.steps if step.id == CAPACITY), None) if plan is not None else None
    if capacity is None:
        steps = _late_steps(promise, plan, days.from_(now), days)
    else:
        late = days.from_(now) - days.from_(capacity.ready)
        steps = {CAPACITY: late} if late > 0 else {}
    found = _Found(now=now, slip_days=days.from_(now) - days.from_(one.in_service), steps=steps, builds=(one.id,))
    return _told(task, item, solution, promise, found, known)


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
    steps = _late_steps(promise, solution.plan, days.from_(now), days)
    late = is_out and known.today > promise.day
    found = _Found(now=now, slip_days=slipped, steps=steps, builds=tuple(builds), late=late)
    return _told(task, item, solution, promise, found, known)


def _told(task: Task, item: str, solution: SiteSolution, promise: "_Promise", found: "_Found", known: _Known) -> Slip:
    days, steps = known.days, found.steps
    needed = min((day for day in (solution.requirement.needed_by, known.wanted) if day is not None), default=None)
    if solution.plan is not None and steps:
        ready_day, left = _by_plan(solution, solution.plan, steps, needed, days)
    else:
        after = max(days.from_(ready_of(solution)) - days.from_(promise.last), 0)
        ready_day = days.from_(found.now) + after
        left = None if needed is None else days.up_to(needed) - ready_day
    return Slip(
        task=task,
        item=item,
        promised=promise.day,
        now=found.now,
        ready=max(days.date_of(ready_day), ready_of(solution)),
        needed=needed,
        slip_days=found.slip_days,
        float_days=left,
        late=found.late,
        builds=found.builds,
        steps=steps,
    )


def _late_steps(promise: "_Promise", plan: Plan | None, now: int, days: WorkingDays) -> dict[str, int]:
    """Each leg is as late as the task is after the day on which this leg was promised."""
    known = {step.id for step in plan.steps} if plan is not None else set()
    late = {f"{DELIVERY}{leg.access}": now - days.from_(leg.ready) for leg in promise.legs}
    return {step: by for step, by in late.items() if step in known and by > 0}


def _by_plan(
    solution: SiteSolution, plan: Plan, late: Mapping[str, int], needed: date | None, days: WorkingDays
) -> tuple[int, int | None]:
    """The day number of the item, and its float.

    Within the float that the plan gives a step nothing is too late, whatever the moved plan says; beyond it the item is
    at least so many days too late.
    """
    ready = max(days.from_(moved(plan, late, days).ready), days.from_(solution.ready))
    if needed is None:
        return ready, None
    floats = [left for step in plan.steps if step.id in late and (left := _left(step, late[step.id])) is not None]
    if not floats:
        return ready, days.up_to(needed) - ready
    due = days.up_to(solution.requirement.needed_by or solution.needed_by)
    left = min(floats)
    ready = min(ready, max(due, days.from_(ready_of(solution)))) if left >= 0 else max(ready, due - left)
    return ready, left - max(due - days.up_to(needed), 0)


def _left(step: Step, late: int) -> int | None:
    return None if step.float_days is None else step.float_days - late


@dataclass(frozen=True, kw_only=True)
class _Found:
    """By how much a promise is not kept."""

    now: date
    slip_days: int
    steps: Mapping[str, int]
    builds: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class _Promise:
    """The day that the design counts on, and the last such day of all that has to be there by then."""

    day: date
    last: date
    legs: tuple[LegSolution, ...] = ()
    builds: Mapping[str, date] = field(default_factory=dict)


def _promise(task: Task, solution: SiteSolution, known: _Known) -> _Promise | None:
    if task.kind == "implement":
        return _Promise(day=ready_of(solution), last=ready_of(solution))
    legs = tuple(_legs(task, solution))
    if not legs:
        return None
    return _Promise(
        day=max(leg.ready for leg in legs),
        last=max(leg.ready for leg in solution.legs),
        legs=legs,
        builds={leg.access: known.builds[leg.access] for leg in legs if leg.access in known.builds},
    )


def _legs(task: Task, solution: SiteSolution) -> Iterator[LegSolution]:
    """What a task delivers: a partner its leg, our resource domain all that are ours and not there yet."""
    for leg in solution.legs:
        is_bought = task.kind == "procure" and leg.access == task.access
        if is_bought or (task.kind == "provide" and leg.supplier == OWN and not leg.existing):
            yield leg
