"""Measures how near to its bound a schedule of many activities comes, and how long that takes.

python -m benchmarks.plans --quick    1,000 activities only
python -m benchmarks.plans            10,000 too, and the first schedule of 100,000
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version

from linkwright.plan.model import Activity, After, Network, Pool
from linkwright.plan.schedule import schedule

POOLS = 30
LIMIT_S = 10.0
GOAL, GOAL_FROM = 0.08, 10_000


def projects(count: int, seed: int) -> Network:
    """Many projects of 10 to 40 activities side by side, each activity behind one or two of the four before it."""
    rng = random.Random(seed)

    def behind() -> Iterator[list[int]]:
        begun = 0
        while begun < count:
            size = min(rng.randint(10, 40), count - begun)
            for n in range(size):
                links = rng.choice((1, 1, 2)) if n else 0
                yield sorted({begun + rng.randrange(max(0, n - 4), n) for _ in range(links)})
            begun += size

    return _network(rng, behind(), longest_days=8, full_days=110)


def web(count: int, seed: int) -> Network:
    """One project in which each activity is behind one to three of the fifth of all that comes before it."""
    rng = random.Random(seed)
    reach = count // 5
    behind = (
        sorted({rng.randrange(max(0, n - reach), n) for _ in range(rng.choice((1, 1, 2, 3)))}) if n > reach // 4 else []
        for n in range(count)
    )
    return _network(rng, behind, longest_days=5, full_days=115)


def _network(rng: random.Random, behind: Iterator[list[int]], *, longest_days: int, full_days: int) -> Network:
    """One to three jobs of one of the pools on each day; each pool has just the crews for its work in `full_days`."""
    load, activities = [0] * POOLS, []
    for n, links in enumerate(behind):
        pool, days, jobs = rng.randrange(POOLS), rng.randint(1, longest_days), rng.choice((1, 1, 2, 3))
        load[pool] += days * jobs
        activities.append(
            Activity(
                id=f"a{n}", name=f"a{n}", kind="build", days=days, most_days=days + 1, pool=f"p{pool}", jobs=jobs,
                after=tuple(After(activity=f"a{other}") for other in links),
            )
        )  # fmt: skip
    pools = tuple(Pool(id=f"p{n}", jobs_per_day=max(-(-work // full_days), 3)) for n, work in enumerate(load))
    return Network(activities=tuple(activities), pools=pools)


def measured(kind: str, make: Callable[[int, int], Network], count: int, seed: int, improve_s: float) -> bool:
    """Prints a line; False where the goal is missed."""
    network = make(count, seed)
    began = time.perf_counter()
    found = schedule(network, improve_s=improve_s)
    seconds = time.perf_counter() - began
    has_goal = improve_s > 0 and count >= GOAL_FROM
    holds = not has_goal or (found.gap <= GOAL and seconds <= LIMIT_S)
    print(
        f"| {kind}, seed {seed} | {count:,} | {improve_s:g} | {found.ready_day} | {found.bound_day} | "
        f"{100 * found.gap:.2f} % | {seconds:.2f} | {'' if not has_goal else 'yes' if holds else '**no**'} |",
        flush=True,
    )
    return holds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    print(f"{os.cpu_count()} cores, load average before {os.getloadavg()[0]:.1f}, ortools {version('ortools')}\n")
    print("| network | n | searched, s | makespan, days | bound, days | gap | took, s | <= 8 %, 10 s |")
    print("|---|---|---|---|---|---|---|---|")
    held = [
        measured(kind, make, count, seed, improve_s)
        for count in ((1_000,) if quick else (1_000, 10_000))
        for kind, make in (("projects", projects), ("web", web))
        for seed in (1, 2, 3)
        for improve_s in (0.0, LIMIT_S)
    ]
    if not quick:
        held.append(measured("projects", projects, 100_000, 1, 0.0))
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
