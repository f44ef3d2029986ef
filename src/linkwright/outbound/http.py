"""Calls to other systems. The caller sees `Refused` or `Unavailable`, never the library's errors.

Nothing is tried again here: repeating is the business of the engine's steps. What is here is everything that a single
call needs to be harmless to us: time limits, a limit on the answer's size, no redirects, no proxy from the environment.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple
from urllib.parse import quote
from weakref import WeakSet

import orjson
import requests
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import TimeoutError as TransportTimeout

from linkwright.designs.requirement import Json
from linkwright.errors import Refused, Unavailable
from linkwright.outbound.recording import Call, Recorder, Seen, Unrecorded
from linkwright.outbound.redaction import REDACTED
from linkwright.outbound.sessions import never_connected, plain_session
from linkwright.outbound.tmf_errors import ASK_LATER, retry_after_s, tmf_error
from linkwright.wire.depth import may_be_too_deep, too_deep

PAGE_SIZE = 500
MOST_ITEMS = 1_000_000
MAX_ANSWER_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
LONGEST_NUMBER = 18
SHORTEST_SECRET = 6
"""What is shorter may stand in any answer."""
NEVER_OFFERED = 501
NOT_TAKEN = ASK_LATER | {503}
"""What was sent with such an answer was not carried out."""

Params = Mapping[str, str | int]


class HttpRefused(Refused):
    """An answer that will not change by asking again; `code` is the TMF error's own, where it gave one."""

    def __init__(self, system: str, detail: str, status: int, code: str = "") -> None:
        super().__init__(system, detail)
        self.status = status
        self.code = code


class HttpUnavailable(Unavailable):
    """No usable answer. `status` is None where there was none at all; `timed_out` tells silence from failure.

    `retry_after_s` is what the other side asked us to wait, None where it did not say. `may_have_arrived`: what was
    sent may have been carried out all the same.
    """

    def __init__(
        self,
        system: str,
        detail: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        timed_out: bool = False,
        may_have_arrived: bool = True,
    ) -> None:
        super().__init__(system, detail)
        self.may_have_arrived = may_have_arrived
        self.status = status
        self.retry_after_s = retry_after_s
        self.timed_out = timed_out


class Answer(NamedTuple):
    """An answer with a good status; `body` is None where there was no content."""

    status: int
    body: Json
    headers: Mapping[str, str]


def segment(identifier: str) -> str:
    """An id as one segment of a path, whatever characters it has."""
    return quote(identifier, safe="")


