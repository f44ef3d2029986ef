"""Runs of consecutive days: sets of day numbers as sorted pairs (first, last) that do not touch each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from linkwright.plan.model import Days

FOREVER = 1 << 40
"""Later than every day, and its negative earlier than every day."""
Numbers = NDArray[np.int64]


def merged(spans: Iterable[Days]) -> tuple[Days, ...]:
    """The same days with no span touching another; spans that end before they start have none."""
    runs: list[Days] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return tuple(runs)


def complement(spans: Iterable[Days], first: int = -FOREVER, last: int = FOREVER) -> tuple[Days, ...]:
    """The days from `first` to `last` that are in no span."""
    runs, start = [], first
    for begin, end in merged(spans):
        runs.append((start, min(begin - 1, last)))
        start = max(start, end + 1)
    return merged((*runs, (start, last)))


def common(some: Iterable[Days], others: Iterable[Days]) -> tuple[Days, ...]:
    """The days that are in both."""
    return complement((*complement(some), *complement(others)))


class Runs:
    """Where work that must not be interrupted can lie: wholly in one run. Work of no days needs a day of a run too."""

    def __init__(self, spans: Iterable[Days]) -> None:
        runs = merged(spans)
        self.first = [first for first, _ in runs]
        self.last = [last for _, last in runs]

    def start_from(self, day: int, days: int) -> int | None:
        """The first possible start on or after `day`; None if there is none."""
        length = days or 1
        for n in range(bisect_left(self.last, day), len(self.last)):
            start = max(day, self.first[n])
            if start + length - 1 <= self.last[n]:
                return start
        return None

    def start_until(self, day: int, days: int) -> int | None:
        """The last possible start on or before `day`; None if there is none."""
        length = days or 1
        for n in range(bisect_right(self.first, day) - 1, -1, -1):
            start = min(day, self.last[n] - length + 1)
            if start >= self.first[n]:
                return start
        return None

    def starts_from(self, day: Numbers, days: Numbers) -> Numbers:
        """`start_from` of many at once; `FOREVER` where there is none."""
        first, last = np.array([*self.first, FOREVER]), np.array([*self.last, 2 * FOREVER])
        length = np.maximum(days, 1)
        run = np.searchsorted(last, day)
        start: Numbers = np.maximum(day, first[run])
        while (late := start + length - 1 > last[run]).any():
            run = run + late
            start = np.maximum(start, first[run])
        return start
