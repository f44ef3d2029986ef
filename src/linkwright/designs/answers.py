"""What is answered: a verified design of each requirement, what would be possible instead, and why not.

Money is integer minor units of `currency`, round trip and one way are said in the name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from linkwright.business.model import BusinessCase, Risk
from linkwright.designs.dimensions import Dimension
from linkwright.designs.facts import PartnerAnswer, PlannedUpgrade
from linkwright.designs.parts_of_answers import (
    Arrangement,
    Before,
    Finding,
    FixedCost,
    Held,
    LegSolution,
    Located,
    NotUsed,
)
from linkwright.designs.requirement import Aspect, Json, Place, Requirement
from linkwright.operations.model import Objective, Operations
from linkwright.plan.model import Plan

Result = Literal["qualified", "alternate", "unqualified"]
CutShort = Literal["alternatives", "changes"]
"""Other designs of what was asked for, and the smallest changes of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSolution:
    """A verified design of one requirement: what is built, what it gives, what it costs and when it is ready.

    `requirement` is complete (no silent fields) and, in a proposal, already relaxed. `gap` is the proved distance of
    the joint design's cost from the best. `valid_until` is when partner answers or facts stop holding. `augments` are
    the links whose paid augment this design counts on. `roles` say in what it is the best of the alternatives, `rank`
    is its place among them, `alternative` the number that proposals of several items share which belong together.
    `reused_from` is the design of an item with the same facts that was computed for both, `replaces` the one of the
    same item that no longer holds: this is its next version, and both stay as they are. `input_id` names the problem
    that it was computed from; `inputs` is what is stored of that. `jitter_ms` (one way) and `loss` are those of the
    worst leg, None where they are not known of an access that is used. `before` is the service that it changes,
    `cpe_kept` are the pieces of its CPE that are there already, and `cpe_existing` says that all of them are.
    `diverse_in` are the words of diversity in which its legs differ, None where there is one leg only.

    `plan`, `case`, `risks`, `operations` and `objectives` are the rest of the answer; what the requester leaves out of
    the scope, and designs of former versions, have none. `network_ready` is when accesses, links and crews are there,
    whatever becomes of the CPE. `not_used` are ways that would have been cheaper, and why. `where` are the places and
    the nodes of its legs whose coordinates are known. `fixed` is in its sums. `availability_without_backup` is that of
    its working legs alone, None without a backup. `headroom_mbps` is the least that is left on a link of its paths
    while it is there, `planned_in_service` the day from which the last planned part of it is there, and
    `upgrades` are those of its links among these.
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
    replaces: str | None = None
    input_id: str | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    before: Before | None = None
    cpe_existing: bool = False
    cpe_kept: int = 0
    diverse_in: str | None = None
    arrangement: Arrangement | None = None
    not_used: tuple[NotUsed, ...] = ()
    network_ready: date | None = None
    fixed: tuple[FixedCost, ...] = ()
    availability_without_backup: float | None = None
    headroom_mbps: int | None = None
    planned_in_service: date | None = None
    upgrades: tuple[PlannedUpgrade, ...] = ()
    plan: Plan | None = None
    case: BusinessCase | None = None
    risks: tuple[Risk, ...] = ()
    operations: Operations | None = None
    objectives: tuple[Objective, ...] = ()
    where: tuple[Located, ...] = ()
    inputs: Any = field(default=None, compare=False, repr=False, metadata={"document": False})

    def in_place_of(self, old: "SiteSolution") -> "SiteSolution":
        """The next version of a design that no longer holds."""
        return replace(self, version=old.version + 1, replaces=old.design_id)

    @property
    def margin(self) -> float | None:
        """Availability minus its target, None without a target."""
        target = self.requirement.availability
        return None if target is None else self.availability - target

    @property
    def total_minor(self) -> int:
        """NRC + term x MRC, undiscounted."""
        return self.nrc_minor + (self.requirement.term_months or 0) * self.mrc_minor

    @property
    def without_nrc(self) -> tuple[str, ...]:
        """What has a price that is paid once, and that nobody has stated: it is in no sum."""
        legs = (leg.access for leg in self.legs if "nrc" in leg.unpriced)
        return (*legs, *(one.name for one in self.fixed if one.nrc_minor is None))

    @property
    def without_mrc(self) -> tuple[str, ...]:
        """The same of prices that are paid each month."""
        legs = (leg.access for leg in self.legs if "mrc" in leg.unpriced)
        return (*legs, *(one.name for one in self.fixed if one.mrc_minor is None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Relaxed:
    """One dimension of a requirement, as it was wanted and as it is offered; money in minor units."""

    dimension: Dimension
    wanted: Json
    offered: Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What would be possible instead: one dimension relaxed as little as it must be, or several (`further`) together.

    Without a dimension nothing is relaxed: another design of what was asked for. `design` is the core's, while the
    answer is made. `over_nrc_minor` and `over_mrc_minor`: by so much the budget of the bundle, where it has one and the
    item has none, would be exceeded with it; below zero is left over. `bundle_nrc_minor` and `bundle_mrc_minor` are the
    sums of the bundle with it and with the designs of all items that have one, None without a bundle; what is in
    `bundle_unpriced` ("nrc", "mrc") lacks a price that nobody has stated.
    """

    id: str
    solution: SiteSolution
    dimension: Dimension | None = None
    wanted: Json = None
    offered: Json = None
    further: tuple[Relaxed, ...] = ()
    design: Any = field(default=None, compare=False, repr=False)
    hold: Held | None = None
    bundle_nrc_minor: int | None = None
    bundle_mrc_minor: int | None = None
    bundle_unpriced: tuple[str, ...] = ()
    over_nrc_minor: int | None = None
    over_mrc_minor: int | None = None

    @property
    def relaxed(self) -> tuple[Relaxed, ...]:
        if self.dimension is None:
            return self.further
        return (Relaxed(dimension=self.dimension, wanted=self.wanted, offered=self.offered), *self.further)


