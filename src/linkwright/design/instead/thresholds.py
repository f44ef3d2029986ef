"""A figure of the whole design as a limit: live by a day, at least so available; and the best that each can be."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf, sqrt

from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import AccessOption, Design, Problem, Site, Verdict
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.first_days import first_days, ready_day
from linkwright.design.rules.screen import NOTHING_DROPPED
from linkwright.design.units import AVAILABILITY_TOLERANCE
from linkwright.design.verify.check import check
from linkwright.design.verify.days import OtherDays
from linkwright.design.verify.legs import AlreadyFollowed
from linkwright.design.why.least import some_design
from linkwright.design.wishes import is_far, wishes_of
from linkwright.remembered import remembered

FINER = 2 * AVAILABILITY_TOLERANCE
"""What is asked for so much above a known availability is truly more, whatever the tolerance of the rules."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best value that was reached; whether it is proved that none is better; None where nothing was reached."""

    value: float | None
    is_proved: bool


def narrowed(problem: Problem, by_day: float = inf, availability: float = 0.0) -> Problem:
    """The same problem with everything live by a day and each item at least so available.

    A temporary service keeps its days.
    """
    sites = tuple(_narrowed(site, by_day, availability) for site in problem.sites)
    return problem if sites == problem.sites else replace(problem, sites=sites)


def _narrowed(site: Site, by_day: float, availability: float) -> Site:
    day = site.required_day if site.end_day is not None else int(min(site.required_day, by_day))
    if day == site.required_day and availability <= site.min_availability:
        return site
    return replace(site, required_day=day, min_availability=max(site.min_availability, availability))


def last_day(problem: Problem) -> int:
    """The day by which everything that stays must be live."""
    return max((site.required_day for site in problem.sites if site.end_day is None), default=0)


@remembered
def decisive_days(problem: Problem) -> Sequence[int]:
    """The days by which something may be possible that was not a day earlier, up to the last required one."""
    last = last_day(problem)
    return sorted({day for day in (*first_days(problem), last) if day <= last})


def start_day(
    problem: Problem,
    design: Design,
    verdict: Verdict,
    by_day: int,
    followed: AlreadyFollowed | None = None,
    sooner: dict[int, Problem] | None = None,
) -> int:
    """The earliest day by which a design can be live that is true by `by_day`: its accesses, and what they run into.

    `followed` is what the check has found of its items, `sooner` what was asked of the problem by days before.
    """
    known = {} if sooner is None else sooner
    ready = _ready_day(problem, verdict)
    days = [day for day in decisive_days(problem) if ready <= day < by_day]
    if not days:
        return by_day
    asked = OtherDays(problem, design, verdict, followed)
    low, high, middle = -1, len(days), 0
    while high - low > 1:
        day = days[middle]
        if day not in known:
            known[day] = narrowed(problem, day)
        if asked.are_kept(known[day]):
            high = middle
        else:
            low = middle
        middle = (low + high) // 2
    return days[high] if high < len(days) else by_day


def _ready_day(problem: Problem, verdict: Verdict) -> int:
    """The day on which the last access of what stays is there."""
    staying = {site.id for site in problem.sites if site.end_day is None}
    return max((report.ready_day for report in verdict.sites if report.site in staying), default=0)


def least_availability(verdict: Verdict) -> float:
    """That of the item with the least."""
    return min((report.availability for report in verdict.sites), default=1.0)


def no_earlier_than(problem: Problem) -> int:
    """A day before which not every item can have as many accesses as it needs, whatever else there is."""
    lead_days = {build.id: build.lead_days for build in problem.builds}
    days: dict[str, list[int]] = {site.id: [] for site in problem.sites if site.end_day is None}
    for option in problem.access_options:
        if option.site in days and not is_far(option):
            days[option.site].append(ready_day(option, lead_days))
    legs = {site.id: len(wishes_of(site)) for site in problem.sites}
    first = (sorted(own)[legs[name] - 1] for name, own in days.items() if len(own) >= legs[name])
    return min(max(first, default=0), last_day(problem))


def earliest(problem: Problem, graph: Graph, search: Search, first: float = -inf, known: float = inf) -> Best:
    """The first day by which everything can be live: none before `first`, and it can be by the day that is `known`."""
    days = decisive_days(problem)
    low, high, is_proved = bisect_left(days, max(first, no_earlier_than(problem))) - 1, bisect_left(days, known), True
    while high - low > 1:
        middle = (low + high) // 2 if high < len(days) else len(days) - 1
        answer = is_feasible(narrowed(problem, days[middle]), graph, NOTHING_DROPPED, search)
        is_proved = is_proved and answer is not None
        low, high = (low, middle) if answer else (middle, high)
    return Best(days[high] if high < len(days) else None, is_proved)


