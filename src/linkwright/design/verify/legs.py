"""One item of a design: its legs are walked to their ends and their figures added up, by nobody's help."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from linkwright.design.model import (
    AccessOption,
    CpeModel,
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
    Srlg,
)
from linkwright.design.units import FIBRE_MS_PER_KM
from linkwright.design.verify.availability import some_leg_up, weakest
from linkwright.design.wishes import Wish, is_far, wishes_of
from linkwright.remembered import remembered


@dataclass(frozen=True)
class Facts:
    """A problem by its names. `point_to_point`: items with access at a far end."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    risks: Mapping[str, Srlg]
    sites: Mapping[str, Site]
    options: Mapping[str, AccessOption]
    cpes: Mapping[str, CpeModel]
    build_lead_days: Mapping[str, int]
    point_to_point: frozenset[str]
    partners: Mapping[str, frozenset[str]]
    """By item that prefers some partners: those that offer it anything."""

    @classmethod
    def of(cls, problem: Problem) -> "Facts":
        nodes, links, risks = _of_network(problem.network)
        options, point_to_point = _of_accesses(problem.access_options)
        choosy = {site.id for site in problem.sites if site.partners_preferred}
        return cls(
            nodes=nodes,
            links=links,
            risks=risks,
            sites={site.id: site for site in problem.sites},
            options=options,
            cpes={model.id: model for model in problem.cpe_models},
            build_lead_days={build.id: build.lead_days for build in problem.builds},
            point_to_point=point_to_point,
            partners={
                name: frozenset(o.partner for o in problem.access_options if o.site == name and o.partner is not None)
                for name in sorted(choosy)
            },
        )


@remembered
def _of_accesses(options: Sequence[AccessOption]) -> tuple[Mapping[str, AccessOption], frozenset[str]]:
    return {option.id: option for option in options}, frozenset(option.site for option in options if is_far(option))


@remembered
def _of_network(network: Network) -> tuple[Mapping[str, Node], Mapping[str, Link], Mapping[str, Srlg]]:
    return (
        {node.id: node for node in network.nodes},
        {link.id: link for link in network.links},
        {group.id: group for group in network.srlgs},
    )


@dataclass(frozen=True)
class Way:
    """A leg that was followed to its end: `accesses` are the near one and, of a point-to-point item, the far one.

    `end` is the node where it arrives, or the place of the item's far end, which is no node.
    """

    wish: Wish
    accesses: tuple[AccessOption, ...]
    links: tuple[Link, ...]
    nodes: tuple[str, ...]
    end: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Followed:
    """An item's legs as they run, and their figures: the same whatever the item asks of days and availability."""

    ways: tuple[Way, ...]
    report: SiteReport


AlreadyFollowed = dict[tuple[SiteDesign, tuple[Wish, ...], bool], Followed]
"""By the design of an item, what its legs answer, and whether the weakest component was looked for; of problems that
differ in nothing but days, availability and which accesses are offered.
"""


def unknown(facts: Facts, design: SiteDesign) -> Iterable[Reason]:
    """Whatever an item's design names that the problem does not have, or not for this item."""
    if design.site not in facts.sites:
        yield Reason(constraint=f"site:{design.site}/unknown", limit=None, needed=None)
    if design.cpe not in facts.cpes:
        yield Reason(constraint=f"site:{design.site}/cpe", limit=None, needed=None, option=design.cpe)
    for leg in design.legs:
        option = facts.options.get(leg.access)
        if option is None or option.site != design.site or is_far(option):
            yield Reason(constraint=f"site:{design.site}/option", limit=None, needed=None, option=leg.access)
        if any(link not in facts.links for link in leg.path):
            yield Reason(constraint=f"site:{design.site}/path", limit=None, needed=None, option=leg.access)
        far = facts.options.get(leg.far or "")
        is_there = far is not None and far.site == design.site and is_far(far)
        if is_there != (design.site in facts.point_to_point) or (leg.far is not None and not is_there):
            yield Reason(constraint=f"site:{design.site}/far", limit=None, needed=None, option=leg.far)


def wishes_for(site: Site, count: int) -> tuple[tuple[Wish, ...], str | None]:
    """The wish that each of so many legs answers, and the rule that their number breaks, if it does."""
    wishes = wishes_of(site)
    primary = tuple(wish for wish in wishes if wish.role == "primary")
    if count == len(wishes):
        return wishes, None
    if 0 < count == len(primary):
        return primary, "backup"
    return tuple(wishes[min(n, len(wishes) - 1)] for n in range(count)), "wish" if site.legs else "diversity"


