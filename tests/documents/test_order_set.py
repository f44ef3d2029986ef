"""What the order set shows of each body that will be sent."""

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest

from linkwright.designs.answers import SiteSolution
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.documents.render import rendered
from linkwright.wire.design_document import write_design
from linkwright.wire.json import Json

from .samples import a_full_design, a_point_to_point

THERE = Before(
    service="vpn-1",
    change="modify",
    released=(
        Given(resource="old-access", category="access", quantity=1, supplier="north", reference="q-1", order="so-1"),
        Given(resource="old-cpe", category="cpeModel", quantity=1),
    ),
)


def shown(solution: SiteSolution) -> dict[str, list[Json]]:
    """The bodies by their captions."""
    page = rendered(write_design(solution), "html").replace("<wbr/>", "")
    found: dict[str, list[Json]] = {}
    for caption, body in re.findall("<details><summary>(.*?)</summary><pre>(.*?)</pre>", page, flags=re.DOTALL):
        found.setdefault(unescape(caption).partition(", ")[2], []).append(json.loads(unescape(body)))
    return found


def of(solution: SiteSolution, words: str) -> list[Json]:
    return [body for caption, bodies in shown(solution).items() if words in caption for body in bodies]


def with_place(name: str) -> SiteSolution:
    design = a_full_design()
    return replace(design, place=replace(design.place, name=name))


@pytest.mark.parametrize(
    "name", ["x" * 700, "two\u2028lines\x85", "</pre><script>", "turned\u202eround", 'a "word"\n\\']
)
def test_whatever_a_name_is_a_body_stays_what_will_be_sent(name: str) -> None:
    (hold,) = of(with_place(name), "TMF685")
    assert hold["reservationItem"]
    (service,) = of(with_place(name), "TMF638")
    assert service["place"][0]["name"] == name


def test_a_customer_that_is_named_is_in_all_of_them() -> None:
    design = a_full_design()
    named = replace(design, requirement=replace(design.requirement, customer="cust-7"))
    parties = [body["relatedParty"] for body in of(named, "TMF") if "relatedParty" in body]
    assert parties
    assert {one["id"] for some in parties for one in some} == {"cust-7"}
    unnamed = replace(design, requirement=replace(design.requirement, customer=None))
    (hold,) = of(unnamed, "TMF685")
    assert hold["relatedParty"][0]["id"] == "{requester}"


def test_the_time_of_a_service_is_in_its_reservation() -> None:
    design = a_full_design()
    wanted = replace(design.requirement, service_start=date(2027, 3, 1), service_end=date(2027, 9, 1))
    (hold,) = of(replace(design, requirement=wanted), "TMF685")
    assert hold["reservationPeriod"]["startDateTime"].startswith("2027-03-01")
    assert hold["reservationPeriod"]["endDateTime"].startswith("2027-09-01")
    (plain,) = of(replace(design, requirement=replace(wanted, service_start=None, service_end=None)), "TMF685")
    assert "endDateTime" not in plain.get("reservationPeriod", {})


def test_a_change_gives_up_what_it_does_not_need() -> None:
    bodies: dict[str, list[Any]] = shown(replace(a_full_design(), before=THERE))
    orders = [body for some in bodies.values() for body in some]
    ceased = [one for one in orders if one.get("orderRelationship", [{}])[0].get("relationshipType") == "ceases"]
    assert [one["serviceOrderItem"][0]["action"] for one in ceased] == ["delete"]
    returned = [item for one in orders for item in one.get("orderItem", ()) if item["action"] == "delete"]
    assert [one["resource"]["id"] for one in returned] == ["old-cpe"]
    (change,) = of(replace(a_full_design(), before=THERE), "TMF638")
    assert change["serviceOrderItem"] == [
        {"serviceOrderId": "{order}", "itemId": "1", "itemAction": "modify", "role": "modifier"}
    ]


def test_both_ends_of_a_service_get_their_equipment() -> None:
    (ordered,) = of(a_point_to_point(), "TMF652")
    assert [one["id"].rpartition("/cpe")[2] for one in ordered["orderItem"]] == ["", "/far"]
