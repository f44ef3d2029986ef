"""The cash of many items by calendar month, counted from the month of the order, and what it is worth today.

Discounting is done in decimals of 50 digits, from the decimal digits of the rate; nothing is rounded before the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import accumulate

from linkwright.business.model import Month, Stream

DIGITS = 50
MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Minor units by month, each kind of cash by itself; every tuple has the same length.

    `installed` and `billed` count the items that are installed, and billed, in each month.
    """

    income_once: tuple[int, ...]
    income_monthly: tuple[int, ...]
    cost_once: tuple[int, ...]
    cost_monthly: tuple[int, ...]
    installed: tuple[int, ...]
    billed: tuple[int, ...]

    @property
    def income(self) -> tuple[int, ...]:
        return _sums(self.income_once, self.income_monthly)

    @property
    def cost(self) -> tuple[int, ...]:
        return _sums(self.cost_once, self.cost_monthly)

    @property
    def net(self) -> tuple[int, ...]:
        return tuple(gained - spent for gained, spent in zip(self.income, self.cost, strict=True))

    def months(self) -> tuple[Month, ...]:
        rows = zip(self.income, self.cost, accumulate(self.net), strict=True)
        return tuple(
            Month(number=n, income_minor=income, cost_minor=cost, cumulated_minor=cumulated)
            for n, (income, cost, cumulated) in enumerate(rows)
        )


def flow_of(streams: Sequence[Stream], ordered: date, *, nrc_beside_minor: int = 0, mrc_beside_minor: int = 0) -> Flow:
    """All streams together. What is dated before the order falls in its month.

    What is spent beside them, for all items, falls once in the month of the first installation, and every month from
    the first to the last one that is billed. A price that is not stated is none.

    Raises:
        ValueError: a stream is billed for less than no month.
    """
    if short := [stream for stream in streams if stream.months < 0]:
        raise ValueError(f"{short[0].item}: {short[0].months} is no number of months")
    alike = [(_span(dates, ordered), sums) for dates, sums in _by_dates(streams).items()]
    length = 1 + max((max(installed, end - 1) for (installed, _, end), _ in alike), default=0)
    once, monthly = ([[0] * length for _ in range(3)] for _ in range(2))
    for (installed, first, end), sums in alike:
        _add(once, range(installed, installed + 1), (sums.price_nrc, sums.nrc, sums.items))
        _add(monthly, range(first, end), (sums.price_mrc, sums.mrc, sums.items))
    if alike:
        once[1][min(installed for (installed, _, _), _ in alike)] += nrc_beside_minor
    if billed := [(first, end) for (_, first, end), _ in alike if end > first]:
        all_billed = range(min(first for first, _ in billed), max(end for _, end in billed))
        _add(monthly, all_billed, (0, mrc_beside_minor, 0))
    return Flow(
        income_once=tuple(once[0]),
        cost_once=tuple(once[1]),
        installed=tuple(once[2]),
        income_monthly=tuple(monthly[0]),
        cost_monthly=tuple(monthly[1]),
        billed=tuple(monthly[2]),
    )


def factors(rate: float, months: int) -> tuple[Decimal, ...]:
    """What one unit at the end of each month is worth today, at a rate of a year; month 0 is today."""
    with localcontext(prec=DIGITS):
        monthly = (1 + Decimal(str(rate))) ** (Decimal(-1) / MONTHS_A_YEAR)
        return tuple(accumulate([Decimal(1), *[monthly] * (months - 1)], lambda so_far, one: so_far * one))


def worth(amounts: Iterable[int], by: Sequence[Decimal]) -> Decimal:
    """The sum of all amounts, each times its factor, not rounded."""
    with localcontext(prec=DIGITS):
        return sum((amount * factor for amount, factor in zip(amounts, by, strict=True)), Decimal(0))


def rounded(amount: Decimal) -> int:
    """Whole minor units, a half to the even one."""
    return int(amount.to_integral_value(ROUND_HALF_EVEN))


def payback_of(net: Sequence[int]) -> int | None:
    """The first month from which on the cumulated cash, not discounted, is never below zero; None where it ends so."""
    below = [n for n, cumulated in enumerate(accumulate(net)) if cumulated < 0]
    if not below:
        return 0
    return None if below[-1] == len(net) - 1 else below[-1] + 1


def first_billed(stream: Stream, ordered: date) -> date | None:
    """The first day that is billed: the first one of a month, or of a stream without months the day it is activated."""
    activated = max(stream.activated, ordered)
    if stream.months == 0:
        return activated if stream.price_nrc_minor else None
    return first_full_month(activated)


def first_full_month(day: date) -> date:
    """The first day of the first month that is not begun before `day`."""
    if day.day == 1:
        return day
    return date(day.year + day.month // MONTHS_A_YEAR, day.month % MONTHS_A_YEAR + 1, 1)


_Dates = tuple[date, date, int]
"""Installed, activated, and months."""


@dataclass(kw_only=True, slots=True)
class _Sums:
    items: int = 0
    nrc: int = 0
    mrc: int = 0
    price_nrc: int = 0
    price_mrc: int = 0


def _by_dates(streams: Iterable[Stream]) -> dict[_Dates, _Sums]:
    """Many items are installed on the same day."""
    alike: dict[_Dates, _Sums] = {}
    for stream in streams:
        dates = (stream.installed, stream.activated, stream.months)
        sums = alike.get(dates)
        if sums is None:
            sums = alike[dates] = _Sums()
        sums.items += 1
        sums.nrc += stream.nrc_minor
        sums.mrc += stream.mrc_minor
        sums.price_nrc += stream.price_nrc_minor or 0
        sums.price_mrc += stream.price_mrc_minor or 0
    return alike


def _span(dates: _Dates, ordered: date) -> tuple[int, int, int]:
    """The month of the installation, the first that is billed, and the first after those that are billed."""
    installed = max(0, _month(dates[0]) - _month(ordered))
    billed = _month(first_full_month(max(dates[1], ordered))) - _month(ordered)
    return installed, billed, billed + dates[2]


def _month(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month


def _add(rows: Sequence[list[int]], months: range, amounts: Sequence[int]) -> None:
    for row, amount in zip(rows, amounts, strict=True):
        for month in months:
            row[month] += amount


def _sums(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))
