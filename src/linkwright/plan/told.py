"""Plans as they are told: with dates, of a whole network or of single items of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from linkwright.plan.bottleneck import bottleneck, longest_wait, waited_days
from linkwright.plan.model import Activity, After, Network, NoReturn, Plan, Schedule, Step, Timed, Wave
from linkwright.plan.parts import Part, parts
from linkwright.plan.waves import waves_of
from linkwright.plan.working_days import WorkingDays

MOST_STEPS = 400
"""A plan of more activities tells only those that drive it and those that are done for all."""


def plan_of(network: Network, schedule: Schedule, days: WorkingDays, *, pilot_items: int = 0) -> Plan:
    """The whole network. With `pilot_items`, the activities of `wave` 0 are the pilot.

    The network has at least one activity, else ValueError.
    """
    pairs = list(zip(network.activities, schedule.timed, strict=True))
    part = Part(
        pairs=tuple(pairs),
        chain=schedule.chain,
        ready_day=schedule.ready_day,
        latest_order_day=schedule.latest_order_day,
        p50_day=schedule.p50_day,
        p80_day=schedule.p80_day,
    )
    return _told(
        part,
        days,
        _Beside(
            waves=waves_of(pairs, days, pilot=pilot_items > 0),
            bottleneck=bottleneck(network, schedule, pairs, days),
            gap=schedule.gap,
        ),
    )


def part_of(network: Network, schedule: Schedule, days: WorkingDays, item: str) -> Plan:
    """One item of a joint schedule: what is done for it, and of what that depends on, what is done for all.

    Who wants the plans of many items asks `parts_of`, which looks through the network once.
    """
    return parts_of(network, schedule, days, [item])[item]


def parts_of(
    network: Network,
    schedule: Schedule,
    days: WorkingDays,
    items: Iterable[str] | None = None,
    *,
    seed: int = 0,
    samples: int = 1000,
) -> Mapping[str, Plan]:
    """The plans of these items, or of all. A name for which nothing is done raises ValueError.

    `ready`, the latest order and the percentiles are those of the item. Where it waits for crews or stocks, the latest
    order leaves no more than the room after its own waiting: what others would do meanwhile is not asked.
    """
    ready = {timed.activity: timed.ready_day for timed in schedule.timed}
    found = parts(network, schedule, items, seed=seed, samples=samples)
    return {item: _told(part, days, _Beside(bottleneck=_own_wait(part, ready, days))) for item, part in found.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Beside:
    bottleneck: str
    gap: float = 0.0
    waves: tuple[Wave, ...] = ()


def _own_wait(part: Part, ready: Mapping[str, int], days: WorkingDays) -> str:
    """On what its driving chain waits for most, or else all of it."""
    chain, waiting = frozenset(part.chain), [pair for pair in part.pairs if pair[1].waits_for]
    waits: dict[str, int] = {}
    for one, timed in [pair for pair in waiting if pair[0].id in chain] or waiting:
        waits[timed.waits_for] = waits.get(timed.waits_for, 0) + waited_days(one, timed, ready)
    if not waits:
        return ""
    return longest_wait(max(waits, key=lambda what: (waits[what], what)), part.pairs, ready, days)


def _told(part: Part, days: WorkingDays, beside: _Beside) -> Plan:
    if not part.pairs:
        raise ValueError("a plan needs at least one activity")
    work = [timed for one, timed in part.pairs if timed.ready_day > timed.start_day]
    work = work or [timed for _, timed in part.pairs]
    start = min(timed.start_day for timed in work)
    end = max(timed.last_day for timed in work)
    of_chain = {timed.activity: timed.total_float_days for _, timed in part.pairs}
    return Plan(
        ordered=days.as_of,
        start=days.date_of(start),
        end=days.date_of(end),
        ready=days.date_of(part.ready_day),
        duration_days=end - start + 1,
        steps=_steps(part, days),
        critical_path=part.chain,
        total_float_days=of_chain[part.chain[0]],
        latest_order=_date(part.latest_order_day, days),
        p50=_date(part.p50_day, days),
        p80=_date(part.p80_day, days),
        soft_no_return=_no_return(part, "soft", days),
        hard_no_return=_no_return(part, "hard", days),
        waves=beside.waves,
        bottleneck=beside.bottleneck,
        gap=beside.gap,
        free_days=days.free_between(days.as_of, days.date_of(part.ready_day)),
    )


def _date(day: int | None, days: WorkingDays) -> date | None:
    """Of a day before the order, and of none, there is no date."""
    return None if day is None or day < 0 else days.date_of(day)


def _no_return(part: Part, kind: NoReturn, days: WorkingDays) -> date | None:
    started = (timed.start_day for one, timed in _with_brought(part.pairs) if one.no_return == kind)
    return _date(min(started, default=None), days)


def _steps(part: Part, days: WorkingDays) -> tuple[Step, ...]:
    chain = frozenset(part.chain)
    told = part.pairs
    if len(told) > MOST_STEPS:
        told = tuple((one, timed) for one, timed in told if one.id in chain or one.item is None)
    in_time = sorted(_with_brought(told), key=lambda pair: (pair[1].start_day, pair[1].ready_day))
    return tuple(_step(one, timed, one.id in chain, days) for one, timed in in_time)


def _with_brought(pairs: Iterable[tuple[Activity, Timed]]) -> Iterator[tuple[Activity, Timed]]:
    """What an activity brings comes after all that it comes after itself, on its first day, and has the same room."""
    for one, timed in pairs:
        if (brought := one.brings) is None:
            yield one, timed
            continue
        yield (
            replace(brought, after=one.after),
            replace(timed, activity=brought.id, ready_day=timed.start_day, free_float_days=0),
        )
        yield replace(one, after=(*one.after, After(activity=brought.id))), timed


def _step(one: Activity, timed: Timed, critical: bool, days: WorkingDays) -> Step:
    return Step(
        id=one.id,
        name=one.name,
        kind=one.kind,
        start=days.date_of(timed.start_day),
        end=days.date_of(timed.last_day),
        ready=days.date_of(timed.ready_day),
        days=timed.ready_day - timed.start_day,
        float_days=timed.total_float_days,
        free_float_days=timed.free_float_days,
        critical=critical,
        bespoke=one.bespoke,
        owner=one.owner,
        skill=one.skill,
        no_return=one.no_return,
        after=tuple(link.activity for link in one.after),
        lags=tuple(link.lag_days for link in one.after) if any(link.lag_days for link in one.after) else (),
        waits_for=timed.waits_for,
    )
