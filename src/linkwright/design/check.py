"""Is this design true? A second implementation of every rule, which shares nothing with the search but the words.

It walks each path itself, adds money as integers, and takes availability apart by conditioning on shared components
(the search uses inclusion-exclusion), so that one mistake would have to be made twice to go unseen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from linkwright.design.check_coupling import Ledger, coupling_violations
from linkwright.design.model import (
    LEGS_OF_DIVERSITY,
    AccessOption,
    CpeModel,
    Design,
    Leg,
    LegReport,
    Link,
    Network,
    Node,
    Problem,
    Reason,
    Site,
    SiteDesign,
    SiteReport,
    Verdict,
)
from linkwright.design.units import AVAILABILITY_TOLERANCE, FIBRE_MS_PER_KM, LATENCY_TOLERANCE_MS
from linkwright.remembered import remembered


def check(problem: Problem, design: Design) -> Verdict:
    """The verdict on a design: its true figures, and every rule that it breaks with the value that it would need.

    A site of the problem that the design leaves out is a violation (`site:X/served`); so is whatever it names that
    the problem does not have. Figures of a site that cannot be followed to its end are left out of the sums.
    """
    facts = _Facts.of(problem)
    ledger = Ledger(problem)
    violations: list[Reason] = []
    reports: list[SiteReport] = []
    for site_design in design.sites:
        found = _examine(facts, site_design)
        violations += found.violations
        if found.report is not None:
            reports.append(found.report)
            ledger.book(facts.sites[site_design.site], found.options, found.report)
    violations += _served_once(problem, design)
    violations += coupling_violations(ledger, design)
    nrc_minor, mrc_minor = ledger.nrc_minor, ledger.mrc_minor
    return Verdict(
        violations=tuple(violations),
        nrc_minor=nrc_minor,
        mrc_minor=mrc_minor,
        cost_minor=nrc_minor + problem.term_months * mrc_minor,
        ready_day=max((report.ready_day for report in reports), default=0),
        sites=tuple(reports),
    )


@dataclass(frozen=True)
class _Facts:
    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    risks: Mapping[str, float]
    sites: Mapping[str, Site]
    options: Mapping[str, AccessOption]
    cpes: Mapping[str, CpeModel]
    build_lead_days: Mapping[str, int]

    @classmethod
    def of(cls, problem: Problem) -> "_Facts":
        nodes, links, risks = _of_network(problem.network)
        return cls(
            nodes=nodes,
            links=links,
            risks=risks,
            sites={site.id: site for site in problem.sites},
            options={option.id: option for option in problem.access_options},
            cpes={model.id: model for model in problem.cpe_models},
            build_lead_days={build.id: build.lead_days for build in problem.builds},
        )


@remembered
def _of_network(network: Network) -> tuple[Mapping[str, Node], Mapping[str, Link], Mapping[str, float]]:
    return (
        {node.id: node for node in network.nodes},
        {link.id: link for link in network.links},
        {group.id: group.availability for group in network.srlgs},
    )


@dataclass(frozen=True)
class _Found:
    violations: list[Reason]
    report: SiteReport | None = None
    options: tuple[AccessOption, ...] = ()


def _served_once(problem: Problem, design: Design) -> Iterable[Reason]:
    times = Counter(site_design.site for site_design in design.sites)
    for site in problem.sites:
        if times[site.id] != 1:
            word = "served" if times[site.id] == 0 else "once"
            yield Reason(constraint=f"site:{site.id}/{word}", limit=1, needed=times[site.id])


def _examine(facts: _Facts, design: SiteDesign) -> _Found:
    unknown = list(_unknown(facts, design))
    if unknown:
        return _Found(unknown)
    site, cpe = facts.sites[design.site], facts.cpes[design.cpe]
    options = tuple(facts.options[leg.access] for leg in design.legs)
    walks = [_walk(facts, option.pop, leg.path) for option, leg in zip(options, design.legs, strict=True)]
    broken = [
        _broken(site, "path", option.id)
        for option, walk in zip(options, walks, strict=True)
        if walk is None or len(set(walk)) < len(walk) or walk[-1] not in site.destinations
    ]
    if broken or not options:
        return _Found(broken or [_broken(site, "diversity", None)])
    nodes = [walk for walk in walks if walk is not None]
    report = _report(facts, site, cpe, design.legs, nodes)
    violations = [
        *_part_violations(site, cpe, options),
        *_figure_violations(site, report),
        *_diversity_violations(facts, site, design.legs, nodes),
    ]
    return _Found(violations, report, options)


def _unknown(facts: _Facts, design: SiteDesign) -> Iterable[Reason]:
    if design.site not in facts.sites:
        yield Reason(constraint=f"site:{design.site}/unknown", limit=None, needed=None)
    if design.cpe not in facts.cpes:
        yield Reason(constraint=f"site:{design.site}/cpe", limit=None, needed=None, option=design.cpe)
    for leg in design.legs:
        option = facts.options.get(leg.access)
        if option is None or option.site != design.site:
            yield Reason(constraint=f"site:{design.site}/option", limit=None, needed=None, option=leg.access)
        if any(link not in facts.links for link in leg.path):
            yield Reason(constraint=f"site:{design.site}/path", limit=None, needed=None, option=leg.access)


def _walk(facts: _Facts, pop: str, path: Sequence[str]) -> tuple[str, ...] | None:
    """The nodes of a path, or None where a link does not go on from the end of the one before."""
    nodes = [pop]
    for link in (facts.links[link_id] for link_id in path):
        if nodes[-1] not in (link.a, link.z):
            return None
        nodes.append(link.z if nodes[-1] == link.a else link.a)
    return tuple(nodes)


def _broken(site: Site, dimension: str, option: str | None) -> Reason:
    return Reason(constraint=f"site:{site.id}/{dimension}", limit=None, needed=None, option=option)


def _part_violations(site: Site, cpe: CpeModel, options: Sequence[AccessOption]) -> Iterable[Reason]:
    needed = site.bandwidth_mbps
    if cpe.max_mbps < needed:
        yield Reason(constraint=f"site:{site.id}/cpe_bandwidth", limit=needed, needed=cpe.max_mbps, option=cpe.id)
    if not set(site.features) <= set(cpe.features):
        yield _broken(site, "features", cpe.id)
    for option in options:
        if option.bandwidth_mbps < needed:
            constraint = f"site:{site.id}/bandwidth"
            yield Reason(constraint=constraint, limit=needed, needed=option.bandwidth_mbps, option=option.id)


def _figure_violations(site: Site, report: SiteReport) -> Iterable[Reason]:
    if report.ready_day > site.required_day:
        yield Reason(constraint=f"site:{site.id}/date", limit=site.required_day, needed=report.ready_day)
    if report.latency_ms > site.max_latency_ms + LATENCY_TOLERANCE_MS:
        yield Reason(constraint=f"site:{site.id}/latency", limit=site.max_latency_ms, needed=report.latency_ms)
    if report.availability < site.min_availability - AVAILABILITY_TOLERANCE:
        constraint = f"site:{site.id}/availability"
        yield Reason(constraint=constraint, limit=site.min_availability, needed=report.availability)


def _diversity_violations(
    facts: _Facts, site: Site, legs: Sequence[Leg], nodes: Sequence[tuple[str, ...]]
) -> Iterable[Reason]:
    if len(legs) != LEGS_OF_DIVERSITY[site.diversity]:
        yield _broken(site, "diversity", None)
    elif len(legs) == 2 and _not_diverse(facts, site, legs, nodes):
        yield _broken(site, "diversity", f"{legs[0].access}+{legs[1].access}")


def _not_diverse(facts: _Facts, site: Site, legs: Sequence[Leg], nodes: Sequence[tuple[str, ...]]) -> bool:
    first, second = legs
    if first.access == second.access or set(first.path) & set(second.path):
        return True
    if site.diversity == "link":
        return False
    common_end = {nodes[0][-1]} & {nodes[1][-1]}
    if nodes[0][0] == nodes[1][0] or set(nodes[0]) & set(nodes[1]) - common_end:
        return True
    return site.diversity == "srlg" and bool(_groups(facts, first) & _groups(facts, second))


def _groups(facts: _Facts, leg: Leg) -> set[str]:
    groups = set(facts.options[leg.access].srlgs)
    for link in leg.path:
        groups.update(facts.links[link].srlgs)
    return groups


def _report(
    facts: _Facts, site: Site, cpe: CpeModel, legs: Sequence[Leg], nodes: Sequence[tuple[str, ...]]
) -> SiteReport:
    cpes = len(legs) if site.cpe_per_leg else 1
    names = [f"cpe:{number if site.cpe_per_leg else 0}" for number in range(len(legs))]
    parts = [
        {name: cpe.availability, **_parts(facts, leg, walk)} for name, leg, walk in zip(names, legs, nodes, strict=True)
    ]
    leg_reports = tuple(
        _leg_report(facts, site, cpe, leg, walk, prod(own.values()))
        for leg, walk, own in zip(legs, nodes, parts, strict=True)
    )
    shared = Counter(name for own in parts for name in own)
    return SiteReport(
        site=site.id,
        legs=leg_reports,
        latency_ms=max(leg.latency_ms for leg in leg_reports),
        availability=_some_leg_up(parts),
        ready_day=max(leg.ready_day for leg in leg_reports),
        nrc_minor=cpes * cpe.nrc_minor + sum(leg.nrc_minor for leg in leg_reports),
        mrc_minor=cpes * cpe.mrc_minor + sum(leg.mrc_minor for leg in leg_reports),
        shared_risks=tuple(sorted(name for name, times in shared.items() if times > 1)),
        weakest_component=_weakest(parts),
    )


def _leg_report(
    facts: _Facts, site: Site, cpe: CpeModel, leg: Leg, nodes: tuple[str, ...], availability: float
) -> LegReport:
    option = facts.options[leg.access]
    links = [facts.links[link] for link in leg.path]
    length_km = sum(link.length_km for link in links)
    node_delay_ms = sum(facts.nodes[node].delay_ms for node in nodes)
    carried = sum(site.bandwidth_mbps * link.mrc_minor_per_mbps for link in links)
    build_days = facts.build_lead_days[option.build] if option.build is not None else 0
    return LegReport(
        access=leg.access,
        nodes=nodes,
        path=leg.path,
        length_km=length_km,
        latency_ms=cpe.delay_ms + option.delay_ms + length_km * FIBRE_MS_PER_KM + node_delay_ms,
        availability=availability,
        nrc_minor=option.nrc_minor,
        mrc_minor=option.mrc_minor + carried,
        ready_day=max(option.lead_days, build_days),
    )


def _parts(facts: _Facts, leg: Leg, nodes: Iterable[str]) -> dict[str, float]:
    parts = {f"access:{leg.access}": facts.options[leg.access].availability}
    parts.update((f"node:{node}", facts.nodes[node].availability) for node in nodes)
    parts.update((f"link:{link}", facts.links[link].availability) for link in leg.path)
    parts.update((f"srlg:{group}", facts.risks[group]) for group in _groups(facts, leg))
    return parts


def _some_leg_up(legs: Sequence[Mapping[str, float]]) -> float:
    """Probability that a leg is up: factoring on shared components (Moskowitz 1958), exact.

    A component of every leg stands in series with the rest; one of several legs is either up, and then of no further
    concern, or down together with the legs that need it; legs that share nothing fail independently.
    """
    times = Counter(name for leg in legs for name in leg)
    shared = min((name for name, count in times.items() if count > 1), default=None)
    if shared is None:
        return 1 - prod(1 - prod(leg.values()) for leg in legs)
    up = next(leg[shared] for leg in legs if shared in leg)
    without = [{name: value for name, value in leg.items() if name != shared} for leg in legs]
    standing = [leg for leg in legs if shared not in leg]
    return up * _some_leg_up(without) + ((1 - up) * _some_leg_up(standing) if standing else 0.0)


def _weakest(legs: Sequence[Mapping[str, float]]) -> str:
    """The component which, made perfect, would help the service most; the first by name among equals.

    Components of the same legs stand in series, so of these only the least available one can be it.
    """
    least: dict[tuple[bool, ...], tuple[float, str]] = {}
    for name in sorted({name for leg in legs for name in leg}):
        where = tuple(name in leg for leg in legs)
        value = next(leg[name] for leg in legs if name in leg)
        if where not in least or value < least[where][0]:
            least[where] = value, name
    perfect = {
        name: _some_leg_up([{part: 1.0 if part == name else value for part, value in leg.items()} for leg in legs])
        for _, name in least.values()
    }
    return max(sorted(perfect), key=lambda name: perfect[name])
