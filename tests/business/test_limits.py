"""What goes beyond a limit, and how risky a design is."""

from dataclasses import replace

import pytest

from linkwright.business.limits import Excess, Figures, Limits, beyond
from linkwright.business.risk import THIN_MARGIN, Footing, risk_score

FIGURES = Figures(currency="EUR", one_time_minor=900, recurring_minor=10, total_minor=1260, risk=3, confidence="yellow")


@pytest.mark.parametrize(
    ("limits", "measures"),
    [
        (Limits(), []),
        (Limits(currency="EUR", one_time_minor=900, recurring_minor=10, total_minor=1260), []),
        (Limits(currency="EUR", one_time_minor=899), ["oneTimeCost"]),
        (Limits(currency="EUR", recurring_minor=9), ["recurringCost"]),
        (Limits(currency="EUR", total_minor=1259), ["totalCost"]),
        (Limits(risk=3, confidence="yellow"), []),
        (Limits(risk=2, confidence="green"), ["risk", "confidence"]),
    ],
)
def test_only_what_is_more_than_its_limit_is_beyond(limits: Limits, measures: list[str]) -> None:
    assert [one.measure for one in beyond(limits, FIGURES)] == measures


def test_an_amount_in_another_currency_cannot_be_compared_and_is_asked() -> None:
    (excess,) = beyond(Limits(currency="CHF", one_time_minor=10**9), FIGURES)
    assert (excess.currency, excess.limit_currency, excess.is_money) == ("EUR", "CHF", True)


def test_who_let_more_pass_lets_less_pass_but_in_the_same_currency_only() -> None:
    passed = Excess(measure="oneTimeCost", value=900, limit=100, currency="EUR", limit_currency="EUR")
    assert passed.is_within(passed)
    assert replace(passed, value=899, limit=50).is_within(passed)
    assert not replace(passed, value=901).is_within(passed)
    assert not replace(passed, currency="CHF").is_within(passed)
    assert not replace(passed, measure="totalCost").is_within(passed)


def test_limits_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="currency"):
        Limits(one_time_minor=1)
    with pytest.raises(ValueError, match="blue"):
        Limits(confidence="blue")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("footing", "score"),
    [
        (Footing(), 0),
        (Footing(planned=2), 2),
        (Footing(partner_legs=1, shared_risks=1), 3),
        (Footing(margin=THIN_MARGIN), 0),
        (Footing(margin=THIN_MARGIN / 2), 2),
    ],
)
def test_the_score_grows_with_what_may_fail_to_come(footing: Footing, score: int) -> None:
    assert risk_score(footing) == score


def test_an_amount_of_which_a_part_is_not_known_is_beyond_every_limit() -> None:
    limits = Limits(currency="EUR", one_time_minor=10_000, recurring_minor=10_000)
    (excess,) = beyond(limits, replace(FIGURES, partial=("oneTimeCost", "totalCost")))
    assert (excess.measure, excess.value, excess.is_partial) == ("oneTimeCost", 900, True)
    assert excess.is_within(replace(excess, value=1000))
    assert not excess.is_within(replace(excess, value=1000, is_partial=False))
    assert replace(excess, is_partial=False).is_within(excess)
