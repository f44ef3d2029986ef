"""What open orders cost while they wait, and how soon one of them goes on once its time or its news has come.

Half of them wait for the start that was asked for, the other half for a resource order that is in progress.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.figures import Row
from benchmarks.installation import Installation, an_order_of, installed, mocks_at_once, posted, until
from benchmarks.order_rate import loaded
from benchmarks.postgres import scratch_database
from benchmarks.seed import copied_in, opened, seeded_in

MOST_IDLE_SHARE, LATEST_S = 0.03, 2.0
WOKEN = 10
SETTLED_S, STARTS_IN_S, STARTS_EVERY_S = 5.0, 4.0, 0.37
FAR = timedelta(days=30)
UNTIL_NEWS = "first_look_s = 3600.0\nlongest_look_s = 3600.0"
"""Whoever waits for a system is woken by its news alone, not by a look of his own."""
PROVIDE = "resourceOrder"


@dataclass(frozen=True, kw_only=True)
class Wakes:
    """Seconds until the next outward call."""

    by_news_s: list[float]
    by_date_s: list[float]


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    waiting, idle_s, orders = (2_000, 8.0, 20) if quick else (100_000, 20.0, 200)
    with ExitStack() as stack:
        mocks = folder / "mocks"
        mocks.mkdir()
        urls, _ = stack.enter_context(mocks_at_once(mocks, "resources", "catalogue", "places"))
        for kind in ("SQLite", "PostgreSQL"):
            with ExitStack() as of_kind:
                home = folder / kind
                home.mkdir()
                database_url = (
                    f"sqlite:///{home / 'orders.db'}"
                    if kind == "SQLite"
                    else of_kind.enter_context(scratch_database(home))
                )
                site = of_kind.enter_context(installed(home, database_url, urls, more=UNTIL_NEWS))
                yield from _of(kind, site, database_url, waiting, idle_s, orders)


def _of(kind: str, site: Installation, database_url: str, waiting: int, idle_s: float, orders: int) -> Iterator[Row]:
    reference, on = site.checked(), f"{kind}, {waiting:,} open orders"
    subscriptions = site.listen()
    few = loaded(site, orders, reference)
    site.silence(subscriptions)  # what is seeded would be told to all of them
    empty = _idle_share(site, idle_s)
    held = _held(site, reference)
    with opened(database_url) as books:
        seeded_in(books, waiting // 2)
        copied_in(books, held[0], waiting - waiting // 2, datetime.now(UTC) + FAR)
    share = _idle_share(site, idle_s)
    print(f"  {kind}: {waiting:,} orders stored", file=sys.stderr, flush=True)
    yield Row(
        what="idle CPU of a core",
        figure=f"{100 * share:.1f} % ({100 * empty:.1f} % without orders), {site.memory_mb():.0f} MB",
        goal=f"<= {100 * MOST_IDLE_SHARE:g} %",
        holds=share <= MOST_IDLE_SHARE,
        on=f"{on}, over {idle_s:g} s",
    )
    wakes = Wakes(by_news_s=[_by_news(site, order) for order in held[1:]], by_date_s=_by_date(site, reference))
    for what, told in (("an event", wakes.by_news_s), ("its start date", wakes.by_date_s)):
        yield Row(
            what=f"wake-up by {what}: next outward call",
            figure=f"median {1000 * median(told):.0f} ms, worst {1000 * max(told):.0f} ms",
            goal=f"<= {LATEST_S:g} s",
            holds=max(told) <= LATEST_S,
            on=f"{on}, {len(told)} of them",
        )
    site.listen()
    many = loaded(site, orders, reference)
    yield Row(
        what="completed beside them",
        figure=f"{many.figure}; {many.per_s / few.per_s:.2f} x without them ({few.per_s:.1f} orders/s)",
        goal="",
        holds=None,
        on=f"{on}, {orders} more",
    )


def _idle_share(site: Installation, seconds: float) -> float:
    time.sleep(SETTLED_S)
    cpu_s, began = site.cpu_s(), time.perf_counter()
    time.sleep(seconds)
    return (site.cpu_s() - cpu_s) / (time.perf_counter() - began)


def _held(site: Installation, reference: str) -> list[str]:
    """Orders whose resource order stays in progress."""
    posted(f"{site.answering_url}/hold", [PROVIDE])
    ids = [site.order(an_order_of(reference)) for _ in range(WOKEN + 1)]
    until("their resource orders are out", lambda: set(ids) <= set(_remote_ids(site)))
    posted(f"{site.answering_url}/hold", [])
    time.sleep(SETTLED_S)  # until they were looked at once
    return ids


def _remote_ids(site: Installation) -> Mapping[str, str]:
    """By our order, the resource order that it waits for."""
    return {key.partition("/")[0]: remote for remote, key in site.told()["waiting"].items()}


def _by_news(site: Installation, order_id: str) -> float:
    remote, known = _remote_ids(site)[order_id], len(site.told()["called"][order_id])
    posted(f"{site.answering_url}/release", [remote])
    event = {"eventType": "ResourceOrderStateChangeEvent", "event": {PROVIDE: {"id": remote, "state": "completed"}}}
    began = time.time()
    posted(f"{site.url()}/listener/resource-orders", event)
    return _next_call(site, order_id, known) - began


def _by_date(site: Installation, reference: str) -> list[float]:
    """Their dates come one after the other, beside the rhythm of any sweep."""
    first = datetime.now(UTC) + timedelta(seconds=STARTS_IN_S)
    starts = [first + timedelta(seconds=STARTS_EVERY_S * number) for number in range(WOKEN)]
    ids = [site.order(an_order_of(reference, requestedStartDate=start.isoformat())) for start in starts]
    return [_next_call(site, order_id, 0) - start.timestamp() for order_id, start in zip(ids, starts, strict=True)]


def _next_call(site: Installation, order_id: str, known: int) -> float:
    def later() -> list[float] | None:
        calls: list[float] = site.told()["called"].get(order_id, [])
        return calls[known:] or None

    found: list[float] = until("the order goes on", later)
    return found[0]
