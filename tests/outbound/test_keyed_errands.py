from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import requests
import responses

from linkwright.errors import Refused, Unavailable
from linkwright.outbound.tmf638_services import ServiceRegistrations
from linkwright.outbound.tmf685_reservations import Reservations

from .builders import an_errand
from .fakes import BASE_URL, Clock, a_client

RESERVATIONS = f"{BASE_URL}/tmf-api/resourcePoolManagement/v4/reservation"
SERVICES = f"{BASE_URL}/tmf-api/serviceInventory/v4/service"
KEY = "order-1/reserve/1"
Json = dict[str, Any]


def reservations() -> Reservations:
    return Reservations("pool", a_client("pool"), now=Clock(), hold=timedelta(days=14))


def a_reservation(key: str = KEY, **changes: Any) -> Json:
    return {
        "id": "r-1",
        "href": "/reservation/r-1",
        "state": "completed",
        "relatedEntity": [{"id": key, "role": "externalId"}],
        "reservationPeriod": {"endDateTime": "2026-11-16T09:00:00.000Z"},
    } | changes


def test_a_hold_names_every_resource_our_key_and_its_end(peer: responses.RequestsMock) -> None:
    peer.get(RESERVATIONS, json=[])
    peer.post(RESERVATIONS, json=a_reservation(), status=201)
    sent = reservations().send(an_errand())
    assert (sent.remote_id, sent.expires_at) == ("r-1", datetime(2026, 11, 16, 9, 0, tzinfo=UTC))
    posted = peer.calls[-1].request
    body = orjson.loads(posted.body or b"")
    assert posted.headers["Idempotency-Key"] == KEY
    assert body["reservationPeriod"]["endDateTime"] == "2026-11-16T09:00:00.000Z"
    assert [entity["id"] for entity in body["relatedEntity"]] == [KEY]
    held = {item["relatedEntity"][0]["id"]: item["quantity"] for item in body["reservationItem"]}
    assert held == {"fibre-1": 1, "west": 1, "west-hub": 100, "cpe-1": 1}


def test_a_hold_that_is_there_is_not_made_again_even_where_others_are_listed_with_it(
    peer: responses.RequestsMock,
) -> None:
    stranger = a_reservation("order-0/reserve/1", id="r-0")
    same_id_other_role = a_reservation(id="r-2", relatedEntity=[{"id": KEY, "role": "customer"}])
    peer.get(RESERVATIONS, json=[stranger, same_id_other_role, a_reservation()])
    assert reservations().send(an_errand()).remote_id == "r-1"
    assert peer.calls[0].request.params["relatedEntity.id"] == KEY


def test_the_first_try_is_a_post_alone(peer: responses.RequestsMock) -> None:
    peer.post(RESERVATIONS, json=a_reservation(), status=201)
    assert reservations().send(replace(an_errand(), first=True)).remote_id == "r-1"
    assert len(peer.calls) == 1


def test_a_first_try_whose_answer_was_lost_is_looked_up(peer: responses.RequestsMock) -> None:
    peer.post(RESERVATIONS, body=requests.ConnectionError("reset"))
    peer.get(RESERVATIONS, json=[a_reservation()])
    assert reservations().send(replace(an_errand(), first=True)).remote_id == "r-1"


def test_a_first_try_that_certainly_did_not_arrive_needs_no_look_up(peer: responses.RequestsMock) -> None:
    peer.post(RESERVATIONS, status=503)
    with pytest.raises(Unavailable):
        reservations().send(replace(an_errand(), first=True))
    assert len(peer.calls) == 1


def test_a_hold_whose_answer_was_lost_is_found(peer: responses.RequestsMock) -> None:
    peer.get(RESERVATIONS, json=[])
    peer.post(RESERVATIONS, body=requests.ConnectionError("reset"))
    peer.get(RESERVATIONS, json=[a_reservation()])
    assert reservations().send(an_errand()).remote_id == "r-1"


def test_a_pool_that_fails_after_a_lost_answer_leaves_the_first_fault_to_tell(peer: responses.RequestsMock) -> None:
    peer.get(RESERVATIONS, json=[])
    peer.post(RESERVATIONS, body=requests.ConnectionError("reset"))
    peer.get(RESERVATIONS, status=503)
    with pytest.raises(Unavailable, match="POST"):
        reservations().send(an_errand())


