"""One table: each figure with its floor, its range over the rounds, and beside what it was measured."""

import platform
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

PACKAGES = ("connexion", "starlette", "uvicorn", "uvloop", "httptools", "jsonschema-rs", "orjson", "SQLAlchemy", "dbos")
US = "linkwright"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One window of one server."""

    cpu_ms: float
    per_s: float
    p50_ms: float
    p99_ms: float
    flushes: float


Found = Mapping[tuple[str, int, str], Sequence[Measured]]


def machine(rounds: int, window_s: float, stored: int, *, quick: bool, load: float) -> str:
    """`load` is the load average before the first window: what others had to do."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    command = "python -m benchmarks.api" + (" --quick" if quick else "")
    return (
        f"`{command}`, load average before it {load:.1f}\n"
        f"{cores} x {cpu.partition(':')[2].strip()}, {platform.system()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}\n"
        f"10,000,000 additions in a loop of Python took {_additions_s():.2f} s.\n"
        f"{stored} orders stored; {rounds} rounds of {window_s} s, servers in turn, client on the same cores.\n"
        "Orders that are posted start in 2037: no background run competes. CPU is the server's, in ms a request.\n"
    )


def _additions_s() -> float:
    """How fast this machine is just now: figures of two days are compared by it."""
    began, total = time.perf_counter(), 0
    while total < 10_000_000:
        total += 1
    return time.perf_counter() - began


@dataclass(frozen=True, kw_only=True)
class Table:
    found: Found
    check: Mapping[str, Sequence[Measured]]
    seconds: Sequence[float]
    memory: Sequence[float]
    loaded_mb: float
    counted: bool

    def text(self) -> str:
        head = ["| what | clients | median [range] | floor | holds | stretch |", "|---|---|---|---|---|---|"]
        return "\n".join([*head, *self._costs(), *self._flushes(), *self._sizes(), *self._rest(), "", *self._raw()])

    def _costs(self) -> list[str]:
        rows = []
        for name, clients, floor, stretch, ratio in COSTS:
            mine = self._of(name, clients)
            rows.append(row(f"{name}: CPU ms", clients, [one.cpu_ms for one in mine], floor, stretch))
            if ratio is not None:
                times = self._ratios(name, clients, "naive", lambda us, they: they.cpu_ms / us.cpu_ms)
                rows.append(row(f"{name}: naive's CPU / ours", clients, times, ratio[0], ratio[1], at_least=True))
        for clients in (8, 32):
            share = self._ratios("POST 1 item", clients, "limit", lambda us, they: us.per_s / they.per_s)
            rows.append(row("POST 1 item: requests/s, ours / limit", clients, share, 0.35, 0.45, at_least=True))
        p99 = [one.p99_ms for one in self._of("POST 1 item", 8)]
        return [*rows, row("POST 1 item: p99 ms", 8, p99, 20, None)]

    def _flushes(self) -> list[str]:
        if not self.counted:
            return ["| flushes | | not counted: there is no gcc | | | |"]
        rows = []
        for clients, least in ((1, 1.0), (8, 1 / 8), (32, 1 / 32)):
            told = [one.flushes for one in self._of("POST 1 item", clients)]
            rows.append(row("POST 1 item: flushes a request", clients, told, least, None, at_least=True))
        for clients, floor, stretch in ((8, 0.35, 0.28), (32, 0.12, 0.08)):
            told = [one.flushes for one in self._of("POST 1 item, flush +2 ms", clients)]
            rows.append(row("the same, flush +2 ms", clients, told, floor, stretch))
        return rows

    def _sizes(self) -> list[str]:
        measures: list[tuple[str, float, Callable[[Measured], float]]] = [
            ("CPU", 1.10, lambda one: one.cpu_ms),
            ("p50", 1.10, lambda one: one.p50_ms),
            ("p99", 1.60, lambda one: one.p99_ms),
        ]
        rows = []
        for name in ("POST 1 item, by size", "GET by id, by size"):
            for measure, floor, of in measures:
                many, few = self._of(name, 8), self.found[name, 8, "few"]
                told = [of(a) / of(b) for a, b in zip(many, few, strict=True)]
                rows.append(
                    row(f"{name}: {measure}, all stored / 1,000", 8, told, floor, 1.05 if floor < 1.5 else None)
                )
        return rows

    def _rest(self) -> list[str]:
        return [
            *(
                row(f"POST check, 1 site, designed, {how}: CPU ms", 4, [one.cpu_ms for one in told], 3.0, 1.0)
                for how, told in self.check.items()
            ),
            row("start to first answer, s", 1, self.seconds, 1.0, 0.5),
            row("memory after the start, MB", 1, self.memory, 120, 80),
            f"| memory after all windows, MB | | {self.loaded_mb:.0f} | | | |",
        ]

    def _raw(self) -> list[str]:
        head = ["| window | clients | server | CPU ms | requests/s | p50 ms | p99 ms | flushes |", "|---" * 8 + "|"]
        rows = [
            f"| {name} | {clients} | {server} | {_mid(m, 'cpu_ms'):.3f} | {_mid(m, 'per_s'):.0f} "
            f"| {_mid(m, 'p50_ms'):.2f} | {_mid(m, 'p99_ms'):.2f} | {_mid(m, 'flushes'):.2f} |"
            for (name, clients, server), m in [*self.found.items(), *self._checks()]
        ]
        return head + rows

    def _checks(self) -> list[tuple[tuple[str, int, str], Sequence[Measured]]]:
        return [((f"POST check, {how}", 4, US), told) for how, told in self.check.items()]

    def _of(self, name: str, clients: int) -> Sequence[Measured]:
        return self.found[name, clients, US]

    def _ratios(
        self, name: str, clients: int, other: str, of: Callable[[Measured, Measured], float]
    ) -> Sequence[float]:
        """Window by window, since those of a round were measured next to each other."""
        return [
            of(us, they) for us, they in zip(self._of(name, clients), self.found[name, clients, other], strict=True)
        ]


Ratio = tuple[float, float | None] | None
COSTS: Sequence[tuple[str, int, float, float, Ratio]] = (
    ("POST 1 item", 8, 0.40, 0.30, (4, 5)),
    ("POST 1 item", 32, 0.40, 0.30, (4, 5)),
    ("POST 100 items", 8, 5.0, 3.5, (6, 10)),
    ("GET by id", 8, 0.15, 0.10, (5, 8)),
    ("GET by state and orderDate.gt", 8, 0.6, 0.35, None),
    ("GET by externalId", 8, 0.2, 0.12, None),
    ("GET with fields and offset", 8, 0.8, 0.5, (3.5, None)),
    ("PATCH", 8, 0.45, 0.35, (4, None)),
    ("PATCH", 32, 0.45, 0.35, (4, None)),
)


def row(
    name: str, clients: int, told: Sequence[float], floor: float, stretch: float | None, *, at_least: bool = False
) -> str:
    middle = median(told)
    holds = "yes" if (middle >= floor if at_least else middle <= floor) else "**no**"
    sign = ">=" if at_least else "<="
    wanted = "" if stretch is None else f"{sign} {stretch:.3g}"
    spread = f"{middle:.3g} [{min(told):.3g}..{max(told):.3g}]"
    return f"| {name} | {clients} | {spread} | {sign} {floor:.3g} | {holds} | {wanted} |"


def _mid(measured: Sequence[Measured], name: str) -> float:
    return float(median(getattr(one, name) for one in measured))
