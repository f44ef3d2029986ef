"""What tests may do to a mock outside its contract: look at calls and state, set faults and the clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mocks.calls import Answer, Json, tmf_error, wire_time
from mocks.faults import Faults, FaultSettings

CONTROL_PATH = "/mock-control/"


class Watched(Protocol):
    calls: list[dict[str, Json]]

    def state(self) -> Mapping[str, Json]: ...

    def steer(self, resource_id: str, wish: Mapping[str, Json]) -> bool: ...

    def load(self, state: Mapping[str, Json]) -> None: ...


class SettableClock(Protocol):
    def __call__(self) -> datetime: ...

    def set(self, now: datetime | None) -> None: ...


def control_app(watched: Watched, faults: Faults, clock: SettableClock) -> Starlette:
    """`GET calls` and `held`, `GET` and `PUT` of `state`, `PATCH orders/{id}`, `PUT` and `DELETE` of `faults`, `clock`.

    All under `/mock-control/`; `held` is the number of calls that a fault holds at this moment.
    """

    async def load(request: Request) -> Response:
        watched.load(orjson.loads(await request.body()))
        return Response(status_code=204)

    async def set_faults(request: Request) -> Response:
        try:
            faults.set(FaultSettings.read(orjson.loads(await request.body())))
        except (TypeError, ValueError, AttributeError) as error:
            return _json(tmf_error(400, "badFaults", str(error)))
        return Response(status_code=204)

    async def clear_faults(_: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def set_clock(request: Request) -> Response:
        try:
            now = datetime.fromisoformat(orjson.loads(await request.body())["now"])
        except (TypeError, ValueError, KeyError):
            return _json(tmf_error(400, "badClock", 'expected {"now": a date-time with offset}'))
        if now.tzinfo is None:
            return _json(tmf_error(400, "badClock", "a date-time needs its offset"))
        clock.set(now)
        return _json(Answer(200, {"now": wire_time(clock())}))

    async def real_clock(_: Request) -> Response:
        clock.set(None)
        return Response(status_code=204)

    table: tuple[tuple[str, str, Any], ...] = (
        ("orders/{id}", "PATCH", partial(_steer, watched)),
        ("calls", "GET", _showing(lambda: watched.calls)),
        ("state", "GET", _showing(watched.state)),
        ("state", "PUT", load),
        ("held", "GET", _showing(lambda: {"held": faults.held})),
        ("faults", "PUT", set_faults),
        ("faults", "DELETE", clear_faults),
        ("clock", "PUT", set_clock),
        ("clock", "DELETE", real_clock),
    )
    return Starlette(routes=[Route(CONTROL_PATH + path, do, methods=[method]) for path, method, do in table])


async def _steer(watched: Watched, request: Request) -> Response:
    try:
        known = watched.steer(request.path_params["id"], orjson.loads(await request.body()))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return _json(tmf_error(400, "badWish", str(error)))
    return Response(status_code=204) if known else _json(tmf_error(404, "notFound", "there is no such order"))


def _showing(look: Callable[[], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return _json(Answer(200, look()))

    return show


def _json(answer: Answer) -> Response:
    return Response(orjson.dumps(answer.body), answer.status, media_type="application/json")
