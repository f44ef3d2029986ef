"""Runs that ended here although the engine's database does not know it: their end could not be written."""

import time
from collections import deque
from collections.abc import Callable, Iterable

ORPHANED_AFTER_S = 10.0
MOST_REMEMBERED = 1000


class Orphans:
    """Whoever is not running at one look after the other has ended. One that only just begins or ends is spared.

    A run that was given up must not begin after all, so it asks first.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._missed_since: dict[str, float] = {}
        self._given_up: deque[str] = deque(maxlen=MOST_REMEMBERED)

    def found(self, not_running: Iterable[str]) -> list[str]:
        """Of the runs that are ours by the database and do not run, those that are given up now."""
        now = self._monotonic()
        self._missed_since = {run: self._missed_since.get(run, now) for run in not_running}
        given_up = [run for run, since in self._missed_since.items() if now - since >= ORPHANED_AFTER_S]
        self._given_up.extend(given_up)
        return given_up

    def is_given_up(self, run: str | None) -> bool:
        return run in self._given_up
