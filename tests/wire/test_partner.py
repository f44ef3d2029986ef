"""Partners: the question, the answer, the order."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linkwright.designs.facts import AccessFact, PartnerAnswer
from linkwright.designs.requirement import CostComponent, PlaceWanted, Requirement, Rollout, Span, Work
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.v4.dialect import Dialect
from linkwright.wire.v4.offers import write_offer
from linkwright.wire.v4.outward import (
    question_key,
    read_partner_check,
    read_partner_order,
    write_partner_check,
    write_partner_order,
)
from tests.builders import a_leg, a_place, a_requirement, a_solution

from .errands import a_task, an_errand
from .schemas import assert_contract, assert_published

Json = Any
OFFER = AccessFact(
    id="north:check-7/1",
    place="site-1",
    technology="fibre",
    pop="west",
    bandwidth_mbps=100,
    nrc_minor=380_000,
    mrc_minor=91_050,
    availability=0.9995,
    delay_ms=0.4,
    lead_days=60,
    srlgs=("srg-1",),
    partner="north",
    quote="check-7/1",
)
NOT_NEEDED = {
    *("offer.sharedRiskGroups", "offer.entry", "offer.carriers", "offer.jitterMs", "offer.lossPercent"),
    *("offer.nrc", "offer.mrc"),
}


def a_check(offer: Json = None, **item: Json) -> Json:
    offered = {"service": {"serviceCharacteristic": write_characteristics(offer or write_offer(OFFER, "EUR"))}}
    return {
        "id": "check-7",
        "state": "done",
        "serviceQualificationItem": [{"id": "1", "qualificationResult": "qualified", **offered, **item}],
    }


def read(check: Json, currency: str | None = "EUR") -> PartnerAnswer:
    return read_partner_check(check, "north", [(a_requirement(), a_place())], currency=currency)[0]


def words(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service["serviceCharacteristic"]}


# the question ---------------------------------------------------------------------------------------------------


def test_a_partner_is_asked_for_one_leg_at_one_place() -> None:
    wanted = a_requirement(diversity="srlg", characteristics={"colour": "blue", "termMonths": 36})
    body = write_partner_check([(wanted, a_place())], "key-1")

    (item,) = body["serviceQualificationItem"]
    assert body["externalId"] == "key-1"
    assert item["service"]["place"][0]["id"] == "site-1"
    assert words(item["service"]) == {
        "bandwidth": {"down": 100, "up": 100, "unit": "Mbit/s"},
        "availabilityTarget": 0.99,
        "latencyMaxMs": 30.0,
        "termMonths": 36,
        "neededBy": "2027-03-01",
        "colour": "blue",
    }
    assert_contract("outward/tmf645-partner-v4.yaml", "CheckServiceQualification_Create", body)
    assert_published("TMF645-ServiceQualification-v4.0.1", "CheckServiceQualification_Create", body)


def test_a_partner_is_not_told_the_budget_or_whom_the_customer_prefers() -> None:
    private = {"budgetOneTime": {"unit": "EUR", "value": 9}, "priceRecurring": 5, "partnerExcluded": ["south"]}
    wanted = a_requirement(partner_preferred=("north",), budget_nrc_minor=900, characteristics=private)

    service = write_partner_check([(wanted, a_place())])["serviceQualificationItem"][0]["service"]

    assert not words(service).keys() & {*private, "partnerPreferred"}


def test_a_partner_is_told_when_work_can_be_done_and_nothing_of_the_rest_of_the_plan() -> None:
    days = [{"from": "2027-06-14", "to": "2027-06-17"}]
    between_us = {
        "rollout": {"pilotItems": 1},
        "designScope": ["plan"],
        "bespokeActivities": [{"id": "licence", "days": 20}],
        "activities": [{"id": "survey"}],
        "costComponents": [{"name": "management"}],
    }
    told = {"siteAccessCalendar": days, "changeFreeze": days}
    of_fields = a_requirement(
        site_access=(Span(start=date(2027, 6, 14), end=date(2027, 6, 17)),),
        rollout=Rollout(pilot_items=1),
        design_scope=("plan",),
        bespoke_activities=(Work(id="licence", days=20),),
        activities=(Work(id="survey"),),
        cost_components=(CostComponent(name="management"),),
        price_nrc_minor=1,
        price_currency="EUR",
    )

    def asked(wanted: Requirement) -> dict[str, Json]:
        return words(write_partner_check([(wanted, a_place())])["serviceQualificationItem"][0]["service"])

    plain = asked(a_requirement())
    assert asked(a_requirement(characteristics={**between_us, **told})) == plain | told
    assert asked(of_fields) == plain | {"siteAccessCalendar": days}


def test_a_place_by_value_is_asked_about_as_the_address_that_was_found() -> None:
    wanted = a_requirement(place=PlaceWanted(kind="value", value={"city": "X"}))

    place = write_partner_check([(wanted, a_place("addr-9"))])["serviceQualificationItem"][0]["service"]["place"][0]

    assert (place["id"], place["@referredType"]) == ("addr-9", "GeographicAddress")


# the answer -----------------------------------------------------------------------------------------------------


def test_an_offer_is_read_as_it_was_made() -> None:
    answer = read(a_check(expirationDate="2026-12-01T00:00:00Z"))

    assert (answer.asked, answer.offer) == ("offered", OFFER)
    assert answer.valid_until == datetime(2026, 12, 1, tzinfo=UTC)


def test_the_earlier_of_the_ends_of_item_and_check_counts() -> None:
    check = a_check(expirationDate="2026-12-01T00:00:00Z") | {"expirationDate": "2026-11-20T00:00:00Z"}

    assert read(check).valid_until == datetime(2026, 11, 20, tzinfo=UTC)


def test_an_offer_in_calendar_days_says_so() -> None:
    offer = replace(OFFER, calendar=True)

    assert read(a_check(write_offer(offer, "EUR"))).offer == offer


def test_a_partner_that_does_not_say_what_its_route_shares_has_not_declared_it() -> None:
    undeclared = replace(OFFER, srlgs=(), risks_declared=False)

    assert read(a_check(write_offer(undeclared, "EUR"))).offer == undeclared
    assert read(a_check(write_offer(OFFER, "EUR") | {"offer.sharedRiskGroups": []})).offer == replace(OFFER, srlgs=())


def test_an_offer_may_stand_in_the_first_proposal() -> None:
    service = a_check()["serviceQualificationItem"][0]["service"]
    item = {
        "qualificationResult": "alternate",
        "service": {},
        "alternateServiceProposal": [{"alternateService": service}],
    }

    assert read(a_check(**item)).offer == OFFER


@pytest.mark.parametrize("missing", sorted(write_offer(OFFER, "EUR").keys() - NOT_NEEDED))
def test_an_offer_that_lacks_a_fact_is_no_offer_and_names_it(missing: str) -> None:
    offer = write_offer(OFFER, "EUR")
    del offer[missing]
    answer = read(a_check(offer))

    assert (answer.asked, answer.offer) == ("failed", None)
    assert missing.replace("leadTimeDays", "leadTimeCalendarDays") in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"offer.nrc": {"unit": "USD", "value": 1}},
        {"offer.nrc": 5},
        {"offer.availability": 1.5},
        {"offer.availability": 0},
        {"offer.delayMs": -1},
        {"offer.bandwidthMbps": "much"},
        {"offer.leadTimeDays": 1.5},
        {"offer.sharedRiskGroups": 7},
    ],
)
def test_an_offer_that_contradicts_itself_is_no_offer(wrong: Json) -> None:
    answer = read(a_check(write_offer(OFFER, "EUR") | wrong))

    assert (answer.asked, answer.offer) == ("failed", None)
    assert "cannot be used" in answer.text


def test_prices_in_another_currency_than_ours_are_not_compared() -> None:
    dollars = a_check(write_offer(OFFER, "USD"))

    answer = read(dollars)
    assert (answer.asked, answer.offer and answer.offer.unpriced) == ("offered", ("nrc", "mrc"))
    assert answer.offer is not None
    assert (answer.offer.stated_in, answer.offer.wanted_in, answer.offer.nrc_minor) == ("USD", "EUR", 0)
    assert read(dollars, currency=None).offer == OFFER


@pytest.mark.parametrize(("code", "asked"), [("NO-COVERAGE-01", "noCoverage"), ("REFUSED-02", "refused")])
def test_a_no_is_no_coverage_or_a_refusal(code: str, asked: str) -> None:
    reasons = [{"code": code, "label": "because"}]
    answer = read(a_check(qualificationResult="unqualified", service={}, eligibilityUnavailabilityReason=reasons))

    assert (answer.asked, answer.text) == (asked, "because")


@pytest.mark.parametrize(
    ("check", "text", "raw"),
    [
        (None, "is no check", ""),
        ({"state": "inProgress"}, "ended without an answer", "it ended as inProgress"),
        ({"state": "done", "serviceQualificationItem": []}, "has no item", ""),
        (
            {"state": "terminatedWithError", "serviceQualificationItem": [{"terminationError": [{"value": "disk"}]}]},
            "ended without an answer",
            "disk",
        ),
        ({"state": "done", "serviceQualificationItem": [{"id": "1"}]}, "ended without an answer", "it ended as None"),
    ],
)
def test_an_answer_that_is_none_is_a_failure_and_never_a_refusal(check: Json, text: str, raw: str) -> None:
    """What a partner says of its own troubles is not for the requester."""
    answer = read(check)

    assert answer.asked == "failed"
    assert text in answer.text
    assert "disk" not in answer.text
    assert answer.raw == raw


# the order ------------------------------------------------------------------------------------------------------


def test_a_leg_is_ordered_as_it_was_offered() -> None:
    leg = a_leg(access=OFFER.id, supplier="north", quote=OFFER.quote)
    asked = PartnerAnswer(partner="north", ref="1", asked="offered", offer=OFFER)
    errand = an_errand(a_task("procure", access=OFFER.id), item_1=a_solution(legs=(a_leg(), leg), asked=(asked,)))

    body = write_partner_order(errand)

    (item,) = body["serviceOrderItem"]
    assert (body["externalId"], body["category"], item["action"]) == ("order-1/procure", "Outsourced Access", "add")
    assert words(item["service"]) == write_offer(OFFER, "EUR")
    assert body["externalReference"][0]["id"] == "check-7/1"
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Create", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Create", body)


@pytest.mark.parametrize(("said", "up"), [(20, 20), ("20.9 Mbit/s", 20), (100, None), (None, None)])
def test_an_offer_says_what_it_has_upstream_where_that_is_not_the_same(said: Json, up: int | None) -> None:
    offer = read(a_check(write_offer(OFFER, "EUR") | {"offer.upMbps": said})).offer

    assert offer == replace(OFFER, up_mbps=up)
    both = {"down": 100, "up": up, "unit": "Mbit/s"}
    assert write_offer(offer, "EUR")["offer.bandwidthMbps"] == (100 if up is None else both)


@pytest.mark.parametrize("wrong", [0, -5, "fast"])
def test_an_offer_of_impossible_bandwidth_upstream_is_none(wrong: Json) -> None:
    answer = read(a_check(write_offer(OFFER, "EUR") | {"offer.upMbps": wrong}))

    assert (answer.asked, answer.offer) == ("failed", None)


def test_an_offer_may_say_its_entry_its_carriers_and_its_quality() -> None:
    told = replace(OFFER, jitter_ms=0.5, loss=0.001, entries=("door",), carriers=("north", "metro"))
    hidden = replace(OFFER, entry_declared=False)

    assert read(a_check(write_offer(told, "EUR"))).offer == told
    assert read(a_check(write_offer(hidden, "EUR"))).offer == hidden
    assert told.undeclared == ()
    assert hidden.undeclared == ("entry",)


@pytest.mark.parametrize("wrong", [{"offer.jitterMs": -1}, {"offer.lossPercent": 101}, {"offer.entry": [7]}])
def test_an_offer_of_impossible_quality_is_none(wrong: Json) -> None:
    answer = read(a_check(write_offer(OFFER, "EUR") | wrong))

    assert (answer.asked, answer.offer) == ("failed", None)


@pytest.mark.parametrize(
    "written", [{"amount": 100, "units": "Mbps"}, "100 Mbit/s", {"down": 100_000, "unit": "kbps"}, 100, "100"]
)
def test_a_partner_is_told_a_bandwidth_in_one_form_however_the_customer_wrote_it(written: Json) -> None:
    wanted = a_requirement(characteristics={"bandwidth": written})
    (item,) = write_partner_check([(wanted, a_place())])["serviceQualificationItem"]
    assert words(item["service"])["bandwidth"] == {"down": 100, "up": 100, "unit": "Mbit/s"}
    assert question_key((wanted, a_place()), "EUR") == question_key((a_requirement(), a_place()), "EUR")


def test_both_directions_of_a_bandwidth_are_told() -> None:
    wanted = a_requirement(characteristics={"bandwidth": {"down": 100, "up": 20, "unit": "Mbit/s"}})
    (item,) = write_partner_check([(wanted, a_place())])["serviceQualificationItem"]
    assert words(item["service"])["bandwidth"] == {"down": 100, "up": 20, "unit": "Mbit/s"}


def test_the_same_question_has_the_same_key_whoever_asks_it() -> None:
    first = a_requirement(ref="1", customer="a", budget_mrc_minor=100, partner_preferred=("north",), access_legs=2)
    other = a_requirement(ref="2", customer="b", diversity="srlg")
    assert question_key((first, a_place()), "EUR") == question_key((other, replace(a_place(), name="x")), "EUR")


@pytest.mark.parametrize(
    "changed",
    [
        {"bandwidth_mbps": 200},
        {"jitter_ms": 1.0},
        {"needed_by": None},
        {"place": PlaceWanted(kind="address", id="site-1")},
        {"characteristics": {"colour": "red"}},
    ],
)
def test_another_question_has_another_key(changed: Json) -> None:
    plain = question_key((a_requirement(), a_place()), "EUR")
    assert question_key((a_requirement(**changed), a_place()), "EUR") != plain
    assert question_key((a_requirement(), a_place("site-2")), "EUR") != plain
    assert question_key((a_requirement(), a_place()), "CHF") != plain


def test_a_partner_is_asked_and_ordered_from_in_its_own_words() -> None:
    dialect = Dialect(bandwidth="text", names={"bandwidth": "speed", "offer.bandwidthMbps": "offeredSpeed"})
    (item,) = write_partner_check([(a_requirement(), a_place())], dialect=dialect)["serviceQualificationItem"]
    assert words(item["service"])["speed"] == "100 Mbps"
    said = write_offer(OFFER, "EUR")
    said["offeredSpeed"] = f"{said.pop('offer.bandwidthMbps')} Mbps"
    (answer,) = read_partner_check(a_check(said), "north", [(a_requirement(), a_place())], dialect=dialect)
    assert answer.offer == OFFER
    leg = a_leg(access=OFFER.id, quote=OFFER.quote)
    task = a_task(kind="procure", access=OFFER.id)
    errand = an_errand(task, item_1=a_solution(legs=(leg,), asked=(answer,)))
    (ordered,) = write_partner_order(errand, dialect)["serviceOrderItem"]
    assert words(ordered["service"])["offeredSpeed"] == "100 Mbps"


def test_an_order_that_a_partner_has_completed_confirms_the_prices_that_it_states() -> None:
    errand = an_errand(a_task("procure", access=OFFER.id), item_1=a_solution(legs=(a_leg(access=OFFER.id),)))
    dialect = Dialect(names={"offer.nrc": "setup"})
    service = {
        "serviceCharacteristic": write_characteristics(
            {"setup": {"unit": "EUR", "value": 4000}, "offer.mrc": "by agreement"}
        )
    }
    order = {"state": "inProgress", "serviceOrderItem": [{"id": "item-1", "service": service}]}
    assert read_partner_order(errand, order, dialect).reported == {}
    seen = read_partner_order(errand, order | {"state": "completed"}, dialect)
    assert seen.reported == {"item-1": {"confirmed": {"nrc": {"minor": 400_000, "unit": "EUR"}}}}
    assert read_partner_order(errand, {"state": "completed", "serviceOrderItem": [{"id": "item-1"}]}).reported == {}


def test_a_refusal_holds_as_long_as_the_partner_says() -> None:
    refusal = {"qualificationResult": "unqualified", "service": None, "eligibilityUnavailabilityReason": []}
    until = datetime(2026, 12, 2, tzinfo=UTC)
    assert read(a_check(**refusal, expirationDate=until.isoformat())).valid_until == until
    assert read(a_check(**refusal, expirationDate="tomorrow")).valid_until is None
