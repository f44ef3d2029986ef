"""When: the plan, its people, its risks, and what becomes of it."""

from datetime import date

import pytest

from mocks.world.equipment import COURSES, NEEDS, STAFF
from tests.clauses.bss import TODAY, WORKING, Document, Json, cents, codes, on, words, working_days_between
from tests.clauses.wanted import LEAD_DAYS

READY, NEEDED = 65, 68
"""Working days of the headquarters, as `wanted.headquarters` says."""


def _by_name(document: Document) -> dict[str, Json]:
    return {step["id"]: step for step in document.json["plan"]["steps"]}


def test_c12_the_plan_is_a_network_with_a_critical_path_and_float(hq: dict[str, Json], document: Document) -> None:
    steps = _by_name(document)
    for step in steps.values():
        assert all(steps[before]["ready"] <= step["start"] for before in step["after"]), step["id"]
        worked = working_days_between(step["start"], step["end"]) if step["days"] else 0
        assert worked == step["days"], step["id"]
    of_design = {"delivery", "logistics", "allocation", "installation", "configuration", "test", "quality", "handover"}
    assert {step["kind"] for step in steps.values()} == of_design | {"survey", "bespoke"}
    assert steps["logistics"]["start"] == steps["installation"]["start"], "from the stock just in time"
    path = [one["activity"] for one in hq["plan.criticalPath"] if one["activity"] != "handover"]
    assert path == [f"delivery:partner-north:{hq['partner.quoteRef'][1]}", "crane", "installation"]
    assert [steps[name]["start"] for name in path] == [on(0), on(57), on(63)]
    assert steps["handover"]["ready"] == on(READY)
    assert steps["survey"]["floatDays"] > steps["crane"]["floatDays"]
    assert steps["survey"]["critical"] is False
    section = document.section("C12")
    assert "Critical path: Access" in section
    assert "then Crane for the antenna, then Installation" in section
    assert document.html.count("<svg") >= 2, "the topology and the plan are drawn"


def test_c12_an_order_tells_its_milestones_in_their_order(order: Json) -> None:
    names = [one["name"] for one in sorted(order["milestone"], key=lambda one: one["milestoneDate"])]
    expected = [
        "requirementAccepted",
        "designComplete",
        "resourcesHeld",
        "partnerOrdersPlaced",
        "downstreamOrdersIssued",
    ]
    assert [name for name in names if name in expected] == expected
    assert {"PONR", "parametersAllocated", "readyForService"} <= set(names)


def test_c13_who_lacks_a_skill_is_trained_before_it_is_needed(
    others: dict[str, Json], whole: dict[str, Json], whole_document: Document, order: Json
) -> None:
    """The team lacks people for mobile access; the course ends before the first such site is ready."""
    skill, needed = NEEDS["5g"]
    days, _, price = COURSES[skill]
    lacking = needed - STAFF[skill]
    for told in (words(others["standard"]["service"]), whole):
        (course,) = told["ops.trainingMeasures"]
        assert (course["skill"], course["people"]) == (skill, lacking)
        assert cents(course["oneTimeCost"]) == 100 * price * lacking
        assert working_days_between(course["start"], course["end"]) == days
        assert course["end"] < course["neededBy"]
    assert course["neededBy"] <= on(10)
    assert "ops.trainingMeasures" not in words(others["undeclared"]["service"]), "fibre needs no such skill"
    assert f"| {skill} | {lacking} |" in whole_document.section("C13")
    reached = {one["name"] for one in order["milestone"]}
    assert ("staffTrained" in reached) == (date.fromisoformat(course["end"]) < TODAY)


def test_c14_operation_is_prepared(hq: dict[str, Json], document: Document, order: Json) -> None:
    assert [(one["model"], one["pieces"]) for one in hq["ops.spares"]] == [(hq["cpe.model"], 1)]
    assert hq["ops.maintenanceWindow"]
    checklist = hq["ops.handoverChecklist"]
    assert any("partner-north" in point for point in checklist), "whom to call when his leg fails"
    assert any(shared in point for point in checklist for shared in hq["access.sharedRisk"])
    section = document.section("C14")
    assert all(f"- [ ] {point}" in section for point in checklist)
    (handover,) = [one for one in order["milestone"] if one["name"] == "operationalHandover"]
    assert "points of the checklist" in handover["message"]
    assert "A training still ends on" in handover["message"]


def test_c21_the_duration_is_counted_in_working_days(
    hq: dict[str, Json], whole: dict[str, Json], document: Document, course: dict[str, Json]
) -> None:
    assert hq["plan.readyForServiceDate"] == on(READY)
    assert hq["plan.durationWorkingDays"] == READY
    assert whole["plan.durationWorkingDays"] == READY
    assert f"{READY} working days" in document.section("C21")
    for stage in ("designed", "begun"):
        assert course[stage]["expectedCompletionDate"][:10] == on(READY)


