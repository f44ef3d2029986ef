import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
import requests
import responses

from linkwright.outbound.http import Client, HttpRefused, HttpUnavailable, segment

from .fakes import BASE_URL, Ticking, a_client
from .servers import answered_by

THINGS = f"{BASE_URL}/thing"


def a_paging_server(peer: responses.RequestsMock, count: int, *, largest_page: int = 1000, counts: bool = True) -> None:
    """A server with `count` things; it may hand out smaller pages than asked for, and may keep its total to itself."""

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        params: dict[str, str] = request.params  # type: ignore[attr-defined]
        offset = int(params["offset"])
        things = [{"id": n} for n in range(count)][offset : offset + min(int(params["limit"]), largest_page)]
        return 200, {"X-Total-Count": str(count)} if counts else {}, orjson.dumps(things)

    peer.add_callback(responses.GET, THINGS, page)


def test_an_answer_is_read_as_json(peer: responses.RequestsMock) -> None:
    peer.get(f"{THINGS}/1", json={"id": "1"})
    assert a_client().get("thing/1") == {"id": "1"}


@pytest.mark.parametrize("base_url", ["http://peer.test/oss", "http://peer.test/oss/"])
@pytest.mark.parametrize("path", ["tmf-api/pool/v4/thing", "/tmf-api/pool/v4/thing"])
def test_a_base_url_with_prefix_and_slash_is_joined_with_one_slash(
    peer: responses.RequestsMock, base_url: str, path: str
) -> None:
    peer.get("http://peer.test/oss/tmf-api/pool/v4/thing", json=[])
    assert a_client(base_url=base_url).get(path) == []


def test_an_id_with_slashes_stays_one_segment_of_the_path(peer: responses.RequestsMock) -> None:
    peer.get(f"{THINGS}/a%2Fb%3Fc", json={})
    assert a_client().get(f"thing/{segment('a/b?c')}") == {}


def test_a_list_is_read_to_the_total_that_the_server_counts(peer: responses.RequestsMock) -> None:
    a_paging_server(peer, 7)
    assert [thing["id"] for thing in a_client().pages("thing", page_size=3)] == list(range(7))
    assert len(peer.calls) == 3


def test_a_total_that_is_no_number_of_things_is_none(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, json=[{"id": "1"}], headers={"X-Total-Count": "9" * 5000})
    assert list(a_client().pages("thing")) == [{"id": "1"}]


def test_a_list_without_total_is_read_until_a_page_is_empty(peer: responses.RequestsMock) -> None:
    a_paging_server(peer, 4, counts=False)
    assert len(list(a_client().pages("thing", page_size=2))) == 4
    assert len(peer.calls) == 3


def test_a_server_that_gives_smaller_pages_than_asked_for_loses_nothing(peer: responses.RequestsMock) -> None:
    a_paging_server(peer, 7, largest_page=2)
    assert len(list(a_client().pages("thing", page_size=100))) == 7


def test_a_server_that_does_not_page_gives_each_thing_once(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, json=[{"id": 1}, {"id": 2}])
    assert list(a_client().pages("thing")) == [{"id": 1}, {"id": 2}]


def test_the_filter_goes_with_every_page(peer: responses.RequestsMock) -> None:
    a_paging_server(peer, 3)
    list(a_client().pages("thing", {"category": "pop"}, page_size=2))
    assert [call.request.params["category"] for call in peer.calls] == ["pop", "pop"]


def test_a_list_that_is_no_list_is_no_answer(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, json={"message": "maintenance"})
    with pytest.raises(HttpUnavailable, match="a list was expected"):
        list(a_client().pages("thing"))


def test_a_post_carries_its_key_so_that_a_repetition_can_be_told(peer: responses.RequestsMock) -> None:
    peer.post(THINGS, json={"id": "9"}, status=201, headers={"Location": "/thing/9"})
    answer = a_client().post("thing", {"name": "x"}, key="order-1/reserve/1")
    assert (answer.status, answer.body, answer.headers["Location"]) == (201, {"id": "9"}, "/thing/9")
    sent = peer.calls[0].request
    assert sent.headers["Idempotency-Key"] == "order-1/reserve/1"
    assert sent.headers["Content-Type"] == "application/json"
    assert orjson.loads(sent.body or b"") == {"name": "x"}


