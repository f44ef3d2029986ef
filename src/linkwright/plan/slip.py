"""What a later step does to a plan. Pure.

What is late moves what comes after it by the days that go beyond the gap between the two in the plan. Access
windows, crews and freezes of the days that come then are not looked at: a moved plan is the original one, shifted
by working days, and can only be made better or worse by planning anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from graphlib import TopologicalSorter

from linkwright.plan.model import NoReturn, Plan, Step
from linkwright.plan.working_days import WorkingDays


def slipped(plan: Plan, step: str, late_days: int, days: WorkingDays) -> date:
    """The day on which all is ready when one step ends so many working days later."""
    return moved(plan, {step: late_days}, days).ready


def moved(plan: Plan, late: Mapping[str, int], days: WorkingDays) -> Plan:
    """The plan when these steps end so many working days later than it says; ids that it does not have change nothing.

    `days` counts from the order on. What comes after a step is named in it; a plan has no circles.
    """
    if not any(late.get(step.id, 0) > 0 for step in plan.steps):
        return plan
    by_id = {step.id: step for step in plan.steps}
    gaps = {step.id: _gaps(step, by_id, days) for step in plan.steps}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for name in TopologicalSorter(gaps).static_order():
        starts[name] = max((0, *(ends[one] - gap for one, gap in gaps[name].items())))
        ends[name] = max(starts[name], late.get(name, 0))

    def later(day: date, shift: int) -> date:
        return days.date_of(days.from_(day) + shift) if shift else day

    steps = tuple(
        replace(
            step,
            start=later(step.start, starts[step.id]),
            end=later(step.end, ends[step.id]),
            ready=later(step.ready, ends[step.id]),
        )
        for step in plan.steps
    )
    return replace(
        plan,
        steps=steps,
        end=max(plan.end, *(step.end for step in steps)),
        ready=max(plan.ready, *(step.ready for step in steps)),
        soft_no_return=_first(steps, "soft") or plan.soft_no_return,
        hard_no_return=_first(steps, "hard") or plan.hard_no_return,
    )


def _gaps(step: Step, by_id: Mapping[str, Step], days: WorkingDays) -> dict[str, int]:
    """So many working days later each of those before it may end without moving it."""
    lags = step.lags or (0,) * len(step.after)
    found: dict[str, int] = {}
    for name, lag in zip(step.after, lags, strict=True):
        if name in by_id:
            gap = max(days.from_(step.start) - days.from_(by_id[name].ready) - lag, 0)
            found[name] = min(gap, found.get(name, gap))
    return found


def _first(steps: Iterable[Step], kind: NoReturn) -> date | None:
    return min((step.start for step in steps if step.no_return == kind), default=None)
