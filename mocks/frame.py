"""The frame of every mock: contracts in, handlers in, ASGI application out.

A mock says which contracts it serves and has one handler for each of their operations. The frame does the rest: it
validates bodies, repeats the first answer to a repeated `Idempotency-Key`, keeps subscriptions and sends events, has
the faults that it is told to have, and lets tests look inside (see control.py).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mocks.application import connexion_app
from mocks.calls import Answer, Call, Handler, Json, tmf_error
from mocks.contracts import JSON_TYPE, Contract, Operation
from mocks.control import CONTROL_PATH, control_app
from mocks.events import Hub, Poster
from mocks.faults import Faults, Verdict
from mocks.roles import Clock, Context, Forgetting, Loading, Mock, Showing, Starting, Steered

CLOSE_EXTENSION = "mocks.close"
"""In the scope's extensions: a function that closes the connection at once, where the server has one."""


class MissingHandler(Exception):
    """A contract has an operation that its mock does not handle."""


def default_contracts_dir() -> Path:
    """The contracts of the checkout that this package lies in, or where they are once it is installed."""
    root = Path(__file__).resolve().parents[1]
    checkout = root / "openapi" / "outward"
    return checkout if checkout.is_dir() else root / "linkwright" / "contracts" / "outward"


def build_app(
    mock: Mock,
    *,
    contracts_dir: Path,
    faults: Faults,
    clock: Clock,
    check_answers: bool = False,
    poster: Poster | None = None,
) -> ASGIApp:
    """The server of a mock.

    Args:
        check_answers: an answer that its own contract forbids becomes a 500.
        poster: delivers events; by HTTP where none is given.

    Raises:
        MissingHandler: names the operations without handler.
    """
    contracts = [Contract(contracts_dir / name) for name in mock.contracts]
    hub = Hub(faults, poster)
    handlers = {**mock.handlers, **hub.handlers()}
    needed = {op.operation_id for contract in contracts for op in contract.operations}
    if missing := needed - handlers.keys():
        raise MissingHandler(f"{mock.name} has no handler for {', '.join(sorted(missing))}")
    return _Frame(mock, contracts, hub, handlers, faults, clock, check_answers)


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """A complete answer of the application, on its way out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class _Frame:
    def __init__(
        self,
        mock: Mock,
        contracts: list[Contract],
        hub: Hub,
        handlers: Mapping[str, Handler],
        faults: Faults,
        clock: Clock,
        check_answers: bool,
    ) -> None:
        self._mock, self._hub, self._handlers, self._faults = mock, hub, handlers, faults
        self._check_answers = check_answers
        self._lock = RLock()
        self._operations = [operation for contract in contracts for operation in contract.operations]
        self._first_answers: dict[tuple[str, str], Answer] = {}
        self._duplicates: dict[str, int] = {}
        self.calls: list[dict[str, Json]] = []
        self._app = connexion_app(contracts, self._answered, clock, hub.close)
        self._control = control_app(self, faults, clock)
        if isinstance(mock, Starting):
            mock.on_start(Context(now=clock, hub=hub, faults=faults, lock=self._lock))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(CONTROL_PATH):
            await self._control(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    def state(self) -> dict[str, Json]:
        """Everything that is stored, subscriptions and the number of repetitions of each key included."""
        with self._lock:
            stored = self._mock.state() if isinstance(self._mock, Showing) else {}
            whole = {**stored, "hub": self._hub.subscriptions(), "duplicates": dict(self._duplicates)}
            return dict(orjson.loads(orjson.dumps(whole)))

    def steer(self, resource_id: str, wish: Mapping[str, Json]) -> bool:
        with self._lock:
            return isinstance(self._mock, Steered) and self._mock.steer(resource_id, wish)

    def load(self, state: Mapping[str, Json]) -> None:
        with self._lock:
            if isinstance(self._mock, Loading):
                self._mock.load(state)

    # One request and its faults

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        record = self._record(scope)
        operation = self._operation(scope["method"], scope["path"])
        verdict = self._faults.verdict(operation.operation_id) if operation else Verdict()
        await asyncio.sleep(verdict.latency_s)
        if verdict.drop == "before":
            return await _close(scope)
        if verdict.hold == "before":
            receive = await _sent_already(receive)
            await self._faults.hold()
        answer = _failed(verdict) if verdict.status else await self._application_answer(scope, receive)
        record["status"] = answer.status
        if answer.status == 201:
            record["made"] = orjson.loads(answer.body)["id"]
            if verdict.drop == "forget":
                record["forgotten"] = True
                self._forget(record["made"])
        if verdict.hold == "after":
            await self._faults.hold()
        await asyncio.sleep(verdict.hang_s)
        if verdict.drop == "after":
            return await _close(scope)
        return await _send(answer, verdict.malformed, send)

    async def _application_answer(self, scope: Scope, receive: Receive) -> _Sent:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return _Sent(status=messages[0]["status"], headers=list(messages[0]["headers"]), body=body)

    def _record(self, scope: Scope) -> dict[str, Json]:
        """In real time, whatever the clock says; the status, and the id of what was made, are there once it is done."""
        key = dict(scope["headers"]).get(b"idempotency-key")
        record = {
            "method": scope["method"],
            "path": scope["path"],
            "key": key.decode() if key else None,
            "status": None,
            "at": datetime.now(UTC).isoformat(),
        }
        self.calls.append(record)
        return record

    def _operation(self, method: str, path: str) -> Operation | None:
        return next((op for op in self._operations if op.method == method and op.matches(path)), None)

    def _forget(self, resource_id: str) -> None:
        with self._lock:
            if isinstance(self._mock, Forgetting):
                self._mock.forget(resource_id)
            for slot in [slot for slot, first in self._first_answers.items() if first.body["id"] == resource_id]:
                del self._first_answers[slot]

    # Answers

    def _answered(self, contract: Contract, operation: Operation, call: Call) -> Answer:
        with self._lock:
            answer = self._once(operation.operation_id, call)
        if self._check_answers and not any(name == "fields" for name, _ in call.query):
            faults = contract.answer_faults(operation.operation_id, answer.status, answer.body)
            if faults is not None:
                raise AssertionError(f"{operation.operation_id} {answer.status}: {faults}")
        return answer

    def _once(self, operation_id: str, call: Call) -> Answer:
        """The handler's answer; to a key that had a good one before, that one again."""
        slot = (operation_id, call.headers.get("idempotency-key", ""))
        handler = self._handlers[operation_id]
        if not slot[1] or not operation_id.startswith("create"):
            return handler(call)
        if slot in self._first_answers:
            self._duplicates[slot[1]] = self._duplicates.get(slot[1], 0) + 1
            return self._first_answers[slot]
        answer = handler(call)
        if answer.status < 300:
            # What is stored goes on changing: the first answer is kept as it was.
            self._first_answers[slot] = Answer(answer.status, orjson.loads(orjson.dumps(answer.body)), answer.headers)
        return answer


def _failed(verdict: Verdict) -> _Sent:
    status = verdict.status or 500
    headers = [(b"content-type", JSON_TYPE.encode())]
    if verdict.retry_after_s is not None:
        headers.append((b"retry-after", str(verdict.retry_after_s).encode()))
    body = tmf_error(status, "mockFault", "this mock was told to fail").body
    return _Sent(status=status, headers=headers, body=orjson.dumps(body))


async def _send(answer: _Sent, malformed: bool, send: Send) -> None:
    headers = [header for header in answer.headers if header[0].lower() != b"content-length"]
    body = answer.body[: len(answer.body) // 2] + b'{"' if malformed and answer.body else answer.body
    if body:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _sent_already(receive: Receive) -> Receive:
    """All of the body, for work that is done although its caller may be gone by then."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(messages, None) or await receive()

    return again


async def _close(scope: Scope) -> None:
    """End the connection without an answer."""
    close = scope.get("extensions", {}).get(CLOSE_EXTENSION)
    if close is None:
        raise ConnectionAbortedError("this mock was told to drop the call")
    close()
    await asyncio.sleep(0.01)  # the server notices that the connection is gone before it misses an answer
