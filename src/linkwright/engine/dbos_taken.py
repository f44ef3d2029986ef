"""Whether a run is still that of its process: one that was only thought dead must not go on beside its successor."""

from collections.abc import Callable, Sequence
from contextvars import Context


def still_mine(on_sqlite: bool) -> Callable[[], None]:
    """Asked within a run, before each outward call."""
    return _nobody_else if on_sqlite else _refuse_what_was_taken


def _nobody_else() -> None:
    """On SQLite no other process can take a run."""


def _refuse_what_was_taken() -> None:
    """Raises what ends the run; it is no `Exception`, so nobody takes it for news about the work."""
    from dbos import DBOS, error

    mine = str(DBOS.workflow_id)

    def running() -> Sequence[object]:
        return DBOS.list_workflows(workflow_ids=[mine], status="PENDING", load_input=False, load_output=False)

    if not Context().run(running):  # outside the run, where dbos would record the look as a step of it
        raise error.DBOSWorkflowCancelledError(f"{mine} was taken over")