def test_a_deletion_without_content_is_an_answer(peer: responses.RequestsMock) -> None:
    peer.delete(f"{THINGS}/1", status=204)
    assert a_client().delete("thing/1").body is None


def test_a_patch_goes_out_as_json(peer: responses.RequestsMock) -> None:
    peer.patch(f"{THINGS}/1", json={"id": "1", "state": "cancelled"})
    assert a_client().patch("thing/1", {"state": "cancelled"}, key="k").body["state"] == "cancelled"


def test_a_refusal_quotes_the_code_and_reason_of_the_other_side(peer: responses.RequestsMock) -> None:
    error = {"code": "POOL-7", "reason": "port is taken", "status": "409"}
    peer.post(THINGS, json=error, status=409)
    with pytest.raises(HttpRefused, match=r"peer: POST /thing gave 409: POOL-7, port is taken") as refused:
        a_client().post("thing", {}, key="k")
    assert (refused.value.status, refused.value.code) == (409, "POOL-7")


def test_a_refusal_in_another_format_is_told_by_its_status_alone(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, body="<html>secret stack trace</html>", status=403)
    with pytest.raises(HttpRefused) as refused:
        a_client().get("thing")
    assert refused.value.detail == "GET /thing gave 403"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_overload_and_faults_of_the_server_are_worth_asking_again(peer: responses.RequestsMock, status: int) -> None:
    peer.get(THINGS, json={"code": "X", "reason": "busy"}, status=status)
    with pytest.raises(HttpUnavailable) as unavailable:
        a_client().get("thing")
    assert unavailable.value.status == status
    assert unavailable.value.timed_out is False


@pytest.mark.parametrize("status", [301, 400, 401, 404, 405, 409, 415, 422, 501])
def test_whatever_asking_again_cannot_change_is_a_refusal(peer: responses.RequestsMock, status: int) -> None:
    peer.get(THINGS, status=status, headers={"Location": "http://elsewhere.test/"})
    with pytest.raises(HttpRefused):
        a_client().get("thing")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Mon, 02 Nov 2026 09:01:00 GMT", "Date": "Mon, 02 Nov 2026 09:00:30 GMT"}, 30.0),
        ({"Retry-After": "Mon, 02 Nov 2026 09:01:00 GMT", "Date": "Mon, 02 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Mon, 02 Nov 99999999999999999999 09:01:00 GMT"}, None),
        ({"Retry-After": "9" * 400}, 366 * 86_400.0),
        ({}, None),
    ],
)
def test_the_wish_to_be_asked_later_is_noted(
    peer: responses.RequestsMock, headers: dict[str, str], seconds: float | None
) -> None:
    peer.get(THINGS, status=503, headers=headers)
    with pytest.raises(HttpUnavailable) as unavailable:
        a_client().get("thing")
    assert unavailable.value.retry_after_s == seconds


@pytest.mark.parametrize("error", [requests.ReadTimeout("slow"), requests.ConnectTimeout("slow")])
def test_no_answer_in_time_is_silence(peer: responses.RequestsMock, error: Exception) -> None:
    peer.get(THINGS, body=error)
    with pytest.raises(HttpUnavailable) as unavailable:
        a_client().get("thing")
    assert unavailable.value.timed_out is True
    assert unavailable.value.detail == "GET /thing: no answer within 5 s"


def test_no_connection_is_a_failure_and_hides_the_address(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, body=requests.ConnectionError("http://user:secret@peer.test refused"))
    with pytest.raises(HttpUnavailable) as unavailable:
        a_client().get("thing")
    assert unavailable.value.timed_out is False
    assert "secret" not in str(unavailable.value)


def test_an_answer_that_is_not_json_is_no_answer(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, body='{"id": "1"', content_type="application/json")
    with pytest.raises(HttpUnavailable, match="not JSON"):
        a_client().get("thing")


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("body", [b'{"reason":' * 500 + b"1" + b"}" * 500, b"[" * 900 + b"]" * 900])
def test_an_answer_that_is_nested_too_deep_is_no_answer(peer: responses.RequestsMock, body: bytes, status: int) -> None:
    peer.get(THINGS, status=status, body=body)
    with pytest.raises((HttpUnavailable, HttpRefused), match=r"nested too deep|gave"):
        a_client().get("thing")


def test_an_answer_of_many_short_branches_is_one(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, json=[[]] * 500)
    assert a_client().get("thing") == [[]] * 500


