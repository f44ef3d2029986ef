"""Slips that were mended in requests, each kind logged once for each caller, so that somebody can tell the sender."""

import re
from collections.abc import Sequence
from functools import lru_cache

import structlog

log = structlog.get_logger(__name__)
_POSITION = re.compile(r"\[\d+\]")


def log_once(caller: str, notes: Sequence[str]) -> None:
    """Positions in lists do not count: the same slip in every item is one kind."""
    for kind in dict.fromkeys(_POSITION.sub("[]", note) for note in notes):
        _log(caller, kind)


@lru_cache(maxsize=10_000)
def _log(caller: str, kind: str) -> None:
    log.info("request mended", caller=caller, repair=kind)
