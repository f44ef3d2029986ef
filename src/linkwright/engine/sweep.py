"""Which pieces of work are handed to the engine, and when. Knows neither dbos nor orders.

Everything here is memory: it may be lost at any time, since the sweep finds every due piece again.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from linkwright.engine.ports import DueRow, DueRows

Piece = tuple[str, str]  # kind, key

SWEEP_LIMIT = 500
MOST_REMEMBERED = 10_000
QUEUE_PATIENCE_S = 30.0
FIRST_REST_S = 1.0
LONGEST_REST_S = 300.0
BUSY_LOOK_S, LONGEST_BUSY_LOOK_S = 0.03, 0.1
RESTS_A_LOOK = 2.0
"""A worker that has looked into its queue rests so many times as long, within these bounds: a look costs a large query,
and where the machine is busy a later one fetches more.
"""

log = structlog.get_logger()


class PieceBook:
    """What was asked for, what waits in the queue, what runs here, and what rests after a failure.

    A piece that waits in the queue already is not put there a second time: its run will see what is stored by then.
    One that runs may have looked already, and is put there once its run has ended: before that it could not begin.
    What waits longer than `QUEUE_PATIENCE_S` counts as lost.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._asked: dict[Piece, None] = {}
        self._later: deque[tuple[Piece, float]] = deque(maxlen=MOST_REMEMBERED)
        self._queued: dict[Piece, float] = {}
        self._running: set[Piece] = set()
        self._failed: dict[Piece, tuple[int, float]] = {}

    def ask(self, piece: Piece, delay_s: float) -> None:
        """Remember a poke. One too many is forgotten: the sweep finds its row."""
        with self._lock:
            if delay_s > 0:
                self._later.append((piece, self._monotonic() + delay_s))
            elif len(self._asked) < MOST_REMEMBERED:
                self._asked[piece] = None

    def take(self) -> list[tuple[Piece, float]]:
        """What has to be put in the queue now, each with its delay in seconds; the caller does it and says so."""
        with self._lock:
            now = self._monotonic()
            later = [(piece, max(at - now, 0.0)) for piece, at in self._later]
            self._later.clear()
            free = [piece for piece in self._asked if piece not in self._running]
            at_once = [(piece, 0.0) for piece in free if not self._waits(piece, now)]
            for piece in free:
                del self._asked[piece]
            return at_once + later

    def missed(self, rows: Sequence[DueRow]) -> list[Piece]:
        """Of the due rows, those that neither wait, nor run, nor rest."""
        with self._lock:
            now = self._monotonic()
            pieces = dict.fromkeys((row.kind, row.key) for row in rows)
            return [piece for piece in pieces if not (self._waits(piece, now) or self._held_back(piece, now))]

    def queued(self, piece: Piece) -> None:
        with self._lock:
            if len(self._queued) < MOST_REMEMBERED:
                self._queued[piece] = self._monotonic()

    def is_waiting(self, concerns: Callable[[str], bool] = lambda _kind: True) -> bool:
        """True while something of a kind that `concerns` is in the queue and has not begun here."""
        with self._lock:
            expired = self._monotonic() - QUEUE_PATIENCE_S
            self._queued = {piece: at for piece, at in self._queued.items() if at > expired}
            return any(concerns(kind) for kind, _ in self._queued)

    def is_asked_for(self, piece: Piece) -> bool:
        """Whether a poke of it was not handed over yet."""
        with self._lock:
            return piece in self._asked

    def is_running(self, piece: Piece) -> bool:
        """Whether it runs here."""
        with self._lock:
            return piece in self._running

    @property
    def resting(self) -> int:
        with self._lock:
            return len(self._failed)

    @contextmanager
    def running(self, piece: Piece) -> Iterator[None]:
        """Around a run. One that raises makes the piece rest, longer each time, until a poke or a good run."""
        with self._lock:
            self._queued.pop(piece, None)
            self._running.add(piece)
        failed = True
        try:
            yield
            failed = False
        finally:
            with self._lock:
                self._running.discard(piece)
                self._note(piece, failed)
                self._idle.notify_all()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until nothing runs here; False when the time is up first."""
        with self._lock:
            return self._idle.wait_for(lambda: not self._running, timeout_s)

    def _waits(self, piece: Piece, now: float) -> bool:
        return now - self._queued.get(piece, float("-inf")) < QUEUE_PATIENCE_S

    def _held_back(self, piece: Piece, now: float) -> bool:
        return piece in self._running or self._failed.get(piece, (0, now))[1] > now

    def _note(self, piece: Piece, failed: bool) -> None:
        failures, _ = self._failed.pop(piece, (0, 0.0))
        if failed and len(self._failed) < MOST_REMEMBERED:
            rest_s = min(FIRST_REST_S * 2.0 ** min(failures, 20), LONGEST_REST_S)
            self._failed[piece] = (failures + 1, self._monotonic() + rest_s)


@dataclass(kw_only=True)
class Chore:
    """Something the sweeper does now and then; for the first time as soon as it starts."""

    name: str
    every_s: float
    do: Callable[[], None]
    next_at: float = 0.0


class Sweeper:
    """A daemon thread that puts pokes into the queue at once, and due rows that nobody poked every `every_s` seconds.

    `enqueue(kind, key, delay_s)` is the engine's. `in_queue` are the pieces that wait or run for whichever process; the
    book knows only those of this one. Nothing that they or the rows raise ends the thread.
    """

    def __init__(
        self,
        book: PieceBook,
        due_rows: DueRows,
        enqueue: Callable[[str, str, float], None],
        *,
        now: Callable[[], datetime],
        every_s: float,
        enqueued: Callable[[], None],
        in_queue: Callable[[], Set[Piece]] = frozenset,
        chores: Sequence[Chore] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book, self._due_rows, self._enqueue, self._enqueued = book, due_rows, enqueue, enqueued
        self._in_queue = in_queue
        self._now, self._monotonic = now, monotonic
        self._chores = [Chore(name="sweep", every_s=every_s, do=self.sweep), *chores]
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="linkwright-sweep", daemon=True)
        self.sweeps = 0
        """So many were carried through."""

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the work in hand, waiting for it so long; safe to call on one that never started."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def wake(self) -> None:
        """Something was asked for: do not wait for the next sweep."""
        self._wake.set()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def sweep(self) -> None:
        """Put every due piece into the queue that nobody put there. What rests must not hide what lies behind it."""
        rows = self._due_rows.due(self._now(), SWEEP_LIMIT + self._book.resting)
        missed = self._book.missed(rows)
        known = self._in_queue() if missed else frozenset[Piece]()
        self._put([(piece, 0.0) for piece in missed if piece not in known])
        self.sweeps += 1

    def hand_over(self) -> None:
        """Put into the queue what was poked."""
        self._put(self._book.take())

    def _put(self, pieces: Sequence[tuple[Piece, float]]) -> None:
        try:
            for (kind, key), delay_s in pieces:
                self._enqueue(kind, key, delay_s)
                if not delay_s:
                    self._book.queued((kind, key))
        finally:
            if pieces:
                self._enqueued()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._attempt("hand over", self.hand_over)
            for chore in self._chores:
                if not self._stopped.is_set() and self._monotonic() >= chore.next_at:
                    self._attempt(chore.name, chore.do)
                    chore.next_at = self._monotonic() + chore.every_s
            self._wake.wait(max(0.0, min(chore.next_at for chore in self._chores) - self._monotonic()))
            self._wake.clear()

    @staticmethod
    def _attempt(name: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # the thread must outlive whatever a database or a port may raise
            log.warning("engine: will try again", doing=name, error=f"{type(error).__name__}: {error}")


class Bell(threading.Event):
    """The stop event of a queue worker, which waits on it between two looks. Rung, it makes the worker look at once.

    So an idle engine looks once a second and still begins a piece within milliseconds. There is always a pause between
    two looks, so that a burst is fetched in a few of them.
    """

    def __init__(self, hurry: Callable[[], bool]) -> None:
        super().__init__()
        self._hurry = hurry
        self._rung = threading.Event()
        self._looked_at = 0.0

    def ring(self) -> None:
        self._rung.set()

    def set(self) -> None:
        super().set()
        self._rung.set()

    def wait(self, timeout: float | None = None) -> bool:
        looked_s = time.monotonic() - self._looked_at
        pause_s = min(max(BUSY_LOOK_S, RESTS_A_LOOK * looked_s), LONGEST_BUSY_LOOK_S)
        self._rung.wait(pause_s if self._hurry() else timeout)
        self._rung.clear()
        super().wait(max(0.0, self._looked_at + looked_s + pause_s - time.monotonic()))
        self._looked_at = time.monotonic()
        return self.is_set()


@dataclass(kw_only=True)
class Lane:
    """A queue with its workers, and the thread that hands them what is in it."""

    queue: str
    workers: int
    bell: Bell
    worker: threading.Thread | None = None
