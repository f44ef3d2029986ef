"""What every call to another system leaves in the trail, and what never gets there."""

import zlib
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import requests
import responses

from linkwright.errors import Unavailable
from linkwright.exchanges import Exchange
from linkwright.outbound.http import Client, HttpRefused, HttpUnavailable
from linkwright.outbound.recording import Recorded
from linkwright.outbound.redaction import HIDDEN, MOST_BYTES, is_credential, redacted, said
from tests.builders import NOW

from .fakes import BASE_URL, Ticking, a_client

THINGS = f"{BASE_URL}/thing"


@dataclass
class Trail:
    """An exchange book in memory; `log` has what was done in its order."""

    broken: str = ""
    log: list[str] = field(default_factory=list)
    kept: list[Exchange] = field(default_factory=list)
    observed: list[tuple[str, str, str]] = field(default_factory=list)

    def opened(self, exchange: Exchange) -> int:
        return self._keep("opened", exchange)

    def closed(self, number: int, exchange: Exchange) -> None:
        self._keep("closed", exchange)

    def noted(self, exchange: Exchange) -> None:
        self._keep("noted", exchange)

    def _keep(self, what: str, exchange: Exchange) -> int:
        if self.broken == what:
            raise Unavailable("database", "OperationalError")
        self.log.append(what)
        self.kept.append(exchange)
        return len(self.kept)


@pytest.fixture
def trail() -> Trail:
    return Trail()


def recorded(trail: Trail, **changes: Any) -> Client:
    recorder = Recorded(
        trail,
        now=lambda: NOW,
        concern=lambda: ("order", "order-1"),
        observed=lambda system, method, outcome, _s: trail.observed.append((system, method, outcome)),
        monotonic=Ticking(0.25),
    )
    return a_client(recorder=recorder, **changes)


def text(body: bytes | None) -> Any:
    return None if body is None else orjson.loads(zlib.decompress(body))


