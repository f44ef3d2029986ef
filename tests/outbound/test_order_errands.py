from dataclasses import replace
from typing import Any

import pytest
import requests
import responses

from linkwright.errors import Refused, Unavailable, Uncertain
from linkwright.orders.errands import Seen
from linkwright.outbound.order_errands import OrderApi, OrderErrands

from .builders import an_errand
from .fakes import BASE_URL, a_client
from .order_system import BASE, OrderSystem

API = OrderApi(base=BASE, order="serviceOrder", cancel="cancelServiceOrder")
KEY = "order-1/procure/1/offer-7"
ORDERS = f"{BASE_URL}/{BASE}/serviceOrder"


@pytest.fixture
def system(peer: responses.RequestsMock) -> OrderSystem:
    return OrderSystem(peer)


def read(_errand: Any, order: Any) -> Seen:
    return Seen(state="waiting", remote_state=order["state"])


def errands() -> OrderErrands:
    return OrderErrands(API, {"north": a_client("north")}, lambda errand: {"externalId": errand.task.key}, read)


def errand(remote_id: str | None = None) -> Any:
    return an_errand(key=KEY, kind="procure", system="north", remote_id=remote_id)


def test_an_order_is_placed_with_its_key(system: OrderSystem) -> None:
    sent = errands().send(errand())
    assert (sent.remote_id, sent.href) == ("1", f"/{BASE}/serviceOrder/1")
    assert system.posts == [KEY]


@pytest.mark.parametrize("deaf", [False, True])
def test_an_order_that_is_there_already_is_not_placed_again(system: OrderSystem, deaf: bool) -> None:
    system.deaf = deaf
    system.holds("somebody else's")
    system.holds(KEY)
    assert errands().send(errand()).remote_id == "2"
    assert system.posts == []


def test_an_order_whose_answer_was_lost_is_found_in_the_same_breath(system: OrderSystem) -> None:
    system.lose_answers = 1
    assert errands().send(errand()).remote_id == "1"
    assert system.posts == [KEY]


def test_an_order_that_nobody_can_find_after_a_lost_answer_is_told_as_uncertain(peer: responses.RequestsMock) -> None:
    peer.get(f"{BASE_URL}/{BASE}/serviceOrder", json=[])
    peer.post(f"{BASE_URL}/{BASE}/serviceOrder", body=requests.ReadTimeout("lost"))
    with pytest.raises(Unavailable, match="POST"):
        errands().send(errand())


def test_a_post_that_was_lost_says_that_it_may_have_arrived(peer: responses.RequestsMock) -> None:
    peer.get(ORDERS, json=[])
    peer.post(ORDERS, body=requests.ReadTimeout("lost"))
    with pytest.raises(Unavailable) as lost:
        errands().send(errand())
    assert lost.value.may_have_arrived


def test_an_answer_that_names_nothing_says_that_it_may_have_arrived(peer: responses.RequestsMock) -> None:
    peer.get(ORDERS, json=[])
    peer.post(ORDERS, status=202)
    with pytest.raises(Unavailable, match="does not say what it made") as lost:
        errands().send(errand())
    assert lost.value.may_have_arrived


def test_a_look_up_that_fails_before_anything_is_sent_says_that_nothing_has_arrived(
    peer: responses.RequestsMock,
) -> None:
    peer.get(ORDERS, body=requests.ReadTimeout("lost"))
    with pytest.raises(Unavailable) as lost:
        errands().send(errand())
    assert not lost.value.may_have_arrived


def test_a_conflict_over_the_key_leads_to_the_order_that_has_it(peer: responses.RequestsMock) -> None:
    orders = f"{BASE_URL}/{BASE}/serviceOrder"
    peer.get(orders, json=[])
    peer.post(orders, json={"code": "409", "reason": "duplicate"}, status=409)
    peer.get(orders, json=[{"id": "5", "externalId": KEY}])
    assert errands().send(errand()).remote_id == "5"


def test_a_refused_order_is_told_with_its_reason(peer: responses.RequestsMock) -> None:
    peer.get(f"{BASE_URL}/{BASE}/serviceOrder", status=404)
    peer.post(f"{BASE_URL}/{BASE}/serviceOrder", json={"code": "7", "reason": "no such offer"}, status=400)
    with pytest.raises(Refused, match="no such offer"):
        errands().send(errand())


def test_an_answer_that_does_not_name_the_order_is_made_good_by_a_look(peer: responses.RequestsMock) -> None:
    orders = f"{BASE_URL}/{BASE}/serviceOrder"
    peer.get(orders, json=[])
    peer.post(orders, status=202)
    peer.get(orders, json=[{"id": "5", "externalId": KEY}])
    assert errands().send(errand()).remote_id == "5"


