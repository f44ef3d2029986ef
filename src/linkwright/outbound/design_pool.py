"""The design core off the serving threads: small problems where they are, large ones in a process of their own.

A large problem computes for seconds, most of them in Python, and would hold the interpreter against every other
request. A small one is solved sooner than a process could be told of it.

A bare process and a pipe, not an executor: the process can be ended in the middle of a problem, and it ends by
itself when its pipe closes, so that none is left behind by a server that was killed.
"""

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.errors import BadProblem, Stopping, Unavailable, UntrueDesign

SYSTEM = "design core"
INLINE_SITES = 30
GRACE_S = 60.0


@dataclass(frozen=True)
class Core:
    """The two functions of the core that are called."""

    solve: Callable[..., Outcome]
    check: Callable[[Problem, Design], Verdict]


def the_core() -> Core:
    """The design core; loaded on the first problem, since its numeric libraries are slow to import."""
    from linkwright.design.check import check
    from linkwright.design.solve import solve

    return Core(solve=solve, check=check)


@dataclass(frozen=True)
class _Contradiction:
    """A `BadProblem` on its way between processes; errors of several arguments cannot be pickled."""

    where: str
    text: str


@dataclass(frozen=True)
class _Untruth:
    """An `UntrueDesign` on its way between processes."""

    text: str


@dataclass(frozen=True)
class _Crash:
    """A bug in the core, with its traceback."""

    text: str


Told = Outcome | _Contradiction | _Untruth | _Crash


class DesignPool:
    """Implements `designs.designer.Solver`. Large problems wait for each other: there is one process for them."""

    def __init__(
        self,
        time_limit_s: float,
        *,
        inline_sites: int = INLINE_SITES,
        grace_s: float = GRACE_S,
        core: Callable[[], Core] = the_core,
    ) -> None:
        """A process that is `grace_s` later than three time limits (to solve, to explain, to relax) is given up."""
        self._time_limit_s, self._inline_sites, self._grace_s, self._core = time_limit_s, inline_sites, grace_s, core
        self._turn, self._state = threading.Lock(), threading.Lock()
        self._worker: _Worker | None = None
        self._closed = False

    def solve(self, problem: Problem, *, serve: str, relax: bool) -> Outcome:
        """The core's answer within the time limit.

        Raises:
            BadProblem: the facts contradict each other.
            Stopping: the pool is closed.
            Unavailable: its process was lost; asking again is safe.
        """
        options = {"time_limit_s": self._time_limit_s, "serve": serve, "relax": relax}
        if len(problem.sites) <= self._inline_sites:
            return self._core().solve(problem, **options)
        return self._elsewhere(problem, options)

    def check(self, problem: Problem, design: Design) -> Verdict:
        """The second verifier's word on a design; it reads a design once and is quick at any size."""
        return self._core().check(problem, design)

    def close(self) -> None:
        """End the process, whatever it computes; callers that wait for it get `Stopping`. May be repeated."""
        with self._state:
            self._closed = True
            if self._worker is not None:
                self._worker.end()

    def _elsewhere(self, problem: Problem, options: dict[str, Any]) -> Outcome:
        with self._turn:
            worker = self._running()
            try:
                answer = worker.ask((problem, options), within_s=3 * self._time_limit_s + self._grace_s)
            except (EOFError, OSError) as error:  # TimeoutError is one, and so is a closed pipe
                worker.end()
                if self._closed:
                    raise Stopping("The design core is shut down.") from error
                raise Unavailable(SYSTEM, "its process was lost before it answered") from error
        if isinstance(answer, _Contradiction):
            raise BadProblem(answer.where, answer.text)
        if isinstance(answer, _Untruth):
            raise UntrueDesign(answer.text)
        if isinstance(answer, _Crash):
            raise RuntimeError(answer.text)
        return answer

    def _running(self) -> "_Worker":
        """The process, started for the first large problem and again after it was lost."""
        with self._state:
            if self._closed:
                raise Stopping("The design core is shut down.")
            if self._worker is None or not self._worker.is_alive():
                self._worker = _Worker(self._core)
            return self._worker


class _Worker:
    """One process that solves one problem after the other."""

    def __init__(self, core: Callable[[], Core]) -> None:
        context = get_context("spawn")  # a fork would copy the locks of threads that it does not have
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, core), name="design-core", daemon=True)
        self._process.start()
        theirs.close()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, job: tuple[Problem, dict[str, Any]], *, within_s: float) -> Told:
        """Raises OSError or EOFError when the process ends, TimeoutError when it does not answer in time."""
        self._pipe.send(job)
        if not self._pipe.poll(within_s):
            raise TimeoutError
        answer: Told = self._pipe.recv()
        return answer

    def end(self) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pipe: "Connection[Any, Any]", core: Callable[[], Core]) -> None:
    """Runs in the other process until the pipe closes."""
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            problem, options = pipe.recv()
            pipe.send(_solved(core, problem, options))


def _solved(core: Callable[[], Core], problem: Problem, options: dict[str, Any]) -> Told:
    try:
        return core().solve(problem, **options)
    except BadProblem as error:
        return _Contradiction(error.where, str(error).removeprefix(f"{error.where}: "))
    except UntrueDesign as error:
        return _Untruth(str(error))
    except Exception:
        return _Crash(traceback.format_exc())
