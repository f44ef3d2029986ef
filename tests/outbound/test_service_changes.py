"""A service of the inventory is changed or ended once, whatever happens on the way, and never taken out."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import orjson
import pytest
import requests
import responses

from linkwright.designs.parts_of_answers import Before, Given
from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand
from linkwright.outbound.own_changes import HeededErrands
from linkwright.outbound.tmf638_services import ServiceRegistrations
from tests.builders import a_solution

from .builders import an_errand
from .fakes import BASE_URL, a_client

SERVICE = f"{BASE_URL}/tmf-api/serviceInventory/v4/service/s-1"
KEY = "order-1/register/1"
OURS = {"id": KEY, "role": "externalId"}
Json = dict[str, Any]


def registrations() -> ServiceRegistrations:
    return ServiceRegistrations("services", a_client("services"))


def to_register(action: Any, **changes: Any) -> Errand:
    before = Before(service="s-1", change=action)
    errand = an_errand(a_solution(before=before), key=KEY, kind="register", system="services", action=action, **changes)
    (item,) = errand.order.items
    item = replace(item, action=action, service_id="s-1", leaving=before if action == "delete" else None)
    solutions = errand.solutions if action == "modify" else {}
    return replace(errand, order=replace(errand.order, items=(item,)), solutions=solutions)


def patched(peer: responses.RequestsMock) -> list[Json]:
    return [orjson.loads(call.request.body or b"") for call in peer.calls if call.request.method == "PATCH"]


@pytest.mark.parametrize(("action", "state"), [("modify", "active"), ("delete", "terminated")])
def test_a_service_is_patched_once_with_our_key(peer: responses.RequestsMock, action: str, state: str) -> None:
    peer.get(SERVICE, json={"id": "s-1", "state": "active", "relatedEntity": [{"id": "x", "role": "other"}]})
    peer.patch(SERVICE, json={"id": "s-1", "href": "/service/s-1"})
    peer.get(SERVICE, json={"id": "s-1", "state": state, "relatedEntity": [OURS]})
    sent = [registrations().send(to_register(action)) for _ in range(2)]
    assert [one.remote_id for one in sent] == ["s-1", "s-1"]
    (body,) = patched(peer)
    assert (body["state"], KEY in [one["id"] for one in body["relatedEntity"]]) == (state, True)
    assert next(call.request for call in peer.calls if call.request.method == "PATCH").headers["Idempotency-Key"] == KEY


def test_a_patch_whose_answer_was_lost_is_not_made_again(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, json={"id": "s-1", "state": "active"})
    peer.patch(SERVICE, body=requests.ConnectionError("reset"))
    peer.get(SERVICE, json={"id": "s-1", "state": "active", "relatedEntity": [OURS]})
    with pytest.raises(Unavailable):
        registrations().send(to_register("modify"))
    assert registrations().send(to_register("modify")).remote_id == "s-1"
    assert len(patched(peer)) == 1


def test_a_change_of_a_service_that_is_gone_is_refused(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, status=404)
    with pytest.raises(Refused, match="s-1 is not there any more"):
        registrations().send(to_register("modify"))


def test_a_service_that_goes_while_it_is_changed_is_refused(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, json={"id": "s-1"})
    peer.patch(SERVICE, status=404)
    with pytest.raises(Refused, match="not there any more"):
        registrations().send(to_register("modify"))


def test_the_end_of_a_service_that_is_gone_is_done(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, status=404)
    sent = registrations().send(to_register("delete"))
    assert sent.remote_id == "s-1"
    assert registrations().look(to_register("delete", remote_id="s-1")).state == "done"


def test_the_end_of_a_service_that_goes_meanwhile_is_done(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, json={"id": "s-1"})
    peer.patch(SERVICE, status=404)
    assert registrations().send(to_register("delete")).remote_id == "s-1"


def test_a_service_that_has_ended_already_is_not_patched(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, json={"id": "s-1", "state": "Terminated"})
    assert registrations().send(to_register("delete")).remote_id == "s-1"
    assert patched(peer) == []


def test_a_patch_that_is_refused_is_told(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, json={"id": "s-1"})
    peer.patch(SERVICE, status=409, json={"code": "1", "reason": "locked"})
    with pytest.raises(Refused, match="locked"):
        registrations().send(to_register("delete"))


def test_a_changed_service_that_is_gone_later_is_unknown(peer: responses.RequestsMock) -> None:
    peer.get(SERVICE, status=404)
    assert registrations().look(to_register("modify", remote_id="s-1")).state == "unknown"


@pytest.mark.parametrize("action", ["modify", "delete"])
def test_a_service_that_was_there_is_never_taken_out(peer: responses.RequestsMock, action: str) -> None:
    assert registrations().undo(to_register(action, remote_id="s-1")).state == "done"
    assert len(peer.calls) == 0


def test_facts_about_what_is_given_up_are_read_again() -> None:
    forgotten: list[str] = []
    errand = to_register("delete")
    (item,) = errand.order.items
    left = Given(resource="west-hub", category="link", quantity=10)
    item = replace(item, leaving=Before(service="s-1", change="delete", released=(left,)))
    errand = replace(errand, order=replace(errand.order, items=(item,)))

    def forget(_places: Iterable[str], resources: Iterable[str]) -> None:
        forgotten.extend(resources)

    HeededErrands(cast(Any, registrations()), forget).undo(errand)
    assert forgotten == ["west-hub"]
