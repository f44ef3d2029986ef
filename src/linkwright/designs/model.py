"""What is asked, what is known and what is answered, in the words of a solution engineer.

Requirements come from a check, a query or an order; facts come from the resource domain and from partners; solutions
go back to both. Money is integer minor units of `currency`, round trip and one way are said in the name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Literal, Self

from linkwright.design.model import Build, CpeModel, Diversity, GoalKind, Link, Node, Srlg

Json = Any
Result = Literal["qualified", "alternate", "unqualified"]
Change = Literal["add", "modify", "delete", "noChange"]
"""What is to become of a service; all but `add` are about one that is there."""
Asked = Literal["offered", "refused", "noCoverage", "silent", "failed"]
Backup = Literal["none", "any", "mobile", "satellite", "fibre"]
Pattern = Literal["siteToHub", "pointToPoint", "anyToAny"]
Dimension = Literal[
    "date", "bandwidth", "latency", "jitter", "loss", "optical", "differential", "availability", "backup", "diversity"
]


@dataclass(frozen=True, kw_only=True)
class PlaceWanted:
    """A place as the requester names it: by the id of a site or address, or an address by value."""

    kind: Literal["site", "address", "value"]
    id: str | None = None
    value: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place that was found; `ids` are all ids (site and addresses) under which facts may be filed."""

    id: str
    name: str
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Place(Spot):
    """Where a service is; `far` is the other end of one from point to point."""

    far: Spot | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceTrouble:
    """Why a place was not found; `candidates` are the ids of the several places that match."""

    kind: Literal["unknown", "ambiguous"]
    text: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One service at one place. None means that the requester is silent and the catalogue's default counts.

    `loss` is a probability. `backup` is the technology of a second leg, which `backup_mbps` may make smaller.
    `service` is the id of the service that is asked for, where it has one. `change` says what becomes of it: None is a
    change where the inventory has this service, and else a new one. `customer` is whose it is, where that is said: no
    part of what is asked for. `diverse_from` and `protects` name other requirements by their ref or their service.
    """

    ref: str
    specification: str | None = None
    place: PlaceWanted | None = None
    far_place: PlaceWanted | None = None
    destinations: tuple[str, ...] | None = None
    bandwidth_mbps: int | None = None
    availability: float | None = None
    round_trip_ms: float | None = None
    diversity: Diversity | None = None
    cpe_per_leg: bool | None = None
    cpe_features: tuple[str, ...] | None = None
    term_months: int | None = None
    needed_by: date | None = None
    budget_nrc_minor: int | None = None
    budget_mrc_minor: int | None = None
    budget_currency: str | None = None
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
    service: str | None = None
    change: Change | None = None
    customer: str | None = field(default=None, compare=False)
    diverse_from: tuple[str, ...] | None = None
    protects: tuple[str, ...] | None = None
    bundles: tuple[str, ...] | None = None
    characteristics: Mapping[str, Json] = field(default_factory=dict)
    misread: tuple[str, ...] = ()

    @property
    def is_bundle(self) -> bool:
        """A bundle item has no site of its own: it carries the totals of the items that it bundles."""
        return self.bundles is not None

    def completed_by(self, defaults: "Requirement") -> Self:
        """Fill every silent field from the catalogue's defaults."""
        silent = {f.name: getattr(defaults, f.name) for f in fields(self) if getattr(self, f.name) is None}
        return replace(self, **silent)


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A CFS specification of the catalogue. `mandatory` holds field names of `Requirement` without default."""

    id: str
    name: str
    designable: bool
    defaults: Requirement
    mandatory: frozenset[str] = frozenset()
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class PlannedUpgrade:
    id: str
    link: str
    adds_mbps: int
    in_service: date


@dataclass(frozen=True, kw_only=True)
class PlannedRetirement:
    """Capacity of a link that is there up to and including `until`."""

    id: str
    link: str
    removes_mbps: int
    until: date


@dataclass(frozen=True, kw_only=True)
class StockArrival:
    """Pieces of a CPE model that can be used from `on`."""

    id: str
    model: str
    pieces: int
    on: date


@dataclass(frozen=True, kw_only=True)
class CapacityBooking:
    """Somebody else's from `start` to `until` (None: for ever), both included: Mbit/s of a link, pieces of the rest."""

    id: str
    resource: str
    quantity: int
    start: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class PaidAugment:
    id: str
    link: str
    adds_mbps: int
    nrc_minor: int
    mrc_minor: int
    lead_days: int


