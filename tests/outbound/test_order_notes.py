"""Notes on a partner's order: added to those that are there, and found again."""

from typing import Any

import orjson
import pytest
import responses

from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand
from linkwright.orders.replies import Reply
from linkwright.outbound.order_notes import OrderNotes
from linkwright.wire.v4.progress import read_order_progress
from tests.wire.schemas import assert_contract, assert_published

from .builders import an_errand
from .fakes import BASE_URL, a_client

KEY, ORDER = "order-1/procure/1/offer-7", f"{BASE_URL}/tmf-api/serviceOrdering/v4/serviceOrder/7"
QUESTION = {"id": "q", "author": "north", "date": "2027-01-01T00:00:00Z", "text": "Which floor?"}
REPLY = Reply(id="abc", text="the third")
NOTES = OrderNotes({"north": a_client("north")})


def errand(system: str = "north") -> Errand:
    return an_errand(key=KEY, kind="procure", system=system, remote_id="7")


def test_a_note_is_added_to_those_that_are_there(peer: responses.RequestsMock) -> None:
    peer.get(ORDER, json={"id": "7", "note": [QUESTION]})
    peer.patch(ORDER, json={"id": "7"})
    NOTES.tell(errand(), REPLY)
    sent = peer.calls[1].request
    body = orjson.loads(sent.body or b"")
    assert sent.headers["Idempotency-Key"] == f"{KEY}/note/abc"
    assert body["note"][0] == QUESTION
    assert [(note["author"], note["text"]) for note in body["note"][1:]] == [("linkwright", "the third")]
    assert_contract("outward/tmf641-partner-v4.yaml", "ServiceOrder_Update", body)
    assert_published("TMF641-ServiceOrdering-v4.1.0", "ServiceOrder_Update", body)


@pytest.mark.parametrize("known", [{"id": "abc", "text": "THE THIRD"}, {"author": "linkwright", "text": "the third"}])
def test_a_note_that_is_there_already_is_not_added_again(peer: responses.RequestsMock, known: dict[str, Any]) -> None:
    peer.get(ORDER, json={"id": "7", "note": [QUESTION, known]})
    NOTES.tell(errand(), REPLY)
    assert len(peer.calls) == 1


def test_the_same_words_before_the_question_were_the_answer_to_another_one(peer: responses.RequestsMock) -> None:
    before = {"id": "xyz", "author": "linkwright", "text": "the third"}
    peer.get(ORDER, json={"id": "7", "note": [before, QUESTION]})
    peer.patch(ORDER, json={"id": "7"})
    NOTES.tell(errand(), REPLY)
    assert len(orjson.loads(peer.calls[1].request.body or b"")["note"]) == 3


@pytest.mark.parametrize("odd", [{"note": 5}, {"id": "7", "note": {"text": "Which floor?"}}])
def test_an_order_with_odd_notes_or_without_an_id_gets_the_note_all_the_same(
    peer: responses.RequestsMock, odd: dict[str, Any]
) -> None:
    peer.get(ORDER, json=odd)
    peer.patch(ORDER, json={"id": "7"})
    NOTES.tell(errand(), REPLY)
    assert [note["id"] for note in orjson.loads(peer.calls[1].request.body or b"")["note"]] == ["abc"]


def test_a_note_on_an_order_that_somebody_else_changed_meanwhile_is_tried_again(peer: responses.RequestsMock) -> None:
    peer.get(ORDER, json={"id": "7"})
    peer.patch(ORDER, status=409)
    with pytest.raises(Unavailable):
        NOTES.tell(errand(), REPLY)


def test_what_is_no_order_is_looked_at_again(peer: responses.RequestsMock) -> None:
    peer.get(ORDER, json=["?"])
    with pytest.raises(Unavailable):
        NOTES.tell(errand(), REPLY)


def test_who_takes_no_notes_refuses_and_who_is_down_may_be_tried_again(peer: responses.RequestsMock) -> None:
    peer.get(ORDER, json={"id": "7"})
    peer.patch(ORDER, status=405)
    with pytest.raises(Refused):
        NOTES.tell(errand(), REPLY)
    peer.replace(responses.PATCH, ORDER, status=503)
    with pytest.raises(Unavailable):
        NOTES.tell(errand(), REPLY)


def test_an_order_that_is_gone_and_a_partner_that_is_not_configured_take_no_notes(peer: responses.RequestsMock) -> None:
    peer.get(ORDER, status=404)
    with pytest.raises(Refused):
        NOTES.tell(errand(), REPLY)
    with pytest.raises(Refused):
        NOTES.tell(errand("west"), REPLY)


def test_our_own_note_is_not_taken_for_the_partners_next_question() -> None:
    ours = {"author": "linkwright", "date": "2027-01-02T00:00:00Z", "text": "the third"}
    assert read_order_progress({"state": "pending", "note": [QUESTION, ours]}).text == "Which floor?"
