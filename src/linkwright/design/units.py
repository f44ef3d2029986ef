"""Constants of the design core with unit and source, and the conversions that every part of it needs."""

import math

FIBRE_MS_PER_KM = 0.0049
"""One-way delay of light in silica fibre: group index 1.468 at 1550 nm (ITU-T G.652 fibre) over the speed of light."""

LATENCY_TOLERANCE_MS = 1e-9
"""Two latencies nearer than this are equal: the rounding of a sum of doubles, far below any clock."""

AVAILABILITY_TOLERANCE = 1e-12
"""Two availabilities nearer than this are equal: half a microsecond a year."""

JITTER_TOLERANCE_MS = 1e-9
"""Two jitters nearer than this are equal, as two latencies are."""

LOSS_TOLERANCE = 1e-12
"""Two probabilities of packet loss nearer than this are equal: one packet in a million millions."""

OPTICAL_TOLERANCE_DB = 1e-9
"""Two optical losses nearer than this are equal: far below what any instrument can tell."""

THOUSANDTHS = 1000
"""Discounted money is counted in thousandths of a minor unit, because its coefficients have three decimals."""


def fibre_delay_ms(length_km: float) -> float:
    """One-way delay of `length_km` of fibre (route length, not great-circle distance).

    >>> round(fibre_delay_ms(1000), 9)
    4.9
    """
    return length_km * FIBRE_MS_PER_KM


def loss_of(availability: float) -> float:
    """Minus the natural logarithm of a probability: it adds up along a path as availability multiplies.

    >>> loss_of(1.0)
    0.0
    >>> loss_of(0.0)
    inf
    """
    return abs(math.log(availability)) if availability > 0 else math.inf


def total_cost_minor(nrc_minor: int, mrc_minor: int, term_months: int) -> int:
    """Undiscounted cost over the term.

    >>> total_cost_minor(100_00, 10_00, 36)
    46000
    """
    return nrc_minor + term_months * mrc_minor
