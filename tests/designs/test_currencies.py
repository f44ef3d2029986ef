"""Money in another currency than that of the inventory's prices is told and never counted."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.designs.currencies import in_currency
from linkwright.designs.requirement import CostComponent, Requirement, Work
from tests.builders import a_requirement, a_specification
from tests.designs.answering import answer_to, item_of, some_facts


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"budget_nrc_minor": 5, "budget_currency": "USD"}, "The budget is in USD and all prices are in EUR"),
        ({"price_mrc_minor": 5, "price_currency": "USD"}, "The price is in USD and all prices are in EUR"),
        ({"cost_currency": "USD"}, "The costs of activities and components are in USD and all prices are in EUR"),
    ],
)
def test_another_currency_is_told_and_the_same_in_other_letters_is_not_another(
    given: dict[str, Any], told: str
) -> None:
    wanted = a_requirement(**given)
    (field,) = [name for name in given if name.endswith("currency")]

    assert told in in_currency(wanted, "EUR").misread[0]
    assert in_currency(wanted, "usd") == wanted
    assert in_currency(replace(wanted, **{field: None}), "EUR").misread == ()


def test_amounts_that_cannot_be_compared_do_not_count() -> None:
    wanted = a_requirement(budget_nrc_minor=1, budget_currency="EUR", price_nrc_minor=2, price_currency="USD")

    read = in_currency(wanted, "EUR")

    assert (read.budget_nrc_minor, read.price_nrc_minor) == (1, None)


def costing(currency: str) -> Requirement:
    """What a catalogue says of its costs."""
    return Requirement(ref="", cost_components=(CostComponent(name="management", mrc_minor=1),), cost_currency=currency)


@pytest.mark.parametrize(
    ("catalogue", "requester", "label"),
    [
        ("EUR", "EUR", None),
        ("EUR", "USD", "The costs of activities are in USD and in EUR"),
        ("USD", "EUR", "The costs of activities are in EUR and in USD"),
        ("USD", None, "The costs of activities and components are in USD and all prices are in EUR"),
    ],
)
def test_costs_of_requester_and_catalogue_are_in_the_currency_of_all_prices(
    catalogue: str, requester: str | None, label: str | None
) -> None:
    facts = some_facts(specifications={"cfs": a_specification(defaults=costing(catalogue))})
    works = (Work(id="licence", days=1, nrc_minor=5),) if requester else None

    item = item_of(answer_to(facts, a_requirement(bespoke_activities=works, cost_currency=requester)))

    assert item.result == ("qualified" if label is None else "unqualified")
    assert [one.code for one in item.findings] == ([] if label is None else ["SD-INF-01"])
    assert all(label is not None and label in one.label for one in item.findings)
