"""What is known: the network and the ways to each place, from the resource domain and from partners.

Money is integer minor units of `currency`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from linkwright.design.model import Build, CpeModel, Link, Node, Srlg
from linkwright.designs.requirement import Work
from linkwright.operations.model import CourseFact, SkillNeed, StaffFact

OWN = "own"
"""Who supplies what no partner does."""
Asked = Literal["offered", "refused", "noCoverage", "silent", "failed", "notAsked"]


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
    """A CPE model and what is known of it beyond the needs of the core; None is unknown.

    `restock_days`: so many working days after an order there are as many pieces as are wanted; None: never more.
    """

    model: CpeModel
    ports: int | None = None
    power_w: float | None = None
    rack_u: float | None = None
    stock: int | None = None
    stock_location: str | None = None
    restock_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class CrewFact:
    skill: str
    until: date
    crew_days: int


@dataclass(frozen=True, kw_only=True)
class CrewPool:
    """Crews of a skill, and the jobs that each of them does on a working day."""

    id: str
    skill: str
    crews: int
    jobs_per_day: int = 1


@dataclass(frozen=True, kw_only=True)
class WeatherFact:
    """In which months (1 to 12) work of this kind can be done, and the working days that it gets in reserve."""

    id: str
    months: tuple[int, ...] = ()
    reserve_days: int = 0


@dataclass(frozen=True, kw_only=True)
class OperatorFacts:
    """Whom and what the operator has to build and run services with."""

    pools: tuple[CrewPool, ...] = ()
    weather: tuple[WeatherFact, ...] = ()
    staff: tuple[StaffFact, ...] = ()
    needs: tuple[SkillNeed, ...] = ()
    courses: tuple[CourseFact, ...] = ()
    works: tuple[Work, ...] = ()
    """The catalogue of bespoke activities."""


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
    operator: OperatorFacts = field(default_factory=OperatorFacts)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessFact:
    """One way to reach one place, own or a partner's. The lead time counts working days unless `calendar` says so.

    `quote` is the id of the partner's answer. `risks_declared` is False where a partner does not say which
    shared-risk groups its route uses: such a route never counts as diverse from anything; `entry_declared` says the
    same of the entries into the building. Without `carriers` the partner itself carries. `optical_db` None is unknown.
    `up_mbps`: upstream, where it is not the same as `bandwidth_mbps`. `unpriced` names the prices (`nrc`, `mrc`) that
    nobody has stated; they stand as 0, and no sum with them is told as if it were whole. Where they are in another
    currency than all other prices, `stated_in` is that one and `wanted_in` the one of the others.
    `existing`: it serves the service that is changed, and its money and lead time are those of the change.
    `survey_days` and `permit_days` are the first working days of its lead time, which counts working days then.
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
    up_mbps: int | None = None
    unpriced: tuple[str, ...] = ()
    stated_in: str | None = None
    wanted_in: str | None = None
    entries: tuple[str, ...] = ()
    entry_declared: bool = True
    carriers: tuple[str, ...] = ()
    existing: bool = False
    survey_days: int = 0
    permit_days: int = 0
    in_use: bool = field(default=False, metadata={"document": False})
    ports: int = field(default=1, metadata={"document": False})

    @property
    def supplier(self) -> str:
        """The partner's id, or `own`."""
        return self.partner or OWN

    @property
    def carried_by(self) -> tuple[str, ...]:
        """The names of its carriers."""
        return self.carriers or (self.supplier,)

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


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnerAnswer:
    """What one partner said about one requirement. Silence and failure are never a refusal.

    `notAsked`: what is wanted is not among the things that it declares to offer. `text` is for whoever asks us: the
    reason of a refusal in the partner's words, of silence and failure in ours. `raw` is what was heard then, for
    operators. `role`: for which leg he was asked, where the backup is smaller than the others.
    """

    partner: str
    ref: str
    asked: Asked
    text: str = ""
    offer: AccessFact | None = None
    valid_until: datetime | None = None
    took_s: float = 0.0
    role: Literal["primary", "backup"] = "primary"
    raw: str = field(default="", compare=False, metadata={"document": False})
