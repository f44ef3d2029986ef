"""Events to `{callback}/listener/{eventName}`, where the operator has switched it on."""

import time
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest

from linkwright.store.subscriptions import named_address

from .real import real_client
from .world import ORDERS, an_order_body

WITHIN_S = 20.0


class Listener(HTTPServer):
    """Keeps (path, event type) of each event."""

    heard: list[tuple[str, str]]
    headers_heard: list[Message]


class Take(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.headers_heard.append(self.headers)
        self.server.heard.append((self.path, body["eventType"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(("127.0.0.1", 0), Take) as server:
        server.heard, server.headers_heard = [], []
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("named", [True, False])
def test_each_event_goes_to_the_path_of_its_name_if_that_is_wanted(
    listener: Listener, tmp_path: Path, named: bool
) -> None:
    with real_client(tmp_path, validate_responses=False, named_callbacks=named) as client:
        callback = f"http://127.0.0.1:{listener.server_port}/cb/?token=1"
        assert client.post(f"{ORDERS}/hub", {"callback": callback}).status_code == 201
        order = client.post(f"{ORDERS}/serviceOrder", an_order_body(requestedStartDate="2037-01-01T00:00:00Z")).json()
        address = f"{ORDERS}/serviceOrder/{order['id']}"
        assert client.patch(address, {"description": "x"}).status_code == 200
        assert client.delete(address).status_code == 204
        ends_at = time.monotonic() + WITHIN_S
        while ("ServiceOrderDeleteEvent" not in [name for _, name in listener.heard]) and time.monotonic() < ends_at:
            time.sleep(0.05)
    told = [name for _, name in listener.heard]
    assert (told[0], told[-1]) == ("ServiceOrderCreateEvent", "ServiceOrderDeleteEvent")
    assert "ServiceOrderAttributeValueChangeEvent" in told
    for path, name in listener.heard:
        assert path == (f"/cb/listener/{name[0].lower()}{name[1:]}?token=1" if named else "/cb/?token=1")


@pytest.mark.parametrize(
    ("callback", "address"),
    [
        ("https://a.test", "https://a.test/listener/serviceOrderCreateEvent"),
        ("https://a.test/x/", "https://a.test/x/listener/serviceOrderCreateEvent"),
        ("https://a.test/x?y=/#z", "https://a.test/x/listener/serviceOrderCreateEvent?y=/#z"),
    ],
)
def test_the_name_stands_behind_the_path(callback: str, address: str) -> None:
    assert named_address(callback, "ServiceOrderCreateEvent") == address
