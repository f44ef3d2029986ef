"""What keeps a bundle from being had as a whole is told with its own figures, and with the change that is enough."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.facts import CrewFact
from linkwright.designs.requirement import PlaceWanted, Requirement
from tests.builders import a_network, a_requirement
from tests.designs.answering import answer_to, codes, item_of, some_facts
from tests.fakes import FakeFacts

TWO = (a_requirement(), a_requirement(ref="2", place=PlaceWanted(kind="site", id="site-2")))
"""1,080.00 EUR once and 365.00 EUR a month for each."""


def bundle(facts: FakeFacts | None = None, **wanted: Any) -> ItemAnswer:
    whole = Requirement(ref="all", bundles=("1", "2"), budget_currency="EUR", **wanted)
    return item_of(answer_to(facts or some_facts("site-1", "site-2"), whole, *TWO), "all")


def told(item: ItemAnswer, code: str) -> str:
    (label,) = [one.label for one in item.findings if one.code == code]
    return label


@pytest.mark.parametrize("budget", [150_000, 1_000])
def test_c20_a_budget_that_is_too_small_is_told_with_what_all_would_cost(budget: int) -> None:
    label = told(bundle(budget_nrc_minor=budget), "SD-BUD-01")
    assert f"allows {budget / 100:,.2f} EUR, 2,160.00 EUR would be needed" in label
    assert label.endswith("would be feasible if budgetOneTime were 2,160.00 EUR.")


def test_c20_where_two_budgets_have_to_change_both_are_told() -> None:
    labels = " ".join(one.label for one in bundle(budget_nrc_minor=1_000, budget_mrc_minor=100).findings)
    assert "budgetOneTime were 2,160.00 EUR" in labels
    assert "budgetRecurring were 730.00 EUR" in labels


@pytest.mark.parametrize("days", [3, 1])
def test_crews_that_do_not_suffice_for_all_are_told_with_what_all_need(days: int) -> None:
    crew = CrewFact(skill="fibre", until=date(2027, 6, 1), crew_days=days)
    facts = some_facts("site-1", "site-2", facts=replace(a_network(), crews=(crew,)))
    facts.access = tuple(replace(one, work={"fibre": 2}) for one in facts.access)
    item = bundle(facts)
    assert f"allows {days} crew-days, 4 crew-days would be needed" in told(item, "SD-SKL-01")
    assert "were 4 crew-days" in told(item, "SD-SKL-01")


def test_what_only_an_item_lacks_is_still_told_there() -> None:
    late = replace(TWO[0], needed_by=date(2026, 11, 3))
    whole = Requirement(ref="all", bundles=("1", "2"))
    item = item_of(answer_to(some_facts("site-1", "site-2"), whole, late, TWO[1]), "all")
    assert codes(item) == ["SD-TIM-01"]
    assert item.findings[0].label.startswith("1 of 2 items are ")
