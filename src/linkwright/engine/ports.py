"""Durable running of short pieces of work. The engine knows nothing of orders: a piece is a kind and a key.

The guarantee lies in our own due rows (`DueRows`), not in the engine: a poke may be lost, the sweep repeats it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A piece of work that has to be looked at, at or after `due_at`."""

    kind: str
    key: str
    due_at: datetime


class DueRows(Protocol):
    def due(self, now: datetime, limit: int) -> Sequence[DueRow]:
        """Rows whose time has come, oldest first."""
        ...


class Steps(Protocol):
    """Outward calls inside a piece of work: `Unavailable` is tried again a few times, with growing pauses."""

    def retried(self, name: str, call: Callable[[], T]) -> T:
        """Run `call`; it must be safe to repeat (a read, or a write that carries an idempotency key)."""
        ...


class Engine(Protocol):
    def register(self, kind: str, run: Callable[[str], None], *, workers: int | None = None) -> None:
        """Say what runs for a kind; only before `start`. `run(key)` must be safe to repeat from its beginning.

        `workers`: so many of its own, so that it takes none from other kinds; without a number they are shared.
        """
        ...

    def start(self) -> None:
        """Take up what was left behind by a process that died, and begin to sweep."""
        ...

    def stop(self, drain_s: float) -> None:
        """Begin nothing new and give running pieces `drain_s` seconds to end."""
        ...

    def poke(self, kind: str, key: str, delay_s: float = 0.0) -> None:
        """Run the piece soon. Pieces of one kind and key never run at the same time, in whatever process."""
        ...

    @property
    def steps(self) -> Steps: ...

    def healthy(self) -> bool: ...
