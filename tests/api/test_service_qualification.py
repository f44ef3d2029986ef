"""Every operation of TMF645, for checks and queries alike."""

from typing import Any

import pytest

from linkwright.errors import StaleVersion

from .answers import error, valid
from .fakes import BASE
from .world import CHECKS, Client, World, a_check_body, a_query_body, schema_of

KINDS = [("checkServiceQualification", a_check_body), ("queryServiceQualification", a_query_body)]
each_kind = pytest.mark.parametrize(("kind", "body"), KINDS, ids=["check", "query"])


@each_kind
def test_a_question_is_accepted_and_answered_later(client: Client, world: World, kind: str, body: Any) -> None:
    answer = client.post(f"{CHECKS}/{kind}", body(ourOwn=1))
    assert answer.status_code == 201, answer.text
    question = valid("tmf645-v4", schema_of(kind), answer.json())
    assert answer.headers["location"] == question["href"] == f"{BASE}{CHECKS}/{kind}/id-1"
    assert question["state"] == "accepted"
    assert question["ourOwn"] == 1
    assert isinstance(question["serviceQualificationItem"], list)
    assert world.questions.stored == ["accepted"]


@each_kind
def test_who_waits_gets_the_answer(client: Client, world: World, kind: str, body: Any) -> None:
    world.questions.may_answer.set()
    answer = client.post(f"{CHECKS}/{kind}", body(instantSyncQualification=True))
    assert answer.status_code == 200, answer.text
    question = valid("tmf645-v4", schema_of(kind), answer.json())
    assert question["state"] == "done"
    assert answer.headers["location"] == question["href"]
    assert world.questions.stored == ["answered"]
    assert world.questions.named == [{"kind": kind.removesuffix("ServiceQualification"), "id": "id-1"}]


def test_nobody_waits_longer_than_the_budget() -> None:
    """The questions of the first two are being computed; for the others there was no thread."""
    world = World(budget_s=0.05)
    with Client(world.app) as client:
        for state in ("inProgress", "inProgress", "accepted", "accepted", "accepted"):
            answer = client.post(f"{CHECKS}/checkServiceQualification", a_check_body(instantSyncQualification=True))
            assert answer.status_code == 201
            assert answer.json()["state"] == state
            assert answer.headers["location"]
    assert world.questions.stored == [*["begun, due after 0.1 s"] * 2, *["accepted"] * 3]
    world.close()


@each_kind
def test_an_answer_that_comes_late_is_stored_when_it_comes(kind: str, body: Any) -> None:
    world = World(budget_s=0.05)
    with Client(world.app) as client:
        answer = client.post(f"{CHECKS}/{kind}", body(instantSyncQualification=True))
        assert (answer.status_code, answer.json()["state"]) == (201, "inProgress")
        world.questions.may_answer.set()
        assert world.questions.has_finished.wait(timeout=30)
        assert client.get(f"{CHECKS}/{kind}/id-1").json()["state"] == "done"
    assert world.questions.stored == ["begun, due after 0.1 s", "finished"]
    world.close()


@each_kind
def test_a_late_answer_is_not_looked_for_any_more_once_its_question_is_removed(kind: str, body: Any) -> None:
    world = World(budget_s=0.05)
    with Client(world.app) as client:
        assert client.post(f"{CHECKS}/{kind}", body(instantSyncQualification=True)).json()["state"] == "inProgress"
        assert not world.questions.gave_up.wait(timeout=0.2)
        assert client.delete(f"{CHECKS}/{kind}/id-1").status_code == 204
        assert world.questions.gave_up.wait(timeout=30)
    world.close()


@each_kind
def test_an_answer_is_not_looked_for_any_more_once_a_twin_was_stored_first(kind: str, body: Any) -> None:
    world = World(budget_s=0.05)
    with Client(world.app) as client:
        first = client.post(f"{CHECKS}/{kind}", body()).json()
        world.questions.first_meanwhile = first["id"]
        assert client.post(f"{CHECKS}/{kind}", body(instantSyncQualification=True)).json() == first
        assert world.questions.gave_up.wait(timeout=30)
    assert world.questions.stored == ["accepted"]
    world.close()


