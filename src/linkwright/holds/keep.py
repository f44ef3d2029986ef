"""The way of a hold that a check asked for: noted, placed, kept until its time is over, given back.

Every step is a row before it is a call, and the row is due: whatever dies in between, its next run finds the rest. A
row changes from a state that is named, so that an order that takes a hold, a requester who removes his check and the
run never undo each other's step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from linkwright.errors import Refused, Unavailable
from linkwright.holds.model import OPEN, Hold, Reserved, Spans, State, Wanted
from linkwright.holds.ports import HoldBooks, HoldTx, LedgerTx, Pool

RUN = "hold"
Retried = Callable[[str, Callable[[], Any]], Any]


def note_holds(tx: HoldTx, check_id: str, wanted: Iterable[Wanted], now: datetime, spans: Spans) -> tuple[Wanted, ...]:
    """Keep these as what a check asks for from now on, as they stand in the ledger.

    What an earlier try of it asked for beside is given back.
    """
    noted = {one.hold.key: one for one in wanted}
    for hold in tx.holds_of(check_id):
        if hold.key not in noted:
            give_back(tx, hold, now, "another answer took its place")
    for one in noted.values():
        tx.add_hold(one.hold)
        tx.wake(RUN, one.hold.key, now + spans.grace)
    return tuple(replace(one, hold=tx.hold(key) or one.hold) for key, one in noted.items())


def give_back(tx: HoldTx, hold: Hold, now: datetime, why: str) -> None:
    """Make an open hold go: its run, which is due at once, calls the pool."""
    if hold.state in OPEN and tx.move_hold(replace(hold, state="releasing", note=why), hold.state):
        tx.wake(RUN, hold.key, now)


def forget_holds(tx: HoldTx, check_id: str, now: datetime) -> None:
    """The check is removed: open holds go when they are given back, the others at once."""
    for hold in tx.holds_of(check_id):
        if hold.state in OPEN:
            give_back(tx, hold, now, "its check was removed")
        else:
            tx.drop_hold(hold.key)


@dataclass(frozen=True, kw_only=True)
class Keeping:
    books: HoldBooks
    pool: Pool
    retried: Retried
    now: Callable[[], datetime]
    spans: Spans

    def place(self, wanted: Wanted) -> Hold:
        """Ask the pool for a hold that was noted. What comes of it is stored; the returned hold says it.

        A pool that does not answer may have understood: then the hold is given back as soon as it answers again.
        """
        hold = wanted.hold
        if hold.state != "asked":
            return hold
        try:
            reserved = self.retried(f"hold {hold.key}", lambda: self.pool.place(wanted))
        except Refused as error:
            return self._moved(hold, replace(hold, state="refused", note=str(error)))
        except Unavailable as error:
            return self._moved(hold, replace(hold, state="releasing", note=str(error)))
        return self._placed(hold, reserved)

    def advance(self, key: str) -> None:
        """Take one hold as far as it goes now. Safe to repeat at any time."""
        revision, failures = self.books.read(lambda tx: tx.attempts(RUN, key))
        try:
            again, failed = self._advanced(key), False
        except (Refused, Unavailable) as error:
            again, failed = self.now() + self.spans.pause(failures), True
            self._noted(key, str(error))
        self.books.write(lambda tx: tx.settle(RUN, key, revision, again, failed=failed))

    def _placed(self, hold: Hold, reserved: Reserved) -> Hold:
        end = min(hold.expires_at, reserved.expires_at or hold.expires_at)
        there = replace(hold, remote_id=reserved.remote_id, remote_href=reserved.href, expires_at=end)
        if reserved.state == "held":
            return self._moved(hold, replace(there, state="held"))
        text = reserved.text or "the pool has not decided"
        state: State = "refused" if reserved.state == "void" else "releasing"
        return self._moved(hold, replace(there, state=state, note=text))

    def _moved(self, hold: Hold, after: Hold) -> Hold:
        """One that was given up while the pool was asked is given back, with what is known of it by now."""

        def change(tx: HoldTx) -> Hold:
            moved = after
            if not tx.move_hold(after, hold.state):
                moved = replace(after, state="releasing", note="it was given up while the pool was asked")
                tx.drop_hold(hold.key)
                tx.add_hold(moved)
            if moved.state == "held":  # not to be looked at any more before its end
                tx.settle(RUN, hold.key, tx.attempts(RUN, hold.key)[0], moved.expires_at)
            elif moved.state == "releasing":
                tx.wake(RUN, hold.key, self.now())
            return moved

        return self.books.write(change)

    def _noted(self, key: str, text: str) -> None:
        def change(tx: HoldTx) -> None:
            hold = tx.hold(key)
            if hold is not None:
                tx.move_hold(replace(hold, note=text), hold.state)

        self.books.write(change)

    def _advanced(self, key: str) -> datetime | None:
        hold = self.books.read(lambda tx: tx.hold(key))
        if hold is None:
            return None
        if hold.state == "asked":
            return self._unanswered(hold)
        if hold.state == "held":
            return self._kept(hold)
        if hold.state == "releasing":
            self._released(hold)
        return None

    def _unanswered(self, hold: Hold) -> datetime | None:
        """Its check works on it, or is gone and left it."""
        if self.books.read(lambda tx: tx.is_asking(hold.check_id)):
            return self.now() + self.spans.grace
        return self._given_up(hold, "its check has ended without it")

    def _kept(self, hold: Hold) -> datetime | None:
        """Until its time is over, as long as the pool has it."""
        if hold.expires_at <= self.now():
            return self._given_up(hold, "its time is over")
        there = self.pool.find(hold)
        if there is None or there.state == "void":
            text = there.text if there is not None and there.text else "the pool does not have it any more"
            self.books.write(lambda tx: tx.move_hold(replace(hold, state="lost", note=text), "held"))
            return None
        end = min(hold.expires_at, there.expires_at or hold.expires_at)
        if end != hold.expires_at:
            self.books.write(lambda tx: tx.move_hold(replace(hold, expires_at=end), "held"))
        return end

    def _given_up(self, hold: Hold, why: str) -> datetime | None:
        gone = replace(hold, state="releasing", note=why)
        if self.books.write(lambda tx: tx.move_hold(gone, hold.state)):
            self._released(gone)
            return None
        return self.now()  # somebody was faster: look at what he made of it

    def _released(self, hold: Hold) -> None:
        self.pool.release(hold.key, hold.remote_id)
        over: State = "expired" if hold.expires_at <= self.now() else "released"

        def change(tx: LedgerTx) -> None:
            if not tx.is_stored(hold.check_id):
                tx.drop_hold(hold.key)
            else:
                tx.move_hold(replace(hold, state=over), "releasing")

        self.books.write(change)
