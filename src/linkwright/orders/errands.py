"""The outward tasks that fulfil an order, and what other systems say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from linkwright.designs.answers import SiteSolution
from linkwright.orders.model import Order, Severity

TaskKind = Literal["reserve", "procure", "provide", "allocate", "publish", "implement", "register"]
TaskAction = Literal["add", "modify", "delete"]
TaskState = Literal["planned", "sent", "done", "failed", "fallen", "undoing", "undone"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One outward action of an order. `key` is unique for ever: it is the idempotency key and the external id.

    `items` are the order items that it serves; `system` is a partner's id or the name of an own system. `stage` is
    the group that it is over with (without one it is a stage of its own, by its key), `after` are the stages that
    must be over before. `parts` name what of its items it is about (none: everything). A task is `sent` from the
    moment before its first try: without `remote_id` nobody knows yet whether it arrived. `attempts` counts tries and
    looks without news. While it is out, `delivered` are the items that it is done for; `failures` says of items that
    fell out of it why. `reported` is what the other side says of the services as they are now, by item id. `expected`
    is when it will be delivered by what the system said last, or when that was. What has `fallen` failed, and waits for
    an operator. `action` is what it does for its items: `delete` takes back what they have had until now, or ends their
    services; where one implementation serves several, the action of each item counts.
    """

    key: str
    order_id: str
    kind: TaskKind
    system: str
    items: tuple[str, ...]
    state: TaskState = "planned"
    stage: str | None = None
    after: tuple[str, ...] = ()
    access: str | None = None
    parts: tuple[str, ...] = ()
    remote_id: str | None = None
    remote_href: str | None = None
    remote_state: str | None = None
    note: str = ""
    attempts: int = 0
    expires_at: datetime | None = None
    expected: date | None = None
    look_at: datetime | None = None
    not_before: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    delivered: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    renewals: int = 0
    action: TaskAction = "add"

    @property
    def placed_as(self) -> str:
        """The key that goes out. What was lost goes out under another one: the first stays that of what was lost."""
        return f"{self.key}~{self.renewals}" if self.renewals else self.key

    @property
    def is_return(self) -> bool:
        """It gives back what an order that goes on for others has brought for items that were cancelled."""
        return self.kind == "provide" and self.action == "delete" and bool(self.parts)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Everything that an outward system needs to carry out a task.

    `done` are the other tasks that are done for some of its items, by key. `again`: an earlier try to send it ended
    without a word, so that it may have arrived. `first`: nothing of it was ever sent, so that nothing can be there.
    """

    task: Task
    order: Order
    solutions: Mapping[str, SiteSolution]
    done: Mapping[str, Task]
    again: bool = False
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    remote_id: str
    href: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the other system says of a task now. `parameters`: what it allocated, by item id.

    `warning` are its own words about what endangers the date, `severity` how bad it thinks that is.
    `delivered` are items that it is done for already, `failures` says why of those that it will not be done for: all
    others go the way of the task. `reported`: what it says of the services as they are now, by item id.
    `expires_at`: when a hold ends by itself.
    """

    state: Literal["waiting", "done", "failed", "unknown"]
    remote_state: str
    text: str = ""
    expected: date | None = None
    warning: str = ""
    severity: Severity = "Normal"
    expires_at: datetime | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    delivered: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Hint:
    """An event of another system, as far as it says what it is about.

    `event_id` is the same for the same event told again. `remote_id` is the system's own id of what we gave it, `key`
    the one that we gave with it: the only one that means anything as long as our call has no answer.
    """

    event_id: str
    remote_id: str | None = None
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A hint that concerned a task and that no run has followed yet."""

    system: str
    event_id: str
    task_key: str
