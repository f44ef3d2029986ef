"""What an item's own rules are asked of: an access option for one leg, and legs that are complete but for their CPE."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from linkwright.design.model import AccessOption, Site
from linkwright.design.rules.figures import LATENCY, Sums
from linkwright.design.wishes import Wish


@dataclass(frozen=True, slots=True)
class Offered:
    """An access option for one wish. `is_choosy`: a partner that the item prefers has an option for it."""

    option: AccessOption
    wish: Wish
    ready_day: int
    last_day: float
    is_choosy: bool


def last_day_of(option: AccessOption, site: Site) -> float:
    """The last day until which an access is there from the item's start on without a break; inf: for good."""
    end = inf if site.end_day is None else site.end_day
    last = inf if option.until_day is None else option.until_day
    for booking in option.bookings:
        if booking.from_day <= end and booking.to_day >= site.required_day:
            last = min(last, booking.from_day - 1)
    return last


@dataclass(frozen=True, slots=True)
class LegFacts:
    """Legs with the CPE of one model. `most`: for each leg what it may have of each figure."""

    sums: Sequence[Sums]
    cpe: Sums
    most: Sequence[Sums]
    nrc_minor: int
    mrc_minor: int
    total_minor: int
    availability: Callable[[], float]

    def keeps(self, figure: int) -> bool:
        boxes = self.cpe[figure]
        return all(own[figure] + boxes <= most[figure] for own, most in zip(self.sums, self.most, strict=True))

    def differential_ms(self) -> float:
        latencies = [own[LATENCY] for own in self.sums]
        return max(latencies) - min(latencies)
