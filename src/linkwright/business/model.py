"""Money over time and what may go wrong, as they are told. Money is integer minor units of `currency`."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Layer = Literal["service", "resource"]
Verdict = Literal["accepted", "rejected", "notAssessed"]


def refuse_no_code(currency: object) -> None:
    """Raises ValueError of what is no code of three capital letters."""
    if not re.fullmatch("[A-Z]{3}", str(currency)):
        raise ValueError(f"currency {currency!r} is no code of three capital letters")


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One component of the cost of an item; None is a price that nobody has stated, never zero.

    `component`: access, cpe, build, augment, management, installation, bespoke, training, or the catalogue's own word.
    """

    name: str
    component: str
    layer: Layer
    nrc_minor: int | None = 0
    mrc_minor: int | None = 0
    supplier: str = "own"
    item: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The money of one item: its cost once falls in the month of `installed`; from the first full month after
    `activated` on it is billed, and costs, every month, for `months` months. `price_*` None: not stated."""

    item: str
    installed: date
    activated: date
    months: int
    nrc_minor: int
    mrc_minor: int
    price_nrc_minor: int | None = None
    price_mrc_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """Month 0 is that of the order; cash is counted at the end of the month."""

    number: int
    income_minor: int
    cost_minor: int
    cumulated_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Investment:
    """What is spent once, and every month, for each layer."""

    layer: Layer
    nrc_minor: int
    mrc_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sensitivity:
    """The NPV where one thing is different: `what` is date, price or cost; `change` says by how much, such as +10 %."""

    what: str
    change: str
    npv_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessCase:
    """The assessment of an item, or of all together. `missing` names every price that is not known.

    Without a price there is no NPV, IRR nor payback, and the verdict is `notAssessed`; with a missing cost they are
    those of what is known, and the verdict is `notAssessed` too. `irr` is a year's. `payback_months` and
    `time_to_revenue_days` (calendar days from the order to the first day that is billed) are None where never.
    """

    currency: str
    lines: tuple[CostLine, ...]
    one_time_minor: int
    recurring_minor: int
    investment: tuple[Investment, ...]
    cash_flow: tuple[Month, ...] = ()
    discount_rate: float | None = None
    npv_minor: int | None = None
    irr: float | None = None
    payback_months: int | None = None
    time_to_revenue_days: int | None = None
    monthly_margin_minor: int | None = None
    verdict: Verdict = "notAssessed"
    verdict_reason: str = ""
    missing: tuple[str, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """One thing that may go wrong. `impact_minor` None: not known in money. `code` is stable, as `plannedBuild`."""

    code: str
    cause: str
    probability: float
    impact_days: int
    impact_minor: int | None
    mitigation: str
    owner: str
    item: str | None = None

    @property
    def exposure_days(self) -> float:
        return self.probability * self.impact_days
