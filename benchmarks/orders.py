"""Measures what happens to orders after they are taken, with real processes and systems that answer at once.

python -m benchmarks.orders --quick            a look, some minutes
python -m benchmarks.orders                    everything
python -m benchmarks.orders --only rate        one part (several may be named): rate waiting roll-out
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import order_rate, roll_out, waiting_orders
from benchmarks.figures import Row

Part = Callable[..., Iterator[Row]]
PARTS: Mapping[str, Part] = {"rate": order_rate.rows, "waiting": waiting_orders.rows, "roll-out": roll_out.rows}
"""By name; each is given a folder of its own, and whether only a look is wanted."""
HEAD = "| what | figure | goal | holds | on |\n|---|---|---|---|---|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few orders, some minutes")
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), default=list(PARTS), metavar="NAME")
    options = parser.parse_args()
    print(f"load average before it {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores\n\n{HEAD}", flush=True)
    missed = False
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="linkwright-bench-") as folder:
            for row in PARTS[name](Path(folder), quick=options.quick):
                missed |= row.holds is False
                print(row, flush=True)
    sys.exit(missed)


if __name__ == "__main__":
    main()
