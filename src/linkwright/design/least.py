"""The least generous value of one constraint that makes a problem feasible, proved from both sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.alone import cheapest_of_each
from linkwright.design.case import Case
from linkwright.design.check import check
from linkwright.design.choice import MOST_SITES, Objective, Optimum
from linkwright.design.graph import Graph
from linkwright.design.limits import Search
from linkwright.design.model import AccessOption, Design, Link, Problem, Site
from linkwright.design.optimise import is_feasible, optimise
from linkwright.design.outcome import design_of
from linkwright.design.relaxed import Value, with_value
from linkwright.design.screen import DIMENSIONS, Dropped, ready_day
from linkwright.design.units import AVAILABILITY_TOLERANCE, LATENCY_TOLERANCE_MS

CLOSE_ENOUGH = {"latency": 4 * LATENCY_TOLERANCE_MS, "availability": 4 * AVAILABILITY_TOLERANCE}
"""Between two values nearer than this no third one is looked for: the rules themselves could not tell it apart."""
WEAKER = {"srlg": ("node", "link", "none"), "node": ("link", "none"), "link": ("none",), "none": ()}


@dataclass(frozen=True, slots=True)
class Least:
    """A value that is enough, where no less generous one is; `limit` is what it stands against, where that is a figure
    of the design (the capacity of the day on which a link is fullest)."""

    value: Value
    limit: float | None = None


def least_value(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Least | None:
    """The least generous value for `constraint`, `dropped` set aside; None where none is enough, or none is known."""
    if search.is_over():
        return None
    link = next((link for link in problem.network.links if constraint == f"link:{link.id}/capacity"), None)
    if link is not None:
        return _least_capacity(problem, graph, link, dropped, search)
    if not constraint.startswith("site:"):
        return _least_shared(problem, graph, constraint, dropped, search)
    site_id, _, aspect = constraint.removeprefix("site:").rpartition("/")
    site = next(site for site in problem.sites if site.id == site_id)

    def works(value: Value) -> bool:
        return is_feasible(with_value(problem, constraint, value), graph, dropped, search) is True

    if aspect in CLOSE_ENOUGH:
        figure = _latency_or_availability(problem, site, aspect)
        design, _ = _any_design(problem, graph, dropped | {constraint}, search)
        return None if design is None else _least_figure(problem, graph, figure, design, dropped, search)
    found = _first(_candidates(problem, site, aspect), works, monotone=aspect not in ("diversity", "features"))
    return None if found is None else Least(found)


def constraints_of(problem: Problem, graph: Graph) -> list[str]:
    """Everything that could be set aside: the common limits first, then each site's own, dimension by dimension."""
    own = [f"site:{site.id}/{dimension}" for dimension in DIMENSIONS for site in problem.sites]
    free = Case(problem, graph, frozenset(own))
    return [*dict.fromkeys(row.constraint for row in free.coupling.rows if row.constraint), *own]


def _candidates(problem: Problem, site: Site, aspect: str) -> Sequence[Value]:
    """The values that could be enough, the least generous first."""
    options = [option for option in problem.access_options if option.site == site.id]
    if aspect == "diversity":
        return WEAKER[site.diversity]
    if aspect == "features":
        missing = {tuple(sorted(set(site.features) - set(model.features))) for model in problem.cpe_models}
        return [",".join(names) for names in sorted(missing, key=lambda names: (len(names), names)) if names]
    if aspect == "date":
        return sorted({day for day in _ready_days(problem, options) if day > site.required_day})
    sizes = [option.bandwidth_mbps for option in options]
    if aspect == "cpe_bandwidth":
        sizes = [model.max_mbps for model in problem.cpe_models]
    return sorted({size for size in sizes if 0 < size < site.bandwidth_mbps}, reverse=True)


def _ready_days(problem: Problem, options: Sequence[AccessOption]) -> list[int]:
    lead_days = {build.id: build.lead_days for build in problem.builds}
    return [ready_day(option, lead_days) for option in options]