@dataclass(frozen=True, kw_only=True)
class CpeFact:
    """A CPE model and what is known of it beyond the needs of the core; None is unknown."""

    model: CpeModel
    ports: int | None = None
    power_w: float | None = None
    rack_u: float | None = None
    stock: int | None = None
    stock_location: str | None = None


@dataclass(frozen=True, kw_only=True)
class CrewFact:
    skill: str
    until: date
    crew_days: int


@dataclass(frozen=True, kw_only=True)
class NetworkFacts:
    """The resource domain as it was read at `read_at`. `incomplete` names what was left out, and why.

    `links` carry today's free capacity without upgrades and augments; those are dated beside them.
    `snapshot` is a digest of all of it, equal for equal facts.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    srlgs: tuple[Srlg, ...]
    upgrades: tuple[PlannedUpgrade, ...]
    augments: tuple[PaidAugment, ...]
    cpe: tuple[CpeFact, ...]
    builds: tuple[Build, ...]
    crews: tuple[CrewFact, ...]
    currency: str
    read_at: datetime
    snapshot: str
    incomplete: tuple[str, ...] = ()
    retirements: tuple[PlannedRetirement, ...] = ()
    arrivals: tuple[StockArrival, ...] = ()
    bookings: tuple[CapacityBooking, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessFact:
    """One way to reach one place, own or a partner's. The lead time counts working days unless `calendar` says so.

    `quote` is the id of the partner's answer. `risks_declared` is False where a partner does not say which
    shared-risk groups its route uses: such a route never counts as diverse from anything; `entry_declared` says the
    same of the entries into the building. Without `carriers` the partner itself carries. `optical_db` None is unknown.
    `existing`: it serves the service that is changed, and its money and lead time are those of the change.
    `in_use`: somebody has it today, whoever that is. `ports`: so many items can have it, if it is one of the inventory.
    """

    id: str
    place: str
    technology: str
    pop: str
    bandwidth_mbps: int
    nrc_minor: int
    mrc_minor: int
    availability: float
    delay_ms: float
    lead_days: int
    calendar: bool = False
    usable_from: date | None = None
    srlgs: tuple[str, ...] = ()
    risks_declared: bool = True
    build: str | None = None
    partner: str | None = None
    quote: str | None = None
    work: Mapping[str, int] = field(default_factory=dict)
    jitter_ms: float | None = None
    loss: float | None = None
    optical_db: float | None = None
    usable_until: date | None = None
    entries: tuple[str, ...] = ()
    entry_declared: bool = True
    carriers: tuple[str, ...] = ()
    existing: bool = False
    in_use: bool = field(default=False, metadata={"document": False})
    ports: int = field(default=1, metadata={"document": False})

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The words of diversity whose groups are not known."""
        known = {"srlg": self.risks_declared, "entry": self.entry_declared}
        return tuple(word for word, declared in known.items() if not declared)


