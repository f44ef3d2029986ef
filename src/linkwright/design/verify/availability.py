"""How available the verified legs are: factoring on what they share, and which component is worth making better."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod


def some_leg_up(legs: Sequence[Mapping[str, float]]) -> float:
    """Probability that a leg is up: factoring on shared components (Moskowitz 1958), exact.

    A component of every leg stands in series with the rest; one of several legs is either up, and then of no further
    concern, or down together with the legs that need it; legs that share nothing fail independently.
    """
    if len(legs) == 1:
        return 1 - (1 - prod(legs[0].values()))
    times = Counter(name for leg in legs for name in leg)
    shared = min((name for name, count in times.items() if count > 1), default=None)
    if shared is None:
        return 1 - prod(1 - prod(leg.values()) for leg in legs)
    up = next(leg[shared] for leg in legs if shared in leg)
    without = [{name: value for name, value in leg.items() if name != shared} for leg in legs]
    standing = [leg for leg in legs if shared not in leg]
    return up * some_leg_up(without) + ((1 - up) * some_leg_up(standing) if standing else 0.0)


def weakest(legs: Sequence[Mapping[str, float]]) -> str:
    """The component which, made perfect, would help the service most; the first by name among equals.

    Components of the same legs stand in series, so of these only the least available one can be it.
    """
    least: dict[tuple[bool, ...], tuple[float, str]] = {}
    for name in sorted({name for leg in legs for name in leg}):
        where = tuple(name in leg for leg in legs)
        value = next(leg[name] for leg in legs if name in leg)
        if where not in least or value < least[where][0]:
            least[where] = value, name
    if len(least) == 1:
        return next(name for _, name in least.values())
    perfect = {
        name: some_leg_up([{part: 1.0 if part == name else value for part, value in leg.items()} for leg in legs])
        for _, name in least.values()
    }
    return max(sorted(perfect), key=lambda name: perfect[name])
