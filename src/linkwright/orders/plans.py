"""What the plans of its designs make of an order: points of no return, bespoke work, trainings, the end. Pure.

Worked out again at each look, from the designs and from what is late: nothing depends on the sequence of news.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from linkwright.business.flow import first_full_month
from linkwright.designs.answers import SiteSolution
from linkwright.designs.local_time import begin_at, day_at
from linkwright.operations.model import Operations
from linkwright.orders.course import NO_COURSE, Course, Point, WorkItem, WorkState
from linkwright.orders.dates import Dates, days_of, ready_of
from linkwright.orders.errands import Task
from linkwright.orders.model import Milestone, Order, OrderItem
from linkwright.orders.states import FINAL, leaves, with_leaves
from linkwright.orders.work import LOST
from linkwright.plan.model import NoReturn, Plan
from linkwright.plan.slip import moved
from linkwright.plan.working_days import WorkingDays

TRAINED, HANDED_OVER = "staffTrained", "operationalHandover"
BEFORE = frozenset({"acknowledged", "rejected"})


def with_slips(order: Order, dates: Dates, solutions: Mapping[str, SiteSolution]) -> Order:
    """The order with what is late by now: the steps, and the day that others make of each item."""
    late = dates.late()
    changed = {}
    for leaf in _carried_out(order):
        solution = solutions.get(leaf.id)
        if solution is None or not _has_course(solution):
            continue
        ready = dates.ready.get(leaf.id)
        moved_to = None if ready == ready_of(solution) else ready
        course = replace(leaf.course or NO_COURSE, late=late.get(leaf.id, {}), ready=moved_to)
        changed[leaf.id] = course
    return _with(order, changed)


def with_courses(
    order: Order, solutions: Mapping[str, SiteSolution], now: datetime, holidays: Collection[date]
) -> Order:
    """The order whose open items tell how they go by the plans of their designs."""
    days, changed = None, {}
    for leaf in _carried_out(order):
        solution = solutions.get(leaf.id)
        if solution is not None and (leaf.course is not None or _has_course(solution)):
            days = days or days_of(order, holidays)
            changed[leaf.id] = _course(leaf.course or NO_COURSE, solution, now, days)
    return _with(order, changed)


def with_published(order: Order, tasks: Iterable[Task]) -> Order:
    """The order whose items name the objectives that are published for them, and no others."""
    published: dict[str, dict[str, str]] = {}
    for task in tasks:
        for item, told in task.reported.items() if task.kind == "publish" and task.state == "done" else ():
            published.setdefault(item, {}).update(told.get("objectives", {}))
    changed = {
        leaf.id: replace(leaf.course or NO_COURSE, objectives=published.get(leaf.id, {}))
        for leaf in leaves(order.items)
        if published.get(leaf.id, {}) != (leaf.course or NO_COURSE).objectives
    }
    return _with(order, changed)


def with_ends(
    order: Order,
    tasks: Iterable[Task],
    solutions: Mapping[str, SiteSolution],
    now: datetime,
    holidays: Collection[date],
) -> Order:
    """Trainings that are over by the plan, the hand-over of what is active, and how late a completed item was."""
    left = [leaf for leaf in leaves(order.items) if leaf.state not in LOST and leaf.state not in BEFORE]
    run = {leaf.id: one for leaf in left if (one := _operations(solutions.get(leaf.id))) is not None}
    ends = {item: max(one.end for one in told.training) for item, told in run.items() if told.training}
    if ends and _is_over(max(ends.values()), now):
        last = max(ends.values()).isoformat()
        text = f"By the plan every training has ended, the last on {last}."
        order = _reached(order, TRAINED, text, now, _rest(ends, left))
    listed = {item: len(told.checklist) for item, told in run.items() if told.checklist}
    done = {leaf.id for leaf in left if leaf.state == "completed"}
    if listed and done.issuperset(listed):
        text = f"The services are handed over to operations; points of the checklist: {sum(listed.values())}."
        late = [end for end in ends.values() if not _is_over(end, now)]
        text += f" A training still ends on {max(late).isoformat()}." if late else ""
        order = _reached(order, HANDED_OVER, text, now, _rest(listed, left))
    return _with_days_late(order, tasks, solutions, now, holidays)


def passed(order: Order, tasks: Iterable[Task], kind: NoReturn, now: datetime) -> dict[str, str]:
    """The open items that have such a point of no return behind them by their plan: which step, and since when.

    An item for which nothing firm has gone out yet has none, whatever the day is. The day is that of its place.
    """
    points = {
        leaf.id: point
        for leaf in leaves(order.items)
        if leaf.course is not None and leaf.state not in FINAL
        for point in leaf.course.points
        if point.kind == kind and point.is_past(now)
    }
    if not points:
        return {}
    begun = {
        item
        for task in tasks
        if task.kind != "reserve" and task.state not in ("planned", "undone")
        for item in task.items
    }
    return {item: told_point(point) for item, point in points.items() if item in begun}


def told_point(point: Point) -> str:
    return f"{point.step or 'a step'}, by the plan since {point.since.isoformat()}"


def next_day(order: Order, solutions: Mapping[str, SiteSolution], now: datetime) -> datetime | None:
    """When the next day comes on which the plan alone makes something of the order; None where there is none."""
    days, begins = set[date](), set[datetime]()
    for leaf in _carried_out(order):
        solution = solutions.get(leaf.id)
        if leaf.course is not None:
            begins.update(begin_at(point.since, point.zone) for point in leaf.course.points)
            work = {day for one in leaf.course.work for day in (one.start, one.end + timedelta(days=1))}
            begins.update(begin_at(day, None if solution is None else solution.place.time_zone) for day in work)
        told = _operations(solution)
        days.update(one.end + timedelta(days=1) for one in (told.training if told is not None else ()))
    return min((at for at in (*begins, *map(_begin_of, days)) if at > now), default=None)


def _carried_out(order: Order) -> Iterator[OrderItem]:
    return (leaf for leaf in leaves(order.items) if leaf.state not in FINAL and leaf.state not in BEFORE)


def _has_course(solution: SiteSolution) -> bool:
    return solution.plan is not None or solution.case is not None


def _with(order: Order, courses: Mapping[str, Course]) -> Order:
    changed = {
        leaf.id: replace(leaf, course=None if courses[leaf.id] == NO_COURSE else courses[leaf.id])
        for leaf in (leaves(order.items) if courses else ())
        if leaf.id in courses and courses[leaf.id] != (leaf.course or NO_COURSE)
    }
    return replace(order, items=with_leaves(order.items, changed)) if changed else order


def _course(course: Course, solution: SiteSolution, now: datetime, days: WorkingDays) -> Course:
    plan = None if solution.plan is None else moved(solution.plan, course.late, days)
    return replace(
        course,
        points=() if solution.plan is None else tuple(_points(solution.plan, solution.place.time_zone)),
        work=() if plan is None else bespoke_work(plan, day_at(now, solution.place.time_zone)),
        time_to_revenue_days=_told_to_revenue(solution, course.ready, days.as_of),
    )


def _points(plan: Plan, zone: str | None) -> Iterator[Point]:
    kinds: tuple[tuple[NoReturn, date | None], ...] = (("soft", plan.soft_no_return), ("hard", plan.hard_no_return))
    for kind, since in kinds:
        if since is not None:
            steps = (step.name for step in plan.steps if step.no_return == kind and step.start == since)
            yield Point(kind=kind, since=since, step=next(steps, ""), zone=zone)


def bespoke_work(plan: Plan, today: date) -> tuple[WorkItem, ...]:
    """The bespoke steps of a plan, as far as they are by today's date."""

    def state(start: date, end: date) -> WorkState:
        return "planned" if today < start else "started" if today <= end else "done"

    return tuple(
        WorkItem(
            id=step.id,
            name=step.name,
            owner=step.owner,
            start=step.start,
            end=step.end,
            state=state(step.start, step.end),
        )
        for step in plan.steps
        if step.bespoke
    )


