"""What makes a business case good enough: the table `[business]` of linkwright.toml."""

import re
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, kw_only=True)
class Finance:
    """The discount rate of a year and the rules that a case has to keep; None is no rule, or no rate.

    The least NPV is in minor units of `currency`. `max_payback_months` is the number of the last month in which what
    was spent may be back, the order's being 0; `max_time_to_revenue_days` are calendar days.

    Raises:
        ValueError: a rate is no number, or below what it can be; a limit is no whole number from 0 on; the least NPV
            has no currency or there is no discount rate for it; the currency is no code of three capital letters.
    """

    currency: str = ""
    discount_rate: float | None = None
    max_payback_months: int | None = None
    min_npv_minor: int | None = None
    min_irr: float | None = None
    max_time_to_revenue_days: int | None = None

    def __post_init__(self) -> None:
        if not _is_rate(self.discount_rate, 0):
            raise ValueError(f"discount_rate {self.discount_rate!r} is no number from 0 on, such as 0.09")
        if not _is_rate(self.min_irr, -0.99):
            raise ValueError(f"min_irr {self.min_irr!r} is no number from -0.99 on, such as 0.12")
        for name in ("max_payback_months", "max_time_to_revenue_days"):
            if not _is_whole(limit := getattr(self, name)) or (limit or 0) < 0:
                raise ValueError(f"{name} {limit!r} is no whole number from 0 on")
        if not _is_whole(self.min_npv_minor):
            raise ValueError(f"min_npv_minor {self.min_npv_minor!r} is no whole number")
        if self.min_npv_minor is not None and not self.currency:
            raise ValueError("min_npv_minor needs its currency")
        if self.min_npv_minor is not None and self.discount_rate is None:
            raise ValueError("min_npv_minor needs the discount_rate")
        if self.currency != "" and not re.fullmatch("[A-Z]{3}", str(self.currency)):
            raise ValueError(f"currency {self.currency!r} is no code of three capital letters")

    @property
    def has_rules(self) -> bool:
        rules = (self.max_payback_months, self.min_npv_minor, self.min_irr, self.max_time_to_revenue_days)
        return any(rule is not None for rule in rules)


def _is_whole(figure: object) -> bool:
    return figure is None or type(figure) is int


def _is_rate(figure: object, least: float) -> bool:
    return figure is None or (type(figure) in (int, float) and least <= figure <= 1000 and isfinite(figure))  # type: ignore[operator,arg-type]
