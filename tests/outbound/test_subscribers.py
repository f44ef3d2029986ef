"""Delivery from the outbox: at least once, in order, and no subscriber can hold up itself for ever or others at all."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from linkwright.errors import Refused
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.lanes import Lanes
from linkwright.outbound.sessions import plain_session
from linkwright.outbound.signatures import HEADER, signing
from linkwright.outbound.subscribers import (
    ATTEMPTS_BEFORE_SUSPENSION,
    FAST_TIMEOUT_S,
    LONGEST_PAUSE_S,
    LOOK_AGAIN_S,
    MAX_ANSWER_BYTES,
    REFUSALS_BEFORE_DEAD,
    Delivery,
    pause_s,
)
from linkwright.outbound.verdicts import verdict_of
from tests.outbound.fakes import Clock, Ticking
from tests.outbound.servers import answered_by

CALLBACK = "http://subscriber.test/any/path?with=query"
SUBSCRIPTION = "sub-1"


@dataclass(frozen=True, kw_only=True)
class Row:
    seq: int
    event_id: str
    body: bytes
    attempts: int
    next_at: datetime


class MemoryOutbox:
    """The outbox of one subscription."""

    def __init__(self, clock: Clock, bodies: Sequence[bytes] = (), callback: str = CALLBACK) -> None:
        self._clock = clock
        self._callback: str | None = callback
        self.rows = [
            Row(seq=seq, event_id=f"event-{seq}", body=body, attempts=0, next_at=clock())
            for seq, body in enumerate(bodies, start=1)
        ]
        self.remembered: list[list[int]] = []
        self.dead_rows: dict[int, str] = {}
        self.errors: list[str] = []
        self.suspended = ""
        self.dropped = False

    def due_subscriptions(self, now: datetime, limit: int) -> list[str]:
        due = self._callback is not None and self.rows and self.rows[0].next_at <= now
        return [SUBSCRIPTION][:limit] if due else []

    def head(self, subscription_id: str, limit: int) -> list[Row]:
        return self.rows[:limit]

    def callback(self, subscription_id: str) -> str | None:
        return self._callback

    def delivered(self, seqs: Sequence[int]) -> None:
        self.remembered.append(list(seqs))
        self.rows = [row for row in self.rows if row.seq not in seqs]

    def retry(self, seq: int, at: datetime, error: str) -> None:
        self.errors.append(error)
        self._replace(seq, at)

    def dead(self, seq: int, error: str) -> None:
        self.dead_rows[seq] = error
        self.rows = [row for row in self.rows if row.seq != seq]

    def drop_subscription(self, subscription_id: str) -> None:
        self.dropped, self._callback, self.rows = True, None, []

    def suspend(self, subscription_id: str, why: str, at: datetime) -> None:
        self.suspended, self._callback = why, None

    def _replace(self, seq: int, at: datetime) -> None:
        self.rows = [
            Row(seq=row.seq, event_id=row.event_id, body=row.body, attempts=row.attempts + 1, next_at=at)
            if row.seq == seq
            else row
            for row in self.rows
        ]


class Script(HTTPAdapter):
    """A subscriber that answers by a script, and 201 once it is at its end."""

    def __init__(self, *answers: int | Exception | tuple[int, dict[str, str]]) -> None:
        super().__init__()
        self._answers = list(answers)
        self.taken: list[bytes] = []
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[dict[str, object]] = []

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        self.requests.append(request)
        self.options.append(options)
        answer = self._answers.pop(0) if self._answers else 201
        if isinstance(answer, Exception):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        if status < 300:
            self.taken.append(bytes(request.body or b""))
        response = requests.Response()
        response.status_code, response.url, response.request = status, str(request.url), request
        response.headers.update(headers)
        response.raw = BytesIO()
        return response


@pytest.fixture
def clock() -> Clock:
    return Clock()


def a_delivery(
    outbox: MemoryOutbox,
    clock: Clock,
    adapter: HTTPAdapter | None = None,
    *,
    monotonic: Callable[[], float] | None = None,
    allowed: bool = True,
    batch: int = 100,
    **options: Any,
) -> Delivery:
    def session() -> requests.Session:
        session = plain_session()
        if adapter is not None:
            session.mount("http://", adapter)
        return session

    return Delivery(
        outbox,
        session,
        now=clock,
        address_allowed=lambda _url: allowed,
        batch=batch,
        monotonic=monotonic or Ticking(),
        jitter=lambda: 0.5,
        **options,
    )


def test_notifications_arrive_in_order_at_the_callback_as_it_was_given(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b'{"n":1}', b'{"n":2}', b'{"n":3}']), Script()
    assert a_delivery(outbox, clock, subscriber, batch=2).drain(SUBSCRIPTION) is None
    assert subscriber.taken == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert {request.url for request in subscriber.requests} == {CALLBACK}
    assert {request.headers["Content-Type"] for request in subscriber.requests} == {"application/json;charset=utf-8"}
    assert outbox.rows == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_good_status_means_delivered(status: int, clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"{}"])
    assert a_delivery(outbox, clock, Script(status)).drain(SUBSCRIPTION) is None
    assert outbox.rows == []


@pytest.mark.parametrize(
    "trouble",
    [408, 425, 429, 500, 503, requests.ConnectionError()],
    ids=str,
)
def test_a_subscriber_in_trouble_gets_everything_later_and_in_order(trouble: int | Exception, clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2"]), Script(trouble)
    delivery = a_delivery(outbox, clock, subscriber)
    again_at = delivery.drain(SUBSCRIPTION)
    assert again_at == clock() + timedelta(seconds=1)
    assert subscriber.taken == []
    assert delivery.drain(SUBSCRIPTION) == again_at
    assert len(subscriber.requests) == 1  # the head is held, and nothing overtakes it
    clock.pass_s(1.0)
    assert delivery.drain(SUBSCRIPTION) is None
    assert subscriber.taken == [b"1", b"2"]


@pytest.mark.parametrize("silence", [requests.ReadTimeout(), requests.ConnectTimeout()], ids=str)
def test_a_silence_is_short_at_first_and_only_one_of_full_length_counts(silence: Exception, clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2"]), Script(silence, silence)
    delivery = a_delivery(outbox, clock, subscriber)
    assert delivery.drain(SUBSCRIPTION) == clock()
    assert (outbox.errors, outbox.rows[0].attempts) == ([], 0)
    assert delivery.drain(SUBSCRIPTION) == clock() + timedelta(seconds=1)
    assert outbox.rows[0].attempts == 1
    assert [waited["timeout"] for waited in subscriber.options] == [(FAST_TIMEOUT_S, FAST_TIMEOUT_S), (3.0, 10.0)]
    clock.pass_s(1.0)
    while outbox.rows:
        delivery.drain(SUBSCRIPTION)
    assert subscriber.taken == [b"1", b"2"]


def test_where_the_lane_of_slow_ones_is_full_a_subscriber_waits_without_a_call(clock: Clock) -> None:
    lanes = Lanes(slow_at_once=0)
    lanes.note(SUBSCRIPTION, 9.0, silent=False)
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script()
    delivery = a_delivery(outbox, clock, subscriber, lanes=lanes)
    assert delivery.drain(SUBSCRIPTION) == clock() + timedelta(seconds=LOOK_AGAIN_S)
    assert subscriber.requests == []


def test_a_subscriber_that_turns_slow_leaves_the_fast_lane_at_once(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2", b"3"]), Script()
    delivery = a_delivery(outbox, clock, subscriber, monotonic=Ticking(step_s=1.0), time_box_s=1000.0)
    assert delivery.drain(SUBSCRIPTION) == clock()
    assert subscriber.taken == [b"1"]


def test_what_is_signed_goes_out_with_its_headers(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script()
    delivery = a_delivery(
        outbox,
        clock,
        subscriber,
        signed=lambda of, to, event_id, body, at: {"X-Proof": f"{of} {to} {event_id} {body!r} {at:%Y}"},
    )
    delivery.drain(SUBSCRIPTION)
    assert subscriber.requests[0].headers["X-Proof"] == f"{SUBSCRIPTION} {CALLBACK} event-1 {b'1'!r} {clock():%Y}"


def test_what_is_sent_and_signed_is_unpacked_once(clock: Clock) -> None:
    class Counting(Row):
        def __getattribute__(self, name: str) -> Any:
            asked.append(name)
            return super().__getattribute__(name)

    asked: list[str] = []
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script()
    outbox.rows = [Counting(**vars(row)) for row in outbox.rows]
    a_delivery(outbox, clock, subscriber, signed=signing(lambda *_: "s3cret")).drain(SUBSCRIPTION)
    assert subscriber.taken == [b"1"]
    assert (HEADER in subscriber.requests[0].headers, asked.count("body")) == (True, 1)


def test_pauses_double_from_a_second_to_a_quarter_of_an_hour() -> None:
    assert [pause_s(attempts) for attempts in (1, 2, 3, 10, 11, 50)] == [1, 2, 4, 512, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


@pytest.mark.parametrize(("chance", "wait_s"), [(0.0, 0.75), (1.0, 1.25)])
def test_pauses_have_jitter(chance: float, wait_s: float, clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"1"])
    delivery = a_delivery(outbox, clock, Script(503))
    delivery._jitter = lambda: chance
    assert delivery.drain(SUBSCRIPTION) == clock() + timedelta(seconds=wait_s)


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [("120", 120.0), ("0", 0.0), ("999999999", 3600.0), ("soon", 0.0), ("-5", 0.0), (None, 0.0)],
)
def test_retry_after_in_seconds_is_understood(header: str | None, wait_s: float, clock: Clock) -> None:
    assert verdict_of(503, header, clock()).retry_after_s == wait_s


def test_retry_after_as_a_date_is_understood(clock: Clock) -> None:
    assert verdict_of(429, format_datetime(clock() + timedelta(minutes=2)), clock()).retry_after_s == 120.0
    assert verdict_of(429, format_datetime(clock() - timedelta(minutes=2)), clock()).retry_after_s == 0.0


def test_retry_after_is_obeyed_when_it_is_longer_than_our_own_pause(clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"1"])
    delivery = a_delivery(outbox, clock, Script((503, {"Retry-After": "120"}), (503, {"Retry-After": "0"})))
    assert delivery.drain(SUBSCRIPTION) == clock() + timedelta(seconds=120)
    clock.pass_s(120.0)
    assert delivery.drain(SUBSCRIPTION) == clock() + timedelta(seconds=2)


@pytest.mark.parametrize("status", [400, 401, 404, 301, 307])
def test_a_notification_that_is_refused_three_times_is_set_aside_and_the_next_one_goes_out(
    status: int, clock: Clock
) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"bad", b"good"]), Script(*[status] * REFUSALS_BEFORE_DEAD)
    delivery = a_delivery(outbox, clock, subscriber)
    for _ in range(REFUSALS_BEFORE_DEAD - 1):
        again_at = delivery.drain(SUBSCRIPTION)
        assert again_at is not None
        clock.at = again_at
    assert delivery.drain(SUBSCRIPTION) is None
    assert outbox.dead_rows == {1: f"answered {status}"}
    assert subscriber.taken == [b"good"]


def test_a_subscriber_that_is_gone_is_removed(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2"]), Script(410)
    assert a_delivery(outbox, clock, subscriber).drain(SUBSCRIPTION) is None
    assert outbox.dropped
    assert len(subscriber.requests) == 1


def test_a_subscriber_that_takes_nothing_for_a_day_is_suspended_and_keeps_its_rows(clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"1", b"2"])
    delivery = a_delivery(outbox, clock, Script(*[503] * 1000))
    began, attempts = clock(), 0
    while not outbox.suspended:
        attempts += 1
        again_at = delivery.drain(SUBSCRIPTION)
        clock.at = again_at or clock.at
    assert attempts == ATTEMPTS_BEFORE_SUSPENSION
    assert timedelta(hours=23.5) < clock() - began < timedelta(hours=24.5)
    assert [row.body for row in outbox.rows] == [b"1", b"2"]
    assert outbox.suspended == "nothing was taken for a day: answered 503"
    assert delivery.drain(SUBSCRIPTION) is None


def test_an_address_that_is_not_allowed_is_never_called(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script()
    assert a_delivery(outbox, clock, subscriber, allowed=False).drain(SUBSCRIPTION) is None
    assert subscriber.requests == []
    assert "not allowed" in outbox.suspended


def test_a_name_that_turned_inward_suspends_the_subscription(clock: Clock) -> None:
    outbox, subscriber = (
        MemoryOutbox(clock, [b"1"]),
        Script(Refused("subscriber.test", "10.0.0.1 is a private address")),
    )
    assert a_delivery(outbox, clock, subscriber).drain(SUBSCRIPTION) is None
    assert outbox.suspended == "10.0.0.1 is a private address"


def test_a_callback_that_is_no_address_suspends_the_subscription(clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"1"], callback="no address at all")
    assert a_delivery(outbox, clock).drain(SUBSCRIPTION) is None
    assert "is not an address" in outbox.suspended


def test_nothing_is_done_for_a_subscription_that_is_no_more(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script()
    outbox.suspend(SUBSCRIPTION, "by an operator", clock())
    assert a_delivery(outbox, clock, subscriber).drain(SUBSCRIPTION) is None
    assert subscriber.requests == []


def test_a_drain_ends_with_its_time_box_and_asks_to_go_on_at_once(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"%d" % n for n in range(50)]), Script()
    delivery = a_delivery(outbox, clock, subscriber, monotonic=Ticking(step_s=0.4))
    assert delivery.drain(SUBSCRIPTION) == clock()
    assert 0 < len(subscriber.taken) < 50
    assert len(outbox.rows) == 50 - len(subscriber.taken)


def test_what_was_delivered_before_a_breakdown_is_remembered(clock: Clock) -> None:
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2", b"3"]), Script(201, 201, MemoryError("out of memory"))
    with pytest.raises(MemoryError):
        a_delivery(outbox, clock, subscriber).drain(SUBSCRIPTION)
    assert outbox.remembered == [[1, 2]]


def test_deliveries_are_remembered_every_half_second(clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"%d" % n for n in range(8)])
    a_delivery(outbox, clock, Script(), monotonic=Ticking(step_s=0.1)).drain(SUBSCRIPTION)
    assert [seq for seqs in outbox.remembered for seq in seqs] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(outbox.remembered) > 1


class Endless(BaseHTTPRequestHandler):
    """Takes everything, sets a cookie, redirects nobody, and answers far too much to `/endless`."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str | None]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.seen.append((self.path, self.headers["Cookie"]))
        self.send_response(307 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "/secret")
        self.send_header("Set-Cookie", "who=me")
        size = 1000 * MAX_ANSWER_BYTES if self.path == "/endless" else 2
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self._write(size)

    def _write(self, size: int) -> None:
        try:
            for _ in range(max(size // 8192, 1)):
                self.wfile.write(b"x" * min(size, 8192))
        except OSError:
            self.seen.append(("cut off", None))

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    handler = type("OneEndless", (Endless,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def drain_at(server: ThreadingHTTPServer, path: str, clock: Clock, rows: int) -> list[tuple[str, str | None]]:
    outbox = MemoryOutbox(clock, [b"{}"] * rows, callback=f"http://127.0.0.1:{server.server_address[1]}{path}")
    guard = AddressGuard(True, ())
    session = guarded_session(guard)
    with session:
        delivery = Delivery(outbox, lambda: session, now=clock, address_allowed=guard.allows)
        delivery.drain(SUBSCRIPTION)
    return server.RequestHandlerClass.seen


def test_an_endless_answer_is_cut_off_and_counts_as_delivered(server: ThreadingHTTPServer, clock: Clock) -> None:
    seen = drain_at(server, "/endless", clock, rows=2)
    ends_at = time.monotonic() + 30.0
    while seen.count(("cut off", None)) < 2:
        assert time.monotonic() < ends_at, "the server could write all of its answers"
        time.sleep(0.005)
    assert seen.count(("/endless", None)) == 2


def test_a_redirect_is_not_followed(server: ThreadingHTTPServer, clock: Clock) -> None:
    assert drain_at(server, "/elsewhere", clock, rows=1) == [("/elsewhere", None)]


def test_cookies_of_subscribers_are_not_kept(server: ThreadingHTTPServer, clock: Clock) -> None:
    assert drain_at(server, "/listener", clock, rows=2) == [("/listener", None), ("/listener", None)]


@pytest.mark.parametrize("trouble", [503, requests.ConnectionError()], ids=str)
def test_what_waited_for_a_subscriber_in_trouble_is_not_set_aside_by_its_first_refusal(
    trouble: int | Exception, clock: Clock
) -> None:
    troubles = [trouble] * REFUSALS_BEFORE_DEAD
    outbox, subscriber = MemoryOutbox(clock, [b"1"]), Script(*troubles, 404, trouble, 404)
    delivery = a_delivery(outbox, clock, subscriber)
    while outbox.rows:
        clock.at = delivery.drain(SUBSCRIPTION) or clock.at
    assert outbox.dead_rows == {}
    assert subscriber.taken == [b"1"]


def test_refusals_are_counted_for_each_notification(clock: Clock) -> None:
    refused = [404] * (REFUSALS_BEFORE_DEAD - 1)
    outbox, subscriber = MemoryOutbox(clock, [b"1", b"2"]), Script(*refused, 201, *refused)
    delivery = a_delivery(outbox, clock, subscriber)
    while outbox.rows:
        clock.at = delivery.drain(SUBSCRIPTION) or clock.at
    assert outbox.dead_rows == {}
    assert subscriber.taken == [b"1", b"2"]


@pytest.mark.parametrize("callback", ["http://listener.test/path?token=hush", "http://[listener?token=hush"])
def test_what_a_callback_carries_is_not_told_when_it_is_given_up(callback: str, clock: Clock) -> None:
    outbox = MemoryOutbox(clock, [b"1"], callback=callback)
    a_delivery(outbox, clock, allowed="[" in callback).drain(SUBSCRIPTION)
    assert outbox.suspended
    assert "hush" not in outbox.suspended


@pytest.mark.parametrize(
    "header",
    ["²", "9" * 5000, "Mon, 02 Nov 99999999999999999999 09:00:00 GMT", "Mon, 02 Nov 2026 09:00:00 +99999999999"],
)
def test_no_retry_after_keeps_a_subscriber_from_its_verdict(header: str, clock: Clock) -> None:
    assert 0.0 <= verdict_of(503, header, clock()).retry_after_s <= 3600.0


@pytest.mark.parametrize(
    ("answer", "is_delivered"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n", False),
        (b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc", True),
    ],
    ids=["no address", "no text", "a chunk of less than no bytes"],
)
def test_no_answer_however_odd_stops_the_deliveries(answer: bytes, is_delivered: bool, clock: Clock) -> None:
    guard = AddressGuard(True, ())
    with answered_by(lambda connection: connection.sendall(answer)) as url, guarded_session(guard) as session:
        outbox = MemoryOutbox(clock, [b"{}"], callback=url)
        delivery = Delivery(outbox, lambda: session, now=clock, address_allowed=guard.allows)
        assert (delivery.drain(SUBSCRIPTION) is None) is is_delivered
    assert (outbox.rows == []) is is_delivered
