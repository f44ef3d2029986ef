"""A check of very many stores, for whom two partners are asked who allow so many requests a second and no more."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.bodies import CHECKS, a_service
from benchmarks.figures import Row
from benchmarks.installation import CALLER, READY, posted, until
from benchmarks.servers import linkwright_on, running, settings_for
from benchmarks.stores import LARGE, SMALL, asked_of, stores
from linkwright.cli.mock_world import PARTNER_PREFIX

Json = Any

PER_S: Mapping[str, float] = {LARGE: 5.0, SMALL: 2.0}
MOST_TIMES_THE_LIMIT, MOST_GROWTH = 2.0, 1.25
WITHIN_S = 1_800.0


@dataclass(frozen=True, kw_only=True)
class Answered:
    seconds: float
    peak_mb: float
    results: Counter[str]
    fastest_per_s: Mapping[str, int]
    questions: Mapping[str, int]


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    few, many = (40, 200) if quick else (200, 2_000)
    small, large = _answered(folder / "few", few), _answered(folder / "many", many)
    limit_s = max(len(asked_of(many, name)) / per_s for name, per_s in PER_S.items())
    times = large.seconds / limit_s
    results = ", ".join(f"{count} {result}" for result, count in sorted(large.results.items()))
    yield Row(
        what="roll-out: answered / what the partners' limits take",
        figure=f"{times:.2f} ({large.seconds:.1f} s of {limit_s:.1f} s): {results}",
        goal=f"<= {MOST_TIMES_THE_LIMIT:g}",
        holds=times <= MOST_TIMES_THE_LIMIT,
        on=f"{many:,} items, 3 % of the larger partner's answers fail",
    )
    kept = all(large.fastest_per_s[name] <= per_s for name, per_s in PER_S.items())
    yield Row(
        what="roll-out: most requests in any second",
        figure=", ".join(f"{large.fastest_per_s[name]} ({large.questions[name]} in all)" for name in PER_S),
        goal=", ".join(f"<= {per_s:g}" for per_s in PER_S.values()),
        holds=kept,
        on="the larger and the smaller partner, by the clock of theirs",
    )
    growth = large.peak_mb / small.peak_mb
    yield Row(
        what=f"roll-out: peak memory, {many:,} items / {few}",
        figure=f"{growth:.2f} ({large.peak_mb:.0f} and {small.peak_mb:.0f} MB)",
        goal=f"<= {MOST_GROWTH:g}",
        holds=growth <= MOST_GROWTH,
        on="all processes of the server",
    )


def _answered(folder: Path, count: int) -> Answered:
    folder.mkdir(parents=True)
    with _served(folder, count) as urls:
        (folder / "linkwright.toml").write_text(_settings(urls, count))
        with running(linkwright_on(f"sqlite:///{folder / 'orders.db'}"), folder, READY, None) as server:
            base = f"http://127.0.0.1:{server.port}"
            until("linkwright is ready", lambda: CALLER.get(base + READY, timeout=10).status_code == 200)
            began = time.perf_counter()
            check = posted(base + CHECKS, {"serviceQualificationItem": [_item(store.id) for store in stores(count)]})
            url = f"{base}{CHECKS}/{check['id']}"
            until("it is answered", lambda: _is_done(url), within_s=WITHIN_S)
            seconds, peak_mb = time.perf_counter() - began, server.peak_mb()
            items = CALLER.get(url, timeout=120).json()["serviceQualificationItem"]
        calls = {name: _calls(urls[name]) for name in PER_S}
    return Answered(
        seconds=seconds,
        peak_mb=peak_mb,
        results=Counter(str(item.get("qualificationResult")) for item in items),
        fastest_per_s={name: _most_in_a_second(calls[name]) for name in PER_S},
        questions={name: len(calls[name]) for name in PER_S},
    )


def _item(store: str) -> Json:
    service = a_service(store, availabilityTarget=99.0)
    service["place"][0]["@referredType"] = "GeographicAddress"
    return {"id": store, "service": service}


def _settings(urls: Mapping[str, str], count: int) -> str:
    """Each partner is asked one question at a time, and only where it says that it is."""
    partners = [
        f"[partners.{name}]\nurl = '{urls[name]}'\nmax_per_s = {per_s}\nitems_per_check = 1\n"
        f"[[partners.{name}.area]]\nplaces = {json.dumps(asked_of(count, name))}"
        for name, per_s in PER_S.items()
    ]
    systems = {name: url for name, url in urls.items() if not name.startswith(PARTNER_PREFIX)}
    return "\n".join([settings_for(systems, PARTNER_PREFIX), *partners])


def _is_done(url: str) -> bool:
    return CALLER.get(f"{url}?fields=state", timeout=60).json()["state"] in ("done", "terminatedWithError")


def _calls(url: str) -> Sequence[float]:
    """When each request came, in seconds."""
    made = CALLER.get(f"{url}/mock-control/calls", timeout=60).json()
    return sorted(datetime.fromisoformat(call["at"]).timestamp() for call in made)


def _most_in_a_second(moments: Sequence[float]) -> int:
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


@contextmanager
def _served(folder: Path, count: int) -> Iterator[Mapping[str, str]]:
    ports, root = folder / "ports.json", str(Path(__file__).parent.parent)
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.stores", "--count", str(count)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen([*command, "--ports-file", str(ports)], env=environment)
    try:
        until("the stores are served", lambda: ports.exists() or process.poll() is not None)
        yield json.loads(ports.read_text())
    finally:
        process.terminate()
        process.wait(timeout=30)
