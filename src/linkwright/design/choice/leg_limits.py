"""What the paths of one site's legs may use up: bounds for the searches; every rule is checked exactly afterwards."""

from collections import defaultdict
from collections.abc import Sequence
from math import inf, isfinite, prod
from typing import NamedTuple

from linkwright.design.choice.case import Case
from linkwright.design.choice.parts import Arrangement, Cpe, End, Option, SiteCase
from linkwright.design.routes.graph import Aim, HalfRoutes, aim_of
from linkwright.design.routes.pairs import disjoint_pair
from linkwright.design.routes.paths import SLACK
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.figures import LATENCY, N_FIGURES, UNSOUND, Sums
from linkwright.design.rules.together import LegLimits, Together, all_down_at_most
from linkwright.design.units import AVAILABILITY_TOLERANCE, loss_of

RULED_OUT = LegLimits((), ())


def leg_limits(case: Case, site: SiteCase, legs: Arrangement, cpes: tuple[int, ...] | None = None) -> LegLimits:
    """What the paths of these legs may use up with some CPE models (None: any), and which of these could do.

    Kept, because no price changes it.
    """
    key = legs, cpes
    if key not in site.limits:
        site.limits[key] = _found(case, site, legs, cpes) if _fit(case, site, legs) else RULED_OUT
    return site.limits[key]


def _found(case: Case, site: SiteCase, legs: Arrangement, cpes: tuple[int, ...] | None) -> LegLimits:
    made, place = _legs(case, site, legs), None if site.later is None else site.place_in_later(legs)
    if site.later is not None and place is not None:
        known = site.later.limits.get((place, cpes), RULED_OUT)
        is_as_open = all(
            site.later.aims.get((legs.end, wish, made.kinds)) is aim
            for wish, aim in zip(site.demand.shapes[legs.shape].wishes, made.aims, strict=True)
        )
        if known is not RULED_OUT and is_as_open:
            return known
    return _limits(case, site, made, tuple(range(len(site.cpes))) if cpes is None else cpes)


def _fit(case: Case, site: SiteCase, legs: Arrangement) -> bool:
    """Whether the accesses alone leave the common limits unbroken."""
    wishes, options = site.demand.shapes[legs.shape].wishes, [site.options[number] for number in legs.options]
    builds = {option.build for option in options if option.build is not None}
    uses: dict[int, int] = defaultdict(int)
    for taken in (
        *(option.uses_by_wish[wish] for wish, option in zip(wishes, options, strict=True)),
        *(site.build_uses[build] for build in sorted(builds)),
        site.ends[legs.end].uses,
        case.coupling.of_site(site.site),
    ):
        for row, amount in taken:
            uses[row] += amount
    return case.fits(tuple(sorted(uses.items())))


class _Legs(NamedTuple):
    apart: Apart
    end: End
    options: tuple[Option, ...]
    aims: tuple[Aim, ...]
    most: tuple[Sums, ...]
    """What a leg may have of each figure, its access not counted."""
    kinds: frozenset[str]
    """Of the groups that it must not share with other legs."""


def _legs(case: Case, site: SiteCase, legs: Arrangement) -> _Legs:
    shape = site.demand.shapes[legs.shape]
    options = tuple(site.options[number] for number in legs.options)
    kinds = shape.apart.kinds if len(options) > 1 else frozenset[str]()
    return _Legs(
        apart=shape.apart,
        end=site.ends[legs.end],
        options=options,
        aims=tuple(case.aim_of(site, legs.end, wish, kinds) for wish in shape.wishes),
        most=tuple(
            tuple(most - own if most < inf else inf for most, own in zip(site.demand.most[wish], o.sums, strict=True))
            for wish, o in zip(shape.wishes, options, strict=True)
        ),
        kinds=kinds,
    )


def _limits(case: Case, site: SiteCase, legs: _Legs, cpes: Sequence[int]) -> LegLimits:
    boxes = 2 if legs.end.far else 1
    alone = _alone(legs)
    quick = [number for number in cpes if _keeps_each(alone, site.cpes[number], boxes)]
    if quick and len(legs.options) == 2 and any(most[LATENCY] < inf for most in legs.most):
        least_ms = _least_of_two(legs, "delays")
        quick = [
            n
            for n in quick
            if least_ms <= sum(most[LATENCY] for most in legs.most) - 2 * boxes * site.cpes[n].sums[LATENCY] + SLACK
        ]
    if not quick:
        return RULED_OUT
    return (
        _of_one(case, site, legs, quick, boxes) if len(legs.options) == 1 else _of_more(case, site, legs, quick, boxes)
    )


def _alone(legs: _Legs) -> list[tuple[int, float, float]]:
    """(figure, the least of it on any way, the most that is allowed) for each leg and each limit that it has."""
    return [
        (figure, aim.least_from(figure, option.pop), most[figure])
        for aim, option, most in zip(legs.aims, legs.options, legs.most, strict=True)
        for figure in range(N_FIGURES)
        if most[figure] < inf
    ]


def _keeps_each(alone: Sequence[tuple[int, float, float]], cpe: Cpe, boxes: int) -> bool:
    """Whether each leg by itself could keep its limits with a CPE."""
    return all(least <= most - boxes * cpe.sums[figure] + SLACK for figure, least, most in alone)


