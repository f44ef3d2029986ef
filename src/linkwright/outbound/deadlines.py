"""A time limit for the whole of an answer, its head included.

The time-out of a socket counts anew with every byte that arrives, so that whoever lets his answer drip could hold a
thread for hours. Here it is the time in which the answer has to be there.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


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


class _TimedTlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


TIMED_POOLS = {"http": _TimedPool, "https": _TimedTlsPool}
"""For a `PoolManager`, in the place of its own."""
