"""Can it be done, and if not: why not, and what would make it yes."""

from math import ceil

import pytest

from linkwright.documents.words import component
from linkwright.documents.words import told as in_words
from tests.clauses.bss import CHECKS, ORDERS, Bss, Document, Json, codes, on, words, working_days_between
from tests.clauses.wanted import LEAD_DAYS, PLANNED, diverse, item
from tests.journeys.processes import PARTNERS, mock_calls

MINUTES_A_YEAR = 365 * 24 * 60
ORDERED = ("partner-north", "partner-metro", "downstream")


def test_c02_each_wish_of_the_requirement_is_held_against_the_design(
    items: dict[str, Json], hq: dict[str, Json], document: Document
) -> None:
    assert items["hq"]["qualificationResult"] == "qualified"
    assert hq["sla.availability"] >= 0.9999
    assert hq["sla.margin"] == pytest.approx(hq["sla.availability"] - 0.9999, abs=1e-12)
    assert hq["sla.latencyMs"] <= hq["latencyMaxMs"]
    assert min(way["down"] for way in hq["access.bandwidth"]) >= hq["bandwidth"]["down"]
    matrix = document.section("C2")
    for wish in ("Bandwidth", "Availability", "Latency", "Diversity", "Ready for service by", "Budget once"):
        (row,) = [line for line in matrix.splitlines() if line.startswith(f"| {wish}")]
        assert row.endswith(("| met |", "| verified |")), row


def test_c02_an_order_says_that_its_services_are_designed(course: dict[str, Json]) -> None:
    (parent,) = course["designed"]["serviceOrderItem"]
    assert {one["service"]["state"] for one in parent["serviceOrderItem"]} == {"designed"}


def test_c03_why_a_standard_arrangement_does_not_do_is_kept(
    hq: dict[str, Json], others: dict[str, Json], document: Document, ordered: dict[str, Json]
) -> None:
    assert hq["design.arrangement"] == "special"
    assert "legs diverse by duct wanted, none is standard" in hq["design.arrangementReason"]
    standard = words(others["standard"]["service"])
    assert standard["design.arrangement"] == "standard"
    assert words(ordered["hq"]["service"])["design.arrangement"] == "special"
    assert document.json["arrangement"]["kind"] == "special"
    section = document.section("C3")
    assert all(in_words(reason) in section for reason in hq["design.arrangementReason"])


def test_c03_what_would_cost_less_and_is_not_used_says_why(others: dict[str, Json]) -> None:
    """Our other fibre is cheaper than the partner's, but comes through the same duct as the first."""
    told = words(others["withoutMetro"]["service"])
    assert told["access.provider"] == ["own", "partner-north"]
    assert [one["access"] for one in told["access.notUsed"]] == ["acc-nordwind-hq-fibre-1"]
    assert all(one["technology"] == "fibre" and one["why"] for one in told["access.notUsed"])
    assert "access.notUsed" not in words(others["standard"]["service"]), "nothing else at the plant costs less"


def test_c04_a_feasibility_assessment_commits_nothing(
    hq: dict[str, Json], world_then: dict[str, Json], document: Document
) -> None:
    assert hq["design.profile"] == "feasibility"
    assert [world_then[name]["serviceOrder"] for name in ORDERED] == [[], [], []]
    assert world_then["resource-orders"]["resourceOrder"] == []
    held = [one["id"] for one in world_then["pool"]["reservation"] if one["state"] == "completed"]
    assert held == hq["hold.reservationId"]
    assert hq["hold.type"] == "soft"
    assert "nothing is ordered" in document.section("C4")


def test_c05_an_order_commits_the_design_that_was_qualified(
    course: dict[str, Json], items: dict[str, Json], ordered: dict[str, Json], bss: Bss, document: Document
) -> None:
    for name in ("hq", "plant"):
        of_check, of_order = (_design(one[name]["service"]) for one in (items, ordered))
        assert of_order == of_check
        assert words(ordered[name]["service"])["design.profile"] == "commitment"
    assert bss.document(ordered["hq"]["service"]).json == document.json
    assert course["done"]["state"] == "completed"
    assert "a confirmed order that refers to it commits this very design" in document.section("C5")


def test_c05_a_design_says_how_far_it_has_come(
    hq: dict[str, Json], course: dict[str, Json], ordered: dict[str, Json]
) -> None:
    (parent,) = course["begun"]["serviceOrderItem"]
    begun = [words(one["service"])["design.status"] for one in parent["serviceOrderItem"]]
    built = [words(ordered[name]["service"])["design.status"] for name in ("hq", "plant")]
    assert (hq["design.status"], begun, built) == ("offered", ["committed"] * 2, ["built"] * 2)