def _of_one(case: Case, site: SiteCase, legs: _Legs, quick: Sequence[int], boxes: int) -> LegLimits:
    (option,), (aim,) = legs.options, legs.aims
    needed = site.demand.min_availability - AVAILABILITY_TOLERANCE
    if needed <= 0:
        return LegLimits((_allowance(site, legs.most[0], quick, boxes, inf),), tuple(quick))
    spare = loss_of(needed) - _access_loss(case, option)
    soundest = aim.least_from(UNSOUND, option.pop)
    able = [n for n in quick if soundest <= spare - boxes * site.cpes[n].sums[UNSOUND] + SLACK]
    if not able:
        return RULED_OUT
    loss = spare - boxes * min(site.cpes[number].sums[UNSOUND] for number in able)
    return LegLimits((_allowance(site, legs.most[0], able, boxes, loss),), tuple(able))


def _of_more(case: Case, site: SiteCase, legs: _Legs, quick: Sequence[int], boxes: int) -> LegLimits:
    least_loss = _least_of_two(legs, "losses")
    each = {number: _together(case, site, legs, site.cpes[number], boxes, least_loss) for number in quick}
    able = {number: together for number, together in each.items() if together.of_first(2).allows()}
    if not able:
        return RULED_OUT
    together = able[min(able, key=lambda number: site.cpes[number].sums[UNSOUND])]
    return LegLimits(
        tuple(
            _allowance(site, most, able, boxes, together.most_loss(leg, together.least))
            for leg, most in enumerate(legs.most)
        ),
        tuple(able),
        together,
    )


def _allowance(site: SiteCase, most: Sums, cpes: Sequence[int] | dict[int, Together], boxes: int, loss: float) -> Sums:
    """What a path may use up with the best of some CPE models."""
    least = [min(site.cpes[number].sums[figure] for number in cpes) for figure in range(UNSOUND)]
    return (*(own - boxes * cpe if own < inf else inf for own, cpe in zip(most, least)), loss)  # noqa: B905


def _together(case: Case, site: SiteCase, legs: _Legs, cpe: Cpe, boxes: int, least_sum: float) -> Together:
    """What stands in front of all legs whatever their paths: a common CPE, PoP or risk group, and the only goal, or the
    only PoP of all accesses at the far end."""
    options, nodes, goals = legs.options, legs.end.graph.node_availability, legs.end.goals
    lasts = goals if not legs.end.far else {far.pop for far in legs.end.far if any(far.by_wish)}
    common_nodes = set(lasts) if len(lasts) == 1 else set()
    only = _only_far(case, site, legs, boxes)
    common_nodes |= {options[0].pop} if len({option.pop for option in options}) == 1 else set()
    groups = frozenset.intersection(*(option.groups for option in options))
    common = [nodes[node] for node in sorted(common_nodes)]
    common += [case.group_availability[group] for group in sorted(groups)]
    common += [] if only is None else [only.availability]
    spared = sum(loss_of(availability) for availability in common)
    per_leg = site.site.cpe_per_leg
    own_loss = boxes * cpe.sums[UNSOUND] if per_leg else 0.0
    shared = prod(common) * (1.0 if per_leg else cpe.availability**boxes)
    down = all_down_at_most(site.demand.min_availability, shared)
    is_free = down >= 1 or shared <= 0
    return Together(
        down=down,
        before=tuple(0.0 if is_free else own_loss + _access_loss(case, option) - spared for option in options),
        least=tuple(aim.least_from(UNSOUND, o.pop) for aim, o in zip(legs.aims, options, strict=True)),
        least_sum=least_sum,
        gap_ms=_gap_ms(site),
        access_ms=tuple(option.sums[LATENCY] for option in options),
    )


def _only_far(case: Case, site: SiteCase, legs: _Legs, boxes: int) -> Option | None:
    """The access at the far end that no leg can do without, if there is one."""
    for number, far in enumerate(legs.end.far):
        link = frozenset({legs.end.first_far + number})
        without = tuple(case.aim(legs.end, aim.closed | link) for aim in legs.aims)
        others = legs._replace(aims=without)
        if not any(_can_keep(others, leg, site.cpes, boxes) for leg in range(len(legs.options))):
            return far
    return None


def _can_keep(legs: _Legs, leg: int, cpes: Sequence[Cpe], boxes: int) -> bool:
    """Whether one of the legs by itself could keep its limits with some CPE."""
    aims, options = legs.aims[leg : leg + 1], legs.options[leg : leg + 1]
    if not isfinite(aims[0].least_from(UNSOUND, options[0].pop)):
        return False
    alone = _alone(legs._replace(options=options, aims=aims, most=legs.most[leg : leg + 1]))
    return any(_keeps_each(alone, cpe, boxes) for cpe in cpes)


def _gap_ms(site: SiteCase) -> float:
    most_ms = site.site.max_differential_ms
    return inf if most_ms is None or not site.demand.has_differential else most_ms + SLACK


def _access_loss(case: Case, option: Option) -> float:
    return option.sums[UNSOUND] + sum(loss_of(case.group_availability[group]) for group in sorted(option.groups))


def _least_of_two(legs: _Legs, routes_of: str) -> float:
    """The least weight of the first two paths together; inf where there are no two."""
    one, two = (option.pop for option in legs.options[:2])
    aim = _common_aim(legs)
    routes: HalfRoutes = aim.delays if routes_of == "delays" else aim.losses
    if not legs.apart.by_link:
        return routes.whole(routes.tree.weight[one] + routes.tree.weight[two], one, two)
    pair = disjoint_pair(routes, one, two, by_node=legs.apart.by_node)
    return inf if pair is None else routes.whole(pair.price, one, two)


def _common_aim(legs: _Legs) -> Aim:
    one, two = legs.aims[:2]
    return one if one is two else aim_of(one.graph, one.goals, one.closed & two.closed)
