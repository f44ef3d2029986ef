"""Now and then the ledger is compared with what the pool has: what nobody answers for is given back, what is missing
is told to its owner.

Nothing is decided here that an owner can decide: a line of the ledger is written before the pool is asked, so that a
reservation that is listed without a line has no owner. Several instances may do it at once, and at any line it may end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from linkwright.errors import Refused, Unavailable
from linkwright.holds.model import Entry, Found, Spans
from linkwright.holds.ports import HoldBooks, Pool

RUN = "holds"
KEY = "pool"
BATCH = 500
MOST_RELEASED = 1_000
MOST_TOLD = 1_000
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one comparison did. `waiting`: without an owner, but younger than the grace period."""

    seen: int = 0
    released: tuple[str, ...] = ()
    waiting: int = 0
    told: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reconciler:
    books: HoldBooks
    pool: Pool
    now: Callable[[], datetime]
    spans: Spans
    every: timedelta
    _since: dict[str, datetime] = field(default_factory=dict)

    def begin(self) -> None:
        """Make the comparison due now. One row for all instances: who finds it due does it."""
        self.books.write(lambda tx: tx.wake(RUN, KEY, self.now()))

    def advance(self, _key: str) -> None:
        """Compare, and make it due again. A pool that is silent is asked again later."""
        revision, failures = self.books.read(lambda tx: tx.attempts(RUN, KEY))
        try:
            self.sweep()
        except (Unavailable, Refused):
            again = self.now() + self.spans.pause(failures)
            self.books.write(lambda tx: tx.settle(RUN, KEY, revision, again, failed=True))
        else:
            self.books.write(lambda tx: tx.settle(RUN, KEY, revision, self.now() + self.every))

    def sweep(self) -> Swept:
        """One comparison. Reservations are read to the end before one is given back, so that no page shifts."""
        ends: dict[str, datetime | None] = {}
        seen, orphans = 0, list[Found]()
        for batch in _batches(self.pool.ours(), BATCH):
            there = [found for found in batch if not found.is_void]
            owned = self.books.read(lambda tx, there=there: tx.owned(there))  # type: ignore[misc]
            orphans += [found for found in there if found.remote_id not in owned]
            ends |= {found.remote_id: found.expires_at for found in there}
            seen += len(batch)
        old = [found for found in orphans if self._is_old(found)]
        self._remember(orphans)
        released = [found.remote_id for found in old[:MOST_RELEASED] if self._released(found)]
        told = self._told(ends)
        return Swept(seen=seen, released=tuple(released), waiting=len(orphans) - len(old), told=tuple(told))

    def _is_old(self, found: Found) -> bool:
        """By the pool's own date, or else since we saw it without an owner for the first time."""
        since = found.made_at or self._since.get(found.remote_id, self.now())
        return self.now() - since >= self.spans.grace

    def _remember(self, orphans: Sequence[Found]) -> None:
        since = {found.remote_id: self._since.get(found.remote_id, self.now()) for found in orphans[:MOST_REMEMBERED]}
        self._since.clear()
        self._since.update(since)

    def _released(self, found: Found) -> bool:
        """Asked once more whether it has an owner by now: an order may have taken it meanwhile."""
        if found.remote_id in self.books.read(lambda tx: tx.owned([found])):
            return False
        try:
            self.pool.release(found.key, found.remote_id)
        except Refused:
            return False
        return True

    def _told(self, ends: dict[str, datetime | None]) -> list[str]:
        """The keys of holds that the pool does not have any more, or ends sooner; each owner looks for himself."""
        told = list[str]()
        for entry in self._placed_entries():
            if len(told) >= MOST_TOLD:
                break
            if entry.remote_id not in ends or _ends_otherwise(entry, ends[entry.remote_id]):
                told.append(entry.key)
                self.books.write(lambda tx, entry=entry: tx.look_again(entry, self.now()))  # type: ignore[misc]
        return told

    def _placed_entries(self) -> Iterator[Entry]:
        after = ""
        while entries := self.books.read(lambda tx, after=after: tx.open_entries(after, BATCH)):  # type: ignore[misc]
            yield from (entry for entry in entries if entry.state == "held" and entry.remote_id is not None)
            after = entries[-1].key


def _ends_otherwise(entry: Entry, end: datetime | None) -> bool:
    """Only an earlier end matters: what the pool holds longer is given back in time all the same."""
    return end is not None and (entry.expires_at is None or end < entry.expires_at)


def _batches(found: Iterable[Found], size: int) -> Iterator[list[Found]]:
    rest = iter(found)
    while batch := list(islice(rest, size)):
        yield batch
