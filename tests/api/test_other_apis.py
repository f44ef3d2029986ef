"""Events of peers, and design documents."""

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


def test_a_design_is_answered_as_it_was_stored(client: Client, world: World) -> None:
    world.designs.documents["d1"] = b'{"designId": "d1", "version": 1}'
    answer = client.get("/designDocument/v1/designDocument/d1")
    assert (answer.status_code, answer.content) == (200, world.designs.documents["d1"])
