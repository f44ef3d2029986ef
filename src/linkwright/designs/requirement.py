"""What is asked, in the words of a solution engineer: it comes from a check, a query or an order.

Money is integer minor units of `currency`, round trip and one way are said in the name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal, Self

from linkwright.business.model import Layer
from linkwright.design.model import Diversity, GoalKind
from linkwright.plan.model import ActivityKind, After, NoReturn

Json = Any
Change = Literal["add", "modify", "delete", "noChange"]
"""What is to become of a service; all but `add` are about one that is there."""
Backup = Literal["none", "any", "mobile", "satellite", "fibre"]
HoldPolicy = Literal["none", "soft", "firm"]
Pattern = Literal["siteToHub", "pointToPoint", "anyToAny"]
Aspect = Literal[
    "topology",
    "cpe",
    "assignments",
    "plan",
    "training",
    "support",
    "quality",
    "cost",
    "risk",
    "business",
    "efficiency",
    "orders",
]
"""What a requester may leave out of a design (`designScope`); feasibility and compliance are always told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceWanted:
    """A place as the requester names it: by the id of a site or address, or an address by value."""

    kind: Literal["site", "address", "value"]
    id: str | None = None
    value: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """Where a place is, as far as its register says."""

    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place that was found; `ids` are all ids (site and addresses) under which facts may be filed.

    `time_zone` is a name of the IANA database, None where the register does not say it.
    """

    id: str
    name: str
    ids: tuple[str, ...]
    at: Whereabouts | None = field(default=None, compare=False, metadata={"document": False})
    time_zone: str | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place(Spot):
    """Where a service is; `far` is the other end of one from point to point."""

    far: Spot | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceTrouble:
    """Why a place was not found; `candidates` are the ids of the several places that match."""

    kind: Literal["unknown", "ambiguous"]
    text: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Days from one to another, both included. `yearly`: every year, only month and day of both count.

    `hours` is what was said of the hours of these days, in the requester's words.
    """

    start: date
    end: date
    yearly: bool = False
    hours: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """An activity as the catalogue or a requester asks for it, in working days; what is None takes no part.

    `after` names other activities by their id, or all of a kind. One with the id, or the kind as its id, of an activity
    that follows from the design (such as `delivery`, or `delivery:<access>`) says more of that one. `on_site`: only in
    the access calendar of the place. `frozen`: not within a change freeze. `each`: once for each item, else once for
    all items of the request. `reference` names one of the catalogue whose other members count where they are silent.
    """

    id: str
    name: str = ""
    kind: ActivityKind = "bespoke"
    days: int | None = None
    least_days: int | None = None
    most_days: int | None = None
    after: tuple[After, ...] | None = None
    skill: str | None = None
    jobs: int = 1
    on_site: bool | None = None
    weather: str | None = None
    frozen: bool | None = None
    each: bool = True
    owner: str = ""
    nrc_minor: int | None = None
    no_return: NoReturn | None = None
    bespoke: bool = True
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CostComponent:
    """What a service costs beyond accesses, CPE, builds and augments; None is not stated. `per` says of what each."""

    name: str
    component: str = "management"
    layer: Layer = "service"
    per: Literal["site", "cpe", "leg"] = "site"
    nrc_minor: int | None = 0
    mrc_minor: int | None = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """How many items are installed first, how many working days that pilot takes, and the items of a wave after it."""

    pilot_items: int = 0
    pilot_days: int = 0
    wave_items: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One service at one place. None means that the requester is silent and the catalogue's default counts.

    `access_legs`: so many working legs; one where it is missing, or with a diversity and no backup two.
    `bandwidth_mbps` is downstream, `up_mbps` upstream where it is not the same. `loss` is a probability. `backup`
    is the technology of one leg more, of which `backup_mbps` is asked, or no bandwidth where it is None. `service` is
    the id of the service that is asked for, where it has one. `change` says what becomes of it: None is a change where
    the inventory has this service, and else a new one. `customer` is whose it is, where that is said: no part of what
    is asked for, and neither is `hold_policy`. `diverse_from` and `protects` name other requirements by their ref or
    their service.

    `price_*` is what the customer pays. `activities` are the standard ones of the specification,
    `bespoke_activities` come on top. `site_access` are the only days on which anybody may work at the place.
    `cost_currency` is that of the costs of all of these and of `cost_components`. `deliver_by` is ours: when the
    accesses have to be there for the rest of the plan to end by `needed_by`, None where there is no rest;
    `used_from` is when they have to be free then. `standard` is what the catalogue would have designed, had nothing
    been said.
    """

    ref: str
    specification: str | None = None
    place: PlaceWanted | None = None
    far_place: PlaceWanted | None = None
    destinations: tuple[str, ...] | None = None
    bandwidth_mbps: int | None = None
    up_mbps: int | None = None
    availability: float | None = None
    round_trip_ms: float | None = None
    diversity: Diversity | None = None
    access_legs: int | None = None
    cpe_per_leg: bool | None = None
    cpe_features: tuple[str, ...] | None = None
    term_months: int | None = None
    needed_by: date | None = None
    budget_nrc_minor: int | None = None
    budget_mrc_minor: int | None = None
    budget_currency: str | None = None
    price_nrc_minor: int | None = None
    price_mrc_minor: int | None = None
    price_currency: str | None = None
    technology_allowed: tuple[str, ...] | None = None
    technology_forbidden: tuple[str, ...] | None = None
    partner_preferred: tuple[str, ...] | None = None
    partner_excluded: tuple[str, ...] | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    differential_round_trip_ms: float | None = None
    optical_db: float | None = None
    backup: Backup | None = None
    backup_mbps: int | None = None
    service_start: date | None = None
    service_end: date | None = None
    pattern: Pattern | None = None
    objective: GoalKind | None = None
    npv_nrc_factor: float | None = None
    npv_mrc_factor: float | None = None
    max_alternatives: int | None = None
    hold_policy: HoldPolicy | None = field(default=None, compare=False)
    design_scope: tuple[Aspect, ...] | None = None
    site_access: tuple[Span, ...] | None = None
    change_freeze: tuple[Span, ...] | None = None
    activities: tuple[Work, ...] | None = None
    bespoke_activities: tuple[Work, ...] | None = None
    cost_components: tuple[CostComponent, ...] | None = None
    cost_currency: str | None = None
    rollout: Rollout | None = None
    deliver_by: date | None = field(default=None, compare=False)
    used_from: date | None = field(default=None, compare=False)
    service: str | None = None
    change: Change | None = None
    customer: str | None = field(default=None, compare=False)
    diverse_from: tuple[str, ...] | None = None
    protects: tuple[str, ...] | None = None
    bundles: tuple[str, ...] | None = None
    characteristics: Mapping[str, Json] = field(default_factory=dict)
    misread: tuple[str, ...] = ()
    standard: "Requirement | None" = field(default=None, compare=False, repr=False, metadata={"document": False})

    @property
    def is_bundle(self) -> bool:
        """A bundle item has no site of its own: it carries the totals of the items that it bundles."""
        return self.bundles is not None

    def members_among(self, refs: Sequence[str]) -> list[str]:
        """The items that a bundle stands for: those that it names, or all where it names none that is there."""
        named = frozenset(self.bundles or ())
        return [ref for ref in refs if ref in named] or list(refs)

    def completed_by(self, defaults: "Requirement") -> Self:
        """Fill every silent field from the catalogue's defaults."""
        silent = {f.name: getattr(defaults, f.name) for f in fields(self) if getattr(self, f.name) is None}
        if self.bandwidth_mbps is not None:
            silent.pop("up_mbps", None)
        return replace(self, **silent | {"standard": defaults})

    def over(self, former: "Requirement") -> Self:
        """What is said here counts, and where this is silent what `former` says."""
        said = {**former.characteristics, **self.characteristics}
        return replace(self.completed_by(former), standard=former.standard, characteristics=said)


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A CFS specification of the catalogue. `mandatory` holds field names of `Requirement` without default."""

    id: str
    name: str
    designable: bool
    defaults: Requirement
    mandatory: frozenset[str] = frozenset()
    why_not: str = ""