def _design(service: Json) -> str:
    (reference,) = [one["id"] for one in service["relatedEntity"] if one.get("role") == "serviceDesign"]
    assert words(service).get("design.id") in (None, reference)
    return reference


def test_c11_what_cannot_be_done_says_what_would_make_it_possible(bss: Bss, others: dict[str, Json]) -> None:
    assert others["remote"]["qualificationResult"] == "unqualified"
    assert "would be feasible if an access were built" in codes(others["remote"])["SD-ACC-01"]
    dear = others["dear"]
    assert dear["qualificationResult"] == "alternate"
    assert codes(dear)["SD-BUD-01"].endswith("would be feasible if budgetOneTime were 6,750.00 EUR.")
    (proposal, *_) = dear["alternateServiceProposal"]
    assert words(proposal["alternateService"])["commercial.oneTimeCost"]["value"] == 6750.0


def test_c11_the_answer_stands_in_its_document(
    document: Document, items: dict[str, Json], whole_document: Document
) -> None:
    assert "**Yes: the service" in document.section("C11")
    assert "**Yes: of 2 items 2 can be had" in whole_document.section("C11")
    counts = words(items["all"]["service"])
    assert [counts[f"design.{one}Items"] for one in ("qualified", "alternate", "unqualified")] == [2, 0, 0]


def test_c11_an_order_is_checked_when_it_comes_in(bss: Bss) -> None:
    wish = item("depot", "nordwind-depot", 100, neededBy=on(60))["service"]
    made = bss.post(ORDERS, {"serviceOrderItem": [{"id": "depot", "action": "add", "service": wish}]})
    rejected = bss.order_in(made["id"], "rejected")
    told = {one["code"]: one["message"] for one in rejected["serviceOrderItem"][0]["errorMessage"]}
    assert "would be feasible if an access were built" in told["SD-ACC-01"]


def test_c16_what_a_service_has_already_is_used_again(
    bss: Bss, ordered: dict[str, Json], hq: dict[str, Json], document: Document
) -> None:
    there = ordered["hq"]["service"]["id"]
    changed = diverse(mbps=800, neededBy=on(90))
    changed["service"] |= {"id": there, "@type": "ServiceRef"}
    answer = bss.answer_for(changed)
    told = words(answer["service"])
    assert answer["qualificationResult"] == "qualified"
    assert told["design.change"] == "modify"
    assert told["access.existing"] == [True, True]
    assert told["access.path"] == hq["access.path"]
    given_back = {one["resource"]: one["quantity"] for one in told["capacity.released"] if one["category"] == "link"}
    assert given_back == {link: 1000 - 800 for way in hq["access.path"] for link in way}
    assert "changes none that is there" in document.section("C16")
    section = bss.document(answer["service"]).section("C16")
    assert f"changes service {there}" in section
    assert any(one["service"]["id"] == there for one in answer["service"]["serviceRelationship"])


def test_c17_what_is_held_is_no_longer_free(
    hq: dict[str, Json], document: Document, world_then: dict[str, Json], bss: Bss, check: Json
) -> None:
    assert hq["capacity.basis"] == "actual"
    assert hq["capacity.headroom"] >= 0
    section = document.section("C17")
    assert hq["design.inputSnapshot"] in section
    assert "actual" in section
    held = bss.answer_for(diverse(mbps=1100, neededBy=on(80)))
    assert held["qualificationResult"] == "qualified"
    own = words(held["service"])["access.provider"].index("own")
    assert (
        words(held["service"])["access.entryPoint"][own] != hq["access.entryPoint"][hq["access.provider"].index("own")]
    )


def test_c18_what_is_only_planned_has_its_date_and_its_risk(bss: Bss, others: dict[str, Json], slipped: Json) -> None:
    planned = words(others["planned"]["service"])
    assert planned["capacity.basis"] == "planned"
    assert planned["capacity.plannedResource"] == [PLANNED]
    in_service = planned["capacity.plannedInService"]
    (delivery, *_) = planned["plan.criticalPath"]
    assert delivery["activity"] == f"delivery:{PLANNED}"
    assert delivery["start"] >= in_service
    assert delivery["workingDays"] == working_days_between(delivery["start"], delivery["end"])
    assert (planned["design.confidence"], PLANNED in planned["design.confidenceReason"]) == ("yellow", True)
    assert "1 leg counts on capacity that is planned" in bss.document(others["planned"]["service"]).section("C18")
    (alert,) = [one for one in slipped["jeopardyAlert"] if one["name"] == "PLANNED_BUILD_SLIPPED"]
    assert PLANNED in alert["message"]
    assert [one["itemId"] for one in alert["serviceOrderItem"]] == ["later"]
    assert slipped["expectedCompletionDate"][:10] > planned["plan.readyForServiceDate"]


