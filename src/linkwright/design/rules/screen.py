"""Which access options and CPE models a site may use at all, and why not the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter, le

from linkwright.design.model import AccessOption, CpeModel, Problem, Site
from linkwright.design.rules.apart import TOGETHER, Apart, apart_of
from linkwright.design.rules.facts import Offered, last_day_of
from linkwright.design.rules.figures import N_FIGURES, Sums, most_of, sums_of_cpe
from linkwright.design.rules.first_days import ready_day
from linkwright.design.rules.rules import OWN_RULES, OwnRule, mixes_no_technology
from linkwright.design.rules.weights import Weights, weights_of
from linkwright.design.wishes import Wish, has_backup, wishes_of
from linkwright.remembered import kept_with_its_object

BANDWIDTHS = ("bandwidth", "backup_bandwidth")
"""Of all legs, and of the backups among them: whoever sets the first aside, sets the second aside as well."""
Dropped = frozenset[str]
"""Ids of constraints that are set aside, to ask what would be if they were not there."""
NOTHING_DROPPED: Dropped = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """Legs that are looked for: which wishes they answer, by their positions, and how they are apart.

    `backups`: the wishes among them whose legs are of no technology that another leg is of; none without that rule.
    """

    wishes: tuple[int, ...]
    apart: Apart
    backups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Demand:
    """What a site asks for when some of its rules are set aside; bandwidth on links stays as it is.

    `most`: for each wish what a leg may have of each figure, as far as that is asked. `frees_backups`: accesses may
    be too small for a backup, but not for another leg that asks for the same.
    """

    site: Site
    of_option: tuple[OwnRule, ...]
    of_cpe: tuple[OwnRule, ...]
    of_legs: tuple[OwnRule, ...]
    wishes: tuple[Wish, ...]
    most: tuple[Sums, ...]
    min_availability: float
    has_differential: bool
    shapes: tuple[Shape, ...]
    frees_backups: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one option or CPE model cannot serve a site: the dimension, what is asked, what it has."""

    dimension: str
    limit: float | None
    needed: float | None
    part: str


def demand_of(site: Site, dropped: Dropped) -> Demand:
    kept = OWN_RULES
    if dropped:
        kept = tuple(rule for rule in OWN_RULES if not _is_dropped(site, rule, dropped))
    asked = [rule for rule in kept if rule.is_asked(site)]
    dimensions = {rule.dimension for rule in asked}
    limited = {rule.figure for rule in asked if rule.figure is not None}
    wishes = wishes_of(site)
    return Demand(
        site=site,
        of_option=tuple(rule for rule in asked if rule.stage == "option"),
        of_cpe=tuple(rule for rule in asked if rule.stage == "cpe"),
        of_legs=tuple(rule for rule in asked if rule.stage == "legs"),
        wishes=wishes,
        most=tuple(_limits(most_of(wish), limited) for wish in wishes),
        min_availability=site.min_availability if "availability" in dimensions else 0.0,
        has_differential="differential" in dimensions,
        shapes=tuple(_shapes(site, wishes, {rule.dimension for rule in kept})),
        frees_backups=has_backup(site) and dimensions.isdisjoint(BANDWIDTHS[1:]) and BANDWIDTHS[0] in dimensions,
    )


def _is_dropped(site: Site, rule: OwnRule, dropped: Dropped) -> bool:
    own = BANDWIDTHS if rule.dimension == "backup_bandwidth" else (rule.dimension,)
    return any(f"site:{site.id}/{dimension}" in dropped for dimension in own)


def _limits(most: Sums, limited: set[int]) -> Sums:
    return tuple(most[figure] if figure in limited else inf for figure in range(N_FIGURES))


def _shapes(site: Site, wishes: Sequence[Wish], kept: set[str]) -> Iterator[Shape]:
    """The legs as they are wished for; with a rule set aside those that it forbids as well, the easy ones first.

    Where no availability is asked for, a second leg only takes more of everything.
    """
    every = tuple(range(len(wishes)))
    is_unmixed = "backup_technology" in kept and mixes_no_technology(site)
    backups = frozenset(n for n, wish in enumerate(wishes) if is_unmixed and wish.role == "backup")
    apart = apart_of(site.diversity)
    numbers = [every]
    if "backup" not in kept and has_backup(site):
        numbers.insert(0, tuple(n for n, wish in enumerate(wishes) if wish.role == "primary"))
    if "diversity" not in kept and site.diversity != "none":
        if not site.legs:
            yield Shape((0,), TOGETHER)
        for own in numbers if site.legs or "availability" in kept else ():
            if len(own) == 2:
                yield Shape(own, apart_of("node"), backups.intersection(own))
                yield Shape(own, apart_of("link"), backups.intersection(own))
            yield Shape(own, TOGETHER, backups.intersection(own))
        return
    for own in numbers:
        yield Shape(own, apart, backups.intersection(own))


def choosy_items(problem: Problem) -> frozenset[str]:
    """The items for which a partner that they prefer has an option."""
    preferred = {site.id: site.partners_preferred for site in problem.sites if site.partners_preferred}
    return frozenset(o.site for o in problem.access_options if o.partner in preferred.get(o.site, ()))


def option_refusals(
    demand: Demand, wish: Wish, option: AccessOption, build_lead_days: Mapping[str, int], is_choosy: bool
) -> Iterator[Refusal]:
    """What stands against an option for one leg."""
    site = demand.site
    offered = Offered(option, wish, ready_day(option, build_lead_days), last_day_of(option, site), is_choosy)
    for rule in demand.of_option:
        if not rule.fits(offered, site):
            limit = wish.mbps if rule.dimension in BANDWIDTHS else rule.limit(site)
            yield Refusal(rule.dimension, limit, rule.needs(offered), option.id)


def cpe_refusals(demand: Demand, model: CpeModel) -> Iterator[Refusal]:
    for rule in demand.of_cpe:
        if not rule.fits(model, demand.site):
            yield Refusal(rule.dimension, rule.limit(demand.site), rule.needs(model), model.id)


def useful_cpes(problem: Problem, demand: Demand) -> list[CpeModel]:
    """The models that fit, without those that another one beats in all that counts; one of limited stock beats none."""
    weights = weights_of(problem, demand.site)
    fitting = [
        (_measures(model, weights), model.id, model)
        for model in problem.cpe_models
        if next(cpe_refusals(demand, model), None) is None
    ]
    fitting.sort(key=itemgetter(0, 1))
    kept: list[CpeModel] = []
    unlimited: list[tuple[float, ...]] = []
    for own, _, model in fitting:
        if not any(all(map(le, other, own)) for other in unlimited):
            kept.append(model)
            if not model.stock:
                unlimited.append(own)
    return kept


@kept_with_its_object
def _measures(model: CpeModel, weights: Weights) -> tuple[float, ...]:
    worth = weights.of(model.nrc_minor, model.mrc_minor)
    return worth, model.nrc_minor, model.mrc_minor, *sums_of_cpe(model)
