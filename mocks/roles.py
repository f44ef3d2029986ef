"""What a mock is to its frame, and what the frame gives it."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from mocks.calls import Handler, Json
from mocks.events import Hub
from mocks.faults import Faults


class Mock(Protocol):
    """What the frame needs of a mock.

    A handler is a plain quick function without I/O; the frame runs one at a time. `registerListener` and
    `unregisterListener` need no handler: the frame has them.
    """

    @property
    def name(self) -> str: ...

    @property
    def contracts(self) -> tuple[str, ...]:
        """File names in the folder of the contracts."""
        ...

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By operationId; unique over all contracts of the mock."""
        ...


@runtime_checkable
class Starting(Protocol):
    """A mock that acts by itself: it gets its context before the first call."""

    def on_start(self, context: "Context") -> None: ...


@runtime_checkable
class Showing(Protocol):
    """A mock that has stored something: `GET /mock-control/state` shows it."""

    def state(self) -> Mapping[str, Json]: ...


@runtime_checkable
class Steered(Protocol):
    """A mock whose orders can be made late, endangered or stopped: `PATCH /mock-control/orders/{id}`."""

    def steer(self, order_id: str, wish: Mapping[str, Json]) -> bool:
        """False where it has no such order; ValueError for a wish that it does not know."""
        ...


@runtime_checkable
class Loading(Protocol):
    """A mock that can go on from what `state` showed of another one: `PUT /mock-control/state`."""

    def load(self, state: Mapping[str, Json]) -> None:
        """Only before anything else is stored. What is not there begins empty."""
        ...


@runtime_checkable
class Forgetting(Protocol):
    """A mock that can lose a resource that it has just created."""

    def forget(self, resource_id: str) -> None: ...


class Clock:
    """Real UTC time until it is set; then it stands still."""

    def __init__(self) -> None:
        self._set: datetime | None = None

    def __call__(self) -> datetime:
        return self._set or datetime.now(UTC)

    def set(self, now: datetime | None) -> None:
        """None goes back to real time."""
        self._set = now


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a mock can do outside an answer."""

    now: Callable[[], datetime]
    hub: Hub
    faults: Faults
    lock: AbstractContextManager[object] = field(repr=False)

    @property
    def items_lost(self) -> tuple[str, ...]:
        """Order items that this mock is told not to deliver."""
        return self.hub.faults.settings.items_lost

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Call `action`, alone as a handler is, after so much real time. Only from a handler or such an action."""
        asyncio.get_running_loop().call_later(delay_s, self._alone, action)

    def publish(self, contract: str, event_type: str, resource_name: str, resource: Json) -> None:
        """Tell the subscribers of this contract's hub; the resource is copied as it is now."""
        self.hub.publish(contract, event_type, resource_name, resource, self.now())

    def _alone(self, action: Callable[[], None]) -> None:
        with self.lock:
            action()


def ids(prefix: str = "", after: Iterable[str] = ()) -> Callable[[], str]:
    """A counter of ids: `prefix-1`, `prefix-2`, …, beginning after all that were given `after` this one."""
    numbers = itertools.count(1 + max((int(given.rpartition("-")[2]) for given in after), default=0))
    return lambda: f"{prefix}-{next(numbers)}" if prefix else str(next(numbers))
