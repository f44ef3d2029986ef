"""A time limit for the whole of a request and its answer, from the connection to the last byte.

The time-out of a socket counts anew with every byte that arrives, so that whoever lets his answer drip could hold a
thread for hours. Here it is the time in which the request has to be taken and the answer to be there.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

LEAST_S = 0.001


class _Timed(io.RawIOBase):
    """What arrives at a socket until a moment. Raises TimeoutError afterwards, as the socket does."""

    def __init__(self, arriving: Any, of: socket.socket, within_s: float) -> None:
        self._arriving, self._socket = arriving, of
        self._until_s = time.monotonic() + within_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer did not end in time")
        self._socket.settimeout(left_s)
        read: int | None = self._arriving.readinto(buffer)
        return read

    def close(self) -> None:
        super().close()
        self._arriving.close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        if (within_s := sock.gettimeout()) is not None:
            self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, within_s))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse
    _within_s: float | None = None
    _until_s: float | None = None

    def begin(self, within_s: float | None) -> None:
        """One more request, which has so long once there is a connection."""
        self._within_s, self._until_s = within_s, None

    def connect(self) -> None:
        super().connect()
        self._start()

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:
            self._start()
        super().request(*args, **options)

    def getresponse(self) -> Any:
        if self._until_s is not None:
            self.timeout = max(self._until_s - time.monotonic(), LEAST_S)
        return super().getresponse()

    def _start(self) -> None:
        """The library would have the request sent within the limit for connecting."""
        if self._within_s is not None:
            self._until_s = time.monotonic() + self._within_s
        self.timeout = self._within_s
        self.sock.settimeout(self._within_s)


class _TimedTlsConnection(_TimedConnection, HTTPSConnection):
    """The same over TLS."""


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection

    def _make_request(self, conn: Any, *args: Any, **options: Any) -> Any:
        conn.begin(options["timeout"].read_timeout)
        return super()._make_request(conn, *args, **options)


class _TimedTlsPool(_TimedPool, HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


TIMED_POOLS = {"http": _TimedPool, "https": _TimedTlsPool}
"""For a `PoolManager`, in the place of its own."""
