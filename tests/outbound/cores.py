"""Design cores that misbehave. Functions of a module of their own, so that another process can find them."""

import os
import threading
from pathlib import Path
from typing import Any

from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.errors import BadProblem
from linkwright.outbound.design_pool import Core


def _never_checks(problem: Problem, design: Design) -> Verdict:
    raise AssertionError("nothing is checked here")


def _solve_and_tell(problem: Problem, **options: Any) -> Outcome:
    """Tells in its guards where it ran and what it was told."""
    return Outcome(status="infeasible", guards=(str(os.getpid()), *(f"{k}={v}" for k, v in sorted(options.items()))))


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
