"""Is the process alive, and can it do its work: for whoever runs it, outside the contracts."""

from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
import structlog
from starlette.responses import JSONResponse

Check = Callable[[], bool]
LIVE, READY = "/health/live", "/health/ready"
log = structlog.get_logger(__name__)


class Health:
    """`/health/live` answers as long as the process can answer at all; `/health/ready` names every check."""

    paths = frozenset({LIVE, READY})

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = _live() if scope["path"] == LIVE else await anyio.to_thread.run_sync(self._ready)
        await answer(scope, receive, send)

    def _ready(self) -> JSONResponse:
        """200 when every check holds, else 503."""
        found = {name: _holds(name, check) for name, check in self._checks.items()}
        fine = all(found.values())
        return JSONResponse({"status": "ready" if fine else "not ready", "checks": found}, 200 if fine else 503)


def _live() -> JSONResponse:
    return JSONResponse({"status": "live"})


def _holds(name: str, check: Check) -> bool:
    """A check that breaks is one that does not hold."""
    try:
        return check()
    except Exception:
        log.warning("health check broke", check=name, exc_info=True)
        return False
