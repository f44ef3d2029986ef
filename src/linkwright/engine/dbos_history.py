"""What dbos remembers of runs that are over, which nobody needs for long."""

from collections.abc import Callable
from datetime import datetime

BATCH = 500
NOT_RUNNING = ["DELAYED", "ENQUEUED", "SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


def purge(before: datetime, stopped: Callable[[], bool]) -> int:
    """Delete what was put into the queue before then and does not run, a batch at a time; how much that was."""
    from dbos import DBOS

    deleted = 0
    while not stopped():
        old = DBOS.list_workflows(
            status=NOT_RUNNING, end_time=before.isoformat(), limit=BATCH, load_input=False, load_output=False
        )
        if old:
            DBOS.delete_workflows([workflow.workflow_id for workflow in old])
            deleted += len(old)
        if len(old) < BATCH:
            break
    return deleted
