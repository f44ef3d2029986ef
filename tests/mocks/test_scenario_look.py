"""Paths into checks and orders, and what is expected there."""

from typing import Any

import pytest
from pydantic import ValidationError

from mocks.scenario.expectations import Expectation
from mocks.scenario.look import MISSING, BadPath, look

Json = Any


def service(**values: Json) -> Json:
    return {
        "serviceCharacteristic": [{"name": name.replace("__", "."), "value": value} for name, value in values.items()]
    }


CHECK = {
    "state": "done",
    "serviceQualificationItem": [
        {"id": "all", "service": {"isBundle": True, **service(cost={"unit": "EUR", "value": 7500.0})}},
        {
            "id": "a",
            "qualificationResult": "qualified",
            "service": {
                **service(legs=["own", "north"], waves=[{"reason": "stock"}]),
                "relatedEntity": [{"role": "serviceDesign", "href": "http://design/1"}],
            },
        },
        {
            "id": "b.1",
            "qualificationResult": "alternate",
            "eligibilityUnavailabilityReason": [{"code": "SD-TIM-01", "label": "later"}],
            "alternateServiceProposal": [
                {"id": "1", "alternateService": service(access__technology=["fibre", "5g"])},
                {"id": "2", "alternateService": service(access__technology=["5g", "leo"])},
            ],
        },
    ],
}


def found(path: str) -> Json:
    return look(CHECK, path, lambda href: {"from": href, "steps": [{"id": "x", "end": "2027-01-01"}]})


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("state", "done"),
        ("items.count", 2),
        ("item(b.1).reasons", ["SD-TIM-01"]),
        ("item(b.1).reason(SD-TIM-01)", "later"),
        ("item(a).reasons", []),
        ("bundle.characteristic(cost).value", 7500.0),
        ("item(a).characteristic(legs)[2]", "north"),
        ("item(a).characteristic(legs)[3]", MISSING),
        ("item(z).characteristic(legs).anything", MISSING),
        ("item(b.1).proposal(access.technology~leo).id", "2"),
        ("item(b.1).proposal(2).characteristic(access.technology)", ["5g", "leo"]),
        ("item(b.1).proposal(3)", MISSING),
        ("items.where(qualificationResult=alternate).each(id)", ["b.1"]),
        ("items.where(qualificationResult!=alternate).count", 1),
        ("items.where(characteristic(legs)~north).count", 1),
        ("item(a).document.from", "http://design/1"),
        ("item(a).document.steps.find(id=x).end", "2027-01-01"),
        ("item(a).document(proposedDesign).from", MISSING),
        ("item(a).characteristic(waves)[1].reason", "stock"),
    ],
)
def test_a_path_leads_to(path: str, there: Json) -> None:
    assert found(path) == there


@pytest.mark.parametrize("path", ["item(a", "item", "nobody(x)", "items.where(x)", "a b"])
def test_a_path_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        found(path)


@pytest.mark.parametrize(
    ("comparison", "value", "holds"),
    [
        ({"is": 7500}, {"unit": "EUR", "value": 7500.0}, True),
        ({"is": 7500}, {"unit": "EUR", "value": 7500.01}, False),
        ({"is": 1}, True, False),
        ({"is": "2027-01-27"}, "2027-01-27T00:00:00Z", True),
        ({"is": ["a", "b"]}, ["b", "a"], True),
        ({"is": ["a", "b"]}, ["a"], False),
        ({"is": "x"}, MISSING, False),
        ({"isNot": "x"}, MISSING, True),
        ({"percent": "99.98848"}, 0.9998847518, True),
        ({"percent": "99.98847"}, 0.9998847518, False),
        ({"percent": "99.98150"}, 0.99981500925, True),
        ({"approximately": 2, "within": 0.1}, 2.05, True),
        ({"approximately": 2, "within": 0.01}, 2.05, False),
        ({"contains": "K7"}, ["through K7", "other"], True),
        ({"contains": ["K7", "K8"]}, ["through K7", "other"], False),
        ({"lacks": "K8"}, ["through K7"], True),
        ({"absent": True}, MISSING, True),
        ({"absent": True}, None, False),
        ({"atLeast": 2, "atMost": 3}, 2, True),
        ({"atLeast": 2, "atMost": 3}, 4, False),
        ({"atMost": "2027-03-01"}, "2027-03-01T10:00:00Z", True),
        ({"atMost": "2027-03-01"}, "2027-03-02", False),
        ({"atLeast": 2}, "two", False),
        ({"oneOf": ["a", "b"]}, "b", True),
    ],
)
def test_a_comparison_holds(comparison: dict[str, Json], value: Json, holds: bool) -> None:
    assert Expectation.model_validate({"of": "x", **comparison}).holds(value) is holds


@pytest.mark.parametrize(
    "comparison", [{}, {"is": 1, "contains": "a"}, {"approximately": 1}, {"percent": "much"}, {"equals": 1}]
)
def test_an_expectation_compares_once_and_well(comparison: dict[str, Json]) -> None:
    with pytest.raises(ValidationError):
        Expectation.model_validate({"of": "x", **comparison})
