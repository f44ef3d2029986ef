"""Measures how the design core grows: gaps by time, proofs, memory, and its searches side by side with networkx.

python -m benchmarks.core --quick        a look: few seeds, no 10,000 sites, some minutes
python -m benchmarks.core                everything
python -m benchmarks.core --row hundred  one row (several may be named)
"""

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figures import Row, share, span, spread
from benchmarks.instances import CONTINENT, NATIONAL, Instance, known
from benchmarks.searches import searches
from linkwright.design.model import Outcome, Problem
from linkwright.design.solve import Round, solve
from linkwright.outbound.design_worker import spare_the_collector
from tests.design.dense import a_dense_item, two_dense_items_apart

PACKAGES = ("numpy", "highspy", "networkx", "topohub")
TURNS = 3
"""So often the questions are asked of which the ratio counts."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One question to the core in a process of its own. `rounds`: (seconds, gap) as they were told."""

    outcome: Outcome
    seconds: float
    cpu_s: float
    rounds: tuple[tuple[float, float], ...]
    peak_mb: int

    def gap_at(self, seconds: float) -> float:
        if self.seconds <= seconds and self.outcome.gap is not None:
            return self.outcome.gap
        return min((gap for when, gap in self.rounds if when <= seconds), default=1.0)

    def first_s(self) -> float:
        return next((when for when, gap in self.rounds if gap < 1.0), self.seconds)

    def proved_s(self) -> float | None:
        return self.seconds if self.outcome.status == "optimal" else None


