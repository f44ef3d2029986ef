"""Delivery of notifications from the outbox to the callbacks of subscribers.

At least once, in order for each subscription, no order between subscriptions. The rows carry the guarantee: whatever
dies in between, the rows that are not marked are delivered again, with the same event id.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple

import requests
import structlog

from linkwright.errors import Refused
from linkwright.outbound.lanes import Lanes
from linkwright.outbound.ports import Outbox, OutboxRow
from linkwright.outbound.signatures import Signed, unsigned
from linkwright.outbound.verdicts import Verdict, verdict_of

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 900.0
FAST_TIMEOUT_S = 2.0
LOOK_AGAIN_S = 1.0
REFUSALS_BEFORE_DEAD = 3
HOLD_S = 24 * 3600.0
REMEMBER_EVERY_S = 0.5
MAX_ANSWER_BYTES = 64 * 1024
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


class Delivery:
    """Empties the outbox of one subscription after the other. Safe to share between threads.

    `session_factory` gives the one session that all deliveries share; `address_allowed` is asked before every run
    about the callback's URL. `signed` gives the headers that prove to a subscriber who sends: of a subscription, its
    callback, and the event. `lanes` keep those who are slow or silent from occupying everybody who delivers.
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
        signed: Signed = unsigned,
        lanes: Lanes | None = None,
        time_box_s: float = 5.0,
        batch: int = 100,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = _chance,
    ) -> None:
        self._outbox, self._now = outbox, now
        self._timeouts_s = (connect_timeout_s, read_timeout_s)
        self._address_allowed, self._signed = address_allowed, signed
        self._lanes = lanes or Lanes()
        self._time_box_s, self._batch = time_box_s, batch
        self._monotonic, self._jitter = monotonic, jitter
        self._refusals: dict[str, tuple[int, int]] = {}  # by subscription: of which row, how many; silences are none
        self._session = session_factory()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def drain(self, subscription_id: str) -> datetime | None:
        """Deliver what is due, oldest first, for at most the time box.

        Returns when to look again: now when time ran out, the next attempt's time while the head is held, and None
        when nothing is left to do. At most one drain of a subscription may run at a time.
        """
        with self._lanes.entered(subscription_id) as lane:
            if lane == "full":
                return self._now() + timedelta(seconds=LOOK_AGAIN_S)
            return self._drain(subscription_id, fast=lane == "fast")

    def _drain(self, subscription_id: str, *, fast: bool) -> datetime | None:
        ends_at = self._monotonic() + self._time_box_s
        while (callback := self._outbox.callback(subscription_id)) is not None:
            rows = self._outbox.head(subscription_id, self._batch)
            if not rows:
                return None
            if not self._address_allowed(callback):
                self._suspend(subscription_id, "deliveries to its callback are not allowed")
                return None
            to = _Run(subscription_id, callback, fast, ends_at, [])
            done, again_at = self._deliver(to, rows)
            if not done:
                return again_at
            if self._monotonic() >= ends_at or self._lanes.changed(subscription_id, fast):
                return self._now()
        self._refusals.pop(subscription_id, None)
        return None

    def _deliver(self, to: "_Run", rows: Sequence[OutboxRow]) -> tuple[bool, datetime | None]:
        """Send the rows one by one; False and the time of the next look once one of them holds up the others."""
        sent = _Delivered(self._outbox, self._monotonic)
        try:
            for row in rows:
                if row.attempts and row.next_at > self._now():
                    return False, row.next_at
                verdict = self._timed(to, row)
                if verdict.kind == "delivered":
                    sent.add(row.seq)
                elif not self._set_aside(to.subscription_id, row, verdict):
                    return False, self._hold(to.subscription_id, row, verdict)
                if self._monotonic() >= to.ends_at or self._lanes.changed(to.subscription_id, to.fast):
                    break
        finally:
            sent.remember()
        return True, None

    def _set_aside(self, subscription_id: str, row: OutboxRow, verdict: Verdict) -> bool:
        """A row that was refused often enough must not keep the others from being delivered."""
        if verdict.kind != "refused":
            return False
        seq, before = self._refusals.pop(subscription_id, (row.seq, 0))
        refusals = before + 1 if seq == row.seq else 1
        if refusals < REFUSALS_BEFORE_DEAD:
            self._refusals[subscription_id] = row.seq, refusals
            return False
        log.warning(
            "notification refused for good",
            subscription_id=subscription_id,
            event_id=row.event_id,
            error=verdict.error,
        )
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
        if verdict.kind == "too slow":
            return self._now()
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
        self._outbox.suspend(subscription_id, why, self._now())

    def _timed(self, to: "_Run", row: OutboxRow) -> Verdict:
        begun = self._monotonic()
        verdict = self._post(to, row)
        silent = verdict.kind in ("busy", "too slow")
        self._lanes.note(to.subscription_id, self._monotonic() - begun, silent=silent)
        return verdict

    def _post(self, to: "_Run", row: OutboxRow) -> Verdict:
        connect_s, read_s = self._timeouts_s
        longest_s = FAST_TIMEOUT_S if to.fast else read_s
        try:
            answer = self._session.send(
                self._request(to, row),
                timeout=(min(connect_s, longest_s), min(read_s, longest_s)),
                allow_redirects=False,
                stream=True,
                proxies={},
            )
        except Refused as refused:
            return Verdict("forbidden", refused.detail)
        except BROKEN_ADDRESS as broken:
            return Verdict("forbidden", f"its callback is not an address: {type(broken).__name__}")
        except requests.Timeout as failure:
            return Verdict("too slow" if to.fast else "busy", f"no answer: {type(failure).__name__}")
        except requests.RequestException as failure:
            return Verdict("busy", f"no answer: {type(failure).__name__}")
        self._read_away(answer, longest_s)
        return verdict_of(answer.status_code, answer.headers.get("Retry-After"), self._now())

    def _request(self, to: "_Run", row: OutboxRow) -> requests.PreparedRequest:
        """Prepared once for a run, which costs more than the rest of it."""
        if not to.prepared:
            to.prepared.append(self._session.prepare_request(requests.Request("POST", to.callback, HEADERS)))
        request = to.prepared[0].copy()
        request.body = body = row.body
        request.headers["Content-Length"] = str(len(body))
        request.headers.update(self._signed(to.subscription_id, to.callback, row.event_id, body, self._now()))
        return request

    def _read_away(self, answer: requests.Response, longest_s: float) -> None:
        """Read a short answer, so that the connection can be used again; one that is long or slow is cut off."""
        read, ends_at = 0, self._monotonic() + longest_s
        try:
            for chunk in answer.iter_content(8192):
                read += len(chunk)
                if read > MAX_ANSWER_BYTES or self._monotonic() > ends_at:
                    break
        except (requests.RequestException, ValueError) as failure:  # the latter for a chunk of less than no bytes
            log.debug("answer of a subscriber broke off", error=str(failure))
        finally:
            answer.close()


class _Run(NamedTuple):
    """One run of deliveries to one subscriber."""

    subscription_id: str
    callback: str
    fast: bool
    ends_at: float
    prepared: list[requests.PreparedRequest]


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
