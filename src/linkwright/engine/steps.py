"""What the engine adds to a library's retried step: the answer stays ours, and outside a run there is no retry."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import structlog

from linkwright.errors import Unavailable

T = TypeVar("T")

LONGEST_WAIT_S = 5.0
"""A longer wait that another system asks for is no wait of a worker, but one of a due row."""

log = structlog.get_logger()


def is_worth_repeating(error: BaseException) -> bool:
    """Whether a worker may wait for the next try; where the other side asks for a longer pause the run waits for it."""
    return isinstance(error, Unavailable) and (error.retry_after_s or 0.0) <= LONGEST_WAIT_S


class BoxedSteps:
    """`run_step` runs a function as a recorded step, again as long as it raises `Unavailable`, at most a few times.

    Retries happen on the thread of a run only; elsewhere, and in threads that a run starts, a call is made once.
    """

    def __init__(
        self,
        run_step: Callable[[Callable[[], None]], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._run_step = run_step
        self._monotonic, self._pause = monotonic, pause
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
        """The answer goes around the library, which only records that the step was done: it may be anything."""
        if not getattr(self._of_thread, "inside", False):
            return call()
        answer: list[T] = []
        faults: list[Unavailable] = []

        not_before = self._monotonic()

        def attempt() -> None:
            nonlocal not_before
            faults.clear()
            if (early_s := not_before - self._monotonic()) > 0:
                self._pause(early_s)
            try:
                answer.append(call())
            except Unavailable as fault:
                log.info("engine: no answer", step=name, error=str(fault))
                faults.append(fault)
                not_before = self._monotonic() + (fault.retry_after_s or 0.0)
                raise

        while not answer:  # a replayed step comes back without a try: pass over it, and make the call in a new one
            self._make(attempt, faults)
        return answer[0]

    def _make(self, attempt: Callable[[], None], faults: Sequence[Unavailable]) -> None:
        try:
            self._run_step(attempt)
        except Exception:
            if faults:  # the library has wrapped it, having tried often enough
                raise faults[0] from faults[0].__cause__
            raise
