"""A PostgreSQL that goes away under a running server: everybody is told to come back, and it goes on by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.journeys.cut_line import CutLine
from tests.journeys.processes import ORDERING, QUALIFICATION, Linkwright, until
from tests.journeys.warm import Forge

ORDERS = f"{ORDERING}/serviceOrder"
CHECKS = f"{QUALIFICATION}/checkServiceQualification"
SERVICE = {"serviceSpecification": {"id": "cfs"}}
ORDER = {"serviceOrderItem": [{"id": "1", "action": "add", "service": SERVICE}]}
LATER = {**ORDER, "requestedStartDate": "2037-01-01T00:00:00Z"}
CHECK = {"serviceQualificationItem": [{"id": "1", "service": SERVICE}], "instantSyncQualification": True}


@pytest.fixture
def line(postgres_url: str) -> Iterator[CutLine]:
    with CutLine(postgres_url) as line:
        yield line


@pytest.fixture
def server(tmp_path: Path, line: CutLine, forge: Forge) -> Iterator[Linkwright]:
    started = Linkwright(tmp_path, {}, database=line.url, forge=forge, first_look_s="0.2").start()
    yield started
    started.stop()


def asked(server: Linkwright, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, f"{server.url}{path}", json=body, timeout=60)


def test_requests_are_told_to_come_back_and_everything_goes_on_once_it_is_there(
    server: Linkwright, line: CutLine
) -> None:
    order = f"{ORDERS}/{asked(server, 'POST', ORDERS, LATER).json()['id']}"
    line.cut()
    for method, path, body in (
        ("GET", ORDERS, None),
        ("GET", order, None),
        ("POST", ORDERS, ORDER),
        ("POST", CHECKS, CHECK),
        ("PATCH", order, {"description": "new"}),
        ("DELETE", order, None),
        ("POST", f"{ORDERING}/hub", {"callback": "http://127.0.0.1:9/"}),
        ("POST", "/listener/pool", {"eventType": "x", "event": {"serviceOrder": {"id": "1"}}}),
        ("GET", "/designDocument/v1/designDocument/x", None),
    ):
        answer = asked(server, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "503"), (method, path, answer.text)
        assert int(answer.headers["Retry-After"]) > 0
        assert "database" in answer.json()["message"]
    checks = asked(server, "GET", "/health/ready").json()["checks"]
    assert (checks["store"], checks["writing"]) == (False, False)

    line.mend()
    until("it is ready again", server.ready)
    assert asked(server, "GET", order).json()["state"] == "acknowledged"
    begun = asked(server, "POST", ORDERS, ORDER)
    assert begun.status_code == 201
    address = f"{ORDERS}/{begun.json()['id']}"
    until("its run has looked", lambda: asked(server, "GET", address).json()["state"] != "acknowledged")
