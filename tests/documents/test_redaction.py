"""What a caller who may not see costs is shown: no amount of money in any form."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import orjson
import pytest

from linkwright.designs.answers import Documented, SiteSolution, WholeSolution
from linkwright.designs.parts_of_answers import Arrangement, NotUsed
from linkwright.documents.diff import changes
from linkwright.documents.render import rendered, rendered_difference
from linkwright.documents.sections import document_of
from linkwright.wire.costs import MEMBERS, UNTOLD
from linkwright.wire.design_document import _name, write_documented
from linkwright.wire.document_costs import document_without_costs

from .samples import RISKS, a_full_design, a_plan, a_whole, site_json, whole_json, with_distinct_amounts

AMOUNT = re.compile(r"\d[\d,]*\.\d\d(?! %)(?!\d)")
FULL: tuple[Documented, ...] = (a_full_design(), a_whole())


def documented(design: Documented) -> Any:
    return orjson.loads(orjson.dumps(write_documented(design)))


def amounts(value: Any) -> Iterator[int]:
    """All that `with_distinct_amounts` has put in."""
    if is_dataclass(value):
        for one in fields(value):
            part = getattr(value, one.name)
            if one.name.endswith("_minor"):
                yield part
            else:
                yield from amounts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from amounts(part)


def forms(minor: int) -> tuple[str, str, str]:
    """The ways in which it could be told."""
    return str(minor), f"{minor / 100:,.2f}", f"{minor / 100:.2f}"


@pytest.mark.parametrize("design", FULL)
def test_no_amount_survives_in_any_form(design: Documented) -> None:
    priced = with_distinct_amounts(design)
    known = list(amounts(priced))
    assert len(known) == len(set(known)) > 50
    doc = documented(priced)
    assert all(str(one) in orjson.dumps(doc).decode() for one in known)
    seen = document_without_costs(doc)
    for told in (orjson.dumps(seen).decode(), rendered(seen, "html"), rendered(seen, "md")):
        assert [form for one in known for form in forms(one) if form in told] == []


@pytest.mark.parametrize("design", FULL)
def test_no_amount_survives_in_a_comparison(design: Documented) -> None:
    was, now = (document_without_costs(documented(one)) for one in (design, with_distinct_amounts(design)))
    assert changes(was, now) == []
    assert "EUR" not in rendered_difference(was, now, "html").replace("budgetCurrency", "")


def members(kind: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[str, bool]]:
    """Every field of money that a document may have, and whether it lies within a business case."""
    for name, hint in get_type_hints(kind).items():
        if name.endswith("_minor"):
            yield name, any(one.__name__ == "BusinessCase" for one in (*above, kind))
        for part in _dataclasses(hint):
            if part not in above:
                yield from members(part, (*above, kind))


def _dataclasses(hint: Any) -> Iterator[Any]:
    if is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from _dataclasses(part)


@pytest.mark.parametrize("kind", [SiteSolution, WholeSolution])
def test_every_member_of_money_is_known(kind: Any) -> None:
    """A new one has to be added to those that are hidden."""
    found = {name for name, within in members(kind) if not within}
    assert found
    assert {_name(name) for name in found} <= MEMBERS


def test_the_sections_of_money_are_not_there() -> None:
    titles = [one.title for one in document_of(document_without_costs(site_json())).sections]
    assert "Cost" not in titles
    assert "Business assessment" not in titles
    assert "Risk register" in titles
    assert "Partner comparison" in titles


def test_who_may_not_see_costs_is_told_what_is_ordered_and_not_by_which_words() -> None:
    seen, whole = (rendered(doc, "html") for doc in (document_without_costs(site_json()), site_json()))
    assert ("Order an access" in seen, "<pre>" in seen) == (True, False)
    assert ("Order an access" in whole, "<pre>" in whole) == (True, True)


SENTENCES = (
    "It would cost 620.00 EUR a month.",
    "EUR 1,234.50 would be needed.",
    "The budget of 25,000 CHF is not enough.",
    "12.50USD more",
    "Characteristic budgetOneTime is not understood.",
    "about 600 EUR",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_with_an_amount_is_not_told(sentence: str) -> None:
    requirement = replace(a_full_design().requirement, budget_currency="CHF", misread=(sentence,))
    doc = site_json(
        requirement=requirement,
        arrangement=Arrangement(kind="special", why=(sentence,)),
        not_used=(NotUsed(access="a", technology="fibre", why=sentence),),
        risks=(replace(RISKS[0], cause=sentence, mitigation=sentence),),
        plan=a_plan(bottleneck=sentence),
    )
    seen = document_without_costs(doc)
    assert sentence not in orjson.dumps(seen).decode()
    assert seen["arrangement"]["why"] == [UNTOLD]
    assert sentence in rendered(doc, "md").replace("\\", "")
    assert sentence not in rendered(seen, "md").replace("\\", "")


@pytest.mark.parametrize(
    "sentence", ["99.98848 % is reached with 2 CPE.", "3 days NOC", "DUCT 7 is shared", "EURO 4 park"]
)
def test_other_sentences_are_told(sentence: str) -> None:
    seen = document_without_costs(site_json(arrangement=Arrangement(kind="special", why=(sentence,))))
    assert seen["arrangement"]["why"] == [sentence]


def test_what_the_requester_sent_as_money_is_not_told() -> None:
    sent = {
        "budgetOneTime": {"unit": "EUR", "value": 98765.43},
        "priceRecurring": 98765.43,
        "bespokeActivities": [{"id": "crane", "cost": {"unit": "EUR", "value": 98765.43}, "oneTimeCost": 98765.43}],
        "bandwidth": {"down": 100, "up": 100, "unit": "Mbit/s"},
    }
    requirement = replace(a_full_design().requirement, characteristics=sent)
    seen = document_without_costs(site_json(requirement=requirement))
    assert "98765" not in orjson.dumps(seen).decode()
    assert seen["requirement"]["characteristics"]["bandwidth"] == sent["bandwidth"]


def test_nothing_else_is_left_out() -> None:
    seen = document_without_costs(site_json())
    assert seen["risks"][0]["cause"] == RISKS[0].cause
    assert seen["plan"] == site_json()["plan"]
    assert seen["legs"][0]["availability"] == 0.998
    assert "impactMinor" not in seen["risks"][0]
    assert not AMOUNT.findall(rendered(document_without_costs(whole_json(a_whole())), "md"))
