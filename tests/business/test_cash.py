"""Business cases against the same sums done another way: item by item, month by month, with plain loops."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from linkwright.business.cash import business_case
from linkwright.business.model import BusinessCase, CostLine, Stream
from linkwright.business.rules import Finance
from linkwright.plan.working_days import WorkingDays

ORDERED = date(2027, 1, 11)
NINE = Finance(discount_rate=0.09)
ONE = Stream(
    item="one",
    installed=date(2027, 2, 10),
    activated=date(2027, 2, 20),
    months=24,
    nrc_minor=100_000,
    mrc_minor=2_000,
    price_mrc_minor=9_000,
)


def case_of(streams: Sequence[Stream], rates: Finance = NINE, lines: Sequence[CostLine] = ()) -> BusinessCase:
    return business_case(lines, streams, currency="EUR", ordered=ORDERED, rates=rates)


def cash_by_hand(streams: Sequence[Stream], ordered: date = ORDERED) -> dict[int, int]:
    """Net cash by month: one item after the other, one month after the other."""
    cash: dict[int, int] = {0: 0}
    for stream in streams:
        month = 12 * (stream.installed.year - ordered.year) + stream.installed.month - ordered.month
        cash[month] = cash.get(month, 0) + (stream.price_nrc_minor or 0) - stream.nrc_minor
        for billed in range(stream.months):
            begun = 0 if stream.activated.day == 1 else 1
            month = (
                12 * (stream.activated.year - ordered.year) + stream.activated.month - ordered.month + begun + billed
            )
            cash[month] = cash.get(month, 0) + (stream.price_mrc_minor or 0) - stream.mrc_minor
    return cash


def npv_by_hand(cash: dict[int, int], rate: str) -> Decimal:
    getcontext().prec = 40
    monthly = (Decimal(1) + Decimal(rate)) ** (Decimal(1) / Decimal(12)) - 1
    return sum((amount / (1 + monthly) ** month for month, amount in cash.items()), Decimal(0))


def whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_EVEN))


def payback_by_hand(cash: dict[int, int]) -> int | None:
    last = max(cash)
    sums = [sum(amount for month, amount in cash.items() if month <= n) for n in range(last + 1)]
    return next((n for n in range(last + 1) if all(total >= 0 for total in sums[n:])), None)


def least_price_by_trying(streams: Sequence[Stream], rates: Finance, start: int) -> int:
    """From a price that is too low, a minor unit more again and again."""
    price = start
    while case_of(priced(streams, price), rates).verdict != "accepted":
        price += 1
    return price


def priced(streams: Sequence[Stream], price_minor: int) -> list[Stream]:
    return [replace(stream, price_mrc_minor=price_minor) for stream in streams]


def rolled_out(price_minor: int = 8900) -> tuple[list[Stream], list[CostLine]]:
    """1,988 places: a pilot of 20, then 50 on each working day, in two waves that wait for CPE."""
    kinds = [(3800, 6000)] * 1430 + [(5200, 8500)] * 420 + [(4700, 8500)] * 108 + [(4400, 4000)] * 30
    days = WorkingDays(ORDERED)
    dates = [4] * 20 + [5 + n // 50 for n in range(880)] + [30 + n // 50 for n in range(1088)]
    streams, lines = [], []
    for n, ((mrc, nrc), day) in enumerate(zip(kinds, dates, strict=True)):
        on = days.date_of(day)
        item = str(n)
        streams.append(
            Stream(
                item=item,
                installed=on,
                activated=on,
                months=36,
                nrc_minor=nrc + 41_000 + 9_500,
                mrc_minor=mrc + 2_100,
                price_mrc_minor=price_minor,
            )
        )
        lines += [
            CostLine(name="access", component="access", layer="resource", nrc_minor=nrc, mrc_minor=mrc, item=item),
            CostLine(name="overlay", component="management", layer="service", mrc_minor=2_100, item=item),
            CostLine(name="cpe", component="cpe", layer="resource", nrc_minor=41_000, item=item),
            CostLine(name="work", component="installation", layer="service", nrc_minor=9_500, item=item),
        ]
    return streams, lines


def test_c26_a_rollout_is_worth_what_its_own_months_add_up_to() -> None:
    streams, lines = rolled_out()
    case = case_of(streams, NINE, lines)
    assert streams[-1].activated == date(2027, 3, 23)
    assert (case.one_time_minor, case.monthly_margin_minor) == (113_582_000, 5_260_800)
    cash = cash_by_hand(streams)
    assert {month.number: month.income_minor - month.cost_minor for month in case.cash_flow} == {
        n: cash.get(n, 0) for n in range(max(cash) + 1)
    }
    assert case.npv_minor == whole(npv_by_hand(cash, "0.09"))
    assert case.payback_months == payback_by_hand(cash)
    assert case.time_to_revenue_days == (date(2027, 2, 1) - ORDERED).days
    assert case.irr is not None
    assert abs(npv_by_hand(cash, str(case.irr))) < 1


def test_c28_the_investment_is_told_by_layer_and_adds_up() -> None:
    _, lines = rolled_out()
    case = case_of(rolled_out()[0], NINE, lines)
    told = {one.layer: (one.nrc_minor, one.mrc_minor) for one in case.investment}
    assert told["service"] == (1988 * 9_500, 1988 * 2_100)
    assert sum(nrc for nrc, _ in told.values()) == case.one_time_minor
    assert sum(mrc for _, mrc in told.values()) == case.recurring_minor


def test_month_zero_is_not_discounted_and_the_first_bill_is_that_of_the_month_after() -> None:
    stream = replace(ONE, installed=date(2027, 1, 31), activated=date(2027, 1, 31), months=1, mrc_minor=0)
    case = case_of([stream])
    assert [(month.cost_minor, month.income_minor) for month in case.cash_flow] == [(100_000, 0), (0, 9_000)]
    assert case.npv_minor == -100_000 + whole(Decimal(9_000) / Decimal("1.09") ** (Decimal(1) / 12))
    assert case.time_to_revenue_days == 21


def test_the_npv_is_rounded_once_and_a_half_to_the_even() -> None:
    half = replace(ONE, installed=ORDERED, months=0, nrc_minor=0, mrc_minor=0, price_mrc_minor=0)
    twice = [replace(half, price_nrc_minor=1, nrc_minor=0)] * 2
    assert case_of(twice, Finance(discount_rate=0)).npv_minor == 2
    changed = {(one.what, one.change): one.npv_minor for one in case_of([replace(half, price_nrc_minor=5)]).sensitivity}
    assert (changed["price", "+10 %"], changed["price", "-10 %"]) == (6, 4)  # 5.5 and 4.5


def test_what_is_dated_before_the_order_counts_from_its_month_on() -> None:
    early = replace(ONE, installed=date(2026, 3, 1), activated=date(2026, 4, 1))
    case = case_of([early])
    assert case.cash_flow[0].cost_minor == 100_000
    assert [month.income_minor for month in case.cash_flow[:2]] == [0, 9_000]
    assert case.time_to_revenue_days == 21


def test_costs_of_no_single_item_count_too() -> None:
    shared = CostLine(name="duct", component="build", layer="resource", nrc_minor=150_000, mrc_minor=2_500)
    case = case_of([ONE], NINE, [shared])
    assert (case.one_time_minor, case.recurring_minor, case.monthly_margin_minor) == (150_000, 2_500, 6_500)
    assert case.cash_flow[1].cost_minor == 150_000
    assert {month.cost_minor for month in case.cash_flow[2:]} == {2_500}
    assert case.cash_flow[-1].cumulated_minor == 24 * 6_500 - 150_000


def test_without_a_price_nothing_is_assessed_and_the_item_is_named() -> None:
    case = case_of([ONE, replace(ONE, item="two", price_mrc_minor=None)], replace(NINE, max_payback_months=99))
    assert (case.npv_minor, case.irr, case.payback_months, case.cash_flow) == (None, None, None, ())
    assert case.verdict == "notAssessed"
    assert case.missing == ("price of two",)
    assert "price of two is not stated" in case.verdict_reason
    assert case.one_time_minor == 200_000


def test_one_price_alone_is_a_price() -> None:
    once = replace(ONE, price_mrc_minor=None, price_nrc_minor=500_000)
    case = case_of([once])
    assert (case.missing, case.payback_months, case.monthly_margin_minor) == ((), 0, -2_000)


def test_a_missing_cost_is_named_and_never_nothing() -> None:
    lines = [
        CostLine(name="terminal", component="cpe", layer="resource", nrc_minor=None, mrc_minor=0, item="one"),
        CostLine(name="access", component="access", layer="resource", nrc_minor=5, mrc_minor=None),
    ]
    case = case_of([ONE], replace(NINE, max_payback_months=99), lines)
    assert case.missing == ("cost once of terminal of one", "cost a month of access")
    assert case.verdict == "notAssessed"
    assert "cost once of terminal of one; cost a month of access are not stated" in case.verdict_reason
    assert case.npv_minor == whole(npv_by_hand(cash_by_hand([ONE]), "0.09"))


def test_many_missing_prices_are_counted_in_the_sentence_and_all_named_beside_it() -> None:
    case = case_of([replace(ONE, item=str(n), price_mrc_minor=None) for n in range(1500)])
    assert len(case.missing) == 1500
    assert "and 1,497 more" in case.verdict_reason


def test_without_a_rate_there_is_no_npv_and_without_a_rule_no_verdict() -> None:
    case = case_of([ONE], Finance())
    assert (case.npv_minor, case.sensitivity, case.discount_rate) == (None, (), None)
    assert case.payback_months == 16
    assert (case.verdict, case.verdict_reason) == ("notAssessed", "Not assessed: no rule says what is good enough.")


def test_without_anything_to_install_there_is_nothing_to_assess() -> None:
    case = case_of([], replace(NINE, max_payback_months=3))
    assert (case.verdict, case.npv_minor, case.cash_flow, case.time_to_revenue_days) == ("notAssessed", None, (), None)


def test_amounts_in_another_currency_are_not_compared() -> None:
    case = case_of([ONE], Finance(discount_rate=0.09, currency="CHF", min_npv_minor=-(10**9)))
    assert case.verdict == "notAssessed"
    assert "CHF" in case.verdict_reason
    assert "EUR" in case.verdict_reason


def test_less_than_no_month_is_refused() -> None:
    with pytest.raises(ValueError, match="one: -1"):
        case_of([replace(ONE, months=-1)])


def test_an_accepted_case_says_each_rule_with_its_figure() -> None:
    rules = Finance(
        discount_rate=0.09,
        currency="EUR",
        min_npv_minor=1000,
        min_irr=0.2,
        max_payback_months=16,
        max_time_to_revenue_days=49,
    )
    case = case_of([ONE], rules)
    assert case.verdict == "accepted"
    assert "at least EUR 10.00" in case.verdict_reason
    assert "payback in month 16 (at most 16)" in case.verdict_reason
    assert "revenue after 49 days (at most 49)" in case.verdict_reason
    assert "at least 20.00 %" in case.verdict_reason


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (Finance(discount_rate=0.09, currency="EUR", min_npv_minor=4_500), "is less than EUR 45.00"),
        (Finance(max_payback_months=15), "pays back in month 16 and has to by month 15"),
        (Finance(max_payback_months=9), "pays back in month 16 and has to by month 9"),
        (Finance(min_irr=0.9), "is less than 90.00 %"),
    ],
)
def test_the_price_that_would_be_enough_is_the_least_one(rules: Finance, told: str) -> None:
    small = replace(ONE, nrc_minor=5_000, mrc_minor=100, price_mrc_minor=450)
    case = case_of([small], rules)
    assert case.verdict == "rejected"
    assert told in case.verdict_reason
    price = least_price_by_trying([small], rules, 450)
    assert f"with a price of at least EUR {price / 100:.2f} a month or with" in case.verdict_reason
    lower = named_minor(case.verdict_reason, r"lower by EUR ([\d,.]+)")
    assert case_of([replace(small, nrc_minor=5_000 - lower)], rules).verdict == "accepted"
    assert case_of([replace(small, nrc_minor=5_000 - lower + 1)], rules).verdict == "rejected"


def named_minor(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, text
    return int(found[1].strip(".").replace(",", "").replace(".", ""))


def test_the_price_of_many_is_told_for_each() -> None:
    rules = Finance(discount_rate=0.09, currency="EUR", min_npv_minor=0)
    streams, lines = rolled_out(7000)
    reason = case_of(streams, rules, lines).verdict_reason
    assert "a month for each of 1,988 items" in reason
    price = named_minor(reason, r"at least EUR ([\d,.]+) a month")
    assert case_of(priced(streams, price), rules, lines).verdict == "accepted"
    assert case_of(priced(streams, price - 1), rules, lines).verdict == "rejected"


def test_where_prices_differ_the_same_more_is_told_for_each() -> None:
    streams = [ONE, replace(ONE, item="two", price_mrc_minor=8_000)]
    rules = Finance(max_payback_months=14)
    reason = case_of(streams, rules).verdict_reason
    more = named_minor(reason, r"at least EUR ([\d,.]+) a month higher for each of 2 items")
    dearer = [replace(stream, price_mrc_minor=(stream.price_mrc_minor or 0) + more) for stream in streams]
    assert case_of(dearer, rules).verdict == "accepted"
    too_cheap = [replace(stream, price_mrc_minor=(stream.price_mrc_minor or 0) - 1) for stream in dearer]
    assert case_of(too_cheap, rules).verdict == "rejected"


def test_where_no_monthly_price_is_enough_a_one_time_price_is() -> None:
    rules = Finance(max_payback_months=1)
    reason = case_of([ONE], rules).verdict_reason
    once = named_minor(reason, r"one-time price that is at least EUR ([\d,.]+) higher")
    assert once == 100_000
    assert case_of([replace(ONE, price_nrc_minor=once)], rules).verdict == "accepted"


def test_c27_revenue_that_comes_too_late_is_told_with_the_date_that_would_be_early_enough() -> None:
    rules = Finance(max_time_to_revenue_days=40)
    reason = case_of([ONE], rules).verdict_reason
    assert "revenue begins 49 days after the order and has to within 40 days" in reason
    assert "if the first item was active by 2027-02-01" in reason
    moved = replace(ONE, installed=date(2027, 1, 31), activated=date(2027, 1, 31))
    assert case_of([moved], rules).verdict == "accepted"
    assert case_of([replace(moved, activated=date(2027, 2, 1))], rules).verdict == "accepted"
    assert case_of([replace(moved, activated=date(2027, 2, 2))], rules).verdict == "rejected"


def test_a_date_and_a_price_may_both_be_needed() -> None:
    rules = Finance(max_time_to_revenue_days=40, max_payback_months=14)
    reason = case_of([ONE], rules).verdict_reason
    price = named_minor(reason, r"active by 2027-02-01 and with a price of at least EUR ([\d,.]+) a month")
    moved = replace(ONE, installed=date(2027, 1, 31), activated=date(2027, 1, 31), price_mrc_minor=price)
    assert case_of([moved], rules).verdict == "accepted"
    assert case_of([replace(moved, price_mrc_minor=price - 1)], rules).verdict == "rejected"


def test_where_no_date_is_early_enough_that_is_told() -> None:
    reason = case_of([ONE], Finance(max_time_to_revenue_days=20)).verdict_reason
    assert "no date is early enough, since what is active on the day of the order is billed after 21 days" in reason


def test_what_is_never_billed_has_no_time_to_revenue() -> None:
    never = replace(ONE, months=0, price_mrc_minor=0)
    case = case_of([never], Finance(max_time_to_revenue_days=90))
    assert case.time_to_revenue_days is None
    assert case.verdict == "rejected"
    assert "nothing is ever billed" in case.verdict_reason


def test_what_is_paid_once_alone_is_billed_when_it_is_active() -> None:
    event = replace(ONE, months=0, price_mrc_minor=None, price_nrc_minor=1)
    assert case_of([event]).time_to_revenue_days == (date(2027, 2, 20) - ORDERED).days
    reason = case_of([event], Finance(max_time_to_revenue_days=30)).verdict_reason
    assert "active by 2027-02-10" in reason


def test_a_later_date_is_the_same_cash_some_months_later() -> None:
    case = case_of([ONE])
    later = replace(ONE, installed=date(2027, 5, 1), activated=date(2027, 5, 31))
    changed = {(one.what, one.change): one.npv_minor for one in case.sensitivity}
    assert changed["date", "+3 months"] == case_of([later]).npv_minor
    assert len(changed) == 6


def test_prices_and_costs_that_are_ten_percent_different() -> None:
    changed = {(one.what, one.change): one.npv_minor for one in case_of([ONE]).sensitivity}
    assert changed["price", "+10 %"] == case_of([replace(ONE, price_mrc_minor=9_900)]).npv_minor
    assert changed["price", "-10 %"] == case_of([replace(ONE, price_mrc_minor=8_100)]).npv_minor
    assert changed["cost", "+10 %"] == case_of([replace(ONE, nrc_minor=110_000, mrc_minor=2_200)]).npv_minor
    assert changed["cost", "-10 %"] == case_of([replace(ONE, nrc_minor=90_000, mrc_minor=1_800)]).npv_minor


DAYS = st.integers(0, 400).map(lambda n: ORDERED + timedelta(days=n))


@st.composite
def streams_of(draw: st.DrawFn) -> Stream:
    installed, activated = sorted([draw(DAYS), draw(DAYS)])
    return Stream(
        item=draw(st.text("ab", min_size=1, max_size=3)),
        installed=installed,
        activated=activated,
        months=draw(st.integers(0, 40)),
        nrc_minor=draw(st.integers(0, 10**6)),
        mrc_minor=draw(st.integers(0, 10**4)),
        price_nrc_minor=draw(st.none() | st.integers(0, 10**5)),
        price_mrc_minor=draw(st.integers(0, 10**5)),
    )


SOME = st.lists(streams_of(), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(SOME, st.decimals("0", "0.4", places=3))
def test_any_streams_are_worth_what_the_plain_loops_say(streams: list[Stream], rate: Decimal) -> None:
    case = case_of(streams, Finance(discount_rate=float(rate)))
    cash = cash_by_hand(streams)
    assert case.npv_minor == whole(npv_by_hand(cash, str(float(rate))))
    assert case.payback_months == payback_by_hand(cash)
    assert case.cash_flow[-1].cumulated_minor == sum(cash.values())


@settings(max_examples=60, deadline=None)
@given(SOME, SOME)
def test_what_two_are_worth_together_is_the_sum_but_for_rounding(one: list[Stream], other: list[Stream]) -> None:
    parts = [case_of(streams).npv_minor or 0 for streams in (one, other)]
    assert abs((case_of([*one, *other]).npv_minor or 0) - sum(parts)) <= 1


@settings(max_examples=60, deadline=None)
@given(SOME, st.integers(1, 10**4))
def test_a_higher_price_is_never_worse(streams: list[Stream], more: int) -> None:
    dearer = [replace(stream, price_mrc_minor=(stream.price_mrc_minor or 0) + more) for stream in streams]
    before, after = case_of(streams), case_of(dearer)
    assert (after.npv_minor or 0) >= (before.npv_minor or 0)
    if before.payback_months is not None:
        assert after.payback_months is not None
        assert after.payback_months <= before.payback_months


@settings(max_examples=60, deadline=None)
@given(
    SOME,
    st.integers(0, 10**6),
    st.none() | st.integers(0, 60),
    st.none() | st.sampled_from([0.0, 0.1, 0.5]),
)
def test_the_change_that_is_told_is_enough_and_one_unit_less_is_not(
    streams: list[Stream], npv: int, months: int | None, irr: float | None
) -> None:
    same = priced(streams, 500)
    rules = Finance(discount_rate=0.09, currency="EUR", min_npv_minor=npv, max_payback_months=months, min_irr=irr)
    case = case_of(same, rules)
    assume(case.verdict == "rejected")
    if found := re.search(r"with a price of at least EUR ([\d,.]+) a month", case.verdict_reason):
        price = int(found[1].replace(",", "").replace(".", ""))
        assert case_of(priced(same, price), rules).verdict == "accepted"
        assert case_of(priced(same, price - 1), rules).verdict == "rejected"
    else:
        once = named_minor(case.verdict_reason, r"one-time price that is at least EUR ([\d,.]+) higher")
        for minor, verdict in ((once, "accepted"), (once - 1, "rejected")):
            given_once = [replace(one, price_nrc_minor=(one.price_nrc_minor or 0) + minor) for one in same]
            assert case_of(given_once, rules).verdict == verdict
