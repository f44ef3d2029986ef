"""Schedules whose dates hold: who wants each item by the day that it has in them gets all of them in time."""

from collections.abc import Sequence
from dataclasses import replace

from linkwright.plan.deadline import never
from linkwright.plan.exact import Found
from linkwright.plan.improve import shaken
from linkwright.plan.runs import FOREVER
from linkwright.plan.serial import by_latest, by_start, lateness, serial
from linkwright.plan.tasks import NeverPossible, Tasks

ROUNDS = 20
MOST_SHAKES, SHAKEN_ACTIVITIES = 20, 4_000
"""The more activities the fewer shakes, so that they take no longer; none of more activities than that."""
Limits = list[int | None]
Placed = tuple[list[int], list[int]]
"""The turn and the starts."""


def settled(tasks: Tasks, early: Sequence[int], bound: int) -> Placed:
    """By the wanted dates first. Where items miss theirs all is planned anew by the days that they have instead, as if
    these were wanted, until they are kept to the day: so whoever asks for them gets this schedule. Where that never
    comes it is the first of all.
    """
    found = first = _best(tasks, early, bound)
    wanted, seen = tasks, list[Limits]()
    for _ in range(ROUNDS):
        kept = _kept(tasks, found[1])
        if kept == wanted.limits:
            return found
        if kept in seen:
            break
        seen.append(kept)
        wanted = replace(tasks, limits=kept)
        try:
            found = _best(wanted, early, bound)
        except NeverPossible:
            break
    return first


def _best(tasks: Tasks, early: Sequence[int], bound: int) -> Placed:
    """That which misses the limits least, by the most urgent activity, by the most urgent item, or by search."""
    turn = by_latest(tasks, bound)
    starts = serial(tasks, turn)
    least = lateness(tasks, early)
    if lateness(tasks, starts) == least:
        return turn, starts
    found = [(turn, starts)]
    try:
        turn = _by_item(tasks, turn)
        found.append((turn, serial(tasks, turn)))
        best = min(found, key=lambda one: lateness(tasks, one[1]))
        if lateness(tasks, best[1]) > least:
            shakes = min(MOST_SHAKES, SHAKEN_ACTIVITIES // len(tasks))
            starts = shaken(tasks, Found(starts=best[1], bound=FOREVER), shakes, never)
            found.append((by_start(tasks, starts), starts))
    except NeverPossible:
        pass
    return min(found, key=lambda one: lateness(tasks, one[1]))


def _by_item(tasks: Tasks, turn: Sequence[int]) -> list[int]:
    """All of the item that is wanted first, then all of the next."""
    days = [FOREVER if limit is None else limit for limit in tasks.limits]
    for task in reversed(tasks.order):
        for other, _ in tasks.before[task]:
            days[other] = min(days[other], days[task])
    return sorted(turn, key=days.__getitem__)


def _kept(tasks: Tasks, starts: Sequence[int]) -> Limits:
    """The limits with those of late items at the day on which all of each is ready."""
    ends: dict[str | None, int] = {}
    for one, start, days in zip(tasks.network.activities, starts, tasks.days, strict=True):
        ends[one.item] = max(ends.get(one.item, -FOREVER), start + days)
    wanted, due = tasks.network.due_by_item, tasks.network.due_day
    kept = {item: max(day, ends.get(item, day)) for item, day in wanted.items()}
    last = None if due is None else max((due, *(kept or ends).values()))
    return [
        min((day for day in (kept.get(one.item or ""), last) if day is not None), default=None)
        for one in tasks.network.activities
    ]
