"""Design cores that misbehave. Functions of a module of their own, so that another process can find them."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.design.solve import Round
from linkwright.errors import BadProblem
from linkwright.outbound.design_pool import Core


def _never_checks(problem: Problem, design: Design) -> Verdict:
    raise AssertionError("nothing is checked here")


def _solve_and_tell(problem: Problem, **options: Any) -> Outcome:
    """Tells in its guards where it ran and what it was told."""
    said = (f"{name}={value}" for name, value in sorted(options.items()) if not callable(value))
    return Outcome(status="infeasible", guards=(str(os.getpid()), *said))


def _contradict(problem: Problem, **_: Any) -> Outcome:
    raise BadProblem("sites[2].destinations", "nowhere is no node")


def _crash(problem: Problem, **_: Any) -> Outcome:
    raise KeyError("a bug")


def _die_once(problem: Problem, **options: Any) -> Outcome:
    """Takes the process down on its first problem; `problem.name` is a file that remembers it."""
    try:
        Path(problem.name).mkdir()
    except FileExistsError:
        return _solve_and_tell(problem, **options)
    os._exit(3)


def _never_end(problem: Problem, **_: Any) -> Outcome:
    """Says that it has begun through the named pipe `problem.name`."""
    Path(problem.name).write_text("begun")
    threading.Event().wait()
    raise AssertionError("unreachable")


def _stop_when_asked(problem: Problem, *, stop: Callable[[], bool], **_: Any) -> Outcome:
    """Says that it has begun through the named pipe `problem.name`, and ends as soon as it is asked to."""
    Path(problem.name).write_text("begun")
    while not stop():
        time.sleep(0.01)
    return Outcome(status="unknown", guards=("asked",))


def _tell_progress(problem: Problem, *, on_round: Callable[[Round], None], **_: Any) -> Outcome:
    """A hundred steps in two seconds of its own clock."""
    for step in range(101):
        on_round(Round(elapsed_s=step / 50, bound_minor=float(step), cost_minor=100 if step else None))
    return Outcome(status="infeasible")


def obedient() -> Core:
    return Core(solve=_stop_when_asked, check=_never_checks)


def chatty() -> Core:
    return Core(solve=_tell_progress, check=_never_checks)


def telling() -> Core:
    return Core(solve=_solve_and_tell, check=_never_checks)


def contradicting() -> Core:
    return Core(solve=_contradict, check=_never_checks)


def crashing() -> Core:
    return Core(solve=_crash, check=_never_checks)


def dying_once() -> Core:
    return Core(solve=_die_once, check=_never_checks)


def never_ending() -> Core:
    return Core(solve=_never_end, check=_never_checks)
