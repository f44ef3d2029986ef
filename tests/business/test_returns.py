"""The rate at which a flow is worth nothing."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from linkwright.business.returns import irr_of


def worth(net: list[int], monthly: float) -> float:
    return sum(amount / (1 + monthly) ** n for n, amount in enumerate(net))


@pytest.mark.parametrize(
    ("net", "monthly"),
    [
        ([-100, 110], 0.1),
        ([0, 0, -100, 110], 0.1),
        ([-100, 0, 121], 0.1),
        ([-100, 100], 0.0),
        ([-100, 50], -0.5),
        ([100, -110], 0.1),
        ([-1000, 100, *[0] * 10, 1000], None),
    ],
)
def test_the_rate_of_a_year_is_that_of_a_month_twelve_times(net: list[int], monthly: float | None) -> None:
    irr = irr_of(net)
    assert irr is not None
    if monthly is not None:
        assert irr == pytest.approx((1 + monthly) ** 12 - 1, rel=1e-9, abs=1e-12)
    assert worth(net, (1 + irr) ** (1 / 12) - 1) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("net", [[], [0, 0], [5, 5], [-5, 0, -5], [-100, 230, -133]])
def test_where_nothing_makes_it_worth_nothing_there_is_none(net: list[int]) -> None:
    assert irr_of(net) is None


def test_of_several_rates_it_is_the_smallest_that_is_not_negative() -> None:
    # -1000 (1 - 1.1 v) (1 - 1.3 v) (1 - 0.8 v), v the discount of a month
    net = [-1000, 3200, -3350, 1144]
    assert irr_of(net) == pytest.approx(1.1**12 - 1, rel=1e-6)


def test_without_one_it_is_the_negative_one_nearest_to_zero() -> None:
    # -1000 (1 - 0.9 v) (1 - 0.5 v): two changes of sign, both rates below zero
    assert irr_of([-1000, 1400, -450]) == pytest.approx(0.9**12 - 1, rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(10**8), 10**8), min_size=2, max_size=40))
def test_whatever_is_found_is_a_rate_at_which_the_worth_changes_its_sign(net: list[int]) -> None:
    irr = irr_of(net)
    if irr is None:
        signs = {worth(net, rate) > 0 for rate in (0.0, 0.01, 0.05, 0.2, 1.0, 5.0, 100.0)}
        assert len(signs) == 1
    elif irr > -0.99:
        growth = (1 + irr) ** (1 / 12)
        below, above = (worth(net, growth * (1 + step) - 1) for step in (-1e-7, 1e-7))
        assert below * above <= 0


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=80))
def test_an_investment_and_its_returns_have_exactly_one_rate(spent: int, returns: list[int]) -> None:
    irr = irr_of([-spent, *returns])
    assume(sum(returns) * 50 > spent)
    assert irr is not None
    assert (irr >= 0) == (sum(returns) >= spent)


def test_more_income_is_a_higher_rate() -> None:
    rates = [irr_of([-10_000, *[income] * 36]) for income in range(300, 2_000, 100)]
    assert all(one is not None and other is not None and one < other for one, other in pairwise(rates))
