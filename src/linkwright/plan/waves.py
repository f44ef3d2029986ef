"""The waves in which many items are installed."""

from collections.abc import Iterable

from linkwright.plan.bottleneck import words_of
from linkwright.plan.model import Activity, Timed, Wave
from linkwright.plan.working_days import WorkingDays

MOST_BREAK_DAYS = 1


def waves_of(pairs: Iterable[tuple[Activity, Timed]], days: WorkingDays, *, pilot: bool) -> tuple[Wave, ...]:
    """Installations of items, apart where they are of another `wave`, or nobody works for more than a day.

    There are none where there is one item only.

    The pilot, where there is one, is what has `wave` 0; it is number 0, and all others count from 1.
    """
    there = sorted(
        ((timed, one) for one, timed in pairs if one.kind == "installation" and one.item is not None),
        key=lambda pair: (pair[0].start_day, pair[1].wave or 1, pair[0].ready_day),
    )
    if len({one.item for _, one in there}) < 2:
        return ()
    first = [(timed, one) for timed, one in there if pilot and one.wave == 0]
    waves = [_wave(0, first, days, pilot=True)] if first else []
    run: list[tuple[Timed, Activity]] = []
    busy_until = 0
    for timed, one in there:
        if pilot and one.wave == 0:
            continue
        if run and (timed.start_day - busy_until > MOST_BREAK_DAYS + 1 or (one.wave or 1) != (run[-1][1].wave or 1)):
            waves.append(_wave(len(waves) + (not first), run, days))
            run = []
        run.append((timed, one))
        busy_until = max(busy_until if len(run) > 1 else 0, timed.last_day)
    if run:
        waves.append(_wave(len(waves) + (not first), run, days))
    return tuple(waves)


def _wave(number: int, run: list[tuple[Timed, Activity]], days: WorkingDays, pilot: bool = False) -> Wave:
    first = min(timed.start_day for timed, _ in run)
    waited = next((timed.waits_for for timed, _ in run if timed.start_day == first and timed.waits_for), "")
    return Wave(
        number=number,
        start=days.date_of(first),
        end=days.date_of(max(timed.last_day for timed, _ in run)),
        items=len({one.item for _, one in run}),
        pilot=pilot,
        reason=f"It waits for {words_of(waited)} until {days.date_of(first)}." if waited else "",
    )
