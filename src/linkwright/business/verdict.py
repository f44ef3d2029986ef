"""Whether a cash flow keeps the rules, and what would have to be different for it to keep them.

Every rule gets easier to keep with a higher price and a lower cost, so that the least change is found by halving; each
step is computed as exactly as the case itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate

from linkwright.business.flow import DIGITS, Flow, factors, rounded, worth
from linkwright.business.model import Stream
from linkwright.business.rules import MOST_MINOR, Finance
from linkwright.business.told import money, percent
from linkwright.wording import counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The figures of a case; None is what has none."""

    npv_minor: int | None
    irr: float | None
    payback_months: int | None
    time_to_revenue_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Extra:
    """Cash that is added: so many minor units each month for each unit of it, divided by `parts`."""

    by_month: tuple[int, ...]
    parts: int = 1


class Rules:
    """The rules about money, applied to one flow with or without something added to it.

    The rule of the IRR is kept where the flow is worth something, or nothing, at the least rate: the same as to compare
    the rates where cash changes its sign once, and clear where it never does, or more often.
    """

    def __init__(self, flow: Flow, finance: Finance) -> None:
        self._net = flow.net
        self._finance = finance
        self._worths: list[tuple[tuple[Decimal, ...], Callable[[Decimal], bool]]] = []
        if finance.min_npv_minor is not None and finance.discount_rate is not None:
            least = finance.min_npv_minor
            self._worths.append(
                (factors(finance.discount_rate, len(self._net)), lambda amount: rounded(amount) >= least)
            )
        if finance.min_irr is not None:
            self._worths.append((factors(finance.min_irr, len(self._net)), lambda amount: amount >= 0))

    @property
    def irr_is_kept(self) -> bool:
        rate = self._finance.min_irr
        return rate is None or worth(self._net, factors(rate, len(self._net))) >= 0

    def least(self, extra: Extra, most: int = MOST_MINOR) -> int | None:
        """The fewest units of it, from none on, with which all is kept; None where `most` are not enough."""
        checks = [self._worth_with(extra, by, enough) for by, enough in self._worths]
        checks.append(self._payback_with(extra))

        def kept(units: int) -> bool:
            return all(check(units) for check in checks)

        if kept(0):
            return 0
        low, high = 0, 1
        while not kept(min(high, most)):
            if high >= most:
                return None
            low, high = high, 2 * high
        high = min(high, most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if kept(middle) else (middle, high)
        return high

    def _worth_with(
        self, extra: Extra, by: Sequence[Decimal], enough: Callable[[Decimal], bool]
    ) -> Callable[[int], bool]:
        now, each = worth(self._net, by), worth(extra.by_month, by)

        def check(units: int) -> bool:
            with localcontext(prec=DIGITS):
                return enough(now + units * each / extra.parts)

        return check

    def _payback_with(self, extra: Extra) -> Callable[[int], bool]:
        limit = self._finance.max_payback_months
        if limit is None:
            return lambda _units: True
        since = min(limit, len(self._net) - 1)
        now = list(accumulate(self._net))[since:]
        each = list(accumulate(extra.by_month))[since:]
        return lambda units: all(a * extra.parts + units * b >= 0 for a, b in zip(now, each, strict=True))


def broken_rules(found: Found, rules: Rules, finance: Finance, currency: str) -> list[str]:
    """Each rule that is not kept, with its numbers."""
    told = []
    if finance.min_npv_minor is not None and (npv := found.npv_minor) is not None and npv < finance.min_npv_minor:
        told.append(f"the NPV of {money(npv, currency)} is less than {money(finance.min_npv_minor, currency)}")
    if finance.min_irr is not None and not rules.irr_is_kept:
        irr = "there is no IRR" if found.irr is None else f"the IRR of {percent(found.irr)}"
        told.append(f"{irr}{' of at least' if found.irr is None else ' is less than'} {percent(finance.min_irr)}")
    limit = finance.max_payback_months
    if limit is not None and (found.payback_months is None or found.payback_months > limit):
        when = "never pays back" if found.payback_months is None else f"pays back in month {found.payback_months}"
        told.append(f"it {when} and has to by month {limit}")
    days = finance.max_time_to_revenue_days
    if days is not None and (found.time_to_revenue_days is None or found.time_to_revenue_days > days):
        when = (
            "nothing is ever billed"
            if found.time_to_revenue_days is None
            else f"revenue begins {counted(found.time_to_revenue_days, 'day')} after the order"
        )
        told.append(f"{when} and has to within {counted(days, 'day')}")
    return told


def kept_rules(found: Found, finance: Finance, currency: str) -> list[str]:
    """Each rule with the figure that keeps it."""
    told = []
    if finance.min_npv_minor is not None and found.npv_minor is not None:
        told.append(f"NPV {money(found.npv_minor, currency)} (at least {money(finance.min_npv_minor, currency)})")
    if finance.min_irr is not None:
        irr = "nothing is invested" if found.irr is None else f"IRR {percent(found.irr)}"
        told.append(f"{irr} (at least {percent(finance.min_irr)})")
    if finance.max_payback_months is not None:
        told.append(f"payback in month {found.payback_months} (at most {finance.max_payback_months})")
    if finance.max_time_to_revenue_days is not None:
        days = counted(found.time_to_revenue_days or 0, "day")
        told.append(f"revenue after {days} (at most {finance.max_time_to_revenue_days})")
    return told


def enough(flow: Flow, finance: Finance, currency: str, prices_minor: Sequence[int]) -> list[str] | None:
    """What would be enough for the rules about money, each by itself; empty where they are kept, None where nothing is.

    `prices_minor` are those that the items are billed a month. First a price a month, the same more for each item that
    is billed; where none is enough, a one-time price for each that is installed. Beside it lower one-time costs of all
    together, each in proportion, where that helps.
    """
    rules = Rules(flow, finance)
    more = rules.least(Extra(by_month=flow.billed))
    if more == 0:
        return []
    told = []
    if more is not None:
        told.append(_price_told(more, prices_minor, currency))
    elif once := rules.least(Extra(by_month=flow.installed)):
        told.append(f"a one-time price that is at least {money(once, currency)} higher{_each(sum(flow.installed))}")
    spent = sum(flow.cost_once)
    if spent and (less := rules.least(Extra(by_month=flow.cost_once, parts=spent), most=spent)):
        told.append(f"one-time costs that are lower by {money(less, currency)} in all")
    return told or None


def _price_told(more: int, prices_minor: Sequence[int], currency: str) -> str:
    if len(set(prices_minor)) == 1:
        return f"a price of at least {money(prices_minor[0] + more, currency)} a month{_each(len(prices_minor))}"
    return f"a price that is at least {money(more, currency)} a month higher{_each(len(prices_minor))}"


def _each(items: int) -> str:
    return "" if items == 1 else f" for each of {items:,} items"


def latest_activation(stream: Stream, ordered: date, days: int) -> date | None:
    """The last day on which it may be activated to be billed within so many days; None if that is before the order."""
    limit = date.fromordinal(min(ordered.toordinal() + days, date.max.toordinal()))
    last = limit.replace(day=1) if stream.months else limit
    return last if last >= ordered else None
