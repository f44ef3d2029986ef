"""A whole installation for the rows about orders: mocks that are read, systems that answer at once, our processes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from benchmarks.bodies import CHECKS, ORDERS, a_service, an_order
from benchmarks.flushes import Flushes
from benchmarks.servers import Server, linkwright_on, peer, running, settings_for
from linkwright.cli.mock_world import PARTNER_PREFIX

Json = Any

TAKE_ORDERS = ("pool", "resource-orders", "downstream", "services")
READY = "/health/ready"
HUB = "/tmf-api/serviceOrdering/v4/hub"
SITE = "nordwind-hq"
POSTING_THREADS = 8
WITHIN_S = 600.0
LOOK_EVERY_S = 0.1
LISTENERS = 10
CALLER = requests.Session()


@dataclass(frozen=True, kw_only=True)
class Installation:
    """`ours` share one store; `answering` stands for the systems that take orders and for the listeners."""

    ours: Sequence[Server]
    answering: Server

    def url(self, number: int = 0) -> str:
        return f"http://127.0.0.1:{self.ours[number % len(self.ours)].port}"

    @property
    def answering_url(self) -> str:
        return f"http://127.0.0.1:{self.answering.port}"

    def cpu_s(self) -> float:
        return sum(server.cpu_s() for server in self.ours)

    def memory_mb(self) -> float:
        return sum(server.memory_mb() for server in self.ours)

    def told(self) -> Json:
        return CALLER.get(f"{self.answering_url}/told", timeout=60).json()

    def listen(self, listeners: int = LISTENERS) -> list[str]:
        """The ids of their subscriptions."""
        callbacks = [f"{self.answering_url}/heard/{number}" for number in range(listeners)]
        return [str(posted(f"{self.url()}{HUB}", {"callback": callback})["id"]) for callback in callbacks]

    def silence(self, subscriptions: Sequence[str]) -> None:
        for subscription in subscriptions:
            CALLER.delete(f"{self.url()}{HUB}/{subscription}", timeout=60).raise_for_status()

    def checked(self) -> str:
        """A check of one site, answered with a design of our own network; what an order refers to it by."""
        item = {"id": "1", "service": a_service(SITE, availabilityTarget=99.5, latencyMaxMs=40)}
        made = posted(f"{self.url()}{CHECKS}", {"serviceQualificationItem": [item]})
        check = until("the check is answered", lambda: self._if_done(made["id"]))
        if check["serviceQualificationItem"][0].get("qualificationResult") != "qualified":
            raise RuntimeError(f"the check was not answered with a design: {json.dumps(check)[:600]}")
        return f"{check['id']}/1"

    def _if_done(self, check_id: str) -> Json | None:
        check = CALLER.get(f"{self.url()}{CHECKS}/{check_id}", timeout=60).json()
        return check if check["state"] in ("done", "terminatedWithError") else None

    def order(self, order: Json, number: int = 0) -> str:
        return str(posted(f"{self.url(number)}{ORDERS}", order)["id"])

    def order_all(self, order: Json, count: int) -> None:
        """Post them as fast as they are taken, to our processes in turn."""
        with ThreadPoolExecutor(POSTING_THREADS) as threads:
            list(threads.map(lambda number: self.order(order, number), range(count)))


@contextmanager
def installed(
    folder: Path, database_url: str, urls: Mapping[str, str], *, instances: int = 1, more: str = ""
) -> Iterator[Installation]:
    """`urls` are those of mocks; the systems that take orders answer at once. `more`: further settings."""
    with ExitStack() as stack:
        answering = stack.enter_context(running(peer("answering", folder), folder / "answering", "/told", None))
        own = dict.fromkeys(TAKE_ORDERS, f"http://127.0.0.1:{answering.port}")
        ours = [
            stack.enter_context(_linkwright(folder / f"linkwright-{number}", database_url, {**urls, **own}, more))
            for number in range(instances)
        ]
        yield Installation(ours=ours, answering=answering)


@contextmanager
def _linkwright(folder: Path, database_url: str, urls: Mapping[str, str], more: str) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "linkwright.toml").write_text(f"{more}\n{settings_for(urls, PARTNER_PREFIX)}")
    with running(linkwright_on(database_url), folder, READY, None) as server:
        until("linkwright is ready", lambda: _is_ready(server.port))
        yield server


def _is_ready(port: int) -> bool:
    return CALLER.get(f"http://127.0.0.1:{port}{READY}", timeout=10).status_code == 200


@contextmanager
def mocks_at_once(folder: Path, *names: str) -> Iterator[tuple[Mapping[str, str], Server]]:
    """Mocks that take no time between two states of an order, by name and base URL."""
    ports, began = folder / "ports.json", time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", "mocks", *names, "--base-port", "0", "--ports-file", str(ports)]
    process = subprocess.Popen(
        [*command, "--step-s", "0", "--with-parent", str(os.getpid())], stdout=subprocess.DEVNULL
    )
    try:
        until("the mocks listen", lambda: ports.exists() or process.poll() is not None)
        yield (
            json.loads(ports.read_text()),
            Server(process.pid, 0, Flushes(folder / "flushes"), time.perf_counter() - began),
        )
    finally:
        process.terminate()
        process.wait(timeout=30)


def an_order_of(reference: str | None, **changes: Json) -> Json:
    """To be begun at once: of a design that exists, or one that has to be designed."""
    order = an_order(1, **changes)
    if "requestedStartDate" not in changes:
        del order["requestedStartDate"]
    order["serviceOrderItem"][0]["service"] |= a_service(SITE, availabilityTarget=99.5, latencyMaxMs=40)
    if reference is not None:
        order["externalReference"] = [
            {
                "id": reference,
                "name": "1",
                "externalReferenceType": "serviceQualification",
                "@type": "ExternalReference",
            }
        ]
    return order


def posted(url: str, body: Json, expected: frozenset[int] = frozenset({200, 201})) -> Json:
    answer = CALLER.post(url, json=body, timeout=120)
    if answer.status_code not in expected:
        raise RuntimeError(f"POST {url} gave {answer.status_code}: {answer.text[:600]}")
    return answer.json()


def until(what: str, found: Any, within_s: float = WITHIN_S, every_s: float = LOOK_EVERY_S) -> Any:
    """Look again until there is something true."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(every_s)
    raise TimeoutError(f"not within {within_s:g} s: {what}")
