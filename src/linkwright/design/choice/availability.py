"""Exact availability of a service whose legs share parts.

A leg is up while all its components are up; components fail independently of each other and are told apart by name, so
whatever two legs share (CPE, node, link, risk group) fails once.
"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from math import prod


def availability_of_legs(legs: Sequence[Mapping[Hashable, float]]) -> float:
    """Probability that at least one leg is up; each leg maps the names of its components to their availability.

    Source: inclusion-exclusion over the events "leg is up"; 2^n - 1 terms for n legs, exact for any sharing.

    >>> availability_of_legs([{"duct": 0.9, "a": 0.5}, {"duct": 0.9, "b": 0.5}]) == 0.9 * 0.75
    True
    """
    total = 0.0
    for size in range(1, len(legs) + 1):
        sign = 1 if size % 2 else -1
        for subset in combinations(legs, size):
            union: dict[Hashable, float] = {}
            for leg in subset:
                union.update(leg)
            total += sign * prod(union.values())
    return total
