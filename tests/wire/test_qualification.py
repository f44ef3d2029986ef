"""Checks and queries: what is read of a question, and what an answer says."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from linkwright.designs.answers import Answer, ItemAnswer, Proposal, Relaxed, SiteSolution, Totals
from linkwright.designs.dimensions import FIELD_OF
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement
from linkwright.errors import InvalidRequest
from linkwright.qualifications.model import Question
from linkwright.wire.costs import without_costs
from linkwright.wire.requirements import requirement
from linkwright.wire.v4 import qualification
from linkwright.wire.v4.qualification import (
    NotToAnswer,
    amended_question,
    read_check,
    read_query,
    read_stored_question,
    write_question,
)
from linkwright.wire.v4.qualification_so_far import question_internals
from tests.builders import NOW, a_question, a_requirement, a_solution
from tests.counting import lines_run
from tests.documents.samples import a_whole

from .schemas import assert_contract, assert_published

Json = Any
BASE = "http://us:8640"
PLACE = {"id": "s1", "role": "installation", "@type": "PlaceRef", "@referredType": "GeographicSite"}
BUNDLE = {"service": {"isBundle": True}}


def a_service(**wanted: Json) -> Json:
    return {
        "serviceSpecification": {"id": "cfs"},
        "place": [PLACE],
        "serviceCharacteristic": [{"name": name, "value": value} for name, value in wanted.items()],
    }


def check(*items: Json, **changes: Json) -> Question:
    body = {"serviceQualificationItem": list(items), "odd": 1} | changes
    return read_check(body, id="check-1", now=NOW, requester="bss")


def query(criteria: Json, **changes: Json) -> Question:
    return read_query({"searchCriteria": criteria} | changes, id="query-1", now=NOW, requester="bss")


def done(question: Question, *items: ItemAnswer, totals: Totals | None = None) -> Question:
    answer = Answer(items=items, totals=totals, valid_until=NOW, computed_at=NOW)
    return replace(question, state="done", done_at=NOW, answer=answer)


def qualified(ref: str = "1", **changes: Any) -> ItemAnswer:
    solution = a_solution(**{"requirement": a_requirement(ref=ref)} | changes)
    return ItemAnswer(ref=ref, result="qualified", solution=solution)


def words(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service["serviceCharacteristic"]}


def item_of(question: Question, position: int = 0) -> Json:
    return write_question(question, BASE)["serviceQualificationItem"][position]


# reading --------------------------------------------------------------------------------------------------------


def test_an_empty_item_is_a_question_too() -> None:
    asked = check({})

    assert asked.requirements == (Requirement(ref="1"),)
    assert (asked.state, asked.wants_alternatives, asked.wants_reasons, asked.answer_now) == (
        "accepted",
        False,
        False,
        False,
    )


def test_items_without_id_are_numbered_around_those_that_have_one() -> None:
    asked = check({"id": "2"}, {}, {"id": "x"}, {})

    assert [wanted.ref for wanted in asked.requirements] == ["2", "3", "x", "4"]
    assert [item["id"] for item in write_question(asked, BASE)["serviceQualificationItem"]] == ["2", "3", "x", "4"]


def test_numbering_takes_no_longer_where_all_first_numbers_are_taken() -> None:
    nameless, named = [{}] * 1000, [{"id": str(number)} for number in range(1, 1001)]

    first, *_, last = check(*nameless, *named).requirements[:1000]
    assert (first.ref, last.ref) == ("1001", "2000")
    assert lines_run(lambda: check(*nameless, *named), qualification) < 100 * 2000


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        check({"id": "a"}, {"id": "a"})
    assert refused.value.attribute == "serviceQualificationItem[1].id"


def test_a_check_without_items_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at least one"):
        check()


def test_the_wanted_date_of_an_item_counts_where_no_characteristic_says_it() -> None:
    asked = check({"expectedServiceAvailabilityDate": "2027-03-01T00:00:00Z"})

    assert asked.requirements[0].needed_by == date(2027, 3, 1)


def test_a_bundle_names_the_items_whose_sum_it_is() -> None:
    related = [{"id": "a", "relationshipType": "bundles"}, {"id": "x", "relationshipType": "reliesOn"}]
    asked = check({"id": "all", **BUNDLE, "qualificationItemRelationship": related}, {"id": "a"}, {"id": "b"})

    assert [wanted.bundles for wanted in asked.requirements] == [("a",), None, None]


def test_a_bundle_that_names_nothing_is_the_sum_of_all() -> None:
    assert check({"id": "all", **BUNDLE}, {"id": "a"}).requirements[0].bundles == ()


def test_a_lone_service_that_is_a_bundle_is_designed_like_any_other() -> None:
    assert not check({"service": {"isBundle": True}}).requirements[0].is_bundle
    with_place = {"service": {"isBundle": True, "place": [PLACE]}}
    assert not check(with_place, {}).requirements[0].is_bundle


@pytest.mark.parametrize("named", ["all", "nobody"])
def test_a_bundle_of_itself_or_of_what_is_not_there_is_refused(named: str) -> None:
    related = [{"id": named, "relationshipType": "bundles"}]

    with pytest.raises(InvalidRequest, match=named):
        check({"id": "all", **BUNDLE, "qualificationItemRelationship": related}, {"id": "a"})


def test_what_only_an_answer_says_is_not_taken_from_the_requester() -> None:
    item = {"id": "1", "state": "done", "qualificationResult": "qualified", "alternateServiceProposal": [{}]}
    doc = write_question(check(item, id="mine", state="done", qualificationResult="qualified"), BASE)

    assert (doc["id"], doc["state"]) == ("check-1", "accepted")
    assert "qualificationResult" not in doc
    assert doc["serviceQualificationItem"] == [
        {"@type": "CheckServiceQualificationItem", "id": "1", "state": "acknowledged"}
    ]


# writing --------------------------------------------------------------------------------------------------------


def test_an_accepted_check_has_all_that_the_standard_requires() -> None:
    doc = write_question(check({"service": a_service(bandwidth=100)}), BASE)

    assert doc["href"] == "http://us:8640/tmf-api/serviceQualificationManagement/v4/checkServiceQualification/check-1"
    assert doc["checkServiceQualificationDate"] == "2026-11-02T09:00:00.000Z"
    assert doc["odd"] == 1
    assert_contract("tmf645-v4.yaml", "CheckServiceQualification", doc)


def test_a_qualified_item_carries_its_design_and_keeps_what_was_asked() -> None:
    asked = check({"service": a_service(bandwidth=100), "expectedServiceAvailabilityDate": "2027-03-01T00:00:00Z"})
    item = item_of(done(asked, qualified()))

    assert (item["state"], item["qualificationResult"]) == ("done", "qualified")
    assert item["expectedServiceAvailabilityDate"] == "2027-03-01T00:00:00Z"
    assert item["expirationDate"] == "2026-12-02T09:00:00.000Z"
    told = words(item["service"])
    assert told["bandwidth"] == 100
    assert told["access.technology"] == ["fibre"]
    assert told["access.path"] == [["west-hub"]]
    assert told["plan.readyForServiceDate"] == "2026-11-30"
    assert item["service"]["state"] == "feasibilityChecked"
    assert item["service"]["relatedEntity"][0]["role"] == "serviceDesign"


def test_our_date_is_told_where_the_requester_named_none() -> None:
    item = item_of(done(check({"service": a_service()}), qualified()))

    assert item["expectedServiceAvailabilityDate"] == "2026-11-30T00:00:00.000Z"


def test_reasons_and_alternatives_are_told_to_those_who_want_them() -> None:
    solution = a_solution(requirement=a_requirement(bandwidth_mbps=50))
    proposal = Proposal(id="p1", dimension="bandwidth", wanted=100, offered=50, solution=solution)
    answer = ItemAnswer(
        ref="1", result="alternate", findings=(Finding(code="SD-CAP-01", label="Too little."),), proposals=(proposal,)
    )
    body = {"service": a_service(bandwidth={"down": 100, "unit": "Mbit/s"}, latencyMaxMs=30)}

    silent = item_of(done(check(body), answer))
    told = item_of(done(check(body, provideAlternative=True, provideUnavailabilityReason=True), answer))

    assert "alternateServiceProposal" not in silent
    assert "eligibilityUnavailabilityReason" not in silent
    assert told["eligibilityUnavailabilityReason"][0]["code"] == "SD-CAP-01"
    offered = told["alternateServiceProposal"][0]
    assert (offered["id"], offered["alternateServiceAvailabilityDate"]) == ("p1", "2026-11-30T00:00:00.000Z")
    assert words(told["service"])["bandwidth"] == {"down": 100, "unit": "Mbit/s"}


def test_an_alternate_service_can_be_ordered_as_it_is() -> None:
    relaxed = a_requirement(bandwidth_mbps=50)
    proposal = Proposal(
        id="p1", dimension="bandwidth", wanted=100, offered=50, solution=a_solution(requirement=relaxed)
    )
    asked = check({"service": a_service(bandwidth=100, latencyMaxMs=30)}, provideAlternative=True)
    item = item_of(done(asked, ItemAnswer(ref="1", result="alternate", proposals=(proposal,))))

    read = requirement("1", item["alternateServiceProposal"][0]["alternateService"], needed_by=None, bundles=None)

    assert (read.bandwidth_mbps, read.round_trip_ms, read.specification, read.misread) == (50, 30.0, "cfs", ())
    assert read.place == asked.requirements[0].place


def test_an_alternate_that_is_not_kept_apart_says_from_whom_and_does_not_ask_for_it() -> None:
    solution = a_solution(requirement=a_requirement(diverse_from=("3",)), alternative=4)
    proposal = Proposal(id="1", dimension="diverse_from", wanted=["2", "3"], offered=["3"], solution=solution)
    ties = [{"relationshipType": "diverseFrom", "service": {"id": name}} for name in ("2", "3")]
    asked = check({"service": a_service(bandwidth=100) | {"serviceRelationship": ties}}, provideAlternative=True)
    item = item_of(done(asked, ItemAnswer(ref="1", result="alternate", proposals=(proposal,))))

    offered = item["alternateServiceProposal"][0]["alternateService"]
    assert words(offered)["design.notDiverseFrom"] == ["2"]
    assert words(offered)["design.alternative"] == 4
    assert requirement("1", offered, needed_by=None, bundles=None).diverse_from == ("3",)
    assert requirement("1", item["service"], needed_by=None, bundles=None).diverse_from == ("2", "3")


@pytest.mark.parametrize("answer", [qualified(), ItemAnswer(ref="1", result="unqualified")], ids=lambda one: one.result)
def test_what_was_not_looked_for_to_its_end_is_said(answer: ItemAnswer) -> None:
    asked = check({"service": a_service(bandwidth=100)})
    whole, short = (item_of(done(asked, one)) for one in (answer, replace(answer, cut_short=("alternatives",))))
    assert "design.cutShort" not in words(whole["service"])
    assert words(short["service"])["design.cutShort"] == ["alternatives"]


def test_a_feasible_item_carries_other_designs_with_their_place_among_them() -> None:
    solution = a_solution(design_id="design-2", roles=("earliest",), rank=1, alternative=2, reused_from="design-9")
    proposal = Proposal(id="1", solution=solution)
    asked = check({"service": a_service(bandwidth=100)}, provideAlternative=True)
    doc = write_question(done(asked, replace(qualified(), proposals=(proposal,))), BASE)

    item = doc["serviceQualificationItem"][0]
    offered = item["alternateServiceProposal"][0]
    told = words(offered["alternateService"])
    assert (doc["qualificationResult"], item["qualificationResult"]) == ("qualified", "qualified")
    assert offered["alternateServiceAvailabilityDate"] == "2026-11-30T00:00:00.000Z"
    assert (told["design.id"], told["design.paretoRole"], told["design.rank"]) == ("design-2", ["earliest"], 1)
    assert (told["design.alternative"], told["design.reusedFrom"]) == (2, "design-9")
    assert told["bandwidth"] == words(item["service"])["bandwidth"] == 100
    assert "design.paretoRole" not in words(item["service"])
    assert_contract("tmf645-v4.yaml", "CheckServiceQualification", doc)
    assert_published("TMF645-ServiceQualification-v4.0.1", "CheckServiceQualification", doc)


def test_an_alternate_of_several_changes_carries_all_of_them() -> None:
    relaxed = a_requirement(bandwidth_mbps=50, round_trip_ms=40.0)
    further = (Relaxed(dimension="latency", wanted=30.0, offered=40.0),)
    proposal = Proposal(
        id="1",
        dimension="bandwidth",
        wanted=100,
        offered=50,
        further=further,
        solution=a_solution(requirement=relaxed),
    )
    asked = check({"service": a_service(bandwidth=100, latencyMaxMs=30)}, provideAlternative=True)
    item = item_of(done(asked, ItemAnswer(ref="1", result="alternate", proposals=(proposal,))))
    read = requirement("1", item["alternateServiceProposal"][0]["alternateService"], needed_by=None, bundles=None)
    assert (read.bandwidth_mbps, read.round_trip_ms) == (50, 40.0)


@pytest.mark.parametrize(
    ("field", "offered", "sent", "told"),
    [
        ("cpe_features", ("ipv4",), {"cpeFeatures": ["ipv4", "macsec"]}, ["ipv4"]),
        ("technology_allowed", ("5g", "fibre"), {"technologyAllowed": ["5g"]}, ["5g", "fibre"]),
        ("technology_forbidden", (), {"technologyForbidden": ["fibre"]}, []),
    ],
)
def test_an_alternate_says_what_would_have_to_be_permitted(field: str, offered: Any, sent: Json, told: Json) -> None:
    dimension: Any = next(name for name, known in FIELD_OF.items() if known == field)
    solution = a_solution(requirement=a_requirement(**{field: offered}))
    proposal = Proposal(id="1", dimension=dimension, offered=offered, solution=solution)
    asked = check({"service": a_service(**sent)}, provideAlternative=True)
    item = item_of(done(asked, ItemAnswer(ref="1", result="alternate", proposals=(proposal,))))
    service = item["alternateServiceProposal"][0]["alternateService"]
    ((name, _),) = sent.items()
    assert words(service)[name] == told
    read = requirement("1", service, needed_by=None, bundles=None)
    assert (getattr(read, field), read.misread) == (offered, ())


def test_an_alternate_beyond_the_budget_does_without_it_and_tells_its_cost_as_a_cost_alone() -> None:
    solution = a_solution(requirement=a_requirement(budget_nrc_minor=108_000, budget_mrc_minor=90_000))
    proposal = Proposal(id="1", dimension="budget_nrc", wanted=900, offered=108_000, solution=solution)
    sent = {"budgetOneTime": {"unit": "EUR", "value": 9}, "budgetRecurring": {"unit": "EUR", "value": 900}}
    asked = check({"service": a_service(**sent)}, provideAlternative=True)
    item = item_of(done(asked, ItemAnswer(ref="1", result="alternate", proposals=(proposal,))))
    told = words(item["alternateServiceProposal"][0]["alternateService"])
    assert "budgetOneTime" not in told
    assert told["budgetRecurring"] == sent["budgetRecurring"]
    assert told["commercial.oneTimeCost"] == {"unit": "EUR", "value": 1080.0}
    hidden = str(without_costs(item["alternateServiceProposal"], own=True))
    assert "1080" not in hidden


@pytest.mark.parametrize(
    ("results", "worst"),
    [
        (("qualified", "qualified"), "qualified"),
        (("qualified", "alternate"), "alternate"),
        (("unqualified", "alternate"), "unqualified"),
    ],
)
def test_the_worst_item_decides_the_whole(results: tuple[Any, ...], worst: str) -> None:
    answers = [ItemAnswer(ref=str(n), result=result) for n, result in enumerate(results, start=1)]

    assert write_question(done(check({}, {}), *answers), BASE)["qualificationResult"] == worst


def test_an_item_without_an_answer_says_what_broke() -> None:
    broken = ItemAnswer(ref="1", result=None, broken="resources: silent")
    doc = write_question(replace(done(check({}), broken), state="terminatedWithError"), BASE)

    assert doc["state"] == doc["serviceQualificationItem"][0]["state"] == "terminatedWithError"
    assert doc["serviceQualificationItem"][0]["terminationError"][0]["value"] == "resources: silent"
    assert "qualificationResult" not in doc


TOTALS = Totals(
    qualified=2,
    alternate=0,
    unqualified=1,
    nrc_minor=100,
    mrc_minor=250,
    currency="EUR",
    ready=date(2027, 1, 4),
    gap=0.01,
)


def test_the_bundle_carries_the_totals_and_its_variance() -> None:
    budget = {"name": "budgetRecurring", "value": {"unit": "EUR", "value": 2}}
    asked = check({"id": "all", "service": {"isBundle": True, "serviceCharacteristic": [budget]}}, {"id": "1"})
    items = (ItemAnswer(ref="all", result="unqualified"), qualified())

    told = words(item_of(done(asked, *items, totals=TOTALS))["service"])

    assert told == {
        "budgetRecurring": {"unit": "EUR", "value": 2},
        "design.qualifiedItems": 2,
        "design.alternateItems": 0,
        "design.unqualifiedItems": 1,
        "commercial.oneTimeCost": {"unit": "EUR", "value": 1.0},
        "commercial.recurringCost": {"unit": "EUR", "value": 2.5},
        "commercial.budgetRecurringVariance": {"unit": "EUR", "value": 0.5},
        "plan.readyForServiceDate": "2027-01-04",
        "design.optimalityGap": 0.01,
    }


def test_each_bundle_carries_its_own_totals_and_leads_to_its_own_document() -> None:
    bundle = {"isBundle": True}
    asked = check({"id": "1", "service": a_service()}, *({"id": one, "service": bundle} for one in ("all", "rest")))
    items = (qualified("1"), ItemAnswer(ref="all", result="qualified"), ItemAnswer(ref="rest", result="qualified"))
    question = done(asked, *items, totals=replace(TOTALS, whole=a_whole()))
    assert question.answer is not None
    second = replace(TOTALS, qualified=7, whole=a_whole(design_id="whole-2"))
    question = replace(question, answer=replace(question.answer, further={"rest": second}))

    told = [item_of(question, number)["service"] for number in range(3)]

    assert [words(one).get("design.qualifiedItems") for one in told] == [None, 2, 7]
    assert [one["relatedEntity"][0]["id"] for one in told] == ["design-1", "whole-1", "whole-2"]
    assert [words(one)["design.status"] for one in told] == ["offered"] * 3


def test_without_a_bundle_the_totals_stand_on_the_first_item() -> None:
    asked = check({"id": "1", "service": a_service()}, {"id": "2", "service": a_service()})
    question = done(asked, qualified("1"), qualified("2"), totals=TOTALS)

    first, second = words(item_of(question, 0)["service"]), words(item_of(question, 1)["service"])

    assert first["design.solution.qualifiedItems"] == 2
    assert first["design.solution.recurringCost"] == {"unit": "EUR", "value": 2.5}
    assert first["commercial.recurringCost"] == {"unit": "EUR", "value": 365.0}
    assert not any(name.startswith("design.solution.") for name in second)


def test_a_partner_that_was_silent_is_told_as_silent() -> None:
    silent = PartnerAnswer(partner="east", ref="1", asked="silent", took_s=10.0)
    answer = ItemAnswer(ref="1", result="unqualified", asked=(silent,))

    told = words(item_of(done(check({"service": a_service()}), answer))["service"])

    assert told["partner.asked"] == [{"party": "east", "answer": "silent", "timeTaken": "PT10S"}]


def test_an_answered_check_is_a_valid_resource() -> None:
    solution = a_solution(requirement=a_requirement(ref="2"))
    proposal = Proposal(id="p1", dimension="date", wanted=None, offered="2027-05-01", solution=solution)
    alternate = ItemAnswer(
        ref="2", result="alternate", findings=(Finding(code="SD-TIM-01", label="Late."),), proposals=(proposal,)
    )
    asked = check(
        {"id": "1", "service": a_service()},
        {"id": "2", "service": a_service()},
        provideAlternative=True,
        provideUnavailabilityReason=True,
    )
    doc = write_question(done(asked, qualified("1"), alternate, totals=TOTALS), BASE)

    assert_contract("tmf645-v4.yaml", "CheckServiceQualification", doc)
    assert_published("TMF645-ServiceQualification-v4.0.1", "CheckServiceQualification", doc)


# queries --------------------------------------------------------------------------------------------------------


def test_a_query_has_its_items_also_while_nothing_is_known() -> None:
    doc = write_question(query({}), BASE)

    assert doc["serviceQualificationItem"] == []
    assert doc["searchCriteria"] == {}
    assert doc["queryServiceQualificationDate"] == "2026-11-02T09:00:00.000Z"
    assert "qualificationResult" not in doc


def test_a_query_is_answered_with_what_can_be_had() -> None:
    def offer(specification: str, solution: SiteSolution | None) -> Answer:
        result: Any = "qualified" if solution else "unqualified"
        item = ItemAnswer(ref=specification, result=result, solution=solution)
        return Answer(items=(item,), totals=None, valid_until=None, computed_at=NOW)

    solution = a_solution(requirement=a_requirement(ref="cfs-a", specification="cfs-a"))
    asked = query({"service": {"place": [PLACE]}})
    question = replace(asked, state="done", done_at=NOW, offers=(offer("cfs-a", solution), offer("cfs-b", None)))

    doc = write_question(question, BASE)
    (item,) = doc["serviceQualificationItem"]

    assert item["service"]["serviceSpecification"]["id"] == "cfs-a"
    assert words(item["service"])["bandwidth"] == {"down": 100, "up": 100, "unit": "Mbit/s"}
    assert words(item["service"])["commercial.recurringCost"] == {"unit": "EUR", "value": 365.0}
    assert "qualificationResult" not in item
    assert_contract("tmf645-v4.yaml", "QueryServiceQualification", doc)
    assert_published("TMF645-ServiceQualification-v4.0.1", "QueryServiceQualification", doc)


def test_a_query_about_several_places_is_answered_for_each() -> None:
    other = {**PLACE, "id": "site-2"}
    asked = query({"service": {"place": [PLACE, other, PLACE]}})
    first, second = asked.requirements
    assert [one.place and one.place.id for one in asked.requirements] == [PLACE["id"], "site-2"]
    offers = [
        Answer(
            items=(qualified(requirement=a_requirement(place=one.place)),),
            totals=None,
            valid_until=None,
            computed_at=NOW,
        )
        for one in (second, first)
    ]
    doc = write_question(replace(asked, state="done", done_at=NOW, offers=tuple(offers)), BASE)
    assert [item["service"]["place"] for item in doc["serviceQualificationItem"]] == [[other], [PLACE]]
    assert doc["searchCriteria"]["service"]["place"] == [PLACE, other, PLACE]


def test_both_ends_of_a_service_are_one_place_of_a_query() -> None:
    ends = [{**PLACE, "role": "siteA"}, {**PLACE, "id": "site-2", "role": "siteZ"}]
    (wanted,) = query({"service": {"place": ends}}).requirements
    assert wanted.far_place is not None
    assert wanted.far_place.id == "site-2"


# the store ------------------------------------------------------------------------------------------------------


def through_the_store(question: Question) -> Question:
    doc = orjson.loads(orjson.dumps(write_question(question, BASE)))
    internals = orjson.loads(orjson.dumps(question_internals(question)))
    return read_stored_question(question.kind, doc, question.version, question.requester, internals)


@pytest.mark.parametrize(
    "question",
    [
        check({"service": a_service(bandwidth=100)}, {}, provideAlternative=True, externalId="x"),
        query({"service": a_service(bandwidth=100)}, instantSyncQualification=True),
        replace(check({}), state="inProgress"),
    ],
)
def test_a_question_comes_back_from_the_store(question: Question) -> None:
    assert replace(through_the_store(question), body={}) == replace(question, body={})


def test_a_question_that_came_from_no_resource_comes_back_too() -> None:
    question = a_question()

    wanted = through_the_store(question).requirements[0]

    assert replace(wanted, characteristics={}) == question.requirements[0]


def test_an_answer_stays_when_the_question_is_written_again() -> None:
    answered = done(check({"service": a_service()}), qualified(), totals=TOTALS)
    doc = write_question(answered, BASE)

    stored = through_the_store(answered)

    assert stored.answer is None
    assert stored.done_at == NOW
    assert write_question(stored, BASE) == doc


def test_what_we_answered_does_not_become_a_wish_when_it_is_read_back() -> None:
    asked = check({"service": a_service(bandwidth=100), "expectedServiceAvailabilityDate": "2027-03-01T00:00:00Z"})

    stored = through_the_store(done(asked, qualified(), totals=TOTALS))

    assert stored.requirements == asked.requirements


def test_a_patch_may_add_an_item_but_not_an_answer() -> None:
    before = through_the_store(check({"id": "1"}))
    document = write_question(before, BASE)
    items = [*document["serviceQualificationItem"], {"service": a_service(bandwidth=5)}]

    amended = amended_question({**document, "serviceQualificationItem": items, "description": "new"}, before)

    assert [(wanted.ref, wanted.bandwidth_mbps) for wanted in amended.requirements] == [("1", None), ("2", 5)]
    assert amended.state == "accepted"
    for name in ("state", "qualificationResult"):
        with pytest.raises(NotToAnswer, match="said by the answer") as refused:
            amended_question({**document, name: "done"}, before)
        assert refused.value.attribute == name


@pytest.mark.parametrize("name", ["qualificationResult", "alternateServiceProposal", "terminationError", "state"])
def test_a_patch_does_not_answer_an_item(name: str) -> None:
    before = through_the_store(check({"id": "1"}))
    document = write_question(before, BASE)

    with pytest.raises(NotToAnswer) as refused:
        amended_question({**document, "serviceQualificationItem": [{"id": "1", name: "qualified"}]}, before)

    assert refused.value.attribute == f"serviceQualificationItem[0].{name}"


@pytest.mark.parametrize("items", [[{}], [{"id": "1", "service": a_service()}], None])
def test_a_patch_does_not_answer_a_query(items: Any) -> None:
    before = through_the_store(query({}))

    with pytest.raises(NotToAnswer) as refused:
        amended_question(write_question(before, BASE) | {"serviceQualificationItem": items}, before)

    assert refused.value.attribute == "serviceQualificationItem"
    assert amended_question(write_question(before, BASE) | {"description": "x"}, before).body["description"] == "x"


@pytest.mark.parametrize("state", ["accepted", "done"])
def test_a_patch_does_not_take_its_criteria_from_a_query(state: Any) -> None:
    before = through_the_store(replace(query({}), state=state))
    document = write_question(before, BASE)
    del document["searchCriteria"]

    with pytest.raises(InvalidRequest) as refused:
        amended_question(document, before)

    assert refused.value.attribute == "searchCriteria"


@pytest.mark.parametrize("type_", ["diverseFrom", "Protects"])
def test_a_wish_to_be_kept_apart_from_another_item_is_not_passed_over(type_: str) -> None:
    relation = {"relationshipType": type_, "id": "2"}

    asked = check({"id": "1", "qualificationItemRelationship": [relation]}, {"id": "2"})

    assert [{*(one.diverse_from or ()), *(one.protects or ())} for one in asked.requirements] == [{"2"}, set()]


def test_a_bundle_that_names_a_bundle_is_the_sum_of_its_items_too() -> None:
    def named(ref: str, *names: str) -> Json:
        related = [{"id": name, "relationshipType": "bundles"} for name in names]
        return {"id": ref, **BUNDLE, "qualificationItemRelationship": related}

    one, two = named("one", "a", "b"), named("two", "one", "c")
    outer, everything = named("outer", "two", "a"), named("every", "all")
    items = ({"id": name} for name in "abcd")
    asked = check(outer, two, one, everything, {"id": "all", **BUNDLE}, *items)
    bundles = [set(wanted.bundles or ()) for wanted in asked.requirements if wanted.is_bundle]
    assert bundles == [{"a", "b", "c"}, {"a", "b", "c"}, {"a", "b"}, {"a", "b", "c", "d"}, set()]


def test_bundles_that_name_each_other_have_the_items_of_both() -> None:
    def named(ref: str, *names: str) -> Json:
        related = [{"id": name, "relationshipType": "bundles"} for name in names]
        return {"id": ref, **BUNDLE, "qualificationItemRelationship": related}

    asked = check(named("x", "y", "a"), named("y", "x", "b"), *({"id": name} for name in "abc"))
    assert [set(wanted.bundles or ()) for wanted in asked.requirements[:2]] == [{"a", "b"}] * 2