@pytest.mark.parametrize(
    ("state", "seen"),
    [("completed", "done"), ("rejected", "failed"), ("cancelled", "failed"), ("inProgress", "waiting")],
)
def test_a_hold_is_what_its_state_says(peer: responses.RequestsMock, state: str, seen: str) -> None:
    peer.get(f"{RESERVATIONS}/r-1", json=a_reservation(state=state, stateChangeReason="because"))
    found = reservations().look(an_errand(remote_id="r-1"))
    assert (found.state, found.remote_state, found.text) == (seen, state, "because")


def test_a_hold_that_is_gone_is_unknown(peer: responses.RequestsMock) -> None:
    peer.get(f"{RESERVATIONS}/r-1", status=404)
    assert reservations().look(an_errand(remote_id="r-1")).state == "unknown"


@pytest.mark.parametrize("status", [204, 404])
def test_a_hold_is_given_back_by_deleting_it(peer: responses.RequestsMock, status: int) -> None:
    peer.get(f"{RESERVATIONS}/r-1", json=a_reservation())
    peer.delete(f"{RESERVATIONS}/r-1", status=status)
    assert reservations().undo(an_errand(remote_id="r-1")).state == "done"


def test_where_nothing_can_be_deleted_a_hold_is_cancelled(peer: responses.RequestsMock) -> None:
    peer.get(f"{RESERVATIONS}/r-1", json=a_reservation())
    peer.delete(f"{RESERVATIONS}/r-1", status=405)
    patched = peer.patch(f"{RESERVATIONS}/r-1", json=a_reservation(state="cancelled"))
    assert reservations().undo(an_errand(remote_id="r-1")).state == "done"
    assert orjson.loads(patched.calls[0].request.body or b"") == {"state": "cancelled"}


def test_a_hold_that_may_not_be_given_back_is_told(peer: responses.RequestsMock) -> None:
    peer.get(f"{RESERVATIONS}/r-1", json=a_reservation())
    peer.delete(f"{RESERVATIONS}/r-1", status=409, json={"code": "1", "reason": "in use"})
    with pytest.raises(Refused, match="in use"):
        reservations().undo(an_errand(remote_id="r-1"))


def test_a_hold_of_unknown_id_is_given_back_by_its_key(peer: responses.RequestsMock) -> None:
    peer.get(RESERVATIONS, json=[a_reservation()])
    peer.delete(f"{RESERVATIONS}/r-1", status=204)
    assert reservations().undo(an_errand()).state == "done"


def test_giving_back_what_was_never_held_is_done(peer: responses.RequestsMock) -> None:
    peer.get(RESERVATIONS, json=[])
    assert reservations().undo(an_errand()).state == "done"


def test_a_service_is_registered_once_as_active(peer: responses.RequestsMock) -> None:
    key = "order-1/register/1"
    errand = an_errand(key=key, kind="register", system="services")
    peer.get(SERVICES, json=[])
    peer.post(SERVICES, json={"id": "s-1", "state": "active"}, status=201)
    peer.get(SERVICES, json=[{"id": "s-1", "relatedEntity": [{"id": key, "role": "externalId"}]}])
    registrations = ServiceRegistrations("services", a_client("services"))
    assert [registrations.send(errand).remote_id for _ in range(2)] == ["s-1", "s-1"]
    (posted,) = [call.request for call in peer.calls if call.request.method == "POST"]
    assert orjson.loads(posted.body or b"")["state"] == "active"


def test_a_registered_service_is_done_whatever_became_of_it(peer: responses.RequestsMock) -> None:
    peer.get(f"{SERVICES}/s-1", json={"id": "s-1", "state": "inactive"})
    errand = an_errand(key="k", kind="register", system="services", remote_id="s-1")
    seen = ServiceRegistrations("services", a_client("services")).look(errand)
    assert (seen.state, seen.remote_state) == ("done", "inactive")


def test_our_listener_is_registered_at_the_pool(peer: responses.RequestsMock) -> None:
    peer.post(f"{BASE_URL}/tmf-api/resourcePoolManagement/v4/hub", json={"id": "h-1"}, status=201)
    assert reservations().subscribe("pool", "http://us.test/listener/pool") == "h-1"
    with pytest.raises(Refused):
        reservations().subscribe("services", "http://us.test/listener/services")
