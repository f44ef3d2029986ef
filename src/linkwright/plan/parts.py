"""The part that a joint schedule has for one item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkwright.plan.model import Activity, Network, Schedule, Timed
from linkwright.plan.serial import latest
from linkwright.plan.simulate import Percentiles, has_three_points, simulated_ends
from linkwright.plan.tasks import Tasks, tasks_of
from linkwright.plan.waits import driving_chain, leaving


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Some activities with their days; the rest is as in `Schedule`."""

    pairs: tuple[tuple[Activity, Timed], ...]
    chain: tuple[str, ...]
    ready_day: int
    latest_order_day: int | None = None
    p50_day: int | None = None
    p80_day: int | None = None


def parts(
    network: Network, schedule: Schedule, items: Iterable[str] | None, *, seed: int, samples: int
) -> dict[str, Part]:
    """What is done for each of these items (None: of all), and of all that it depends on, what is done for all."""
    tasks = tasks_of(network)
    starts, waited = [one.start_day for one in schedule.timed], [one.waits_for for one in schedule.timed]
    own: dict[str, list[int]] = {}
    for task, activity in enumerate(network.activities):
        if activity.item is not None:
            own.setdefault(activity.item, []).append(task)
    wanted = list(own if items is None else items)
    for item in wanted:
        if item not in own:
            raise ValueError(f"nothing is done for item {item}")
    ends: dict[str, Percentiles] = {}
    if samples > 0 and has_three_points(tasks):
        groups = [activity.item for activity in network.activities]
        ends = simulated_ends(tasks, starts, waited, groups, seed=seed, samples=samples)
    left, place = leaving(tasks, starts), {task: n for n, task in enumerate(tasks.order)}
    found = {}
    for item in wanted:
        depends = sorted(_depends_on(tasks, own[item]), key=place.__getitem__)
        kept = [task for task in sorted(depends) if network.activities[task].item in (None, item)]
        among = frozenset(kept)
        last = max(own[item], key=lambda task: (starts[task] + tasks.days[task], -task))
        chain = driving_chain(tasks, starts, waited, last, left, among)
        ready = starts[last] + tasks.days[last]
        p50, p80 = ends.get(item, (ready, ready))
        found[item] = Part(
            pairs=tuple((network.activities[task], schedule.timed[task]) for task in kept),
            chain=tuple(network.activities[task].id for task in chain if task in among),
            ready_day=ready,
            latest_order_day=_latest_order(tasks, starts, waited, own[item], depends, kept),
            p50_day=p50,
            p80_day=p80,
        )
    return found


def _depends_on(tasks: Tasks, own: Sequence[int]) -> set[int]:
    found, ahead = set(own), list(own)
    while ahead:
        for other, _ in tasks.before[ahead.pop()]:
            if other not in found:
                found.add(other)
                ahead.append(other)
    return found


def _latest_order(
    tasks: Tasks,
    starts: Sequence[int],
    waited: Sequence[str],
    own: Sequence[int],
    depends: Sequence[int],
    kept: Sequence[int],
) -> int | None:
    """So many working days later than day 0 it can be ordered: see `schedule`; below zero where it is late already.

    What waits for crews or pieces moves with the order, as all others do.
    """
    limits: list[int | None] = [None] * len(tasks)
    for task in own:
        limits[task] = tasks.limits[task]
    late = latest(tasks, limits, depends)
    rooms = [(task, day - starts[task]) for task in kept if (day := late[task]) is not None]
    if not rooms:
        return None
    lacking = min(room for _, room in rooms)
    if lacking < 0:
        return lacking
    first = [day for task in depends if not tasks.before[task] and (day := late[task]) is not None]
    return min((*first, *(room for task, room in rooms if waited[task].startswith(("pool:", "stock:")))))