def test_c19_what_is_expected_is_predicted_and_compared_in_the_end(
    hq: dict[str, Json], document: Document, order: Json, others: dict[str, Json]
) -> None:
    downtime = (1 - hq["sla.availability"]) * MINUTES_A_YEAR
    assert hq["sla.downtimeMinPerYear"] == pytest.approx(ceil(downtime * 100) / 100)
    section = document.section("C19")
    assert f"{hq['sla.downtimeMinPerYear']:g} min a year" in section
    assert component(hq["sla.limitingComponent"]) in section
    assert hq["commercial.npv"]["value"] > 0
    with_backup = words(others["planned"]["service"])
    assert with_backup["sla.withoutBackup"] < with_backup["sla.availability"]
    (compared,) = [one for one in order["milestone"] if one["name"] == "expectedResultsCompared"]
    assert compared["status"] == "reached"


def test_c31_only_the_aspects_that_are_wanted_are_told(bss: Bss, others: dict[str, Json]) -> None:
    told, document = words(others["inPart"]["service"]), bss.document(others["inPart"]["service"])
    asked = {"topology", "plan"}
    left_out = set(told["design.notInScope"])
    assert left_out.isdisjoint(asked)
    assert {"cpe", "training", "risk", "quality", "business"} <= left_out
    hidden = ("cpe.", "risk.", "sqm.", "ops.trainingMeasures", "commercial.npv")
    assert [name for name in told if name.startswith(hidden)] == []
    assert {"access.path", "plan.criticalPath"} <= told.keys()
    assert told["design.profile"] == "feasibility"
    section = document.section("C31")
    assert "Not in scope" in section
    assert "Training plan" in section
    assert "Implementation plan" not in section


def test_c33_partners_are_asked_at_once_and_compared(
    hq: dict[str, Json], document: Document, order: Json, world: dict[str, Json]
) -> None:
    asked = {one["party"]: one for one in hq["partner.asked"]}
    assert {name: one["answer"] for name, one in asked.items()} == dict.fromkeys(PARTNERS, "offered")
    assert asked["partner-metro"]["oneTimeCost"]["value"] < asked["partner-north"]["oneTimeCost"]["value"]
    assert hq["partner.chosen"] == ["partner-north"], "the cheaper one does not declare what its route shares"
    assert asked["partner-north"]["leadTimeDays"] == LEAD_DAYS
    section = document.section("C33")
    rows = {name: next(line for line in section.splitlines() if line.startswith(f"| {name} |")) for name in PARTNERS}
    assert [name for name, row in rows.items() if row.endswith("| chosen |")] == ["partner-north"]
    procured = [one["id"] for one in order["orderRelationship"] if one["relationshipType"] == "procures"]
    assert procured == [one["id"] for one in world["partner-north"]["serviceOrder"]]
    (theirs,) = world["partner-north"]["serviceOrder"]
    assert [one["id"] for one in theirs["externalReference"]] == [one for one in hq["partner.quoteRef"] if one]


def test_c33_silence_is_no_refusal(others: dict[str, Json], mocks: dict[str, str]) -> None:
    answers = {one["party"]: one["answer"] for one in words(others["withoutMetro"]["service"])["partner.asked"]}
    assert answers == {"partner-north": "offered", "partner-metro": "failed"}
    assert others["withoutMetro"]["qualificationResult"] == "qualified"
    assert "SD-PTR-02" not in codes(others["withoutMetro"])
    posted = [one for one in mock_calls(mocks, "partner-metro") if one["method"] == "POST" and one["status"] == 503]
    assert posted, "it was asked, and it failed"
    assert CHECKS.rpartition("/")[2] in posted[0]["path"]


def test_c33_who_does_not_declare_what_he_shares_is_diverse_from_nothing(others: dict[str, Json]) -> None:
    assert others["undeclared"]["qualificationResult"] == "alternate"
    reasons = codes(others["undeclared"])
    assert "partner-metro not declaring all that its route shares" in reasons["SD-DIV-01"]
    assert "partner-north were permitted" in reasons["SD-POL-01"]
