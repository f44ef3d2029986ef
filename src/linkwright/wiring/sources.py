"""Time and ids, as everything is given them."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
import uuid_utils

from linkwright.errors import BadSetting

LOOKS_EVERY_S = 0.05

log = structlog.get_logger()


def real_now() -> datetime:
    return datetime.now(UTC)


class MovedClock:
    """The real clock, moved as a file says: `{"at": …, "set": …}` was `at` at the real moment `set`, and goes on.

    The file is looked at again when it has changed. What cannot be read then changes nothing.
    """

    def __init__(
        self,
        file: Path,
        *,
        real: Callable[[], datetime] = real_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file, self._real, self._monotonic = file, real, monotonic
        self._looked_s = monotonic()
        try:
            self._moved, self._seen = self._read()
        except (OSError, ValueError) as error:
            raise BadSetting("clock_file", f"{file} cannot be read: {error}") from error

    def __call__(self) -> datetime:
        if self._monotonic() - self._looked_s >= LOOKS_EVERY_S:
            self._looked_s = self._monotonic()
            self._look_again()
        return self._real() + self._moved

    def _look_again(self) -> None:
        try:
            if _version(self._file) != self._seen:
                self._moved, self._seen = self._read()
        except (OSError, ValueError) as error:
            log.warning("the clock is left as it was", file=str(self._file), error=str(error))

    def _read(self) -> tuple[timedelta, tuple[int, int]]:
        seen = _version(self._file)
        written = json.loads(self._file.read_text())
        if not isinstance(written, dict):
            raise ValueError("no JSON object")
        return _moment(written, "at") - _moment(written, "set"), seen


def _version(file: Path) -> tuple[int, int]:
    """Another file, and another content, has another one."""
    found = file.stat()
    return found.st_mtime_ns, found.st_ino


def _moment(written: dict[str, object], name: str) -> datetime:
    moment = datetime.fromisoformat(str(written.get(name)))
    if moment.tzinfo is None:
        raise ValueError(f"{name}: a date-time needs its offset")
    return moment


_clock: Callable[[], datetime] | None = None


def follow_clock_file(file: str | None) -> None:
    """From now on it is as late as this file says; None is real time.

    Raises:
        BadSetting: the file cannot be read.
    """
    global _clock
    _clock = None if file is None else MovedClock(Path(file))


def now() -> datetime:
    return datetime.now(UTC) if _clock is None else _clock()


def new_id() -> str:
    """Ids that sort by the time of their making."""
    return str(uuid_utils.uuid7())
