"""What makes a business case good enough: the table `[business]` of linkwright.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linkwright.business.model import refuse_no_code

MOST_MINOR = 10**15
"""No amount beyond this is looked at."""
BOUNDS: Mapping[str, tuple[type, float, float]] = {
    "discount_rate": (float, 0, 1),
    "min_irr": (float, -0.99, 10),
    "max_payback_months": (int, 0, 1_200),
    "max_time_to_revenue_days": (int, 0, 36_500),
    "min_npv_minor": (int, -MOST_MINOR, MOST_MINOR),
}
"""Of which kind each figure is, and between what; rates are those of a year, and periods a hundred years at most."""
_SUCH: Mapping[str, str] = {"discount_rate": ", such as 0.09", "min_irr": ", such as 0.12"}


@dataclass(frozen=True, kw_only=True)
class Finance:
    """The discount rate of a year and the rules that a case has to keep; None is no rule, or no rate.

    The least NPV is in minor units of `currency`. `max_payback_months` is the number of the last month in which what
    was spent may be back, the order's being 0; `max_time_to_revenue_days` are calendar days.

    Raises:
        ValueError: a rate or limit is no number of its kind, or none that it can be; the least NPV has no currency or
            there is no discount rate for it; the currency is no code of three capital letters.
    """

    currency: str = ""
    discount_rate: float | None = None
    max_payback_months: int | None = None
    min_npv_minor: int | None = None
    min_irr: float | None = None
    max_time_to_revenue_days: int | None = None

    def __post_init__(self) -> None:
        for name, (kind, least, most) in BOUNDS.items():
            if not _is_within(figure := getattr(self, name), kind, least, most):
                of_kind = (
                    f"whole number from {least:,} to {most:,}" if kind is int else f"number from {least} to {most}"
                )
                raise ValueError(f"{name} {figure!r} is no {of_kind}{_SUCH.get(name, '')}")
        if self.min_npv_minor is not None and not self.currency:
            raise ValueError("min_npv_minor needs its currency")
        if self.min_npv_minor is not None and self.discount_rate is None:
            raise ValueError("min_npv_minor needs the discount_rate")
        if self.currency != "":
            refuse_no_code(self.currency)

    @property
    def has_rules(self) -> bool:
        rules = (self.max_payback_months, self.min_npv_minor, self.min_irr, self.max_time_to_revenue_days)
        return any(rule is not None for rule in rules)


def _is_within(figure: Any, kind: type, least: float, most: float) -> bool:
    kinds = (int,) if kind is int else (int, float)
    return figure is None or (type(figure) in kinds and least <= figure <= most)
