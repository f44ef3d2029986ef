"""Somebody who answers a byte at a time gets no more time than somebody who does not answer."""

import socket
import threading
import time
from collections.abc import Callable

import pytest
import requests

from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.http import HttpUnavailable

from .fakes import a_client
from .servers import answered_by

HEAD = b"HTTP/1.1 200 OK\r\n"
END = b"Content-Length: 2\r\n\r\n{}"
WITHIN_S, DROP_EVERY_S, DROPS = 0.2, 0.02, 90


def drips(first: bytes, drop: bytes, last: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(DROPS):
            connection.sendall(drop)
            time.sleep(DROP_EVERY_S)
        connection.sendall(last)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drips(HEAD, b"X-Drop: 1\r\n", END),
        drips(HEAD + b"X-Drops: ", b"a", b"\r\n" + END),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + END),
        drips(HEAD + b"Content-Length: %d\r\n\r\n" % (DROPS + 2), b" ", b"{}"),
    ],
    ids=["headers", "one header", "no answer yet", "body"],
)
def test_an_answer_that_drips_has_its_time_and_no_more(answer: Callable[[socket.socket], None]) -> None:
    guard = AddressGuard(allow_loopback=True, allowed_networks=())
    with answered_by(answer) as url, guarded_session(guard) as session:
        client = a_client(base_url=url, read_timeout_s=WITHIN_S, session_factory=lambda: session)
        with pytest.raises(HttpUnavailable, match="no answer within") as unavailable:
            client.get("thing")
        client.close()
    assert unavailable.value.timed_out is True


def test_a_connection_is_used_again_with_all_of_its_time() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD + END)
        connection.recv(65536)
        connection.sendall(HEAD + END)

    guard = AddressGuard(allow_loopback=True, allowed_networks=())
    with answered_by(answer) as url, guarded_session(guard) as session:
        assert [session.get(url, timeout=5).json() for _ in range(2)] == [{}, {}]


BODY = b"x" * 16_000_000 + b"!"
"""Fits into no buffer on the way."""
CONNECT_S, READ_S = 0.2, 0.4


def test_a_large_request_has_the_time_of_the_answer_and_not_that_of_the_connection() -> None:
    def answer(connection: socket.socket) -> None:
        for _ in range(2):
            time.sleep(2 * CONNECT_S)
            while not connection.recv(65536).endswith(b"!"):
                """Not all of it is taken."""
            connection.sendall(HEAD + END)

    guard = AddressGuard(allow_loopback=True, allowed_networks=())
    with answered_by(answer) as url, guarded_session(guard) as session:
        assert [session.post(url, data=BODY, timeout=(CONNECT_S, 20)).json() for _ in range(2)] == [{}, {}]


def test_a_request_that_is_never_taken_is_given_up() -> None:
    given_up = threading.Event()
    guard = AddressGuard(allow_loopback=True, allowed_networks=())
    with answered_by(lambda _: given_up.wait(30)) as url, guarded_session(guard) as session:
        began_s = time.monotonic()
        with pytest.raises(requests.ConnectionError, match="timed out"):
            session.post(url, data=BODY, timeout=(20, READ_S))
        assert time.monotonic() - began_s < 20
        given_up.set()


def test_without_a_limit_there_is_none() -> None:
    guard = AddressGuard(allow_loopback=True, allowed_networks=())
    with answered_by(lambda connection: connection.sendall(HEAD + END)) as url, guarded_session(guard) as session:
        answer: requests.Response = session.get(url)
    assert answer.json() == {}