def run(instance: Instance, limit_s: float, relax: bool = False, alternatives: int = 0) -> Run:
    """In a fresh process as the design core has one, so that memory is its own; a small question of the same kind comes
    before it.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, instance, limit_s, relax, alternatives).result()


def _run(instance: Instance, limit_s: float, relax: bool, alternatives: int) -> Run:
    problem = instance.problem()
    solve(replace(instance, sites=30, orders=None).problem(), time_limit_s=5, relax=relax, alternatives=alternatives)
    spare_the_collector()
    rounds: list[tuple[float, float]] = []

    def told(now: Round) -> None:
        rounds.append((now.elapsed_s, now.gap))

    began, cpu = time.perf_counter(), time.process_time()
    outcome = solve(problem, time_limit_s=limit_s, relax=relax, alternatives=alternatives, on_round=told)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(outcome=outcome, seconds=seconds, cpu_s=cpu_s, rounds=tuple(rounds), peak_mb=peak_mb)


def one_site(seeds: Sequence[int]) -> list[Row]:
    """Every site of a problem alone, asked twice: the second time counts."""
    rows = []
    for srlg in (False, True):
        instance = Instance(graph=CONTINENT, sites=30 * len(seeds), seed=1, room=1.5, eased=0.006, srlg=srlg)
        problem = instance.problem()
        sites = [site for site in problem.sites if (site.diversity == "srlg") == srlg]
        if not sites:
            continue
        measured = [_warm_ms(problem, site.id) for site in sites]
        times, cpu = sorted(wall for wall, _ in measured), sorted(own for _, own in measured)
        p50, p95 = times[len(times) // 2], times[int(0.95 * len(times))]
        figure = f"p50 {p50:.1f}, p95 {p95:.1f} (CPU {cpu[int(0.95 * len(cpu))]:.1f}), max {times[-1]:.0f} ms"
        what = "1 site, warm, SRLG-diverse" if srlg else "1 site, warm, none, link or node"
        on = f"{instance}; {len(sites)} sites"
        rows.append(Row(what=what, figure=figure, goal="p95 <= 10 ms", holds=p95 <= 10, on=on))
    return rows


def _warm_ms(problem: Problem, site_id: str) -> tuple[float, float]:
    """By the clock, and of CPU: they differ where others compute on the machine."""
    site = next(site for site in problem.sites if site.id == site_id)
    options = tuple(option for option in problem.access_options if option.site == site_id)
    alone = replace(problem, sites=(site,), access_options=options)
    solve(alone, time_limit_s=5)
    began, cpu = time.perf_counter(), time.process_time()
    solve(alone, time_limit_s=5)
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)


def hundred(seeds: Sequence[int]) -> list[Row]:
    instances = [Instance(graph=NATIONAL, sites=100, seed=seed) for seed in seeds]
    runs = [run(instance, 30) for instance in instances]
    able = [own for own in runs if own.outcome.status != "infeasible"]
    gaps = [own.gap_at(1.0) for own in able]
    proved = [own.proved_s() for own in able]
    part = sum(own is not None for own in proved) / max(1, len(able))
    on = f"{NATIONAL}, 100 sites, room 1.0, seeds {span(seeds)} ({len(able)} feasible), limit 30 s"
    firsts = [own.first_s() for own in able]
    told = ", ".join("open" if own is None else f"{own:.1f}" for own in proved)
    return [
        Row(what="100 sites: gap after 1 s", figure=share(gaps), goal="<= 2 %", holds=max(gaps) <= 0.02, on=on),
        Row(what="100 sites: first design, s", figure=spread(firsts), goal="", holds=None, on=on),
        Row(
            what="100 sites: proved",
            figure=f"{part:.0%} ({told} s)",
            goal=">= 80 % in 30 s",
            holds=part >= 0.8,
            on=on,
        ),
    ]


def thousand(seeds: Sequence[int]) -> list[Row]:
    runs = [run(Instance(graph=NATIONAL, sites=1000, seed=seed, room=1.5), 10) for seed in seeds]
    gaps = [own.gap_at(10.0) for own in runs]
    on = f"{NATIONAL}, 1,000 sites, room 1.5, seeds {span(seeds)}, limit 10 s"
    worst = max(gaps)
    memory = max(own.peak_mb for own in runs)
    return [
        Row(what="1,000 sites: gap after 10 s", figure=share(gaps), goal="<= 0.5 %, all", holds=worst <= 0.005, on=on),
        Row(
            what="1,000 sites: first design, s",
            figure=spread([own.first_s() for own in runs]),
            goal="",
            holds=None,
            on=on,
        ),
        Row(
            what="1,000 sites: whole question, s",
            figure=spread([own.seconds for own in runs]),
            goal="",
            holds=None,
            on=on,
        ),
        Row(what="1,000 sites: memory", figure=f"{memory} MB", goal="", holds=None, on=on),
    ]


def ten_thousand(seeds: Sequence[int]) -> list[Row]:
    small = run(Instance(graph=NATIONAL, sites=1000, seed=seeds[0], room=1.5), 120)
    large = Instance(graph=NATIONAL, sites=10_000, seed=seeds[0], room=1.5)
    found = run(large, 120)
    gap, first, growth = found.gap_at(120), found.first_s(), found.seconds / small.seconds
    on = f"{large}, limit 120 s"
    return [
        Row(what="10,000 sites: gap after 120 s", figure=share([gap]), goal="<= 0.5 %", holds=gap <= 0.005, on=on),
        Row(what="10,000 sites: first design, s", figure=f"{first:.1f}", goal="<= 30", holds=first <= 30, on=on),
        Row(what="10,000 sites: whole question, s", figure=f"{found.seconds:.1f}", goal="", holds=None, on=on),
        Row(
            what="10,000 sites: memory",
            figure=f"{found.peak_mb} MB",
            goal="<= 1 GB",
            holds=found.peak_mb <= 1024,
            on=on,
        ),
        Row(what="growth 1,000 to 10,000 sites", figure=f"{growth:.1f} x", goal="<= 15 x", holds=growth <= 15, on=on),
    ]


def infeasible(seeds: Sequence[int]) -> list[Row]:
    instance = Instance(graph=NATIONAL, sites=1000, seed=seeds[0], room=1.5, orders=5)
    found = run(instance, 30, relax=True)
    reasons = ", ".join(f"{r.constraint} {r.limit} -> {r.needed}" for r in found.outcome.reasons[:3])
    changes = ", ".join(f"{r.constraint} = {r.value}" for r in found.outcome.relaxations[:2])
    combined = [f"{c.constraint} = {c.value}" for own in found.outcome.combinations[:1] for c in own.changes[:3]]
    instead = changes or ", ".join(combined) or "nothing"
    figure = f"{found.seconds:.1f} s; {found.outcome.status}: {reasons}; instead {instead}"
    holds = found.seconds <= 10 and bool(changes or combined)
    return [
        Row(what="infeasible: reason and change", figure=figure, goal="<= 10 s at 1,000", holds=holds, on=str(instance))
    ]


def pareto(seeds: Sequence[int]) -> list[Row]:
    """Asked in turns, so that a slow moment of the machine meets both; the least CPU of each counts."""
    rows, all_plain_s, all_found_s = [], 0.0, 0.0
    for seed in seeds:
        instance = Instance(graph=NATIONAL, sites=100, seed=seed, room=1.5)
        turns = [(run(instance, 30), run(instance, 30, alternatives=12)) for _ in range(TURNS)]
        outcome = turns[0][1].outcome
        if outcome.design is None:
            continue
        plain_s, found_s = (min(one.cpu_s for one in runs) for runs in zip(*turns, strict=True))
        all_plain_s, all_found_s = all_plain_s + plain_s, all_found_s + found_s
        what = f"{len(outcome.alternatives)} designs left"
        rows.append(_pareto_row("12 Pareto points, 100 sites", found_s, plain_s, what, str(instance)))
    if len(rows) > 1:
        on = f"{NATIONAL}, 100 sites, {len(rows)} feasible seeds, room 1.5"
        rows.append(_pareto_row("12 Pareto points, all seeds together", all_found_s, all_plain_s, "", on))
    return rows


def _pareto_row(what: str, found_s: float, plain_s: float, left: str, on: str) -> Row:
    times = found_s / plain_s
    figure = f"{times:.1f} x one solve (CPU {found_s:.2f} and {plain_s:.2f} s{', ' if left else ''}{left})"
    return Row(what=what, figure=figure, goal="<= 3 x", holds=times <= 3, on=f"{on}, least of {TURNS}")


def dense(_seeds: Sequence[int]) -> list[Row]:
    """Alternatives where a place has several accesses and the network very many ways on."""
    rows = []
    for what, made in (("1 item, alternatives", a_dense_item), ("2 items apart, alternatives", two_dense_items_apart)):
        problem = made(known(NATIONAL))
        solve(problem, time_limit_s=30)
        cpu = time.process_time()
        found = solve(problem, time_limit_s=30, alternatives=12)
        took = time.process_time() - cpu
        proved = sum(one.gap == 0 for one in found.alternatives)
        figure = f"CPU {took:.2f} s; {proved} of {len(found.alternatives)} designs proved"
        holds = took <= 1 and proved == len(found.alternatives) and not found.guards
        on = f"{NATIONAL}, {problem.name}, limit 30 s"
        rows.append(Row(what=what, figure=figure, goal="<= 1 s, proved", holds=holds, on=on))
    return rows


ROWS: dict[str, Callable[[Sequence[int]], list[Row]]] = {
    "one": one_site,
    "hundred": hundred,
    "thousand": thousand,
    "ten-thousand": ten_thousand,
    "searches": searches,
    "infeasible": infeasible,
    "pareto": pareto,
    "dense": dense,
}


def main() -> int:
    """0 where every goal holds, 1 where one is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--row", action="append", choices=sorted(ROWS))
    parser.add_argument("--seeds", type=int, default=None)
    asked = parser.parse_args()
    seeds = range(1, 1 + (asked.seeds or (2 if asked.quick else 10)))
    names = asked.row or [name for name in ROWS if not (asked.quick and name == "ten-thousand")]
    print(
        _machine(),
        "| what | figure | goal | holds | instance and limits |",
        "|---|---|---|---|---|",
        sep="\n",
        flush=True,
    )
    missed = False
    for name in names:
        for row in ROWS[name](seeds):
            print(row, flush=True)
            missed = missed or row.holds is False
    return int(missed)


def _machine() -> str:
    info = Path("/proc/cpuinfo").read_text()
    cpu = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "")
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"a loop of 10,000,000 additions took {_loop_s():.2f} s; "
        f"{os.cpu_count()} x {cpu}, {platform.system()}; Python {platform.python_version()}, {packages}; "
        f"load average before {os.getloadavg()[0]:.1f}; one thread, a process for every question, after a small one\n"
    )


def _loop_s() -> float:
    """How fast the machine is now, in seconds of CPU."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - began


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "absent"


if __name__ == "__main__":
    raise SystemExit(main())
