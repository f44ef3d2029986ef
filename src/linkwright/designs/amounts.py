"""Amounts of the design core as a requester reads them, never rounded in favour of what is told."""

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from linkwright.plan.working_days import WorkingDays

_HAIR = 1e-9
_FINEST = Decimal("0.00001")
MINUTES_PER_YEAR = 365 * 24 * 60


def round_trip_ms(one_way_ms: float) -> float:
    """Rounded up to microseconds, so that what is told is enough; a hair of float noise does not count."""
    return up(2 * one_way_ms)


def up(value: float, parts: int = 1000) -> float:
    """The next value with no finer parts than one of so many."""
    return math.ceil((value - _HAIR) * parts) / parts


def downtime_min_per_year(availability: float) -> float:
    """Rounded up to hundredths of a minute."""
    return math.ceil((1 - availability) * MINUTES_PER_YEAR * 100) / 100


def percent(probability: float) -> str:
    """Five decimals of a percent, cut: a target is never met by rounding, and less than one is never told as 100 %."""
    return f"{_percentage(probability).quantize(_FINEST, ROUND_FLOOR)} %"


def percent_up(probability: float) -> str:
    """The next five decimals of a percent that are enough; noise beyond twelve digits does not count."""
    return f"{_digits(_percent_up(probability))} %"


def loss_up(probability: float) -> float:
    """The same as a probability."""
    return float(_percent_up(probability) / 100)


def _percent_up(probability: float) -> Decimal:
    return _twelve_digits(probability).quantize(_FINEST, ROUND_CEILING)


def uncut_percent(probability: float) -> str:
    """Five decimals of a percent, or as many more as it has."""
    exact = _percentage(probability)
    return percent(probability) if exact == round(exact, 5) else f"{_digits(exact)} %"


def _twelve_digits(probability: float) -> Decimal:
    return Decimal(plain(probability * 100))


def _digits(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _percentage(probability: float) -> Decimal:
    """In the digits that the number is written with, not in those by which it is kept."""
    return Decimal(repr(probability)) * 100


def plain(value: float) -> str:
    return f"{value:.12g}"


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """A value of a constraint with its unit. `is_limit`: as it was asked for, and not to be rounded at all."""

    days: WorkingDays | None = None
    currency: str = ""

    def of(self, aspect: str, value: float, *, is_limit: bool = False) -> str:
        if aspect in ("date", "period"):
            return self.day(int(value))
        if aspect in ("latency", "differential"):
            return f"{plain(2 * value if is_limit else round_trip_ms(value))} ms"
        if aspect in ("jitter", "optical"):
            return f"{plain(value if is_limit else up(value))} {'ms' if aspect == 'jitter' else 'dB'}"
        if aspect == "loss":
            return f"{_digits(_twelve_digits(value))} %" if is_limit else percent_up(value)
        if aspect == "availability":
            return uncut_percent(value) if is_limit else percent(value)
        if aspect.startswith("budget_") or aspect in ("nrc", "mrc", "total"):
            return self.money(value)
        return f"{plain(value)} Mbit/s"

    def day(self, day: int) -> str:
        if self.days is None:
            return f"day {day}"
        return self.days.date_of(day).isoformat() if day <= self.days.last else f"later than {self.days.date_of(day)}"

    def money(self, minor: float) -> str:
        return f"{minor / 100:,.2f} {self.currency}".rstrip()