def numbered(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Their ids are their places."""
    return tuple(replace(one, id=str(place)) for place, one in enumerate(proposals, start=1))


@dataclass(frozen=True, kw_only=True)
class ItemAnswer:
    """The answer to one requirement. `broken` says why no answer could be computed; then `result` is None.

    `before` is the service that is released or kept as it is: such an answer has no design. `cut_short`: what was not,
    or not to its end, looked for, since time was short or there was too much of it.
    """

    ref: str
    result: Result | None
    findings: tuple[Finding, ...] = ()
    solution: SiteSolution | None = None
    proposals: tuple[Proposal, ...] = ()
    asked: tuple[PartnerAnswer, ...] = ()
    broken: str | None = None
    before: Before | None = None
    cut_short: tuple[CutShort, ...] = ()
    hold: Held | None = None

    @property
    def can_be_had(self) -> bool:
        """As it is wanted, or in another way."""
        return self.result in ("qualified", "alternate")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One item of a solution: what came out of it, and the design behind it, where there is one."""

    ref: str
    result: Result | None
    place: str
    design_id: str | None = None
    ready: date | None = None
    nrc_minor: int | None = None
    mrc_minor: int | None = None
    availability: float | None = None
    technology: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    where: Located | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeSolution:
    """All items of one request as one solution: its document stands beside those of its items.

    `wanted` is the bundle's requirement, None without a bundle. The members are in the order of the request; plan,
    case, risks and operations are those of all members together that have a design.
    """

    design_id: str
    version: int
    wanted: Requirement | None
    members: tuple[Member, ...]
    currency: str
    nrc_minor: int
    mrc_minor: int
    computed_at: datetime
    scope: tuple[Aspect, ...] | None = None
    availability: float | None = None
    plan: Plan | None = None
    case: BusinessCase | None = None
    risks: tuple[Risk, ...] = ()
    operations: Operations | None = None
    objectives: tuple[Objective, ...] = ()
    findings: tuple[Finding, ...] = ()
    replaces: str | None = None


Documented = SiteSolution | WholeSolution
"""What has a design document of its own."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of a bundle, over the items that have a solution.

    `mrc_before_minor` sums up the services that are there before, None where there is none or one is not known.
    `missing_nrc` and `missing_mrc`: a price is in none of these sums, since nobody has stated it.
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
    missing_nrc: bool = False
    missing_mrc: bool = False
    whole: WholeSolution | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to all requirements of one question, in their order.

    `totals` are those of the first bundle, or of all items without one, `further` those of the other bundles, by ref.
    """

    items: tuple[ItemAnswer, ...]
    totals: Totals | None
    valid_until: datetime | None
    computed_at: datetime
    further: Mapping[str, Totals] = field(default_factory=dict)

    @property
    def whole(self) -> WholeSolution | None:
        return None if self.totals is None else self.totals.whole

    @property
    def wholes(self) -> tuple[WholeSolution, ...]:
        found = (self.whole, *(one.whole for one in self.further.values()))
        return tuple(one for one in found if one is not None)