def earliest_of_each(problem: Problem, graph: Graph, search: Search, sites: Iterable[str]) -> Best:
    """The first day by which each of these items could be live by itself: all together cannot be earlier."""
    wanted = set(sites)
    each = [earliest(only(problem, site), graph, search) for site in problem.sites if site.id in wanted]
    days = [best.value for best in each if best.value is not None]
    return Best(max(days, default=None) if len(days) == len(each) else None, all(best.is_proved for best in each))


Reach = Callable[[Site, float], Best | None]
"""What an item by itself can reach that is at least so available; None where that is not known."""


def most_of_each(
    problem: Problem, graph: Graph, search: Search, known: Mapping[str, float], reach: Reach | None = None
) -> Best:
    """The highest availability of the item that can have least by itself: all together cannot have more.

    `known` is what some design gives each item; `reach` may answer before an item is asked about by itself.
    """
    most, is_proved = inf, True
    for site in sorted(problem.sites, key=lambda site: (known.get(site.id, 0.0), site.id)):
        if known.get(site.id, 0.0) >= most:
            continue
        reached, fails = partial(_reached_alone, problem, graph, search, reach, site), inf
        if most < inf:
            found = reached(most)
            if found.value is not None:
                continue
            fails = most if found.is_proved else inf
        start = Best(known[site.id], True) if site.id in known else reached(0.0)
        best = _raised(reached, start, fails)
        if best.value is None:
            return best
        most, is_proved = min(most, best.value), is_proved and best.is_proved
    return Best(most, is_proved)


def _reached_alone(
    problem: Problem, graph: Graph, search: Search, reach: Reach | None, site: Site, wanted: float
) -> Best:
    found = None if reach is None else reach(site, wanted)
    return found or _reached(only(problem, site), graph, search, wanted)


def most_available(problem: Problem, graph: Graph, search: Search, fails: float) -> Best:
    """The highest availability that every item can have at the same time, where `fails` is known to be too much."""
    reached = partial(_reached, problem, graph, search)
    return _raised(reached, reached(0.0), fails)


def only(problem: Problem, site: Site) -> Problem:
    """The same problem for one of its items, as if there were no others; what these give back is there from the start,
    so that what one cannot be alone it cannot be among all."""
    options = _by_site(problem.access_options).get(site.id, ())
    given = [replace(freed, day=0) for other in problem.sites if other.id != site.id for freed in other.frees]
    apart = tuple(one for one in problem.apart if one.a == one.b == site.id)
    meets = tuple(meeting for meeting in problem.meets if meeting.sites == (site.id,))
    frees = (*problem.frees, *given)
    return replace(problem, sites=(site,), access_options=tuple(options), apart=apart, meets=meets, frees=frees)


@remembered
def _by_site(options: Sequence[AccessOption]) -> Mapping[str, Sequence[AccessOption]]:
    found: dict[str, list[AccessOption]] = {}
    for option in options:
        found.setdefault(option.site, []).append(option)
    return found


def _raised(reach: Callable[[float], Best], start: Best, fails: float) -> Best:
    """Asks for more and more: in turn for half of what is left (on the scale of downtime), and for a hair more."""
    if start.value is None:
        return start
    reached, by_halves = start.value, True
    while True:
        hair = reached + FINER
        if hair > 1.0 or hair >= fails:
            return Best(reached, True)
        wanted = max(hair, _between(reached, min(fails, 1.0))) if by_halves else hair
        found = reach(wanted)
        if found.value is not None:
            reached = max(reached, found.value)
        elif not found.is_proved or wanted == hair:
            return Best(reached, found.is_proved)
        else:
            fails = wanted
        by_halves = not by_halves


def _reached(problem: Problem, graph: Graph, search: Search, wanted: float) -> Best:
    """What some design reaches that has at least so much; whether it is proved that there is none."""
    asked = narrowed(problem, availability=wanted)
    design, is_settled = some_design(asked, graph, NOTHING_DROPPED, search)
    if design is None:
        return Best(None, is_settled)
    return Best(least_availability(check(asked, design, weakest=False)), True)


def _between(one: float, other: float) -> float:
    """Half way on the scale of downtime; what never fails counts as a tenth of the other's downtime."""
    down, less = 1 - one, 1 - other
    if down <= 0:
        return one
    return 1 - sqrt(down * (less if less > 0 else down / 100))
