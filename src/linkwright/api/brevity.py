"""Which handlers are brief: what they compute takes less time than a thread would cost, and waiting holds up nobody.

Whatever opens large documents, searches, or looks up addresses is not.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio.to_thread

H = TypeVar("H", bound=Callable[..., Any])

LARGE_BYTES = 64 * 1024
_MARK = "linkwright_brief"


Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function that reads and writes the store, without keeping the event loop from its other work meanwhile."""


async def in_a_thread(work: Callable[[], Any]) -> Any:
    """For a store that keeps its caller waiting, and for whatever is not brief."""
    return await anyio.to_thread.run_sync(work)


class TooMuch(Exception):
    """Found out by a brief handler before it has written anything: it is begun again, in a thread."""


def brief(handler: H) -> H:
    setattr(handler, _MARK, True)
    return handler


def is_brief(handler: Callable[..., Any]) -> bool:
    return getattr(handler, _MARK, False)
