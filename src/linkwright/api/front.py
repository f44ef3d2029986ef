"""What every request meets first: questions of health are answered here, others are let in, tidied and handed on."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from time import monotonic
from typing import Any

from linkwright.api.brevity import in_a_thread
from linkwright.api.callers import REPAIRS
from linkwright.api.errors import on_anything_else, refusal
from linkwright.api.gate import Gate
from linkwright.api.identity import CALLER, Caller
from linkwright.api.metrics import PATH as METRICS
from linkwright.api.metrics import Metrics
from linkwright.api.repair_log import log_once
from linkwright.errors import LinkwrightError

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
HEADER, LONGEST_HEADER = b"linkwright-repairs", 1000
MOST_BRIEF = 1000
"""More notes than these are not looked through on the event loop."""
NOWHERE, UNANSWERED = "none", "none"
WITH_BODY = frozenset({"POST", "PATCH", "PUT"})


class Front:
    """`health` answers what it knows the path of; it is asked often, and passes by everything else.

    `metrics` are for whoever is let in; it hears how every other request went.
    """

    def __init__(self, app: Asgi, health: Any, gate: Gate, metrics: Metrics | None = None) -> None:
        self._app, self._health, self._gate = app, health, gate
        self._metrics = metrics or Metrics()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in self._health.paths:
            await self._health(scope, receive, send)
        else:
            await self._let_in(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Any, send: Any) -> None:
        begun_s = monotonic()
        try:
            caller = await self._gate.admit(scope)
        except Exception as error:
            answer = refusal(error) if isinstance(error, LinkwrightError) else await on_anything_else(scope, error)
            await answer(scope, receive, send)
            self._metrics.observed(NOWHERE, str(answer.status_code), monotonic() - begun_s)
            return
        if scope["path"] == METRICS:
            await self._metrics(scope, receive, send)
            return
        tidy = {
            **scope,
            "path": _path(scope["path"]),
            "headers": _headers(scope),
            "extensions": {**scope.get("extensions", {}), CALLER: caller},
        }
        status = UNANSWERED

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(tidy, receive, _telling_repairs(tidy["extensions"], caller, watched))
        finally:
            self._metrics.observed(_operation(tidy["extensions"]), status, monotonic() - begun_s)


def _operation(extensions: Mapping[str, Any]) -> str:
    """As connexion's router found it in a contract."""
    return str(extensions.get("connexion_routing", {}).get("operation_id") or NOWHERE)


def _telling_repairs(extensions: Mapping[str, Any], caller: Caller, send: Any) -> Any:
    """Adds to the answer what was mended in the request; a kind of slip is logged once for each caller."""

    async def telling(message: Any) -> None:
        notes = extensions.get(REPAIRS) if message["type"] == "http.response.start" else None
        if notes:
            if len(notes) > MOST_BRIEF:
                await in_a_thread(partial(log_once, caller.id, notes))
            else:
                log_once(caller.id, notes)
            told = "; ".join(notes[:LONGEST_HEADER])[:LONGEST_HEADER].encode("ascii", "replace")
            message = {**message, "headers": [*message["headers"], (HEADER, told)]}
        await send(message)

    return telling


def _path(path: str) -> str:
    """A slash too many at the end is no other address; without this it would be answered by a redirection."""
    return path[:-1] if path.endswith("/") and path != "/" else path


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The media type bare and in lower case, and none where no body is read: what stands there would be parsed.

    Two that contradict each other become one that nobody knows.
    """
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    given = [value for name, value in headers if name == b"content-type"]
    read = [value.split(b";")[0].strip().lower() for value in given] if scope["method"] in WITH_BODY else []
    if given == read and len(given) < 2:
        return headers
    told = [(b"content-type", b", ".join(dict.fromkeys(read)))] if read else []
    return [header for header in headers if header[0] != b"content-type"] + told
