"""The business case of an item, or of all items together: cash by month, what it is worth, and whether that is enough.

Cash is counted at the end of the month; month 0, that of the order, is not discounted. The NPV is exact until it is
rounded, once, to whole minor units (a half to the even one).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from linkwright.business.flow import (
    DIGITS,
    Flow,
    factors,
    first_billed,
    first_full_month,
    flow_of,
    payback_of,
    rounded,
    worth,
)
from linkwright.business.model import BusinessCase, CostLine, Investment, Layer, Sensitivity, Stream, Verdict
from linkwright.business.returns import irr_of
from linkwright.business.rules import Finance
from linkwright.business.verdict import Found, Rules, broken_rules, enough, kept_rules, latest_activation
from linkwright.wording import counted

LAYERS: tuple[Layer, ...] = ("service", "resource")
LATER_MONTHS = (1, 3)
PERCENT = 10
NAMED = 3
"""So many missing prices are named in a sentence."""


def business_case(
    lines: Sequence[CostLine], streams: Sequence[Stream], *, currency: str, ordered: date, rates: Finance
) -> BusinessCase:
    """What is spent and earned, and whether it is enough.

    Lines say what the costs consist of, streams when they fall due. What the lines have beyond all streams (costs that
    are no single item's) falls in the month of the first installation, and in each month that is billed. A stream with
    one price alone has none of the other kind; with neither its price is missing. The time to revenue is that of the
    stream that is billed first.

    Raises:
        ValueError: a stream is billed for less than no month.
    """
    investment = tuple(_investment(lines, layer) for layer in LAYERS)
    items_nrc, items_mrc = (sum(stream.nrc_minor for stream in streams), sum(stream.mrc_minor for stream in streams))
    one_time = max(items_nrc, sum(one.nrc_minor for one in investment))
    recurring = max(items_mrc, sum(one.mrc_minor for one in investment))
    spent = _Spent(
        one_time_minor=one_time,
        recurring_minor=recurring,
        beside_nrc_minor=one_time - items_nrc,
        beside_mrc_minor=recurring - items_mrc,
    )
    unpriced = [f"price of {stream.item}" for stream in streams if not _is_priced(stream)]
    missing = (*(name for line in lines for name in _missing(line)), *unpriced)
    plain = BusinessCase(
        currency=currency,
        lines=tuple(lines),
        one_time_minor=one_time,
        recurring_minor=recurring,
        investment=investment,
        discount_rate=rates.discount_rate,
        time_to_revenue_days=_time_to_revenue(streams, ordered),
        missing=missing,
        verdict_reason=_not_known(missing) if missing else "Not assessed: nothing is installed or billed.",
    )
    if unpriced or not streams:
        return plain
    return _assessed(plain, streams, ordered, rates, spent)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Spent:
    one_time_minor: int
    recurring_minor: int
    beside_nrc_minor: int
    beside_mrc_minor: int

    def flow(self, streams: Sequence[Stream], ordered: date) -> Flow:
        return flow_of(streams, ordered, nrc_beside_minor=self.beside_nrc_minor, mrc_beside_minor=self.beside_mrc_minor)


def _assessed(
    case: BusinessCase, streams: Sequence[Stream], ordered: date, rates: Finance, spent: _Spent
) -> BusinessCase:
    flow = spent.flow(streams, ordered)
    case = replace(
        case,
        cash_flow=flow.months(),
        irr=irr_of(flow.net),
        payback_months=payback_of(flow.net),
        monthly_margin_minor=sum(stream.price_mrc_minor or 0 for stream in streams) - spent.recurring_minor,
    )
    if rates.discount_rate is not None:
        by = factors(rates.discount_rate, max(len(flow.net), max(LATER_MONTHS) + 1))
        income, cost = (worth(amounts, by[: len(amounts)]) for amounts in (flow.income, flow.cost))
        case = replace(case, npv_minor=_npv(income, cost), sensitivity=_sensitivity(income, cost, by))
    verdict, reason = _verdict(case, flow, streams, ordered, rates, spent)
    return replace(case, verdict=verdict, verdict_reason=reason)


def _verdict(
    case: BusinessCase, flow: Flow, streams: Sequence[Stream], ordered: date, rates: Finance, spent: _Spent
) -> tuple[Verdict, str]:
    if case.missing:
        return "notAssessed", case.verdict_reason
    if not rates.has_rules:
        return "notAssessed", "Not assessed: no rule says what is good enough."
    if rates.min_npv_minor is not None and rates.currency != case.currency:
        return "notAssessed", f"Not assessed: the least NPV is in {rates.currency}, the case in {case.currency}."
    found = Found(
        npv_minor=case.npv_minor,
        irr=case.irr,
        payback_months=case.payback_months,
        time_to_revenue_days=case.time_to_revenue_days,
    )
    if broken := broken_rules(found, Rules(flow, rates), rates, case.currency):
        would = _would(case, flow, streams, ordered, rates, spent)
        return "rejected", f"Rejected: {', '.join(broken)}; {would}."
    return "accepted", f"Accepted: {', '.join(kept_rules(found, rates, case.currency))}."


def _would(
    case: BusinessCase, flow: Flow, streams: Sequence[Stream], ordered: date, rates: Finance, spent: _Spent
) -> str:
    """What would be enough, computed; a date first, since it moves cash, and then what is still missing in money."""
    conditions = []
    limit, days = rates.max_time_to_revenue_days, case.time_to_revenue_days
    if limit is not None and days is None:
        return "no date would change that"
    if limit is not None and days is not None and days > limit:
        place = min(range(len(streams)), key=lambda n: first_billed(streams[n], ordered) or date.max)
        latest = latest_activation(streams[place], ordered, limit)
        if latest is None:
            soonest = counted((first_full_month(ordered) - ordered).days, "day")
            return f"no date is early enough, since what is active on the day of the order is billed after {soonest}"
        streams = [_active_by(latest, stream) if n == place else stream for n, stream in enumerate(streams)]
        flow = spent.flow(streams, ordered)
        conditions.append(f"if the first item was active by {latest.isoformat()}")
    prices = [stream.price_mrc_minor or 0 for stream in streams if stream.months]
    money = enough(flow, rates, case.currency, prices)
    if money is None:
        return "no price would be enough"
    if money:
        conditions.append(f"with {' or with '.join(money)}")
    return f"it would be accepted {' and '.join(conditions)}"


def _active_by(latest: date, stream: Stream) -> Stream:
    return replace(stream, installed=min(stream.installed, latest), activated=min(stream.activated, latest))


def _time_to_revenue(streams: Iterable[Stream], ordered: date) -> int | None:
    billed = [day for stream in streams if (day := first_billed(stream, ordered))]
    return (min(billed) - ordered).days if billed else None


def _npv(income: Decimal, cost: Decimal) -> int:
    with localcontext(prec=DIGITS):
        return rounded(income - cost)


def _sensitivity(income: Decimal, cost: Decimal, by: Sequence[Decimal]) -> tuple[Sensitivity, ...]:
    """A later date moves all cash by so many months: everything is installed, active and billed later."""
    with localcontext(prec=DIGITS):
        less, more = (1 - Decimal(PERCENT) / 100, 1 + Decimal(PERCENT) / 100)
        table = (
            *(("date", f"+{counted(n, 'month')}", (income - cost) * by[n]) for n in LATER_MONTHS),
            ("price", f"-{PERCENT} %", income * less - cost),
            ("price", f"+{PERCENT} %", income * more - cost),
            ("cost", f"+{PERCENT} %", income - cost * more),
            ("cost", f"-{PERCENT} %", income - cost * less),
        )
        return tuple(Sensitivity(what=what, change=change, npv_minor=rounded(npv)) for what, change, npv in table)


def _investment(lines: Iterable[CostLine], layer: Layer) -> Investment:
    own = [line for line in lines if line.layer == layer]
    return Investment(
        layer=layer,
        nrc_minor=sum(line.nrc_minor or 0 for line in own),
        mrc_minor=sum(line.mrc_minor or 0 for line in own),
    )


def _is_priced(stream: Stream) -> bool:
    return stream.price_nrc_minor is not None or stream.price_mrc_minor is not None


def _missing(line: CostLine) -> Sequence[str]:
    of = f" of {line.item}" if line.item else ""
    if line.nrc_minor is not None and line.mrc_minor is not None:
        return ()
    kinds = (("once", line.nrc_minor), ("a month", line.mrc_minor))
    return [f"cost {kind} of {line.name}{of}" for kind, amount in kinds if amount is None]


def _not_known(missing: Sequence[str]) -> str:
    more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
    named = "; ".join(missing[:NAMED])
    return (
        f"Not assessed: {named}{more} {'is' if len(missing) == 1 else 'are'} not stated; it is assessed as soon as "
        "nothing is missing."
    )