def walk(facts: Facts, site: Site, wish: Wish, leg: Leg) -> Way | None:
    """The leg as it runs, or None where it breaks off, runs in circles or does not end where it should."""
    near, far = facts.options[leg.access], None if leg.far is None else facts.options[leg.far]
    links = tuple(facts.links[link] for link in leg.path)
    nodes = [near.pop]
    for link in links:
        if nodes[-1] not in (link.a, link.z):
            return None
        nodes.append(link.z if nodes[-1] == link.a else link.a)
    ends = site.destinations if far is None else (far.pop,)
    if len(set(nodes)) < len(nodes) or nodes[-1] not in ends:
        return None
    accesses = (near,) if far is None else (near, far)
    groups = [group for part in (*accesses, *links) for group in part.srlgs]
    end = nodes[-1] if far is None else f"far end of {site.id}"
    return Way(wish, accesses, links, tuple(nodes), end, frozenset(groups))


def report_of(facts: Facts, site: Site, cpe: CpeModel, ways: Sequence[Way], *, find_weakest: bool) -> SiteReport:
    parts = [_parts(facts, site, cpe, number, way) for number, way in enumerate(ways)]
    legs = tuple(_leg(facts, cpe, way, prod(own.values())) for way, own in zip(ways, parts, strict=True))
    times = Counter(name for own in parts for name in own)
    cpes = pieces(site, ways)
    return SiteReport(
        site=site.id,
        legs=legs,
        latency_ms=max(leg.latency_ms for leg in legs),
        availability=some_leg_up(parts),
        ready_day=max(leg.ready_day for leg in legs),
        nrc_minor=site.nrc_minor + cpes * cpe.nrc_minor + sum(leg.nrc_minor for leg in legs),
        mrc_minor=site.mrc_minor + cpes * cpe.mrc_minor + sum(leg.mrc_minor for leg in legs),
        shared_risks=tuple(sorted(name for name, count in times.items() if count > 1)),
        weakest_component=weakest(parts) if find_weakest else "",
        jitter_ms=max(leg.jitter_ms for leg in legs),
        loss=max(leg.loss for leg in legs),
        differential_ms=max(leg.latency_ms for leg in legs) - min(leg.latency_ms for leg in legs),
    )


def pieces(site: Site, ways: Sequence[Way]) -> int:
    """How many CPEs an item has: one at each end, or one for each leg at each end."""
    return (len(ways) if site.cpe_per_leg else 1) * max(len(way.accesses) for way in ways)


def _leg(facts: Facts, cpe: CpeModel, way: Way, availability: float) -> LegReport:
    near, *far = way.accesses
    nodes = [facts.nodes[node] for node in way.nodes]
    length_km = sum(link.length_km for link in way.links)
    latency_ms = cpe.delay_ms + near.delay_ms + length_km * FIBRE_MS_PER_KM + sum(node.delay_ms for node in nodes)
    carried = sum(way.wish.mbps * link.mrc_minor_per_mbps for link in way.links)
    boxes = [cpe] * len(way.accesses)
    everything: list[CpeModel | AccessOption | Node | Link] = [*boxes, *way.accesses, *nodes, *way.links]
    return LegReport(
        access=near.id,
        nodes=way.nodes,
        path=tuple(link.id for link in way.links),
        length_km=length_km,
        latency_ms=latency_ms + sum(cpe.delay_ms + option.delay_ms for option in far),
        availability=availability,
        nrc_minor=sum(option.nrc_minor for option in way.accesses),
        mrc_minor=sum(option.mrc_minor for option in way.accesses) + carried,
        ready_day=max(_ready_day(facts, option) for option in way.accesses),
        far=far[0].id if far else None,
        jitter_ms=sum(part.jitter_ms for part in everything),
        loss=1 - prod(1 - part.loss for part in everything),
        optical_db=_optical_db(way),
    )


def _ready_day(facts: Facts, option: AccessOption) -> int:
    return max(option.lead_days, facts.build_lead_days[option.build] if option.build is not None else 0)


def _optical_db(way: Way) -> float | None:
    """What the light loses on the whole leg; None where it is not known of a part."""
    total = 0.0
    for option in way.accesses:
        if option.optical_db is None:
            return None
        total += option.optical_db
    for link in way.links:
        fibre = link.fibre
        if fibre is None:
            return None
        total += link.length_km * fibre.db_per_km + fibre.margin_db
        total += fibre.splices * fibre.splice_db + fibre.connectors * fibre.connector_db
    return total


def _parts(facts: Facts, site: Site, cpe: CpeModel, number: int, way: Way) -> dict[str, float]:
    """What a leg fails with, by name; the CPE at the far end is one of its own."""
    parts = {f"cpe:{number if site.cpe_per_leg else 0}": cpe.availability}
    if len(way.accesses) > 1:
        parts[f"cpe:far:{number}" if site.cpe_per_leg else "cpe:far"] = cpe.availability
    parts.update((f"access:{option.id}", option.availability) for option in way.accesses)
    parts.update((f"node:{node}", facts.nodes[node].availability) for node in way.nodes)
    parts.update((f"link:{link.id}", link.availability) for link in way.links)
    parts.update((f"srlg:{group}", facts.risks[group].availability) for group in sorted(way.groups))
    return parts
