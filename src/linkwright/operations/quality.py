"""Objectives for Service Quality Management: from what was promised, and from how much better it is predicted to be.

Only what was asked for is promised: a figure that nobody asked for has no objective, however good its prediction is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from linkwright.operations.model import Objective

ALARM_SHARE = Decimal("0.5")
"""The alarm is raised where so much of the margin between prediction and target is used up, so before the target."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """The figures of a service; None is not asked for, or not predicted. Availability and loss are probabilities."""

    availability: float | None = None
    round_trip_ms: float | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    differential_round_trip_ms: float | None = None
    bandwidth_mbps: float | None = None
    up_mbps: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How one figure is measured: `period` is ISO 8601, `factor` makes the figure one of `unit`."""

    name: str
    comparator: Literal[">=", "<="]
    unit: str
    period: str
    measuring_point: str
    factor: int = 1


_WAY = "from the CPE to the far end of the service"
_PORT = "at the customer's port of the CPE"
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "availability": Measure(
            name="availability", comparator=">=", unit="%", period="P1M", measuring_point=_PORT, factor=100
        ),
        "round_trip_ms": Measure(
            name="latency", comparator="<=", unit="ms", period="PT5M", measuring_point=f"{_WAY} and back"
        ),
        "jitter_ms": Measure(name="jitter", comparator="<=", unit="ms", period="PT5M", measuring_point=_WAY),
        "loss": Measure(name="loss", comparator="<=", unit="%", period="PT15M", measuring_point=_WAY, factor=100),
        "differential_round_trip_ms": Measure(
            name="differentialDelay", comparator="<=", unit="ms", period="P1D", measuring_point=f"{_WAY}, by both legs"
        ),
        "bandwidth_mbps": Measure(
            name="bandwidth", comparator=">=", unit="Mbit/s", period="P1D", measuring_point=_PORT
        ),
        "up_mbps": Measure(
            name="upstreamBandwidth", comparator=">=", unit="Mbit/s", period="P1D", measuring_point=_PORT
        ),
    }
)


def objectives(promised: Quality, predicted: Quality) -> tuple[Objective, ...]:
    """One for each figure that was asked for. The threshold lies between prediction and target, exactly in the middle.

    Where nothing is predicted, or it is no better than the target, there is no margin and the threshold is the target.
    """
    return tuple(_objectives(promised, predicted))


def _objectives(promised: Quality, predicted: Quality) -> Iterator[Objective]:
    for field in fields(Quality):
        target = getattr(promised, field.name)
        if target is None:
            continue
        measure = MEASURES[field.name]
        exact = Decimal(str(target)) * measure.factor
        yield Objective(
            name=measure.name,
            target=float(exact),
            threshold=float(exact + _alarm(exact, getattr(predicted, field.name), measure)),
            comparator=measure.comparator,
            unit=measure.unit,
            period=measure.period,
            measuring_point=measure.measuring_point,
        )


def _alarm(target: Decimal, predicted: float | None, measure: Measure) -> Decimal:
    """How far the threshold is from the target, on the side of the prediction."""
    if predicted is None:
        return Decimal(0)
    margin = Decimal(str(predicted)) * measure.factor - target
    better = margin > 0 if measure.comparator == ">=" else margin < 0
    return margin * (1 - ALARM_SHARE) if better else Decimal(0)
