"""A service order, and requests to cancel it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from linkwright.designs.answers import SiteSolution, Totals
from linkwright.designs.parts_of_answers import Before
from linkwright.designs.requirement import Change, Requirement
from linkwright.orders.amendment import Amendment
from linkwright.orders.course import Course
from linkwright.orders.late import Late
from linkwright.orders.waits import Decision, Remark, Wait
from linkwright.posting import Post

State = Literal[
    "acknowledged",
    "rejected",
    "pending",
    "held",
    "inProgress",
    "cancelled",
    "completed",
    "failed",
    "partial",
    "assessingCancellation",
    "pendingCancellation",
]
Action = Change
Happening = Literal[
    "created", "attributeChanged", "stateChanged", "deleted", "informationRequired", "milestone", "jeopardy"
]
Severity = Literal["Normal", "Hazard", "Critical"]
CancelState = Literal["accepted", "inProgress", "done", "terminatedWithError"]


@dataclass(frozen=True, kw_only=True)
class QualificationRef:
    """An item of an earlier check, or one proposal of it, that an order commits."""

    check_id: str
    item_id: str
    proposal_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why an item or an order cannot go on."""

    code: str
    reason: str
    message: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Milestone:
    id: str
    name: str
    status: str
    at: datetime
    message: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Jeopardy:
    """`severity` is Normal, Hazard or Critical; `name` is the stable code."""

    id: str
    name: str
    severity: Severity
    at: datetime
    message: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """What could be done instead of the design that an item has, since that one cannot be ready in time any more.

    `design_id` is None where no design would help. `news` is what was known when it was asked for: other news, another
    question. `text` says it in a sentence without money, `money` what it costs.
    """

    news: str
    text: str
    design_id: str | None = None
    money: str = ""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Something of ours in another system: a reservation, an order. `kind` says which."""

    id: str
    kind: str
    name: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Another order that this one causes: `procures`, `provides`, `allocates` or `implements`, and where it gives up
    what a service has had `ceases`, `returns` or `releases`.
    """

    id: str
    kind: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrderItem:
    """One item. A parent has `children` and no work of its own; its state follows theirs.

    `before_cancel` is the state to return to when a cancel is denied. `leaving` is the service that a `delete`
    releases, as it was found when the work began. `course` is how it goes by its plan.
    """

    id: str
    action: Action
    state: State
    requirement: Late[Requirement] = Late()  # noqa: RUF009 (a descriptor): stored long before anybody asks for it
    service_id: str | None = None
    design_id: str | None = None
    solution: SiteSolution | None = None  # only on the way to the store: afterwards `design_id` finds it
    totals: Totals | None = None  # only on the way to the store, like the solution
    children: tuple["OrderItem", ...] = ()
    depends_on: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    before_cancel: State | None = None
    leaving: Before | None = None
    replacement: Replacement | None = None
    course: Course | None = None

    @property
    def proposed_design_id(self) -> str | None:
        """A design that would be ready before the one that the item has; its requester may accept it."""
        return None if self.replacement is None else self.replacement.design_id


@dataclass(frozen=True, kw_only=True)
class Order:
    """A stored order. `body` is the resource as the requester sent it, unknown attributes included.

    `builds` are planned accesses and upgrades of its designs that will be ready later than these count on, and the day
    from which each can be had by what the inventory said on the day `builds_seen`; None: it does not show it any more.

    `amendments` are wishes that are not fulfilled yet, `superseded` the keys of tasks whose items others serve now.

    `before_cancel` is the state to return to when a cancel is denied.
    """

    id: str
    state: State
    items: tuple[OrderItem, ...]
    ordered_at: datetime
    requester: str
    body: Mapping[str, Any]
    version: int = 1
    external_id: str | None = None
    category: str | None = None
    priority: str | None = None
    requested_start: datetime | None = None
    requested_completion: datetime | None = None
    expected_completion: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    before_cancel: State | None = None
    qualifications: tuple[QualificationRef, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    jeopardies: tuple[Jeopardy, ...] = ()
    references: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()
    faults: tuple[Fault, ...] = ()
    builds: Mapping[str, date | None] = field(default_factory=dict)
    builds_seen: date | None = None
    waits: tuple[Wait, ...] = ()
    decisions: tuple[Decision, ...] = ()
    remarks: tuple[Remark, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    superseded: tuple[str, ...] = ()
    post: Post | None = None  # only on the way to the store


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """A request to cancel an order (all of it, or the named items)."""

    id: str
    order_id: str
    state: CancelState
    asked_at: datetime
    requester: str
    body: Mapping[str, Any]
    version: int = 1
    items: tuple[str, ...] = ()
    reason: str | None = None
    wanted_at: datetime | None = None
    effective_at: datetime | None = None
    message: str | None = None
    fault: Fault | None = None
    post: Post | None = None  # only on the way to the store
