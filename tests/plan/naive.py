"""Schedules by trying out days and orders: slow, and with nothing that the scheduler uses."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count, permutations

from linkwright.plan.model import Activity, Network


def length_of(net: Network, one: Activity) -> int:
    return one.days + sum(weather.reserve_days for weather in net.weather if weather.id == one.weather)


def alone(net: Network) -> dict[str, int]:
    """The earliest starts without crews and stocks."""
    return placed(replace(net, pools=(), stocks=()), [one.id for one in net.activities])


def placed(net: Network, turn: list[str]) -> dict[str, int]:
    """Each in its turn on the first day on which no rule is broken; predecessors come first in `turn`."""
    known, starts = {one.id: one for one in net.activities}, dict[str, int]()
    for name in turn:
        one = known[name]
        ready = (starts[link.activity] + length_of(net, known[link.activity]) + link.lag_days for link in one.after)
        starts[name] = next(
            day
            for day in count(max(one.not_before_day, 0, *ready))
            if _allowed(net, one, day) and _room(net, {**starts, name: day}, known)
        )
    return starts


def _allowed(net: Network, one: Activity, start: int) -> bool:
    weather = next((weather for weather in net.weather if weather.id == one.weather), None)
    for day in range(start, start + max(length_of(net, one), 1)):
        if one.windows is not None and not _within(day, net.windows[one.windows]):
            return False
        if weather is not None and weather.days and not _within(day, weather.days):
            return False
        if one.frozen and _within(day, net.freezes):
            return False
    return True


def _room(net: Network, starts: Mapping[str, int], known: Mapping[str, Activity]) -> bool:
    end = max(start + length_of(net, known[name]) for name, start in starts.items())
    for pool in net.pools:
        for day in range(end):
            at_work = (known[n] for n, start in starts.items() if start <= day < start + length_of(net, known[n]))
            jobs = sum((one.jobs if one.pool == pool.id else 0) + one.needs.get(pool.id, 0) for one in at_work)
            if jobs > (0 if _within(day, pool.off) else pool.jobs_per_day):
                return False
    for stock in net.stocks:
        for day in {start for name, start in starts.items() if known[name].stock == stock.id}:
            taken = sum(known[n].pieces for n, start in starts.items() if known[n].stock == stock.id and start <= day)
            if taken > stock.pieces + sum(pieces for when, pieces in stock.arrivals if when <= day):
                return False
    return True


def _within(day: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= day <= last for first, last in spans)


def shortest(net: Network) -> int:
    """The least ready day of all: some order of placing them, one by one, gives it."""
    known = {one.id: one for one in net.activities}
    before = {one.id: {link.activity for link in one.after} for one in net.activities}
    best: int | None = None
    for turn in permutations(known):
        if any(before[name] & set(turn[n:]) for n, name in enumerate(turn)):
            continue
        starts = placed(net, list(turn))
        ready = max(start + length_of(net, known[name]) for name, start in starts.items())
        best = ready if best is None else min(best, ready)
    assert best is not None
    return best
