"""The words of the design core. Money is integer minor units, days are working days after `as_of`, latency is one way.

Everything here is frozen: a problem goes in, an outcome comes out, nothing is changed on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Diversity = Literal["none", "link", "node", "srlg"]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]
"""`unknown`: a limit of the search was reached before a design was found or it was proved that there is none."""

LEGS_OF_DIVERSITY: Mapping[Diversity, int] = {"none": 1, "link": 2, "node": 2, "srlg": 2}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place where links meet. `ports`: free access ports when used as PoP, None for no limit."""

    id: str
    lat_deg: float
    lon_deg: float
    availability: float
    delay_ms: float
    ports: int | None = None


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """Planned capacity that comes anyway and costs this design nothing."""

    day: int
    adds_mbps: int


@dataclass(frozen=True, kw_only=True)
class Augment:
    """Capacity that can be bought for this design: all of it or none."""

    adds_mbps: int
    nrc_minor: int
    mrc_minor: int
    lead_days: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """An undirected link; `capacity_mbps` is the free capacity for the sum of all legs on it."""

    id: str
    a: str
    z: str
    length_km: float
    availability: float
    mrc_minor_per_mbps: int
    capacity_mbps: int
    srlgs: tuple[str, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    augment: Augment | None = None


@dataclass(frozen=True, kw_only=True)
class Srlg:
    """A shared-risk group: a duct, a bridge, a building entry. It is a failure component of its own."""

    id: str
    availability: float


@dataclass(frozen=True, kw_only=True)
class Network:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    srlgs: tuple[Srlg, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """One requirement: a site that must reach one of `destinations` (node ids)."""

    id: str
    bandwidth_mbps: int
    max_latency_ms: float
    min_availability: float
    diversity: Diversity
    required_day: int
    destinations: tuple[str, ...]
    cpe_per_leg: bool = False
    features: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessOption:
    """One way from a site to a PoP. `work` is crew-days by skill."""

    id: str
    site: str
    kind: str
    pop: str
    bandwidth_mbps: int
    nrc_minor: int
    mrc_minor: int
    availability: float
    delay_ms: float
    lead_days: int
    srlgs: tuple[str, ...] = ()
    build: str | None = None
    partner: str | None = None
    work: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CpeModel:
    id: str
    max_mbps: int
    features: tuple[str, ...]
    nrc_minor: int
    mrc_minor: int
    availability: float
    delay_ms: float


@dataclass(frozen=True, kw_only=True)
class Build:
    """A shared construction, opened once: the options that name it become usable."""

    id: str
    nrc_minor: int
    mrc_minor: int
    lead_days: int
    max_sites: int | None = None
    capacity_mbps: int | None = None


@dataclass(frozen=True, kw_only=True)
class Partner:
    id: str
    max_orders: int | None = None


@dataclass(frozen=True, kw_only=True)
class FieldCapacity:
    """Crew-days of one skill that are there up to and including `by_day`."""

    skill: str
    by_day: int
    crew_days: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits over the whole problem; None is no limit. `total_minor` is NRC + term x MRC, `mrc_minor` a month."""

    nrc_minor: int | None = None
    total_minor: int | None = None
    mrc_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A whole question to the core; the objective is the undiscounted cost over the term."""

    name: str
    as_of: date
    term_months: int
    network: Network
    sites: tuple[Site, ...]
    access_options: tuple[AccessOption, ...]
    cpe_models: tuple[CpeModel, ...]
    builds: tuple[Build, ...] = ()
    partners: tuple[Partner, ...] = ()
    field_capacity: tuple[FieldCapacity, ...] = ()
    budget: Budget = Budget()


@dataclass(frozen=True, kw_only=True)
class Leg:
    """An access option and the links from its PoP to a destination; no links if the PoP is the destination."""

    access: str
    path: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SiteDesign:
    site: str
    cpe: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, kw_only=True)
class Design:
    sites: tuple[SiteDesign, ...]
    builds: tuple[str, ...] = ()
    augments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why not: a constraint of the format (`site:X/latency`, `link:L/capacity`, …), its limit today and the value
    that the best attempt would need. `option` names the access option or pair that this was seen on, where one was.
    `needed` is None where a rule stands in the way and no number would help.
    """

    constraint: str
    limit: float | None
    needed: float | None
    option: str | None = None


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """The least generous value which, given to this constraint alone, makes the case feasible.

    `cost_minor` is the cost of the best design then, `gap` its proved distance from the least cost (0 is the least);
    `design` is that design, checked like every other. For `site:X/diversity` the value is the strongest kind that works
    (`node`, `link`, `none`).
    """

    constraint: str
    value: float | str
    cost_minor: int
    gap: float
    design: Design


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the core answers. `bound_minor` is a proved lower bound of the cost; `gap` is (cost - bound) / cost.

    `verdict` is the second verifier's on the design. `unserved` is filled only where a partial answer was asked for.
    `guards` names every search limit that was hit: an outcome with guards is still correct, but its bound may be loose.
    """

    status: Status
    design: Design | None = None
    verdict: "Verdict | None" = None
    cost_minor: int | None = None
    bound_minor: float | None = None
    gap: float | None = None
    reasons: tuple[Reason, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    unserved: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    elapsed_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LegReport:
    """The verified figures of one leg; `latency_ms` is one way, CPE and every node included."""

    access: str
    nodes: tuple[str, ...]
    path: tuple[str, ...]
    length_km: float
    latency_ms: float
    availability: float
    nrc_minor: int
    mrc_minor: int
    ready_day: int


@dataclass(frozen=True, kw_only=True)
class SiteReport:
    """The verified figures of one site: shares of builds and augments are not in its cost."""

    site: str
    legs: tuple[LegReport, ...]
    latency_ms: float
    availability: float
    ready_day: int
    nrc_minor: int
    mrc_minor: int
    shared_risks: tuple[str, ...]
    weakest_component: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the second verifier says of a design: no violations means that it is true."""

    violations: tuple[Reason, ...]
    nrc_minor: int
    mrc_minor: int
    cost_minor: int
    ready_day: int
    sites: tuple[SiteReport, ...]
