"""Where calls may go: no address of our own network, however it is written and whatever a name is turned into later."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from linkwright.errors import Refused
from linkwright.outbound.address_guard import LONGEST_TRYING_S, AddressGuard, GuardedAdapter, guarded_session
from tests.outbound.fakes import Ticking

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Names:
    """A name service that may change its mind from one question to the next."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host not in self._answers:
            return [host] if host[0].isdigit() or ":" in host else self._unknown(host)
        answers = self._answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _unknown(self, host: str) -> list[str]:
        raise OSError(f"{host} is unknown")


def a_guard(*allowed_networks: str, allow_loopback: bool = False, **names: list[list[str]]) -> AddressGuard:
    return AddressGuard(allow_loopback, allowed_networks, resolve=Names(**names))


@pytest.mark.parametrize("host", [PUBLIC, f"[{PUBLIC_V6}]", "8.8.8.8:8443"])
def test_a_public_address_may_be_called(host: str) -> None:
    a_guard().check(f"https://{host}/listener")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.8.8",
        "[::1]",
        "0.0.0.0",  # noqa: S104 (an address to be refused)
        "[::]",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "[fd00::1]",
        "169.254.169.254",
        "[fe80::1]",
        "[fec0::1]",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "[ff02::1]",
        "255.255.255.255",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "192.0.0.9",
        "[2001:1::1]",
        "[3fff::1]",
    ],
)
def test_an_address_of_no_public_network_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        a_guard().check(f"http://{host}:8080/listener")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.0x1", "1."])
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_a_number_is_not_a_host_name(host: str, allow_loopback: bool) -> None:
    with pytest.raises(Refused, match="number"):
        a_guard("0.0.0.0/0", allow_loopback=allow_loopback).check(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    ["ftp://partner.example/", "file:///etc/passwd", "http://", "http:///listener", "listener", "http://u:p@8.8.8.8/"],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        a_guard().check(url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://8.8.8.8/{'x' * 2000}",
        f"http://{'x' * 64}.example/",
        "http://partner..example/",
        "http://8.8.8.8/\r\nX-Injected: 1",
        "http://8.8.8.8/a b",
        "http://8.8.8.8/\t",
        "http://8.8.8.8\u200b/",
    ],
)
def test_an_address_that_no_request_could_carry_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        AddressGuard(allow_loopback=False, allowed_networks=()).check(url)


def test_loopback_is_open_only_where_it_was_opened() -> None:
    guard = a_guard(allow_loopback=True)
    guard.check("http://127.0.0.1:9000/")
    guard.check("http://[::1]:9000/")
    assert not guard.allows("http://[::ffff:127.0.0.1]:9000/")
    assert not guard.allows("http://10.0.0.1/")


def test_a_network_that_the_operator_lists_is_open_and_its_neighbour_is_not() -> None:
    guard = a_guard("10.20.0.0/16", "fd00:20::/32")
    assert guard.allows("http://10.20.3.4/")
    assert guard.allows("http://[fd00:20::5]/")
    assert not guard.allows("http://10.21.3.4/")


def test_one_bad_address_among_many_is_enough_to_refuse_a_name() -> None:
    guard = a_guard(**{"partner.example": [[PUBLIC, "10.0.0.1"]]})
    with pytest.raises(Refused, match=r"10\.0\.0\.1 is a private"):
        guard.check("https://partner.example/listener")


def test_a_name_that_nobody_knows_yet_passes_the_check_and_fails_at_the_call() -> None:
    guard = a_guard()
    guard.check("http://not-yet.example/listener")
    with guarded_session(guard) as session, pytest.raises(requests.ConnectionError, match="looked up"):
        session.get("http://not-yet.example/listener", timeout=5)