def a_check_with_a_hold() -> Any:
    body = a_check_body(instantSyncQualification=True)
    held = {"name": "holdPolicy", "valueType": "string", "value": "soft", "@type": "StringCharacteristic"}
    body["serviceQualificationItem"][0]["service"].setdefault("serviceCharacteristic", []).append(held)
    return body


def test_a_check_that_asks_for_holds_is_there_before_it_is_answered(client: Client, world: World) -> None:
    world.questions.may_answer.set()
    answer = client.post(f"{CHECKS}/checkServiceQualification", a_check_with_a_hold())
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert world.questions.stored == ["begun, due after 40 s", "finished"]


@pytest.mark.parametrize("breaks", [None, StaleVersion("taken over")])
def test_a_check_with_holds_that_is_not_answered_in_time_is_told_as_begun(breaks: Exception | None) -> None:
    world = World(budget_s=0.05)
    world.questions.breaks = breaks
    with Client(world.app) as client:
        answer = client.post(f"{CHECKS}/checkServiceQualification", a_check_with_a_hold())
        assert (answer.status_code, answer.json()["state"]) == (201, "inProgress")
        world.questions.may_answer.set()
    world.close()


def test_a_repetition_is_told_the_first_question_without_a_design(client: Client, world: World) -> None:
    first = client.post(f"{CHECKS}/checkServiceQualification", a_check_body()).json()
    world.questions.first, world.questions.breaks = first["id"], AssertionError("it was designed again")
    again = client.post(f"{CHECKS}/checkServiceQualification", a_check_body(instantSyncQualification=True))
    assert (again.status_code, again.json()) == (201, first)


def test_a_question_that_cannot_be_answered_at_once_is_left_to_its_run(client: Client, world: World) -> None:
    world.questions.breaks = StaleVersion("taken over")
    answer = client.post(f"{CHECKS}/checkServiceQualification", a_check_body(instantSyncQualification=True))
    assert answer.status_code == 201
    assert answer.json()["state"] == "accepted"
    assert world.questions.stored == ["accepted"]


@each_kind
def test_a_question_is_read_listed_patched_and_removed(client: Client, kind: str, body: Any) -> None:
    created = client.post(f"{CHECKS}/{kind}", body()).json()
    one = client.get(f"{CHECKS}/{kind}/id-1")
    assert (one.status_code, one.json(), one.headers["etag"]) == (200, created, '"1"')
    listed = client.get(f"{CHECKS}/{kind}?state=accepted")
    assert (listed.status_code, listed.json(), listed.headers["x-total-count"]) == (200, [created], "1")
    patched = client.patch(f"{CHECKS}/{kind}/id-1", {"description": "new"})
    assert (patched.status_code, patched.headers["etag"]) == (200, '"2"')
    assert valid("tmf645-v4", schema_of(kind), patched.json())["description"] == "new"
    removed = client.delete(f"{CHECKS}/{kind}/id-1")
    assert (removed.status_code, removed.content) == (204, b"")
    error(client.get(f"{CHECKS}/{kind}/id-1"), 404)
    error(client.delete(f"{CHECKS}/{kind}/id-1"), 404)


def test_an_empty_item_is_no_mistake(client: Client) -> None:
    answer = client.post(f"{CHECKS}/checkServiceQualification", {"serviceQualificationItem": [{}]})
    assert answer.status_code == 201, answer.text


def test_empty_criteria_are_no_mistake(client: Client) -> None:
    assert client.post(f"{CHECKS}/queryServiceQualification", {"searchCriteria": {}}).status_code == 201


@each_kind
def test_what_is_mandatory_must_be_there(client: Client, kind: str, body: Any) -> None:
    error(client.post(f"{CHECKS}/{kind}", {"description": "empty"}), 400, *body())


def test_a_check_has_a_limit_of_items(client: Client) -> None:
    items = [{"id": str(number)} for number in range(51)]
    error(client.post(f"{CHECKS}/checkServiceQualification", {"serviceQualificationItem": items}), 400, "51")


def test_a_name_that_the_contract_does_not_know_may_hold_anything(client: Client) -> None:
    body = a_query_body(serviceQualificationItem=5)
    assert client.post(f"{CHECKS}/queryServiceQualification", body).status_code == 201
    body = {"serviceQualificationItem": [{"id": "1", "serviceQualificationItem": "x"}]}
    assert client.post(f"{CHECKS}/checkServiceQualification", body).status_code == 201
