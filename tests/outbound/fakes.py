"""What the tests of this room share: clocks that stand still and clients of a made-up system."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from linkwright.outbound.http import Client
from tests.builders import NOW

BASE_URL = "http://peer.test"


class Clock:
    """The time of day, standing still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Ticking:
    """A monotonic clock on which every look takes `step_s` seconds."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s, self._step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self._step_s
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def a_client(system: str = "peer", base_url: str = BASE_URL, **changes: Any) -> Client:
    return Client(system, base_url, **{"connect_timeout_s": 1.0, "read_timeout_s": 5.0} | changes)


def numbered() -> Callable[[], str]:
    """Ids id-1, id-2, …"""
    count = iter(range(1, 1_000_000))
    return lambda: f"id-{next(count)}"
