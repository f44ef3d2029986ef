"""Outward calls inside a run are made again a few times while nobody answers; outside a run there is no retry."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import structlog

from linkwright.errors import Unavailable

T = TypeVar("T")

log = structlog.get_logger()


class RepeatedSteps:
    """Nothing of a call is recorded: a run that begins again makes it again. `still_mine` raises once it was taken.

    Retries happen on the thread of a run only; elsewhere, and in threads that a run starts, a call is made once.
    """

    def __init__(
        self,
        *,
        tries: int,
        first_pause_s: float,
        still_mine: Callable[[], None],
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._pauses_s: Sequence[float] = [first_pause_s * 2.0**n for n in range(tries - 1)]
        self._still_mine, self._pause = still_mine, pause
        self._of_thread = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Around a run, on its thread."""
        self._of_thread.inside = True
        try:
            yield
        finally:
            self._of_thread.inside = False

    def retried(self, name: str, call: Callable[[], T]) -> T:
        """Run `call`, before each try of which the run must still be ours."""
        if not getattr(self._of_thread, "inside", False):
            return call()
        for pause_s in self._pauses_s:
            self._still_mine()
            try:
                return call()
            except Unavailable as fault:
                log.info("engine: no answer", step=name, error=str(fault))
            self._pause(pause_s)
        self._still_mine()
        return call()
