"""Spans of dates as the calendar takes them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dates:
    start: date
    end: date
    yearly: bool = False
