"""How far large designs are, for whoever reads the log: a line every few seconds for each that is being computed.

Without money, which not everybody who reads a log may see: the gap says how good the best design is. Whose design it is
stands in the context of the log (`kind`, `id`).
"""

import time
from collections.abc import Callable

import structlog

from linkwright.outbound.design_worker import Progress, Watch

EVERY_S = 5.0

log = structlog.get_logger(__name__)


def watched_in_log(items: int, clock: Callable[[], float] = time.monotonic) -> Watch:
    """For one question about so many items; what is answered sooner is not told of."""
    begun = told_at = clock()
    last: Progress | None = None

    def watch(progress: Progress | None) -> None:
        nonlocal told_at, last
        last, now = progress or last, clock()
        if now - told_at < EVERY_S:
            return
        told_at = now
        gap = None if last is None or last.cost_minor is None else round(last.gap, 6)
        log.info("design is being computed", seconds=round(now - begun, 1), items=items, gap=gap)

    return watch
