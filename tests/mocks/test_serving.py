"""Mocks on real sockets, and the command that starts them."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests

from mocks.__main__ import MOCKS, main
from mocks.faults import Faults
from mocks.frame import build_app, default_contracts_dir
from mocks.resource_orders import resource_orders
from mocks.roles import Clock
from mocks.serving import listen, serve_all

DEADLINE_S = 20.0
ORDERS = "/tmf-api/resourceOrderingManagement/v4"
ORDER = {"externalId": "key-1", "orderItem": [{"id": "1", "action": "add"}]}
REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def running(step_s: float) -> Iterator[str]:
    """A shop for resources in a thread; its base URL."""
    app = build_app(resource_orders(step_s), contracts_dir=default_contracts_dir(), faults=Faults(), clock=Clock())
    listening: Queue[tuple[str, Callable[[], object]]] = Queue()

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def ready(urls: Mapping[str, str]) -> None:
            listening.put((urls["shop"], partial(loop.call_soon_threadsafe, stop.set)))

        await serve_all({"shop": app}, {"shop": listen("127.0.0.1", 0)}, ready, stop)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    url, stop = listening.get(timeout=DEADLINE_S)
    try:
        yield url
    finally:
        stop()
        thread.join(DEADLINE_S)


@contextmanager
def listener() -> Iterator[tuple[str, "Queue[Any]"]]:
    """Somebody who takes events; the callback and what comes."""
    events: Queue[Any] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            events.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/listener/shop", events
    finally:
        server.shutdown()
        server.server_close()


def test_events_reach_a_real_listener() -> None:
    with running(0.01) as url, listener() as (callback, events):
        requests.post(f"{url}{ORDERS}/hub", json={"callback": callback}, timeout=DEADLINE_S).raise_for_status()
        order = requests.post(f"{url}{ORDERS}/resourceOrder", json=ORDER, timeout=DEADLINE_S).json()
        told = [events.get(timeout=DEADLINE_S)["event"]["resourceOrder"] for _ in range(3)]
        assert [each["state"] for each in told] == ["acknowledged", "inProgress", "completed"]
        assert told[0] == order


@pytest.mark.parametrize(("drop", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_call_is_a_closed_connection(drop: str, made: int) -> None:
    with running(60) as url:
        fault = {"drop": drop, "times": 1, "operations": ["createResourceOrder"]}
        requests.put(f"{url}/mock-control/faults", json=fault, timeout=DEADLINE_S).raise_for_status()
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{url}{ORDERS}/resourceOrder", json=ORDER, timeout=DEADLINE_S)
        assert len(requests.get(f"{url}{ORDERS}/resourceOrder", timeout=DEADLINE_S).json()) == made


# The command


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "mocks", *map(str, arguments)]


def wait_for(file: Path) -> dict[str, str]:
    end = time.monotonic() + DEADLINE_S
    while not file.exists():
        assert time.monotonic() < end, "the mocks did not start"
        time.sleep(0.02)
    urls: dict[str, str] = json.loads(file.read_text())
    return urls


def test_the_command_starts_all_mocks_and_ends_on_a_signal(tmp_path: Path) -> None:
    ports = tmp_path / "ports.json"
    arguments = command("--base-port", 0, "--ports-file", ports)
    with subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            urls = wait_for(ports)
            for url in urls.values():
                assert requests.get(f"{url}/mock-control/state", timeout=DEADLINE_S).status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            said, complained = process.communicate(timeout=DEADLINE_S)
    assert list(urls) == list(MOCKS)
    assert said.decode().splitlines() == [f"{name} {url}" for name, url in urls.items()]
    assert (process.returncode, complained) == (0, b"")


def test_mocks_end_with_the_process_that_they_belong_to(tmp_path: Path) -> None:
    ports = tmp_path / "ports.json"
    parent = subprocess.Popen(["sleep", "60"])
    arguments = command("downstream", "--base-port", 0, "--ports-file", ports, "--with-parent", parent.pid)
    with subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        try:
            assert list(wait_for(ports)) == ["downstream"]
        finally:
            parent.kill()
            parent.wait()
        assert process.wait(DEADLINE_S) == 0


def test_faults_of_the_file_are_there_from_the_start(tmp_path: Path) -> None:
    ports, faults = tmp_path / "ports.json", tmp_path / "faults.json"
    faults.write_text('{"downstream": {"fail_next": 1}}')
    arguments = command("downstream", "--base-port", 0, "--ports-file", ports, "--faults", faults)
    with subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"{wait_for(ports)['downstream']}/tmf-api/serviceOrdering/v4/serviceOrder"
            assert [requests.get(url, timeout=DEADLINE_S).status_code for _ in range(2)] == [503, 200]
        finally:
            process.terminate()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nobody"], "no mock is called nobody"),
        (["resources", "--topology", "atlantis"], "atlantis"),
        (["downstream", "--contracts", "/nowhere"], "/nowhere"),
    ],
)
def test_what_cannot_start_says_why(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--base-port", "0"]) == 2
    assert complaint in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["resources", "--base-port", str(port)]) == 2
    assert "in use" in capsys.readouterr().err
