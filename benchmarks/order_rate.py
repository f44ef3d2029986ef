"""Orders a second from `POST` to `completed`, with ten listeners: on SQLite, and on PostgreSQL by instances."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Row
from benchmarks.installation import (
    LISTENERS,
    LOOK_EVERY_S,
    Installation,
    an_order_of,
    installed,
    mocks_at_once,
    until,
)
from benchmarks.postgres import scratch_database

INSTANCES = (1, 2, 4)
WARM_UP = 5
ALONE = 10
QUIET_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Of one load: how fast, and what an order cost our processes and those that stand around them."""

    per_s: float
    cpu_ms: float
    around_cpu_ms: float
    told_per_s: float
    alone_s: float

    @property
    def figure(self) -> str:
        return (
            f"{self.per_s:.1f} orders/s, {self.told_per_s:.0f} notifications/s; CPU {self.cpu_ms:.0f} ms an order, "
            f"{self.around_cpu_ms:.1f} ms around it; one alone {1000 * self.alone_s:.0f} ms"
        )


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Fulfilment of a design that exists, and with the design in it; SQLite beside PostgreSQL."""
    orders = 60 if quick else 400
    with mocks_at_once(_made(folder / "mocks"), "resources", "catalogue", "places") as (urls, _):
        sqlite = f"sqlite:///{folder / 'orders.db'}"
        with installed(folder / "sqlite", sqlite, urls) as site:
            site.listen()
            alike, designed = loaded(site, orders, site.checked()), loaded(site, orders // 4, None)
        yield _row("SQLite, 1 instance", alike, orders)
        yield _row("SQLite, 1 instance, designed in the order", designed, orders // 4)
        first = None
        for instances in INSTANCES:
            with on_postgres(folder / f"postgres-{instances}", urls, instances) as site:
                site.listen()
                rate = loaded(site, orders, site.checked())
            first = first or rate
            times = f"; {rate.per_s / first.per_s:.2f} x one instance" if instances > 1 else ""
            yield _row(f"PostgreSQL, {instances} instance{'s' * (instances > 1)}", rate, orders, times)


@contextmanager
def on_postgres(folder: Path, urls: Mapping[str, str], instances: int) -> Iterator[Installation]:
    with (
        scratch_database(_made(folder)) as database_url,
        installed(folder, database_url, urls, instances=instances) as site,
    ):
        yield site


def loaded(site: Installation, count: int, reference: str | None) -> Rate:
    """Post `count` orders at once and wait until all of them are completed and told."""
    order = an_order_of(reference)
    site.order_all(order, WARM_UP)
    _completed(site, len(site.told()["completed"]), WARM_UP)
    alone_s = median(_alone(site, order, number) for number in range(ALONE))
    before, heard = len(site.told()["completed"]), _heard(site)
    cpu_s, around_s, began = site.cpu_s(), site.answering.cpu_s(), time.time()
    site.order_all(order, count)
    completed = _completed(site, before, count)
    last = max(completed.values())
    told_s = _told_at(site) - began
    return Rate(
        per_s=count / (last - began),
        cpu_ms=1000 * (site.cpu_s() - cpu_s) / count,
        around_cpu_ms=1000 * (site.answering.cpu_s() - around_s) / count,
        told_per_s=(_heard(site) - heard) / told_s,
        alone_s=alone_s,
    )


def _alone(site: Installation, order: object, number: int) -> float:
    began = time.time()
    made = site.order(order, number)
    told: Mapping[str, float] = until("it is completed", lambda: _if_in(site, made), every_s=0.02)
    return told[made] - began


def _if_in(site: Installation, order_id: str) -> Mapping[str, float] | None:
    completed: Mapping[str, float] = site.told()["completed"]
    return completed if order_id in completed else None


def _completed(site: Installation, before: int, more: int) -> Mapping[str, float]:
    def all_of_them() -> Mapping[str, float] | None:
        completed: Mapping[str, float] = site.told()["completed"]
        return completed if len(completed) >= before + more else None

    found: Mapping[str, float] = until("all orders are completed", all_of_them)
    return found


def _told_at(site: Installation) -> float:
    """When the last listener heard the last of it: nothing more has come for a while."""
    heard, last = -1, time.time()
    while time.time() - last < QUIET_S:
        if (now := _heard(site)) != heard:
            heard, last = now, time.time()
        time.sleep(LOOK_EVERY_S)
    return last


def _heard(site: Installation) -> int:
    return sum(site.told()["heard"].values())


def _row(what: str, rate: Rate, orders: int, more: str = "") -> Row:
    on = f"{orders} orders of one item, {LISTENERS} listeners"
    return Row(what=f"completed: {what}", figure=rate.figure + more, goal="", holds=None, on=on)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
