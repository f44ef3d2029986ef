"""The engine port without threads, clock or database, for tests of use cases: nothing runs until it is told to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from linkwright.engine.ports import DueRows, Steps
from linkwright.engine.steps import is_worth_repeating
from linkwright.errors import Unavailable

T = TypeVar("T")
LIMIT = 500


class Killed(BaseException):
    """Stands for the death of the process: no `except Exception` and no compensation sees it."""


class InMemoryEngine:
    """Runs what is due on the caller's thread, in the order of poking and then of the due rows. Waits for nothing.

    A test can let the process die at an outward call: before it (nothing went out), or after it (it went out, but
    nobody learnt the answer). `Killed` then leaves `run_due`, and the pokes are lost as they would be; the due rows are
    the test's own.
    """

    def __init__(self, due_rows: DueRows, now: Callable[[], datetime], *, tries: int = 4) -> None:
        self._due_rows, self._now = due_rows, now
        self._runs: dict[str, Callable[[str], None]] = {}
        self._poked: dict[tuple[str, str], datetime] = {}
        self._steps = _CountedSteps(tries)
        self._started = False

    def register(self, kind: str, run: Callable[[str], None], *, workers: int | None = None) -> None:  # noqa: ARG002
        if self._started:
            raise RuntimeError(f"{kind!r} was registered after the start")
        self._runs[kind] = run

    def start(self) -> None:
        self._started = True

    def stop(self, drain_s: float) -> None:  # noqa: ARG002 (nothing runs in the background)
        self._started = False

    def poke(self, kind: str, key: str, delay_s: float = 0.0) -> None:
        at = self._now() + timedelta(seconds=delay_s)
        self._poked[kind, key] = min(at, self._poked.get((kind, key), at))

    @property
    def steps(self) -> Steps:
        return self._steps

    def healthy(self) -> bool:
        return self._started

    def crash_before_step(self, n: int) -> None:
        """Die instead of making the n-th outward call from now, counted from 1."""
        self._steps.crash(n, after=False)

    def crash_after_step(self, n: int) -> None:
        """Die right after the n-th outward call from now, before its answer is used."""
        self._steps.crash(n, after=True)

    def run_due(self) -> int:
        """Run everything that is due now once, and say how much that was.

        Raises:
            Killed: the crash that was asked for; what came behind it did not run.
            Exception: the first one that a run raised, after all others have run.
        """
        failures: list[Exception] = []
        pieces = self._due_pieces()
        for kind, key in pieces:
            self._poked.pop((kind, key), None)
            try:
                self._run(kind, key)
            except Exception as failure:  # one broken piece must not hold up the others
                failures.append(failure)
        if failures:
            raise failures[0]
        return len(pieces)

    def run_until_quiet(self, rounds: int = 100) -> int:
        """Run what is due until nothing is; how many runs that took.

        Raises:
            RuntimeError: something is still due after so many rounds.
        """
        runs = 0
        for _ in range(rounds):
            ran = self.run_due()
            if not ran:
                return runs
            runs += ran
        raise RuntimeError(f"still due after {rounds} rounds: {self._due_pieces()}")

    def _due_pieces(self) -> list[tuple[str, str]]:
        now = self._now()
        poked = [piece for piece, at in self._poked.items() if at <= now]
        rows = [(row.kind, row.key) for row in self._due_rows.due(now, LIMIT)]
        return list(dict.fromkeys(poked + rows))

    def _run(self, kind: str, key: str) -> None:
        self._steps.inside = True
        try:
            self._runs[kind](key)
        except Killed:
            self._poked.clear()
            raise
        finally:
            self._steps.inside = False


class _CountedSteps:
    def __init__(self, tries: int) -> None:
        self._tries = tries
        self.inside = False
        self._until_crash = 0
        self._after = False

    def crash(self, n: int, *, after: bool) -> None:
        self._until_crash, self._after = n, after

    def retried(self, name: str, call: Callable[[], T]) -> T:
        for _ in range(self._tries - 1 if self.inside else 0):
            try:
                return self._once(name, call)
            except Unavailable as fault:
                if not is_worth_repeating(fault):
                    raise
        return self._once(name, call)

    def _once(self, name: str, call: Callable[[], T]) -> T:
        self._until_crash -= 1
        dies = self._until_crash == 0
        if dies and not self._after:
            raise Killed(f"before {name}")
        answer = call()
        if dies:
            raise Killed(f"after {name}")
        return answer
