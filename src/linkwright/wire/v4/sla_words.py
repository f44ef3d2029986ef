"""What a design gives, in words: availability to all digits, everything else never rounded in favour."""

from decimal import Decimal

from linkwright.designs.amounts import downtime_min_per_year, up
from linkwright.designs.answers import SiteSolution
from linkwright.wire.json import Json


def sla_words(solution: SiteSolution) -> dict[str, Json]:
    """Availability and its margin are told as they were verified; latency, the round trip, and downtime are rounded up.

    Jitter and loss are told where they are known: the one rounded up, the other as it was verified.
    """
    told: dict[str, Json] = {
        "sla.availability": solution.availability,
        "sla.downtimeMinPerYear": downtime_min_per_year(solution.availability),
        "sla.latencyMs": up(2 * solution.latency_ms, 1_000_000),
        "sla.limitingComponent": solution.weakest,
    }
    if solution.availability_without_backup is not None:
        told["sla.withoutBackup"] = solution.availability_without_backup
    if solution.jitter_ms is not None:
        told["sla.jitterMs"] = up(solution.jitter_ms)
    if solution.loss is not None:
        told["sla.loss"] = solution.loss
    if solution.requirement.availability is not None:
        told["sla.margin"] = _difference(solution.availability, solution.requirement.availability)
    return told


def _difference(one: float, other: float) -> float:
    """Of the numbers as they are written: without the noise of their last bits, and without rounding it away."""
    return float(Decimal(repr(one)) - Decimal(repr(other)))