def test_c22_risks_are_weighed(hq: dict[str, Json], document: Document, order: Json) -> None:
    register = document.json["risks"]
    assert hq["risk.count"] == len(register)
    exposure = sum(one["probability"] * one["impactDays"] for one in register)
    assert exposure > 0
    assert hq["risk.exposure"]["days"] == pytest.approx(exposure, abs=0.005)
    minor = sum(one["probability"] * one.get("impactMinor", 0) for one in register)
    assert cents(hq["risk.exposure"]["cost"]) == pytest.approx(minor, abs=1)
    worst = hq["risk.top"][0]
    assert worst["probability"] * worst["impact"]["days"] == max(
        one["probability"] * one["impactDays"] for one in register
    )
    assert all(one["mitigation"] and one["owner"] for one in register)
    assert hq["plan.readyForServiceDate"] <= hq["plan.p50Date"] <= hq["plan.p80Date"]
    section = document.section("C22")
    assert f"{len(register)} entries" in section
    assert worst["cause"] in section
    thin = [one for one in order["jeopardyAlert"] if one["name"] == "SLA_MARGIN_THIN"]
    assert [one["serviceOrderItem"][0]["itemId"] for one in thin] == ["hq"]


def test_c23_access_days_and_freezes_are_kept(hq: dict[str, Json], document: Document) -> None:
    steps = _by_name(document)
    assert steps["crane"]["start"] == on(57), "the first access day, two days after the accesses are there"
    assert steps["installation"]["start"] == on(63), "after the freeze, which stands right behind the crane"
    assert hq["plan.earliestStart"] == on(0)
    section = document.section("C23")
    assert "Access to the site only" in section
    assert "No change" in section


def test_c23_backward_from_the_wanted_day(hq: dict[str, Json], document: Document) -> None:
    """Seven days later the last access day begins behind the freeze, and all is ready on the day that is wanted."""
    delivered = LEAD_DAYS + 7
    assert delivered + 4 + 2 == NEEDED
    assert hq["plan.latestOrderDate"] == on(7)
    assert hq["plan.totalFloatDays"] == 7
    assert _by_name(document)["installation"]["floatDays"] == NEEDED - READY


def test_c23_what_is_too_early_says_which_day_would_do(others: dict[str, Json]) -> None:
    early = others["early"]
    assert early["qualificationResult"] == "alternate"
    assert codes(early)["SD-TIM-01"].endswith(f"would be feasible if the date were {on(LEAD_DAYS)}.")
    proposed = {one["alternateServiceAvailabilityDate"][:10] for one in early["alternateServiceProposal"]}
    assert on(LEAD_DAYS) in proposed


def test_c23_a_late_partner_puts_the_date_at_risk(course: dict[str, Json], hq: dict[str, Json]) -> None:
    (alert,) = [one for one in course["late"]["jeopardyAlert"] if one["name"] == "DATE_AT_RISK"]
    assert alert["jeopardyType"] == "Critical"
    assert on(LEAD_DAYS) in alert["message"]
    expected = course["late"]["expectedCompletionDate"][:10]
    assert expected > hq["neededBy"]
    late = [one for one in WORKING if one.isoformat() in alert["message"]]
    assert len(late) >= 3, "the promised day, the new one and the day on which it is needed"
    assert course["done"]["expectedCompletionDate"][:10] == on(READY)
    assert "DATE_AT_RISK" not in [one["name"] for one in course["done"].get("jeopardyAlert", ())]


def test_c34_bespoke_work_is_in_the_plan_and_in_the_order(
    hq: dict[str, Json], document: Document, ordered: dict[str, Json], world: dict[str, Json]
) -> None:
    (crane,) = [one for one in hq["plan.criticalPath"] if one["activity"] == "crane"]
    assert (crane["bespoke"], crane["owner"], crane["workingDays"]) == (True, "city works", 4)
    section = document.section("C34")
    assert any("Crane for the antenna" in line and "critical, bespoke" in line for line in section.splitlines())
    work = {one["id"]: one for one in words(ordered["hq"]["service"])["plan.workItems"]}
    assert work.keys() == {"survey", "crane", "installation"}
    assert (work["crane"]["start"], work["crane"]["end"], work["crane"]["owner"]) == (on(57), on(60), "city works")
    handed_on = [
        words(one["service"])["plan.workItems"]
        for order in world["downstream"]["serviceOrder"]
        for one in order["serviceOrderItem"]
        if order["category"].startswith("Implement") and one["id"] == "hq"
    ]
    assert [[one["id"] for one in works] for works in handed_on] == [list(work)]


def test_c34_no_work_is_left_of_an_item_that_is_completed(ordered: dict[str, Json]) -> None:
    """By the plan the crane would come weeks later."""
    work = words(ordered["hq"]["service"])["plan.workItems"]
    assert (ordered["hq"]["state"], {one["state"] for one in work}) == ("completed", {"done"})


def test_c34_bespoke_work_has_its_owner_estimate_and_cost_in_the_document(
    document: Document, others: dict[str, Json]
) -> None:
    """The crane is critical; whoever may not see costs reads the same without them."""

    def works(of: Document) -> dict[str, list[str]]:
        table = of.section("C34").partition("*Bespoke work*")[2]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "20" in line]
        return {row[0]: row[1:] for row in rows}

    seen = works(document)
    assert seen.keys() == {"Site survey", "Crane for the antenna", "Installation"}
    assert seen["Crane for the antenna"][:2] == ["city works", "4 (3 to 8)"]
    assert seen["Crane for the antenna"][-2:] == ["EUR 750.50", "critical"]
    assert seen["Installation"][1] == "2"
    assert seen["Site survey"][-2:] == ["", ""]
    hidden = works(others["salesDocument"])
    assert hidden["Crane for the antenna"] == [*seen["Crane for the antenna"][:-2], "critical"]
