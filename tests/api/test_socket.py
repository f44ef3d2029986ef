"""What comes over the socket: no HTTP at all, half of it, or more than anybody asked for. A real server, raw bytes."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, BinaryIO, cast

import pytest

from linkwright.api.http_protocol import LONGEST_HEAD
from tests.journeys.processes import Linkwright

from .answers import valid
from .world import CHECKS, ORDERS, an_order_body

ORDER = f"{ORDERS}/serviceOrder"
LIMIT = 1_000_000
WITHIN_S = 30.0
HELLO = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linkwright]:
    folder = tmp_path_factory.mktemp("socket")
    server = Linkwright(folder, {}, tries="1", first_pause_s="0.01", max_body_bytes=str(LIMIT))
    yield server.start()
    server.stop()


@pytest.fixture(autouse=True)
def _next_one_is_served_and_nothing_was_stored(server: Linkwright) -> Iterator[None]:
    yield
    assert server.get(ORDER) == []


@dataclass
class Line:
    """A connection. Answers are read one after the other, as they were asked for."""

    connection: socket.socket
    incoming: BinaryIO

    def send(self, *parts: bytes) -> "Line":
        for part in parts:
            self.connection.sendall(part)
        return self

    def answer(self) -> tuple[int, Any]:
        """Status and JSON body."""
        response = HTTPResponse(cast(Any, self))
        response.begin()
        assert response.headers["content-type"] == "application/json"
        return response.status, json.loads(response.read())

    def refusal(self, status: int) -> str:
        """The message of a TMF error, after which the server hangs up."""
        answered, body = self.answer()
        assert (answered, body["status"]) == (status, str(status)), body
        valid("tmf641-v4", "Error", body)
        return str(body["message"])

    def is_closed(self) -> bool:
        try:
            return self.incoming.read(1) == b""
        except ConnectionResetError:
            return True

    def makefile(self, _mode: str) -> "Line":
        """So that a response can be read from it without reading further."""
        return self

    def readline(self, limit: int = -1) -> bytes:
        return self.incoming.readline(limit)

    def read(self, size: int = -1) -> bytes:
        return self.incoming.read(size)

    def readinto(self, buffer: Any) -> int:
        return cast(Any, self.incoming).readinto(buffer)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """The response is read; the line stays."""


@contextmanager
def line_to(server: Linkwright) -> Iterator[Line]:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=WITHIN_S)
    with connection, connection.makefile("rb") as incoming:
        yield Line(connection, incoming)


def head(method: str, path: str, **headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def an_order() -> bytes:
    return json.dumps(an_order_body()).encode()


# What is no HTTP


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"hello\r\n\r\n",
        b"\x00" * 1000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /caf\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n X: folded\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_like_any_other_mistake(server: Linkwright, garbage: bytes) -> None:
    with line_to(server) as line:
        line.send(garbage).refusal(400)
        assert line.is_closed()


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n", b"-1\r\n", b"5\r\nabcdefgh\r\n", b"ffffffffffffffffff\r\n", b"5;" + b"x" * 100 + b"\n\n\n"]
)
def test_a_body_whose_chunks_cannot_be_told_apart_is_refused(server: Linkwright, chunks: bytes) -> None:
    with line_to(server) as line:
        line.send(head("POST", ORDER, Content_Type="application/json", Transfer_Encoding="chunked"), chunks)
        line.refusal(400)
        assert line.is_closed()


def test_garbage_behind_a_request_does_not_cost_it_its_answer(server: Linkwright) -> None:
    with line_to(server) as line:
        line.send(head("GET", f"{ORDER}?limit=1") + b"\x00garbage\r\n\r\n" + HELLO)
        assert line.answer() == (200, [])
        assert line.is_closed()


def test_garbage_behind_a_refused_body_is_not_read_as_a_request(server: Linkwright) -> None:
    body = b'{"broken"' + b"DELETE / HTTP/1.1\r\n\r\n"
    with line_to(server) as line:
        line.send(head("POST", ORDER, Content_Type="application/json", Content_Length=str(len(body))) + body)
        line.refusal(400)
        assert line.send(HELLO).answer()[0] == 200


def test_requests_sent_at_once_are_answered_in_turn(server: Linkwright) -> None:
    with line_to(server) as line:
        line.send(head("GET", f"{ORDER}/none") + head("GET", ORDER) + head("DELETE", f"{CHECKS}/hub/none") + HELLO)
        assert "none" in line.refusal(404)
        assert line.answer() == (200, [])
        assert "none" in line.refusal(404)
        assert line.answer() == (200, {"status": "live"})


def test_nobody_is_led_from_http_into_another_protocol(server: Linkwright) -> None:
    with line_to(server) as line:
        upgrade = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec_WebSocket_Key": "x",
            "Sec_WebSocket_Version": "13",
        }
        assert line.send(head("GET", ORDER, **upgrade)).answer() == (200, [])


# Too much of it


@pytest.mark.parametrize("parts", [1, 3])
def test_an_address_without_an_end_is_refused(server: Linkwright, parts: int) -> None:
    with line_to(server) as line:
        line.send(b"GET /", *[b"x" * (LONGEST_HEAD // parts + 100)] * parts)
        assert str(LONGEST_HEAD) in line.refusal(431)
        assert line.is_closed()


@pytest.mark.parametrize("header", [b"X: " + b"y" * 1000 + b"\r\n", b"X: " + b"y" * 100_000 + b"\r\n", b"y" * 100_000])
@pytest.mark.parametrize("ending", [b"", b"\r\n\r\n"])
def test_headers_without_measure_are_refused(server: Linkwright, header: bytes, ending: bytes) -> None:
    with line_to(server) as line:
        times = 2 * LONGEST_HEAD // len(header) + 1
        line.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + header * times + ending)
        assert line.answer()[0] in (400, 431)
        assert line.is_closed()


def test_a_long_head_is_no_attack(server: Linkwright) -> None:
    with line_to(server) as line:
        line.send(head("GET", f"{ORDER}?externalId={'x' * 20_000}", Cookie="y" * 20_000, X="z" * 20_000))
        assert line.answer() == (200, [])
        assert line.send(HELLO).answer()[0] == 200


def test_headers_are_counted_for_each_request_anew(server: Linkwright) -> None:
    with line_to(server) as line:
        for _ in range(5):
            assert line.send(head("GET", ORDER, X="z" * (LONGEST_HEAD // 2))).answer()[0] == 200
        body = b" " * (LIMIT - 5) + b"{}"
        length = str(len(body))
        line.send(head("POST", ORDER, Content_Type="application/json", Content_Length=length), body[:100], body[100:])
        line.refusal(400)


def test_a_body_that_is_declared_too_large_is_not_even_asked_for(server: Linkwright) -> None:
    with line_to(server) as line:
        large = head(
            "POST", ORDER, Content_Type="application/json", Content_Length="1" + "0" * 15, Expect="100-continue"
        )
        assert str(LIMIT) in line.send(large).refusal(413)


def test_a_body_without_an_end_is_refused_while_it_is_sent(server: Linkwright) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with line_to(server) as line:
        line.send(head("POST", ORDER, Content_Type="application/json", Transfer_Encoding="chunked"))
        line.send(*[chunk] * (LIMIT // 0x10000 + 2))
        assert str(LIMIT) in line.refusal(413)


def test_what_follows_the_chunks_of_a_body_is_not_kept(server: Linkwright) -> None:
    with line_to(server) as line:
        trailers = b"0\r\n" + b"".join(b"X%d: y\r\n" % number for number in range(1000)) + b"\r\n"
        line.send(head("POST", ORDER, Content_Type="application/json", Transfer_Encoding="chunked"))
        line.send(b"2\r\n{}\r\n", trailers)
        assert "serviceOrderItem" in line.refusal(400)
        assert line.send(HELLO).answer()[0] == 200


# Who leaves


@pytest.mark.parametrize("sent", [0.0, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("chunked", [True, False])
def test_who_leaves_before_the_end_has_ordered_nothing(server: Linkwright, sent: float, chunked: bool) -> None:
    body = an_order()
    framing = {"Transfer_Encoding": "chunked"} if chunked else {"Content_Length": str(len(body))}
    request = head("POST", ORDER, Content_Type="application/json", **framing)
    request += b"%x\r\n%s\r\n" % (len(body), body) if chunked else body
    with line_to(server) as line:
        line.send(request[: len(request) - len(body) + int(sent * len(body)) - 5])
    with line_to(server) as line:
        assert line.send(HELLO).answer()[0] == 200


def test_who_leaves_without_waiting_for_the_answer_does_no_harm(server: Linkwright) -> None:
    for _ in range(50):
        with line_to(server) as line:
            line.send(head("GET", ORDER) * 20)
    with line_to(server) as line:
        assert line.send(HELLO).answer()[0] == 200


def test_many_who_say_nothing_do_not_keep_others_from_being_served(server: Linkwright) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=WITHIN_S) for _ in range(200)]
    try:
        for connection in silent:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
        with line_to(server) as line:
            assert line.send(HELLO).answer()[0] == 200
    finally:
        for connection in silent:
            connection.close()
