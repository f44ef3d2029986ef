"""The rules by which an item refuses access options and CPE models."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from math import inf

from linkwright.design.model import CpeModel, Problem, Site
from linkwright.design.rules.facts import Offered, last_day_of
from linkwright.design.rules.first_days import first_days
from linkwright.design.rules.own_rule import OwnRule, Value
from linkwright.design.wishes import has_backup, wishes_of

MOST_GIVEN = 3
"""So many technologies or partners are allowed together, when that is what stands in the way."""


def _gives_to_links(site: Site) -> bool:
    """Then a later start may be too late for others: what it gives back is there from its own first day on."""
    return any(own.link is not None and own.mbps for own in site.frees)


def _date_fits(offered: Offered, site: Site) -> bool:
    return offered.ready_day <= site.required_day


def _dates(problem: Problem, site: Site) -> Sequence[Value]:
    """Days on which an access of the item, or what it shares with others, is there; not after its own end."""
    own = tuple(option for option in problem.access_options if option.site == site.id)
    last = inf if site.end_day is None else site.end_day
    return sorted({day for day in first_days(replace(problem, access_options=own)) if site.required_day < day <= last})


def _period_fits(offered: Offered, site: Site) -> bool:
    return last_day_of(offered.option, site) >= (inf if site.end_day is None else site.end_day)


def _dated_items(problem: Problem) -> frozenset[str]:
    return frozenset(o.site for o in problem.access_options if o.until_day is not None or o.bookings)


def _periods(problem: Problem, site: Site) -> Sequence[Value]:
    end = inf if site.end_day is None else site.end_day
    days = {last_day_of(option, site) for option in problem.access_options if option.site == site.id}
    return sorted((int(day) for day in days if site.required_day <= day < end), reverse=True)


def _bandwidth_fits(offered: Offered, site: Site) -> bool:
    return offered.option.bandwidth_mbps >= offered.wish.mbps or _is_for_backup(offered, site)


def _backup_bandwidth_fits(offered: Offered, site: Site) -> bool:
    return offered.option.bandwidth_mbps >= offered.wish.mbps or not _is_for_backup(offered, site)


def _is_for_backup(offered: Offered, site: Site) -> bool:
    return offered.wish.role == "backup" and has_backup(site)


def _most_mbps(site: Site) -> int:
    return max(wish.mbps for wish in wishes_of(site))


def _with_bandwidth(site: Site, value: Value) -> Site:
    """A smaller demand; legs that ask for less than that ask for it still."""
    mbps = int(value)
    legs = tuple(
        leg if leg.bandwidth_mbps is None else replace(leg, bandwidth_mbps=min(mbps, leg.bandwidth_mbps))
        for leg in site.legs
    )
    return replace(site, bandwidth_mbps=min(mbps, site.bandwidth_mbps), legs=legs)


def _most_mbps_of_backups(site: Site) -> int:
    return max(wish.mbps for wish in wishes_of(site) if wish.role == "backup")


def _with_backup_bandwidth(site: Site, value: Value) -> Site:
    """A smaller demand of the backups alone."""
    legs = tuple(
        replace(leg, bandwidth_mbps=min(int(value), wish.mbps)) if wish.role == "backup" else leg
        for leg, wish in zip(site.legs, wishes_of(site), strict=True)
    )
    return replace(site, legs=legs)


def _smaller(sizes: Iterable[int], most_mbps: int) -> Sequence[Value]:
    return sorted({size for size in sizes if 0 < size < most_mbps}, reverse=True)


def _below(most_mbps: Callable[[Site], int]) -> Callable[[Problem, Site], Sequence[Value]]:
    """What the accesses and the CPE models carry; for an item alone every whole number, since links may carry less."""

    def bandwidths(problem: Problem, site: Site) -> Sequence[Value]:
        if len(problem.sites) == 1:
            return range(most_mbps(site) - 1, 0, -1)
        own = (option.bandwidth_mbps for option in problem.access_options if option.site == site.id)
        return _smaller((*own, *(model.max_mbps for model in problem.cpe_models)), most_mbps(site))

    return bandwidths


def _technology_fits(offered: Offered, site: Site) -> bool:
    kind = offered.option.kind
    allowed = [kinds for kinds in (site.technologies_allowed, offered.wish.technologies) if kinds is not None]
    return kind not in site.technologies_forbidden and all(kind in kinds for kinds in allowed)


def _names_technologies(site: Site) -> bool:
    said = site.technologies_allowed is not None or bool(site.technologies_forbidden)
    return said or any(leg.technologies is not None for leg in site.legs)


def _with_technologies(site: Site, value: Value) -> Site:
    """These technologies are allowed after all, for every leg."""
    more = str(value).split(",")

    def allowed(kinds: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if kinds is None else (*kinds, *(kind for kind in more if kind not in kinds))

    return replace(
        site,
        technologies_allowed=allowed(site.technologies_allowed),
        technologies_forbidden=tuple(kind for kind in site.technologies_forbidden if kind not in more),
        legs=tuple(replace(leg, technologies=allowed(leg.technologies)) for leg in site.legs),
    )


def _technologies(problem: Problem, site: Site) -> Sequence[Value]:
    lists = [
        kinds for kinds in (site.technologies_allowed, *(leg.technologies for leg in site.legs)) if kinds is not None
    ]
    kinds = {option.kind for option in problem.access_options if option.site == site.id}
    refused = {kind for kind in kinds if kind in site.technologies_forbidden or any(kind not in own for own in lists)}
    return _together(refused)


def _together(names: Iterable[str]) -> Sequence[Value]:
    ordered = sorted(names)
    return [",".join(some) for count in range(1, MOST_GIVEN + 1) for some in combinations(ordered, count)]


def _partner_fits(offered: Offered, site: Site) -> bool:
    partner = offered.option.partner
    if partner is None:
        return True
    return partner not in site.partners_excluded and (not offered.is_choosy or partner in site.partners_preferred)


def _names_partners(site: Site) -> bool:
    return bool(site.partners_excluded or site.partners_preferred)


def _with_partners(site: Site, value: Value) -> Site:
    """These partners are welcome after all."""
    more = str(value).split(",")
    preferred = site.partners_preferred
    return replace(
        site,
        partners_excluded=tuple(partner for partner in site.partners_excluded if partner not in more),
        partners_preferred=(*preferred, *(one for one in more if one not in preferred)) if preferred else (),
    )


def _partners(problem: Problem, site: Site) -> Sequence[Value]:
    there = {option.partner for option in problem.access_options if option.site == site.id}
    named = {one for one in there if one is not None}
    return _together(one for one in named if one in site.partners_excluded or one not in site.partners_preferred)


def _cpe_bandwidth_fits(model: CpeModel, site: Site) -> bool:
    return model.max_mbps >= _most_mbps(site)


def _cpe_sizes(problem: Problem, site: Site) -> Sequence[Value]:
    return _smaller((model.max_mbps for model in problem.cpe_models), _most_mbps(site))


def _features_fit(model: CpeModel, site: Site) -> bool:
    return set(site.features) <= set(model.features)


def _without_features(site: Site, value: Value) -> Site:
    given_up = set(str(value).split(","))
    return replace(site, features=tuple(feature for feature in site.features if feature not in given_up))


def _features(problem: Problem, site: Site) -> Sequence[Value]:
    missing = {tuple(sorted(set(site.features) - set(model.features))) for model in problem.cpe_models}
    return [",".join(names) for names in sorted(missing, key=lambda names: (len(names), names)) if names]


PART_RULES: tuple[OwnRule, ...] = (
    OwnRule(
        dimension="date",
        stage="option",
        fits=_date_fits,
        with_value=lambda site, value: replace(site, required_day=int(value)),
        limit=lambda site: site.required_day,
        needs=lambda offered: offered.ready_day,
        values=_dates,
        by_halves=lambda site: not _gives_to_links(site),
    ),
    OwnRule(
        dimension="period",
        stage="option",
        fits=_period_fits,
        with_value=lambda site, value: replace(site, end_day=int(value)),
        limit=lambda site: site.end_day,
        needs=lambda offered: offered.last_day if offered.last_day < inf else None,
        values=_periods,
        concerns=_dated_items,
    ),
    OwnRule(
        dimension="bandwidth",
        stage="option",
        fits=_bandwidth_fits,
        with_value=_with_bandwidth,
        limit=_most_mbps,
        needs=lambda offered: offered.option.bandwidth_mbps,
        values=_below(_most_mbps),
    ),
    OwnRule(
        dimension="backup_bandwidth",
        stage="option",
        fits=_backup_bandwidth_fits,
        with_value=_with_backup_bandwidth,
        limit=_most_mbps_of_backups,
        is_asked=has_backup,
        needs=lambda offered: offered.option.bandwidth_mbps,
        values=_below(_most_mbps_of_backups),
    ),
    OwnRule(
        dimension="technology",
        stage="option",
        fits=_technology_fits,
        with_value=_with_technologies,
        is_asked=_names_technologies,
        values=_technologies,
        by_halves=lambda _: False,
    ),
    OwnRule(
        dimension="partner",
        stage="option",
        fits=_partner_fits,
        with_value=_with_partners,
        is_asked=_names_partners,
        values=_partners,
        by_halves=lambda _: False,
    ),
    OwnRule(
        dimension="cpe_bandwidth",
        stage="cpe",
        fits=_cpe_bandwidth_fits,
        with_value=_with_bandwidth,
        limit=_most_mbps,
        needs=lambda model: model.max_mbps,
        values=_cpe_sizes,
    ),
    OwnRule(
        dimension="features",
        stage="cpe",
        fits=_features_fit,
        with_value=_without_features,
        values=_features,
        by_halves=lambda _: False,
    ),
)
