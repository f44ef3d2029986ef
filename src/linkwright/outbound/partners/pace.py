"""How often a partner is called."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from linkwright.errors import Stopping
from linkwright.outbound.partners.share import Look, Share

ON_THE_WAY_S = 1.0
"""So long after its begin a call that still runs must have arrived."""
CLOCKS = 1.01
"""A second of ours may be a little shorter than one of theirs."""
SHARE_AGAIN_S = 0.2


@dataclass
class _Call:
    began_s: float
    ended_s: float | None = None


class Pace:
    """Turns for the calls to one partner: no second in which more than `max_per_s` of them arrive, retries included.

    When a call arrives nobody here knows, only that it is between its begin and its end. So its turn is free again one
    second after its end, or after it must have arrived. Turns are given evenly; a rate above 1 is rounded down.
    With `look` the rate is shared with all others that it sees.
    """

    def __init__(
        self,
        max_per_s: float | None = None,
        *,
        look: Look | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic, self._pause = monotonic, pause
        at_once = 0 if max_per_s is None else max(int(max_per_s), 1)
        self._period_s = 0.0 if max_per_s is None else max(1 / max_per_s, 1.0) * CLOCKS
        self._calls: deque[_Call] = deque(maxlen=at_once)
        self._share = Share(at_once, self._period_s + ON_THE_WAY_S, look, monotonic) if look and at_once else None
        self._free_at_s = self._rested_at_s = self._monotonic()
        self._ours, self._closed = at_once, False
        self._door = threading.Lock()
        self._of_thread = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it.

        Raises:
            Stopping: there are no more turns.
        """
        call = self._begun()
        try:
            yield
        finally:
            call.ended_s = self._monotonic()

    def rest(self, seconds: float) -> None:
        """The partner asks not to be called for so long."""
        self._rested_at_s = max(self._rested_at_s, self._monotonic() + seconds)

    def own_time_s(self) -> float:
        """The time as this thread sees it, which stands still while it waits for a turn."""
        waited_s: float = getattr(self._of_thread, "waited_s", 0.0)
        return self._monotonic() - waited_s

    def close(self) -> None:
        self._closed = True

    def _begun(self) -> _Call:
        came_s = self._monotonic()
        with self._door:
            while (wait_s := self._wait_s()) > 0:
                if self._closed:
                    raise Stopping("no more calls to this partner")
                self._pause(wait_s)
            call = _Call(self._monotonic())
            self._calls.append(call)
            self._free_at_s = call.began_s + self._period_s / max(self._ours, 1)
        self._of_thread.waited_s = getattr(self._of_thread, "waited_s", 0.0) + call.began_s - came_s
        return call

    def _wait_s(self) -> float:
        self._ours = self._calls.maxlen or 0 if self._share is None else self._share.calls()
        now_s = self._monotonic()
        free_s = max(self._free_at_s, self._rested_at_s)
        if self._share is not None and not self._ours:
            return SHARE_AGAIN_S
        if len(self._calls) < self._ours or not self._calls:
            return free_s - now_s
        oldest = self._calls[-self._ours]
        latest_s = oldest.began_s + ON_THE_WAY_S
        arrived_s = latest_s if oldest.ended_s is None else min(oldest.ended_s, latest_s)
        wait_s = max(free_s, arrived_s + self._period_s) - now_s
        return wait_s if oldest.ended_s is not None else min(wait_s, self._period_s)
