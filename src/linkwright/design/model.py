"""The words of the design core. Money is integer minor units, days are working days after `as_of`, latency is one way.

Everything here is frozen: a problem goes in, an outcome comes out, nothing is changed on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Diversity = str
"""`none`, or words (link, node, srlg, entry, carrier, technology) joined by `+`, as `apart.canonical` writes them."""
Role = Literal["primary", "backup"]
RiskKind = Literal["risk", "entry", "carrier"]
GoalKind = Literal["cost", "date", "availability", "npv"]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]
"""`unknown`: a limit of the search was reached before a design was found or it was proved that there is none."""

LEGS_OF_DIVERSITY: Mapping[Diversity, int] = {"none": 1, "link": 2, "node": 2, "srlg": 2}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place where links meet. `ports`: free access ports when used as PoP, None for no limit.

    `loss` is the probability that a packet is lost there.
    """

    id: str
    lat_deg: float
    lon_deg: float
    availability: float
    delay_ms: float
    ports: int | None = None
    jitter_ms: float = 0.0
    loss: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """Planned capacity that comes anyway and costs this design nothing."""

    day: int
    adds_mbps: int


@dataclass(frozen=True, kw_only=True)
class Retirement:
    """Capacity that is taken away on `day`."""

    day: int
    removes_mbps: int


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Taken by somebody else from `from_day` to `to_day`, both included; `mbps` counts on links alone."""

    from_day: int
    to_day: int
    mbps: int = 0


@dataclass(frozen=True, kw_only=True)
class Fibre:
    """What light loses on a link: by its length, its splices and its connectors, and a margin for ageing."""

    db_per_km: float
    splices: int = 0
    splice_db: float = 0.0
    connectors: int = 0
    connector_db: float = 0.0
    margin_db: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Augment:
    """Capacity that can be bought for this design: all of it or none."""

    adds_mbps: int
    nrc_minor: int
    mrc_minor: int
    lead_days: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """An undirected link; `capacity_mbps` is the free capacity for the sum of all legs on it.

    Without `fibre` its optical loss is unknown, and nothing with an optical budget may use it.
    """

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
    jitter_ms: float = 0.0
    loss: float = 0.0
    fibre: Fibre | None = None
    retirements: tuple[Retirement, ...] = ()
    bookings: tuple[Booking, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Srlg:
    """A shared-risk group: a duct or bridge (`risk`), a building entry, a carrier; a failure component of its own.

    Its kind says which word of diversity it offends when two legs share it.
    """

    id: str
    availability: float
    kind: RiskKind = "risk"


@dataclass(frozen=True, kw_only=True)
class Network:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    srlgs: tuple[Srlg, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LegWish:
    """What one leg must do where it differs from its item; None is what the item says.

    `technologies` are the access kinds that it may use, None for any that the item allows.
    """

    role: Role = "primary"
    bandwidth_mbps: int | None = None
    max_latency_ms: float | None = None
    max_jitter_ms: float | None = None
    max_loss: float | None = None
    max_optical_db: float | None = None
    technologies: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Worth:
    """Coefficients of one minor unit that is paid once (`nrc`) and of one that is paid each month (`mrc`)."""

    nrc: float
    mrc: float


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What a service that is there today gives back from `day` on: capacity of a link, or ports of a PoP."""

    link: str | None = None
    mbps: int = 0
    pop: str | None = None
    ports: int = 0
    day: int = 0


