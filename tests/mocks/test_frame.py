"""The frame that every mock has: contracts, errors, pages, keys, faults, events and control."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mocks.calls import Query
from mocks.events import OVERTAKEN_S
from mocks.faults import Faults, FaultSettings, read_faults
from mocks.frame import MissingHandler, build_app
from mocks.paging import paged
from mocks.roles import Clock

from .driven import Driven, driven
from .things import CONTRACT, Things

THING, HUB = "/things/v1/thing", "/things/v1"
SPOON = {"name": "spoon", "size": 1}


@pytest.fixture
def contracts_dir(tmp_path: Path) -> Path:
    (tmp_path / "things.yaml").write_text(CONTRACT)
    return tmp_path


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture
def mock(things: Things, contracts_dir: Path) -> Iterator[Driven]:
    with driven(things, contracts_dir) as running:
        yield running


# Contract and errors


def test_an_operation_without_handler_stops_the_start_up(things: Things, contracts_dir: Path) -> None:
    del things.handlers["deleteThing"]
    with pytest.raises(MissingHandler, match="deleteThing"):
        build_app(things, contracts_dir=contracts_dir, faults=Faults(), clock=Clock())


def test_a_handler_gets_what_the_caller_said(mock: Driven, things: Things) -> None:
    mock.clock.set(datetime(2027, 1, 4, tzinfo=UTC))
    mock.call("POST", f"{THING}?a=1&b=2&a=3", SPOON, key="key-1")
    (call,) = things.calls
    assert call.query == [("a", "1"), ("b", "2"), ("a", "3")]
    assert (call.body, call.headers["idempotency-key"]) == (SPOON, "key-1")
    assert (call.base_url, call.base_path, call.contract) == ("http://mock.test", "/things/v1", "things.yaml")
    assert call.now == datetime(2027, 1, 4, tzinfo=UTC)


def test_all_faults_of_a_body_are_named(mock: Driven) -> None:
    answer = mock.call("POST", THING, {"name": 1, "since": "yesterday"})
    assert answer.status_code == 400
    assert answer.json()["@type"] == "Error"
    for fault in ("size", "name", "since"):
        assert fault in answer.json()["message"]


def test_a_body_may_come_in_chunks(mock: Driven) -> None:
    async def chunks() -> Any:
        yield b'{"name": "spoon",'
        yield b' "size": 1}'

    assert mock.call("POST", THING, content=chunks()).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", THING, {"content": b'{"name"'}, 400),
        ("POST", THING, {"content": b""}, 400),
        ("GET", f"{THING}?offset=first", {}, 400),
        ("GET", f"{THING}/thing-9", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("PUT", THING, {}, 405),
        ("POST", THING, {"data": {"name": "spoon"}}, 415),
        ("POST", THING, {"json": {"name": "bug", "size": 1}}, 500),
    ],
)
def test_every_error_is_a_tmf_error(mock: Driven, method: str, path: str, options: dict[str, Any], status: int) -> None:
    answer = mock.call(method, path, **options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["status"] == str(status)
    assert {"code", "reason"} <= answer.json().keys()


def test_a_wrong_method_is_told_the_right_ones(mock: Driven) -> None:
    assert mock.call("PUT", THING).headers["allow"] == "GET, POST"
    assert mock.call("PUT", f"{THING}/thing-1").headers["allow"] == "DELETE, GET"


def test_an_answer_against_the_contract_is_seen(mock: Driven) -> None:
    answer = mock.call("POST", THING, {"name": "liar", "size": 1})
    assert answer.status_code == 500
    assert "size" in answer.json()["message"]


def test_one_mock_can_serve_two_apis(things: Things, contracts_dir: Path) -> None:
    other = CONTRACT.replace("/things/v1/", "/others/v2").replace("Thing\n", "Other\n")
    (contracts_dir / "others.yaml").write_text(other)
    things.contracts = ("things.yaml", "others.yaml")
    things.handlers.update({name.replace("Thing", "Other"): do for name, do in things.handlers.items()})
    with driven(things, contracts_dir) as mock:
        mock.post(THING, SPOON)
        assert mock.post("/others/v2/thing", SPOON)["href"] == "http://mock.test/others/v2/thing/thing-2"
        assert len(mock.get("/others/v2/thing")) == 2


# Pages and filters

ITEMS = [
    {"id": "a", "state": "held", "item": [{"service": {"name": "x"}}, {"service": {"name": "y"}}], "open": True},
    {"id": "b", "state": "done", "item": [{"service": {"name": "y"}}], "count": 2},
    {"id": "c", "state": "done", "item": []},
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ([], "abc"),
        ([("state", "done")], "bc"),
        ([("state", "held,done")], "abc"),
        ([("state", "held"), ("state", "done")], "abc"),
        ([("state", "done"), ("item.service.name", "y")], "b"),
        ([("item.service.name", "x")], "a"),
        ([("open", "true")], "a"),
        ([("count", "2")], "b"),
        ([("state", '"held"')], "a"),
        ([("nothing", "x")], ""),
        ([("offset", "1"), ("limit", "1")], "b"),
        ([("offset", "3")], ""),
    ],
)
def test_lists_are_filtered_and_paged(query: Query, found: str) -> None:
    assert "".join(item["id"] for item in paged(ITEMS, query).body) == found


def test_a_page_says_how_many_there_are_in_all() -> None:
    answer = paged([{"id": str(number)} for number in range(250)], [("limit", "1000"), ("offset", "20")])
    assert len(answer.body) == 100
    assert answer.headers == {"X-Total-Count": "250", "X-Result-Count": "100"}


def test_fields_are_cut_down_and_the_id_stays() -> None:
    assert paged(ITEMS, [("fields", "state, open"), ("count", "2")]).body == [{"id": "b", "state": "done"}]


@pytest.mark.parametrize("query", [[("offset", "-1")], [("limit", "some")]])
def test_a_page_that_cannot_be_is_refused(query: Query) -> None:
    assert paged(ITEMS, query).status == 400


# Keys


def test_a_key_gets_its_first_answer_again_and_is_counted(mock: Driven) -> None:
    first = mock.call("POST", THING, SPOON, key="key-1")
    again = mock.call("POST", THING, {"name": "fork", "size": 2}, key="key-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert mock.get("/mock-control/state")["duplicates"] == {"key-1": 1}


def test_without_key_everything_is_new(mock: Driven) -> None:
    assert mock.post(THING, SPOON)["id"] != mock.post(THING, SPOON)["id"]


def test_a_refused_request_does_not_use_up_its_key(mock: Driven) -> None:
    assert mock.call("POST", THING, {"name": "spoon"}, key="key-1").status_code == 400
    assert mock.call("POST", THING, SPOON, key="key-1").status_code == 201


# Faults


def test_so_many_calls_fail_and_do_nothing(mock: Driven) -> None:
    mock.have(fail_next=2, fail_status=502)
    statuses = [mock.call("POST", THING, SPOON, key="key-1").status_code for _ in range(3)]
    assert statuses == [502, 502, 201]
    assert len(mock.get(THING)) == 1


def test_a_rate_of_failures_is_the_same_for_the_same_seed(mock: Driven) -> None:
    runs = []
    for _ in range(2):
        mock.have(fail_rate=0.3, seed=5)
        runs.append([mock.call("GET", THING).status_code for _ in range(40)])
    assert runs[0] == runs[1]
    assert 4 < runs[0].count(503) < 20


def test_a_call_too_many_in_a_second_is_told_to_come_back(mock: Driven) -> None:
    mock.have(max_per_s=1)
    assert mock.call("GET", THING).status_code == 200
    late = [answer for answer in (mock.call("GET", THING) for _ in range(50)) if answer.status_code != 200]
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in late} == {(429, "1")}


@pytest.mark.parametrize(("step_s", "statuses"), [(0.25, {None, 429}), (0.34, {None})])
def test_so_many_calls_in_a_second_are_enough(step_s: float, statuses: set[int | None]) -> None:
    moments = iter(n * step_s for n in range(100))
    faults = Faults(FaultSettings(max_per_s=3), monotonic=lambda: next(moments))
    assert {faults.verdict("listThing").status for _ in range(50)} == statuses


def test_faults_can_be_those_of_one_operation(mock: Driven) -> None:
    mock.have(fail_next=1, operations=["createThing"])
    assert mock.call("GET", THING).status_code == 200
    assert mock.call("POST", THING, SPOON).status_code == 503


def test_a_broken_answer_comes_after_the_work(mock: Driven) -> None:
    mock.have(malformed=True, times=1)
    answer = mock.call("POST", THING, SPOON)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(mock.get(THING)) == 1


@pytest.mark.parametrize(("drop", "stored"), [("before", 0), ("after", 1)])
def test_a_connection_is_dropped_before_or_after_the_work(mock: Driven, drop: str, stored: int) -> None:
    mock.have(drop=drop, times=1)
    with pytest.raises(ConnectionAbortedError):
        mock.call("POST", THING, SPOON)
    assert len(mock.get(THING)) == stored


def test_what_is_forgotten_is_gone_and_its_key_is_new(mock: Driven) -> None:
    mock.have(drop="forget", times=1)
    lost = mock.post(THING, SPOON, key="key-1")
    assert mock.call("GET", f"{THING}/{lost['id']}").status_code == 404
    assert mock.post(THING, SPOON, key="key-1")["id"] != lost["id"]


@pytest.mark.parametrize("delay", ["latency_s", "hang_s"])
def test_a_late_answer_is_the_right_one(mock: Driven, delay: str) -> None:
    mock.have(**{delay: 0.001})
    assert mock.post(THING, SPOON)["name"] == "spoon"


@pytest.mark.parametrize(("hold", "stored"), [("before", 0), ("after", 1)])
def test_a_call_is_held_before_or_after_the_work_until_faults_are_cleared(mock: Driven, hold: str, stored: int) -> None:
    mock.have(hold=hold, times=1)
    held = mock.begin("POST", THING, SPOON)
    mock.until(lambda: mock.get("/mock-control/held")["held"])
    assert len(mock.get(THING)) == stored
    mock.call("DELETE", "/mock-control/faults")
    assert mock.end(held).status_code == 201
    assert len(mock.get(THING)) == 1
    assert mock.get("/mock-control/held") == {"held": 0}


def test_the_first_calls_can_be_spared(mock: Driven) -> None:
    mock.have(fail_next=1, skip=2)
    assert [mock.call("GET", THING).status_code for _ in range(4)] == [200, 200, 503, 200]


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="latency_ms"):
        FaultSettings.read({"latency_ms": 5})
    with pytest.raises(ValueError, match="before"):
        FaultSettings.read({"drop": "sometimes"})


def test_faults_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('{"pool": {"fail_next": 2, "operations": ["createReservation"]}}')
    assert read_faults(file) == {"pool": FaultSettings(fail_next=2, operations=("createReservation",))}
    file.write_text('{"pool": {"fail_nxt": 2}}')
    with pytest.raises(ValueError, match=r"faults\.json, pool: .*fail_nxt"):
        read_faults(file)


# Events


def names_told(mock: Driven) -> list[str]:
    return [event["event"]["thing"]["name"] for _, event in mock.events]


def make(mock: Driven, *names: str) -> None:
    for name in names:
        mock.post(THING, {"name": name, "size": 1})


def test_an_event_goes_to_the_callback_as_it_was_given(mock: Driven) -> None:
    mock.clock.set(datetime(2027, 1, 4, 8, 30, tzinfo=UTC))
    mock.subscribe(HUB, "http://us.test/listener/north?token=1")
    thing = mock.post(THING, SPOON)
    callback, event = mock.until(lambda: mock.events)[0]
    assert callback == "http://us.test/listener/north?token=1"
    assert event.pop("eventId")
    assert event == {
        "eventType": "ThingCreateEvent",
        "eventTime": "2027-01-04T08:30:00.000Z",
        "timeOcurred": "2027-01-04T08:30:00.000Z",
        "correlationId": thing["id"],
        "domain": "thing",
        "title": "Thing Create Event",
        "event": {"thing": thing},
    }


def test_events_come_in_their_order_although_the_first_is_refused_at_first(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.refusals = 2
    make(mock, "a", "b", "c")
    mock.until(lambda: len(mock.events) == 3)
    assert names_told(mock) == ["a", "b", "c"]


def test_an_event_that_nobody_takes_is_given_up_for_the_next(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.refusals = 4
    make(mock, "a", "b")
    mock.until(lambda: mock.events)
    assert names_told(mock) == ["b"]


def test_a_subscription_takes_only_what_its_query_says(mock: Driven) -> None:
    mock.subscribe(HUB, query="event.thing.name=b,c&eventType=ThingCreateEvent")
    make(mock, "a", "b", "c")
    mock.until(lambda: len(mock.events) == 2)
    assert names_told(mock) == ["b", "c"]


def test_no_event_comes_after_the_end_of_a_subscription(mock: Driven) -> None:
    gone, kept = mock.subscribe(HUB, "http://us.test/gone"), mock.subscribe(HUB, "http://us.test/kept")
    assert mock.call("DELETE", f"{HUB}/hub/{gone['id']}").status_code == 204
    assert mock.call("DELETE", f"{HUB}/hub/{gone['id']}").status_code == 404
    make(mock, "a")
    mock.until(lambda: mock.events)
    assert [callback for callback, _ in mock.events] == [kept["callback"]]


def test_subscribing_again_changes_nothing(mock: Driven) -> None:
    assert mock.subscribe(HUB) == mock.subscribe(HUB)
    assert len(mock.get("/mock-control/state")["hub"]) == 1


def test_a_callback_that_is_no_address_is_refused(mock: Driven) -> None:
    assert mock.call("POST", f"{HUB}/hub", {"callback": "file:///etc/passwd"}).status_code == 400


def test_events_can_come_twice(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.have(events_twice=True)
    make(mock, "a")
    mock.until(lambda: len(mock.events) == 2)
    assert mock.events[0] == mock.events[1]


def test_events_can_be_lost(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.have(events_dropped=True)
    make(mock, "a")
    mock.have()
    make(mock, "b")
    mock.until(lambda: mock.events)
    assert names_told(mock) == ["b"]


def test_events_can_overtake_each_other(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.have(events_reordered=True)
    make(mock, "a", "b", "c")
    mock.until(lambda: len(mock.events) == 3)
    assert names_told(mock) == ["b", "a", "c"]


def test_events_can_come_late(mock: Driven) -> None:
    mock.subscribe(HUB)
    mock.have(events_late_s=5 * OVERTAKEN_S)
    make(mock, "a")
    assert mock.events == []
    mock.until(lambda: mock.events)
    assert names_told(mock) == ["a"]


# Control


def test_calls_are_recorded_with_key_and_status(mock: Driven) -> None:
    mock.call("POST", THING, SPOON, key="key-1")
    mock.call("GET", f"{THING}/thing-9")
    recorded = mock.get("/mock-control/calls")
    assert all(datetime.fromisoformat(call.pop("at")).tzinfo for call in recorded)
    assert recorded == [
        {"method": "POST", "path": THING, "key": "key-1", "status": 201, "made": "thing-1"},
        {"method": "GET", "path": f"{THING}/thing-9", "key": None, "status": 404},
    ]


def test_the_state_shows_what_is_stored(mock: Driven) -> None:
    thing = mock.post(THING, SPOON)
    subscription = mock.subscribe(HUB)
    assert mock.get("/mock-control/state") == {
        "thing": [thing],
        "hub": [{**subscription, "contract": "things.yaml"}],
        "duplicates": {},
    }


def test_faults_are_set_and_cleared_from_outside(mock: Driven) -> None:
    assert mock.call("PUT", "/mock-control/faults", {"fail_next": 5}).status_code == 204
    assert mock.call("GET", THING).status_code == 503
    assert mock.call("DELETE", "/mock-control/faults").status_code == 204
    assert mock.call("GET", THING).status_code == 200
    assert mock.call("PUT", "/mock-control/faults", {"fail_never": 5}).status_code == 400


def test_the_clock_is_set_and_let_go_from_outside(mock: Driven) -> None:
    answer = mock.call("PUT", "/mock-control/clock", {"now": "2027-05-03T10:00:00+02:00"})
    assert answer.json() == {"now": "2027-05-03T08:00:00.000Z"}
    assert mock.clock() == datetime(2027, 5, 3, 8, tzinfo=UTC)
    assert mock.call("PUT", "/mock-control/clock", {"now": "2027-05-03T10:00:00"}).status_code == 400
    assert mock.call("DELETE", "/mock-control/clock").status_code == 204
    before = datetime.now(UTC)
    assert before <= mock.clock() <= datetime.now(UTC)