def test_a_write_is_in_the_trail_before_it_goes_out_and_its_answer_before_it_is_used(
    peer: responses.RequestsMock, trail: Trail
) -> None:
    def answer(_request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        trail.log.append("went out")
        return 201, {}, b'{"id":"7"}'

    peer.add_callback(responses.POST, THINGS, answer)
    recorded(trail).post("thing", {"name": "x"}, key="key-1")

    assert trail.log == ["opened", "went out", "closed"]
    begun, ended = trail.kept
    assert (begun.outcome, begun.status, text(begun.request.text)) == ("open", None, {"name": "x"})
    assert (ended.system, ended.method, ended.path, ended.key) == ("peer", "POST", "/thing", "key-1")
    assert (ended.kind, ended.id, ended.at) == ("order", "order-1", NOW)
    assert (ended.outcome, ended.status, ended.ms, text(ended.answer.text)) == ("answered", 201, 250, {"id": "7"})
    assert trail.observed == [("peer", "POST", "answered")]


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_every_way_to_write_is_kept_so(method: str, peer: responses.RequestsMock, trail: Trail) -> None:
    peer.add(method.upper(), f"{THINGS}/1", json={})
    client = recorded(trail)
    client.delete("thing/1") if method == "delete" else client.patch("thing/1", {}, key="key-1")
    assert trail.log == ["opened", "closed"]


def test_a_write_that_cannot_be_kept_does_not_go_out(peer: responses.RequestsMock, trail: Trail) -> None:
    trail.broken = "opened"
    with pytest.raises(Unavailable, match="database"):
        recorded(trail).post("thing", {}, key="key-1")
    assert len(peer.calls) == 0


def test_an_answer_that_cannot_be_kept_is_not_used(peer: responses.RequestsMock, trail: Trail) -> None:
    peer.post(THINGS, json={"id": "7"}, status=201)
    trail.broken = "closed"
    with pytest.raises(Unavailable, match="database"):
        recorded(trail).post("thing", {}, key="key-1")


def test_reads_and_questions_are_noted_once_they_are_over(peer: responses.RequestsMock, trail: Trail) -> None:
    peer.get(THINGS, json=[])
    peer.post(THINGS, json={})
    client = recorded(trail)
    client.get("thing", {"name": "x y"})
    client.post("thing", {}, key="key-1", only_asks=True)
    assert trail.log == ["noted", "noted"]
    assert trail.kept[0].path == "/thing?name=x+y"


@pytest.mark.parametrize(
    ("answer", "outcome", "status", "failure"),
    [
        ({"status": 409, "json": {"code": "40", "reason": "taken"}}, "refused", 409, "GET /thing gave 409: 40, taken"),
        ({"status": 503, "json": {}}, "unavailable", 503, "GET /thing gave 503"),
        ({"body": requests.ReadTimeout()}, "silent", None, "GET /thing: no answer within 5 s"),
        ({"body": requests.ConnectionError()}, "unavailable", None, "GET /thing: no connection (ConnectionError)"),
        ({"body": b"<html>"}, "unavailable", 200, "GET /thing: the answer is not JSON"),
    ],
)
def test_what_went_wrong_is_kept_too(
    answer: dict[str, Any],
    outcome: str,
    status: int | None,
    failure: str,
    peer: responses.RequestsMock,
    trail: Trail,
) -> None:
    peer.get(THINGS, **answer)
    with pytest.raises((HttpRefused, HttpUnavailable)):
        recorded(trail).get("thing")
    (kept,) = trail.kept
    assert (kept.outcome, kept.status, kept.failure) == (outcome, status, failure)


def test_a_large_answer_is_kept_by_its_size_and_digest(peer: responses.RequestsMock, trail: Trail) -> None:
    body = orjson.dumps(["x" * MOST_BYTES])
    peer.get(THINGS, body=body)
    recorded(trail).get("thing")
    (kept,) = trail.kept
    assert kept.answer.text is None
    assert (kept.answer.size_bytes, len(kept.answer.sha256)) == (len(body), 64)


def test_an_answer_that_is_nested_too_deep_is_kept_by_its_size_and_digest(
    peer: responses.RequestsMock, trail: Trail
) -> None:
    body = b'{"a":' * 500 + b"1" + b"}" * 500
    peer.post(THINGS, body=body)
    with pytest.raises(HttpUnavailable, match="nested too deep"):
        recorded(trail).post("thing", {}, key="key-1")
    assert trail.log == ["opened", "closed"]
    assert (trail.kept[-1].answer.text, trail.kept[-1].answer.size_bytes) == (None, len(body))


def test_what_is_no_json_cannot_be_redacted_and_is_not_kept() -> None:
    assert said(b"token=1").text is None
    assert said(b"token=1").size_bytes == 7
    assert said(None) == said(b"")


def test_credentials_and_ways_to_reach_a_person_are_left_out_wherever_they_stand() -> None:
    doc = {
        "id": "1",
        "relatedParty": [
            {
                "id": "p",
                "name": "Jane Doe",
                "@referredType": "Individual",
                "contactMedium": [{"characteristic": {"emailAddress": "jane@example.com"}}],
                "lastName": "Doe",
            },
            {"id": "o", "name": "Example Ltd", "@referredType": "Organization"},
        ],
        "service": {
            "name": "vpn",
            "serviceCharacteristic": [
                {"name": "Pre-Shared Key", "value": "hush"},
                {"name": "Contact Name", "value": "J"},
                {"name": "vlan", "value": 7},
            ],
        },
        "callback": "https://listener.test/cb?token=abc&x=1",
        "nested": {"access_token": "abc", "deeper": [{"Client-Secret": {"value": "abc"}}]},
    }
    told = redacted(doc)
    assert told["relatedParty"] == [
        {"id": "p", "name": "***", "@referredType": "Individual", "contactMedium": "***", "lastName": "***"},
        {"id": "o", "name": "Example Ltd", "@referredType": "Organization"},
    ]
    assert told["service"] == {
        "name": "vpn",
        "serviceCharacteristic": [
            {"name": "Pre-Shared Key", "value": "***"},
            {"name": "Contact Name", "value": "***"},
            {"name": "vlan", "value": 7},
        ],
    }
    assert told["callback"] == "https://listener.test/cb?token=***&x=***"
    assert told["nested"] == {"access_token": "***", "deeper": [{"Client-Secret": "***"}]}


@pytest.mark.parametrize("word", sorted(HIDDEN))
def test_no_value_under_a_hidden_name_is_kept(word: str) -> None:
    assert redacted({word: "x", word.upper(): ["x"]}) == {word: "***", word.upper(): "***"}


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "X-Auth-Token", "Ocp-Apim-Subscription-Key"])
def test_a_header_that_proves_who_we_are_is_known_by_its_name(header: str) -> None:
    assert is_credential(header)
    assert not is_credential("X-Tenant")


def test_a_secret_in_a_query_is_left_out(peer: responses.RequestsMock, trail: Trail) -> None:
    peer.get(THINGS, json=[])
    recorded(trail).get("thing", {"apiKey": "abc", "limit": 5})
    assert trail.kept[0].path == "/thing?apiKey=%2A%2A%2A&limit=5"
