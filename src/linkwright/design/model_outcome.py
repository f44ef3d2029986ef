"""What the core answers: designs, what the verifier says of them, and why there is none or what would help."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
"""`unknown`: a limit of the search was reached before a design was found or it was proved that there is none."""


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
class Conflict:
    """Constraints that cannot all be kept, but could be with any one of them set aside.

    `sites`: the item that it keeps from being served, or several that could be served alone, but not together.
    """

    constraints: tuple[str, ...]
    sites: tuple[str, ...]


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
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What a design reached of a goal that is no money: `date` in days, `availability` as a probability."""

    name: Literal["date", "availability"]
    value: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the core answers. `bound_minor` is a proved lower bound of the cost; `gap` is (cost - bound) / cost.

    `verdict` is the second verifier's on the design.
    `reasons` name the members of all `conflicts`. `unserved` is filled only where a partial answer was asked for.
    `guards` names every search limit that was hit: an outcome with guards is still correct, but its bound may be loose.
    """

    status: Status
    design: Design | None = None
    verdict: Verdict | None = None
    cost_minor: int | None = None
    bound_minor: float | None = None
    gap: float | None = None
    reasons: tuple[Reason, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    combinations: tuple[Combination, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    figure: Figure | None = None
    unserved: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    elapsed_s: float = 0.0
