"""What holds need remembered and done outside. One `write` is one transaction."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from linkwright.holds.model import Entry, Found, Hold, Reserved, State, Wanted

T = TypeVar("T")


class HoldTx(Protocol):
    """The holds of checks within one open transaction."""

    def hold(self, key: str) -> Hold | None: ...

    def holds_of(self, check_id: str) -> tuple[Hold, ...]: ...

    def holds_of_designs(self, design_ids: Collection[str]) -> tuple[Hold, ...]: ...

    def add_hold(self, hold: Hold) -> None:
        """Keep a new hold; one that is there already stays as it is."""
        ...

    def move_hold(self, hold: Hold, before: State) -> bool:
        """Write over the hold if it is still in that state; False, and nothing is written, where it is not."""
        ...

    def drop_hold(self, key: str) -> None: ...

    def look_soon(self, key: str, at: datetime) -> None:
        """Make the order's own hold of this key, if it was given, due to be looked at."""
        ...

    def wake(self, kind: str, key: str, at: datetime) -> None:
        """Make the piece of work due at `at` (or earlier if it is already): counts as a new stimulus.

        Whoever implements this starts the run soon after the commit; the due row is what counts.
        """
        ...

    def attempts(self, kind: str, key: str) -> tuple[int, int]:
        """(revision, failed attempts) of a piece of work as it stands now."""
        ...

    def settle(self, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool = False) -> None:
        """End of a run: nothing more to do (None) or look again at a time.

        No effect if a stimulus came since `revision`.
        """
        ...


class LedgerTx(HoldTx, Protocol):
    """The holds of checks, and those that are tasks of orders, in one view."""

    def is_asking(self, check_id: str) -> bool:
        """Whether the check is stored and has no answer yet."""
        ...

    def is_stored(self, check_id: str) -> bool: ...

    def owned(self, found: Sequence[Found]) -> set[str]:
        """Of these reservations those (by remote id) that an open line of the ledger answers for."""
        ...

    def open_entries(self, after: str, limit: int) -> Sequence[Entry]:
        """Open lines in the order of their keys, those behind `after`."""
        ...

    def look_again(self, entry: Entry, at: datetime) -> None:
        """Make the owner of a hold that was placed ask the pool about it."""
        ...


class HoldBooks(Protocol):
    def read(self, look: Callable[[LedgerTx], T]) -> T: ...

    def write(self, change: Callable[[LedgerTx], T]) -> T: ...


class Pool(Protocol):
    """Where capacity is held. Every method raises `Unavailable` or `Refused`, and is safe to repeat."""

    def place(self, wanted: Wanted) -> Reserved:
        """Hold it, or find what an earlier try held under the same key."""
        ...

    def find(self, hold: Hold) -> Reserved | None: ...

    def release(self, key: str, remote_id: str | None) -> None:
        """Give it back, by its id or else by its key; what is not there is given back already."""
        ...

    def ours(self) -> Iterator[Found]:
        """Every reservation with the mark of this installation, read page by page."""
        ...
