"""The cheapest combination of changes of a tiny problem, by trying every value of everything on every design."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from linkwright.design.choice.case import Case
from linkwright.design.model import Design, Problem, Site
from linkwright.design.rules.rules import BY_DIMENSION
from linkwright.design.verify.check import check
from linkwright.design.verify.legs import AlreadyFollowed
from linkwright.design.why.common import is_rule
from linkwright.design.why.least import constraints_of
from linkwright.design.why.relaxed import Value, with_value
from tests.design.tiny import augment_choices, minimal_sets
from tests.design.tiny2 import builds_of, conceivable, site_designs

TOLERANCE = 1e-8
FALLING = ("availability",)
"""Of these a lower value is the more generous one."""
Choice = tuple[str, int, Value]


@dataclass(frozen=True)
class Point:
    """A design that is true once these constraints have changed: how generous each must be, and what it costs."""

    needs: dict[str, float]
    value: int

    @property
    def changed(self) -> frozenset[str]:
        return frozenset(self.needs)


@dataclass(frozen=True)
class Cheapest:
    """The money of the cheapest least changes, and the sets of constraints with which it is reached."""

    value: int
    changed: list[frozenset[str]]


def size(problem: Problem) -> int:
    """How many designs have to be checked, about."""
    designs = prod(len(conceivable(problem, site)) for site in problem.sites)
    return designs * len(augment_choices(problem)) * prod(map(len, _choices(problem)))


def cheapest_changes(problem: Problem) -> Cheapest | None:
    """None where no values of any constraints are enough."""
    return cheapest_of(least_sets(problem))


def cheapest_of(found: Mapping[frozenset[str], int]) -> Cheapest | None:
    """Of the least sets; None where there is none."""
    if not found:
        return None
    value = min(found.values())
    return Cheapest(value, [changed for changed in found if found[changed] == value])


def least_sets(problem: Problem) -> dict[frozenset[str], int]:
    """By least set what its cheapest design counts once its constraints have their least values one after the other."""
    points, order = list(_points(problem)), constraints_of(problem, Case(problem).graph)
    found: dict[frozenset[str], int] = {}
    for changed in minimal_sets([point.changed for point in points]):
        left = [point for point in points if point.changed == changed]
        for constraint in order:
            if constraint in changed:
                least = min(point.needs[constraint] for point in left)
                left = [point for point in left if point.needs[constraint] <= least + TOLERANCE]
        found[changed] = min(point.value for point in left)
    return found


def _choices(problem: Problem) -> list[list[Choice | None]]:
    """Of each rule that has values all of them with their places; None leaves it as it is."""
    found: list[list[Choice | None]] = []
    for site in problem.sites:
        for dimension, values in _values(problem, site).items():
            found.append([None, *((f"site:{site.id}/{dimension}", n, value) for n, value in enumerate(values))])
    return found


def _values(problem: Problem, site: Site) -> dict[str, Sequence[Value]]:
    rules = [rule for rule in BY_DIMENSION.values() if rule.values is not None and rule.is_asked(site)]
    known = {rule.dimension: rule.values(problem, site) for rule in rules if rule.values is not None}
    starts = [replace(site, required_day=int(day)) for day in (site.required_day, *known["date"])]
    known["period"] = sorted({int(day) for start in starts for day in _periods(problem, start)}, reverse=True)
    return {dimension: values for dimension, values in known.items() if values and dimension != "cpe_bandwidth"}


def _periods(problem: Problem, site: Site) -> Sequence[Value]:
    values = BY_DIMENSION["period"].values
    return () if values is None else values(problem, site)


def fits_its_start(problem: Problem, site: Site) -> bool:
    """Whether the end of a changed item is one that it can have with its start."""
    before = next(own for own in problem.sites if own.id == site.id)
    starting = replace(site, end_day=before.end_day)
    return site.end_day == before.end_day or site.end_day in _periods(problem, starting)


def _points(problem: Problem) -> Iterator[Point]:
    followed: AlreadyFollowed = {}
    for chosen in product(*_choices(problem)):
        changes = [change for change in chosen if change is not None]
        changed = problem
        for constraint, _, value in changes:
            changed = with_value(changed, constraint, value)
        if not all(fits_its_start(problem, site) for site in changed.sites):
            continue
        for needs, value in _broken(changed, followed):
            yield Point({**{constraint: float(place) for constraint, place, _ in changes}, **needs}, value)


def _broken(problem: Problem, followed: AlreadyFollowed) -> Iterator[tuple[dict[str, float], int]]:
    """Of every conceivable design what it needs of each rule that it breaks, where all of these have such a number."""
    for sites in product(*(site_designs(problem, site) for site in problem.sites)):
        for augments in augment_choices(problem):
            design = Design(sites=tuple(sites), augments=augments)
            design = replace(design, builds=builds_of(problem, design))
            verdict = check(problem, design, weakest=False, followed=followed)
            needs: dict[str, float] = {}
            for violation in verdict.violations:
                if violation.needed is None or not _has_number(violation.constraint):
                    break
                falls = violation.constraint.rpartition("/")[2] in FALLING
                needed = -violation.needed if falls else violation.needed
                needs[violation.constraint] = max(needed, needs.get(violation.constraint, needed))
            else:
                yield needs, verdict.value


def _has_number(constraint: str) -> bool:
    if not constraint.startswith("site:"):
        return not is_rule(constraint)
    return BY_DIMENSION[constraint.rpartition("/")[2]].values is None
