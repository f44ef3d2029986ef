"""Events of peers, and design documents."""

import hmac
from typing import Any

import orjson
import pytest

from .answers import error
from .world import Client, World

EVENT = {"eventType": "ServiceOrderStateChangeEvent", "event": {"serviceOrder": {"id": "po-1", "state": "completed"}}}


@pytest.mark.parametrize("path", ["/listener/globex", "/listener/globex/serviceOrderStateChangeEvent"])
def test_an_event_of_a_peer_is_heard(client: Client, world: World, path: str) -> None:
    answer = client.post(path, EVENT)
    assert (answer.status_code, answer.json()) == (201, {})
    assert world.news.heard_of == [("globex", "po-1")]


def test_an_event_without_resource_is_heard_and_forgotten(client: Client, world: World) -> None:
    assert client.post("/listener/globex", {"event": {}}).status_code == 201
    assert world.news.heard_of == []


def test_nobody_listens_to_strangers(client: Client, world: World) -> None:
    error(client.post("/listener/stranger", EVENT), 404, "stranger")
    assert world.news.heard_of == []


def test_what_is_no_event_is_refused(client: Client) -> None:
    error(client.post("/listener/globex", {"eventType": "X"}), 400, "event")


SECRET = {"X-Event-Secret": "open sesame"}


def signed(body: bytes, secret: str = "open sesame") -> dict[str, str]:  # noqa: S107
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}


@pytest.mark.parametrize("headers", [SECRET, signed(orjson.dumps(EVENT))])
def test_a_peer_with_a_secret_is_heard_with_it(client: Client, world: World, headers: dict[str, str]) -> None:
    sent = {"Content-Type": "application/json", **headers}
    answer = client.ask("POST", "/listener/initech", content=orjson.dumps(EVENT), headers=sent)
    assert answer.status_code == 201
    assert world.news.heard_of == [("initech", "po-1")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Event-Secret": "sesame"},
        {"X-Event-Secret": "\xf6ffne dich"},
        signed(b"another body"),
        signed(orjson.dumps(EVENT), "sesame"),
        {**SECRET, **signed(b"another body")},
        {"X-Hub-Signature-256": "sha256="},
    ],
)
def test_a_peer_with_a_secret_is_not_heard_without_it(client: Client, world: World, headers: dict[str, str]) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()} | {"Content-Type": b"application/json"}
    answer = client.ask("POST", "/listener/initech", content=orjson.dumps(EVENT), headers=sent)
    error(answer, 401, "initech")
    assert "sesame" not in answer.text
    assert world.news.heard_of == []


def test_an_event_that_is_nested_too_deep_is_refused(client: Client, world: World) -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    error(client.post("/listener/globex", {"event": {"id": "po-1", "deep": deep}}), 400, "nested")
    assert world.news.heard_of == []


def test_a_design_is_answered_as_it_was_stored(client: Client, world: World) -> None:
    world.designs.documents["d1"] = b'{"designId": "d1", "version": 1}'
    answer = client.get("/designDocument/v1/designDocument/d1")
    assert (answer.status_code, answer.content) == (200, world.designs.documents["d1"])
