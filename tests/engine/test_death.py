"""A process is killed in the middle of its runs, for real: what it left is run again by whoever comes next."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.fakes import wait_until

KEYS = ("one", "two", "three")
WORKER = Path(__file__).with_name("worker.py")


class Workers:
    """Processes on one engine database; none of them outlives the test."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder
        self._all: list[subprocess.Popen[bytes]] = []
        (folder / "due").mkdir()
        for key in KEYS:
            (folder / "due" / key).touch()

    def start(self, version: str, mode: str) -> subprocess.Popen[bytes]:
        with (self._folder / "output").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, str(WORKER), self._url, str(self._folder), version, mode],
                stdout=output,
                stderr=output,
                cwd=self._folder,
            )
        self._all.append(process)
        return process

    def said(self, process: subprocess.Popen[bytes], what: str) -> int:
        """How often a process wrote this line."""
        return self._log().count(f"{process.pid} {what}")

    def all_called(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.output()
        return all(self.said(process, f"call {key}") for key in KEYS)

    def output(self) -> str:
        return (self._folder / "output").read_text()

    def _log(self) -> list[str]:
        path = self._folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    def end(self) -> None:
        for process in self._all:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture
def workers(engine_url: str, tmp_path: Path) -> Iterator[Workers]:
    folder = tmp_path / "work"
    folder.mkdir()
    workers = Workers(engine_url, folder)
    yield workers
    workers.end()


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_runs_of_a_killed_process_begin_again_after_the_restart(workers: Workers) -> None:
    first = workers.start("1", "hang")
    wait_until(lambda: workers.all_called(first), "all runs are in the middle of their call")
    kill(first)
    second = workers.start("1", "finish")
    assert second.wait(60.0) == 0, workers.output()
    assert [workers.said(second, f"end {key}") for key in KEYS] == [1, 1, 1]


def test_an_upgrade_strands_nothing_that_the_old_version_left(workers: Workers) -> None:
    old = workers.start("1", "hang")
    wait_until(lambda: workers.all_called(old), "all runs are in the middle of their call")
    kill(old)
    new = workers.start("2", "finish")
    assert new.wait(60.0) == 0, workers.output()
    assert [workers.said(new, f"end {key}") for key in KEYS] == [1, 1, 1]


def test_an_engine_advertises_nothing_and_leaves_no_file_behind(workers: Workers, tmp_path: Path) -> None:
    only = workers.start("1", "finish")
    assert only.wait(60.0) == 0, workers.output()
    assert workers.output() == ""
    assert sorted(file.name for file in (tmp_path / "work").iterdir()) == ["due", "log", "output"]


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_a_live_process_takes_over_from_a_dead_one_but_not_from_a_live_one(workers: Workers) -> None:
    first = workers.start("1", "hang")
    wait_until(lambda: workers.all_called(first), "all runs are in the middle of their call")
    second = workers.start("1", "finish")
    wait_until(lambda: workers.said(second, "looked 20 times") == 1, "the second one has looked around")
    assert [workers.said(second, f"begin {key}") for key in KEYS] == [0, 0, 0]
    kill(first)
    assert second.wait(60.0) == 0, workers.output()
    assert [workers.said(second, f"end {key}") for key in KEYS] == [1, 1, 1]
