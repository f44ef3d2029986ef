"""Removes what is old, a batch at a time with rests in between, so that nobody who writes notices."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

EVERY_S = 3600.0
FIRST_AFTER_S = 30.0
REST_S = 0.05

log = structlog.get_logger(__name__)
Removal = Callable[[datetime], bool]


class Housekeeper:
    """`removals` are by name how long things are kept, and what removes a batch of older ones while there are any."""

    def __init__(self, removals: Mapping[str, tuple[timedelta, Removal]], *, now: Callable[[], datetime]) -> None:
        self._removals, self._now = removals, now
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="linkwright-housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the batch in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def clean_up(self) -> None:
        """Remove all that is old now. What fails is tried again the next time, and keeps nothing else from its turn."""
        for name, (age, remove) in self._removals.items():
            try:
                while not self._stopped.is_set() and remove(self._now() - age):
                    self._stopped.wait(REST_S)
            except Exception as error:  # a database that does not answer must not end the thread
                log.warning("old things could not be removed", what=name, error=f"{type(error).__name__}: {error}")

    def _run(self) -> None:
        wait_s = FIRST_AFTER_S
        while not self._stopped.wait(wait_s):
            self.clean_up()
            wait_s = EVERY_S
