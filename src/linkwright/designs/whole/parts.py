"""Parts of the plan of all items: that of one of them, and that of a bundle which is not all of a request."""

from collections.abc import Sequence
from dataclasses import replace

from linkwright.plan.model import Plan
from linkwright.plan.told import MOST_STEPS
from linkwright.plan.working_days import WorkingDays


def plan_of_some(plans: Sequence[Plan], days: WorkingDays) -> Plan:
    """Ready when the last of them is. In how many courses that comes true is known of all items together alone."""
    last = max(plans, key=lambda one: one.ready)
    start, end = min(one.start for one in plans), max(one.end for one in plans)
    steps = {step.id: step for one in plans for step in one.steps}
    told = [one for one in steps.values() if len(steps) <= MOST_STEPS or one.id in last.critical_path]
    dated = [one.latest_order for one in plans if one.total_float_days is not None]
    orders = [day for day in dated if day is not None]
    soft = [day for one in plans if (day := one.soft_no_return) is not None]
    hard = [day for one in plans if (day := one.hard_no_return) is not None]
    return Plan(
        ordered=last.ordered,
        start=start,
        end=end,
        ready=last.ready,
        duration_days=days.up_to(end) - days.from_(start) + 1,
        steps=tuple(sorted(told, key=lambda one: (one.start, one.ready))),
        critical_path=last.critical_path,
        total_float_days=last.total_float_days,
        latest_order=min(orders) if orders and len(orders) == len(dated) else None,
        soft_no_return=min(soft, default=None),
        hard_no_return=min(hard, default=None),
        bottleneck=last.bottleneck,
        free_days=last.free_days,
    )


def unprefixed(plan: Plan, ref: str) -> Plan:
    """An item's plan calls its activities as the requester does, but for one that something done for all is called."""
    there = {one.id for one in plan.steps}

    def bare(name: str) -> str:
        short = name.removeprefix(f"{ref}/")
        return name if short != name and short in there else short

    return replace(
        plan,
        steps=tuple(replace(one, id=bare(one.id), after=tuple(map(bare, one.after))) for one in plan.steps),
        critical_path=tuple(map(bare, plan.critical_path)),
    )
