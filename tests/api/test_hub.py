"""Subscribing to events, at both hubs."""

from typing import Any

import pytest

from .answers import error, valid
from .fakes import BASE
from .world import CHECKS, ORDERS, Client, World

each_hub = pytest.mark.parametrize("api", [ORDERS, CHECKS], ids=["ordering", "qualification"])
CALLBACK = "https://listener.test/events"


@each_hub
def test_a_listener_is_registered_and_forgotten(client: Client, world: World, api: str) -> None:
    answer = client.post(f"{api}/hub", {"callback": CALLBACK, "query": "state=held"})
    assert answer.status_code == 201, answer.text
    assert valid("tmf641-v4", "EventSubscription", answer.json()) == {
        "id": "hub-1",
        "callback": CALLBACK,
        "query": "state=held",
    }
    assert answer.headers["location"] == f"{BASE}{api}/hub/hub-1"
    removed = client.delete(f"{api}/hub/hub-1")
    assert (removed.status_code, removed.content) == (204, b"")
    assert world.subscriptions.kept == {}
    error(client.delete(f"{api}/hub/hub-1"), 404, "hub-1")


def test_the_same_callback_may_listen_twice(client: Client) -> None:
    ids = {client.post(f"{ORDERS}/hub", {"callback": CALLBACK}).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_listener_of_the_other_api_is_unknown(client: Client) -> None:
    client.post(f"{ORDERS}/hub", {"callback": CALLBACK})
    error(client.delete(f"{CHECKS}/hub/hub-1"), 404)


@pytest.mark.parametrize("callback", ["no address", "ftp://x", "http://127.0.0.1/", ""])
def test_a_callback_that_may_not_be_called_is_refused(client: Client, world: World, callback: str) -> None:
    error(client.post(f"{ORDERS}/hub", {"callback": callback}), 400, "callback")
    assert world.subscriptions.kept == {}


@pytest.mark.parametrize("body", [{}, {"callback": 5}, {"callback": CALLBACK, "query": 5}])
def test_half_a_subscription_is_refused(client: Client, body: Any) -> None:
    error(client.post(f"{ORDERS}/hub", body), 400)


def test_a_query_that_cannot_be_read_is_refused(client: Client) -> None:
    error(client.post(f"{ORDERS}/hub", {"callback": CALLBACK, "query": "no filter"}), 400, "query")