class Sink(BaseHTTPRequestHandler):
    """Answers 204 and remembers the host header."""

    protocol_version = "HTTP/1.1"
    hosts: list[str]

    def do_POST(self) -> None:
        self.hosts.append(str(self.headers["Host"]))
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def sink() -> Iterator[ThreadingHTTPServer]:
    handler = type("OneSink", (Sink,), {"hosts": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_call_goes_to_the_checked_address_under_its_own_name(sink: ThreadingHTTPServer) -> None:
    guard = a_guard(allow_loopback=True, **{"partner.example": [["127.0.0.1"]]})
    port = sink.server_address[1]
    with guarded_session(guard) as session:
        answer = session.post(f"http://partner.example:{port}/listener", data=b"{}", timeout=5)
    assert answer.status_code == 204
    assert sink.RequestHandlerClass.hosts == [f"partner.example:{port}"]


def test_over_tls_the_certificate_is_checked_against_the_name() -> None:
    adapter = GuardedAdapter(a_guard(**{"partner.example": [[PUBLIC]]}))
    request = requests.Request("POST", "https://partner.example/listener").prepare()
    adapter._turn.left = None
    host, pool = adapter.build_connection_pool_key_attributes(request, verify=True)
    assert host == {"scheme": "https", "host": PUBLIC, "port": None}
    assert (pool["server_hostname"], pool["assert_hostname"]) == ("partner.example", "partner.example")
    assert request.headers["Host"] == "partner.example"


def test_a_name_that_turns_inward_after_the_check_is_refused_at_the_call(sink: ThreadingHTTPServer) -> None:
    names = Names(**{"partner.example": [[PUBLIC], ["127.0.0.1"]]})
    guard = AddressGuard(False, (), resolve=names)
    url = f"http://partner.example:{sink.server_address[1]}/listener"
    guard.check(url)
    with guarded_session(guard) as session, pytest.raises(Refused, match="loopback"):
        session.post(url, data=b"{}", timeout=5)
    assert sink.RequestHandlerClass.hosts == []


def test_a_name_is_looked_up_once_for_a_call(sink: ThreadingHTTPServer) -> None:
    names = Names(**{"partner.example": [["127.0.0.1"], ["10.0.0.1"]]})
    guard = AddressGuard(True, (), resolve=names)
    with guarded_session(guard) as session:
        session.post(f"http://partner.example:{sink.server_address[1]}/", data=b"{}", timeout=5)
    assert names.asked == ["partner.example"]


def test_the_next_address_is_tried_when_nobody_listens_at_the_first(sink: ThreadingHTTPServer) -> None:
    guard = a_guard(allow_loopback=True, localhost=[["127.0.0.2", "127.0.0.1"]])
    with guarded_session(guard) as session:
        answer = session.post(f"http://localhost:{sink.server_address[1]}/", data=b"{}", timeout=5)
    assert answer.status_code == 204


def test_when_nobody_listens_anywhere_the_call_fails(sink: ThreadingHTTPServer) -> None:
    guard = a_guard(allow_loopback=True, localhost=[["127.0.0.2", "127.0.0.3"]])
    with guarded_session(guard) as session, pytest.raises(requests.ConnectionError):
        session.post(f"http://localhost:{sink.server_address[1]}/", data=b"{}", timeout=5)


def test_a_name_of_many_addresses_takes_no_more_time_than_one_of_few(sink: ThreadingHTTPServer) -> None:
    silent, ticking = [f"127.0.0.{number}" for number in range(2, 30)], Ticking(step_s=1.0)
    guard = a_guard(allow_loopback=True, localhost=[[*silent, "127.0.0.1"]])
    with guarded_session(guard) as session:
        session.mount("http://", GuardedAdapter(guard, monotonic=ticking))
        with pytest.raises(requests.ConnectionError):
            session.post(f"http://localhost:{sink.server_address[1]}/", data=b"{}", timeout=5)
    assert ticking.now_s <= LONGEST_TRYING_S + 2
    assert sink.RequestHandlerClass.hosts == []


def test_a_session_takes_nothing_from_the_environment() -> None:
    assert guarded_session(a_guard()).trust_env is False
