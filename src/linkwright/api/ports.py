"""What the API handlers need remembered, in the words of the resources they serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from linkwright.wire.filters import ListQuery

Api = Literal["serviceOrdering", "serviceQualificationManagement"]
Kind = Literal["serviceOrder", "cancelServiceOrder", "checkServiceQualification", "queryServiceQualification"]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A resource as it is served. `version` grows with every change; `requester` is the client whose it is.

    `internals` is what is kept beside it and served to nobody, as JSON.
    """

    version: int
    body: bytes
    requester: str
    internals: bytes = b"{}"


@dataclass(frozen=True, kw_only=True)
class Page:
    """The resources of one page, each as JSON, and how many match in all.

    `bodies` may be fewer than were asked for, though not none, where they would be too large together.
    """

    bodies: list[bytes]
    total: int


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A listener at the hub of one API. `query` is the filter as it was given, empty for every event."""

    id: str
    api: Api
    callback: str
    query: str


class Documents(Protocol):
    def get(self, kind: Kind, resource_id: str) -> Stored | None:
        """The resource as it was last written; None where there is none, or no more."""
        ...

    def brief_page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page | None:
        """What `page` answers, where an index finds and counts it at once; None where it would take longer."""
        ...

    def page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page:
        """The matching resources, oldest first unless the query sorts them. The total is exact.

        `requester` narrows the answer to the resources of one client.

        Raises:
            InvalidRequest: a condition that no index serves would have to look into too many resources; it is named.
        """
        ...


class Subscriptions(Protocol):
    def add(
        self, api: Api, callback: str, query: str, requester: str | None = None, *, costs: bool = True
    ) -> Subscription:
        """Register a listener. With a `requester` it hears only of that client's resources, else of all.

        Without `costs` it is told nothing of costs and prices.

        Raises:
            InvalidRequest: the query cannot be read.
        """
        ...

    def add_once(
        self, api: Api, callback: str, query: str, requester: str | None, *, costs: bool, key: tuple[str, str]
    ) -> Subscription:
        """What `add` does, and what it did before under the same key: (who posts, the name that he gave the request).

        Raises:
            Conflict: under this key something else was registered.
        """
        ...

    def remove(self, api: Api, subscription_id: str, requester: str | None = None) -> bool:
        """Forget it with all that was not delivered yet; False where this API has no such subscription (of his)."""
        ...


class Designs(Protocol):
    def document(self, design_id: str, requester: str | None = None) -> bytes | None:
        """The stored design as JSON; `requester` narrows it to the designs that were made for one client."""
        ...


@dataclass(frozen=True, kw_only=True)
class Due:
    """Runs of one kind whose time has come."""

    kind: str
    many: int
    oldest_at: datetime


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What waits for one listener; `oldest_at` is when the oldest of it happened."""

    subscription_id: str
    suspended: bool
    waiting: int
    dead: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`orders` are the open ones by state, `resources` all that callers can see by kind."""

    due: Sequence[Due]
    queues: Sequence[Queue]
    suspended: int
    holds: Mapping[tuple[str, str], int]
    orders: dict[str, int]
    resources: dict[str, int]
