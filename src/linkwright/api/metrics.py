"""`/metrics` for Prometheus, outside the contracts: beside `/health`, but only for who may read it."""

from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.responses import Response

PATH, AREA = "/metrics", "metrics"
"""Where callers are asked who they are, this needs the scope `metrics:read`."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Observed = Callable[[str, str, float], None]


def unobserved(_operation: str, _status: str, _seconds: float) -> None:
    """Nobody counts requests."""


def no_figures() -> bytes:
    return b""


class Metrics:
    """`text` makes what is served, on a thread; it may ask the store."""

    def __init__(self, text: Callable[[], bytes] = no_figures, observed: Observed = unobserved) -> None:
        self._text, self.observed = text, observed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            answer = Response(status_code=405, headers={"Allow": "GET, HEAD"})
        else:
            answer = Response(await anyio.to_thread.run_sync(self._text), headers={"Content-Type": CONTENT_TYPE})
        await answer(scope, receive, send)
