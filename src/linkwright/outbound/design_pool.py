"""The design core off the serving threads: small problems where they are, large ones in a process of their own.

A large problem computes for seconds, most of them in Python, and would hold the interpreter against every other
request. A small one is solved sooner than a process could be told of it.

A bare process and a pipe, not an executor: the process can be ended in the middle of a problem, and it ends by
itself when its pipe closes, so that none is left behind by a server that was killed.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from linkwright.design.ask import STOPPED, Ask, never, seldom
from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.errors import BadProblem, LinkwrightError, Stopping, Unavailable, UntrueDesign
from linkwright.outbound.design_worker import (
    Batch,
    Core,
    Disobedience,
    Job,
    Progress,
    Told,
    Watch,
    Worker,
    outcome_of,
)

__all__ = ["Core", "DesignPool", "Progress", "the_core"]

SYSTEM = "design core"
INLINE_SITES, INLINE_WITH_ALTERNATIVES = 30, 8
"""Up to so many sites a problem is solved where it is; up to so many if alternatives are asked for, too."""
GRACE_S = 60.0
LEAST_S = 1.0
"""Whatever the deadline, a search gets so long."""
ASKED_EVERY_S = 1.0
"""So often at most a caller is asked whether it still waits."""
PART = 32
"""So many small problems are solved elsewhere on one way."""
PARTS = 5
"""So many time limits a problem takes at most: to solve, explain, relax, combine changes, and find alternatives."""


def the_core() -> Core:
    """The design core; loaded on the first problem, since its numeric libraries are slow to import.

    The verifier is loaded without them.
    """
    from linkwright.design.verify.check import check

    return Core(solve=_solve, check=check)


def _solve(problem: Problem, **asked: Any) -> Outcome:
    from linkwright.design.solve import solve

    return solve(problem, **asked)


def unwatched(_items: int) -> Watch:
    """Nobody wants to know how far a search is."""
    return lambda _progress: None


class DesignPool:
    """Implements `designs.ports.Solver`. Large problems wait for each other where all processes are taken."""

    def __init__(
        self,
        time_limit_s: float,
        *,
        workers: int = 1,
        inline_sites: int = INLINE_SITES,
        grace_s: float = GRACE_S,
        core: Callable[[], Core] = the_core,
        watched: Callable[[int], Watch] = unwatched,
    ) -> None:
        """`workers`: so many processes at most, each begun when it is needed first, and kept.

        A process that is `grace_s` later than all time limits together is given up. `watched` makes for each question
        about so many items to a process, in the thread of its caller, what hears how far that is.
        """
        self._time_limit_s, self._inline_sites, self._grace_s, self._core = time_limit_s, inline_sites, grace_s, core
        self._watched = watched
        self._state = threading.Condition()
        self._free = workers
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []
        self._closed = False

    def solve(
        self,
        problem: Problem,
        ask: Ask,
        *,
        stop: Callable[[], bool] = never,
        within_s: float | None = None,
    ) -> Outcome:
        """The core's answer within the time limit, or within the time that its caller has.

        Once `stop` is true the best that is known comes back soon, if need be nothing, and the guard says so.

        Raises:
            BadProblem: the facts contradict each other.
            Stopping: the pool is closed.
            Unavailable: its process was lost; asking again is safe.
        """
        job = Job(problem, ask, self._limit_s(within_s))
        stop = seldom(stop, ASKED_EVERY_S)
        if self._is_small([job]):
            return job.solved_by(self._core(), stop=stop)
        return outcome_of(self._elsewhere([job], stop)[0])

    def solve_all(
        self,
        questions: Sequence[tuple[Problem, Ask]],
        *,
        stop: Callable[[], bool] = never,
        within_s: float | None = None,
    ) -> list[Outcome | LinkwrightError]:
        """Like `solve`, for many problems; a part of them at a time, so that others get their turn in between."""
        ends = None if within_s is None else time.monotonic() + within_s
        stop, found = seldom(stop, ASKED_EVERY_S), list[Outcome | LinkwrightError]()
        few = self._is_small([Job(*question, 0.0) for question in questions])
        for part in (questions[first : first + PART] for first in range(0, len(questions), PART)):
            limit_s = self._limit_s(None if ends is None else ends - time.monotonic())
            jobs = [Job(*question, limit_s) for question in part]
            if few:
                found += [_said(partial(job.solved_by, self._core(), stop=stop)) for job in jobs]
            elif stop():
                found += [_nothing()] * len(jobs)
            else:
                found += [_said(partial(outcome_of, told)) for told in self._elsewhere(jobs, stop)]
        return found

    def _limit_s(self, within_s: float | None) -> float:
        return self._time_limit_s if within_s is None else min(self._time_limit_s, max(within_s, LEAST_S))

    def check(self, problem: Problem, design: Design) -> Verdict:
        """The second verifier's word on a design; it reads a design once and is quick at any size."""
        return self._core().check(problem, design)

    def close(self) -> None:
        """End the processes, whatever they compute; callers that wait for them get `Stopping`. May be repeated."""
        with self._state:
            self._closed = True
            for worker in (*self._idle, *self._busy):
                worker.end()
            self._state.notify_all()

    def _is_small(self, jobs: Sequence[Job]) -> bool:
        few = INLINE_WITH_ALTERNATIVES if any(job.ask.alternatives for job in jobs) else INLINE_SITES
        return sum(len(job.problem.sites) for job in jobs) <= min(few, self._inline_sites)

    def _elsewhere(self, jobs: Sequence[Job], stop: Callable[[], bool]) -> Sequence[Told]:
        within_s = sum(PARTS * job.time_limit_s for job in jobs) + self._grace_s
        with self._turn(stop) as worker:
            if worker is None:
                return [_nothing()] * len(jobs)
            try:
                watch = self._watched(sum(len(job.problem.sites) for job in jobs))
                return worker.ask(Batch(tuple(jobs)), within_s=within_s, stop=stop, watch=watch)
            except Disobedience:
                worker.end()
                return [_nothing()] * len(jobs)
            except (EOFError, OSError) as error:  # TimeoutError is one, and so is a closed pipe
                worker.end()
                if self._closed:
                    raise Stopping("The design core is shut down.") from error
                raise Unavailable(SYSTEM, "its process was lost before it answered") from error

    @contextmanager
    def _turn(self, stop: Callable[[], bool]) -> Iterator[Worker | None]:
        """A process for one problem, as soon as one is free; None for a caller that stopped waiting before."""
        with self._state:
            while not self._free and not self._closed and not stop():
                self._state.wait(ASKED_EVERY_S)
            if self._closed:
                raise Stopping("The design core is shut down.")
            worker = self._running() if self._free else None
            self._free -= worker is not None
        try:
            yield worker
        finally:
            if worker is not None:
                with self._state:
                    self._free += 1
                    self._busy.remove(worker)
                    self._idle.append(worker)
                    self._state.notify()

    def _running(self) -> Worker:
        """A process: one that is there, or a new one in the place of a lost one."""
        alive = [worker for worker in self._idle if worker.is_alive()]
        worker = alive.pop() if alive else Worker(self._core)
        self._idle = alive
        self._busy.append(worker)
        return worker


def _said(ask: Callable[[], Outcome]) -> Outcome | LinkwrightError:
    try:
        return ask()
    except (BadProblem, UntrueDesign) as error:
        return error


def _nothing() -> Outcome:
    """Nobody waits for more."""
    return Outcome(status="unknown", guards=(STOPPED,))
