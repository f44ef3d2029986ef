"""A service of the inventory as what a change starts from, and how a request says that it is about one."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.designs.answers import Answer, ItemAnswer, Totals
from linkwright.designs.existing import used_by
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.designs.requirement import PlaceWanted, Spot
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.v4.offers import write_offer
from linkwright.wire.v4.order_items import as_new, read_items
from linkwright.wire.v4.outward import read_service, write_inventory_service
from linkwright.wire.v4.qualification import read_check, read_query, write_question
from tests.builders import NOW, a_leg, a_place, a_requirement, a_solution, an_access
from tests.wire.errands import a_task, an_errand

Json = Any
TWO_LEGS = (
    a_leg(nodes=("west", "east", "hub"), links=("west-east", "east-hub")),
    a_leg(access="fibre-2", technology="5g", pop="east", nodes=("east", "hub"), links=("east-hub",), mbps=20),
)


def stored(solution: Any) -> Json:
    """As it stands in the inventory after an order of ours."""
    return {"id": "s-1"} | write_inventory_service(an_errand(a_task("register"), item_1=solution))


THREE_LEGS = (a_leg(links=("west-hub",)), a_leg(access="fibre-3", links=("mid-hub",)), TWO_LEGS[1])


@pytest.mark.parametrize(
    "solution",
    [
        a_solution(),
        a_solution(
            legs=THREE_LEGS, requirement=a_requirement(access_legs=2, backup="mobile", backup_mbps=20), cpe_quantity=3
        ),
        a_solution(legs=TWO_LEGS, requirement=a_requirement(backup="mobile", backup_mbps=20), cpe_quantity=2),
    ],
)
def test_what_we_have_registered_is_read_as_what_was_designed(solution: Any) -> None:
    service = read_service(stored(solution))
    assert dict(service.uses) == used_by(solution)
    assert (service.id, service.state, service.customer, service.is_whole) == ("s-1", "active", "nordwind", True)
    assert (service.cpe, service.cpe_pieces) == ("cpe-1", solution.cpe_quantity)
    read, wanted = service.requirement, solution.requirement
    assert (read.bandwidth_mbps, read.destinations, read.backup) == (100, ("hub",), wanted.backup)
    assert read.place == PlaceWanted(kind="site", id="site-1")


def test_both_ends_of_a_registered_service_are_read() -> None:
    place = replace(a_place(), far=Spot(id="site-2", name="site-2", ids=("site-2",)))
    wanted = a_requirement(pattern="pointToPoint", far_place=PlaceWanted(kind="site", id="site-2"))
    far = a_leg(access="fibre-2", pop="east", nodes=("east",), links=(), end="z")
    solution = a_solution(place=place, requirement=wanted, legs=(a_leg(links=("west-east",)), far), cpe_quantity=2)
    service = read_service(stored(solution))
    assert (service.requirement.place, service.requirement.far_place) == (
        PlaceWanted(kind="site", id="site-1"),
        PlaceWanted(kind="site", id="site-2"),
    )
    assert dict(service.uses) == used_by(solution)


def test_a_partners_leg_is_no_resource_of_ours() -> None:
    service = read_service(stored(a_solution(legs=(a_leg(), a_leg(access="x", supplier="north", quote="q")))))
    assert (service.is_whole, service.accesses) == (False, {"fibre-1"})


NORTH = an_access(
    id="north:check-7/1", place="site-1", partner="north", quote="check-7/1", technology="cable", mrc_minor=77_000
)
WITH_NORTH = a_solution(
    legs=(a_leg(), a_leg(access=NORTH.id, supplier="north", quote=NORTH.quote)),
    asked=(PartnerAnswer(partner="north", ref="1", asked="offered", offer=NORTH),),
)


def test_a_partners_leg_is_read_from_the_design_that_the_service_follows() -> None:
    designs = {WITH_NORTH.design_id: WITH_NORTH}
    service = read_service(stored(WITH_NORTH), designs.get)
    assert (service.partner_legs, service.partner_currency, service.is_whole) == ((NORTH,), "EUR", True)
    assert service.accesses == {"fibre-1"}


def test_a_partners_leg_is_read_from_the_service_itself() -> None:
    words = {name.removeprefix("offer."): value for name, value in write_offer(NORTH, "EUR").items()}
    doc = stored(WITH_NORTH)
    doc["serviceCharacteristic"] += write_characteristics({"access.offer": [None, words | {"quote": NORTH.quote}]})
    service = read_service(doc)
    assert (service.partner_legs, service.partner_currency, service.is_whole) == ((NORTH,), "EUR", True)


@pytest.mark.parametrize("spoilt", [{"mrc": None}, {"delayMs": -1}, {"availability": "often"}])
def test_a_partners_leg_of_which_a_fact_is_missing_is_not_made_up(spoilt: Json) -> None:
    words = {name.removeprefix("offer."): value for name, value in write_offer(NORTH, "EUR").items()} | spoilt
    doc = stored(WITH_NORTH)
    doc["serviceCharacteristic"] += write_characteristics({"access.offer": [None, words]})
    service = read_service(doc)
    assert (service.partner_legs, service.is_whole) == ((), False)


def test_where_paths_are_not_said_each_link_carries_the_least_of_all_legs() -> None:
    words = {"bandwidth": 100, "backup": "any", "backupBandwidth": 20}
    resources = [("way", "accessOption"), ("cable", "link"), ("box", "cpeModel")]
    service = read_service(
        {
            "id": "s-1",
            "state": "Active",
            "serviceCharacteristic": write_characteristics(words),
            "supportingResource": [{"id": name, "@referredType": kind} for name, kind in resources],
        }
    )
    assert dict(service.uses) == {("way", "accessOption"): 1, ("cable", "link"): 20, ("box", "cpeModel"): 1}
    assert (service.state, service.cpe) == ("active", "box")


def test_of_a_service_without_facts_nothing_is_made_up() -> None:
    service = read_service({"id": "s-1", "serviceCharacteristic": [{"name": "access.path", "value": "odd"}]})
    assert (service.state, dict(service.uses), service.cpe, service.is_whole) == ("", {}, None, False)


@pytest.mark.parametrize(
    ("service", "read"),
    [
        ({}, (None, None)),
        ({"id": "s-1"}, ("s-1", None)),
        ({"id": "s-1", "href": "http://x/service/s-1"}, ("s-1", "modify")),
        ({"href": "http://x/service/s-1/"}, ("s-1", "modify")),
        ({"id": "s-1", "@type": "ServiceRef"}, ("s-1", "modify")),
        ({"id": "s-1", "state": "terminated"}, ("s-1", "delete")),
        ({"id": "s-1", "state": "feasibilityChecked"}, ("s-1", None)),
        ({"state": "terminated"}, (None, None)),
    ],
)
def test_a_check_says_by_its_service_what_becomes_of_it(service: Json, read: Any) -> None:
    check = {"serviceQualificationItem": [{"service": service}]}
    (wanted,) = read_check(check, id="c", now=NOW, requester="bss").requirements
    assert (wanted.service, wanted.change) == read
    (criteria,) = read_query({"searchCriteria": {"service": service}}, id="q", now=NOW, requester="bss").requirements
    assert (criteria.service, criteria.change) == read


@pytest.mark.parametrize("action", ["add", "modify", "delete", "noChange"])
def test_an_order_says_it_by_its_action(action: str) -> None:
    service = {"id": "s-1", "href": "x/s-1", "state": "terminated"}
    order = {"serviceOrderItem": [{"id": "1", "action": action, "service": service}]}
    (item,) = read_items(order, as_new)
    assert (item.requirement.change, item.requirement.service) == (action, "s-1")


def test_the_nearest_customer_counts() -> None:
    party, other = ({"id": name, "role": "Customer", "@referredType": "Organization"} for name in ("a", "b"))
    items = [{"service": {}}, {"service": {"relatedParty": [{"id": "x", "role": "seller"}, other]}}]
    check = {"relatedParty": [party], "serviceQualificationItem": items}
    wanted = read_check(check, id="c", now=NOW, requester="bss").requirements
    assert [one.customer for one in wanted] == ["a", "b"]
    order = {"relatedParty": [party], "serviceOrderItem": [{"id": "1", "action": "modify", "service": {"id": "s"}}]}
    assert read_items(order, as_new)[0].requirement.customer == "a"


def an_answer(item: ItemAnswer, totals: Totals | None = None) -> Answer:
    return Answer(items=(item,), totals=totals, valid_until=None, computed_at=NOW)


def test_a_release_is_answered_with_what_it_gives_back() -> None:
    given = Given(resource="west-hub", category="link", quantity=100)
    before = Before(service="s-1", change="delete", released=(given,), mrc_minor=36_500, currency="EUR")
    check = {"serviceQualificationItem": [{"id": "1", "service": {"id": "s-1", "state": "terminated"}}]}
    question = read_check(check, id="c", now=NOW, requester="bss")
    totals = Totals(
        qualified=1,
        alternate=0,
        unqualified=0,
        nrc_minor=0,
        mrc_minor=0,
        currency="EUR",
        ready=None,
        gap=None,
        mrc_before_minor=36_500,
    )
    answer = an_answer(ItemAnswer(ref="1", result="qualified", before=before), totals)
    doc = write_question(replace(question, state="done", done_at=NOW, answer=answer), "http://us")
    (item,) = doc["serviceQualificationItem"]
    assert (item["qualificationResult"], item["service"]["state"]) == ("qualified", "terminated")
    said = {one["name"]: one["value"] for one in item["service"]["serviceCharacteristic"]}
    assert said["design.change"] == "delete"
    assert said["capacity.released"] == [{"resource": "west-hub", "category": "link", "quantity": 100}]
    assert said["commercial.recurringCostBefore"] == {"unit": "EUR", "value": 365.0}
    assert said["design.solution.recurringCostBefore"] == {"unit": "EUR", "value": 365.0}
    assert "design.solution.oneTimeCost" not in said


def test_a_change_is_answered_with_what_is_there_already() -> None:
    before = Before(service="s-1", change="modify", mrc_minor=None)
    solution = a_solution(before=before, cpe_existing=True, legs=(a_leg(existing=True), a_leg(access="fibre-2")))
    question = replace(
        read_check(
            {"serviceQualificationItem": [{"id": "1", "service": {"id": "s-1"}}]}, id="c", now=NOW, requester="b"
        ),
        state="done",
        done_at=NOW,
        answer=an_answer(ItemAnswer(ref="1", result="qualified", solution=solution)),
    )
    (item,) = write_question(question, "http://us")["serviceQualificationItem"]
    said = {one["name"]: one["value"] for one in item["service"]["serviceCharacteristic"]}
    assert (said["access.existing"], said["cpe.existing"], said["design.change"]) == ([True, False], True, "modify")
    assert not {"capacity.released", "commercial.recurringCostBefore"} & said.keys()


def test_dates_of_a_release_are_those_of_its_item() -> None:
    item = {"service": {"id": "s-1", "state": "terminated"}, "expectedServiceAvailabilityDate": "2027-02-01T00:00:00Z"}
    (wanted,) = read_check({"serviceQualificationItem": [item]}, id="c", now=NOW, requester="bss").requirements
    assert wanted.needed_by == date(2027, 2, 1)
