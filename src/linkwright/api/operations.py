"""What becomes of a request once connexion's router has found its operation in the contract: check, handler, reply.

connexion's own way from there on (five more layers, a second routing, two conversions of every answer) costs more than
the rest of a request; its router and the contract stay what decides which operation it is.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from connexion.exceptions import UnsupportedMediaTypeProblem
from starlette.exceptions import HTTPException

from linkwright.api import bodies
from linkwright.api.brevity import LARGE_BYTES, Run, TooMuch, in_a_thread, is_brief
from linkwright.api.callers import BODY, BRIEF, LARGE, RAW, REPAIRS, SCOPE, header
from linkwright.api.parameters import Parameters
from linkwright.api.replies import Reply
from linkwright.api.validation import Check

Handler = Callable[..., Any]
NAME = tuple[str, str]
"""The base path of a contract, and an operation's id in it."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`checks` are by media type, the one that is assumed first; there are none where no body is read."""

    handler: Handler
    parameters: Parameters
    checks: Mapping[str, Check]

    @cached_property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.handler)

    @cached_property
    def is_brief(self) -> bool:
        return is_brief(self.handler)


class Operations:
    """The ASGI application behind connexion's router. `run_brief` runs what is over in microseconds but for a flush."""

    def __init__(self, operations: Mapping[NAME, Operation], *, max_body_bytes: int, run_brief: Run) -> None:
        self._operations, self._max_body_bytes, self._run_brief = operations, max_body_bytes, run_brief

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        operation = self._routed_to(scope)
        operation.parameters.validate(scope)
        SCOPE.set(scope)
        answer = await self._answered(operation, scope, receive)
        await answer(scope, receive, send)

    def _routed_to(self, scope: Any) -> Operation:
        routed = scope["extensions"]["connexion_routing"]
        operation = self._operations.get((routed["api_base_path"], routed["operation_id"]))
        if operation is None:
            raise HTTPException(404)
        return operation

    async def _answered(self, operation: Operation, scope: Any, receive: Any) -> Reply:
        """What is large is read and answered on one way to a thread."""
        call = partial(operation.handler, **scope["path_params"])
        if operation.checks:
            check, raw = _check_of(operation, scope), await bodies.read(receive, scope, self._max_body_bytes)
            read = partial(_read, check, raw, scope)
            if len(raw) <= LARGE_BYTES:
                read()
            elif operation.is_async:
                await in_a_thread(read)
            else:
                return await in_a_thread(lambda: (read(), call())[1])  # type: ignore[no-any-return]
        if operation.is_async:
            return await call()  # type: ignore[no-any-return]
        if operation.is_brief:
            try:
                scope["extensions"][BRIEF] = True
                return await self._run_brief(call)  # type: ignore[no-any-return]
            except TooMuch:
                scope["extensions"][BRIEF] = False
        return await in_a_thread(call)  # type: ignore[no-any-return]


def _check_of(operation: Operation, scope: Any) -> Check:
    media_type = header(scope, b"content-type")
    check = operation.checks.get(media_type) if media_type else next(iter(operation.checks.values()))
    if check is None:
        raise UnsupportedMediaTypeProblem()
    return check


def _read(check: Check, raw: bytes, scope: Any) -> None:
    """Leaves the body in the scope, parsed and checked, with what was mended in it and whether it is large."""
    found = check.read(bodies.parsed(raw))
    scope["extensions"] |= {BODY: found.body, RAW: raw, REPAIRS: found.notes, LARGE: len(raw) > LARGE_BYTES}
