"""The internal rate of return of a cash flow by months."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from linkwright.business.flow import MONTHS_A_YEAR

_LARGEST = 1e12
_SMALLEST = 1e-3
_STEPS = 600
_HALVINGS = 200


def irr_of(net: Sequence[int]) -> float | None:
    """The rate of a year at which the flow is worth nothing: that of a month, compounded twelve times.

    None where the cash never changes its sign, or where no rate makes it worth nothing. Where several do (the cash
    changes its sign more than once), it is the smallest that is not negative, and without one the one nearest to zero.
    """
    flow = _trimmed(net)
    if not flow or min(flow) >= 0 or max(flow) <= 0:
        return None
    growth = _conventional(flow) if _sign_changes(flow) == 1 else _smallest(flow)
    return None if growth is None else growth**MONTHS_A_YEAR - 1


def _trimmed(net: Sequence[int]) -> list[int]:
    """Without the months before the first cash and after the last: they do not move the rate."""
    there = [n for n, amount in enumerate(net) if amount]
    return list(net[there[0] : there[-1] + 1]) if there else []


def _sign_changes(flow: Sequence[int]) -> int:
    signs = [amount > 0 for amount in flow if amount]
    return sum(one != next_ for one, next_ in pairwise(signs))


def _worth(flow: Sequence[int], growth: float) -> float:
    """Something of the sign of the worth at this growth a month, which stays finite for any growth."""
    total = 0.0
    if growth >= 1:
        for amount in reversed(flow):
            total = total / growth + amount
    else:
        for amount in flow:
            total = total * growth + amount
    return total


def _conventional(flow: Sequence[int]) -> float | None:
    """One change of sign: there is exactly one growth, and worth has the sign of the first cash beyond it."""
    low = high = 1.0
    first = flow[0] > 0
    while (_worth(flow, high) > 0) != first:
        high *= 2
        if high > _LARGEST:
            return None
    while (_worth(flow, low) > 0) == first:
        low /= 2
        if low < _SMALLEST:
            return None
    return _bisected(flow, low, high)


def _smallest(flow: Sequence[int]) -> float | None:
    up = [1 + 10 ** (-6 + 12 * step / _STEPS) for step in range(_STEPS + 1)]
    down = [1 - (1 - _SMALLEST) * step / _STEPS for step in range(_STEPS + 1)]
    for grid in ([1.0, *up], down):
        for one, other in pairwise(grid):
            if not (at_one := _worth(flow, one)):
                return one
            if (at_one > 0) != (_worth(flow, other) > 0):
                return _bisected(flow, one, other)
    return None


def _bisected(flow: Sequence[int], one: float, other: float) -> float:
    positive = _worth(flow, one) > 0
    for _ in range(_HALVINGS):
        middle = (one + other) / 2
        if middle in (one, other) or not isfinite(middle):
            break
        if (_worth(flow, middle) > 0) == positive:
            one = middle
        else:
            other = middle
    return (one + other) / 2
