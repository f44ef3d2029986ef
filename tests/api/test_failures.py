"""Every failure is a TMF error, and none is the end of the server."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from linkwright.api.errors import error_reply, status_of
from linkwright.errors import Refused, Unavailable

from .answers import error
from .world import CHECKS, MAX_BODY, ORDERS, Client, World, an_item, an_order_body, in_chunks

POST = f"{ORDERS}/serviceOrder"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "expected"),
        (b"  \n", "expected"),
        (b"{", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a": "a\x00b"}', "not JSON"),
        (b'{"a": "a\\u0000b"}', "NUL"),
        (b'{"a\\\\\\u0000": 1}', "NUL"),
        (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", "deep"),
        (b"[" * 90_000, "not JSON"),
        (b"5", "body"),
        (b"[]", "body"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(client: Client, raw: bytes, word: str) -> None:
    error(client.send("POST", POST, raw), 400, word)


def test_a_backslash_before_u0000_is_no_nul(client: Client) -> None:
    raw = b'{"description": "\\\\u0000", "serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]}'
    answer = client.send("POST", POST, raw)
    assert answer.status_code == 201, answer.text
    assert answer.json()["description"] == "\\u0000"


def test_a_hundred_levels_are_not_too_deep(client: Client) -> None:
    deep: Any = "bottom"
    for _ in range(98):
        deep = [deep]
    assert client.post(POST, an_order_body(ourOwn=deep)).status_code == 201


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["serviceOrderItem"]),
        ({"serviceOrderItem": []}, ["serviceOrderItem"]),
        (an_order_body(description=5), ["description", "string"]),
        (an_order_body(requestedStartDate="2026-13-01T00:00:00Z"), ["requestedStartDate"]),
        (an_order_body(serviceOrderItem=[{"id": "1", "action": "add"}]), ["serviceOrderItem[0]", "service"]),
        (an_order_body(serviceOrderItem=[an_item("1", action="explode")]), ["serviceOrderItem[0].action"]),
        (an_order_body(serviceOrderItem=[an_item("1"), an_item("1")]), ["serviceOrderItem"]),
        (an_order_body(description=None), ["description"]),
    ],
)
def test_what_breaks_the_contract_is_named(client: Client, body: Any, words: list[str]) -> None:
    error(client.post(POST, body), 400, *words)


def test_several_mistakes_are_told_at_once(client: Client) -> None:
    error(
        client.post(POST, {"description": 5, "serviceOrderItem": [an_item("1", quantity="x")]}),
        400,
        "descr",
        "quantity",
    )


def test_a_long_mistake_is_told_shortly(client: Client) -> None:
    told = error(client.post(POST, an_order_body(description=["x" * 100_000])), 400, "description")
    assert len(told["message"]) < 400


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        ORDERS,
        f"{ORDERS}/nothing",
        f"{ORDERS}/serviceOrder/1/2",
        "/health/other",
        f"{ORDERS}/openapi.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_not_found(client: Client, method: str, path: str) -> None:
    error(client.ask(method, path), 404, "nothing at this path")


@pytest.mark.parametrize(
    "path",
    [
        f"{ORDERS}/serviceOrder/none",
        f"{ORDERS}/cancelServiceOrder/none",
        f"{CHECKS}/checkServiceQualification/none",
        f"{CHECKS}/queryServiceQualification/none",
        "/designDocument/v1/designDocument/none",
    ],
)
def test_an_unknown_id_is_not_found(client: Client, path: str) -> None:
    error(client.get(path), 404, "none")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"{ORDERS}/serviceOrder", "GET, HEAD, POST"),
        ("OPTIONS", f"{ORDERS}/serviceOrder", "GET, HEAD, POST"),
        ("PUT", f"{ORDERS}/serviceOrder/1", "DELETE, GET, HEAD, PATCH"),
        ("TRACE", f"{ORDERS}/serviceOrder/1", "DELETE, GET, HEAD, PATCH"),
        ("DELETE", f"{ORDERS}/cancelServiceOrder/1", "GET, HEAD"),
        ("PATCH", f"{CHECKS}/checkServiceQualification", "GET, HEAD, POST"),
        ("GET", f"{CHECKS}/hub", "POST"),
        ("GET", f"{ORDERS}/hub/1", "DELETE"),
        ("GET", "/listener/globex", "POST"),
        ("POST", "/designDocument/v1/designDocument/1", "GET, HEAD"),
    ],
)
def test_another_method_is_told_all_that_are_offered(client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.ask(method, path)
    error(answer, 405, method)
    assert answer.headers["allow"] == allowed


def test_head_is_a_get_for_its_headers(client: Client) -> None:
    client.post(POST, an_order_body())
    answer = client.ask("HEAD", POST)
    assert (answer.status_code, answer.headers["x-total-count"]) == (200, "1")
    assert client.ask("HEAD", f"{POST}/id-1").headers["etag"] == '"1"'


def test_head_is_not_offered_where_nothing_can_be_read(client: Client) -> None:
    answer = client.ask("HEAD", f"{ORDERS}/hub")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_declared_length_above_the_limit_is_refused_unread(client: Client) -> None:
    error(client.ask("POST", POST, content=unread(), headers=headers(str(MAX_BODY + 1))), 413, str(MAX_BODY))


def test_a_longer_body_than_the_limit_is_not_read_to_its_end(client: Client) -> None:
    read: list[int] = []

    def chunks() -> Any:
        for number in range(1000):
            read.append(number)
            yield b" " * 50_000

    error(client.ask("POST", POST, content=in_chunks(chunks()), headers=headers()), 413, str(MAX_BODY))
    assert len(read) == 5


def headers(length: str | None = None) -> dict[str, str]:
    return {"content-type": "application/json"} | ({"content-length": length} if length else {})


async def unread() -> Any:
    raise AssertionError("nothing is to be read")
    yield b""


def test_a_body_in_chunks_is_read(client: Client) -> None:
    parts = (b'{"serviceOrderItem": [{"id": "1", ', b"", b'"action": "add", ', b'"service": {}}]}')
    answer = client.ask("POST", POST, content=in_chunks(parts), headers=headers())
    assert answer.status_code == 201, answer.text


def test_a_body_without_media_type_is_taken_for_json(client: Client) -> None:
    raw = b'{"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]}'
    assert client.ask("POST", POST, content=raw).status_code == 201


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/merge-patch+json", "application/x-www-form-urlencoded", "x"]
)
def test_only_json_is_read(client: Client, media_type: str) -> None:
    error(client.send("POST", POST, b"{}", media_type), 415, "application/json")


@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/x-www-form-urlencoded", "\xff", ";"])
def test_a_body_where_none_belongs_is_not_looked_at(client: Client, media_type: str) -> None:
    content_type = {"content-type": media_type.encode("latin-1")}
    assert client.ask("GET", POST, content=b"--x", headers=content_type).status_code == 200


def test_a_sender_who_leaves_is_no_bug(world: World, client: Client) -> None:
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b'{"a"', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": POST,
        "raw_path": POST.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "scheme": "http",
        "server": ("lw.test", 80),
    }
    with capture_logs() as logs:
        client.run(world.app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert logs == []


def test_a_bug_is_logged_and_not_told(client: Client, world: World) -> None:
    world.shelf.before_write = bug
    with capture_logs() as logs:
        told = error(client.post(POST, an_order_body()), 500)
    assert "secret" not in str(told)
    assert "Traceback" not in str(told)
    (entry,) = logs
    assert isinstance(entry["exc_info"], ZeroDivisionError)
    world.shelf.before_write = lambda: None
    assert client.post(POST, an_order_body()).status_code == 201


def bug() -> None:
    raise ZeroDivisionError("secret")


def test_who_cannot_be_served_now_is_told_when_to_come_back(client: Client, world: World) -> None:
    def away() -> None:
        raise Unavailable("pool", "no answer in time")

    world.shelf.before_read = away
    answer = client.get(POST)
    error(answer, 503, "pool")
    assert int(answer.headers["retry-after"]) > 0


def test_another_system_that_says_no_is_not_asked_again() -> None:
    assert status_of(Refused("pool", "no such thing")) == 502
    assert "Retry-After" not in error_reply(502, "no such thing").headers


@pytest.mark.parametrize("path", ["/serviceOrder/a%00b", "/serviceOrder?state=%00", "/serviceOrder/x?fields=%00"])
def test_a_nul_in_an_address_is_a_bad_request(client: Client, path: str) -> None:
    error(client.get(f"{ORDERS}{path}"), 400, "NUL")


@pytest.mark.parametrize(
    "path", ["/serviceOrder/%ff%fe", "/serviceOrder/%ed%a0%80", "/serviceOrder/..%2f..", "/serviceOrder/%25"]
)
def test_odd_ids_are_not_found(client: Client, path: str) -> None:
    error(client.get(f"{ORDERS}{path}"), 404)