class Client:
    """One outside system below one base URL. Safe to share between threads: each has a session of its own."""

    def __init__(
        self,
        system: str,
        base_url: str,
        *,
        connect_timeout_s: float,
        read_timeout_s: float,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        session_factory: Callable[[], requests.Session] = plain_session,
        recorder: Recorder | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        paths: Mapping[str, str] | None = None,
        turn: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`headers` go with every call; `paths` are other beginnings for those that are standard.

        `secrets` are taken out of every answer, so that nobody can write them into our trail by repeating them.

        `turn` is taken for each call; waiting for it is no part of any time limit.
        """
        self.system = system
        self._headers, self._paths, self._turn = dict(headers or {}), dict(paths or {}), turn
        self._secrets = [one.encode() for one in secrets if len(one) >= SHORTEST_SECRET]
        self._base_url = base_url.rstrip("/")
        self._connect_timeout_s, self._read_timeout_s = connect_timeout_s, read_timeout_s
        self._max_answer_bytes = max_answer_bytes
        self._session_factory = session_factory
        self._recorder = recorder or Unrecorded()
        self._monotonic = monotonic
        self._of_thread = threading.local()
        self._sessions: WeakSet[requests.Session] = WeakSet()
        self._sessions_lock = threading.Lock()

    def get(self, path: str, params: Params | None = None, *, within_s: float | None = None) -> Json:
        """Read one resource. `within_s` bounds the whole call, all of its answer included."""
        return self._call("GET", path, params=params, within_s=within_s).body

    def pages(self, path: str, params: Params | None = None, *, page_size: int = PAGE_SIZE) -> Iterator[Json]:
        """Read a list to its end, page by page, whether or not the other side counts, and even if it does not page.

        Raises:
            HttpUnavailable: the answer is no list, or the list does not end.
        """
        offset, previous = 0, None
        while offset < MOST_ITEMS:
            answer = self._call("GET", path, params={**(params or {}), "offset": offset, "limit": page_size})
            page = answer.body
            if not isinstance(page, list):
                raise HttpUnavailable(self.system, f"GET {path}: a list was expected", status=answer.status)
            if not page or page == previous:
                return
            yield from page
            offset, previous = offset + len(page), page
            if (total := _total(answer.headers)) is not None and offset >= total:
                return
        raise HttpUnavailable(self.system, f"GET {path}: the list does not end after {MOST_ITEMS} elements")

    def post(
        self, path: str, body: Json, *, key: str, within_s: float | None = None, only_asks: bool = False
    ) -> Answer:
        """Create something. `key` shows the other side that a second try is a repetition and not a second wish.

        `only_asks`: what is created is a question, which obliges nobody.
        """
        return self._call("POST", path, body=body, key=key, within_s=within_s, only_asks=only_asks)

    def patch(self, path: str, body: Json, *, key: str) -> Answer:
        return self._call("PATCH", path, body=body, key=key)

    def delete(self, path: str) -> Answer:
        return self._call("DELETE", path)

    def close(self) -> None:
        """Close every connection; calls that still run end with `Unavailable` or their answer."""
        with self._sessions_lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Json = None,
        key: str | None = None,
        within_s: float | None = None,
        only_asks: bool = False,
    ) -> Answer:
        if not self._base_url:
            raise Refused(self.system, "no address is configured for it")
        call = Call(
            system=self.system,
            method=method,
            path=f"/{self._path(path.lstrip('/'))}",
            params={name: str(value) for name, value in (params or {}).items()},
            request=None if body is None else orjson.dumps(body),
            key=key,
            obliges=method != "GET" and not only_asks,
        )
        with self._turn(), self._recorder.recorded(call) as seen:
            return self._made(call, seen, self._read_timeout_s if within_s is None else within_s)

    def _made(self, call: Call, seen: Seen, limit_s: float) -> Answer:
        what = f"{call.method} {call.path}"
        until = self._monotonic() + limit_s
        try:
            with self._session().request(
                call.method,
                f"{self._base_url}{call.path}",
                params=call.params,
                data=call.request,
                headers=self._headers | _headers(call),
                timeout=(min(self._connect_timeout_s, limit_s), limit_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                seen.status = response.status_code
                seen.content = self._content(what, response, until)
                return self._checked(what, response, seen.content)
        except (requests.Timeout, TransportTimeout) as error:
            detail = f"{what}: no answer within {limit_s:.3g} s"
            arrived = not never_connected(error)
            raise HttpUnavailable(self.system, detail, timed_out=True, may_have_arrived=arrived) from error
        except (requests.RequestException, TransportError) as error:
            detail = f"{what}: no connection ({type(error).__name__})"
            raise HttpUnavailable(self.system, detail, may_have_arrived=not never_connected(error)) from error

    def _path(self, path: str) -> str:
        standard = next((one for one in self._paths if path == one or path.startswith(f"{one}/")), None)
        return path if standard is None else self._paths[standard] + path.removeprefix(standard)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = self._session_factory()
            with self._sessions_lock:
                self._sessions.add(session)
        return session

    def _content(self, what: str, response: requests.Response, until: float) -> bytes:
        """The answer's bytes as they come, so that neither a flood nor a drip can hold the thread."""
        content = bytearray()
        while part := response.raw.read1(CHUNK_BYTES, decode_content=True):
            content += part
            if len(content) > self._max_answer_bytes:
                raise HttpUnavailable(self.system, f"{what}: the answer is larger than {self._max_answer_bytes} bytes")
            if self._monotonic() > until:
                raise TransportTimeout("the answer did not end in time")
        for secret in self._secrets:
            content = content.replace(secret, REDACTED.encode())
        return bytes(content)

    def _checked(self, what: str, response: requests.Response, content: bytes) -> Answer:
        """The answer, or the error that its status means."""
        status = response.status_code
        if 200 <= status < 300:
            return Answer(status, self._parsed(what, status, content), response.headers)
        code, said = tmf_error(content)
        detail = f"{what} gave {status}{said}"
        if status in ASK_LATER or (status >= 500 and status != NEVER_OFFERED):
            raise HttpUnavailable(
                self.system,
                detail,
                status=status,
                retry_after_s=retry_after_s(response.headers),
                may_have_arrived=status not in NOT_TAKEN,
            )
        raise HttpRefused(self.system, detail, status, code)

    def _parsed(self, what: str, status: int, content: bytes) -> Json:
        if not content:
            return None
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise HttpUnavailable(self.system, f"{what}: the answer is not JSON", status=status) from error
        if may_be_too_deep(content) and too_deep(body):
            raise HttpUnavailable(self.system, f"{what}: the answer is nested too deep", status=status)
        return body


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "linkwright"}
    if call.request is not None:
        headers["Content-Type"] = "application/json"
    if call.key is not None:
        headers["Idempotency-Key"] = call.key
    return headers


def _total(headers: Mapping[str, str]) -> int | None:
    text = headers.get("X-Total-Count", "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None
