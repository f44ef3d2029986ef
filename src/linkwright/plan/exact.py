"""The search of CP-SAT for a shorter schedule, and its proof of how short one can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkwright.plan.bounds import tails_of
from linkwright.plan.deadline import Deadline, TimeIsOver, asked
from linkwright.plan.runs import common, merged
from linkwright.plan.serial import latest, ready_day
from linkwright.plan.tasks import Tasks

SEED = 1
WORKERS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A schedule, and the day before which none can be ready."""

    starts: list[int]
    bound: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Model:
    tasks: Tasks
    cp: Any
    starts: list[Any]
    spans: list[tuple[int, int]]
    """The first and last start that each may have."""


def searched(
    tasks: Tasks, early: Sequence[int], now: Found, *, until: Deadline, loading_s: float, effort: float | None
) -> Found:
    """The best schedule found from `now` on; its bound is better where that is proved.

    CP-SAT is asked to end `loading_s` before the time is over: so long it may not look at the clock while it loads.
    Raises `TimeIsOver` where that time does not come before.

    What is in time stays so; what misses its limit misses it by no more, and less lateness counts before an earlier
    end. With `effort` there is one worker and the same answer every time, unless the seconds end it.
    """
    from ortools.sat.python import cp_model

    end = ready_day(tasks, now.starts)
    model = _model(cp_model, tasks, early, now.starts, until)
    ready = model.cp.new_int_var(now.bound, end, "")
    for task, days in enumerate(tasks.days):
        if not tasks.behind[task]:
            model.cp.add(ready >= model.starts[task] + days)
    late = _lateness(model, now.starts)
    model.cp.minimize(ready + (end + 1) * sum(late) if late else ready)
    for variable, start in zip(model.starts, now.starts, strict=True):
        model.cp.add_hint(variable, start)

    class Ear(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if until.is_stopped():
                self.stop_search()

    seconds = until.left_s() - loading_s
    if seconds <= 0.0:
        raise TimeIsOver
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = SEED
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS if effort is None else 1
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    status = solver.solve(model.cp, Ear())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return now
    starts = [int(solver.value(start)) for start in model.starts]
    proved = now.bound if tasks.wants_dates else int(-(-solver.best_objective_bound // 1))
    return Found(starts=starts, bound=max(now.bound, min(proved, ready_day(tasks, starts))))


def _model(cp_model: Any, tasks: Tasks, early: Sequence[int], now: Sequence[int], until: Deadline) -> _Model:
    cp = cp_model.CpModel()
    end, tails = ready_day(tasks, now), tails_of(tasks)
    limits = [
        end - tails[task] if limit is None else min(end - tails[task], max(limit, now[task] + tasks.days[task]))
        for task, limit in enumerate(tasks.limits)
    ]
    late = latest(tasks, limits)
    starts, spans = [], []
    for task, days in enumerate(tasks.days):
        asked(task, until.is_over)
        last = late[task]
        span = (early[task], max(now[task], now[task] if last is None else last))
        spans.append(span)
        starts.append(cp.new_int_var_from_domain(cp_model.Domain.from_intervals(_allowed(tasks, task, days, span)), ""))
    for task, links in enumerate(tasks.before):
        asked(task, until.is_over)
        for other, lag in links:
            cp.add(starts[task] >= starts[other] + tasks.days[other] + lag)
    model = _Model(tasks=tasks, cp=cp, starts=starts, spans=spans)
    for pool in range(len(tasks.network.pools)):
        asked(0, until.is_over)
        _crews(model, pool)
    for stock in range(len(tasks.network.stocks)):
        asked(0, until.is_over)
        _pieces(model, stock)
    return model


def _allowed(tasks: Tasks, task: int, days: int, span: tuple[int, int]) -> list[tuple[int, int]]:
    runs = tasks.runs[task]
    if runs is None:
        return [span]
    whole = [(first, last - (days or 1) + 1) for first, last in zip(runs.first, runs.last, strict=True)]
    return list(common((span,), whole))


def _crews(model: _Model, number: int) -> None:
    pool, tasks = model.tasks.network.pools[number], model.tasks
    users = [(task, jobs) for task, needs in enumerate(tasks.needs) for one, jobs in needs if one == number]
    if not users:
        return
    intervals = [model.cp.new_fixed_size_interval_var(model.starts[task], tasks.days[task], "") for task, _ in users]
    demands = [jobs for _, jobs in users]
    end = max(model.spans[task][1] + tasks.days[task] for task, _ in users)
    for first, last in common(merged(pool.off), ((0, end),)):
        intervals.append(model.cp.new_fixed_size_interval_var(first, last - first + 1, ""))
        demands.append(pool.jobs_per_day)
    for day, jobs in pool.taken:
        intervals.append(model.cp.new_fixed_size_interval_var(day, 1, ""))
        demands.append(jobs)
    model.cp.add_cumulative(intervals, demands, pool.jobs_per_day)


def _pieces(model: _Model, number: int) -> None:
    """Before each arrival no more is taken than was there; who takes before it is told by a Boolean."""
    stock, tasks = model.tasks.network.stocks[number], model.tasks
    there = stock.pieces + sum(pieces for day, pieces in stock.arrivals if day <= 0)
    users = [(task, takes[1]) for task, takes in enumerate(tasks.takes) if takes is not None and takes[0] == number]
    for day in sorted({day for day, _ in stock.arrivals if day > 0}):
        taken: list[Any] = [pieces for when, pieces in stock.taken if when < day]
        for task, pieces in users:
            first, last = model.spans[task]
            if last < day:
                taken.append(pieces)
            elif first < day:
                before = model.cp.new_bool_var("")
                model.cp.add(model.starts[task] < day).only_enforce_if(before)
                model.cp.add(model.starts[task] >= day).only_enforce_if(~before)
                taken.append(pieces * before)
        model.cp.add(sum(taken) <= there)
        there += sum(pieces for when, pieces in stock.arrivals if when == day)


def _lateness(model: _Model, now: Sequence[int]) -> list[Any]:
    """A variable for each task that misses its limit now."""
    late = []
    for task, limit in enumerate(model.tasks.limits):
        days = model.tasks.days[task]
        if limit is not None and now[task] + days > limit:
            variable = model.cp.new_int_var(0, now[task] + days - limit, "")
            model.cp.add(variable >= model.starts[task] + days - limit)
            late.append(variable)
    return late