def _first(values: Sequence[Value], works: Callable[[Value], bool], *, monotone: bool) -> Value | None:
    """The first value that works; by halves where every later one works too."""
    if not monotone:
        return next((value for value in values if works(value)), None)
    if not values or not works(values[-1]):
        return None
    low, high = -1, len(values) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(values[middle]) else (middle, high)
    return values[high]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A constraint whose value is a figure of designs: `of` tells what one needs, `between` the next value to try."""

    constraint: str
    today: float
    of: Callable[[Design], Least | None]
    between: Callable[[float, float], float | None]


def _latency_or_availability(problem: Problem, site: Site, aspect: str) -> _Figure:
    def of(design: Design) -> Least | None:
        reports = (report for report in check(problem, design).sites if report.site == site.id)
        return next((Least(r.latency_ms if aspect == "latency" else r.availability) for r in reports), None)

    def between(one: float, other: float) -> float | None:
        middle = (one + other) / 2
        return None if abs(one - other) <= CLOSE_ENOUGH[aspect] or middle in (one, other) else middle

    today = site.max_latency_ms if aspect == "latency" else site.min_availability
    return _Figure(f"site:{site.id}/{aspect}", today, of, between)


def _capacity(problem: Problem, link: Link) -> _Figure:
    constraint = f"link:{link.id}/capacity"

    def of(design: Design) -> Least | None:
        violations = (v for v in check(problem, design).violations if v.constraint == constraint)
        return next((Least(int(v.needed), v.limit) for v in violations if v.needed is not None), None)

    def between(one: float, other: float) -> float | None:
        return None if abs(one - other) <= 1 else int(one + other) // 2

    return _Figure(constraint, link.capacity_mbps, of, between)


def _least_capacity(problem: Problem, graph: Graph, link: Link, dropped: Dropped, search: Search) -> Least | None:
    """What a link would have to carry, starting from the design that exceeds it least without its augment."""
    figure = _capacity(problem, link)
    plain = replace(link, augment=None)
    links = tuple(plain if own.id == link.id else own for own in problem.network.links)
    without = replace(problem, network=replace(problem.network, links=links))
    case, closest = _closest(without, graph, figure.constraint, dropped, search)
    if closest.choice is None:
        return None
    if link.augment is None:
        rows = [row for _, row in case.coupling.links[graph.link_index[link.id]]]
        least_limit = min((case.coupling.rows[row].limit for row in rows), default=0)
        figure = replace(figure, today=max(figure.today, least_limit + closest.bound - 1))
    return _least_figure(problem, graph, figure, design_of(case, closest.choice.columns), dropped, search)


def _least_figure(
    problem: Problem, graph: Graph, figure: _Figure, design: Design | None, dropped: Dropped, search: Search
) -> Least | None:
    """Halves the interval between what fails and what a design reached, until it is closed.

    Where a guard leaves a question open, the best that was reached is the answer.
    """
    too_little = figure.today
    enough = None if design is None else figure.of(design)
    while enough is not None:
        middle = figure.between(float(enough.value), too_little)
        if middle is None or search.is_over():
            break
        design, is_proved = _any_design(with_value(problem, figure.constraint, middle), graph, dropped, search)
        if design is not None:
            enough = figure.of(design)
        elif is_proved:
            too_little = middle
        else:
            break
    return enough


def _any_design(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> tuple[Design | None, bool]:
    """Some design that keeps every rule but those set aside; without one, whether it is proved that there is none."""
    case = Case(problem, graph, dropped)
    if len(case.sites) == 1 and not case.coupling.rows:
        bound, column = cheapest_of_each(case, search)[0]
        return (None, bound == inf) if column is None else (design_of(case, [column]), True)
    found = optimise(case, MOST_SITES, search, enough=1)
    if found.choice is None or found.choice.unserved:
        return None, found.bound > 0
    return design_of(case, found.choice.columns), True


def _least_shared(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Least | None:
    """A common limit that is the same on every day: the design that exceeds it least tells by how much."""
    case, closest = _closest(problem, graph, constraint, dropped, search)
    if closest.choice is None:
        return None
    verdict = check(problem, design_of(case, closest.choice.columns))
    for violation in verdict.violations:
        if violation.constraint == constraint and violation.needed is not None:
            return Least(int(violation.needed), violation.limit)
    return None


def _closest(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> tuple[Case, Optimum]:
    """The choice that exceeds a common limit least, among all rows of that limit."""
    case = Case(problem, graph, dropped, elastic=constraint)
    any_way = optimise(case, Objective(scale=0, unserved=1, elastic=constraint, excess=0), search)
    if any_way.choice is None or any_way.choice.unserved:
        return case, Optimum(None, inf)
    closest = optimise(case, Objective(scale=0, elastic=constraint), search, seeds=any_way.choice.columns)
    return case, closest if closest.choice is not None else replace(any_way, bound=0.0)
