"""What the hub delivers, and whether a slow and a dead listener hold up the others.

Ten listeners on one server: eight answer at once, one takes a second for every notification, one never answers. The
same events go to the eight alone and to all ten; what counts is how much longer the eight wait then.

    python -m benchmarks.hub --quick     # 300 events a listener
    python -m benchmarks.hub             # 2,000 events a listener, three rounds
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import uuid_utils

from benchmarks.seed import FIRST, a_stored_order
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.subscribers import Delivery
from linkwright.settings import Settings
from linkwright.store.subscriptions import SqlSubscriptions
from linkwright.wiring.application import register_drain
from linkwright.wiring.storing import Stored, stored

HEALTHY, SLOW_S, WITHIN_S = 8, 1.0, 300.0
FLOOR_PER_S, MOST_RATIO = 500.0, 1.25
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Listener(asyncio.Protocol):
    """Counts notifications of one port and answers after `wait_s`; never where that is None."""

    def __init__(self, counts: list[int], number: int, wait_s: float | None) -> None:
        self._counts, self._number, self._wait_s = counts, number, wait_s
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if not found or len(body) < length:
            return
        self._read = b""
        self._counts[self._number] += 1
        if self._wait_s is not None:
            asyncio.get_running_loop().call_later(self._wait_s, self._answer)

    def _answer(self) -> None:
        self._transport.write(ANSWER)  # type: ignore[attr-defined]


def listen(pipe: Connection) -> None:
    """A process of its own: says the ports, then the counts as often as it is asked."""
    counts = [0] * (HEALTHY + 2)
    waits = [0.0] * HEALTHY + [SLOW_S, None]

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        ports = []
        for number, wait_s in enumerate(waits):
            server = await loop.create_server(
                lambda number=number, wait_s=wait_s: Listener(counts, number, wait_s), "127.0.0.1", 0
            )
            ports.append(server.sockets[0].getsockname()[1])
        pipe.send(ports)
        asked = asyncio.Event()
        loop.add_reader(pipe.fileno(), asked.set)
        while True:
            await asked.wait()
            asked.clear()
            if pipe.recv() is None:
                return
            pipe.send(list(counts))

    asyncio.run(serve())


@contextmanager
def listeners() -> Iterator[tuple[Sequence[int], Callable[[], list[int]]]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=listen, args=(theirs,), daemon=True)
    process.start()

    def counts() -> list[int]:
        ours.send("counts")
        return list(ours.recv())

    try:
        yield ours.recv(), counts
    finally:
        ours.send(None)
        process.join(10)


@dataclass(frozen=True, kw_only=True)
class Round:
    """Seconds from the first notification until the eight have all, and of CPU that the hub took meanwhile."""

    events: int
    took_s: float
    cpu_s: float

    @property
    def per_s(self) -> float:
        return HEALTHY * self.events / self.took_s

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_s / (HEALTHY * self.events)


def round_of(events: int, everybody: bool) -> Round:
    """By a hub of its own."""
    with tempfile.TemporaryDirectory() as folder, listeners() as (ports, counts):
        store = stored(Settings(database=f"sqlite:///{Path(folder) / 'linkwright.db'}"))
        told = SqlSubscriptions(store.database, new_id=_new_id, now=_now)
        for port in ports if everybody else ports[:HEALTHY]:
            told.add("serviceOrdering", f"http://127.0.0.1:{port}/cb", "")
        _happen(store, events)
        guard = AddressGuard(allow_loopback=True, allowed_networks=())
        delivery = Delivery(store.outbox, lambda: guarded_session(guard), now=_now, address_allowed=guard.allows)
        register_drain(store.engine, delivery)
        store.engine.start()
        while not max(counts()):
            time.sleep(0.005)
        began, cpu = time.perf_counter(), time.process_time()
        while min(counts()[:HEALTHY]) < events:
            if time.perf_counter() - began > WITHIN_S:
                raise SystemExit(f"not delivered within {WITHIN_S:g} s: {counts()}")
            time.sleep(0.02)
        found = Round(events=events, took_s=time.perf_counter() - began, cpu_s=time.process_time() - cpu)
        store.engine.stop(15.0)
        store.database.close()
    return found


def _happen(store: Stored, events: int) -> None:
    for first in range(0, events, 100):
        orders = [a_stored_order(_new_id(), number) for number in range(first, min(first + 100, events))]
        store.books.orders.write(lambda tx, orders=orders: [tx.add(order) for order in orders])


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid_utils.uuid7())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    quick = options.parse_args().quick
    events, rounds = (300, 1) if quick else (2000, 3)
    load = os.getloadavg()[0]
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(round_of(events, everybody=False))
        beside.append(round_of(events, everybody=True))
    ratio = median(with_.took_s / without.took_s for with_, without in zip(beside, alone, strict=True))
    per_s = median(found.per_s for found in beside)
    print(
        f"load average before it {load:.1f}; {events} events to each listener, {rounds} rounds, orders since {FIRST:%Y}"
    )
    print(f"| eight alone: notifications/s | {median(found.per_s for found in alone):.0f} | >= {FLOOR_PER_S:.0f} |")
    print(f"| eight beside a slow and a dead one: notifications/s | {per_s:.0f} | >= {FLOOR_PER_S:.0f} |")
    print(f"| CPU of the hub, ms a notification | {median(found.cpu_ms for found in beside):.2f} | |")
    print(f"| time of the eight beside them / alone | {ratio:.2f} | <= {MOST_RATIO} |")
    sys.exit(0 if per_s >= FLOOR_PER_S and ratio <= MOST_RATIO else 1)


if __name__ == "__main__":
    main()
