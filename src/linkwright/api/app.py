"""Contracts and handlers become one ASGI application. An operation that nobody wrote stops the start-up."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from connexion import AsyncApp
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver

from linkwright.api.contracts import Contract
from linkwright.api.errors import Failures
from linkwright.api.front import Front
from linkwright.api.gate import Gate, OpenGate
from linkwright.api.health import Check, Health
from linkwright.api.parameters import Parameters
from linkwright.api.validation import body_validators

HANDLER_THREADS = 64
Handler = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A contract and the objects whose methods answer its operations: `createX` is answered by `create_x`."""

    contract: Contract
    handlers: Sequence[object]


def build_app(
    apis: Sequence[Served],
    *,
    max_body_bytes: int,
    checks: Mapping[str, Check],
    start: Callable[[], None],
    stop: Callable[[], None],
    gate: Gate | None = None,
    validate_responses: bool = False,
) -> Any:
    """The ASGI application; `start` and `stop` are called in a worker thread around its life. No gate: an open one.

    Raises:
        LookupError: an operation has no handler.
    """
    logging.getLogger("connexion").setLevel(logging.ERROR)  # it warns of every body with several media types
    options = SwaggerUIOptions(swagger_ui=False, serve_spec=False)
    app = AsyncApp(__name__, lifespan=_lifespan(start, stop), swagger_ui_options=options)
    for served in apis:
        contract = served.contract
        app.add_api(
            contract.document if validate_responses else contract.for_routing(),
            resolver=Resolver(_methods(served).__getitem__),
            base_path=contract.base_path,
            validate_responses=validate_responses,
            validator_map={"body": body_validators(contract, max_body_bytes), "parameter": Parameters},
        )
    for kind, handler in Failures([served.contract for served in apis]).handlers():
        app.add_error_handler(kind, handler)
    return Front(app, Health(checks), gate or OpenGate())


def _methods(served: Served) -> dict[str, Handler]:
    """The method for each operation."""
    found: dict[str, Handler] = {}
    for _, operation in served.contract.operations():
        name = _snake(operation["operationId"])
        handler = next((one for one in served.handlers if hasattr(one, name)), None)
        if handler is None:
            raise LookupError(f"{served.contract.name}: no handler has {name}")
        found[operation["operationId"]] = getattr(handler, name)
    return found


def _lifespan(
    start: Callable[[], None], stop: Callable[[], None]
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = HANDLER_THREADS
        await anyio.to_thread.run_sync(start)
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(stop)

    return lifespan


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
