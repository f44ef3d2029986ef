"""What becomes of a request once connexion's router has found its operation in the contract: check, handler, reply.

connexion's own way from there on (five more layers, a second routing, two conversions of every answer) costs more than
the rest of a request; its router and the contract stay what decides which operation it is.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread
from connexion.exceptions import UnsupportedMediaTypeProblem
from starlette.exceptions import HTTPException

from linkwright.api import bodies
from linkwright.api.brevity import LARGE_BYTES, TooMuch, is_brief
from linkwright.api.callers import BODY, BRIEF, REPAIRS, SCOPE, header
from linkwright.api.parameters import Parameters
from linkwright.api.replies import Reply
from linkwright.api.validation import Check

Handler = Callable[..., Any]
Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function that reads and writes the store, without keeping the event loop from its other work meanwhile."""
NAME = tuple[str, str]
"""The base path of a contract, and an operation's id in it."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`checks` are by media type, the one that is assumed first; there are none where no body is read."""

    handler: Handler
    parameters: Parameters
    checks: Mapping[str, Check]


class Operations:
    """The ASGI application behind connexion's router. `run_brief` runs what is over in microseconds but for a flush."""

    def __init__(self, operations: Mapping[NAME, Operation], *, max_body_bytes: int, run_brief: Run) -> None:
        self._operations, self._max_body_bytes, self._run_brief = operations, max_body_bytes, run_brief

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        operation = self._routed_to(scope)
        operation.parameters.validate(scope)
        size = await self._read(operation, scope, receive) if operation.checks else 0
        SCOPE.set(scope)
        answer = await self._answered(operation.handler, scope, is_large=size > LARGE_BYTES)
        await answer(scope, receive, send)

    def _routed_to(self, scope: Any) -> Operation:
        routed = scope["extensions"]["connexion_routing"]
        operation = self._operations.get((routed["api_base_path"], routed["operation_id"]))
        if operation is None:
            raise HTTPException(404)
        return operation

    async def _read(self, operation: Operation, scope: Any, receive: Any) -> int:
        """Leaves the body in the scope, parsed and checked, and what was mended in it; returns its size in bytes."""
        media_type = header(scope, b"content-type")
        check = operation.checks.get(media_type) if media_type else next(iter(operation.checks.values()))
        if check is None:
            raise UnsupportedMediaTypeProblem()
        raw = await bodies.read(receive, scope, self._max_body_bytes)
        found = check.read(bodies.parsed(raw))
        scope["extensions"][BODY], scope["extensions"][REPAIRS] = found.body, found.notes
        return len(raw)

    async def _answered(self, handler: Handler, scope: Any, *, is_large: bool) -> Reply:
        call = partial(handler, **scope["path_params"])
        if inspect.iscoroutinefunction(handler):
            return await call()  # type: ignore[no-any-return]
        if is_brief(handler) and not is_large:
            try:
                scope["extensions"][BRIEF] = True
                return await self._run_brief(call)  # type: ignore[no-any-return]
            except TooMuch:
                scope["extensions"][BRIEF] = False
        return await anyio.to_thread.run_sync(call)


async def in_a_thread(work: Callable[[], Any]) -> Any:
    """For a store that keeps its caller waiting."""
    return await anyio.to_thread.run_sync(work)
