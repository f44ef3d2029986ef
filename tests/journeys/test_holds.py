"""What a check holds over HTTP, through the death of the process, until an order takes it or the check is removed."""

from collections.abc import Mapping

import requests

from tests.journeys.processes import ORDERING, QUALIFICATION, Json, Linkwright, mock_state, until
from tests.journeys.requests_of import a_check, an_order_of, characteristics, the_headquarters, the_plant

CHECKS = f"{QUALIFICATION}/checkServiceQualification"
ORDERS = f"{ORDERING}/serviceOrder"


def _held(world: Mapping[str, str]) -> set[str]:
    return {one["id"] for one in mock_state(world, "pool")["reservation"] if one["state"] == "completed"}


def _a_held_check(linkwright: Linkwright, item: Json) -> Json:
    wanted = {"name": "holdPolicy", "value": "firm", "@type": "StringCharacteristic"}
    item["service"]["serviceCharacteristic"].append(wanted)
    return linkwright.check_done(linkwright.post(CHECKS, a_check(item)))


def test_a_check_holds_its_answer_and_an_order_takes_it_over(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    first = _a_held_check(linkwright, the_headquarters())
    told = characteristics(first["serviceQualificationItem"][0]["service"])
    held = set(told["hold.reservationId"])
    assert told["hold.type"] == "firm"
    assert _held(world) == held
    assert first["expirationDate"] <= told["hold.expires"]

    second = _a_held_check(linkwright, the_plant())
    assert len(_held(world)) > len(held)
    linkwright.kill()
    linkwright.start()
    assert requests.delete(f"{linkwright.url}{CHECKS}/{second['id']}", timeout=10).status_code == 204
    until("the second check lets go", lambda: _held(world) == held)

    order = linkwright.post(ORDERS, an_order_of(first, "hq"))
    done = linkwright.order_in(order, "completed")
    reserved = {one["id"] for one in done["externalReference"] if one["externalReferenceType"] == "reservation"}
    assert reserved == held
    until("nothing is held any more", lambda: not _held(world))
