"""Contracts and handlers become one ASGI application. An operation that nobody wrote stops the start-up."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import anyio.to_thread
from connexion.middleware import ConnexionMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.resolver import Resolver

from linkwright.api.brevity import Run, in_a_thread
from linkwright.api.contracts import Contract
from linkwright.api.errors import Failures
from linkwright.api.front import Front
from linkwright.api.gate import Gate, OpenGate
from linkwright.api.health import Check, Health
from linkwright.api.metrics import Metrics
from linkwright.api.operations import NAME, Handler, Operation, Operations
from linkwright.api.parameters import Parameters
from linkwright.api.validation import body_checks

HANDLER_THREADS = 64


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
    run_brief: Run = in_a_thread,
    metrics: Metrics | None = None,
    validate_responses: bool = False,
) -> Any:
    """The ASGI application; `start` and `stop` are called in a worker thread around its life. No gate: an open one.

    Raises:
        LookupError: an operation has no handler.
    """
    logging.getLogger("connexion").setLevel(logging.ERROR)  # it warns of every body with several media types
    methods = [_methods(served) for served in apis]
    operations = dict(chain.from_iterable(map(_operations, apis, methods)))
    app = ConnexionMiddleware(
        Operations(operations, max_body_bytes=max_body_bytes, run_brief=run_brief),
        import_name=__name__,
        lifespan=_lifespan(start, stop),
        middlewares=_layers(validate_responses),
    )
    for served, found in zip(apis, methods, strict=True):
        contract = served.contract
        app.add_api(
            contract.document if validate_responses else contract.for_routing(),
            resolver=Resolver(found.__getitem__),
            base_path=contract.base_path,
            validate_responses=validate_responses,
        )
    for kind, handler in Failures([served.contract for served in apis]).handlers():
        app.add_error_handler(kind, handler)
    return Front(app, Health(checks), gate or OpenGate(), metrics)


def _layers(validate_responses: bool) -> list[Any]:
    """What of connexion stands before our operations, outermost first."""
    checking = [ResponseValidationMiddleware] if validate_responses else []
    return [ExceptionMiddleware, RoutingMiddleware, *checking, LifespanMiddleware]


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


def _operations(served: Served, methods: Mapping[str, Handler]) -> Iterator[tuple[NAME, Operation]]:
    contract = served.contract
    for method, operation in contract.operations():
        name = operation["operationId"]
        yield (
            (contract.base_path, name),
            Operation(
                handler=methods[name],
                parameters=Parameters(contract.parameters_of(operation)),
                checks=body_checks(contract, method, operation),
            ),
        )


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
