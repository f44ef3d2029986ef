"""A load client that costs next to nothing: ready bytes go out, heads and lengths are all that is read back."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import cast

import uvloop


@dataclass(frozen=True, kw_only=True)
class Window:
    """What one window of load gave: seconds in all, each request's milliseconds, how often each status came."""

    seconds: float
    millis: list[float]
    statuses: Counter[int]

    @property
    def per_s(self) -> float:
        return len(self.millis) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.millis)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def request(method: str, path: str, body: bytes | None = None) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n"
    if body is not None:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def drive(port: int, requests: Iterable[bytes], *, clients: int, seconds: float) -> Window:
    """`clients` connections, each sending its next request when the answer to the last is there."""
    return uvloop.run(_drive(port, cycle(requests), clients, seconds))


async def _drive(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Window:
    loop = asyncio.get_running_loop()
    run = _Run(requests, until=time.perf_counter() + seconds)
    started = time.perf_counter()
    callers = [(await loop.create_connection(lambda: _Caller(run), "127.0.0.1", port))[1] for _ in range(clients)]
    await asyncio.gather(*(caller.ended for caller in callers))
    return Window(seconds=time.perf_counter() - started, millis=run.millis, statuses=run.statuses)


@dataclass
class _Run:
    requests: Iterator[bytes]
    until: float
    millis: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class _Caller(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run = run
        self._got = bytearray()
        self._sent_at = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._got += data
        head = self._got.find(b"\r\n\r\n")
        if head < 0 or len(self._got) < head + 4 + _length(self._got, head):
            return
        now = time.perf_counter()
        self._run.millis.append((now - self._sent_at) * 1000)
        self._run.statuses[int(self._got[9:12])] += 1
        self._got.clear()
        if now < self._run.until:
            self._send()
        else:
            self.ended.set_result(None)
            self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._run.requests))


def _length(answer: bytearray, head: int) -> int:
    at = answer.find(b"content-length:", 0, head)
    return int(answer[at + 15 : answer.find(b"\r\n", at)]) if at >= 0 else 0
