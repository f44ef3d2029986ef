"""What a caller without the right to see costs is shown."""

import orjson

from linkwright.designs.model import Finding
from linkwright.wire.costs import UNTOLD, leads_to_costs, without_costs
from linkwright.wire.design_document import write_design
from linkwright.wire.v4.design_words import solution_words
from tests.builders import a_requirement, a_solution
from tests.designs.answering import offering


def _service(**values: object) -> dict[str, object]:
    return {"serviceCharacteristic": [{"name": name, "value": value} for name, value in values.items()]}


def _names(service: dict[str, object]) -> list[str]:
    return [one["name"] for one in service["serviceCharacteristic"]]  # type: ignore[attr-defined,index]


def test_costs_go_and_everything_else_stays() -> None:
    words = solution_words(a_solution())
    kept = _names(without_costs(_service(**words), own=True))
    assert kept == [name for name in words if not name.startswith("commercial.")]
    assert any(name.startswith("commercial.") for name in words)


def test_the_requester_still_sees_the_budget_that_he_sent_himself() -> None:
    service = _service(budgetOneTime={"unit": "EUR", "value": 5}, bandwidth=100)
    assert _names(without_costs(service, own=True)) == ["budgetOneTime", "bandwidth"]
    assert _names(without_costs(service, own=False)) == ["bandwidth"]


def test_partners_stay_and_their_prices_go() -> None:
    words = solution_words(a_solution(asked=(offering("north"),)))
    shown = without_costs({"partner.asked": words["partner.asked"]}, own=False)["partner.asked"][0]
    assert shown["party"] == "north"
    assert "recurringCost" not in shown
    assert "recurringCost" in words["partner.asked"][0]


def test_a_reason_with_amounts_keeps_its_code_only() -> None:
    finding = Finding(code="SD-BUD-01", label="budgetOneTime allows 1.00 EUR, 2.00 EUR would be needed.")
    item = {"eligibilityUnavailabilityReason": [{"code": finding.code, "label": finding.label}]}
    assert without_costs(item, own=True) == {
        "eligibilityUnavailabilityReason": [{"code": "SD-BUD-01", "label": UNTOLD}]
    }


def test_other_reasons_keep_their_sentence() -> None:
    item = {"eligibilityUnavailabilityReason": [{"code": "SD-TIM-01", "label": "2027-03-10 is the earliest."}]}
    assert without_costs(item, own=False) == item


def test_a_design_document_has_no_figure_of_money_left() -> None:
    requirement = a_requirement(
        budget_nrc_minor=123_457, characteristics={"budgetOneTime": {"unit": "EUR", "value": 1234.57}}
    )
    solution = a_solution(requirement=requirement, nrc_minor=7_654_321, asked=(offering("north", nrc_minor=998_877),))
    text = orjson.dumps(without_costs(write_design(solution), own=False)).decode()
    assert not any(figure in text for figure in ("123457", "1234.57", "7654321", "998877", "Minor"))


def test_the_document_that_was_given_stays_as_it_is() -> None:
    service = _service(**solution_words(a_solution()))
    before = orjson.dumps(service)
    without_costs(service, own=False)
    assert orjson.dumps(service) == before


def test_filters_through_what_is_hidden_are_recognised() -> None:
    assert leads_to_costs("serviceOrderItem.service.serviceCharacteristic.value")
    assert not leads_to_costs("serviceOrderItem.service.name")
