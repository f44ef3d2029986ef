"""A service order and the outward tasks that fulfil it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from linkwright.designs.answers import Before, SiteSolution
from linkwright.designs.requirement import Change, Requirement
from linkwright.orders.late import Late
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
CancelState = Literal["accepted", "inProgress", "done", "terminatedWithError"]
TaskKind = Literal["reserve", "procure", "provide", "allocate", "implement", "register"]
TaskState = Literal["planned", "sent", "done", "failed", "undoing", "undone"]


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
    severity: Literal["Normal", "Hazard", "Critical"]
    at: datetime
    message: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Something of ours in another system: a reservation, an order. `kind` says which."""

    id: str
    kind: str
    name: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Another order that this one causes: `procures`, `provides`, `allocates` or `implements`."""

    id: str
    kind: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrderItem:
    """One item. A parent has `children` and no work of its own; its state follows theirs.

    `before_cancel` is the state to return to when a cancel is denied. `leaving` is the service that a `delete` releases,
    as it was found when the work began.
    """

    id: str
    action: Action
    state: State
    requirement: Late[Requirement] = Late()  # noqa: RUF009 (a descriptor): stored long before anybody asks for it
    service_id: str | None = None
    design_id: str | None = None
    solution: SiteSolution | None = None  # only on the way to the store: afterwards `design_id` finds it
    children: tuple["OrderItem", ...] = ()
    depends_on: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    before_cancel: State | None = None
    leaving: Before | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """A stored order. `body` is the resource as the requester sent it, unknown attributes included.

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


@dataclass(frozen=True, kw_only=True)
class Task:
    """One outward action of an order. `key` is unique for ever: it is the idempotency key and the external id.

    `items` are the order items that it serves; `system` is a partner's id or the name of an own system;
    `after` are the keys of the tasks that must be over before. A task is `sent` from the moment before its first
    try: without `remote_id` nobody knows yet whether it arrived. `attempts` counts tries and looks without news.
    """

    key: str
    order_id: str
    kind: TaskKind
    system: str
    items: tuple[str, ...]
    state: TaskState = "planned"
    after: tuple[str, ...] = ()
    access: str | None = None
    remote_id: str | None = None
    remote_href: str | None = None
    remote_state: str | None = None
    note: str = ""
    attempts: int = 0
    expires_at: datetime | None = None
    expected: date | None = None
    look_at: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Everything that an outward system needs to carry out a task."""

    task: Task
    order: Order
    solutions: Mapping[str, SiteSolution]
    done: Mapping[str, Task]


@dataclass(frozen=True, kw_only=True)
class Sent:
    remote_id: str
    href: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the other system says of a task now. `parameters`: what it allocated, by item id."""

    state: Literal["waiting", "done", "failed", "unknown"]
    remote_state: str
    text: str = ""
    expected: date | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
