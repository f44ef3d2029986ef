"""The application as a whole: what it needs to start, what it serves beside the contracts, and what it does not."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from linkwright.api.app import build_app

from .answers import contract, error
from .world import CHECKS, ORDERS, Client, World, a_check_body, an_order_body


def built(apis: Any) -> Any:
    return build_app(apis, max_body_bytes=1, checks={}, start=print, stop=print)


def test_an_operation_without_handler_stops_the_start_up(world: World) -> None:
    ordering, *_ = world.apis()
    without_hub = replace(ordering, handlers=ordering.handlers[:1])
    with pytest.raises(LookupError, match=r"tmf641-v4.*register_listener"):
        built([without_hub])


@pytest.mark.parametrize(
    "path", [f"{ORDERS}/listener/serviceOrderCreateEvent", f"{CHECKS}/listener/checkServiceQualificationCreateEvent"]
)
def test_what_subscribers_offer_is_not_served_here(client: Client, path: str) -> None:
    error(client.post(path, {"event": {}}), 404)


def test_a_living_process_says_so(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_a_ready_process_names_its_checks(client: Client, world: World) -> None:
    assert client.get("/health/ready").json() == {"status": "ready", "checks": {"store": True}}
    world.checks["engine"] = lambda: False
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"store": True, "engine": False}}


def test_a_check_that_breaks_does_not_hold(client: Client, world: World) -> None:
    def broken() -> bool:
        raise OSError("password=secret")

    world.checks["store"] = broken
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_work_starts_and_stops_with_the_server(client: Client, world: World) -> None:
    sent: list[str] = []
    messages = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Any:
        assert "stop" not in world.calls
        return {"type": next(messages)}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    client.run(world.app({"type": "lifespan", "state": {}}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert world.calls == ["start", "stop"]


def test_a_start_that_fails_is_told_to_the_server(client: Client, world: World) -> None:
    def fails() -> None:
        raise OSError("no database")

    app = build_app(world.apis(), max_body_bytes=1, checks={}, start=fails, stop=print)
    sent: list[str] = []

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    with pytest.raises(OSError, match="no database"):
        client.run(app({"type": "lifespan", "state": {}}, receive, send))
    assert sent == ["lifespan.startup.failed"]


def test_handlers_run_beside_the_event_loop(client: Client, world: World) -> None:
    threads: list[str] = []
    world.shelf.before_read = lambda: threads.append(threading.current_thread().name)
    client.get(f"{ORDERS}/serviceOrder")
    assert threads != [threading.main_thread().name]


def test_answers_can_be_held_against_the_contract() -> None:
    world = World(validate_responses=True)
    with Client(world.app) as client:
        assert client.post(f"{ORDERS}/serviceOrder", an_order_body()).status_code == 201
        assert client.post(f"{CHECKS}/checkServiceQualification", a_check_body()).status_code == 201
        assert client.delete(f"{ORDERS}/serviceOrder/id-1").status_code == 204
        world.shelf.put("serviceOrder", {"id": "odd", "state": 5}, 1)
        assert client.get(f"{ORDERS}/serviceOrder/odd").status_code == 500
    world.close()


@pytest.mark.parametrize("name", ["tmf641-v4", "tmf645-v4", "partner-events-v4", "design-document-v1"])
def test_what_connexion_sees_has_the_same_operations(name: str) -> None:
    whole, routed = contract(name), contract(name).for_routing()
    assert routed["paths"].keys() == whole.document["paths"].keys()
    for path, item in whole.document["paths"].items():
        for method, operation in item.items():
            assert routed["paths"][path][method]["operationId"] == operation["operationId"]
            assert routed["paths"][path][method].get("parameters") == operation.get("parameters")
            media_types = operation.get("requestBody", {}).get("content", {}).keys()
            assert routed["paths"][path][method].get("requestBody", {}).get("content", {}).keys() == media_types
