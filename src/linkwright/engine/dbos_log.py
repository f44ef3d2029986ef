"""What dbos says, in our own log."""

import logging

import structlog

SAID_BY_US = frozenset({"on_exception", "_execute_workflow_wthread"})  # failed tries and failed runs

log = structlog.get_logger()


class _ToOurLog(logging.Handler):
    """dbos' warnings in our log, without those that we say ourselves."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.funcName not in SAID_BY_US:
            log.log(record.levelno, "engine: dbos says", text=record.getMessage())


def quieten() -> None:
    """Must come before dbos sets up its own handler, which prints to stderr and advertises."""
    logger = logging.getLogger("dbos")
    logger.handlers = [_ToOurLog()]
    logger.propagate = False
