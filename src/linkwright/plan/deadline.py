"""When a search has to be over."""

import time
from collections.abc import Callable
from copy import copy

Clock = Callable[[], float]
OFTEN = 256
"""A pass over many activities asks once for so many of them whether the time is over."""
Over = Callable[[], bool]


def never() -> bool:
    """Nobody has asked to stop."""
    return False


class TimeIsOver(Exception):
    """A pass that was not finished: what was known before it counts."""


def asked(number: int, is_over: Over) -> None:
    """Raises `TimeIsOver` as soon as it is; `number` counts the steps of a pass."""
    if number % OFTEN == 0 and is_over():
        raise TimeIsOver


class Deadline:
    """`seconds` from when it is made, or earlier where `stop` says so."""

    def __init__(self, seconds: float, *, clock: Clock = time.monotonic, stop: Over = never) -> None:
        self._clock, self._stop = clock, stop
        self._begun = clock()
        self._ends = self._begun + seconds

    def used_s(self) -> float:
        return self._clock() - self._begun

    def left_s(self) -> float:
        return self._ends - self._clock()

    def is_over(self) -> bool:
        return self.left_s() <= 0.0 or self.is_stopped()

    def is_stopped(self) -> bool:
        return self._stop()

    def earlier(self, seconds: float) -> "Deadline":
        """The same so many seconds before."""
        other = copy(self)
        other._ends -= seconds
        return other
