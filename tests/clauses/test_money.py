"""What it costs and brings in, and who may see that."""

from datetime import date

import pytest

from mocks.world.equipment import COURSES, MODELS
from tests.clauses.bss import ORDERS, Bss, Document, Json, cents, codes, euro, price_named, words
from tests.clauses.wanted import CRANE_CENTS, by_partner

ACCESSES_CENTS = (1500 + 3800) * 100
"""Our own fibre and the partner's, once."""
RATE = 0.08


def _expected_once(hq: dict[str, Json]) -> int:
    """Both accesses, the CPE and the crane."""
    cpe = next(one for one in MODELS if one.id == hq["cpe.model"])
    return ACCESSES_CENTS + cpe.nrc * 100 * hq["cpe.quantity"] + CRANE_CENTS


def _npv_cents(flow: Json, rate: float = RATE) -> float:
    """Cash at the end of a month, at the twelfth root of the rate of a year; the month of the order is number 0."""
    monthly = (1 + rate) ** (1 / 12)
    return sum((one["incomeMinor"] - one["costMinor"]) / monthly ** one["number"] for one in flow)


def test_c20_cost_is_held_against_the_budget(hq: dict[str, Json], whole: dict[str, Json], document: Document) -> None:
    assert cents(hq["commercial.oneTimeCost"]) == _expected_once(hq)
    once = cents(hq["commercial.oneTimeCost"]) - cents(hq["budgetOneTime"])
    assert cents(hq["commercial.budgetOneTimeVariance"]) == once
    monthly = cents(hq["commercial.recurringCost"]) - cents(hq["budgetRecurring"])
    assert cents(hq["commercial.budgetRecurringVariance"]) == monthly
    assert monthly <= 0
    assert cents(whole["commercial.budgetOneTimeVariance"]) == cents(whole["commercial.oneTimeCost"]) - 12_000_00
    section = document.section("C20")
    assert f"EUR \N{MINUS SIGN}{-once / 100:,.2f}" in section
    assert "Cost against budget" in section


def test_c20_a_budget_that_is_too_small_says_what_would_be_enough(bss: Bss, others: dict[str, Json]) -> None:
    assert "EUR would be needed" in codes(others["dear"])["SD-BUD-01"]
    asked = by_partner("dear", budgetOneTime=euro(1000))
    check = bss.check(asked)
    (answer,) = check["serviceQualificationItem"]
    assert "SD-BUD-01" in codes(answer)
    proposal = answer["alternateServiceProposal"][0]
    reference = f"{check['id']}/dear/{proposal['id']}"
    body = {
        "externalReference": [{"id": reference, "name": "dear", "externalReferenceType": "serviceQualification"}],
        "serviceOrderItem": [{"id": "dear", "action": "add", "service": asked["service"]}],
    }
    made = bss.post(ORDERS, body)["id"]
    over = bss.order_when("it is over its budget", made, lambda one: one.get("jeopardyAlert"))
    (alert,) = [one for one in over["jeopardyAlert"] if one["name"] == "BUDGET_EXCEEDED"]
    assert "budget 1,000.00" in alert["message"]
    bss.order_in(made, "completed")


def test_c26_the_business_case_is_worked_out(
    hq: dict[str, Json], whole: dict[str, Json], document: Document, whole_document: Document, order: Json
) -> None:
    for told, case in ((hq, document.json["businessCase"]), (whole, whole_document.json["businessCase"])):
        flow = case["cashFlow"]
        assert cents(told["commercial.npv"]) == pytest.approx(_npv_cents(flow), abs=1)
        assert _npv_cents(flow, told["commercial.irr"]) == pytest.approx(0, abs=100)
        payback = next(
            one["number"] for one in flow if one["cumulatedMinor"] >= 0 and one["number"] > 0 and _spent(flow, one)
        )
        assert told["commercial.paybackMonths"] == payback
        assert told["commercial.verdict"] == "accepted"
    income = sum(one["incomeMinor"] for one in document.json["businessCase"]["cashFlow"])
    assert income == cents(hq["priceOneTime"]) + 36 * cents(hq["priceRecurring"])
    section = document.section("C26")
    assert f"EUR {hq['commercial.npv']['value']:,.2f}" in section
    assert "<svg" in document.html
    (approved,) = [one for one in order["milestone"] if one["name"] == "businessCaseApproved"]
    assert approved["message"] == "Business approvals given: 1."


def _spent(flow: Json, month: Json) -> bool:
    """Whether something had been spent by then that has come back."""
    return any(one["cumulatedMinor"] < 0 for one in flow if one["number"] < month["number"])


