"""Amounts of the design core as a requester reads them, never rounded in favour of what is told."""

import math
from dataclasses import dataclass

from linkwright.designs.working_days import WorkingDays

_HAIR = 1e-9


def round_trip_ms(one_way_ms: float) -> float:
    """Rounded up to microseconds, so that what is told is enough; a hair of float noise does not count."""
    return up(2 * one_way_ms)


def up(value: float, parts: int = 1000) -> float:
    """The next value with no finer parts than one of so many."""
    return math.ceil((value - _HAIR) * parts) / parts


def percent(probability: float) -> str:
    """Five decimals of a percent, rounded down: a target is never met by rounding."""
    return f"{math.floor(probability * 1e7 + 1e-6) / 1e5:.5f} %"


def percent_up(probability: float) -> str:
    return f"{plain(up(probability * 100, 100_000))} %"


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
            return f"{plain(value * 100)} %" if is_limit else percent_up(value)
        if aspect.startswith("budget_") or aspect in ("nrc", "mrc", "total"):
            return self.money(value)
        return percent(value) if aspect == "availability" else f"{plain(value)} Mbit/s"

    def day(self, day: int) -> str:
        if self.days is None:
            return f"day {day}"
        return self.days.date_of(day).isoformat() if day <= self.days.last else f"later than {self.days.date_of(day)}"

    def money(self, minor: float) -> str:
        return f"{minor / 100:,.2f} {self.currency}".rstrip()
