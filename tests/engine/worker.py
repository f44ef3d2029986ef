"""A process to be killed: `python worker.py URL FOLDER VERSION (hang|finish)`.

Every file in FOLDER/due is a due row. A run writes what it does to FOLDER/log, one line at a time, flushed; with `hang`
it never comes back from its outward call, with `finish` it settles its row, and the process ends when none is left.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from linkwright.engine.dbos_engine import DbosEngine
from linkwright.engine.ports import DueRow


class FileRows:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked = 0

    def due(self, now: datetime, limit: int) -> list[DueRow]:
        self.asked += 1
        return [DueRow(kind="piece", key=file.name, due_at=now) for file in sorted(self._folder.iterdir())][:limit]


def main(url: str, folder: Path, version: str, mode: str) -> None:
    rows = FileRows(folder / "due")
    say = _writer(folder / "log")
    engine = DbosEngine(
        url, due_rows=rows, now=lambda: datetime.now(UTC), sweep_every_s=0.1, application_version=version
    )

    def run(key: str) -> None:
        say(f"begin {key}")
        engine.steps.retried("call out", lambda: call_out(key))
        (folder / "due" / key).unlink()
        say(f"end {key}")

    def call_out(key: str) -> None:
        say(f"call {key}")
        if mode == "hang":
            threading.Event().wait()

    engine.register("piece", run)
    engine.start()
    while mode == "hang" or any((folder / "due").iterdir()):
        if rows.asked == 20:
            say("looked 20 times")
            rows.asked += 1
        time.sleep(0.01)
    engine.stop(drain_s=30.0)


def _writer(path: Path):  # type: ignore[no-untyped-def]
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(text: str) -> None:
        os.write(log, f"{os.getpid()} {text}\n".encode())

    return say


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4])
