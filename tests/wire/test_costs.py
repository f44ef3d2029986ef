"""What a caller without the right to see costs is shown."""

import copy
from typing import Any

import orjson
from hypothesis import assume, given
from hypothesis import strategies as st

from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import CostComponent, Requirement, Work
from linkwright.orders.outcome import OUTCOME
from linkwright.orders.results import COMPARED
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.costs import UNTOLD, leads_to_costs, with_costs, without_costs
from linkwright.wire.design_document import write_design
from linkwright.wire.v4.design_words import solution_words, totals_words
from tests.builders import a_requirement, a_solution
from tests.designs.answering import offering
from tests.documents.samples import a_whole, totals_with


def _service(**values: object) -> dict[str, object]:
    return {"serviceCharacteristic": [{"name": name, "value": value} for name, value in values.items()]}


def _names(service: dict[str, object]) -> list[str]:
    return [one["name"] for one in service["serviceCharacteristic"]]  # type: ignore[attr-defined,index]


def test_costs_go_and_everything_else_stays() -> None:
    words = solution_words(a_solution())
    kept = _names(without_costs(_service(**words), own=True))
    assert kept == [name for name in words if not name.startswith("commercial.")]
    assert any(name.startswith("commercial.") for name in words)


def test_of_what_is_compared_in_the_end_only_the_business_outcome_is_hidden() -> None:
    message = f"Services compared: 1.{OUTCOME}item 1: one-time cost 1.00 EUR expected."
    (told,) = without_costs([{"name": COMPARED, "message": message}], own=True)
    assert told["message"] == "Services compared: 1."


def test_the_requester_still_sees_the_budget_that_he_sent_himself() -> None:
    service = _service(budgetOneTime={"unit": "EUR", "value": 5}, bandwidth=100)
    assert _names(without_costs(service, own=True)) == ["budgetOneTime", "bandwidth"]
    assert _names(without_costs(service, own=False)) == ["bandwidth"]


def test_what_risks_and_courses_cost_is_ours_and_what_an_activity_costs_is_its_requesters() -> None:
    euro = {"unit": "EUR", "value": 5}
    words = {
        "risk.top": [{"cause": "late", "impact": {"days": 2, "cost": euro}}],
        "risk.exposure": {"days": 0.4, "cost": euro},
        "ops.trainingMeasures": [{"skill": "mobile", "cost": euro}],
        "design.solution.top": [{"impact": {"days": 2, "cost": euro}}],
        "design.solution.exposure": {"days": 0.4, "cost": euro},
        "bespokeActivities": [{"id": "crane", "cost": euro}],
    }
    shown = without_costs(_service(**words), own=True)["serviceCharacteristic"]
    assert [one["name"] for one in shown] == list(words)
    assert [one["value"] for one in shown] == [
        [{"cause": "late", "impact": {"days": 2}}],
        {"days": 0.4},
        [{"skill": "mobile"}],
        [{"impact": {"days": 2}}],
        {"days": 0.4},
        words["bespokeActivities"],
    ]


def test_the_business_case_of_all_items_is_money_wherever_it_stands() -> None:
    case = ("npv", "irr", "paybackMonths", "investment", "monthlyMargin", "verdict", "verdictReason", "sensitivity")
    words = dict.fromkeys((f"design.solution.{name}" for name in case), 1) | {"design.solution.p80Date": "2027-06-01"}
    assert _names(without_costs(_service(**words), own=True)) == ["design.solution.p80Date"]


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


def test_the_cost_of_an_activity_is_for_its_requester_and_those_who_see_costs() -> None:
    sent = _service(
        bespokeActivities=[{"id": "licence", "days": 20, "cost": {"unit": "EUR", "value": 350.75}}],
        costComponents=[{"name": "management", "recurringCost": {"unit": "EUR", "value": 60.25}}],
        priceOneTime={"unit": "EUR", "value": 77.25},
    )
    own, theirs = (orjson.dumps(without_costs(sent, own=own)).decode() for own in (True, False))
    assert ["350.75" in own, "60.25" in own, "77.25" in own] == [True, False, True]
    assert not any(figure in theirs for figure in ("350.75", "60.25", "77.25"))
    assert '"days":20' in theirs


def test_a_design_document_keeps_activities_and_hides_what_they_and_the_service_cost() -> None:
    requirement = a_requirement(
        price_nrc_minor=112_233,
        price_mrc_minor=445_566,
        bespoke_activities=(Work(id="licence", days=20, nrc_minor=778_899),),
        cost_components=(CostComponent(name="management", mrc_minor=665_544),),
    )
    whole = write_design(a_solution(requirement=requirement))
    hidden = orjson.dumps(without_costs(whole, own=False)).decode()
    figures = ("112233", "445566", "778899", "665544")
    assert all(figure in orjson.dumps(whole).decode() for figure in figures)
    assert not any(figure in hidden for figure in (*figures, "Minor"))
    assert '"id":"licence"' in hidden


def test_what_another_design_costs_is_told_to_those_who_see_costs() -> None:
    alert = {"id": "PROPOSED_DESIGN/1", "name": "DATE_AT_RISK", "message": "NRC 6,200.00 EUR"}
    plain = {"id": "DATE_AT_RISK/x/date", "name": "DATE_AT_RISK", "message": "float 1"}
    hidden, shown = without_costs([alert, plain], own=True)
    assert "6,200" not in hidden["message"]
    assert shown == plain


