"""The best that one leg can reach of a figure, whatever it costs: a bound for every design, without a search."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, expm1, inf

from linkwright.design.choice.case import Case
from linkwright.design.choice.parts import Option, SiteCase
from linkwright.design.routes.graph import NO_GROUPS, Aim
from linkwright.design.routes.paths import Effort, paths_by_price
from linkwright.design.rules.figures import LOSS, NO_LIMIT, UNSOUND
from linkwright.design.rules.rules import OwnRule
from linkwright.design.units import loss_of

MOST_LABELS = 4_000
"""Of the search for the soundest way, where risk groups make another than the shortest the best."""


@dataclass(frozen=True, slots=True)
class Ideal:
    """`value` as the rule counts it; `is_reached`: there are a way and a CPE that reach it."""

    value: float
    is_reached: bool


def figure_of(rule: OwnRule) -> int | None:
    """The sum of a leg that decides about a rule; None where there is no such sum."""
    return UNSOUND if rule.dimension == "availability" else rule.figure


def ideal_of_option(case: Case, site: SiteCase, option: Option, figure: int) -> Ideal | None:
    """Of a single leg that begins with this access, its CPE counted; None where no such leg has the figure at all."""
    least, is_reached = _least(case, site, option, figure)
    if least == inf:
        return None
    return Ideal(exp(-least) if figure == UNSOUND else -expm1(-least) if figure == LOSS else least, is_reached)


def ideal_of_site(case: Case, figure: int) -> float | None:
    """A value that no design of the only item betters; None where there is no such bound.

    Legs with limits of their own have none, nor has the availability of legs that stand in for each other.
    """
    (site,) = case.sites
    count = min(len(shape.wishes) for shape in site.demand.shapes)
    if site.site.legs or (figure == UNSOUND and any(len(shape.wishes) > 1 for shape in site.demand.shapes)):
        return None
    ideals = [ideal_of_option(case, site, option, figure) for option in site.options]
    values = sorted((one.value for one in ideals if one is not None), reverse=figure == UNSOUND)
    return values[count - 1] if len(values) >= count else None


def _least(case: Case, site: SiteCase, option: Option, figure: int) -> tuple[float, bool]:
    """The least sum of a leg with its CPE, and whether a leg has it."""
    ways = []
    for number, end in enumerate(site.ends):
        aim = case.aim_of(site, number, 0, NO_GROUPS)
        way, is_reached = aim.least_from(figure, option.pop), True
        if figure == UNSOUND and way < inf:
            way, is_reached = _soundest(aim, option, case.group_availability)
        boxes = (2 if end.far else 1) * min((cpe.sums[figure] for cpe in site.cpes), default=inf)
        ways.append((option.sums[figure] + way + boxes, is_reached))
    return min(ways, default=(inf, True), key=lambda way: way[0])


def _soundest(aim: Aim, option: Option, availability: Mapping[str, float]) -> tuple[float, bool]:
    """The least unsoundness of a way with the risk groups of it and its access; less where too many ways are alike."""
    routes, best = aim.losses, inf
    ends, own = routes.half[option.pop] + routes.least_end, _of_groups(option.groups, availability)
    ways = paths_by_price(aim, routes.price, routes.tree, option.pop, NO_LIMIT, Effort(MOST_LABELS))
    for step in ways:
        if step.price + ends + own >= best:
            break
        if step.links is None:
            return min(best, step.price + ends + own), False
        path = aim.path(option.pop, step.links)
        best = min(best, path.sums[UNSOUND] + _of_groups(path.groups | option.groups, availability))
    return best, True


def _of_groups(groups: frozenset[str], availability: Mapping[str, float]) -> float:
    return sum(loss_of(availability[group]) for group in sorted(groups))
