"""Real processes on free ports: linkwright that can be killed, and the world around it.

From a `forge` they start quickly.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.api.answers import Exchange, check_exchange, valid
from tests.journeys.warm import Forge, Forked

ORDERING = "/tmf-api/serviceOrdering/v4"
QUALIFICATION = "/tmf-api/serviceQualificationManagement/v4"
PARTNERS = ("partner-north", "partner-metro")
ORDER_SYSTEMS = ("pool", *PARTNERS, "resource-orders", "downstream", "services")
COLLECTIONS = ("reservation", "serviceOrder", "resourceOrder", "service")
WITHIN_S = 60.0
Json = Any


def until(what: str, found: Callable[[], Any], within_s: float = WITHIN_S) -> Any:
    """Look again until there is something true; fail with what was waited for."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s:g} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mock_world(folder: Path, *options: str, forge: Forge | None = None) -> Iterator[Mapping[str, str]]:
    """All mocks, by name and base URL."""
    ports = folder / "ports.json"
    process = _begun("mocks", ["--base-port", "0", "--ports-file", str(ports), *options], folder, os.environ, forge)
    try:
        until("mocks", lambda: ports.exists() or process.poll() is not None)
        yield json.loads(ports.read_text())
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _begun(
    program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], forge: Forge | None
) -> subprocess.Popen[bytes] | Forked:
    if forge is not None:
        return forge.start(program, arguments, folder, environment)
    root = {"PYTHONPATH": os.pathsep.join(sys.path)} if program == "mocks" else {}
    command = [sys.executable, "-m", program, *arguments]
    return subprocess.Popen(command, cwd=folder, env={**environment, **root}, stdout=subprocess.DEVNULL)


class Linkwright:
    """One server on one store; it can be killed and started again on the same port and files."""

    def __init__(
        self,
        folder: Path,
        urls: Mapping[str, str],
        *tables: str,
        database: str | None = None,
        forge: Forge | None = None,
        **settings: str,
    ) -> None:
        """`tables` are further parts of its linkwright.toml, `settings` go into its environment.

        Without `database` it has a file of its own.
        """
        self.folder, self.port = folder, free_port()
        self.database = database or f"sqlite:///{folder / 'linkwright.db'}"
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = {f"LINKWRIGHT_{name.upper()}": value for name, value in settings.items()}
        self._forge = forge
        self._process: subprocess.Popen[bytes] | Forked | None = None
        systems = [f'{name} = "{url}"' for name, url in urls.items() if not name.startswith("partner-")]
        partners = [
            f'[partners.{name}]\nurl = "{url}"\nanswer_within_s = 3.0'
            for name, url in urls.items()
            if name.startswith("partner-")
        ]
        (folder / "linkwright.toml").write_text("\n".join(["[systems]", *systems, *partners, *tables]))

    def start(self) -> "Linkwright":
        self.begin()
        until("linkwright ready", self.ready)
        return self

    def begin(self) -> None:
        """Start, and do not wait until it is ready."""
        arguments, environment = ["serve", "--port", str(self.port)], {**os.environ, **self._settings}
        arguments += ["--database", self.database]
        self._process = _begun("linkwright", arguments, self.folder, environment, self._forge)

    def ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "linkwright ended"
        try:
            return requests.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9: nothing can be tidied up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()

    @contextmanager
    def running(self, world: Mapping[str, str]) -> Iterator["Linkwright"]:
        """Started, and stopped in the end, when it has to have left the world in order."""
        try:
            yield self.start()
            check_left_behind(world)
        finally:
            self.stop()

    def post(self, path: str, body: Json, expected: int = 201) -> Json:
        answer = _checked(requests.post(f"{self.url}{path}", json=body, timeout=30))
        assert answer.status_code == expected, answer.text
        return answer.json()

    def patch(self, path: str, change: Json) -> Json:
        answer = _checked(requests.patch(f"{self.url}{path}", json=change, timeout=30))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str) -> Json:
        answer = _checked(requests.get(f"{self.url}{path}", timeout=30))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def check_done(self, check: Json) -> Json:
        path = f"{QUALIFICATION}/checkServiceQualification/{check['id']}"

        def final() -> Json:
            found = self.get(path)
            return found if found["state"] in ("done", "terminatedWithError") else None

        return until("the check is final", final)

    def order_in(self, order: Json, *states: str) -> Json:
        path = f"{ORDERING}/serviceOrder/{order['id']}"

        def there() -> Json:
            found = self.get(path)
            return found if found["state"] in states else None

        return until(f"the order is {' or '.join(states)}", there)


def _checked(answer: requests.Response) -> requests.Response:
    """Every answer is held against the contract."""
    url = urlsplit(answer.url)
    check_exchange(
        Exchange(
            method=str(answer.request.method),
            path=url.path,
            selective="fields=" in url.query,
            status=answer.status_code,
            content_type=answer.headers.get("content-type"),
            content=answer.content,
        )
    )
    return answer


class Listener:
    """A subscriber of the hub that keeps what it is told; `check` holds all of it against the contracts.

    An event that it `refuses` it does not know of.
    """

    def __init__(self, refuses: Callable[[], bool] = lambda: False) -> None:
        self.events: list[Json] = []
        heard = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refused = refuses()
                if not refused:
                    heard.append(event)
                self.send_response(503 if refused else 201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/heard"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def check(self) -> None:
        for event in self.events:
            name = "tmf641-v4" if "Order" in event["eventType"] else "tmf645-v4"
            valid(name, event["eventType"], event)

    def close(self) -> None:
        self.check()
        self._server.shutdown()
        self._server.server_close()


def mock_state(urls: Mapping[str, str], name: str) -> Json:
    return requests.get(f"{urls[name]}/mock-control/state", timeout=10).json()


def holds(urls: Mapping[str, str]) -> list[Json]:
    """Reservations that the pool still counts."""
    return [one for one in mock_state(urls, "pool")["reservation"] if one["state"] == "completed"]


def check_left_behind(world: Mapping[str, str]) -> None:
    """In the end nothing is held, and nothing was made twice."""
    until("nothing is held", lambda: not holds(world))
    of_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mock, key, made in everything_made(world):
        assert key, f"{mock} was told no key for {made}"
        of_key[mock, key].add(made)
    assert {key: made for key, made in of_key.items() if len(made) > 1} == {}
    live = [order["externalId"] for mock in PARTNERS for order in mock_state(world, mock)["serviceOrder"]]
    assert len(live) == len(set(live))


def everything_made(world: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(mock, key, id) of everything that was made in the world and not lost there."""
    for mock in ORDER_SYSTEMS:
        for call in mock_calls(world, mock):
            collection = call["path"].rpartition("/")[2]
            if (
                call["method"] == "POST"
                and collection in COLLECTIONS
                and call.get("made")
                and not call.get("forgotten")
            ):
                yield mock, call["key"], call["made"]


def mock_calls(urls: Mapping[str, str], name: str) -> list[Json]:
    calls: list[Json] = requests.get(f"{urls[name]}/mock-control/calls", timeout=10).json()
    return calls


def is_holding(urls: Mapping[str, str], name: str) -> bool:
    """Whether a fault of the kind `hold` has a call just now."""
    return bool(requests.get(f"{urls[name]}/mock-control/held", timeout=10).json()["held"])


def set_faults(urls: Mapping[str, str], name: str, faults: Json) -> None:
    answer = requests.put(f"{urls[name]}/mock-control/faults", json=faults, timeout=10)
    assert answer.status_code < 300, answer.text


def clear_faults(urls: Mapping[str, str], name: str) -> None:
    requests.delete(f"{urls[name]}/mock-control/faults", timeout=10)
