"""What may go ahead without being asked, and what goes beyond that."""

from dataclasses import dataclass
from typing import Literal, get_args

from linkwright.business.model import refuse_no_code

Confidence = Literal["green", "yellow", "red"]
Measure = Literal["oneTimeCost", "recurringCost", "totalCost", "risk", "confidence"]
WORSE: tuple[Confidence, ...] = get_args(Confidence)
"""From the best to the worst."""
COSTS = frozenset({"oneTimeCost", "recurringCost", "totalCost"})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that needs no approval; None is no limit. Money is in minor units of `currency`.

    Raises:
        ValueError: an amount has no currency, a figure is no whole number or below zero, the currency is no code of
            three capital letters, or the confidence is no word for one.
    """

    currency: str = ""
    one_time_minor: int | None = None
    recurring_minor: int | None = None
    total_minor: int | None = None
    risk: int | None = None
    confidence: Confidence | None = None

    def __post_init__(self) -> None:
        amounts = (self.one_time_minor, self.recurring_minor, self.total_minor)
        if any(amount is not None for amount in amounts) and not self.currency:
            raise ValueError("an amount needs its currency")
        if wrong := [figure for figure in (*amounts, self.risk) if not _is_limit(figure)]:
            raise ValueError(f"{wrong[0]!r} is no whole number from 0 on")
        if self.currency:
            refuse_no_code(self.currency)
        if self.confidence not in (None, *WORSE):
            raise ValueError(f"confidence {self.confidence!r} is none of {', '.join(WORSE)}")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a design comes to. `total_minor` is that over the whole term. Of `partial` amounts a part is not known."""

    currency: str
    one_time_minor: int
    recurring_minor: int
    total_minor: int
    risk: int
    confidence: Confidence
    partial: tuple[Measure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Excess:
    """One figure beyond its limit. Confidence is a number here too: its place among `WORSE`.

    Amounts in another currency than the limit's cannot be compared, and are beyond it whatever they are. So is one that
    `is_partial`: a part of it is not known.
    """

    measure: Measure
    value: int
    limit: int
    currency: str = ""
    limit_currency: str = ""
    is_partial: bool = False

    @property
    def is_money(self) -> bool:
        return self.measure in COSTS

    def is_within(self, other: "Excess") -> bool:
        """Whoever let `other` pass lets this pass too."""
        is_known = other.is_partial or not self.is_partial
        return (
            (self.measure, self.currency) == (other.measure, other.currency) and is_known and self.value <= other.value
        )


def beyond(limits: Limits, figures: Figures) -> tuple[Excess, ...]:
    """Every figure that is more than its limit."""
    amounts: tuple[tuple[Measure, int, int | None], ...] = (
        ("oneTimeCost", figures.one_time_minor, limits.one_time_minor),
        ("recurringCost", figures.recurring_minor, limits.recurring_minor),
        ("totalCost", figures.total_minor, limits.total_minor),
    )
    found = [
        Excess(
            measure=measure,
            value=value,
            limit=limit,
            currency=figures.currency,
            limit_currency=limits.currency,
            is_partial=measure in figures.partial,
        )
        for measure, value, limit in amounts
        if limit is not None and (value > limit or figures.currency != limits.currency or measure in figures.partial)
    ]
    if limits.risk is not None and figures.risk > limits.risk:
        found.append(Excess(measure="risk", value=figures.risk, limit=limits.risk))
    if limits.confidence is not None and _place(figures.confidence) > _place(limits.confidence):
        found.append(Excess(measure="confidence", value=_place(figures.confidence), limit=_place(limits.confidence)))
    return tuple(found)


def _is_limit(figure: int | None) -> bool:
    return figure is None or (type(figure) is int and figure >= 0)


def _place(word: Confidence) -> int:
    return WORSE.index(word)
