"""Measures the HTTP side against its floors, side by side with what one would write in a day and with the door's limit.

python -m benchmarks.api --quick     a look, below two minutes
python -m benchmarks.api             100,000 stored orders, five rounds
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks import seed
from benchmarks.bodies import CHECKS, ORDERS, a_service, an_order, as_body
from benchmarks.flushes import compiled
from benchmarks.load import Window, drive, request
from benchmarks.report import Measured, Table, machine
from benchmarks.servers import Server, linkwright, peer, running, settings_for
from linkwright.cli.mock_world import PARTNER_PREFIX, mocks_running

PROBE = f"{ORDERS}?limit=1"
SITE = "nordwind-hq"
MATCHES = 200
"""How many orders the filter of the list finds."""
READY = {200, 201}


@dataclass(frozen=True, kw_only=True)
class Plan:
    stored: int
    rounds: int
    window_s: float
    starts: int


QUICK = Plan(stored=2_000, rounds=1, window_s=0.8, starts=1)
FULL = Plan(stored=100_000, rounds=5, window_s=1.5, starts=5)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """`requests` are sent over and over; `against` names the servers that are asked too."""

    name: str
    clients: int
    requests: Sequence[bytes]
    against: Sequence[str] = ()
    delay_us: int = 0


@dataclass
class Bench:
    plan: Plan
    servers: dict[str, Server]
    found: dict[tuple[str, int, str], list[Measured]] = field(default_factory=dict)

    def run(self, workloads: Sequence[Workload]) -> None:
        """Every server once in each round, so that a busy moment of the machine meets all of them."""
        for workload in workloads:
            for server in ("linkwright", *workload.against):
                self._window(server, workload, 0.3)  # caches and compiled validators are those of a running server
            for _ in range(self.plan.rounds):
                for server in ("linkwright", *workload.against):
                    measured = self._window(server, workload, self.plan.window_s)
                    self.found.setdefault((workload.name, workload.clients, server), []).append(measured)
            print(f"  {workload.name}, {workload.clients} clients", file=sys.stderr, flush=True)

    def _window(self, name: str, workload: Workload, seconds: float) -> Measured:
        server = self.servers[name]
        server.flushes.add_delay(workload.delay_us)
        cpu_s, flushes = server.cpu_s(), server.flushes.count()
        window = drive(server.port, workload.requests, clients=workload.clients, seconds=seconds)
        cpu_s, flushes = server.cpu_s() - cpu_s, server.flushes.count() - flushes
        server.flushes.add_delay(0)
        _refuse_unexpected(name, workload, window)
        count = len(window.millis)
        return Measured(
            cpu_ms=1000 * cpu_s / count,
            per_s=window.per_s,
            p50_ms=window.percentile(0.50),
            p99_ms=window.percentile(0.99),
            flushes=flushes / count,
        )


def _refuse_unexpected(server: str, workload: Workload, window: Window) -> None:
    if unexpected := set(window.statuses) - READY:
        raise RuntimeError(f"{server} answered {workload.name} with {unexpected}")


def reads(ids: Sequence[str], stored: int) -> list[Workload]:
    some = random.Random(1).sample(range(stored), min(512, stored))
    since = seed.ordered_at(stored - MATCHES - 1).isoformat().replace("+00:00", "Z")
    farthest = min(10_000, stored - 20)
    shown = "fields=id,state,serviceOrderItem.id&limit=20"
    by_id = [request("GET", f"{ORDERS}/{ids[number]}") for number in some]
    by_external_id = [request("GET", f"{ORDERS}?externalId={seed.external_id(number)}") for number in some]
    fields = [request("GET", f"{ORDERS}?{shown}&offset={offset}") for offset in range(0, farthest, farthest // 20)]
    listed = request("GET", f"{ORDERS}?state=acknowledged&orderDate.gt={since}&limit=20")
    both = ("naive",)
    return [
        Workload(name="GET by id", clients=8, requests=by_id, against=("naive", "limit")),
        Workload(name="GET by state and orderDate.gt", clients=8, requests=[listed], against=both),
        Workload(name="GET by externalId", clients=8, requests=by_external_id, against=both),
        Workload(name="GET with fields and offset", clients=8, requests=fields, against=both),
    ]


def writes(ids: Sequence[str]) -> list[Workload]:
    one, hundred = request("POST", ORDERS, as_body(an_order(1))), request("POST", ORDERS, as_body(an_order(100)))
    some = random.Random(2).sample(list(ids), min(512, len(ids)))
    patches = [
        request("PATCH", f"{ORDERS}/{order_id}", as_body({"description": f"turn {turn}", "priority": "2"}))
        for turn in range(7)
        for order_id in some
    ]
    everybody = ("naive", "limit")
    return [
        *(Workload(name="PATCH", clients=c, requests=patches, against=("naive",)) for c in (8, 32)),
        *(Workload(name="POST 1 item", clients=c, requests=[one], against=everybody) for c in (1, 8, 32)),
        Workload(name="POST 100 items", clients=8, requests=[hundred], against=everybody),
        *(
            Workload(name="POST 1 item, flush +2 ms", clients=c, requests=[one], against=everybody, delay_us=2000)
            for c in (1, 8, 32)
        ),
    ]


def sizes(ids: Sequence[str], few: Sequence[str]) -> list[tuple[str, Callable[[str], bytes]]]:
    """The same work on the server with few orders and on the one with many."""
    post = request("POST", ORDERS, as_body(an_order(1)))
    pick = random.Random(3)
    chosen = {"linkwright": ids, "few": few}
    return [
        ("POST 1 item", lambda _: post),
        ("GET by id", lambda server: request("GET", f"{ORDERS}/{pick.choice(chosen[server])}")),
    ]


def compare_sizes(bench: Bench, ids: Sequence[str], few: Sequence[str]) -> None:
    for name, make in sizes(ids, few):
        for _ in range(bench.plan.rounds):
            for server in ("few", "linkwright"):
                workload = Workload(name=f"{name}, by size", clients=8, requests=[make(server) for _ in range(200)])
                measured = bench._window(server, workload, bench.plan.window_s)
                bench.found.setdefault((workload.name, 8, server), []).append(measured)


def checks() -> Workload:
    item = {"id": "1", "service": a_service(SITE, availabilityTarget=99.5, latencyMaxMs=40)}
    body = {"instantSyncQualification": True, "serviceQualificationItem": [item]}
    return Workload(name="POST check, 1 site", clients=4, requests=[request("POST", CHECKS, as_body(body))])


@contextmanager
def all_running(folder: Path, plan: Plan, library: Path | None) -> Iterator[tuple[Bench, list[str], list[str]]]:
    databases = {name: folder / name / "orders.db" for name in ("linkwright", "few", "naive", "limit")}
    for database in databases.values():
        database.parent.mkdir(parents=True)
    print(f"  storing {plan.stored} orders", file=sys.stderr, flush=True)
    ids, few = seed.seeded(databases["linkwright"], plan.stored), seed.seeded(databases["few"], 1_000)
    seed.seeded_naively(databases["naive"], ids)
    seed.seeded_at_the_limit(databases["limit"], ids)
    with ExitStack() as stack:
        commands = {
            "linkwright": linkwright(databases["linkwright"]),
            "few": linkwright(databases["few"]),
            "naive": peer("naive", databases["naive"]),
            "limit": peer("limit", databases["limit"]),
        }
        servers = {
            name: stack.enter_context(running(command, databases[name].parent, PROBE, library))
            for name, command in commands.items()
        }
        yield Bench(plan, servers), ids, few


def measured_starts(folder: Path, plan: Plan) -> tuple[list[float], list[float]]:
    """Seconds to the first answer, and MB after a moment of rest, of servers on empty databases."""
    seconds, memory = [], []
    for number in range(plan.starts):
        home = folder / f"start-{number}"
        home.mkdir()
        with running(linkwright(home / "orders.db"), home, PROBE, None) as server:
            seconds.append(server.started_s)
            drive(server.port, [request("GET", PROBE)], clients=1, seconds=2.0)
            memory.append(server.memory_mb())
    return seconds, memory


def measured_checks(folder: Path, plan: Plan, library: Path | None) -> dict[str, list[Measured]]:
    """From our own network alone, and with two partners who are asked for an offer over HTTP in each check."""
    found = {}
    with mocks_running("germany50") as urls:
        ours = {name: url for name, url in urls.items() if not name.startswith(PARTNER_PREFIX)}
        for name, systems in (("own network", ours), ("two partners asked", dict(urls))):
            home = folder / name
            home.mkdir()
            (home / "linkwright.toml").write_text(settings_for(systems, PARTNER_PREFIX))
            with running(linkwright(home / "orders.db"), home, PROBE, library) as server:
                bench, workload = Bench(plan, {"linkwright": server}), checks()
                _refuse_undesigned(server, workload)
                bench.run([workload])
                found[name] = bench.found[workload.name, workload.clients, "linkwright"]
    return found


def _refuse_undesigned(server: Server, workload: Workload) -> None:
    """A fast answer that is none would be no figure."""
    import http.client

    caller = http.client.HTTPConnection("127.0.0.1", server.port)
    caller.request("POST", CHECKS, workload.requests[0].partition(b"\r\n\r\n")[2], {"content-type": "application/json"})
    answer = orjson.loads(caller.getresponse().read())
    item = answer["serviceQualificationItem"][0]
    if answer.get("state") != "done" or item.get("qualificationResult") != "qualified":
        raise RuntimeError(f"the check was not answered with a design: {orjson.dumps(answer)[:600]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 stored orders, one short round")
    quick = parser.parse_args().quick
    plan, load = QUICK if quick else FULL, os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="linkwright-bench-") as name:
        folder = Path(name)
        library = compiled(folder)
        seconds, memory = measured_starts(folder, plan)
        with all_running(folder, plan, library) as (bench, ids, few):
            bench.run(reads(ids, plan.stored))
            compare_sizes(bench, ids, few)
            bench.run(writes(ids))
            loaded_mb = bench.servers["linkwright"].memory_mb()
        check = measured_checks(folder, plan, library)
    table = Table(
        found=bench.found, check=check, seconds=seconds, memory=memory, loaded_mb=loaded_mb, counted=library is not None
    )
    print(machine(plan.rounds, plan.window_s, plan.stored, quick=quick, load=load))
    print(table.text())


if __name__ == "__main__":
    main()
