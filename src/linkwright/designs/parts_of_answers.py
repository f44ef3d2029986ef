"""What answers and designs are made of: reasons, legs, costs, and what is told beside them.

Money is integer minor units.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from linkwright.business.model import Layer
from linkwright.designs.facts import OWN, AccessFact
from linkwright.designs.requirement import Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A reason with its stable code (`SD-…`); the label is a sentence with numbers."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """So much of a resource: Mbit/s of links, pieces of everything else.

    `supplier` is a partner's id, or `own`; `reference` is what the partner calls what it provides: its quote. `order`
    is the order at the partner by which we got it, where the inventory says so.
    """

    resource: str
    category: str
    quantity: int
    supplier: str = OWN
    reference: str | None = None
    order: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """The service that is there before a change, what the change gives back of it, and what it needs beyond it.

    `mrc_minor` is what it costs a month at today's prices, None where something of it is not known. `kept` are the
    accesses of partners that go on, as they were offered once.
    """

    service: str
    change: Change
    released: tuple[Given, ...] = ()
    mrc_minor: int | None = None
    currency: str = ""
    added: tuple[Given, ...] = ()
    kept: tuple[AccessFact, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LegSolution:
    """One leg as designed. `supplier` is a partner's id, or `own`. `latency_ms` is one way.

    `mbps` is its own bandwidth where it is not that of the service. The access at the far end (`z`) of a leg from
    point to point follows it as a leg of its own, without links. `offered_mbps` (and upstream, where that is not
    the same) is what its access can carry. `usable_from`: what it stands on is planned for then. `free_from`:
    somebody else has it until the day before. `unpriced` names the prices that nobody has stated. `existing`: its
    access is there already. `survey_days` and `permit_days` are the first working days of its lead time.
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
    usable_from: date | None = None
    free_from: date | None = None
    offered_mbps: int | None = None
    offered_up_mbps: int | None = None
    unpriced: tuple[str, ...] = ()
    end: Literal["a", "z"] = "a"
    existing: bool = False
    survey_days: int = 0
    permit_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """Where a place of a design is, or a node of its legs."""

    id: str
    role: Literal["place", "far", "node"]
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedCost:
    """What a design costs beside what it is made of, all pieces of it together; None: nobody has stated the price."""

    name: str
    component: str
    layer: Layer
    nrc_minor: int | None
    mrc_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """Whether what the catalogue offers as standard would do, and else why not, as sentences with numbers."""

    kind: Literal["standard", "special"]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotUsed:
    """A way to the place that the design does not take, and why."""

    access: str
    technology: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What became of a hold that was asked for: its id in the pool, or `why_not` there is none."""

    policy: Literal["soft", "firm"]
    reservation: str | None = None
    expires: datetime | None = None
    why_not: str = ""
