"""How much of a partner's rate this process may use, where several share it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from linkwright.engine.sharing import Sharers

LOOK_EVERY_S = 5.0
NOT_KNOWN_S = 1.0
SHIFT_S, SHIFT_CALLS = 10.0, 8
CLOCKS_S = 0.1
"""So far apart two processes may read the clock that they share."""

Look = Callable[[], Sharers | None]


@dataclass(frozen=True)
class _Seen:
    members: tuple[int, ...]
    place: int
    ahead_s: float
    """What the shared clock says at least when ours says 0."""
    doubt_s: float
    """So much later it may be."""


class Share:
    """`most` calls in each period are divided among all members, and what does not divide is not used.

    Where there are more members than calls they take shifts, by a clock that all share. Nobody uses more before all
    others must have seen that they have less: whoever comes waits so long, and whoever goes on without another.
    Where nobody knows who shares, nobody calls. A call does not count any more `counts_s` after its begin.
    """

    def __init__(self, most: int, counts_s: float, look: Look, monotonic: Callable[[], float]) -> None:
        self._most, self._counts_s, self._look, self._monotonic = most, counts_s, look, monotonic
        self._shift_s = max(SHIFT_S, SHIFT_CALLS * counts_s)
        self._settles_s = LOOK_EVERY_S + counts_s
        self._seen: _Seen | None = None
        self._lately: deque[tuple[float, int]] = deque()
        """Since when there were so many in every shift, with what others may still go by."""
        self._is_first_look = True
        self._look_at_s = monotonic()

    def calls(self) -> int:
        """So many of each period are ours now. One thread at a time may ask."""
        if self._monotonic() >= self._look_at_s:
            self._look_again()
        if self._seen is None:
            return 0
        now_s = self._monotonic()
        while len(self._lately) > 1 and self._lately[1][0] + self._settles_s <= now_s:
            self._lately.popleft()
        is_settled = len(self._lately) == 1
        return self._of(self._seen, now_s) if is_settled else min(most for _, most in self._lately)

    def _look_again(self) -> None:
        began_s, found = self._monotonic(), self._look()
        now_s = self._monotonic()
        alone_from_the_start = self._is_first_look and found is not None and len(found.members) == 1
        self._is_first_look = False
        if found is None:
            self._seen, self._look_at_s = None, now_s + NOT_KNOWN_S
            return
        self._look_at_s = began_s + LOOK_EVERY_S
        before = self._seen
        self._seen = _Seen(found.members, found.place, found.clock_s - now_s, now_s - began_s)
        if before is None:
            self._lately = deque([] if alone_from_the_start else [(now_s, 0)])
        if before is None or before.members != found.members:
            self._lately.append((now_s, self._always(self._seen)))

    def _always(self, seen: _Seen) -> int:
        """What is ours in every shift."""
        return self._most // len(seen.members)

    def _of(self, seen: _Seen, now_s: float) -> int:
        if always := self._always(seen):
            return always
        shift, into_s = divmod(now_s + seen.ahead_s, self._shift_s)
        # what the shift before has begun still counts, and it may be over already where the clock was told slowly
        if into_s < self._counts_s + CLOCKS_S or into_s > self._shift_s - max(seen.doubt_s - CLOCKS_S, 0.0):
            return 0
        return int((seen.place - int(shift) * self._most) % len(seen.members) < self._most)
