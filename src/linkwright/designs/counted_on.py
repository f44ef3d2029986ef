"""The planned upgrades of links that a design stands on."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from linkwright.design.model import Design, Link, Problem, Site, SiteReport
from linkwright.designs.facts import NetworkFacts, PlannedUpgrade
from linkwright.designs.headroom import least_mbps
from linkwright.plan.working_days import WorkingDays


def upgrades_of(
    problem: Problem, design: Design, load: Mapping[str, int], waiting: Collection[str], report: SiteReport
) -> dict[str, int]:
    """Of each link of its paths that is `waiting` for upgrades: so many of them, in the order of their days.

    As many as carry the whole `load` as long as the item is there; where that depends on more, all until its day.
    """
    site = next(one for one in problem.sites if one.id == report.site)
    crossed = {link for leg in report.legs for link in leg.path} & set(waiting)
    links = (link for link in problem.network.links if link.id in crossed)
    return {link.id: _number(link, site, load[link.id], link.id in design.augments) for link in links}


def planned_upgrades(
    network: NetworkFacts, days: WorkingDays, numbers: Mapping[str, int]
) -> tuple[PlannedUpgrade, ...]:
    """The first ones of each of these links that are not in service yet."""
    found = list[PlannedUpgrade]()
    for link, number in numbers.items():
        later = [one for one in network.upgrades if one.link == link and one.in_service > days.as_of]
        found += sorted(later, key=lambda one: (one.in_service, one.id))[:number]
    return tuple(found)


def _number(link: Link, site: Site, load_mbps: int, is_augmented: bool) -> int:
    dated = sorted((one for one in link.upgrades if one.day <= site.required_day), key=lambda one: one.day)
    for number in range(1, len(dated)):
        if least_mbps(replace(link, upgrades=tuple(dated[:number])), site, is_augmented) >= load_mbps:
            return number
    return len(dated)