@dataclass(frozen=True, kw_only=True)
class Site:
    """One requirement (an item): a site that must reach one of `destinations` (node ids).

    `legs`: the wish for each leg; none given is one leg without diversity and two with it. `end_day`: the last day of a
    temporary service. `max_loss` is a probability. `frees` counts only while the item is in the design. `npv`
    and `term_months` are the problem's where they are None. Without destinations the item ends at its far options.
    """

    id: str
    bandwidth_mbps: int
    max_latency_ms: float
    min_availability: float
    diversity: Diversity
    required_day: int
    destinations: tuple[str, ...]
    cpe_per_leg: bool = False
    features: tuple[str, ...] = ()
    legs: tuple[LegWish, ...] = ()
    max_jitter_ms: float | None = None
    max_loss: float | None = None
    max_optical_db: float | None = None
    max_differential_ms: float | None = None
    end_day: int | None = None
    term_months: int | None = None
    npv: Worth | None = None
    budget: "Budget | None" = None
    technologies_allowed: tuple[str, ...] | None = None
    technologies_forbidden: tuple[str, ...] = ()
    partners_excluded: tuple[str, ...] = ()
    partners_preferred: tuple[str, ...] = ()
    frees: tuple[Freed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessOption:
    """One way from a site to a PoP. `work` is crew-days by skill.

    `end` is `z` at the far end of a point-to-point item. `undeclared` names the words of diversity (srlg, entry,
    carrier) whose groups are not known: such an access shares them possibly with every other. It is not there after
    `until_day` nor on the days of `bookings`. `existing`: it serves this item today, and money, lead and work are
    those of the change. `optical_db` None is unknown.
    """

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
    end: Literal["a", "z"] = "a"
    jitter_ms: float = 0.0
    loss: float = 0.0
    optical_db: float | None = None
    undeclared: tuple[str, ...] = ()
    until_day: int | None = None
    bookings: tuple[Booking, ...] = ()
    existing: bool = False


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Pieces of a model that are there, in all, for items that are required by `by_day`."""

    by_day: int
    pieces: int


@dataclass(frozen=True, kw_only=True)
class CpeModel:
    """`stock`: cumulative pieces by day; none given is no limit."""

    id: str
    max_mbps: int
    features: tuple[str, ...]
    nrc_minor: int
    mrc_minor: int
    availability: float
    delay_ms: float
    jitter_ms: float = 0.0
    loss: float = 0.0
    stock: tuple[Stock, ...] = ()


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
class Separation:
    """Every leg of item `a` is apart from every leg of item `b`, in the words of a diversity."""

    a: str
    b: str
    diversity: Diversity = "node"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Any-to-any: all legs of these items end at one of `nodes`, the same for all."""

    id: str
    sites: tuple[str, ...]
    nodes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What is best. `cost`: NRC + term x MRC. `npv`: worth.nrc x NRC + worth.mrc x MRC, discounted by whoever asks.

    `date`: the least latest start, then cost. `availability`: the highest least availability of any item, then cost.
    """

    kind: GoalKind = "cost"
    worth: Worth | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A whole question to the core. `frees`: what services that are deleted give back."""

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
    goal: Goal = Goal()
    frees: tuple[Freed, ...] = ()
    apart: tuple[Separation, ...] = ()
    meets: tuple[Meeting, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leg:
    """An access option and the links from its PoP to a destination; no links if the PoP is the destination.

    `far`: the access at the far end of a point-to-point item. Legs come in the order of the item's wishes.
    """

    access: str
    path: tuple[str, ...]
    far: str | None = None


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
class Change:
    """One constraint at another value."""

    constraint: str
    value: float | str


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Several changes that make the case feasible together; none of them can be left out."""

    changes: tuple[Change, ...]
    cost_minor: int
    gap: float
    design: Design


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another good design. `roles`: cheapest, earliest, mostAvailable, balanced, different; none: a point between."""

    roles: tuple[str, ...]
    cost_minor: int
    ready_day: int
    availability: float
    gap: float
    design: Design
    verdict: "Verdict"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What a design reached of a goal that is no money: `date` in days, `availability` as a probability."""

    name: Literal["date", "availability"]
    value: float


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
    combinations: tuple[Combination, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    figure: Figure | None = None
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
    far: str | None = None
    jitter_ms: float = 0.0
    loss: float = 0.0
    optical_db: float | None = None


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
    jitter_ms: float = 0.0
    loss: float = 0.0
    differential_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the second verifier says of a design: no violations means that it is true.

    `value` is its money in the weights of the goal: the cost, or with `npv` the discounted sum in thousandths.
    """

    violations: tuple[Reason, ...]
    nrc_minor: int
    mrc_minor: int
    cost_minor: int
    ready_day: int
    sites: tuple[SiteReport, ...]
    value: int = 0
