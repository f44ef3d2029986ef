"""Delivery of notifications from the outbox to the callbacks of subscribers.

At least once, in order for each subscription, no order between subscriptions. The rows carry the guarantee: whatever
dies in between, the rows that are not marked are delivered again, with the same event id.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Literal, NamedTuple, Protocol

import requests
import structlog

from linkwright.errors import Refused

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 900.0
LONGEST_RETRY_AFTER_S = 3600.0
REFUSALS_BEFORE_DEAD = 3
HOLD_S = 24 * 3600.0
REMEMBER_EVERY_S = 0.5
MAX_ANSWER_BYTES = 64 * 1024
ASK_LATER = frozenset({408, 425, 429})
GONE = 410
HEADERS = {"Content-Type": "application/json;charset=utf-8", "Accept": "application/json", "User-Agent": "linkwright"}
BROKEN_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema)

log = structlog.get_logger()
_chance = secrets.SystemRandom().random


def pause_s(attempts: int) -> float:
    """Seconds to wait after the given number of failed attempts (1 or more), without jitter: 1, 2, 4 … 900."""
    return min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE_S)


def _attempts_within(hold_s: float) -> int:
    attempts, waited_s = 0, 0.0
    while waited_s < hold_s:
        attempts += 1
        waited_s += pause_s(attempts)
    return attempts


# A day of failed attempts. Counted in attempts, so that our own downtime is not held against a subscriber.
ATTEMPTS_BEFORE_SUSPENSION = _attempts_within(HOLD_S)


class OutboxRow(Protocol):
    """One notification for one subscription; `attempts` have failed, the next is not before `next_at`."""

    @property
    def seq(self) -> int: ...

    @property
    def event_id(self) -> str: ...

    @property
    def body(self) -> bytes: ...

    @property
    def attempts(self) -> int: ...

    @property
    def next_at(self) -> datetime: ...


class Outbox(Protocol):
    """What is still to be delivered. Every method is a transaction of its own and safe to repeat."""

    def due_subscriptions(self, now: datetime, limit: int) -> list[str]:
        """Ids of active subscriptions whose first open row is due."""
        ...

    def head(self, subscription_id: str, limit: int) -> Sequence[OutboxRow]:
        """The oldest open rows in the order of `seq`, due or not."""
        ...

    def callback(self, subscription_id: str) -> str | None:
        """Where to deliver, exactly as the subscriber gave it; None when it is gone or suspended."""
        ...

    def delivered(self, seqs: Sequence[int]) -> None: ...

    def retry(self, seq: int, at: datetime, error: str) -> None:
        """Count one more failed attempt; the next is not before `at`."""
        ...

    def dead(self, seq: int, error: str) -> None:
        """Count one more failed attempt and set the row aside: it is delivered only when an operator says so."""
        ...

    def drop_subscription(self, subscription_id: str) -> None:
        """Remove the subscription and its rows."""
        ...

    def suspend(self, subscription_id: str, why: str) -> None:
        """Deliver nothing more until an operator says so; the rows stay."""
        ...


class Verdict(NamedTuple):
    """What one POST came to. `retry_after_s` is what the subscriber asked for, 0 where it did not say."""

    kind: Literal["delivered", "busy", "refused", "gone", "forbidden"]
    error: str = ""
    retry_after_s: float = 0.0


class Delivery:
    """Empties the outbox of one subscription after the other. Safe to share between threads.

    `session_factory` gives the one session that all deliveries share; `address_allowed` is asked before every run
    about the callback's URL.
    """

    def __init__(
        self,
        outbox: Outbox,
        session_factory: Callable[[], requests.Session],
        *,
        now: Callable[[], datetime],
        connect_timeout_s: float = 3.0,
        read_timeout_s: float = 10.0,
        address_allowed: Callable[[str], bool],
        time_box_s: float = 5.0,
        batch: int = 100,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = _chance,
    ) -> None:
        self._outbox, self._now = outbox, now
        self._timeouts_s = (connect_timeout_s, read_timeout_s)
        self._address_allowed = address_allowed
        self._time_box_s, self._batch = time_box_s, batch
        self._monotonic, self._jitter = monotonic, jitter
        self._session = session_factory()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def drain(self, subscription_id: str) -> datetime | None:
        """Deliver what is due, oldest first, for at most the time box.

        Returns when to look again: now when time ran out, the next attempt's time while the head is held, and None
        when nothing is left to do. At most one drain of a subscription may run at a time.
        """
        ends_at = self._monotonic() + self._time_box_s
        while (callback := self._outbox.callback(subscription_id)) is not None:
            rows = self._outbox.head(subscription_id, self._batch)
            if not rows:
                return None
            if not self._address_allowed(callback):
                self._suspend(subscription_id, f"deliveries to {callback} are not allowed")
                return None
            done, again_at = self._deliver(subscription_id, callback, rows, ends_at)
            if not done:
                return again_at
            if self._monotonic() >= ends_at:
                return self._now()
        return None

    def _deliver(
        self, subscription_id: str, callback: str, rows: Sequence[OutboxRow], ends_at: float
    ) -> tuple[bool, datetime | None]:
        """Send the rows one by one; False and the time of the next look once one of them holds up the others."""
        sent = _Delivered(self._outbox, self._monotonic)
        try:
            for row in rows:
                if row.attempts and row.next_at > self._now():
                    return False, row.next_at
                verdict = self._post(callback, row.body)
                if verdict.kind == "delivered":
                    sent.add(row.seq)
                elif not self._set_aside(row, verdict):
                    return False, self._hold(subscription_id, row, verdict)
                if self._monotonic() >= ends_at:
                    break
        finally:
            sent.remember()
        return True, None

    def _set_aside(self, row: OutboxRow, verdict: Verdict) -> bool:
        """A row that was refused often enough must not keep the others from being delivered."""
        if verdict.kind != "refused" or row.attempts + 1 < REFUSALS_BEFORE_DEAD:
            return False
        log.warning("notification refused for good", event_id=row.event_id, error=verdict.error)
        self._outbox.dead(row.seq, verdict.error)
        return True

    def _hold(self, subscription_id: str, row: OutboxRow, verdict: Verdict) -> datetime | None:
        if verdict.kind == "gone":
            log.info("subscriber is gone", subscription_id=subscription_id)
            self._outbox.drop_subscription(subscription_id)
            return None
        if verdict.kind == "forbidden":
            self._suspend(subscription_id, verdict.error)
            return None
        attempts = row.attempts + 1
        wait_s = max(pause_s(attempts) * (0.75 + 0.5 * self._jitter()), verdict.retry_after_s)
        at = self._now() + timedelta(seconds=wait_s)
        self._outbox.retry(row.seq, at, verdict.error)
        if attempts >= ATTEMPTS_BEFORE_SUSPENSION:
            self._suspend(subscription_id, f"nothing was taken for a day: {verdict.error}")
            return None
        return at

    def _suspend(self, subscription_id: str, why: str) -> None:
        log.error("subscription suspended", subscription_id=subscription_id, why=why)
        self._outbox.suspend(subscription_id, why)

    def _post(self, callback: str, body: bytes) -> Verdict:
        try:
            answer = self._session.post(
                callback, data=body, headers=HEADERS, timeout=self._timeouts_s, allow_redirects=False, stream=True
            )
        except Refused as refused:
            return Verdict("forbidden", refused.detail)
        except BROKEN_ADDRESS as broken:
            return Verdict("forbidden", f"{callback} is not an address: {broken}")
        except requests.RequestException as failure:
            return Verdict("busy", f"no answer: {type(failure).__name__}")
        self._read_away(answer)
        return verdict_of(answer.status_code, answer.headers.get("Retry-After"), self._now())

    def _read_away(self, answer: requests.Response) -> None:
        """Read a short answer, so that the connection can be used again; one that is long or slow is cut off."""
        read, ends_at = 0, self._monotonic() + self._timeouts_s[1]
        try:
            for chunk in answer.iter_content(8192):
                read += len(chunk)
                if read > MAX_ANSWER_BYTES or self._monotonic() > ends_at:
                    break
        except requests.RequestException as failure:
            log.debug("answer of a subscriber broke off", error=str(failure))
        finally:
            answer.close()


class _Delivered:
    """Delivered rows, remembered together now and then: what is not yet remembered is sent twice after a crash."""

    def __init__(self, outbox: Outbox, monotonic: Callable[[], float]) -> None:
        self._outbox, self._monotonic = outbox, monotonic
        self._seqs: list[int] = []
        self._remembered_at = monotonic()

    def add(self, seq: int) -> None:
        self._seqs.append(seq)
        if self._monotonic() - self._remembered_at >= REMEMBER_EVERY_S:
            self.remember()

    def remember(self) -> None:
        if self._seqs:
            self._outbox.delivered(self._seqs)
        self._seqs, self._remembered_at = [], self._monotonic()


def verdict_of(status: int, retry_after: str | None, now: datetime) -> Verdict:
    """What a status means for the row: delivered, to be tried again, refused, or the end of the subscription."""
    if 200 <= status < 300:
        return Verdict("delivered")
    error = f"answered {status}"
    if status == GONE:
        return Verdict("gone", error)
    if status in ASK_LATER or status >= 500:
        return Verdict("busy", error, _seconds(retry_after, now))
    return Verdict("refused", error)


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Retry-After in seconds, at most an hour; 0 where it is missing or makes no sense."""
    if retry_after is None:
        return 0.0
    if retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_RETRY_AFTER_S)
    try:
        wait_s = (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError):  # no date, or one without a time zone
        return 0.0
    return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)
