"""A clock that a file moves, so that several processes have one time: `{"at": date-time, "set": real date-time}`.

What it says was `at` at the real moment `set`, and goes on from there. Whoever writes the file writes it at once.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from mocks.calls import wire_time
from mocks.roles import Clock


def set_clock_file(file: Path, at: datetime) -> None:
    """From this moment on it is `at` for whoever follows the file."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_bytes(orjson.dumps({"at": wire_time(at), "set": datetime.now(UTC).isoformat()}))
    draft.replace(file)


class FileClock(Clock):
    """Follows a file until it is set by hand; a file that cannot be read later on leaves it as it was.

    Raises:
        ValueError, OSError: the file cannot be read at the start.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._moved, self._seen = self._read()

    def __call__(self) -> datetime:
        if self._set is not None:
            return self._set
        try:
            if _version(self._file) != self._seen:
                self._moved, self._seen = self._read()
        except (OSError, ValueError):
            pass  # the next look may find it whole again
        return datetime.now(UTC) + self._moved

    def _read(self) -> tuple[timedelta, tuple[int, int]]:
        seen = _version(self._file)
        try:
            written = orjson.loads(self._file.read_bytes())
            at, real = (datetime.fromisoformat(written[name]) for name in ("at", "set"))
            return at - real, seen
        except (KeyError, TypeError) as error:
            raise ValueError(f"{self._file}: `at` and `set`, each a date-time with its offset, are expected") from error


def _version(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_ino
