"""Objectives at a service quality system that can do what its contract says, and goes wrong on the way."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
import requests
import responses

from linkwright.errors import Refused, Unavailable, Uncertain
from linkwright.outbound.tmf657_quality import QualityErrands
from tests.builders import a_solution
from tests.orders.world import AVAILABLE, QUICK

from .builders import an_errand
from .fakes import BASE_URL, a_client

ROOT = f"{BASE_URL}/tmf-api/serviceQualityManagement/v4"
OBJECTIVES, SPECIFICATIONS = f"{ROOT}/serviceLevelObjective", f"{ROOT}/serviceLevelSpecification"
KEY = "order-1/publish/1"
Json = dict[str, Any]


def publish(**changes: Any) -> Any:
    told = {"key": KEY, "kind": "publish", "system": "service-quality", **changes}
    return an_errand(a_solution(objectives=(AVAILABLE, QUICK)), **told)


def quality() -> QualityErrands:
    return QualityErrands("service-quality", a_client("service-quality"))


class Shelf:
    """Keeps what is posted, and filters by name and id as lists do. `fails` answers a call, once, otherwise."""

    def __init__(self, peer: responses.RequestsMock) -> None:
        self.stored: dict[str, dict[str, Json]] = {OBJECTIVES: {}, SPECIFICATIONS: {}}
        self.fails: dict[tuple[str, str], Any] = {}
        self.calls: list[tuple[str, str]] = []
        for method in ("GET", "POST", "DELETE"):
            peer.add_callback(method, _any(), callback=self.answer)

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        collection = OBJECTIVES if "/serviceLevelObjective" in request.url else SPECIFICATIONS
        path = request.url.partition("?")[0]
        self.calls.append((request.method, collection))
        failure = self.fails.pop((request.method, collection), None)
        if isinstance(failure, int):
            return failure, {}, orjson.dumps({"code": "x", "reason": "no"}).decode()
        status, body = self.done(request, collection, path)
        if failure is not None:
            raise failure
        return status, {}, "" if body is None else orjson.dumps(body).decode()

    def done(self, request: Any, collection: str, path: str) -> tuple[int, Any]:
        kept, last = self.stored[collection], path.rpartition("/")[2]
        if request.method == "POST":
            made = {**orjson.loads(request.body), "id": f"{'o' if collection == OBJECTIVES else 's'}{len(self.calls)}"}
            kept[made["id"]] = made
            return 201, made
        if request.method == "DELETE":
            return (404, {"code": "x", "reason": "y"}) if kept.pop(last, None) is None else (204, None)
        if path != collection:
            return (200, kept[last]) if last in kept else (404, {"code": "x", "reason": "y"})
        wanted = {name: value.split(",") for name, value in request.params.items() if name in ("name", "id")}
        return 200, [one for one in kept.values() if all(one[name] in values for name, values in wanted.items())]

    @property
    def names(self) -> list[str]:
        return [one["name"] for kept in self.stored.values() for one in kept.values()]


def _any() -> Any:
    import re

    return re.compile(f"{re.escape(ROOT)}/.*")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as peer:
        yield Shelf(peer)


def test_each_objective_is_made_and_then_the_list_of_them(shelf: Shelf) -> None:
    sent = quality().send(replace(publish(), first=True))
    assert shelf.calls == [("POST", OBJECTIVES), ("POST", OBJECTIVES), ("POST", SPECIFICATIONS)]
    assert shelf.names == [f"{KEY}/1", f"{KEY}/2", KEY]
    (listed,) = shelf.stored[SPECIFICATIONS].values()
    assert [one["id"] for one in listed["relatedServiceLevelObjective"]] == list(shelf.stored[OBJECTIVES])
    assert sent.remote_id == listed["id"]
    first, second = shelf.stored[OBJECTIVES].values()
    assert (first["conformanceTarget"], first["thresholdTarget"], first["conformanceComparator"]) == (
        "0.9995",
        "0.9997",
        ">=",
    )
    assert second["serviceLevelObjectiveParameter"]["transformationAlgorithmOfKQI"] == (
        "Measured at CPE, in ms, over month."
    )


def test_what_is_there_is_told_by_name_in_whatever_sequence(shelf: Shelf) -> None:
    sent = quality().send(replace(publish(), first=True))
    (listed,) = shelf.stored[SPECIFICATIONS].values()
    listed["relatedServiceLevelObjective"].reverse()
    seen = quality().look(publish(remote_id=sent.remote_id))
    first, second = shelf.stored[OBJECTIVES]
    assert (seen.state, seen.reported) == ("done", {"1": {"objectives": {"availability": first, "round trip": second}}})


def test_a_list_that_is_gone_is_not_known(shelf: Shelf) -> None:
    assert quality().look(publish(remote_id="s9")).state == "unknown"


def test_nothing_is_made_twice_after_a_lost_answer(shelf: Shelf) -> None:
    for lost in ((("POST", OBJECTIVES)), (("POST", SPECIFICATIONS))):
        shelf.fails[lost] = requests.ConnectionError("reset")
        quality().send(publish())
        assert sorted(shelf.names) == sorted([f"{KEY}/1", f"{KEY}/2", KEY])


def test_a_second_try_takes_up_what_the_first_has_made(shelf: Shelf) -> None:
    shelf.fails["POST", SPECIFICATIONS] = 503
    with pytest.raises(Unavailable) as failed:
        quality().send(replace(publish(), first=True))
    assert failed.value.may_have_arrived
    quality().send(publish())
    assert sorted(shelf.names) == sorted([f"{KEY}/1", f"{KEY}/2", KEY])


def test_where_nobody_answers_at_first_nothing_can_be_there(shelf: Shelf) -> None:
    shelf.fails["POST", OBJECTIVES] = 503
    with pytest.raises(Unavailable) as failed:
        quality().send(replace(publish(), first=True))
    assert not failed.value.may_have_arrived


def test_a_refusal_leaves_nothing_behind(shelf: Shelf) -> None:
    shelf.fails["POST", SPECIFICATIONS] = 400
    with pytest.raises(Refused):
        quality().send(replace(publish(), first=True))
    assert shelf.names == []


def test_a_refusal_that_leaves_something_behind_is_for_a_person(shelf: Shelf) -> None:
    shelf.fails["POST", SPECIFICATIONS] = 400
    shelf.fails["DELETE", OBJECTIVES] = 405
    with pytest.raises(Uncertain, match="still there"):
        quality().send(replace(publish(), first=True))


def test_all_is_taken_out_the_list_first(shelf: Shelf) -> None:
    sent = quality().send(replace(publish(), first=True))
    shelf.calls.clear()
    assert quality().undo(publish(remote_id=sent.remote_id)).state == "done"
    assert shelf.names == []
    assert [call for call in shelf.calls if call[0] == "DELETE"] == [
        ("DELETE", SPECIFICATIONS),
        ("DELETE", OBJECTIVES),
        ("DELETE", OBJECTIVES),
    ]
    assert quality().undo(publish(remote_id=sent.remote_id)).state == "unknown"


def test_a_part_of_it_is_found_and_taken_out_without_its_list(shelf: Shelf) -> None:
    shelf.fails["POST", SPECIFICATIONS] = 503
    with pytest.raises(Unavailable):
        quality().send(replace(publish(), first=True))
    assert quality().undo(publish()).state == "done"
    assert shelf.names == []


def test_what_was_interrupted_while_it_was_taken_out_is_ended_later(shelf: Shelf) -> None:
    sent = quality().send(replace(publish(), first=True))
    shelf.fails["DELETE", OBJECTIVES] = 503
    with pytest.raises(Unavailable):
        quality().undo(publish(remote_id=sent.remote_id))
    assert quality().undo(publish(remote_id=sent.remote_id)).state == "done"
    assert shelf.names == []


def test_a_system_that_takes_nothing_out_refuses(shelf: Shelf) -> None:
    sent = quality().send(replace(publish(), first=True))
    shelf.fails["DELETE", SPECIFICATIONS] = 405
    with pytest.raises(Refused):
        quality().undo(publish(remote_id=sent.remote_id))


def test_there_is_nothing_to_listen_to() -> None:
    assert quality().subscribe("service-quality", "http://us/listener/service-quality") is None
