"""Every failure as a TMF error: one table from our errors to a status; connexion's own problems in the same shape."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from connexion.exceptions import ProblemException, UnsupportedMediaTypeProblem
from starlette.exceptions import HTTPException

from linkwright.api.contracts import Contract
from linkwright.api.replies import Reply, reply
from linkwright.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    LinkwrightError,
    NotFound,
    OutboundError,
    Refused,
    StaleVersion,
    Unauthorized,
)
from linkwright.wire.v4.error import write_error

STATUS: Mapping[type[LinkwrightError], int] = {
    InvalidRequest: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    StaleVersion: 409,
    Refused: 502,
    OutboundError: 503,
}
RETRY_AFTER_S = "5"
LONGEST_MESSAGE = 4000
"""Characters: what was sent may be quoted in it, and may be very long."""
log = structlog.get_logger(__name__)


def status_of(error: LinkwrightError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def error_reply(status: int, message: str, headers: Mapping[str, str] | None = None, code: str | None = None) -> Reply:
    """`code` is the status where the mistake has none of its own."""
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[: LONGEST_MESSAGE - 103]} … {message[-100:]}"
    body = write_error(status, code or str(status), HTTPStatus(status).phrase, message)
    more = {"Retry-After": RETRY_AFTER_S} if status == 503 else {}
    return reply(body, status, {**more, **(headers or {})})


class Failures:
    """The answer to each kind of failure; what a path offers is read in the contracts."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self._contracts = contracts

    def handlers(self) -> tuple[tuple[type[Exception], Any], ...]:
        """Asynchronous ones, since connexion would run others in the pool of the handlers."""
        return (
            (LinkwrightError, on_our_error),
            (ProblemException, self.on_problem),
            (HTTPException, self.on_problem),
            (Exception, on_anything_else),
        )

    async def on_problem(self, request: Any, error: ProblemException | HTTPException) -> Reply:
        """What connexion and starlette raise themselves."""
        status, told = _said(error)
        offered = self._offered(str(request.scope["path"]))
        if status == 405:
            methods = ", ".join(_methods(offered))
            return error_reply(405, f"{request.method} is not offered here, only {methods}.", {"Allow": methods})
        if isinstance(error, UnsupportedMediaTypeProblem):
            types = ", ".join(offered.get(request.method, {}).get("requestBody", {}).get("content", ()))
            return error_reply(415, f"A body of one of these media types is expected: {types}.")
        return error_reply(status, "There is nothing at this path." if status == 404 else told)

    def _offered(self, path: str) -> Mapping[str, Mapping[str, Any]]:
        return next(filter(None, (contract.methods_at(path) for contract in self._contracts)), {})


def _said(error: ProblemException | HTTPException) -> tuple[int, str]:
    if isinstance(error, HTTPException):
        return error.status_code, error.detail
    return error.status, error.detail or error.title


def _methods(offered: Mapping[str, Any]) -> list[str]:
    """Whatever can be read answers HEAD too."""
    return sorted({*offered, "HEAD"} if "GET" in offered else offered)


async def on_our_error(_request: Any, error: LinkwrightError) -> Reply:
    return refusal(error)


def refusal(error: LinkwrightError) -> Reply:
    """The text of our errors is safe to show by their contract."""
    status = status_of(error)
    if status >= 500:
        log.warning("request failed", status=status, error=str(error))
    attribute, code = getattr(error, "attribute", None), getattr(error, "code", None)
    return error_reply(status, f"{attribute}: {error}" if attribute else str(error), _challenge(error), code)


def _challenge(error: LinkwrightError) -> dict[str, str]:
    """RFC 6750: which scheme is expected, and which scope was missing."""
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="linkwright"'}
    if isinstance(error, Forbidden):
        return {"WWW-Authenticate": f'Bearer realm="linkwright", error="insufficient_scope", scope="{error.scope}"'}
    return {}


async def on_anything_else(_request: Any, error: Exception) -> Reply:
    """A bug of ours: logged with its trace, told without it."""
    log.error("request failed", exc_info=error)
    return error_reply(500, "Something is broken on our side, and has been logged.")