def test_an_answer_that_is_too_large_is_not_read_to_its_end(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, body=orjson.dumps(["x" * 1000]))
    with pytest.raises(HttpUnavailable, match="larger than 100 bytes"):
        a_client(max_answer_bytes=100).get("thing")


def test_an_answer_that_drips_is_given_up_when_its_time_is_over(peer: responses.RequestsMock) -> None:
    peer.get(THINGS, body=orjson.dumps(["x" * 200_000]))
    with pytest.raises(HttpUnavailable, match="no answer within") as unavailable:
        a_client(monotonic=Ticking(step_s=3.0)).get("thing")
    assert unavailable.value.timed_out is True


def test_each_thread_has_a_session_of_its_own_and_keeps_it() -> None:
    made: list[requests.Session] = []

    def a_session() -> requests.Session:
        session = requests.Session()
        made.append(session)
        return session

    client = a_client(session_factory=a_session)
    with responses.RequestsMock() as peer:
        peer.get(THINGS, json=[])
        for _ in range(2):
            client.get("thing")
        other = threading.Thread(target=client.get, args=("thing",))
        other.start()
        other.join()
    assert len(made) == 2


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test")
    seen: dict[str, Any] = {}

    class Watched(requests.adapters.HTTPAdapter):
        def send(self, *_: Any, **options: Any) -> requests.Response:  # type: ignore[override]
            seen.update(options)
            raise requests.ConnectionError

    def a_session() -> requests.Session:
        from linkwright.outbound.sessions import plain_session

        session = plain_session()
        session.mount("http://", Watched())
        return session

    client = Client("peer", BASE_URL, connect_timeout_s=1.0, read_timeout_s=5.0, session_factory=a_session)
    with pytest.raises(HttpUnavailable):
        client.get("thing", within_s=0.5)
    assert not seen["proxies"]
    assert seen["timeout"] == (0.5, 0.5)


def test_headers_go_with_every_call_and_never_into_an_error(peer: responses.RequestsMock) -> None:
    client = a_client(headers={"Authorization": "Bearer secret"})
    peer.get(THINGS, json=[])
    peer.post(THINGS, status=403, json={"code": "60", "reason": "no"})
    client.get("thing")
    with pytest.raises(HttpRefused) as refused:
        client.post("thing", {}, key="k")
    assert {call.request.headers["Authorization"] for call in peer.calls} == {"Bearer secret"}
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("status", [200, 401, 503])
def test_a_secret_that_the_other_side_repeats_is_not_heard(peer: responses.RequestsMock, status: int) -> None:
    peer.get(THINGS, status=status, json={"code": "60", "reason": "not known: hush-hush", "message": "short"})
    client = a_client(secrets=["hush-hush", "short"])
    try:
        told = str(client.get("thing"))
    except (HttpRefused, HttpUnavailable) as error:
        told = str(error)
    assert "not known: ***" in told
    assert "short" in told


def test_a_path_begins_as_the_other_side_has_it(peer: responses.RequestsMock) -> None:
    client = a_client(paths={"tmf-api/pool/v4": "pools"})
    peer.get(f"{BASE_URL}/pools/thing/1", json={})
    peer.get(f"{BASE_URL}/tmf-api/pool/v4x/thing", json=[])
    assert client.get("/tmf-api/pool/v4/thing/1") == {}
    assert client.get("tmf-api/pool/v4x/thing") == []


def test_waiting_for_a_turn_is_no_part_of_a_time_limit(peer: responses.RequestsMock) -> None:
    clock = Ticking()

    @contextmanager
    def turn() -> Iterator[None]:
        clock.sleep(60.0)
        yield

    peer.get(THINGS, json=[])
    assert a_client(monotonic=clock, turn=turn).get("thing", within_s=1.0) == []


def test_an_answer_that_leads_elsewhere_is_a_refusal_and_is_read_no_further_than_any() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 1000000\r\n\r\n"
    with answered_by(lambda connection: connection.sendall(head + b" " * 1_000_000)) as url:
        client = a_client(base_url=url, max_answer_bytes=1000)
        with pytest.raises(HttpUnavailable, match="larger than 1000 bytes"):
            client.get("thing")
        client.close()


def test_an_answer_that_leads_to_no_address_is_a_refusal() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"
    with answered_by(lambda connection: connection.sendall(answer)) as url:
        client = a_client(base_url=url)
        with pytest.raises(HttpRefused, match="302"):
            client.get("thing")
        client.close()
