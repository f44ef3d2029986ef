"""Two lanes for deliveries: whoever is slow or silent goes to one that only few may use at a time.

So the others are served however many are in trouble. What is known of a subscriber is memory: after a restart it is
found out again, at the cost of one short wait each.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

SLOW_S = 0.5
SLOW_AT_ONCE = 4
QUICK_BEFORE_FAST = 20
MOST_REMEMBERED = 10_000

Lane = Literal["fast", "slow", "full"]


class Lanes:
    """Everybody begins in the fast lane. A silence, or an answer after `slow_s`, ends that; quick ones win it back."""

    def __init__(self, *, slow_s: float = SLOW_S, slow_at_once: int = SLOW_AT_ONCE) -> None:
        self._slow_s, self._left = slow_s, slow_at_once
        self._quick_in_a_row: dict[str, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def entered(self, subscription_id: str) -> Iterator[Lane]:
        """The lane in which to deliver; `full` where nobody may at this moment."""
        lane = self._enter(subscription_id)
        try:
            yield lane
        finally:
            if lane == "slow":
                with self._lock:
                    self._left += 1

    def note(self, subscription_id: str, took_s: float, *, silent: bool) -> None:
        """How long an answer took, and whether there was a usable one."""
        with self._lock:
            if silent or took_s >= self._slow_s:
                self._quick_in_a_row.pop(subscription_id, None)
                if len(self._quick_in_a_row) >= MOST_REMEMBERED:  # whoever was slow longest ago may be no more
                    del self._quick_in_a_row[next(iter(self._quick_in_a_row))]
                self._quick_in_a_row[subscription_id] = 0
            elif subscription_id in self._quick_in_a_row:
                self._quick_in_a_row[subscription_id] += 1
                if self._quick_in_a_row[subscription_id] >= QUICK_BEFORE_FAST:
                    del self._quick_in_a_row[subscription_id]

    def changed(self, subscription_id: str, fast: bool) -> bool:
        """Does it belong into another lane than the one that it was entered by?"""
        with self._lock:
            return fast == (subscription_id in self._quick_in_a_row)

    def _enter(self, subscription_id: str) -> Lane:
        with self._lock:
            if subscription_id not in self._quick_in_a_row:
                return "fast"
            if self._left == 0:
                return "full"
            self._left -= 1
            return "slow"
