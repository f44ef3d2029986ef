"""What the paths of one site's legs may use up: bounds for the searches; every rule is checked exactly afterwards."""

from collections.abc import Iterable
from math import inf, prod

from linkwright.design.case import Case, Cpe, Option, SiteCase
from linkwright.design.graph import HalfRoutes
from linkwright.design.pair_stream import Kind
from linkwright.design.pairs import disjoint_pair
from linkwright.design.paths import SLACK, Allowance
from linkwright.design.together import LegLimits, Together, both_down_at_most
from linkwright.design.units import AVAILABILITY_TOLERANCE, loss_of


def leg_limits(case: Case, site: SiteCase, kind: Kind, numbers: tuple[int, ...]) -> LegLimits:
    """What the paths of these options may use up, and the CPE models that could do; kept, no price changes it."""
    key = kind, numbers
    if key not in site.limits:
        options = [site.options[number] for number in numbers]
        site.limits[key] = _of_one(case, site, options[0]) if len(options) == 1 else _of_two(case, site, kind, options)
    return site.limits[key]


def _of_one(case: Case, site: SiteCase, option: Option) -> LegLimits:
    aim = site.aim
    needed = site.demand.min_availability - AVAILABILITY_TOLERANCE
    spare = (loss_of(needed) if needed > 0 else inf) - _access_loss(case, option)
    fastest_ms, soundest = aim.fastest_from(option.pop), aim.soundest_from(option.pop)
    cpes = [
        number
        for number, cpe in enumerate(site.cpes)
        if fastest_ms <= _latency_ms(site, option, cpe) + SLACK
        and soundest <= spare - loss_of(cpe.availability) + SLACK
    ]
    if not cpes:
        return LegLimits((), ())
    loss = spare - loss_of(max(site.cpes[number].availability for number in cpes))
    return LegLimits((Allowance(_most_ms(site, option, cpes), loss),), tuple(cpes))


def _of_two(case: Case, site: SiteCase, kind: Kind, options: list[Option]) -> LegLimits:
    aim = site.aim
    least_ms = _least_sum(aim.delays, kind, options)
    least_loss = _least_sum(aim.losses, kind, options)
    able = {}
    for number, cpe in enumerate(site.cpes):
        ms = [_latency_ms(site, option, cpe) for option in options]
        fast = all(aim.fastest_from(o.pop) <= most + SLACK for o, most in zip(options, ms, strict=True))
        together = _together(case, site, options, cpe, least_loss)
        if fast and least_ms <= sum(ms) + SLACK and together.allows():
            able[number] = together
    if not able:
        return LegLimits((), ())
    together = able[max(able, key=lambda number: site.cpes[number].availability)]
    one, two = (
        Allowance(_most_ms(site, option, able), together.most_loss(leg, together.least[1 - leg]))
        for leg, option in enumerate(options)
    )
    return LegLimits((one, two), tuple(able), together)


def _latency_ms(site: SiteCase, option: Option, cpe: Cpe) -> float:
    return site.demand.max_latency_ms - cpe.delay_ms - option.delay_ms


def _most_ms(site: SiteCase, option: Option, cpes: Iterable[int]) -> float:
    return max(_latency_ms(site, option, site.cpes[number]) for number in cpes)


def _together(case: Case, site: SiteCase, options: list[Option], cpe: Cpe, least_sum: float) -> Together:
    """What stands in front of both legs whatever their paths: a common CPE, PoP or risk group, and the only goal."""
    aim, nodes = site.aim, case.graph.node_availability
    common_nodes = set(aim.goals) if len(aim.goals) == 1 else set()
    common_nodes |= {options[0].pop} & {options[1].pop}
    common = [nodes[node] for node in sorted(common_nodes)]
    common += [case.group_availability[group] for group in sorted(options[0].groups & options[1].groups)]
    spared = sum(loss_of(availability) for availability in common)
    own_loss = loss_of(cpe.availability) if site.site.cpe_per_leg else 0.0
    one, two = (own_loss + _access_loss(case, option) - spared for option in options)
    shared = prod(common) * (1.0 if site.site.cpe_per_leg else cpe.availability)
    return Together(
        down=both_down_at_most(site.demand.min_availability, shared),
        before=(one, two),
        least=(aim.soundest_from(options[0].pop), aim.soundest_from(options[1].pop)),
        least_sum=least_sum,
    )


def _access_loss(case: Case, option: Option) -> float:
    return loss_of(option.availability) + sum(
        loss_of(case.group_availability[group]) for group in sorted(option.groups)
    )


def _least_sum(routes: HalfRoutes, kind: Kind, options: list[Option]) -> float:
    """The least weight of two paths together; inf where there are no two."""
    one, two = (option.pop for option in options)
    if kind == "any":
        return routes.whole(routes.tree.weight[one] + routes.tree.weight[two], one, two)
    pair = disjoint_pair(routes, one, two, by_node=kind != "link")
    return inf if pair is None else routes.whole(pair.price, one, two)
