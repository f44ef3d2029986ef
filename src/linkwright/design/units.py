"""Constants of the design core with unit and source, and the conversions between a network's words and ours."""

import math

LIGHT_IN_VACUUM_KM_PER_MS = 299.792458
"""Exact by the definition of the metre (BIPM, SI brochure)."""

FIBRE_MS_PER_KM = 0.0049
"""One-way delay of light in silica fibre: group index 1.468 at 1550 nm (ITU-T G.652 fibre) over the speed of light."""

MINUTES_PER_YEAR = 365 * 24 * 60
"""A year of service-level arithmetic: leap days are ignored."""

LATENCY_TOLERANCE_MS = 1e-9
"""Two latencies nearer than this are equal: the rounding of a sum of doubles, far below any clock."""

AVAILABILITY_TOLERANCE = 1e-12
"""Two availabilities nearer than this are equal: half a microsecond a year."""


def fibre_delay_ms(length_km: float) -> float:
    """One-way delay of `length_km` of fibre (route length, not great-circle distance).

    >>> round(fibre_delay_ms(1000), 9)
    4.9
    """
    return length_km * FIBRE_MS_PER_KM


def round_trip_ms(one_way_ms: float) -> float:
    """The figure at the edge of the product, from the core's one-way figure.

    >>> round_trip_ms(4.9)
    9.8
    """
    return 2 * one_way_ms


def one_way_ms(round_trip_ms: float) -> float:
    """The core's figure, from a round trip.

    >>> one_way_ms(9.8)
    4.9
    """
    return round_trip_ms / 2


def downtime_min_per_year(availability: float) -> float:
    """Expected minutes of downtime a year.

    >>> round(downtime_min_per_year(0.9999), 2)
    52.56
    """
    return (1 - availability) * MINUTES_PER_YEAR


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
