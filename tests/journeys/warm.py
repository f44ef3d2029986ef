"""Servers and mocks that start quickly: a process that has imported everything forks one for each start.

Each is a process of its own, killed like any other; only the second or two that imports take are spared. Told on its
standard input, it answers on its standard output, one JSON object a line.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

NEEDED = (
    "dbos",
    "linkwright.api.http_protocol",
    "linkwright.cli.orders",
    "linkwright.cli.serve",
    "linkwright.design.solve",
    "linkwright.design.verify.check",
    "linkwright.wiring.application",
    "mocks.__main__",
    "topohub",
    "uvicorn",
    "uvloop",
)


class Forked:
    """As much of `subprocess.Popen` as a test needs."""

    def __init__(self, forge: "Forge", pid: int) -> None:
        self._forge, self.pid = forge, pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._code = self._forge.asked({"poll": self.pid})
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Whatever the time: a server that was told to stop has its own limits."""
        if self._code is None:
            self._code = self._forge.asked({"wait": self.pid})
        assert self._code is not None
        return self._code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Forge:
    """The warm process. Ending it ends whatever still runs."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.journeys.warm"]
        alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # what forks has one thread
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)
        self.asked({})

    def start(self, program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Forked:
        """Like `python -m` with a program (`linkwright` or `mocks`) and these arguments."""
        started = {"start": [program, *arguments], "folder": str(folder), "environment": dict(environment)}
        return Forked(self, self.asked(started))

    def asked(self, question: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(question)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    for name in NEEDED:
        import_module(name)
    gc.collect()
    gc.freeze()  # a child that looks through what is here would copy all of it

    alive: set[int] = set()
    for line in sys.stdin:
        question = json.loads(line)
        answer: Any = None
        if "start" in question:
            answer = _forked(question)
            alive.add(answer)
        elif pid := question.get("poll", question.get("wait")):
            ended, status = os.waitpid(pid, os.WNOHANG if "poll" in question else 0)
            if ended:
                alive.discard(pid)
                answer = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _forked(question: Mapping[str, Any]) -> int:
    if pid := os.fork():
        return pid
    nothing = os.open(os.devnull, os.O_RDWR)
    for ours in (0, 1):
        os.dup2(nothing, ours)
    os.chdir(question["folder"])
    os.environ.clear()
    os.environ.update(question["environment"])
    sys.argv = question["start"]
    code = 1
    try:
        if sys.argv[0] == "mocks":
            from mocks.__main__ import main as play

            sys.exit(play())
        from linkwright.cli import main as command

        command()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