def test_a_partner_without_address_is_refused(system: OrderSystem) -> None:
    with pytest.raises(Refused, match="west: no address"):
        errands().send(an_errand(key=KEY, kind="procure", system="west"))


def test_an_order_is_looked_at_by_its_id_and_before_that_by_its_key(system: OrderSystem) -> None:
    system.holds(KEY, "held")
    assert errands().look(errand("1")).remote_state == "held"
    assert errands().look(errand()).remote_state == "held"


def test_an_order_that_is_gone_is_unknown(system: OrderSystem) -> None:
    assert errands().look(errand("9")).state == "unknown"


def test_undoing_what_was_never_placed_says_that_it_is_not_there(system: OrderSystem) -> None:
    assert errands().undo(errand()).state == "unknown"
    assert system.cancels == []


@pytest.mark.parametrize(
    ("cancel_to", "left"), [("cancelled", "done"), ("pendingCancellation", "waiting"), ("inProgress", "failed")]
)
def test_an_order_is_undone_by_a_cancel_and_believed_by_its_state(
    system: OrderSystem, cancel_to: str, left: str
) -> None:
    system.cancel_to = cancel_to
    system.holds(KEY)
    assert errands().undo(errand("1")).state == left


def test_a_denied_cancel_is_told_with_its_reason_and_not_asked_again(system: OrderSystem) -> None:
    system.cancel_to = None
    system.holds(KEY)
    for _ in range(2):
        seen = errands().undo(errand("1"))
        assert (seen.state, seen.text) == ("failed", "Digging has begun.")
    assert len(system.cancels) == 1


def test_a_cancel_that_runs_is_waited_for(system: OrderSystem) -> None:
    system.holds(KEY, "assessingCancellation")
    assert errands().undo(errand("1")).state == "waiting"
    assert system.cancels == []


def test_a_cancel_that_conflicts_with_the_orders_state_is_a_denial(system: OrderSystem) -> None:
    system.cancel_conflict = True
    system.holds(KEY)
    seen = errands().undo(errand("1"))
    assert seen.state == "failed"
    assert "past the point of no return" in seen.text


def test_a_conflict_at_a_peer_that_lists_no_cancels_may_be_our_own_first_cancel(system: OrderSystem) -> None:
    system.cancel_conflict, system.lists_cancels = True, False
    system.holds(KEY)
    assert errands().undo(errand("1")).state == "waiting"


@pytest.mark.parametrize(("state", "left"), [("completed", "failed"), ("rejected", "done"), ("cancelled", "done")])
def test_an_order_that_is_over_needs_no_cancel(system: OrderSystem, state: str, left: str) -> None:
    system.holds(KEY, state)
    placed = errand("1")
    seen = errands().undo(placed)
    assert (seen.state, seen.delivered) == (left, placed.task.items if state == "completed" else ())
    assert system.cancels == []


@pytest.mark.parametrize(
    ("status", "body", "subscription"),
    [(201, {"id": "hub-3"}, "hub-3"), (409, {}, "http://us.test/listener/north"), (404, {}, None), (501, {}, None)],
)
def test_our_listener_is_registered_at_a_hub_once(
    peer: responses.RequestsMock, status: int, body: Any, subscription: str | None
) -> None:
    peer.post(f"{BASE_URL}/{BASE}/hub", json=body, status=status)
    assert errands().subscribe("north", "http://us.test/listener/north") == subscription


def test_a_hub_that_refuses_us_says_so(peer: responses.RequestsMock) -> None:
    peer.post(f"{BASE_URL}/{BASE}/hub", status=403)
    with pytest.raises(Refused):
        errands().subscribe("north", "http://us.test/listener/north")


# a partner that does not list its orders


def blind_errands(*idempotent: str) -> OrderErrands:
    clients = {"north": a_client("north")}
    return OrderErrands(API, clients, lambda errand: {"externalId": errand.task.key}, read, idempotent=idempotent)


@pytest.fixture
def unlisted(peer: responses.RequestsMock) -> responses.RequestsMock:
    peer.get(ORDERS, status=405)
    return peer


def test_an_order_is_placed_where_orders_are_not_listed(unlisted: responses.RequestsMock) -> None:
    unlisted.post(ORDERS, json={"id": "7"}, status=201)
    assert blind_errands().send(errand()).remote_id == "7"


@pytest.mark.parametrize("lost", [requests.ReadTimeout("lost"), requests.ConnectionError("reset"), None])
def test_an_answer_that_is_lost_there_makes_the_order_uncertain(
    unlisted: responses.RequestsMock, lost: Exception | None
) -> None:
    unlisted.post(ORDERS, body=lost) if lost else unlisted.post(ORDERS, status=502)
    with pytest.raises(Uncertain, match="cannot be found out"):
        blind_errands().send(errand())
    assert len(unlisted.calls) == 2