@dataclass(frozen=True, kw_only=True)
class AccessFacts:
    """All own access options at some places; `incomplete` names those left out, and why."""

    options: tuple[AccessFact, ...]
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartnerAnswer:
    """What one partner said about one requirement. Silence and failure are never a refusal."""

    partner: str
    ref: str
    asked: Asked
    text: str = ""
    offer: AccessFact | None = None
    valid_until: datetime | None = None
    took_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A reason with its stable code (`SD-…`); the label is a sentence with numbers."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """So much of a resource: Mbit/s of links, pieces of everything else."""

    resource: str
    category: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Before:
    """The service that is there before a change, and what the change gives back of it.

    `mrc_minor` is what it costs a month at today's prices, None where something of it is not known.
    """

    service: str
    change: Change
    released: tuple[Given, ...] = ()
    mrc_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class LegSolution:
    """One leg as designed. `supplier` is a partner's id, or `own`. `latency_ms` is one way.

    `mbps` is its own bandwidth where it is not that of the service. The access at the far end (`z`) of a leg from
    point to point follows it as a leg of its own, without links. `existing`: its access is there already.
    """

    access: str
    technology: str
    supplier: str
    pop: str
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    length_km: float
    latency_ms: float
    availability: float
    nrc_minor: int
    mrc_minor: int
    ready: date
    planned: bool = False
    quote: str | None = None
    build: str | None = None
    srlgs: tuple[str, ...] = ()
    mbps: int | None = None
    end: Literal["a", "z"] = "a"
    existing: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteSolution:
    """A verified design of one requirement: what is built, what it gives, what it costs and when it is ready.

    `requirement` is complete (no silent fields) and, in a proposal, already relaxed. `gap` is the proved distance
    of the joint design's cost from the best. `valid_until` is when partner answers or facts stop holding.
    `augments` are the links whose paid augment this design counts on. `roles` say in what it is the best of the
    alternatives, `rank` is its place among them, `alternative` the number that proposals of several items share which
    belong together. `reused_from` is the design of an item with the same facts that was computed for both.
    `input_id` names the problem that it was computed from; `inputs` is what is stored of that. `jitter_ms` (one way)
    and `loss` are those of the worst leg, None where they are not known of an access that is used. `before` is the
    service that it changes, `cpe_kept` are the pieces of its CPE that are there already, and `cpe_existing` says that
    all of them are.
    """

    design_id: str
    version: int
    requirement: Requirement
    place: Place
    cpe: str
    cpe_quantity: int
    legs: tuple[LegSolution, ...]
    latency_ms: float
    availability: float
    weakest: str
    shared_risks: tuple[str, ...]
    nrc_minor: int
    mrc_minor: int
    currency: str
    ready: date
    needed_by: date
    gap: float
    snapshot: str
    computed_at: datetime
    valid_until: datetime
    confidence: Literal["green", "yellow", "red"] = "green"
    confidence_reason: str = ""
    augments: tuple[str, ...] = ()
    cpe_facts: Mapping[str, Json] = field(default_factory=dict)
    asked: tuple[PartnerAnswer, ...] = ()
    roles: tuple[str, ...] = ()
    rank: int | None = None
    alternative: int | None = None
    reused_from: str | None = None
    input_id: str | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    before: Before | None = None
    cpe_existing: bool = False
    cpe_kept: int = 0
    inputs: Any = field(default=None, compare=False, repr=False, metadata={"document": False})

    @property
    def total_minor(self) -> int:
        """NRC + term x MRC, undiscounted."""
        return self.nrc_minor + (self.requirement.term_months or 0) * self.mrc_minor


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """One dimension of a requirement, as it was wanted and as it is offered."""

    dimension: Dimension
    wanted: Json
    offered: Json


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would be possible instead: one dimension relaxed as little as it must be, or several (`further`) together.

    Without a dimension nothing is relaxed: another design of what was asked for.
    """

    id: str
    solution: SiteSolution
    dimension: Dimension | None = None
    wanted: Json = None
    offered: Json = None
    further: tuple[Relaxed, ...] = ()

    @property
    def relaxed(self) -> tuple[Relaxed, ...]:
        if self.dimension is None:
            return self.further
        return (Relaxed(dimension=self.dimension, wanted=self.wanted, offered=self.offered), *self.further)


@dataclass(frozen=True, kw_only=True)
class ItemAnswer:
    """The answer to one requirement. `broken` says why no answer could be computed; then `result` is None.

    `before` is the service that is released or kept as it is: such an answer has no design.
    """

    ref: str
    result: Result | None
    findings: tuple[Finding, ...] = ()
    solution: SiteSolution | None = None
    proposals: tuple[Proposal, ...] = ()
    asked: tuple[PartnerAnswer, ...] = ()
    broken: str | None = None
    before: Before | None = None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of a bundle, over the items that have a solution.

    `mrc_before_minor` sums up the services that are there before, None where there is none or one is not known.
    """

    qualified: int
    alternate: int
    unqualified: int
    nrc_minor: int
    mrc_minor: int
    currency: str
    ready: date | None
    gap: float | None
    mrc_before_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to all requirements of one question, in their order."""

    items: tuple[ItemAnswer, ...]
    totals: Totals | None
    valid_until: datetime | None
    computed_at: datetime
