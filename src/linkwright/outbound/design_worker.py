"""The process of its own in which large problems are solved, and what it and its owner tell each other.

The owner sends jobs and may ask to stop; the process tells how far it is from time to time, and then the answer.
"""

import gc
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from linkwright.design.ask import Ask, seldom
from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.errors import BadProblem, UntrueDesign

if TYPE_CHECKING:
    from linkwright.design.solve import Round

POLL_S = 0.2
"""So often the owner looks whether its caller still waits."""
LISTEN_S, TELL_S = 0.05, 0.25
"""So often at most the process listens for a stop, and tells how far it is."""
TIDY_S = 2.0
"""After so much work its leavings are collected."""
OBEY_S = 2.0
"""A process that goes on for so long after it was asked to stop is ended (it may be inside the numeric solver)."""


@dataclass(frozen=True)
class Core:
    """The two functions of the core that are called."""

    solve: Callable[..., Outcome]
    check: Callable[[Problem, Design], Verdict]


@dataclass(frozen=True)
class Job:
    problem: Problem
    ask: Ask
    time_limit_s: float

    def solved_by(self, core: Core, **more: Any) -> Outcome:
        return core.solve(self.problem, time_limit_s=self.time_limit_s, **self.ask.options(), **more)


@dataclass(frozen=True)
class Batch:
    """Jobs that know nothing of each other, on one way: what their problems have in common travels once."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Stop:
    """Nobody waits for the answer any more."""


@dataclass(frozen=True)
class Progress:
    """How far a search is: seconds, a proved bound, what the best design so far costs (None: none yet), and its gap."""

    elapsed_s: float
    bound_minor: float
    cost_minor: int | None
    gap: float


Watch = Callable[[Progress | None], None]
"""Hears how far a search is, and a few times a second that it goes on (None), whether there is news or not."""


@dataclass(frozen=True)
class Contradiction:
    """A `BadProblem` on its way between processes; errors of several arguments cannot be pickled."""

    where: str
    text: str


@dataclass(frozen=True)
class Untruth:
    """An `UntrueDesign` on its way between processes."""

    text: str


@dataclass(frozen=True)
class Crash:
    """A bug in the core, with its traceback."""

    text: str


Told = Outcome | Contradiction | Untruth | Crash


def outcome_of(told: Told) -> Outcome:
    """Raises what went wrong in the other process."""
    if isinstance(told, Contradiction):
        raise BadProblem(told.where, told.text)
    if isinstance(told, Untruth):
        raise UntrueDesign(told.text)
    if isinstance(told, Crash):
        raise RuntimeError(told.text)
    return told


class Disobedience(Exception):
    """The process went on computing although it was asked to stop."""


class Worker:
    """One process that solves one problem after the other."""

    def __init__(self, core: Callable[[], Core]) -> None:
        context = get_context("spawn")  # a fork would copy the locks of threads that it does not have
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, core), name="design-core", daemon=True)
        self._process.start()
        theirs.close()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, batch: Batch, *, within_s: float, stop: Callable[[], bool], watch: Watch) -> tuple[Told, ...]:
        """The answers to all jobs.

        Raises:
            OSError, EOFError: the process ends.
            TimeoutError: it does not answer in time.
            Disobedience: it was asked to stop and did not.
        """
        self._pipe.send(batch)
        ends, asked_at = time.monotonic() + within_s, None
        while True:
            message = self._pipe.recv() if self._pipe.poll(POLL_S) else None
            if isinstance(message, tuple):
                return message
            watch(message)
            now = time.monotonic()
            if now > ends:
                raise TimeoutError
            if asked_at is not None and now - asked_at > OBEY_S:
                raise Disobedience
            if asked_at is None and stop():
                self._pipe.send(Stop())
                asked_at = now

    def end(self) -> None:
        self._process.terminate()
        self._process.join()


def serve(pipe: "Connection[Any, Any]", core: Callable[[], Core]) -> None:
    """Runs in the other process until the pipe closes."""
    spare_the_collector()
    worked_s = 0.0
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            batch = pipe.recv()
            if isinstance(batch, Batch):  # a stop that comes after the answer means nothing
                stop, begun_s = seldom(lambda: _is_asked_to_stop(pipe), LISTEN_S), time.monotonic()
                pipe.send(tuple(_solved(core, job, pipe, stop) for job in batch.jobs))
                worked_s += time.monotonic() - begun_s
                if worked_s > TIDY_S:  # nobody waits now, and what questions leave behind in circles would stay
                    gc.collect()
                    worked_s = 0.0


def spare_the_collector() -> None:
    """Almost everything that a question makes lives as long as itself: to look through it again and again finds hardly
    anything. What is there by now stays for good.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


def _solved(core: Callable[[], Core], job: Job, pipe: "Connection[Any, Any]", stop: Callable[[], bool]) -> Told:
    try:
        return job.solved_by(core(), on_round=_teller(pipe), stop=stop)
    except BadProblem as error:
        return Contradiction(error.where, str(error).removeprefix(f"{error.where}: "))
    except UntrueDesign as error:
        return Untruth(str(error))
    except Exception:
        return Crash(traceback.format_exc())


def _is_asked_to_stop(pipe: "Connection[Any, Any]") -> bool:
    return pipe.poll() and isinstance(pipe.recv(), Stop)


def _teller(pipe: "Connection[Any, Any]") -> "Callable[[Round], None]":
    told_at = -TELL_S

    def tell(step: "Round") -> None:
        nonlocal told_at
        if step.elapsed_s - told_at >= TELL_S:
            told_at = step.elapsed_s
            pipe.send(Progress(step.elapsed_s, step.bound_minor, step.cost_minor, step.gap))

    return tell
