"""What the items of one design have in common: the money for builds and augments, and the load on links."""

from collections import defaultdict
from collections.abc import Mapping

from linkwright.design.model import Design, Problem, Verdict
from linkwright.design.wishes import wishes_of
from linkwright.designs.assemble import Assembled

Costs = tuple[int, int]
"""NRC and MRC in minor units."""


def shares(assembled: Assembled, design: Design, verdict: Verdict) -> dict[str, Costs]:
    """Builds and augments, split evenly over the sites that use them, to the last minor unit."""
    problem, facts = assembled.problem, assembled.facts
    builds = {build.id: build for build in problem.builds}
    augments = {link.id: link.augment for link in problem.network.links if link.augment is not None}
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for report in verdict.sites:
        for leg in report.legs:
            for access in (leg.access, leg.far):
                users["build", (access is not None and facts[access].build) or ""].add(report.site)
            for link in leg.path:
                users["augment", link].add(report.site)
    bought = [(users["build", name], builds[name].nrc_minor, builds[name].mrc_minor) for name in design.builds]
    bought += [(users["augment", name], augments[name].nrc_minor, augments[name].mrc_minor) for name in design.augments]
    shares: dict[str, Costs] = defaultdict(lambda: (0, 0))
    for using, nrc_minor, mrc_minor in bought:
        sites = sorted(using) or [verdict.sites[0].site]
        for place, site in enumerate(sites):
            once, monthly = shares[site]
            shares[site] = (
                once + part_of(nrc_minor, place, len(sites)),
                monthly + part_of(mrc_minor, place, len(sites)),
            )
    return shares


def part_of(amount_minor: int, place: int, parts: int) -> int:
    """What falls to the one at this place; the first ones bear what cannot be divided."""
    return amount_minor // parts + (1 if place < amount_minor % parts else 0)


def load_of(problem: Problem, verdict: Verdict) -> Mapping[str, int]:
    """Mbit/s of all legs of the design by link."""
    wishes = {site.id: wishes_of(site) for site in problem.sites}
    load: dict[str, int] = defaultdict(int)
    for report in verdict.sites:
        for leg, wish in zip(report.legs, wishes[report.site], strict=True):
            for link_id in leg.path:
                load[link_id] += wish.mbps
    return load


def not_in_service_yet(problem: Problem, design: Design, load: Mapping[str, int]) -> set[str]:
    """Links that carry this design only once a planned upgrade is there."""
    return {
        link.id
        for link in problem.network.links
        if link.id in load
        and load[link.id]
        > link.capacity_mbps + (link.augment.adds_mbps if link.augment and link.id in design.augments else 0)
    }
