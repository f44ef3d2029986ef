"""The connexion application behind a mock: routes and bodies as the contracts say, errors as TMF APIs say them."""

import logging
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from inspect import Parameter, Signature
from typing import Any

import orjson

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # connexion loads a test client that nobody uses here
    from connexion import AsyncApp, request
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem, ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from connexion.validators import AbstractRequestBodyValidator
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope

from mocks.calls import Answer, Call, tmf_error
from mocks.contracts import JSON_TYPE, Contract, Operation

BODY_EXTENSION = "mocks.body"

Clock = Callable[[], Any]
Answering = Callable[[Contract, Operation, Call], Answer]


def connexion_app(
    contracts: Sequence[Contract], answered: Answering, clock: Clock, close: Callable[[], Awaitable[None]]
) -> AsyncApp:
    """Every request that its contract allows goes to `answered`; `close` runs when the server ends."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[Mapping[str, Any]]:
        yield {}
        await close()

    app = AsyncApp(__name__, lifespan=lifespan, swagger_ui_options=SwaggerUIOptions(swagger_ui=False))
    for contract in contracts:
        endpoints = {op.operation_id: _endpoint(contract, op, answered, clock) for op in contract.operations}
        app.add_api(
            contract.document,
            name=contract.name,
            resolver=Resolver(endpoints.__getitem__),
            strict_validation=False,
            validate_responses=False,
            validator_map={"body": MediaTypeDict({JSON_TYPE: _body_validator(contract)})},
        )
    operations = [op for contract in contracts for op in contract.operations]
    for kind in (HTTPException, ProblemException):
        app.add_error_handler(kind, _http_error_handler(operations))
    app.add_error_handler(Exception, _on_bug)
    return app


def _endpoint(contract: Contract, operation: Operation, answered: Answering, clock: Clock) -> Callable[..., Any]:
    async def endpoint(**_: Any) -> ConnexionResponse:
        return _response(answered(contract, operation, _call(contract, clock)))

    # Connexion hands over what the signature names, and complains of every filter where it names anything.
    named = [Parameter(name, Parameter.KEYWORD_ONLY) for name in operation.path_parameters]
    endpoint.__signature__ = Signature(named)  # type: ignore[attr-defined]
    return endpoint


def _call(contract: Contract, clock: Clock) -> Call:
    return Call(
        path=dict(request.scope["path_params"]),
        query=list(request.query_params.multi_items()),
        body=request.scope["extensions"].get(BODY_EXTENSION),
        headers=dict(request.headers),
        base_url=f"{request.scope['scheme']}://{request.headers['host']}",
        now=clock(),
        contract=contract.name,
        base_path=contract.base_path,
    )


def _body_validator(contract: Contract) -> type[AbstractRequestBodyValidator]:
    class Body(AbstractRequestBodyValidator):  # type: ignore[misc]
        """Reads the body itself: connexion's own way refuses a body that comes in chunks."""

        async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
            raw = await _read(receive)
            try:
                body = orjson.loads(raw)
            except orjson.JSONDecodeError as error:
                raise BadRequestProblem(detail=f"not JSON: {error}") from error
            operation_id = scope["extensions"]["connexion_routing"]["operation_id"]
            if faults := contract.body_faults(operation_id, body):
                raise BadRequestProblem(detail=faults)
            scope["extensions"][BODY_EXTENSION] = body
            return self._insert_messages(receive, messages=[{"type": "http.request", "body": raw}]), scope

    return Body


async def _read(receive: Receive) -> bytes:
    raw = bytearray()
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(raw)


def _http_error_handler(operations: Sequence[Operation]) -> Callable[[ConnexionRequest, Any], Awaitable[Any]]:
    async def on_http_error(refused: ConnexionRequest, error: Any) -> ConnexionResponse:
        status = getattr(error, "status_code", None) or error.status
        detail = getattr(error, "detail", None) or ""
        answer = tmf_error(status, str(status), str(getattr(error, "title", None) or detail), str(detail))
        allowed = sorted({op.method for op in operations if op.matches(refused.scope["path"])})
        return _response(Answer(status, answer.body, {"Allow": ", ".join(allowed)} if status == 405 else {}))

    return on_http_error


async def _on_bug(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
    logging.getLogger("mocks").error("%s", error, exc_info=error)
    return _response(tmf_error(500, "500", "Internal Server Error", f"{type(error).__name__}: {error}"))


def _response(answer: Answer) -> ConnexionResponse:
    body = b"" if answer.body is None else orjson.dumps(answer.body)
    headers = dict(answer.headers)
    return ConnexionResponse(answer.status, content_type=JSON_TYPE, mimetype=JSON_TYPE, body=body, headers=headers)
