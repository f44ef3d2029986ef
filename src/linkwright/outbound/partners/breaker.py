"""When a partner is left alone for a while."""

import threading
from collections.abc import Callable

from linkwright.designs.facts import Asked


class Breaker:
    """Opens after `most` questions in a row without answer; after `pause_s` one goes through to see whether he is back.

    `left` is what became of the last of them.
    """

    def __init__(self, most: int, pause_s: float, monotonic: Callable[[], float]) -> None:
        self._most, self._pause_s, self._monotonic = most, pause_s, monotonic
        self._unanswered, self._again_at_s, self._lock = 0, 0.0, threading.Lock()
        self.left: Asked = "silent"

    def lets_through(self) -> bool:
        with self._lock:
            if self._unanswered < self._most:
                return True
            if self._monotonic() < self._again_at_s:
                return False
            self._again_at_s = self._monotonic() + self._pause_s
            return True

    def answered(self) -> None:
        with self._lock:
            self._unanswered = 0

    def unanswered(self, left: Asked) -> None:
        with self._lock:
            self.left = left
            self._unanswered += 1
            self._again_at_s = self._monotonic() + self._pause_s