def test_the_document_that_was_given_stays_as_it_is() -> None:
    service = _service(**solution_words(a_solution()))
    before = orjson.dumps(service)
    without_costs(service, own=False)
    assert orjson.dumps(service) == before


def test_filters_through_what_is_hidden_are_recognised() -> None:
    assert leads_to_costs("serviceOrderItem.service.serviceCharacteristic.value")
    assert not leads_to_costs("serviceOrderItem.service.name")


AMOUNT = "987654"
NAMES = st.sampled_from(["id", "name", "value", "a", "b"])
WORDS = st.sampled_from(["x", "y", "bandwidth", "commercial.x", "SD-BUD-1"]) | st.integers(0, 2)
HIDDEN = st.sampled_from(
    [
        {"name": "commercial.oneTimeCost", "value": AMOUNT},
        {"code": "SD-BUD-01", "label": AMOUNT},
        {"id": "x", "oneTimeCost": AMOUNT, "value": 1},
    ]
)
ANYTHING = st.recursive(
    WORDS | HIDDEN, lambda part: st.lists(part, max_size=4) | st.dictionaries(NAMES, part, max_size=3), max_leaves=12
)


@given(ANYTHING)
def test_what_comes_back_as_it_was_shown_is_what_is_stored(stored: Any) -> None:
    before = copy.deepcopy(stored)
    seen = without_costs(stored, own=True)
    found = with_costs(seen, seen, stored)
    assert (found.body, found.notes) == (before, ())


@given(ANYTHING, ANYTHING)
def test_whatever_comes_back_brings_nothing_to_light(stored: Any, other: Any) -> None:
    """However a patch changes what was shown."""
    seen = without_costs(stored, own=True)
    assume(AMOUNT not in str(seen))
    patched = orjson.loads(orjson.dumps(other).replace(AMOUNT.encode(), b"mine"))
    for now in (patched, [patched, seen], {"a": seen, "b": patched}):
        found = with_costs(now, seen, stored)
        assert AMOUNT not in orjson.dumps(without_costs(found.body, own=True)).decode()


def _back(change: Any, stored: Any) -> Any:
    return with_costs(change, without_costs(stored, own=True), stored).body


def test_a_hidden_figure_stays_beside_what_it_stood_beside() -> None:
    first, second, third = ({"name": name, "value": 1} for name in "abc")
    money = {"name": "commercial.x", "value": 1}
    assert _back([third, second, first], [first, money, second, third]) == [third, second, first, money]
    assert _back([second], [first, money, second]) == [second, money]
    assert _back([second], [money, first, second]) == [money, second]


def test_a_list_that_is_removed_leaves_what_was_not_seen_of_it() -> None:
    money = {"name": "commercial.x", "value": 1}
    assert _back({}, {"serviceCharacteristic": [{"name": "a", "value": 1}, money], "b": [1]}) == {
        "serviceCharacteristic": [money]
    }


def test_a_figure_stays_with_its_item_and_goes_with_it() -> None:
    stored = [{"id": "1", "oneTimeCost": 5}, {"id": "2", "oneTimeCost": 6}]
    assert _back([{"id": "2", "a": 1}, {"id": "3"}], stored) == [{"id": "2", "a": 1, "oneTimeCost": 6}, {"id": "3"}]


def test_a_nameless_element_that_changes_where_it_stands_keeps_its_figure() -> None:
    assert _back([{"a": 2}], [{"a": 1, "oneTimeCost": 5}]) == [{"a": 2, "oneTimeCost": 5}]


def test_a_text_is_not_told_by_another_code() -> None:
    stored = {"code": "SD-BUD-01", "label": AMOUNT}
    assert _back({"code": "X", "label": UNTOLD}, stored) == {"code": "X", "label": UNTOLD}
    assert _back({"code": "SD-BUD-02", "label": UNTOLD}, stored) == {"code": "SD-BUD-02", "label": AMOUNT}


def test_a_reason_that_quotes_a_budget_is_for_its_requester_alone() -> None:
    label = 'Characteristic budgetOneTime is not understood: money is expected, {"amount": 5} is given.'
    item = {"eligibilityUnavailabilityReason": [{"code": "SD-INF-01", "label": label}]}
    assert without_costs(item, own=True) == item
    assert without_costs(item, own=False) == {
        "eligibilityUnavailabilityReason": [{"code": "SD-INF-01", "label": UNTOLD}]
    }


def test_what_all_items_cost_is_hidden_under_any_name() -> None:
    """The words of a bundle, and those on the first item where there is none."""
    totals = totals_with(a_whole())
    named = totals_words(totals, Requirement(ref="all", bundles=(), budget_nrc_minor=1, budget_mrc_minor=1))
    money = {name.partition(".")[2] for name in named if name.startswith("commercial.")}
    words = write_characteristics(totals_words(totals, None))
    shown = {one["name"].removeprefix("design.solution.") for one in without_costs(words, own=True)}
    assert {"npv", "investment", "verdict"} <= money
    assert not money & shown
    assert "readyForServiceDate" in shown


def test_what_a_course_costs_is_hidden_from_its_requester_too() -> None:
    words = totals_words(totals_with(a_whole()), Requirement(ref="all", bundles=()))
    told = words["ops.trainingMeasures"]
    assert all("oneTimeCost" in one for one in told)
    assert not any({"oneTimeCost", "cost"} & set(one) for one in without_costs(told, own=True))
