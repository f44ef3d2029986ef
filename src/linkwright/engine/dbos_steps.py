"""The retries of an outward call, as a step of dbos."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from linkwright.engine.steps import is_worth_repeating

if TYPE_CHECKING:
    from dbos import StepOptions

STEP = "outward call"


def step_runner(tries: int, first_pause_s: float) -> Callable[[Callable[[], None]], None]:
    def run_step(attempt: Callable[[], None]) -> None:
        from dbos import DBOS

        options: StepOptions = {
            "name": STEP,  # the same for all: a run may make other calls than the last time, in another order
            "retries_allowed": True,
            "max_attempts": tries,
            "interval_seconds": first_pause_s,
            "backoff_rate": 2.0,
            "should_retry": is_worth_repeating,
        }
        DBOS.run_step(options, attempt)

    return run_step