@pytest.mark.parametrize("refusal", [requests.ConnectTimeout("nobody"), 503, 429])
def test_an_order_that_certainly_did_not_arrive_there_is_tried_again(
    unlisted: responses.RequestsMock, refusal: Exception | int
) -> None:
    unlisted.post(ORDERS, status=refusal) if isinstance(refusal, int) else unlisted.post(ORDERS, body=refusal)
    with pytest.raises(Unavailable):
        blind_errands().send(errand())


def test_an_order_that_may_have_arrived_there_before_is_not_posted_again(unlisted: responses.RequestsMock) -> None:
    with pytest.raises(Uncertain):
        blind_errands().send(replace(errand(), again=True))
    assert [call.request.method for call in unlisted.calls] == ["GET"]


def test_an_order_that_may_be_there_without_an_id_that_we_know_cannot_be_taken_back_there(
    unlisted: responses.RequestsMock,
) -> None:
    with pytest.raises(Refused):
        blind_errands().undo(errand())
    assert [call.request.method for call in unlisted.calls] == ["GET"]


def test_who_knows_a_repetition_by_its_key_may_be_asked_again(unlisted: responses.RequestsMock) -> None:
    unlisted.post(ORDERS, body=requests.ReadTimeout("lost"))
    unlisted.post(ORDERS, json={"id": "7"}, status=201)
    with pytest.raises(Unavailable):
        blind_errands("north").send(errand())
    assert blind_errands("north").send(replace(errand(), again=True)).remote_id == "7"


def test_a_refusal_there_is_a_refusal(unlisted: responses.RequestsMock) -> None:
    unlisted.post(ORDERS, json={"code": "7", "reason": "no such offer"}, status=400)
    with pytest.raises(Refused, match="no such offer"):
        blind_errands().send(errand())


def first(key: str) -> Any:
    return replace(an_errand(key=key, kind="procure", system="north"), first=True)


def test_the_first_try_is_a_post_alone_at_a_system_that_lists_its_orders(
    system: OrderSystem, peer: responses.RequestsMock
) -> None:
    ours = errands()
    assert [ours.send(first(key)).remote_id for key in ("order-1/procure/1", "order-2/procure/1")] == ["1", "2"]
    assert [call.request.method for call in peer.calls] == ["GET", "POST", "POST"]
    assert ours.send(errand()).remote_id == "3"
    assert [call.request.method for call in peer.calls][3:] == ["GET", "POST"]


def test_a_first_try_whose_answer_was_lost_is_found(system: OrderSystem) -> None:
    ours = errands()
    ours.send(first("order-1/procure/1"))
    system.lose_answers = 1
    assert ours.send(first("order-2/procure/1")).remote_id == "2"
    assert system.posts == ["order-1/procure/1", "order-2/procure/1"]


def test_a_first_try_is_not_posted_twice_where_orders_are_not_listed_any_more(peer: responses.RequestsMock) -> None:
    peer.get(ORDERS, json=[])
    peer.get(ORDERS, status=405)
    peer.post(ORDERS, json={"id": "1"}, status=201)
    peer.post(ORDERS, body=requests.ReadTimeout("lost"))
    ours = errands()
    ours.send(first("order-1/procure/1"))
    with pytest.raises(Uncertain):
        ours.send(first("order-2/procure/1"))
    assert [call.request.method for call in peer.calls] == ["GET", "POST", "POST", "GET"]


def releasing() -> OrderErrands:
    return OrderErrands(API, {"north": a_client("north")}, _keyed, read_progress, release=_keyed)


def _keyed(errand: Any) -> Any:
    return {"externalId": errand.task.key}


def read_progress(_errand: Any, order: Any) -> Seen:
    return Seen(state="done" if order["state"] == "completed" else "waiting", remote_state=order["state"])


def test_a_delivery_that_can_be_released_is_given_back_by_an_order_of_its_own(system: OrderSystem) -> None:
    system.holds(KEY, "completed")
    assert releasing().undo(errand("1")).state == "waiting"
    assert releasing().undo(errand("1")).state == "waiting"
    assert system.posts == [f"{KEY}/release"]
    system.orders[-1]["state"] = "completed"
    assert releasing().undo(errand("1")).state == "done"
    assert (system.posts, system.cancels) == ([f"{KEY}/release"], [])


def test_what_is_not_delivered_yet_is_cancelled_and_not_released(system: OrderSystem) -> None:
    system.holds(KEY)
    assert releasing().undo(errand("1")).state == "done"
    assert (len(system.cancels), system.posts) == (1, [])
