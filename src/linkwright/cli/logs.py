"""Logs as one JSON object a line on stderr. A trace names files and lines, never the values of variables."""

import logging
import sys
import warnings

import structlog


def log_to_stderr() -> None:
    """For commands that serve; whoever uses linkwright as a library keeps his own logging."""
    warnings.filterwarnings("ignore", module=r"connexion\.")  # of its test client, which nobody uses here
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
