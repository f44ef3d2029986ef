"""Designs of which none beats another in cost, start and availability at once: the best under one threshold after
the other, each question helped by what the looser ones have found (epsilon-constraint; Haimes, Lasdon and Wismer 1971).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf

from linkwright.design.choice.cheapest import gap_of
from linkwright.design.instead.front import Found, Front
from linkwright.design.instead.thresholds import (
    FINER,
    decisive_days,
    earliest,
    earliest_of_each,
    most_available,
    most_of_each,
    no_earlier_than,
)
from linkwright.design.model import Alternative

FEW_ITEMS = 30
"""Up to so many items the questions go on between the points of the grid, and every one is answered exactly."""
CLOSE = 0.005
"""For more items a known design whose gap is not larger needs no further search."""
DAYS = 4
"""So many days make the grid, with three availabilities each."""
ROLES = ("cheapest", "earliest", "mostAvailable", "balanced")


def _at_first(front: Front) -> tuple[float, Found]:
    """The cheapest of the earliest designs, and a bound for all of these: zero where there might be an earlier one."""
    problem, graph, search = front.problem, front.graph, front.search
    day: float = no_earlier_than(problem)
    found = front.ask(day=day)
    if found is not None:
        return front.bound(day, 0.0), found
    first = earliest_of_each(problem, graph, search, front.stuck)
    found = None if first.value is None else front.ask(day=first.value)
    if found is None:
        day = first.value if first.is_proved and first.value is not None else -inf
        first = earliest(problem, graph, search, day, front.found[0].start_day)
        found = None if first.value is None else front.ask(day=first.value)
    if found is None or first.value is None or not first.is_proved:
        return 0.0, found or front.found[0]
    return front.bound(first.value, 0.0), found


def _no_earlier(front: Front) -> float:
    """A day before which not all can be live, found without a search for all together."""
    first = no_earlier_than(front.problem)
    if not front.is_stuck(first):
        return first
    later = earliest_of_each(front.problem, front.graph, front.search, front.stuck)
    return later.value if later.is_proved and later.value is not None else first


def _at_top(front: Front) -> tuple[float, Found]:
    """The cheapest of the most available designs, and a bound for all of these: zero where more might be possible."""
    most = most_of_each(front.problem, front.graph, front.search, front.most_of_each(), front.reaching())
    found = None if most.value is None else front.ask(availability=most.value)
    if found is None:
        fails = most.value if most.value is not None and front.is_impossible(availability=most.value) else inf
        most = most_available(front.problem, front.graph, front.search, fails)
        found = None if most.value is None else front.ask(availability=most.value)
    if found is None or most.value is None or not most.is_proved:
        return 0.0, found or front.found[0]
    return front.bound(inf, most.value), found


THRESHOLDS: Mapping[str, Callable[[Front], tuple[float, Found]]] = {"date": _at_first, "availability": _at_top}
"""The goals that are a figure first and cost only then."""


def pareto(front: Front, most: int) -> tuple[Alternative, ...]:
    """The designs of the front, cheapest first, with the roles that they play; those that are beaten are left out."""
    front.searched, front.most = 0, most
    _explore(front)
    kept: list[Found] = []
    for one in sorted(front.found, key=lambda one: one.key):
        if not any(other.beats(one) for other in kept):
            kept.append(one)
    roles = _roles(kept)
    return tuple(alternative(one, tuple(role for role in ROLES if roles.get(role) is one)) for one in kept)


def alternative(one: Found, roles: tuple[str, ...]) -> Alternative:
    return Alternative(
        roles=roles,
        cost_minor=one.verdict.cost_minor,
        ready_day=one.start_day,
        availability=one.availability,
        gap=gap_of(one.value, one.bound),
        design=one.design,
        verdict=one.verdict,
    )


def _explore(front: Front) -> None:
    """The ends of each figure first, then a grid between them; for a few items every step, until nothing is open."""
    front.close = 0.0 if len(front.problem.sites) <= FEW_ITEMS else CLOSE
    cheapest_one = front.ask()
    if cheapest_one is None:
        return
    first = _no_earlier(front)
    days = [day for day in decisive_days(front.problem) if day >= first]
    sooner = [day for day in days if day < cheapest_one.start_day]
    if sooner:
        front.ask(_spread(sooner, DAYS - 1)[-1])
    start, top = _at_first(front)[1].start_day, _at_top(front)[1].availability
    days = [day for day in days if day >= start]
    sooner = [day for day in sooner if day >= start]
    for day, availability in _grid(sooner, cheapest_one.availability, top):
        front.ask(day, availability)
    if len(front.problem.sites) <= FEW_ITEMS:
        for day in (inf, *reversed(days)):
            _climb(front, day)


def _climb(front: Front, day: float) -> None:
    """By one day: each time the cheapest that is more available than the last one."""
    one = front.ask(day)
    while one is not None and not front.is_over:
        one = front.ask(day, one.availability + FINER)


def _grid(days: Sequence[int], least: float, top: float) -> Iterator[tuple[float, float]]:
    """(No later than, at least so available): the corners first, then from loose to tight.

    So what lies between two questions with the same answer is known without a search.
    """
    chosen: list[float] = [*_spread(days, DAYS - 1), inf]
    steps = [0.0]
    if top > least + FINER:
        steps += [1 - ((1 - least) * max(1 - top, (1 - least) / 100)) ** 0.5, top]
    corners = [(chosen[0], 0.0), (inf, steps[-1]), (chosen[-2:][0], steps[-1]), (chosen[0], steps[-1])]
    yield from dict.fromkeys([*corners, *((day, step) for day in reversed(chosen) for step in steps)])


def _spread(days: Sequence[int], count: int) -> list[int]:
    """The first of these days and others at even distances in their row."""
    if len(days) <= count:
        return list(days)
    return [days[place * len(days) // count] for place in range(count)]


def _roles(kept: Sequence[Found]) -> dict[str, Found]:
    if not kept:
        return {}
    return {
        "cheapest": min(kept, key=lambda one: one.key),
        "earliest": min(kept, key=lambda one: (one.start_day, *one.key)),
        "mostAvailable": min(kept, key=lambda one: (-one.availability, *one.key)),
        "balanced": min(kept, key=lambda one: (_worst(one, kept), *one.key)),
    }


def _worst(one: Found, kept: Sequence[Found]) -> float:
    """The figure in which a design is worst, from 0 (the best of all) to 1 (the worst)."""
    figures = list(zip(*(other.key for other in kept), strict=True))
    return max(
        (own - min(all_of)) / (max(all_of) - min(all_of)) if max(all_of) > min(all_of) else 0.0
        for own, all_of in zip(one.key, figures, strict=True)
    )
