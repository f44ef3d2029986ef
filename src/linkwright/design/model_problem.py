"""A whole question to the core: what is asked, what it can be made of, and what all of it shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from linkwright.design.model_network import Booking, Network

Diversity = str
"""`none`, or words (link, node, srlg, entry, carrier, technology) joined by `+`, as `apart.canonical` writes them."""
Role = Literal["primary", "backup"]
GoalKind = Literal["cost", "date", "availability", "npv"]


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
class Budget:
    """Limits over the whole problem; None is no limit. `total_minor` is NRC + term x MRC, `mrc_minor` a month."""

    nrc_minor: int | None = None
    total_minor: int | None = None
    mrc_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What a service that is there today gives back from `day` on: capacity of a link, or ports of a PoP.

    What an item gives back is there from its `required_day` on, and `day` stays 0.
    """

    link: str | None = None
    mbps: int = 0
    pop: str | None = None
    ports: int = 0
    day: int = 0


@dataclass(frozen=True, kw_only=True)
class Site:
    """One requirement (an item): a site that must reach one of `destinations` (node ids).

    `legs`: the wish for each leg; none given is one leg without diversity and two with it. `end_day`: the last day of a
    temporary service. `backup_of_other_technology`: no backup leg is of the access kind of a leg that is none.
    `max_loss` is a probability. `frees` counts only while the item is in the design. `npv`
    and `term_months` are the problem's where they are None. Without destinations the item ends at its far options.
    `nrc_minor` and `mrc_minor` are what the item costs in any design that has it, beside all that is chosen.
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
    backup_of_other_technology: bool = False
    max_jitter_ms: float | None = None
    max_loss: float | None = None
    max_optical_db: float | None = None
    max_differential_ms: float | None = None
    end_day: int | None = None
    term_months: int | None = None
    npv: Worth | None = None
    budget: Budget | None = None
    technologies_allowed: tuple[str, ...] | None = None
    technologies_forbidden: tuple[str, ...] = ()
    partners_excluded: tuple[str, ...] = ()
    partners_preferred: tuple[str, ...] = ()
    frees: tuple[Freed, ...] = ()
    nrc_minor: int = 0
    mrc_minor: int = 0


@dataclass(frozen=True, kw_only=True)
class AccessOption:
    """One way from a site to a PoP. `work` is crew-days by skill.

    `end` is `z` at the far end of a point-to-point item. `undeclared` names the words of diversity (srlg, entry,
    carrier) whose groups are not known: such an access shares them possibly with every other. It is not there after
    `until_day` nor on the days of `bookings`. `existing`: it serves this item today, and money, lead and work are
    those of the change; nobody orders it again from its partner. `optical_db` None is unknown.
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
class Separation:
    """Every leg of item `a` is apart from every leg of item `b`, in the words of a diversity."""

    a: str
    b: str
    diversity: Diversity = "node"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Any-to-any: all legs of these items end at one node, the same for all; one of `nodes`, where there are some.

    None of the items goes from point to point.
    """

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
