"""Large checks from end to end: one linkwright with the mocks, answered over HTTP and read back.

`python -m benchmarks.checks` prints a table: 500 different items, and 2,000 of few patterns.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import orjson
import requests

from benchmarks.bodies import CHECKS, a_service, as_body
from benchmarks.servers import Server, linkwright, running
from mocks.world import build_world

TOPOLOGY = "germany50"
PATTERNS = 10
ASK_EVERY_S, PROBE_EVERY_S = 0.2, 0.005
WITHIN_S = 600.0
HEADERS = {"content-type": "application/json"}
COLUMNS = ("check", "answered s", "CPU s", "read s", "answer MB", "memory MB", "longest wait ms", "results", "reused")


@dataclass
class Waits:
    """How long a small request waits for its answer, asked again and again while others compute."""

    url: str
    millis: list[float] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> "Waits":
        self._thread = Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        session = requests.Session()
        while not self._stop.wait(PROBE_EVERY_S):
            began = time.perf_counter()
            session.get(self.url, timeout=60)
            self.millis.append((time.perf_counter() - began) * 1000)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--different", type=int, default=500)
    parser.add_argument("--alike", type=int, default=2000)
    options = parser.parse_args(arguments)
    addresses = [one["id"] for one in build_world(TOPOLOGY, today=datetime.now(UTC).date()).addresses]
    checks = {
        f"{options.different} different items": [
            an_item(n, addresses[n % len(addresses)], 100 + 10 * (n // len(addresses)))
            for n in range(options.different)
        ],
        f"{options.alike} items of {PATTERNS} patterns": [
            an_item(n, addresses[n % PATTERNS], 100) for n in range(options.alike)
        ],
    }
    print(f"load average before it {os.getloadavg()[0]:.1f}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name, items in checks.items():
        print(f"| {' | '.join((name, *measured(items)))} |", flush=True)


def an_item(number: int, address: str, mbps: int) -> dict[str, Any]:
    service = a_service(address, availabilityTarget=99.0, bandwidth={"down": mbps, "up": mbps, "unit": "Mbit/s"})
    service["place"][0]["@referredType"] = "GeographicAddress"
    return {"id": str(number), "service": service}


def measured(items: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """One line of the table: a fresh server, that has read nothing before."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*linkwright(Path(folder) / "checks.db"), "--with-mocks", "--topology", TOPOLOGY]
        with running(command, Path(folder), "/", None) as server:
            return _measured(server, items)


def _measured(server: Server, items: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    base, cpu_s = f"http://127.0.0.1:{server.port}", server.cpu_s()
    body = {"provideAlternative": True, "provideUnavailabilityReason": True, "serviceQualificationItem": list(items)}
    began = time.perf_counter()
    made = requests.post(base + CHECKS, data=as_body(body), headers=HEADERS, timeout=60).json()
    url = f"{base}{CHECKS}/{made['id']}"
    with Waits(f"{base}{CHECKS}?limit=1&fields=id") as waits:
        _until_done(url, began + WITHIN_S)
    answered_s, memory_mb = time.perf_counter() - began, server.memory_mb()
    began = time.perf_counter()
    answer = requests.get(url, timeout=60).content
    read_s = time.perf_counter() - began
    told = orjson.loads(answer)["serviceQualificationItem"]
    results = Counter(item.get("qualificationResult") for item in told)
    words = [{one["name"] for one in item["service"].get("serviceCharacteristic", ())} for item in told]
    return (
        f"{answered_s:.1f}",
        f"{server.cpu_s() - cpu_s:.1f}",
        f"{read_s:.2f}",
        f"{len(answer) / 1e6:.1f}",
        f"{memory_mb:.0f}",
        f"{max(waits.millis):.0f}",
        ", ".join(f"{count} {result}" for result, count in sorted(results.items(), key=str)),
        str(sum("design.reusedFrom" in named for named in words)),
    )


def _until_done(url: str, end: float) -> None:
    while requests.get(f"{url}?fields=state", timeout=60).json()["state"] not in ("done", "terminatedWithError"):
        if time.perf_counter() > end:
            raise TimeoutError(f"no answer within {WITHIN_S:g} s")
        time.sleep(ASK_EVERY_S)


if __name__ == "__main__":
    main()
