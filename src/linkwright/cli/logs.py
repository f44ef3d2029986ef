"""Logs as one JSON object a line on stderr. A trace names files and lines, never the values of variables."""

import logging
import sys
import warnings
from contextlib import suppress
from typing import TextIO, cast

import structlog


class _Forgiving:
    """What cannot be logged is lost: a full disk below the log must not end what it tells of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def log_to_stderr() -> None:
    """For commands that serve; whoever uses linkwright as a library keeps his own logging."""
    warnings.filterwarnings("ignore", module=r"connexion\.")  # of its test client, which nobody uses here
    stream = cast("TextIO", _Forgiving(sys.stderr))
    logging.basicConfig(level=logging.WARNING, stream=stream)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
