"""The rules of a business case, and those that mean nothing."""

from typing import Any

import pytest

from linkwright.business.rules import Finance


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"discount_rate": -0.1}, "discount_rate -0.1"),
        ({"discount_rate": "nine"}, "discount_rate 'nine'"),
        ({"discount_rate": True}, "discount_rate True"),
        ({"discount_rate": float("nan")}, "discount_rate nan"),
        ({"discount_rate": float("inf")}, "discount_rate inf"),
        ({"discount_rate": 9}, "discount_rate 9 is no number from 0 to 1, such as 0.09"),
        ({"min_irr": -1}, "min_irr -1"),
        ({"min_irr": 12}, "min_irr 12"),
        ({"max_payback_months": 1_201}, "max_payback_months 1201"),
        ({"max_time_to_revenue_days": 36_501}, "max_time_to_revenue_days 36501"),
        ({"min_npv_minor": 10**15 + 1, "currency": "EUR", "discount_rate": 0.1}, "min_npv_minor 1000000000000001"),
        ({"max_payback_months": -1}, "max_payback_months -1"),
        ({"max_payback_months": 1.5}, "max_payback_months 1.5"),
        ({"max_time_to_revenue_days": "30"}, "max_time_to_revenue_days '30'"),
        ({"min_npv_minor": 0, "discount_rate": 0.1}, "currency"),
        ({"min_npv_minor": 0, "currency": "EUR"}, "discount_rate"),
        ({"min_npv_minor": 0.5, "currency": "EUR", "discount_rate": 0.1}, "min_npv_minor 0.5"),
        ({"currency": "eur"}, "currency 'eur'"),
        ({"currency": 5}, "currency 5"),
    ],
)
def test_rules_that_mean_nothing_are_refused(given: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Finance(**given)


def test_a_rate_alone_is_no_rule() -> None:
    assert not Finance(discount_rate=0.09, currency="EUR").has_rules
    assert Finance(max_time_to_revenue_days=0).has_rules
    assert Finance(min_irr=0).has_rules
    assert Finance(discount_rate=0, currency="EUR", min_npv_minor=-5).has_rules