def _told_to_revenue(solution: SiteSolution, ready: date | None, began: date) -> int | None:
    return time_to_revenue(solution, max(ready or date.min, ready_of(solution)), began)


def time_to_revenue(solution: SiteSolution, ready: date, began: date) -> int | None:
    """Calendar days from the order to the first day that is billed, for a service that is there on `ready`.

    Billed is from the first full month on, so that another day counts by whole months. The order `began` where no plan
    says when it was.
    """
    case, was = solution.case, ready_of(solution)
    if case is None or case.time_to_revenue_days is None or ready == was:
        return None if case is None else case.time_to_revenue_days
    ordered = began if solution.plan is None else solution.plan.ordered
    at_once = was.day == 1 and ordered + timedelta(days=case.time_to_revenue_days) == was
    return case.time_to_revenue_days + (_billed(ready, at_once) - _billed(was, at_once)).days


def _billed(ready: date, at_once: bool) -> date:
    return first_full_month(ready if at_once else ready + timedelta(days=1))


def _operations(solution: SiteSolution | None) -> Operations | None:
    return None if solution is None else solution.operations


def _begin_of(day: date) -> datetime:
    return begin_at(day, None)


def _is_over(end: date, now: datetime) -> bool:
    return now >= _begin_of(end + timedelta(days=1))


def _rest(some: Collection[str], left: Collection[OrderItem]) -> tuple[str, ...]:
    """The items that a milestone is about; none are named where it is about all."""
    return () if all(leaf.id in some for leaf in left) else tuple(some)


def _reached(order: Order, name: str, text: str, now: datetime, items: tuple[str, ...]) -> Order:
    if any(milestone.name == name for milestone in order.milestones):
        return order
    new = Milestone(id=name, name=name, status="reached", at=now, message=text, items=items)
    return replace(order, milestones=(*order.milestones, new))


def _with_days_late(
    order: Order,
    tasks: Iterable[Task],
    solutions: Mapping[str, SiteSolution],
    now: datetime,
    holidays: Collection[date],
) -> Order:
    open_ = {
        leaf.id: leaf
        for leaf in leaves(order.items)
        if leaf.state == "completed" and (leaf.course is None or leaf.course.days_late is None)
    }
    planned = {item: one.plan for item in open_ if (one := solutions.get(item)) is not None and one.plan is not None}
    if not planned:
        return order
    days = days_of(order, holidays)
    told = {
        item: date.fromisoformat(facts["registered"])
        for task in tasks
        if task.kind == "register"
        for item, facts in task.reported.items()
        if "registered" in facts
    }
    late = {
        item: days.from_(told.get(item, now.date())) - days.from_(max(plan.ready, solutions[item].ready))
        for item, plan in planned.items()
    }
    return _with(order, {item: _over(open_[item].course or NO_COURSE, by) for item, by in late.items()})


def _over(course: Course, days_late: int) -> Course:
    """Of a completed item: whatever was done for it is done, whenever that was."""
    return replace(course, days_late=days_late, work=tuple(replace(one, state="done") for one in course.work))