def test_c26_a_case_that_is_rejected_names_the_price_that_would_do(bss: Bss, others: dict[str, Json]) -> None:
    poor = others["poorer"]
    assert poor["qualificationResult"] == "unqualified"
    named = price_named(poor)
    enough, less = others["worth"][named], others["worth"][named - 1]
    assert (enough["qualificationResult"], less["qualificationResult"]) == ("qualified", "unqualified")
    assert (
        0 <= cents(words(enough["service"])["commercial.npv"]) < 100
        or words(enough["service"])["commercial.paybackMonths"] == 36
    )


def test_c27_time_to_revenue_runs_from_the_order_to_the_first_day_that_is_billed(
    hq: dict[str, Json], course: dict[str, Json], document: Document
) -> None:
    assert hq["commercial.timeToRevenueDays"] == (_billed(hq["plan.readyForServiceDate"]) - _ordered(document)).days
    assert f"{hq['commercial.timeToRevenueDays']} calendar days" in document.section("C27")
    then, late = (words(_leaf(course[stage], "hq")["service"]) for stage in ("begun", "late"))
    assert then["commercial.timeToRevenueDays"] == hq["commercial.timeToRevenueDays"]
    ready = course["late"]["expectedCompletionDate"][:10]
    assert _billed(ready) > _billed(hq["plan.readyForServiceDate"])
    assert late["commercial.timeToRevenueDays"] == (_billed(ready) - _ordered(document)).days


def _billed(ready: str) -> date:
    """The first day of a month on which the service is there."""
    day = date.fromisoformat(ready)
    return day if day.day == 1 else date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _ordered(document: Document) -> date:
    return date.fromisoformat(document.json["plan"]["ordered"])


def _leaf(order: Json, name: str) -> Json:
    (parent,) = order["serviceOrderItem"]
    return next(one for one in parent["serviceOrderItem"] if one["id"] == name)


def test_c28_the_investment_is_split_by_layer(
    hq: dict[str, Json], whole: dict[str, Json], document: Document, items: dict[str, Json]
) -> None:
    for told in (hq, whole):
        split = {one["layer"]: one for one in told["commercial.investment"]}
        assert split.keys() == {"service", "resource"}
        for word in ("oneTimeCost", "recurringCost"):
            assert sum(cents(one[word]) for one in split.values()) == cents(told[f"commercial.{word}"])
    bought = {one["layer"]: cents(one["oneTimeCost"]) for one in hq["commercial.investment"]}
    assert bought["service"] == 3800_00 + CRANE_CENTS, "the partner's access and the crane"
    assert bought["resource"] == _expected_once(hq) - bought["service"]
    lines = document.json["businessCase"]["lines"]
    assert sum(one["oneTimeCostMinor"] for one in lines) == cents(hq["commercial.oneTimeCost"])
    assert sum(one["recurringCostMinor"] for one in lines) == cents(hq["commercial.recurringCost"])
    assert "Investment by layer" in document.section("C28")
    of_items = [cents(words(items[name]["service"])["commercial.oneTimeCost"]) for name in ("hq", "plant")]
    assert cents(whole["commercial.oneTimeCost"]) == sum(of_items) + COURSES["mobile"][2] * 100


def test_c35_costs_are_told_to_those_who_may_see_them(
    others: dict[str, Json], hq: dict[str, Json], document: Document
) -> None:
    told = words(others["salesDesign"]["service"])
    assert told["plan.readyForServiceDate"] == hq["plan.readyForServiceDate"]
    assert told["sla.availability"] == hq["sla.availability"]
    assert [name for name in told if name.startswith("commercial.") and name != "commercial.timeToRevenueDays"] == []
    assert all("oneTimeCost" not in one for one in told.get("partner.asked", ()))
    assert all("cost" not in one["impact"] for one in told["risk.top"])
    seen: Document = others["salesDocument"]
    assert "EUR" not in seen.markdown + seen.html
    assert "Minor" not in str(seen.json)
    assert "businessCase" not in seen.json
    assert "Cost build-up" in document.markdown
    assert seen.trace()["C26"] == "not in this document"
    reason = codes(others["seenBySales"])["SD-BUD-01"]
    assert "EUR" not in reason


def test_c35_an_approval_is_a_matter_of_its_role_and_leaves_a_note(course: dict[str, Json], document: Document) -> None:
    assert course["refused"]["reason"]
    assert "orders:approve:business" in course["refused"]["message"]
    assert _leaf(course["waiting"], "hq")["state"] == "held"
    assert _leaf(course["waiting"], "plant")["state"] == "inProgress", "it is below the limit"
    assert course["approved"]["serviceOrderItem"]
    told = {one["author"]: one["text"] for one in course["done"]["note"]}
    assert "a good customer" in told["business"]
    assert "one-time cost" in told["linkwright"]
    section = document.section("C35")
    for role in ("Enterprise sales", "Engineering", "Service order management"):
        assert role in section
