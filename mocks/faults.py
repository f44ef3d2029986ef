"""Faults that a mock can be told to have, so that tests see how linkwright bears them."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from random import Random
from typing import Any

import orjson

TOO_MANY = 429
DROPS = ("before", "after", "forget")
HOLDS = ("before", "after")


@dataclass(frozen=True, kw_only=True)
class FaultSettings:
    """What goes wrong. Nothing does by default.

    Attributes:
        latency_s: wait so long before the work begins.
        fail_next, fail_status: answer so many calls with an error and without work.
        fail_rate, seed: the share of calls (0 to 1) that get the same error; equal seeds fail the same calls.
        hang_s: the work is done at once, its answer is held back so long.
        malformed: the work is done, its answer is broken JSON.
        drop: the connection is closed `before` the work or `after` it; `forget` answers 201 and loses the resource.
        max_per_s: a call beyond so many in a second gets 429 and is told to come back a second later.
        items_lost: order items with these ids are not delivered: the order ends `partial`, or `failed` without others.
        hold: the call is kept `before` the work or `after` it, until faults are set or cleared; `held` counts them.
        skip: so many calls are spared first.
        times: so many calls hang, are held, malformed or dropped; None is all of them.
        operations: operationIds that have these faults; none named is all.
        orders_wait: orders make no step of their own; cancels of them go on.
        events_late_s: events go out so much later.
        events_twice, events_dropped, events_reordered: events are repeated, lost, or overtaken by the one after them.
    """

    latency_s: float = 0.0
    fail_next: int = 0
    fail_status: int = 503
    fail_rate: float = 0.0
    seed: int = 0
    hang_s: float = 0.0
    malformed: bool = False
    drop: str | None = None
    hold: str | None = None
    skip: int = 0
    times: int | None = None
    max_per_s: int | None = None
    operations: tuple[str, ...] = ()
    items_lost: tuple[str, ...] = ()
    orders_wait: bool = False
    events_late_s: float = 0.0
    events_twice: bool = False
    events_dropped: bool = False
    events_reordered: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "FaultSettings":
        """From JSON. ValueError names what is unknown."""
        unknown = given.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown fault {', '.join(sorted(unknown))}")
        if given.get("drop") not in (None, *DROPS):
            raise ValueError(f"drop is one of {', '.join(DROPS)}")
        if given.get("hold") not in (None, *HOLDS):
            raise ValueError(f"hold is one of {', '.join(HOLDS)}")
        named = {name: tuple(given.get(name, ())) for name in ("operations", "items_lost")}
        return cls(**{**given, **named})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What happens to one call; `status` is the error that it gets, if any, `retry_after_s` when it may come back."""

    latency_s: float = 0.0
    status: int | None = None
    retry_after_s: int | None = None
    hang_s: float = 0.0
    malformed: bool = False
    drop: str | None = None
    hold: str | None = None


class Faults:
    """The faults of one mock at this moment."""

    def __init__(
        self, settings: FaultSettings | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._let_go = asyncio.Event()
        self.held = 0
        self.set(settings or FaultSettings())

    def set(self, settings: FaultSettings) -> None:
        """Replaces all faults; what is held goes on, and chance begins again with the seed."""
        self._let_go.set()
        self._let_go = asyncio.Event()
        self.settings = settings
        self._chance = Random(settings.seed)
        self._came_s: deque[float] = deque(maxlen=settings.max_per_s or 0)

    def clear(self) -> None:
        self.set(FaultSettings())

    async def hold(self) -> None:
        """Until the faults are other ones."""
        self.held += 1
        try:
            await self._let_go.wait()
        finally:
            self.held -= 1

    def verdict(self, operation_id: str) -> Verdict:
        """What happens to this call; counts it where a fault holds for some calls only."""
        now = self.settings
        if now.operations and operation_id not in now.operations:
            return Verdict()
        if self._is_one_too_many():
            return Verdict(status=TOO_MANY, retry_after_s=1)
        if now.skip > 0:
            self.settings = replace(now, skip=now.skip - 1)
            return Verdict()
        status = self._error()
        if status is not None or now.times == 0:
            return Verdict(latency_s=now.latency_s, status=status)
        if now.times is not None:
            self.settings = replace(now, times=now.times - 1)
        return Verdict(
            latency_s=now.latency_s, hang_s=now.hang_s, malformed=now.malformed, drop=now.drop, hold=now.hold
        )

    def _is_one_too_many(self) -> bool:
        if self.settings.max_per_s is None:
            return False
        now_s = self._monotonic()
        is_full = len(self._came_s) == self._came_s.maxlen and now_s - self._came_s[0] < 1
        self._came_s.append(now_s)
        return is_full

    def _error(self) -> int | None:
        now = self.settings
        if now.fail_next > 0:
            self.settings = replace(now, fail_next=now.fail_next - 1)
            return now.fail_status
        return now.fail_status if now.fail_rate and self._chance.random() < now.fail_rate else None


def read_faults(file: Path) -> dict[str, FaultSettings]:
    """Name of a mock → its faults. ValueError names the mock whose faults cannot be read."""
    settings = {}
    for name, given in orjson.loads(file.read_bytes()).items():
        try:
            settings[name] = FaultSettings.read(given)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{file.name}, {name}: {error}") from error
    return settings
