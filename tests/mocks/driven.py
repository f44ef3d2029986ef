"""A mock without network and without waiting: requests go straight into it, and time leaps while a test waits."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson

from mocks.faults import Faults, FaultSettings
from mocks.frame import build_app, default_contracts_dir
from mocks.roles import Clock, Mock

T = TypeVar("T")
DEADLINE_S = 10.0
LEAP_S = 10.0
STEP_S = 60.0
"""For the steps of orders: long enough that none happens between two calls, and six leaps only."""


class _LeapingLoop(asyncio.SelectorEventLoop):
    leapt_s = 0.0

    def time(self) -> float:
        return super().time() + self.leapt_s


class Driven:
    """`events` are the deliveries (callback, event) of the mock; `refusals` many of them are refused first."""

    def __init__(self, mock: Mock, contracts_dir: Path) -> None:
        self.faults, self.clock = Faults(), Clock()
        self.events: list[tuple[str, Any]] = []
        self.refusals = 0
        self._loop = _LeapingLoop()
        app = build_app(
            mock,
            contracts_dir=contracts_dir,
            faults=self.faults,
            clock=self.clock,
            check_answers=True,
            poster=self._post,
        )
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock.test")

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **options: Any
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        content = {} if body is None else {"json": body}
        return self._loop.run_until_complete(self._client.request(method, path, headers=headers, **content, **options))

    def begin(self, method: str, path: str, body: Any) -> "asyncio.Task[httpx.Response]":
        """A call that is under way while the test goes on."""
        return self._loop.create_task(self._client.request(method, path, json=body))

    def end(self, call: "asyncio.Task[httpx.Response]") -> httpx.Response:
        return self._loop.run_until_complete(call)

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        answer = self.call("POST", path, body, key=key)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def until(self, found: Callable[[], T | None]) -> T:
        """Let time leap until `found` gives something."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            if result := found():
                return result
            self._loop.leapt_s += LEAP_S
            self._loop.run_until_complete(asyncio.sleep(0))
        raise AssertionError("it did not happen in time")

    def until_state(self, path: str, state: str) -> Any:
        """Let time leap until the resource is in this state; the resource."""

        def found() -> Any:
            resource = self.get(path)
            return resource if resource["state"] == state else None

        return self.until(found)

    def subscribe(self, base: str, callback: str = "http://us.test/events", query: str | None = None) -> Any:
        wish = {"callback": callback} if query is None else {"callback": callback, "query": query}
        return self.post(f"{base}/hub", wish)

    def told(self, event_type: str) -> list[Any]:
        return [event for _, event in self.events if event["eventType"] == event_type]

    def have(self, **faults: Any) -> None:
        self.faults.set(FaultSettings.read(faults))

    def close(self) -> None:
        async def stop() -> None:
            await self._client.aclose()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._loop.run_until_complete(stop())
        self._loop.close()

    async def _post(self, callback: str, body: bytes) -> int:
        if self.refusals:
            self.refusals -= 1
            return 503
        self.events.append((callback, orjson.loads(body)))
        return 201


@contextmanager
def driven(mock: Mock, contracts_dir: Path | None = None) -> Iterator[Driven]:
    running = Driven(mock, contracts_dir or default_contracts_dir())
    try:
        yield running
    finally:
        running.close()


class Stock:
    """Counted resources, as the pool needs them."""

    def __init__(self, free: Mapping[str, int]) -> None:
        self.free = dict(free)

    def capacity(self, resource_id: str) -> int | None:
        return self.free.get(resource_id)

    def take(self, resource_id: str, quantity: int) -> None:
        self.free[resource_id] -= quantity

    def give_back(self, resource_id: str, quantity: int) -> None:
        self.free[resource_id] += quantity
