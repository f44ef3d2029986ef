"""What the tests of this room share: due rows in memory, waiting on a condition, and a database for each run."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from linkwright.engine.ports import DueRow

LONG_S = 60.0


def real_now() -> datetime:
    return datetime.now(UTC)


def nothing(_key: str) -> None:
    """A run that has nothing to do."""


class Monotonic:
    """A monotonic clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Come back as soon as it holds; the deadline only ends a test that would fail anyway."""
    ends_at = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < ends_at, f"never happened: {what}"
        time.sleep(0.005)


class Rows:
    """Due rows of a test, safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, str], DueRow] = {}
        self.asked = 0
        self.broken = False

    def put(self, kind: str, key: str, due_at: datetime) -> None:
        with self._lock:
            self._rows[kind, key] = DueRow(kind=kind, key=key, due_at=due_at)

    def settle(self, kind: str, key: str) -> None:
        with self._lock:
            self._rows.pop((kind, key), None)

    def has(self, kind: str, key: str) -> bool:
        with self._lock:
            return (kind, key) in self._rows

    def due(self, now: datetime, limit: int) -> list[DueRow]:
        with self._lock:
            self.asked += 1
            if self.broken:
                raise OSError("the store is away")
            due = [row for row in self._rows.values() if row.due_at <= now]
            return sorted(due, key=lambda row: row.due_at)[:limit]
