"""The real application in this process: its store, engine and outward clients are the ones that are served.

No outward system is configured, so every check ends with a terminationError, and no order gets beyond its design.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from linkwright.settings import Settings
from linkwright.wiring.application import build

from .fakes import BASE
from .world import Client

MAX_BODY = 4_000_000


class RealClient(Client):
    """A client of an application that is started with it and stopped after it."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._app = app
        self._told: asyncio.Queue[str] = asyncio.Queue()
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._life: asyncio.Task[None]

    def __enter__(self) -> Self:
        self.run(self._started())
        return self

    def __exit__(self, *raised: object) -> None:
        self.run(self._stopped())
        super().__exit__(*raised)

    async def _started(self) -> None:
        async def receive() -> dict[str, str]:
            return {"type": await self._told.get()}

        async def send(message: dict[str, str]) -> None:
            await self._heard.put(message["type"])

        self._life = asyncio.create_task(self._app({"type": "lifespan", "state": {}}, receive, send))
        await self._told.put("lifespan.startup")
        assert await self._heard.get() == "lifespan.startup.complete"

    async def _stopped(self) -> None:
        await self._told.put("lifespan.shutdown")
        assert await self._heard.get() == "lifespan.shutdown.complete"
        await self._life


def store_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'linkwright.db'}"


@contextmanager
def real_client(folder: Path, *, validate_responses: bool = True, **more: Any) -> Iterator[RealClient]:
    """On the store of a folder, with `more` settings. One at a time: there can be one engine in a process."""
    settings = Settings(
        database=store_url(folder),
        public_url=BASE,
        max_body_bytes=MAX_BODY,
        tries=1,
        first_pause_s=0.01,
        sync_budget_s=2.0,
        **more,
    )
    with RealClient(build(settings, validate_responses=validate_responses)) as client:
        yield client
